"""Audit of captions and alt texts: those without content, missing ones, and captions at the wrong picture."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from explorer.archive.html.caption_marks import is_descriptive
from explorer.archive.html.labels import without_label
from explorer.catalog.records import FigureRecord
from explorer.curate.misplaced import Misplaced

_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Audit:
    """The figures to check, in each list in the order of the issues, newest first.

    `compared` is the number of captions that were compared with the pictures of their issue. It is 0 if the library has
    too few captions to estimate the reliability of its encoder.
    """

    figures: int
    compared: int
    misplaced: tuple[Misplaced, ...]
    says_nothing: tuple[FigureRecord, ...]
    only_credit: tuple[FigureRecord, ...]
    no_alt: tuple[FigureRecord, ...]
    alt_says_nothing: tuple[FigureRecord, ...]
    same_alt: tuple[tuple[FigureRecord, ...], ...]
    """Figures of different pictures with the same alt text, a group for each text."""


def audit(figures: Sequence[FigureRecord], compared: int, misplaced: Iterable[Misplaced]) -> Audit:
    """Return the audit of all figures. Misplaced captions were found before."""

    def select(predicate: Callable[[FigureRecord], bool]) -> tuple[FigureRecord, ...]:
        return tuple(figure for figure in figures if predicate(figure))

    return Audit(
        figures=len(figures),
        compared=compared,
        misplaced=tuple(misplaced),
        says_nothing=select(lambda figure: _is_uninformative(figure.caption, figure.image)),
        only_credit=select(lambda figure: figure.caption is None and figure.credit is not None),
        no_alt=select(lambda figure: figure.image is not None and figure.alt is None),
        alt_says_nothing=select(lambda figure: _is_uninformative(figure.alt, figure.image)),
        same_alt=tuple(_groups_with_same_alt(figures)),
    )


def _is_uninformative(text: str | None, image: str | None) -> bool:
    return text is not None and not _is_descriptive(text, image)


def _is_descriptive(text: str, image: str | None) -> bool:
    """Whether a text may describe a picture: it is neither a label ("Figure 3") nor the name of the picture's file."""
    unlabelled = without_label(text)
    if not is_descriptive(text) or (unlabelled != text and not _WORD.search(unlabelled)):
        return False
    file = PurePosixPath(image or "")
    return text.casefold() not in {file.name.casefold(), file.stem.casefold()}


def _groups_with_same_alt(figures: Sequence[FigureRecord]) -> Iterable[tuple[FigureRecord, ...]]:
    by_alt: dict[str, list[FigureRecord]] = defaultdict(list)
    for figure in figures:
        if figure.alt and figure.group:
            by_alt[figure.alt.casefold()].append(figure)
    for group in by_alt.values():
        if len({figure.group for figure in group}) > 1:
            yield tuple(group)
