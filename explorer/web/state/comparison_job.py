"""Compare two libraries, or two settings of the weights, in the background."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import streamlit as st
from markupsafe import Markup

from explorer import Library
from explorer.types import LABELS, Comparison, ItemRecord, Question, RankedRecord, RankingOverlap
from explorer.web.components import cards
from explorer.web.components.thumbnails import picture
from explorer.web.state import audience
from explorer.web.state.background_job import BackgroundJob, JobMessages
from explorer.web.state.params import LegWeights
from explorer.web.templating import render

SHOWN_IN_COLUMN = 4
MESSAGES = JobMessages(
    busy="Another comparison is running. Wait until it has finished, or stop it.",
    stopped="Stopped. Nothing was measured.",
    unexpected="The comparison failed with an unexpected error. See the log of `explorer app`.",
)


@dataclass(frozen=True, slots=True)
class Side:
    """The folder of a library, and the weights that differ from the fitted ones."""

    folder: Path
    weights: LegWeights

    @property
    def label(self) -> str:
        """The side in words."""
        weights = ", ".join(f"“{LABELS.get(leg, leg)}” {weight:g}" for leg, weight in self.weights)
        return f"{audience.display_path(str(self.folder))}, {weights or 'fitted weights'}"


@dataclass(frozen=True, slots=True)
class ComparisonResult:
    """A comparison of two sides, and for each changed query the first hit of each side as HTML."""

    a: Side
    b: Side
    comparison: Comparison
    first_hits: tuple[tuple[Markup, Markup], ...]


Column: TypeAlias = tuple[Markup, ...]
"""The hits of one side for a search, as HTML: the first hit, and then some hits that only this side has."""


@dataclass(frozen=True, slots=True)
class HistoryComparison:
    """A comparison of two sides by past searches, and for each changed search a column of each side."""

    a: Side
    b: Side
    overlap: RankingOverlap
    columns: tuple[tuple[Column, Column], ...]


class ComparisonJob(BackgroundJob[ComparisonResult | HistoryComparison]):
    """One comparison at a time."""

    def __init__(self, library: Path) -> None:
        super().__init__(f"comparing {library}", MESSAGES)

    def start(self, a: Side, b: Side, questions: Sequence[Question] | None) -> None:
        """Start a comparison by questions, or by the captions of A. Raises LibraryError while the job is running."""
        self.begin(lambda: self._compare(a, b, questions))

    def start_with_history(self, a: Side, b: Side) -> None:
        """Start a comparison by the past searches of A. Raises LibraryError while the job is running."""
        self.begin(lambda: self._compare_history(a, b))

    def _compare(self, a: Side, b: Side, questions: Sequence[Question] | None) -> ComparisonResult:
        with _open_both(a, b) as (first, second):
            comparison = first.evaluation.compare(
                second, questions, weights=dict(a.weights), other_weights=dict(b.weights), progress=self
            )
            first_hits = [
                (_render_record(first, query.figure_a), _render_record(second, query.figure_b))
                for query in comparison.changed
            ]
        return ComparisonResult(a, b, comparison, tuple(first_hits))

    def _compare_history(self, a: Side, b: Side) -> HistoryComparison:
        with _open_both(a, b) as (first, second):
            overlap = first.evaluation.compare_history(
                second, weights=dict(a.weights), other_weights=dict(b.weights), progress=self
            )
            columns = [
                (_column(first, shift.first_a, shift.went), _column(second, shift.first_b, shift.came))
                for shift in overlap.changed
            ]
        return HistoryComparison(a, b, overlap, tuple(columns))


@contextmanager
def _open_both(a: Side, b: Side) -> Iterator[tuple[Library, Library]]:
    with Library.open(a.folder) as first:
        is_same = b.folder == a.folder  # one encoder in memory is enough
        with nullcontext(first) if is_same else Library.open(b.folder) as second:
            yield first, second


def _column(library: Library, first: RankedRecord | None, others: Sequence[RankedRecord]) -> Column:
    ids = [first.id if first else None, *(other.id for other in others if other != first)]
    return tuple(_render_record(library, id) for id in ids[:SHOWN_IN_COLUMN])


def _render_record(library: Library, id: str | None) -> Markup:
    if id is None:
        return render("no_picture.html", reason="Nothing")
    record = library.browse.find(id)
    return cards.item_name(record) if isinstance(record, ItemRecord) else picture(library, record)


@st.cache_resource(show_spinner=False)
def comparison_job_of(library: Path) -> ComparisonJob:
    """Return the job that compares this library with others; the same one in every session."""
    return ComparisonJob(library)
