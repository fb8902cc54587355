"""The label with which a caption begins, in any language: "Figure 3.", "Рис. 1 —", "图1", "3. ábra".

A label is the name of a figure or table and its number. It opens a caption where a stop, the end of the line or
something like a title follows. "Figure 3 shows the mill" opens a sentence of the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

FILE: Final = Path(__file__).with_name("caption_labels.txt")


class Kind(StrEnum):
    """What a label names; each kind counts its own numbers."""

    FIGURE = "figure"
    PICTURE = "picture"
    CHART = "chart"
    PLATE = "plate"
    TABLE = "table"


# Marks over letters, Arabic and Hebrew vowel points, the stroke that lengthens Arabic words, marks of direction.
_DROPPED = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0640\u00ad\u061c\u180e"
                      "\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]")  # fmt: skip
_DIGIT = re.compile(r"[^\D0-9]")
_CJK = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af]")
# Names of several in running text: "3-5" after them is a range, after the others a number of a chapter.
_SEVERAL = (
    "figs, figures, figuras, figuren, figurer, figg, abbildungen, abbn, kuvat, kuviot, рисунки, рисунках, obrázky, "
    "rysunki, slike, εικόνες, σχήματα, ábrák, joonised, figuurid, ілюстрації, plates, planches, tafeln, photos, images"
)


def fold(text: str) -> str:
    """The text in small letters without accents, in compatible characters and with digits as `0` to `9`."""
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    return _DIGIT.sub(_digit, unicodedata.normalize("NFC", _DROPPED.sub("", plain)))


def _digit(found: re.Match[str]) -> str:
    return str(unicodedata.decimal(found[0]))


@cache
def _rows() -> tuple[tuple[bool, list[list[str]]], ...]:
    """Of each language whether numbers may stand first, and its folded names in the order of the columns."""
    return tuple(
        (language.endswith("*"), [[fold(name) for name in names] for names in cells])
        for language, cells in _table()
    )


@cache
def _table() -> tuple[tuple[str, list[list[str]]], ...]:
    """The languages and their names, as written."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    rows = (line.split("|") for line in lines if line.strip() and not line.startswith("#"))
    return tuple((language.strip(), [*map(_listed, cells)]) for language, *cells in rows)


def _listed(cell: str) -> list[str]:
    return [name.strip() for name in cell.split(",") if name.strip()]


@cache
def kinds() -> dict[str, Kind]:
    """What each folded name means, without its stop; the first language that has it decides."""
    found: dict[str, Kind] = {}
    for _, cells in _rows():
        for kind, names in zip(Kind, cells, strict=False):
            for name in names:
                found.setdefault(name.rstrip("."), kind)
        for name in cells[len(Kind)] if len(cells) > len(Kind) else []:
            found.setdefault(name.rstrip(".~"), Kind.FIGURE)
    for name in names_of_several():
        found.setdefault(name, Kind.FIGURE)
    return found


@cache
def caption_names() -> frozenset[str]:
    """The names that stand in captions."""
    return frozenset(
        name.rstrip(".") for _, cells in _rows() for names in cells[: len(Kind)] for name in names
    )


@cache
def names_after_numbers() -> frozenset[str]:
    """Those of languages that write "3. ábra", and the Chinese characters that follow "第1"."""
    return frozenset(
        name.rstrip(".")
        for first, cells in _rows()
        if first
        for names in (cells[0], cells[len(Kind) - 1])  # "1. Map" is a heading
        for name in names
    )


@cache
def abbreviations() -> frozenset[str]:
    """The names that end with a stop, without it."""
    return frozenset(
        name[:-1] for _, cells in _rows() for names in cells for name in names if name.endswith(".")
    )


@cache
def written_abbreviations() -> frozenset[str]:
    """The same as they are printed: "Рис", "рис" and "РИС"."""
    names = (name[:-1] for _, cells in _table() for part in cells for name in part if name.endswith("."))
    return frozenset(form for name in names for form in (name, name.lower(), name.upper()))


@cache
def names_of_several() -> frozenset[str]:
    """Names that announce more than one number."""
    return frozenset(map(fold, _listed(_SEVERAL)))


