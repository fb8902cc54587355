"""`explorer compare`: the same questions for two libraries, or for one library with two settings of the fusion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from explorer.errors import QueryError
from explorer.evaluate.labels import labels_of
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

if TYPE_CHECKING:
    from PIL.Image import Image

METRICS: Final = ("recall@1", "recall@10", "mrr", "ndcg@10")
MAX_CHANGED = 10


@dataclass(frozen=True, slots=True)
class ChangedQuery:
    """A query that one side answered better. Ranks are None if no relevant picture was found.

    The first figure of each side is given by its image, and by its id in the library of that side.
    """

    query: str
    rank_a: int | None
    rank_b: int | None
    first_a: str | None
    first_b: str | None
    figure_a: str | None
    figure_b: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The metrics of both sides, B minus A, and the queries that changed most."""

    a: Summary
    b: Summary
    difference: Summary
    changed: tuple[ChangedQuery, ...]
    skipped: tuple[SkippedQuestion, ...]


@dataclass(frozen=True, slots=True)
class _SideResult:
    ranking: Ranking
    first: str | None
    figure: str | None

    @classmethod
    def of(cls, runner: EvaluationRunner, prepared: PreparedQuestion) -> _SideResult:
        result = runner.ask(prepared)
        first = result.hits[0].record if result.hits else None
        name = getattr(first, "image", None) or (first.document if first else None)
        return cls(ranking(result, prepared.relevant), name, first.id if first else None)


def questions_of(library: SearchableLibrary) -> list[Question]:
    """Return the captions of a library that are specific to a picture as questions."""
    figures = library.browse.figures()
    return [
        Question(number, frozenset({figure.image}), words=figure.caption, written_kind="caption")
        for number, figure in enumerate(labels_of(figures, most=len(figures)).figures, 1)
        if figure.image
    ]


def compare(
    a: EvaluationRunner, b: EvaluationRunner, questions: Sequence[Question], progress: Progress
) -> Comparison:
    """Ask both sides every question that has a relevant picture on at least one side."""
    answered_questions: list[Question] = []
    sides: list[tuple[_SideResult, _SideResult]] = []
    skipped: list[SkippedQuestion] = []
    with progress.track(questions, "Asking both") as work:
        for question in work:
            try:
                prepared = _prepared(a, b, question)
            except QueryError as error:
                skipped.append(SkippedQuestion(question.line, str(error)))
            else:
                answered_questions.append(question)
                sides.append((_SideResult.of(a, prepared), _SideResult.of(b, prepared)))
    metrics_a, metrics_b = (metrics_of([pair[side].ranking for pair in sides]) for side in (0, 1))
    differences = [_difference(*pair) for pair in zip(metrics_a, metrics_b, strict=True)]
    return Comparison(
        a=summarize(metrics_a, METRICS),
        b=summarize(metrics_b, METRICS),
        difference=summarize(differences, METRICS),
        changed=_most_changed(answered_questions, sides, differences),
        skipped=tuple(skipped),
    )


def _prepared(a: EvaluationRunner, b: EvaluationRunner, question: Question) -> PreparedQuestion:
    """Prepare a question for both sides. A relevant picture of one library is relevant in the other, under any name."""
    relevant = a.pictures(question.relevant) | b.pictures(question.relevant)
    if not relevant:
        raise QueryError("none of its relevant figures is in either library")
    return PreparedQuestion(question.words, _picture(a, b, question), relevant)


def _picture(a: EvaluationRunner, b: EvaluationRunner, question: Question) -> Image | None:
    try:
        return a.picture(question)
    except QueryError:
        return b.picture(question)


def _difference(a: Metrics, b: Metrics) -> Metrics:
    return {name: b[name] - a[name] for name in METRICS}


def _most_changed(
    questions: Sequence[Question],
    sides: Sequence[tuple[_SideResult, _SideResult]],
    differences: Sequence[Metrics],
) -> tuple[ChangedQuery, ...]:
    """Return the queries whose reciprocal rank changed most: from 1 to 2 is more than from 20 to 40."""
    order = sorted(range(len(questions)), key=lambda n: -abs(differences[n]["mrr"]))
    return tuple(
        ChangedQuery(
            query=questions[n].words or str(questions[n].image),
            rank_a=sides[n][0].ranking.rank,
            rank_b=sides[n][1].ranking.rank,
            first_a=sides[n][0].first,
            first_b=sides[n][1].first,
            figure_a=sides[n][0].figure,
            figure_b=sides[n][1].figure,
        )
        for n in order[:MAX_CHANGED]
        if differences[n]["mrr"]
    )
