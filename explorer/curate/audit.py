"""What captions and alt texts leave to be desired: those that say nothing, are missing, or stand at another picture."""

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
    """What to look at; the figures of each list in the order of the issues, newest first.

    `compared` captions were compared with the pictures of their issue; 0 where the library has too few of them
    to tell how far its encoder can be trusted.
    """

    figures: int
    compared: int
    misplaced: tuple[Misplaced, ...]
    says_nothing: tuple[FigureRecord, ...]
    only_credit: tuple[FigureRecord, ...]
    no_alt: tuple[FigureRecord, ...]
    alt_says_nothing: tuple[FigureRecord, ...]
    same_alt: tuple[tuple[FigureRecord, ...], ...]
    """Figures of different pictures that have one alt text, a group for each text."""


def audit(figures: Sequence[FigureRecord], compared: int, misplaced: Iterable[Misplaced]) -> Audit:
    """The audit of all figures; what pictures say of the captions was found out before."""

    def those(wanted: Callable[[FigureRecord], bool]) -> tuple[FigureRecord, ...]:
        return tuple(figure for figure in figures if wanted(figure))

    return Audit(
        figures=len(figures),
        compared=compared,
        misplaced=tuple(misplaced),
        says_nothing=those(lambda one: one.caption is not None and not _tells(one.caption, one.image)),
        only_credit=those(lambda one: one.caption is None and one.credit is not None),
        no_alt=those(lambda one: one.image is not None and one.alt is None),
        alt_says_nothing=those(lambda one: one.alt is not None and not _tells(one.alt, one.image)),
        same_alt=tuple(_sharing_an_alt(figures)),
    )


def _tells(text: str, image: str | None) -> bool:
    """Whether a text tells what is seen: not a label ("Figure 3"), not a file name, not the picture's own."""
    rest = without_label(text)
    if not is_descriptive(text) or (rest != text and not _WORD.search(rest)):
        return False
    file = PurePosixPath(image or "")
    return text.casefold() not in {file.name.casefold(), file.stem.casefold()}


def _sharing_an_alt(figures: Sequence[FigureRecord]) -> Iterable[tuple[FigureRecord, ...]]:
    by_alt: dict[str, list[FigureRecord]] = defaultdict(list)
    for figure in figures:
        if figure.alt and figure.group:
            by_alt[figure.alt.casefold()].append(figure)
    for sharing in by_alt.values():
        if len({figure.group for figure in sharing}) > 1:
            yield tuple(sharing)