@cache
def inflected_stems() -> frozenset[str]:
    """The beginnings of names that running text inflects."""
    return frozenset(
        name[:-1] for _, cells in _rows() for names in cells for name in names if name.endswith("~")
    )


@cache
def stems_after_numbers() -> frozenset[str]:
    """Of those the ones of languages that write "3. ábra"."""
    return frozenset(
        name[:-1] for first, cells in _rows() if first for name in cells[-1] if name.endswith("~")
    )


@cache
def inflected_names() -> frozenset[str]:
    """Whole names as only running text has them."""
    last = (cells[len(Kind)] for _, cells in _rows() if len(cells) > len(Kind))
    return frozenset(name.rstrip(".") for names in last for name in names if not name.endswith("~"))


def is_cjk(character: str) -> bool:
    """Whether it is a character of Chinese, Japanese or Korean."""
    return bool(_CJK.match(character))


def one_of(names: Iterable[str]) -> str:
    """A pattern for the longest of the names: a tree of their letters, so that each letter is looked at once."""
    tree: dict[str, Any] = {}
    for name in names:
        branch = tree
        for letter in name:
            branch = branch.setdefault(letter, {})
        branch[""] = {}
    return f"(?:{'|'.join(_branches(tree))})"


def _branches(tree: dict[str, Any]) -> Iterator[str]:
    """The ways on from a letter, the end of a name last."""
    for letter, rest in sorted(tree.items(), reverse=True):
        if not letter:
            yield ""
        else:
            further = [*_branches(rest)]
            on = further[0] if len(further) == 1 else f"(?:{'|'.join(further)})"
            yield (r"\s+" if letter == " " else re.escape(letter)) + on


# The longest label: "Supplementary Figures 12.1, 12.2, 12.3 and 12.4".
MAX_LABEL_CHARS = 120
# Without a stop after its label a caption is short; what is longer is text.
MAX_UNSTOPPED_CHARS = 300
MAX_CASELESS_CHARS = 150
MAX_UNPARTED_CHARS = 60

