"""The label with which a caption begins, in any language: "Figure 3.", "Рис. 1 —", "图1", "3. ábra".

A label is the name of a figure or table and its number. It opens a caption if a stop, the end of the line or a title
follows. "Figure 3 shows the mill" opens a sentence of the text.
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

LABELS_FILE: Final = Path(__file__).with_name("caption_labels.txt")


class Kind(StrEnum):
    """The kind of object that a label names; each kind has its own numbering."""

    FIGURE = "figure"
    PICTURE = "picture"
    CHART = "chart"
    PLATE = "plate"
    TABLE = "table"


# Diacritics, Arabic and Hebrew vowel points, the tatweel, and directional marks.
_IGNORED_CHARACTERS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0640\u00ad\u061c\u180e"
                      "\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]")  # fmt: skip
_DIGIT = re.compile(r"[^\D0-9]")
_CJK = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7af]")
# Plural names in running text: "3-5" after them is a range, after other names a number with a chapter.
_PLURAL_NAMES = (
    "figs, figures, figuras, figuren, figurer, figg, abbildungen, abbn, kuvat, kuviot, рисунки, рисунках, obrázky, "
    "rysunki, slike, εικόνες, σχήματα, ábrák, joonised, figuurid, ілюстрації, plates, planches, tafeln, photos, images"
)


def fold(text: str) -> str:
    """Return the text in lower case without accents, in compatible characters and with digits as `0` to `9`."""
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    return _DIGIT.sub(_digit, unicodedata.normalize("NFC", _IGNORED_CHARACTERS.sub("", plain)))


def _digit(match: re.Match[str]) -> str:
    return str(unicodedata.decimal(match[0]))


@cache
def _folded_rows() -> tuple[tuple[bool, list[list[str]]], ...]:
    """Return for each language whether numbers may come first, and its folded names by column."""
    return tuple(
        (language.endswith("*"), [[fold(name) for name in names] for names in cells])
        for language, cells in _rows()
    )


@cache
def _rows() -> tuple[tuple[str, list[list[str]]], ...]:
    """Return the languages and their names by column, as in the file."""
    lines = LABELS_FILE.read_text(encoding="utf-8").splitlines()
    rows = (line.split("|") for line in lines if line.strip() and not line.startswith("#"))
    return tuple((language.strip(), [*map(_split_names, cells)]) for language, *cells in rows)


def _split_names(cell: str) -> list[str]:
    return [name.strip() for name in cell.split(",") if name.strip()]


@cache
def kinds() -> dict[str, Kind]:
    """Return the kind of each folded name without its stop; the first language with the name decides."""
    kind_by_name: dict[str, Kind] = {}
    for _, cells in _folded_rows():
        for kind, names in zip(Kind, cells, strict=False):
            for name in names:
                kind_by_name.setdefault(name.rstrip("."), kind)
        for name in cells[len(Kind)] if len(cells) > len(Kind) else []:
            kind_by_name.setdefault(name.rstrip(".~"), Kind.FIGURE)
    for name in plural_names():
        kind_by_name.setdefault(name, Kind.FIGURE)
    return kind_by_name


@cache
def caption_names() -> frozenset[str]:
    """Return the names in captions."""
    return frozenset(
        name.rstrip(".") for _, cells in _folded_rows() for names in cells[: len(Kind)] for name in names
    )


@cache
def names_after_numbers() -> frozenset[str]:
    """Return the names that may follow their number: "3. ábra", "第1図"."""
    return frozenset(
        name.rstrip(".")
        for may_be_first, cells in _folded_rows()
        if may_be_first
        for names in (cells[0], cells[len(Kind) - 1])  # "1. Map" is a heading
        for name in names
    )


@cache
def abbreviations() -> frozenset[str]:
    """Return the names that end with a stop, without it."""
    return frozenset(
        name[:-1] for _, cells in _folded_rows() for names in cells for name in names if name.endswith(".")
    )


@cache
def written_abbreviations() -> frozenset[str]:
    """Return the abbreviations in their printed forms: "Рис", "рис" and "РИС"."""
    names = (name[:-1] for _, cells in _rows() for part in cells for name in part if name.endswith("."))
    return frozenset(form for name in names for form in (name, name.lower(), name.upper()))


@cache
def plural_names() -> frozenset[str]:
    """Return the names for more than one number."""
    return frozenset(map(fold, _split_names(_PLURAL_NAMES)))


@cache
def inflected_stems() -> frozenset[str]:
    """Return the stems of names that running text inflects."""
    return frozenset(
        name[:-1] for _, cells in _folded_rows() for names in cells for name in names if name.endswith("~")
    )


@cache
def stems_after_numbers() -> frozenset[str]:
    """Return the stems of languages that write "3. ábra"."""
    return frozenset(
        name[:-1]
        for may_be_first, cells in _folded_rows()
        if may_be_first
        for name in cells[-1]
        if name.endswith("~")
    )


@cache
def inflected_names() -> frozenset[str]:
    """Return the full names that occur only in running text."""
    inflected_columns = (cells[len(Kind)] for _, cells in _folded_rows() if len(cells) > len(Kind))
    return frozenset(
        name.rstrip(".") for names in inflected_columns for name in names if not name.endswith("~")
    )


def is_cjk(character: str) -> bool:
    """Return whether a character is Chinese, Japanese or Korean."""
    return bool(_CJK.match(character))


def names_pattern(names: Iterable[str]) -> str:
    """Return a pattern that matches the longest of the names. It is a trie, so it tests each letter once."""
    tree: dict[str, Any] = {}
    for name in names:
        branch = tree
        for letter in name:
            branch = branch.setdefault(letter, {})
        branch[""] = {}
    return f"(?:{'|'.join(_branches(tree))})"


def _branches(tree: dict[str, Any]) -> Iterator[str]:
    """Yield the patterns of the subtrees, the end of a name last."""
    for letter, subtree in sorted(tree.items(), reverse=True):
        if not letter:
            yield ""
        else:
            continuations = [*_branches(subtree)]
            continuation = continuations[0] if len(continuations) == 1 else f"(?:{'|'.join(continuations)})"
            yield (r"\s+" if letter == " " else re.escape(letter)) + continuation


# The longest label: "Supplementary Figures 12.1, 12.2, 12.3 and 12.4".
MAX_LABEL_CHARS = 120
# A caption without a stop after its label is short; longer texts are paragraphs.
MAX_UNSTOPPED_CHARS = 300
MAX_CASELESS_CHARS = 150
MAX_UNSEPARATED_CHARS = 60

_NUMERALS = "一二三四五六七八九十百〇零"
_NUMBER_WORD = (
    r"(?:(?:n[or]?[.°]?\s*o?|#|num\.?|br\.|رقم|so|מס['׳]?|מספר|நம்பர்|সংখ্যা|নং|नं\.?|सं\.?|क्र\.?)"
    r"\s*(?=[\d(\[a-z]))?"
)
# Possessive: a number of many digits is matched in one way, without backtracking.
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
    rf"{_LEAD}(?P<name>{names_pattern(caption_names())})(?:\.|(?![^\W\d_])|(?=[{_NUMERALS}]))\s*{_NUMBER_WORD}"
    rf"(?P<open>[(\[<]\s*)?(?P<numbers>{_NUMBERS})(?(open)\s*[)\]>])"
)
_NUMBERED_FIRST = re.compile(
    rf"{_LEAD}(?:(?P<ordinal_prefix>第\s*)(?P<ordinal>\d++(?:[.\-–]\d++)*|[{_NUMERALS}]{{1,5}})\s*"
    rf"|(?P<numbers>\d++(?:[.\-–/]\d++)*[a-z]?)(?:\.\s*|\s*[-–]\s*(?:р\s+)?|\s+(?:-?н?ч[еы]\s+)?))"
    rf"(?P<name>{names_pattern(names_after_numbers())})(?!\w)"
)
# Without a number, only names with no other use: "Figure: the mill". "Photo: Ann Lee" is a credit.
_MAY_BEGIN = re.compile(rf"\W{{0,4}}(?:\d|第|{names_pattern(caption_names())})")
_UNNUMBERED_NAMES = "fig figure figura figur figuur figuro abb abbildung joonis abra σχημα ffigur"
_UNNUMBERED = re.compile(rf"{_LEAD}(?:{_UNNUMBERED_NAMES.replace(' ', '|')})\.?\s*:\s*(?=\S)")
_STOP = re.compile(r"[^\S\n]*(?:(?:[.:;|·•—–―։።፡፦।॥。-]|\n|$)\s*)")
_BRACKET_STOP = re.compile(r"\s*\)\s*")
_STOP_AFTER_BRACKET = re.compile(r"[^\S\n]*[.:;|·—–-]\s*|\s+|$")
_CLOSING = re.compile(r"\s*[)\]>】〉》」』〕]")
_OPENING = re.compile(r"[(\[<【〈《「『〔]")
_OPENING_PUNCTUATION = "\"'“”„«»‹›‘’¿¡(["
# Words with which running text continues after a number, in scripts without capitals.
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
    """A label at the beginning of a text; `end` is the position of the text after it."""

    kind: Kind
    number: str  # as in the text, folded; empty without a number
    end: int
    is_stopped: bool  # a stop or the end of the line follows


def label_of(text: str) -> Label | None:
    """Return the label with which a text begins, in a caption or not; None without a label."""
    if not _MAY_BEGIN.match(fold(text[:MAX_LABEL_CHARS])):
        return None
    folded, positions = _folded_head(text)
    match = _NAMED_FIRST.match(folded) or _NUMBERED_FIRST.match(folded)
    if match and _is_number(text, match, positions):
        return _label(text, folded, positions, match)
    unnumbered = _UNNUMBERED.match(folded)
    return Label(Kind.FIGURE, "", positions[unnumbered.end()], is_stopped=True) if unnumbered else None


def caption_label(text: str) -> Label | None:
    """Return the label of a caption; None for a text without a label or with a sentence after it."""
    label = label_of(text)
    return label if label and (label.is_stopped or _is_title(text, label)) else None


def without_label(caption: str) -> str:
    """Return a caption without its label."""
    label = caption_label(caption)
    return caption[label.end :].lstrip() if label else caption


def opens_caption(text: str) -> bool:
    """Return whether a text begins with the label of a caption."""
    return caption_label(text) is not None


def _folded_head(text: str) -> tuple[str, list[int]]:
    """Return the folded beginning of a text, and the original position of each of its characters."""
    folded: list[str] = []
    positions: list[int] = []
    for position, character in enumerate(text[:MAX_LABEL_CHARS]):
        for folded_character in fold(character):
            folded.append(folded_character)
            positions.append(position)
    return "".join(folded), [*positions, min(len(text), MAX_LABEL_CHARS)]


def _number_group(match: re.Match[str]) -> str:
    return "ordinal" if match.groupdict().get("ordinal") else "numbers"


def _is_number(text: str, match: re.Match[str], positions: list[int]) -> bool:
    """Return whether a match is a number: Roman ones have capitals or two letters, unlike "Photo c. 1920", "Map i."."""
    group = _number_group(match)
    numbers = match[group]
    if re.match(rf"[a-z]{{0,2}}[.\-]?\d|[{_NUMERALS}]", numbers):
        has_ordinal_prefix = bool(match.groupdict().get("ordinal_prefix"))
        return "ordinal_prefix" not in match.groupdict() or has_ordinal_prefix or not is_cjk(match["name"])
    original = text[positions[match.start(group)] : positions[match.end(group)]]
    return original[:1].isupper() or bool(re.match(r"[ivx]{2,}", numbers))


def _label(text: str, folded: str, positions: list[int], match: re.Match[str]) -> Label:
    end = match.end()
    is_numbered_first = "ordinal_prefix" in match.groupdict()
    if is_numbered_first and match["name"] in abbreviations() and folded[end : end + 1] == ".":
        end += 1
    if _OPENING.search(match["lead"]) and (closed := _CLOSING.match(folded, end)):
        end = closed.end()
        stop = _STOP_AFTER_BRACKET.match(folded, end)
    else:
        stop = _STOP.match(folded, end) or _BRACKET_STOP.match(folded, end)
    if stop and _is_hyphen_in_word(text, positions, stop):
        stop = None
    is_cut = end >= len(folded) < len(text)
    after = positions[stop.end() if stop else end]
    name = re.sub(r"\s+", " ", match["name"])
    return Label(kinds()[name], match[_number_group(match)], after, bool(stop) and not is_cut)


def _is_hyphen_in_word(text: str, positions: list[int], stop: re.Match[str]) -> bool:
    following = text[positions[stop.end()] :][:1]
    return stop[0] == "-" and following.isalpha() and following.islower()


# --- labels without a stop --------------------------------------------------------------------------------


def _is_title(text: str, label: Label) -> bool:
    """Return whether a title follows a label without a stop, and not the rest of a sentence."""
    following_text = text[label.end :].strip()
    words = following_text.lstrip(_OPENING_PUNCTUATION)
    if not words or len(following_text) > MAX_UNSTOPPED_CHARS or len(following_text) - len(words) > 2:
        return False
    is_separated = text[label.end : label.end + 1].isspace() or following_text != words
    first = words[0]
    if is_cjk(first):
        return _is_title_in_cjk(words, is_separated=is_separated)
    if _has_case(first):
        # "(B) shows" is a part of the figure.
        is_part = following_text.startswith(("(", "[")) and not words[1:2].isalpha()
        return is_separated and first.isupper() and not is_part
    return (
        is_separated
        and first.isalpha()
        and len(following_text) <= MAX_CASELESS_CHARS
        and not (_VERB.match(words) or _SENTENCE_END.search(words))
    )


def _has_case(character: str) -> bool:
    return character.lower() != character.upper() and not "\u10d0" <= character <= "\u10ff"  # Georgian


def _is_title_in_cjk(words: str, *, is_separated: bool) -> bool:
    if _CHINESE.match(words) or len(words) > MAX_CASELESS_CHARS:
        return False
    if is_separated:
        return not words.endswith(("니다.", "한다.", "된다.", "이다."))
    return not (
        _KOREAN.match(words) or _JAPANESE.match(words) or "。" in words or len(words) > MAX_UNSEPARATED_CHARS
    )
