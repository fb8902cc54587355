"""Two libraries, or two settings of the weights, compared in the background."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from explorer.library import Library
from explorer.measure.comparison import Comparison
from explorer.measure.questions import Question
from explorer.web.background import Background, Sentences
from explorer.web.params import LegWeights
from explorer.web.reasons import LEG_WORDS
from explorer.web.thumbnails import picture

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
        moved = ", ".join(f"“{LEG_WORDS.get(leg, leg)}” {weight:g}" for leg, weight in self.weights)
        return f"{self.folder}, {moved or 'weights as fitted'}"


@dataclass(frozen=True, slots=True)
class Compared:
    """Two sides, what came of it, and for each query that changed the first picture of each side, as HTML."""

    a: Side
    b: Side
    comparison: Comparison
    firsts: tuple[tuple[str, str], ...]


class Comparing(Background[Compared]):
    """One comparison at a time."""

    def __init__(self, library: Path) -> None:
        super().__init__(f"comparing {library}", SENTENCES)

    def start(self, a: Side, b: Side, questions: Sequence[Question] | None) -> None:
        """Begins to compare; LibraryProblem while anything is compared. Without questions, A's captions are asked."""
        self.begin(lambda: self._compared(a, b, questions))

    def _compared(self, a: Side, b: Side, questions: Sequence[Question] | None) -> Compared:
        with Library.open(a.folder) as first:
            same = b.folder == a.folder  # one encoder in memory is enough
            with nullcontext(first) if same else Library.open(b.folder) as second:
                done = first.compare(
                    second, questions, weights=dict(a.weights), other_weights=dict(b.weights), progress=self
                )
                firsts = [(_shown(first, one.figure_a), _shown(second, one.figure_b)) for one in done.changed]
        return Compared(a, b, done, tuple(firsts))


def _shown(library: Library, id: str | None) -> str:
    return picture(library, library.figure(id)) if id else '<span class="ax-no-picture">Nothing</span>'


@st.cache_resource(show_spinner=False)
def comparing(library: Path) -> Comparing:
    """The one that compares this library with others."""
    return Comparing(library)