_NUMERALS = "一二三四五六七八九十百〇零"
_NUMBER_WORD = (
    r"(?:(?:n[or]?[.°]?\s*o?|#|num\.?|br\.|رقم|so|מס['׳]?|מספר|நம்பர்|সংখ্যা|নং|नं\.?|सं\.?|क्र\.?)"
    r"\s*(?=[\d(\[a-z]))?"
)
# Possessive: a number of many digits is read in one way, not in all the ways of parting it.
_DIGITS = (
    r"(?:[a-z]{1,2}[.\-]?)?\d++(?:[.\-–‑‒‐・]\d++)*"
    r"(?:[a-zа-яα-ω](?:[–-][a-z])?(?!\w)|(?:\s?[(\[][a-zа-я][)\]])(?!\w))?"
)
_ROMAN = r"[ivxlc]{1,8}(?![^\W\d_])(?:[.\-–]\d++)?"
_JOIN = (
    r"(?:\s*+[,;&+/、~～–-]\s*+(?=\d)|\s++(?:and|und|et|y|e|i|en|och|og|ja|es|a|и|та|і|και|و|ve|va|ir|un|si|eta|dan|va|"
    r"और|to|bis|a|tot|do|по|до|تا|إلى|έως|to|through)\s++|\s*+(?:和|与|與|及|と|및|至|到|から)\s*+)"
)
_NUMBERS = (
    rf"(?:{_DIGITS}(?:{_JOIN}{_DIGITS})*+|{_ROMAN}(?:{_JOIN}{_ROMAN})*+|[{_NUMERALS}]{{1,5}}"
    r"|[a-z](?=\s*(?:[:|–—]|$)))"
)
_LEAD = r"(?P<lead>\W{0,4})"
_NAMED_FIRST = re.compile(
    rf"{_LEAD}(?P<name>{one_of(caption_names())})(?:\.|(?![^\W\d_])|(?=[{_NUMERALS}]))\s*{_NUMBER_WORD}"
    rf"(?P<open>[(\[<]\s*)?(?P<numbers>{_NUMBERS})(?(open)\s*[)\]>])"
)
_NUMBERED_FIRST = re.compile(
    rf"{_LEAD}(?:(?P<place>第\s*)(?P<placed>\d++(?:[.\-–]\d++)*|[{_NUMERALS}]{{1,5}})\s*"
    rf"|(?P<numbers>\d++(?:[.\-–/]\d++)*[a-z]?)(?:\.\s*|\s*[-–]\s*(?:р\s+)?|\s+(?:-?н?ч[еы]\s+)?))"
    rf"(?P<name>{one_of(names_after_numbers())})(?!\w)"
)
# Without a number only what is a label and nothing else: "Figure: the mill". "Photo: Ann Lee" is a credit.
_MAY_BEGIN = re.compile(rf"\W{{0,4}}(?:\d|第|{one_of(caption_names())})")
_WITHOUT_NUMBER = "fig figure figura figur figuur figuro abb abbildung joonis abra σχημα ffigur"
_UNNUMBERED = re.compile(rf"{_LEAD}(?:{_WITHOUT_NUMBER.replace(' ', '|')})\.?\s*:\s*(?=\S)")
_STOP = re.compile(r"[^\S\n]*(?:(?:[.:;|·•—–―։።፡፦।॥。-]|\n|$)\s*)")
_BRACKET_STOP = re.compile(r"\s*\)\s*")
_STOP_AFTER_BRACKET = re.compile(r"[^\S\n]*[.:;|·—–-]\s*|\s+|$")
_CLOSING = re.compile(r"\s*[)\]>】〉》」』〕]")
_OPENING = re.compile(r"[(\[<【〈《「『〔]")
_BEFORE_WORDS = "\"'“”„«»‹›‘’¿¡(["
# What running text goes on with after a number, in scripts that have no capitals.
_KOREAN = re.compile("은|는|이|가|을|를|의|에|과|와|로|으로|도|처럼|같이|까지|부터|만|라|인|이며|및")
_JAPANESE = re.compile("[はがをにでもへやと]|から|より|まで|の(?:よう|中|うち|通|とおり|場合)")
_CHINESE = re.compile(
    "所示|显示|顯示|展示|示出|表明|表示|描述|描[绘繪]|说明|說明|反映|[呈]?[现現]了|列出|[绘繪]制了|提供|[给給]出|介[绍紹]|演示|概括|"
    "[总總][结結]了|可以|可[见見知]|分[别別]|就是|[为為]|是|的|中(?:的|可|，|,|[显顯]|所|有|是|[为為]|给|給)|[与與和及][图圖表]|[则則]"
)
_VERB = re.compile(
    "(?:يوضح|توضح|يبين|تبين|يظهر|تظهر|يعرض|تعرض|يمثل|تمثل|يصور|يشير|يلخص|هو|هي|أعلاه|أدناه|را|که|نشان|نیز|میں|کو|"
    "מציגה?|מציגים|מראה|מתארת?|מדגימה?|ממחישה?|הוא|היא|מסכמת?|שלהלן|שלעיל|"
    r"में|के|का|की|को|से|पर|मा|દર્શાવે|માં|ਵਿੱਚ|এ|তে|দেখায়)(?!\w)|แสดง|เป็น|คือ|จะ|ได้|ให้|ซึ่ง|ข้างต้น|ด้านล่าง|นี้|បង្ហាញ|ສະແດງ|"
    "გვიჩვენებს|აჩვენებს|ასახავს"
)
_SENTENCE_END = re.compile(r"[.。।॥؟?!۔։።]\s*$")


@dataclass(frozen=True, slots=True)
class Label:
    """A label at the beginning of a text; `end` is where what follows it begins."""

    kind: Kind
    number: str  # as written, folded; empty where there is none
    end: int
    is_stopped: bool  # a stop or the end of the line follows


def label_of(text: str) -> Label | None:
    """The label with which a text begins, in a caption or not."""
    if not _MAY_BEGIN.match(fold(text[:MAX_LABEL_CHARS])):
        return None
    folded, places = _folded_head(text)
    found = _NAMED_FIRST.match(folded) or _NUMBERED_FIRST.match(folded)
    if found and _is_number(text, found, places):
        return _label(text, folded, places, found)
    bare = _UNNUMBERED.match(folded)
    return Label(Kind.FIGURE, "", places[bare.end()], is_stopped=True) if bare else None


