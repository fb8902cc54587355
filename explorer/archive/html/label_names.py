"""The names of figures and tables in all languages, read from one table, and how text is folded to find them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
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
