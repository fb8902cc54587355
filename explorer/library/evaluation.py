"""How well a library answers, and how far apart its encoder keeps pictures and texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from explorer.errors import LibraryError, QueryError
from explorer.evaluate import history
from explorer.evaluate.comparison import Comparison, compare, questions_of
from explorer.evaluate.evaluation import Evaluation, evaluate
from explorer.evaluate.modality import ModalityGap, gap_of
from explorer.evaluate.questions import DEPTH, EvaluationRunner, Question, SearchableLibrary
from explorer.evaluate.ranking_overlap import AnswerFunction, RankingOverlap, compare_rankings
from explorer.evaluate.selftest import SelfTest, selftest
from explorer.ingest.report import Progress, SilentProgress
from explorer.library.context import LibraryContext
from explorer.library.search_history import SearchHistory
from explorer.representation.encoders import Notify, encoder_errors, ignore_message
from explorer.search.answer import Answer
from explorer.search.query import check_weights


class EvaluatedLibrary(SearchableLibrary, Protocol):
    """What an evaluation asks of a library."""

    @property
    def history(self) -> SearchHistory:
        """The searches that people made."""

    def ask(
        self,
        line: str,
        *,
        limit: int = 20,
        weights: Mapping[str, float] | None = None,
        files: bool = True,
    ) -> Answer:
        """See Library."""


class LibraryEvaluation:
    """Measures how well a library answers."""

    def __init__(self, context: LibraryContext, library: EvaluatedLibrary) -> None:
        self._context = context
        self._library = library

    def evaluate(self, questions: Sequence[Question], *, progress: Progress | None = None) -> Evaluation:
        """Measure how well the library answers questions whose answers are known."""
        return evaluate(self._library, questions, progress or SilentProgress())

    def compare(
        self,
        other: EvaluatedLibrary,
        questions: Sequence[Question] | None = None,
        *,
        weights: Mapping[str, float] | None = None,
        other_weights: Mapping[str, float] | None = None,
        progress: Progress | None = None,
    ) -> Comparison:
        """Measure how much better `other` answers the same questions; None asks the captions of this library."""
        asked = questions_of(self._library) if questions is None else questions
        return compare(
            EvaluationRunner(self._library, weights),
            EvaluationRunner(other, other_weights),
            asked,
            progress or SilentProgress(),
        )

    def compare_history(
        self,
        other: EvaluatedLibrary,
        *,
        weights: Mapping[str, float] | None = None,
        other_weights: Mapping[str, float] | None = None,
        progress: Progress | None = None,
    ) -> RankingOverlap:
        """Measure how much of the answers to the searches of the history is the same when `other` answers."""
        lines = [one.line for one in self._library.history.searches()]
        if not lines:
            raise QueryError(
                f"Nobody has searched {self._context.path} yet: explorer search, or the Search page of explorer app"
            )
        a, b = _answering(self._library, weights or {}), _answering(other, other_weights or {})
        return compare_rankings(a, b, lines, progress or SilentProgress())

    def selftest(self, *, progress: Progress | None = None, tell: Notify = ignore_message) -> SelfTest:
        """Measure how well the library finds its own figures by their captions, and store the result.

        If the folder cannot be written, `tell` gets the reason, and nothing is stored.
        """
        with self._context.vectors(to_read=True) as vectors:
            done = selftest(self._context.catalog, vectors, progress or SilentProgress())
        try:
            history.append(self._context.path, self.selftest_entry(done))
        except LibraryError as problem:
            tell(f"What the test tells is not kept: {problem}")
        return done

    def selftest_entry(self, done: SelfTest) -> history.Entry:
        """Return the result of a self-test as it is stored."""
        return {"generation": self._context.index_store.current_generation(), **done.plain()}

    def last_selftest(self) -> history.Entry | None:
        """Return the stored result of the newest self-test; None if there is none."""
        told = history.last(self._context.path)
        return told if told is not None and history.is_selftest(told) else None

    def modality_gap(self) -> ModalityGap | None:
        """Measure how far apart the encoder keeps pictures and texts; None with fewer than two of either."""
        with encoder_errors():
            return gap_of(self._context.indexes.index())


def _answering(library: EvaluatedLibrary, weights: Mapping[str, float]) -> AnswerFunction:
    check_weights(weights)  # else every line would be skipped for them
    return lambda line: library.ask(line, limit=DEPTH, weights=weights, files=False).result
