"""Evaluation of a library: search quality, comparisons, self-tests and the modality gap of its encoder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from explorer.errors import LibraryError, QueryError
from explorer.evaluate import history
from explorer.evaluate.comparison import Comparison, compare, questions_of
from explorer.evaluate.evaluation import Evaluation, evaluate
from explorer.evaluate.modality import ModalityGap, gap_of
from explorer.evaluate.questions import DEPTH, EvaluationRunner, Question, SearchableLibrary
from explorer.evaluate.ranking_overlap import AnswerFunction, RankingOverlap, compare_rankings
from explorer.evaluate.selftest import SelfTest, selftest
from explorer.evaluate.stores.comparison import StoreComparison, compare_stores
from explorer.evaluate.stores.library_vectors import StoreQueries, library_vectors
from explorer.index import same_server, server_address
from explorer.index.vector_stores.listed_stores import EXPLORER_INDEX, SERVER
from explorer.ingest.report import Progress, SilentProgress
from explorer.library.context import LibraryContext
from explorer.library.search_history import SearchHistory
from explorer.representation.encoders import Notify, encoder_errors, ignore_message
from explorer.search.answer import Answer
from explorer.search.example_pictures import opened_picture
from explorer.search.grammar import parse
from explorer.search.query import check_weights

if TYPE_CHECKING:
    from images.sources import PictureSource


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

    def compare_stores(
        self,
        words: Sequence[str] | None = None,
        pictures: Sequence[PictureSource] = (),
        *,
        qdrant_url: str | None = None,
        progress: Progress | None = None,
    ) -> StoreComparison:
        """Compare vector stores with the vectors of the library. The library is only read.

        The queries are `words` and `pictures`; without either, the searches of the history; without any search,
        stored vectors. The vectors are those of the largest leg that the queries can search.

        Args:
            words: Queries by words.
            pictures: Queries by picture.
            qdrant_url: The address of a Qdrant server to include. It gets a temporary collection, and the user's API key.
            progress: Display of the progress, a step for each store.

        Raises:
            QueryError: If the library has no vectors that the queries can search.
            ServerError: If `qdrant_url` is not the address of a server.
        """
        address = server_address(qdrant_url) if qdrant_url is not None else None
        with encoder_errors():
            indexes = self._context.indexes
            compared = library_vectors(
                indexes.index(), indexes.encoders(), self._store_queries(words, pictures)
            )
        return compare_stores(
            compared,
            qdrant_url=address,
            used=_store_in_use(indexes.manifest.qdrant_url, address),
            progress=progress or SilentProgress(),
        )

    def _store_queries(self, words: Sequence[str] | None, pictures: Sequence[PictureSource]) -> StoreQueries:
        if words is not None or pictures:
            return StoreQueries("given", words or (), [opened_picture(picture) for picture in pictures])
        lines = (parse(search.line, files=False).words for search in self._library.history.searches())
        searched = list(dict.fromkeys(line for line in lines if line))
        return StoreQueries("history" if searched else "sample", searched)


def _store_in_use(library_url: str | None, measured_url: str | None) -> str | None:
    """Return the name of the store that a library uses; None if it is on a server that is not measured."""
    if library_url is None:
        return EXPLORER_INDEX
    return SERVER if same_server(library_url, measured_url) else None


def _answering(library: EvaluatedLibrary, weights: Mapping[str, float]) -> AnswerFunction:
    check_weights(weights)  # otherwise wrong weights would only cause every line to be skipped
    return lambda line: library.ask(line, limit=DEPTH, weights=weights, files=False).result
