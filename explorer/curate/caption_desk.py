"""The results of an audit as a queue of figures, each with its problems and a suggestion for its words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import shorten
from typing import Final

from explorer.archive.html.caption_marks import is_descriptive
from explorer.archive.html.labels import without_label
from explorer.catalog.records import FigureCorrection, FigureRecord
from explorer.curate.audit import Audit
from explorer.curate.misplaced import Misplaced

MAX_SUGGESTED_CHARS: Final = 200
_CAPTION_PROBLEMS: Final = (
    "The caption has no information.",
    "There is a credit, but no caption.",
)
_ALT_PROBLEMS: Final = (
    "There is no alt text.",
    "The alt text has no information.",
    "Different pictures have this alt text.",
)


@dataclass(frozen=True, slots=True)
class DeskEntry:
    """A figure whose words need attention. The suggestion leaves a text as it is (None) if there is none better."""

    figure: FigureRecord
    problems: tuple[str, ...]
    suggestion: FigureCorrection
    better: FigureRecord | None = None
    """The figure of the same issue whose picture the caption fits better."""


def desk_entries(audit: Audit) -> list[DeskEntry]:
    """Return the figures of an audit, those with a misplaced caption first, then in the order of the issues."""
    misplaced = {it.figure.id: it for it in audit.misplaced}
    problems: dict[str, list[str]] = defaultdict(list)
    figures: dict[str, FigureRecord] = {}
    for figure, problem in _problems(audit):
        figures.setdefault(figure.id, figure)
        problems[figure.id].append(problem)
    return [_entry(figure, problems[id], misplaced) for id, figure in figures.items()]


def _problems(audit: Audit) -> Iterator[tuple[FigureRecord, str]]:
    for it in audit.misplaced:
        yield it.figure, "The caption fits another picture of the issue better."
    same_alt = tuple(figure for group in audit.same_alt for figure in group)
    lists = (audit.says_nothing, audit.only_credit, audit.no_alt, audit.alt_says_nothing, same_alt)
    for problem, figures in zip((*_CAPTION_PROBLEMS, *_ALT_PROBLEMS), lists, strict=True):
        for figure in figures:
            yield figure, problem


def _entry(figure: FigureRecord, problems: list[str], misplaced: dict[str, Misplaced]) -> DeskEntry:
    better = misplaced[figure.id].other if figure.id in misplaced else None
    needs_caption = better is not None or any(problem in _CAPTION_PROBLEMS for problem in problems)
    needs_alt = any(problem in _ALT_PROBLEMS for problem in problems)
    caption = _better_caption(figure, better, misplaced) if needs_caption else None
    good_caption = caption or (None if needs_caption else figure.caption)
    suggestion = FigureCorrection(
        caption=caption, alt=_better_alt(figure, good_caption) if needs_alt else None
    )
    return DeskEntry(figure, tuple(problems), suggestion, better)


def _better_caption(
    figure: FigureRecord, better: FigureRecord | None, misplaced: dict[str, Misplaced]
) -> str | None:
    """Return the caption that was exchanged with this one, else an informative alt text."""
    if better is not None and better.id in misplaced and misplaced[better.id].other.id == figure.id:
        return better.caption
    return figure.alt if is_descriptive(figure.alt) else None


def _better_alt(figure: FigureRecord, caption: str | None) -> str | None:
    """Return an informative caption without its label, else the text that was read in the picture."""
    if caption and is_descriptive(caption):
        return shorten(without_label(caption), MAX_SUGGESTED_CHARS, placeholder=" …")
    if figure.picture_text:
        return shorten(f"Picture with the text: {figure.picture_text}", MAX_SUGGESTED_CHARS, placeholder=" …")
    return None
