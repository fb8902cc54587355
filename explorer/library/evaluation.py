"""Evaluation of a library: search quality, comparisons, self-tests and the modality gap of its encoder."""

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
    """The part of the interface of a library that an evaluation uses."""

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
        """Answer a typed line, as `Library.ask` does."""


class LibraryEvaluation:
    """Measures the search quality of a library."""

    def __init__(self, context: LibraryContext, library: EvaluatedLibrary) -> None:
        self._context = context
        self._library = library

    def evaluate(self, questions: Sequence[Question], *, progress: Progress | None = None) -> Evaluation:
        """Measure the search quality with questions whose answers are known."""
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
        """Measure how much better `other` answers the same questions; by default the captions of this library."""
        questions = questions_of(self._library) if questions is None else questions
        return compare(
            EvaluationRunner(self._library, weights),
            EvaluationRunner(other, other_weights),
            questions,
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
        """Measure how much the results of this library and of `other` overlap for the searches of the history."""
        lines = [search.line for search in self._library.history.searches()]
        if not lines:
            raise QueryError(
                f"Nobody has searched {self._context.path} yet. "
                "Search it first: explorer search, or the Search page of explorer app"
            )
        first, second = _answering(self._library, weights or {}), _answering(other, other_weights or {})
        return compare_rankings(first, second, lines, progress or SilentProgress())

    def selftest(self, *, progress: Progress | None = None, tell: Notify = ignore_message) -> SelfTest:
        """Measure how well searches find the figures of the library by their captions, and store the result.

        If the folder cannot be written, nothing is stored and `tell` receives the reason.
        """
        with self._context.vectors(to_read=True) as vectors:
            engine = self._context.indexes.engine()
            result = selftest(self._context.catalog, vectors, engine, progress or SilentProgress())
        try:
            history.append(self._context.path, self.selftest_entry(result))
        except LibraryError as error:
            tell(f"The result of the test is not stored: {error}")
        return result

    def selftest_entry(self, result: SelfTest) -> history.Entry:
        """Return the result of a self-test in the form in which it is stored."""
        return {"generation": self._context.index_store.current_generation(), **result.plain()}

    def last_selftest(self) -> history.Entry | None:
        """Return the stored result of the newest self-test; None if there is none."""
        entry = history.last(self._context.path)
        return entry if entry is not None and history.is_selftest(entry) else None

    def modality_gap(self) -> ModalityGap | None:
        """Measure the distance between the vectors of pictures and of texts; None with fewer than two of either."""
        with encoder_errors():
            return gap_of(self._context.indexes.index())


def _answering(library: EvaluatedLibrary, weights: Mapping[str, float]) -> AnswerFunction:
    check_weights(weights)  # otherwise wrong weights would only cause every line to be skipped
    return lambda line: library.ask(line, limit=DEPTH, weights=weights, files=False).result
