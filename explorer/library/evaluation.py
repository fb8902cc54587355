"""How well a library answers, and how its encoder keeps pictures and texts apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from explorer.errors import LibraryError, QueryError
from explorer.evaluate import history
from explorer.evaluate.comparison import Comparison, compare, questions_of
from explorer.evaluate.evaluation import Evaluation, evaluate
from explorer.evaluate.modality import ModalityGap, gap_of
from explorer.evaluate.questions import DEPTH, Asker, Question
from explorer.evaluate.ranking_overlap import Answering, Shifts, shifts
from explorer.evaluate.selftest import SelfTest, selftest
from explorer.ingest.report import Progress, Silent
from explorer.library.search import Searching
from explorer.library.search_history import Remembering
from explorer.representation.encoders import Tell, encoder_errors, quiet
from explorer.search.query import check_weights


class Measuring(Searching, Remembering):
    """What a library's answers are worth."""

    def evaluate(self, questions: Sequence[Question], *, progress: Progress | None = None) -> Evaluation:
        """How well it answers questions whose answers are known."""
        return evaluate(self, questions, progress or Silent())

    def compare(
        self,
        other: Measuring,
        questions: Sequence[Question] | None = None,
        *,
        weights: Mapping[str, float] | None = None,
        other_weights: Mapping[str, float] | None = None,
        progress: Progress | None = None,
    ) -> Comparison:
        """How much better `other` answers the same questions; without any, the captions of this library are asked."""
        asked = questions_of(self) if questions is None else questions
        return compare(Asker(self, weights), Asker(other, other_weights), asked, progress or Silent())

    def compare_history(
        self,
        other: Measuring,
        *,
        weights: Mapping[str, float] | None = None,
        other_weights: Mapping[str, float] | None = None,
        progress: Progress | None = None,
    ) -> Shifts:
        """How much of what this library answers to its history of searches stays when `other` answers."""
        lines = [one.line for one in self.history()]
        if not lines:
            raise QueryError(
                f"Nobody has searched {self.path} yet: explorer search, or the Search page of explorer app"
            )
        a, b = _answering(self, weights or {}), _answering(other, other_weights or {})
        return shifts(a, b, lines, progress or Silent())

    def selftest(self, *, progress: Progress | None = None, tell: Tell = quiet) -> SelfTest:
        """How well it finds its own figures by their captions; what comes out is added to `last_selftest`.

        Where the folder cannot be written that is told, and nothing is added.
        """
        with self._vectors(to_read=True) as vectors:
            done = selftest(self._catalog, vectors, progress or Silent())
        try:
            history.append(self.path, self.selftest_entry(done))
        except LibraryError as problem:
            tell(f"What the test tells is not kept: {problem}")
        return done

    def selftest_entry(self, done: SelfTest) -> history.Entry:
        """What a self-test told, as it is written down."""
        return {"generation": self._home.current_generation(), **done.plain()}

    def last_selftest(self) -> history.Entry | None:
        """What the newest self-test told, as it is written down; None before the first, and where it is none."""
        told = history.last(self.path)
        return told if told is not None and history.is_selftest(told) else None

    def modality_gap(self) -> ModalityGap | None:
        """How far apart the encoder keeps pictures and texts; None with fewer than two of either."""
        with encoder_errors():
            return gap_of(self._indexes.index())


def _answering(library: Searching, weights: Mapping[str, float]) -> Answering:
    check_weights(weights)  # else every line would be skipped for them
    return lambda line: library.ask(line, limit=DEPTH, weights=weights, files=False).result
