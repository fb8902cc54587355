"""`explorer compare`: the same questions put to two libraries, or to one with two settings of the fusion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from explorer.errors import QueryError
from explorer.evaluate.labels import labels_of
from explorer.evaluate.metrics import Metrics, Ranking, Summary, metrics_of, summary
from explorer.evaluate.questions import EvaluationRunner, Prepared, Question, Searched, Skipped, ranking
from explorer.ingest.report import Progress

if TYPE_CHECKING:
    from PIL.Image import Image

METRICS: Final = ("recall@1", "recall@10", "mrr", "ndcg@10")
MOST_CHANGED = 10


@dataclass(frozen=True, slots=True)
class ChangedQuery:
    """A query that one side answered better. Ranks are None where nothing relevant was found.

    The first figure of either side is named by its image, and by its id in that side's library.
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
    """Both sides, what B has more than A, and the queries that changed most."""

    a: Summary
    b: Summary
    difference: Summary
    changed: tuple[ChangedQuery, ...]
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True)
class _Side:
    ranking: Ranking
    first: str | None
    figure: str | None

    @classmethod
    def of(cls, asker: EvaluationRunner, prepared: Prepared) -> _Side:
        result = asker.ask(prepared)
        first = result.hits[0].record if result.hits else None
        name = getattr(first, "image", None) or (first.document if first else None)
        return cls(ranking(result, prepared.relevant), name, first.id if first else None)


def questions_of(library: Searched) -> list[Question]:
    """The captions of a library as questions: every one that names a picture."""
    figures = library.browse.figures()
    return [
        Question(number, frozenset({figure.image}), words=figure.caption, written_kind="caption")
        for number, figure in enumerate(labels_of(figures, most=len(figures)).figures, 1)
        if figure.image
    ]


def compare(
    a: EvaluationRunner, b: EvaluationRunner, questions: Sequence[Question], progress: Progress
) -> Comparison:
    """Asks both sides every question that has an answer in one of them at least."""
    asked: list[Question] = []
    sides: list[tuple[_Side, _Side]] = []
    skipped: list[Skipped] = []
    with progress.track(questions, "Asking both") as work:
        for question in work:
            try:
                prepared = _prepared(a, b, question)
            except QueryError as problem:
                skipped.append(Skipped(question.line, str(problem)))
            else:
                asked.append(question)
                sides.append((_Side.of(a, prepared), _Side.of(b, prepared)))
    marks_a, marks_b = (metrics_of([pair[side].ranking for pair in sides]) for side in (0, 1))
    differences = [_difference(*pair) for pair in zip(marks_a, marks_b, strict=True)]
    return Comparison(
        a=summary(marks_a, METRICS),
        b=summary(marks_b, METRICS),
        difference=summary(differences, METRICS),
        changed=_most_changed(asked, sides, differences),
        skipped=tuple(skipped),
    )


def _prepared(a: EvaluationRunner, b: EvaluationRunner, question: Question) -> Prepared:
    """The question for both. A picture that answers in one library answers in the other, whatever its name there."""
    relevant = a.pictures(question.relevant) | b.pictures(question.relevant)
    if not relevant:
        raise QueryError("none of its relevant figures is in either library")
    return Prepared(question.words, _picture(a, b, question), relevant)


def _picture(a: EvaluationRunner, b: EvaluationRunner, question: Question) -> Image | None:
    try:
        return a.picture(question)
    except QueryError:
        return b.picture(question)


def _difference(a: Metrics, b: Metrics) -> Metrics:
    return {name: b[name] - a[name] for name in METRICS}


def _most_changed(
    questions: Sequence[Question], sides: Sequence[tuple[_Side, _Side]], differences: Sequence[Metrics]
) -> tuple[ChangedQuery, ...]:
    """By reciprocal rank: from 1 to 2 is more than from 20 to 40."""
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
        for n in order[:MOST_CHANGED]
        if differences[n]["mrr"]
    )
