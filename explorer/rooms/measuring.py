"""How well a library answers, and how its encoder keeps pictures and texts apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from explorer.encoders import encoder_errors
from explorer.ingest.report import Progress, Silent
from explorer.measure import history
from explorer.measure.comparison import Comparison, compare, questions_of
from explorer.measure.evaluation import Evaluation, evaluate
from explorer.measure.modality import ModalityGap, gap_of
from explorer.measure.questions import Asker, Question
from explorer.measure.selftest import SelfTest, selftest
from explorer.rooms.searching import Searching

if TYPE_CHECKING:
    pass


class Measuring(Searching):
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

    def selftest(self, *, progress: Progress | None = None) -> SelfTest:
        """How well it finds its own figures by their captions; what comes out is added to `last_selftest`."""
        with self._vectors() as vectors:
            done = selftest(self._catalog, vectors, progress or Silent())
        history.append(self.path, {"generation": self._home.current_generation(), **done.plain()})
        return done

    def last_selftest(self) -> history.Entry | None:
        """What the newest self-test told, as it is written down; None before the first."""
        return history.last(self.path)

    def modality_gap(self) -> ModalityGap | None:
        """How far apart the encoder keeps pictures and texts; None with fewer than two of either."""
        with encoder_errors():
            return gap_of(self._indexes.index())
