"""`explorer eval`: how well a library answers questions with known answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from explorer.errors import QueryError
from explorer.evaluate.metrics import Metrics, Ranking, Summary, metrics_of, summarize
from explorer.evaluate.questions import (
    EvaluationRunner,
    PreparedQuestion,
    Question,
    SearchableLibrary,
    SkippedQuestion,
    ranking,
)
from explorer.ingest.report import Progress
from explorer.representation.legs import LEGS
from explorer.search.hits import Result

FUSED: Final = "fused"
ALL: Final = "all"

Scores = Mapping[str, Mapping[str, Mapping[str, Summary]]]
"""By list (fused, or one leg alone), by type of query (words, pictures), by kind of question (all, or one)."""


@dataclass(frozen=True, slots=True)
class RefusalRates:
    """The shares of questions that the library answered with `Nothing matches well`; None without such questions."""

    answerable: float | None
    unanswerable: float | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The result. `auc` measures how well the score of the best hit separates answerable from unanswerable questions."""

    answerable: int
    unanswerable: int
    skipped: tuple[SkippedQuestion, ...]
    scores: Scores
    refused: RefusalRates
    auc: float | None
    p50_ms: float | None
    p95_ms: float | None


@dataclass(frozen=True, slots=True)
class _AnsweredQuestion:
    question: Question
    relevant: frozenset[str]
    fused: Result
    alone: Mapping[str, Result]

    def ranking(self, list_name: str) -> Ranking:
        """Return the fused list, or that of a leg, which is empty if the leg found nothing."""
        result = self.fused if list_name == FUSED else self.alone.get(list_name)
        return ranking(result, self.relevant) if result else Ranking((), self.relevant)


def evaluate(library: SearchableLibrary, questions: Sequence[Question], progress: Progress) -> Evaluation:
    """Ask every question with all legs and with each leg alone."""
    runner = EvaluationRunner(library)
    answered: list[_AnsweredQuestion] = []
    skipped: list[SkippedQuestion] = []
    with progress.track(questions, "Asking") as work:
        for question in work:
            try:
                prepared = runner.prepare(question)
            except QueryError as error:
                skipped.append(SkippedQuestion(question.line, str(error)))
            else:
                answered.append(_answer(runner, question, prepared))
    answerable = [answer for answer in answered if answer.question.relevant]
    unanswerable = [answer for answer in answered if not answer.question.relevant]
    p50, p95 = _percentiles([answer.fused.took_ms for answer in answered])
    return Evaluation(
        answerable=len(answerable),
        unanswerable=len(unanswerable),
        skipped=tuple(skipped),
        scores=_scores(answerable),
        refused=RefusalRates(_refusal_rate(answerable), _refusal_rate(unanswerable)),
        auc=area_under_roc(_best_scores(answerable), _best_scores(unanswerable)),
        p50_ms=p50,
        p95_ms=p95,
    )


def area_under_roc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """Return how often a positive score is greater than a negative one; ties count half. None without scores of both.

    The area is the statistic of Mann and Whitney (1947) divided by the number of pairs: Hanley and McNeil (1982).
    """
    if not positive or not negative:
        return None
    positives, negatives = np.array(positive)[:, None], np.array(negative)[None, :]
    return float(((positives > negatives) + (positives == negatives) / 2).mean())


def _answer(runner: EvaluationRunner, question: Question, prepared: PreparedQuestion) -> _AnsweredQuestion:
    fused = runner.ask(prepared)
    alone = _each_alone(runner, prepared, fused) if question.relevant else {}
    return _AnsweredQuestion(question, prepared.relevant, fused, alone)


def _each_alone(runner: EvaluationRunner, prepared: PreparedQuestion, fused: Result) -> dict[str, Result]:
    """Return the result of each leg alone, for the legs that contributed to the fused list."""
    contributing = {leg for hit in fused.hits for leg in hit.why}
    return {leg: runner.ask(prepared, only_leg(leg)) for leg in LEGS if leg in contributing}


def only_leg(leg: str) -> dict[str, float]:
    """Return the weights that search with one leg only."""
    return {name: float(name == leg) for name in LEGS}


def _scores(answered: Sequence[_AnsweredQuestion]) -> Scores:
    lists = (FUSED, *(leg for leg in LEGS if any(leg in answer.alone for answer in answered)))
    scores: dict[str, dict[str, dict[str, Summary]]] = {}
    for list_name in lists:
        by_query_type: dict[str, list[_AnsweredQuestion]] = defaultdict(list)
        for answer in answered:
            by_query_type[answer.question.query_type].append(answer)
        scores[list_name] = {
            query_type: _summaries_by_kind(answers, list_name)
            for query_type, answers in by_query_type.items()
            if list_name == FUSED or any(list_name in answer.alone for answer in answers)
        }
    return scores


def _summaries_by_kind(answered: Sequence[_AnsweredQuestion], list_name: str) -> dict[str, Summary]:
    metrics = metrics_of([answer.ranking(list_name) for answer in answered])
    return summarize_by_group(metrics, (answer.question.kind for answer in answered))


def summarize_by_group(metrics: Sequence[Metrics], groups: Iterable[str]) -> dict[str, Summary]:
    """Return the summary of all queries, and then of each group, by name. `groups` has the group of each query."""
    members: dict[str, list[Metrics]] = defaultdict(list)
    for query_metrics, group in zip(metrics, groups, strict=True):
        members[group].append(query_metrics)
    return {ALL: summarize(metrics), **{group: summarize(members[group]) for group in sorted(members)}}


def _refusal_rate(answered: Sequence[_AnsweredQuestion]) -> float | None:
    return sum(not answer.fused.matches_well for answer in answered) / len(answered) if answered else None


def _best_scores(answered: Sequence[_AnsweredQuestion]) -> list[float]:
    """Return the best score of each answer. Within one library, scores order answers as confidence does."""
    return [max((hit.score for hit in answer.fused.hits), default=-np.inf) for answer in answered]


def _percentiles(values: Sequence[float]) -> tuple[float | None, float | None]:
    if not values:
        return None, None
    p50, p95 = np.percentile(values, (50, 95)).tolist()
    return p50, p95
