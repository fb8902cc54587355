"""Searches to try, in the words of the captions of the library."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from explorer.types import FigureRecord

_END_OF_CLAUSE = re.compile(r"[.,;:!?()\[\]\"“”–—|\n]|\s-\s")
_MIN_WORDS, _MAX_WORDS = 3, 7


def example_searches(figures: Sequence[FigureRecord], count: int = 6) -> list[str]:
    """Return short phrases of captions and alt texts: one of each issue before a second one of any issue."""
    phrases: dict[str, str] = {}
    for figure in _issue_by_issue(figures):
        phrase = _phrase(figure)
        if phrase:
            phrases.setdefault(phrase.casefold(), phrase)
    return list(phrases.values())[:count]


def _issue_by_issue(figures: Sequence[FigureRecord]) -> Iterator[FigureRecord]:
    by_issue: dict[str, list[FigureRecord]] = {}
    for figure in figures:
        by_issue.setdefault(figure.issue_id, []).append(figure)
    for one_of_each in zip_longest(*by_issue.values()):
        yield from (figure for figure in one_of_each if figure is not None)


def _phrase(figure: FigureRecord) -> str | None:
    """Return the first clause, of the alt text if possible: it describes the picture, a caption its meaning."""
    for text in (figure.alt, figure.caption):
        clause = _END_OF_CLAUSE.split(text or "", maxsplit=1)[0].strip()
        if _MIN_WORDS <= len(clause.split()) <= _MAX_WORDS:
            return clause
    return None
