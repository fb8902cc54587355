"""`explorer eval`: how well a library answers questions whose answers are known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from explorer.errors import QueryError
from explorer.evaluate.metrics import Metrics, Ranking, Summary, metrics_of, summary
from explorer.evaluate.questions import EvaluationRunner, Prepared, Question, Searched, Skipped, ranking
from explorer.ingest.report import Progress
from explorer.representation.legs import LEGS
from explorer.search.hits import Result

FUSED: Final = "fused"
ALL: Final = "all"

Scores = Mapping[str, Mapping[str, Mapping[str, Summary]]]
"""By list (fused, or a leg alone), by what was asked (words, pictures), by kind of query (all, or one)."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Which share of questions the library answered with `Nothing matches well`; None without such questions."""

    answerable: float | None
    unanswerable: float | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How a library did. `auc` tells how well the best hit's score parts what can be answered from what cannot."""

    answerable: int
    unanswerable: int
    skipped: tuple[Skipped, ...]
    scores: Scores
    refused: Refused
    auc: float | None
    p50_ms: float | None
    p95_ms: float | None


@dataclass(frozen=True, slots=True)
class _Answered:
    question: Question
    relevant: frozenset[str]
    fused: Result
    alone: Mapping[str, Result]

    def ranking(self, listed: str) -> Ranking:
        """The fused list, or that of a leg, empty where the leg had nothing to say."""
        result = self.fused if listed == FUSED else self.alone.get(listed)
        return ranking(result, self.relevant) if result else Ranking((), self.relevant)


def evaluate(library: Searched, questions: Sequence[Question], progress: Progress) -> Evaluation:
    """Asks every question with all legs and with each leg alone."""
    asker = EvaluationRunner(library)
    answered: list[_Answered] = []
    skipped: list[Skipped] = []
    with progress.track(questions, "Asking") as work:
        for question in work:
            try:
                prepared = asker.prepare(question)
            except QueryError as problem:
                skipped.append(Skipped(question.line, str(problem)))
            else:
                answered.append(_answer(asker, question, prepared))
    answerable = [one for one in answered if one.question.relevant]
    unanswerable = [one for one in answered if not one.question.relevant]
    p50, p95 = _percentiles([one.fused.took_ms for one in answered])
    return Evaluation(
        answerable=len(answerable),
        unanswerable=len(unanswerable),
        skipped=tuple(skipped),
        scores=_scores(answerable),
        refused=Refused(_refused(answerable), _refused(unanswerable)),
        auc=area_under_roc(_best_scores(answerable), _best_scores(unanswerable)),
        p50_ms=p50,
        p95_ms=p95,
    )


def area_under_roc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """How often one of the first is greater than one of the second, ties half; None without any of both.

    The area is the statistic of Mann and Whitney (1947) over the number of pairs: Hanley and McNeil (1982).
    """
    if not positive or not negative:
        return None
    first, second = np.array(positive)[:, None], np.array(negative)[None, :]
    return float(((first > second) + (first == second) / 2).mean())


def _answer(asker: EvaluationRunner, question: Question, prepared: Prepared) -> _Answered:
    fused = asker.ask(prepared)
    alone = _each_alone(asker, prepared, fused) if question.relevant else {}
    return _Answered(question, prepared.relevant, fused, alone)


def _each_alone(asker: EvaluationRunner, prepared: Prepared, fused: Result) -> dict[str, Result]:
    """What each leg that had a say finds without the others."""
    heard = {leg for hit in fused.hits for leg in hit.why}
    return {leg: asker.ask(prepared, only(leg)) for leg in LEGS if leg in heard}


def only(leg: str) -> dict[str, float]:
    """The weights by which no other leg is asked."""
    return {one: float(one == leg) for one in LEGS}


def _scores(answered: Sequence[_Answered]) -> Scores:
    lists = (FUSED, *(leg for leg in LEGS if any(leg in one.alone for one in answered)))
    scores: dict[str, dict[str, dict[str, Summary]]] = {}
    for listed in lists:
        by_asked: dict[str, list[_Answered]] = defaultdict(list)
        for one in answered:
            by_asked[one.question.asked].append(one)
        scores[listed] = {
            asked: _by_kind(ones, listed)
            for asked, ones in by_asked.items()
            if listed == FUSED or any(listed in one.alone for one in ones)
        }
    return scores


def _by_kind(answered: Sequence[_Answered], listed: str) -> dict[str, Summary]:
    marks = metrics_of([one.ranking(listed) for one in answered])
    return grouped(marks, (one.question.kind for one in answered))


def grouped(marks: Sequence[Metrics], groups: Iterable[str]) -> dict[str, Summary]:
    """The marks of all together, then of each group, by name."""
    members: dict[str, list[Metrics]] = defaultdict(list)
    for mark, group in zip(marks, groups, strict=True):
        members[group].append(mark)
    return {ALL: summary(marks), **{group: summary(members[group]) for group in sorted(members)}}


def _refused(answered: Sequence[_Answered]) -> float | None:
    return sum(not one.fused.matches_well for one in answered) / len(answered) if answered else None


def _best_scores(answered: Sequence[_Answered]) -> list[float]:
    """What confidence compares with chance; in one library chance is one number, so the scores order alike."""
    return [max((hit.score for hit in one.fused.hits), default=-np.inf) for one in answered]


def _percentiles(values: Sequence[float]) -> tuple[float | None, float | None]:
    if not values:
        return None, None
    p50, p95 = np.percentile(values, (50, 95)).tolist()
    return p50, p95
