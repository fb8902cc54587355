"""Two libraries, or two settings of the weights, compared in the background."""

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
from explorer.web.state.background_job import Background, Sentences
from explorer.web.state.params import LegWeights
from explorer.web.templating import render

SHOWN_IN_COLUMN = 4
SENTENCES = Sentences(
    busy="Something is being compared already. Wait until it is done, or stop it.",
    stopped="Stopped. Nothing was measured.",
    unexpected="Comparing failed in a way that the explorer did not expect; the log of `explorer app` says more.",
)


@dataclass(frozen=True, slots=True)
class Side:
    """A library's folder, and how much legs count instead of what was fitted."""

    folder: Path
    weights: LegWeights

    @property
    def named(self) -> str:
        """The side in words."""
        moved = ", ".join(f"“{LABELS.get(leg, leg)}” {weight:g}" for leg, weight in self.weights)
        return f"{audience.name_of(str(self.folder))}, {moved or 'weights as fitted'}"


@dataclass(frozen=True, slots=True)
class Compared:
    """Two sides, what came of it, and for each query that changed the first picture of each side, as HTML."""

    a: Side
    b: Side
    comparison: Comparison
    firsts: tuple[tuple[Markup, Markup], ...]


Column: TypeAlias = tuple[Markup, ...]
"""What one side shows for a search, as HTML: its first hit, and then some that only that side has."""


@dataclass(frozen=True, slots=True)
class Shifted:
    """Two sides that were asked what people searched for, and for each search that changed a column of either side."""

    a: Side
    b: Side
    shifts: RankingOverlap
    columns: tuple[tuple[Column, Column], ...]


class Comparing(Background[Compared | Shifted]):
    """One comparison at a time."""

    def __init__(self, library: Path) -> None:
        super().__init__(f"comparing {library}", SENTENCES)

    def start(self, a: Side, b: Side, questions: Sequence[Question] | None) -> None:
        """Begins to compare; LibraryError while anything is compared. Without questions, A's captions are asked."""
        self.begin(lambda: self._compared(a, b, questions))

    def start_with_history(self, a: Side, b: Side) -> None:
        """The same, asking what people searched for in A."""
        self.begin(lambda: self._shifted(a, b))

    def _compared(self, a: Side, b: Side, questions: Sequence[Question] | None) -> Compared:
        with _opened(a, b) as (first, second):
            done = first.evaluation.compare(
                second, questions, weights=dict(a.weights), other_weights=dict(b.weights), progress=self
            )
            firsts = [(_shown(first, one.figure_a), _shown(second, one.figure_b)) for one in done.changed]
        return Compared(a, b, done, tuple(firsts))

    def _shifted(self, a: Side, b: Side) -> Shifted:
        with _opened(a, b) as (first, second):
            done = first.evaluation.compare_history(
                second, weights=dict(a.weights), other_weights=dict(b.weights), progress=self
            )
            columns = [
                (_column(first, one.first_a, one.went), _column(second, one.first_b, one.came))
                for one in done.changed
            ]
        return Shifted(a, b, done, tuple(columns))


@contextmanager
def _opened(a: Side, b: Side) -> Iterator[tuple[Library, Library]]:
    with Library.open(a.folder) as first:
        same = b.folder == a.folder  # one encoder in memory is enough
        with nullcontext(first) if same else Library.open(b.folder) as second:
            yield first, second


def _column(library: Library, first: RankedRecord | None, others: Sequence[RankedRecord]) -> Column:
    ids = [first.id if first else None, *(one.id for one in others if one != first)]
    return tuple(_shown(library, id) for id in ids[:SHOWN_IN_COLUMN])


def _shown(library: Library, id: str | None) -> Markup:
    if id is None:
        return render("no_picture.html", reason="Nothing")
    record = library.browse.find(id)
    return cards.item_name(record) if isinstance(record, ItemRecord) else picture(library, record)


@st.cache_resource(show_spinner=False)
def comparing(library: Path) -> Comparing:
    """The one that compares this library with others."""
    return Comparing(library)