def caption_label(text: str) -> Label | None:
    """The label of a text that reads as a caption; None where it has no label, or goes on as a sentence does."""
    label = label_of(text)
    return label if label and (label.is_stopped or _is_title(text, label)) else None


def without_label(caption: str) -> str:
    """What a caption says after its label."""
    label = caption_label(caption)
    return caption[label.end :].lstrip() if label else caption


def opens_caption(text: str) -> bool:
    """Whether a text begins as captions do."""
    return caption_label(text) is not None


def _folded_head(text: str) -> tuple[str, list[int]]:
    """The beginning of a text, folded, and where each of its characters comes from."""
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text[:MAX_LABEL_CHARS]):
        for one in fold(character):
            folded.append(one)
            places.append(place)
    return "".join(folded), [*places, min(len(text), MAX_LABEL_CHARS)]


def _number_group(found: re.Match[str]) -> str:
    return "placed" if found.groupdict().get("placed") else "numbers"


def _is_number(text: str, found: re.Match[str], places: list[int]) -> bool:
    """Not "Photo c. 1920" nor "Map i.": a Roman number is of capitals, or of two letters and more."""
    group = _number_group(found)
    numbers = found[group]
    if re.match(rf"[a-z]{{0,2}}[.\-]?\d|[{_NUMERALS}]", numbers):
        is_of_place = bool(found.groupdict().get("place"))
        return "place" not in found.groupdict() or is_of_place or not is_cjk(found["name"])
    written = text[places[found.start(group)] : places[found.end(group)]]
    return written[:1].isupper() or bool(re.match(r"[ivx]{2,}", numbers))


def _label(text: str, folded: str, places: list[int], found: re.Match[str]) -> Label:
    end = found.end()
    is_numbered_first = "place" in found.groupdict()
    if is_numbered_first and found["name"] in abbreviations() and folded[end : end + 1] == ".":
        end += 1
    if _OPENING.search(found["lead"]) and (closed := _CLOSING.match(folded, end)):
        end = closed.end()
        stop = _STOP_AFTER_BRACKET.match(folded, end)
    else:
        stop = _STOP.match(folded, end) or _BRACKET_STOP.match(folded, end)
    if stop and _is_hyphen_in_a_word(text, places, stop):
        stop = None
    is_cut = end >= len(folded) < len(text)
    after = places[stop.end() if stop else end]
    name = re.sub(r"\s+", " ", found["name"])
    return Label(kinds()[name], found[_number_group(found)], after, bool(stop) and not is_cut)


def _is_hyphen_in_a_word(text: str, places: list[int], stop: re.Match[str]) -> bool:
    following = text[places[stop.end()] :][:1]
    return stop[0] == "-" and following.isalpha() and following.islower()


# --- without a stop ---------------------------------------------------------------------------------------


def _is_title(text: str, label: Label) -> bool:
    """Whether what follows a label without a stop is a title, not the rest of a sentence."""
    rest = text[label.end :].strip()
    words = rest.lstrip(_BEFORE_WORDS)
    if not words or len(rest) > MAX_UNSTOPPED_CHARS or len(rest) - len(words) > 2:
        return False
    is_parted = text[label.end : label.end + 1].isspace() or rest != words
    first = words[0]
    if is_cjk(first):
        return _is_title_in_cjk(words, is_parted=is_parted)
    if _has_case(first):
        # "(B) shows" is a part of the figure.
        is_part = rest.startswith(("(", "[")) and not words[1:2].isalpha()
        return is_parted and first.isupper() and not is_part
    return (
        is_parted
        and first.isalpha()
        and len(rest) <= MAX_CASELESS_CHARS
        and not (_VERB.match(words) or _SENTENCE_END.search(words))
    )


def _has_case(character: str) -> bool:
    return character.lower() != character.upper() and not "\u10d0" <= character <= "\u10ff"  # Georgian


def _is_title_in_cjk(words: str, *, is_parted: bool) -> bool:
    if _CHINESE.match(words) or len(words) > MAX_CASELESS_CHARS:
        return False
    if is_parted:
        return not words.endswith(("니다.", "한다.", "된다.", "이다."))
    return not (
        _KOREAN.match(words) or _JAPANESE.match(words) or "。" in words or len(words) > MAX_UNPARTED_CHARS
    )
