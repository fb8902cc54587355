"""The verbs that measure a library: eval, selftest, compare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explorer.cli import render
from explorer.cli.application import app
from explorer.cli.options import HOME, LibraryOption
from explorer.cli.output import Output, with_json
from explorer.cli.usage import WrongUsageError
from explorer.errors import ExplorerError

if TYPE_CHECKING:
    from explorer.types import Comparison, Estimate, Evaluation, Question, SelfTest, Skipped, Summary

SHOWN_SKIPPED = 10


@app.command(name="eval")
@with_json
def eval_command(
    queries: Annotated[
        Path,
        typer.Argument(
            metavar="QUERIES", help="JSON Lines of query or image, and relevant: the images that answer."
        ),
    ],
    odd: Annotated[bool, typer.Option("--odd", help="Only the odd lines of the file.")] = False,
    even: Annotated[bool, typer.Option("--even", help="Only the even lines of the file.")] = False,
    library: LibraryOption = HOME,
) -> Output:
    """Measure how well queries with known answers are answered."""
    from explorer import Library
    from explorer.cli.progress import progress_for_stderr
    from explorer.cli.query_files import read_questions

    if odd and even:
        raise WrongUsageError("--odd and --even together are all lines. Leave both away.")
    questions = [one for one in read_questions(queries) if _wanted(one, odd=odd, even=even)]
    with Library.open(library) as opened:
        done = opened.evaluation.evaluate(questions, progress=progress_for_stderr())
        status = opened.status()
    made_with = {"encoder": status.encoder, "generation": status.generation}
    return Output([made_with | _evaluation_json(done)], partial(_print_evaluation, done))


@app.command()
@with_json
def selftest(
    fail_below: Annotated[
        float | None,
        typer.Option(
            min=0, max=1, metavar="SHARE", help="Exit with 1 when fewer figures are among the first ten."
        ),
    ] = None,
    library: LibraryOption = HOME,
) -> Output:
    """Measure how well the library finds its own figures by their captions, with the captions hidden."""
    from explorer import Library
    from explorer.cli.progress import progress_for_stderr

    with Library.open(library) as opened:
        before = opened.evaluation.last_selftest()
        done = opened.evaluation.selftest(progress=progress_for_stderr(), tell=render.note)
        told = opened.evaluation.selftest_entry(done)
    recall = done.caption_to_figure["fused"]["all"].metrics["recall@10"].value
    failure = None
    if fail_below is not None and recall < fail_below:
        failure = ExplorerError(
            f"by its caption {recall:.3f} of the figures are among the first ten, which is below {fail_below:g}."
        )
    return Output([told], partial(_print_selftest, done, before), failure)


CompareAArgument = Annotated[
    str, typer.Argument(metavar="A", help="The folder of a library; with --library, one of its encoders.")
]
CompareBArgument = Annotated[str, typer.Argument(metavar="B", help="Another one, or the same.")]
CompareQueriesOption = Annotated[
    Path | None, typer.Option(help="Ask these, as of `explorer eval`, and not the captions of A.")
]
CompareHistoryOption = Annotated[
    bool, typer.Option("--history", help="Ask what you searched for in A: see `explorer history`.")
]
CompareWeightsAOption = Annotated[
    str | None, typer.Option(help="How much legs count in A, as picture=0.5,terms=1.")
]
CompareWeightsBOption = Annotated[str | None, typer.Option(help="How much legs count in B.")]
CompareLibraryOption = Annotated[
    Path | None,
    typer.Option(help="The library whose encoders are compared: see `explorer encode`.", show_default=False),
]


@app.command()
@with_json
def compare(
    a: CompareAArgument,
    b: CompareBArgument,
    queries: CompareQueriesOption = None,
    history: CompareHistoryOption = False,
    weights_a: CompareWeightsAOption = None,
    weights_b: CompareWeightsBOption = None,
    library: CompareLibraryOption = None,
) -> Output:
    """Measure how much better one library, encoder or setting answers than another.

    With --history, how much of their answers to your own searches is the same: nobody said what is right for those.
    """
    from explorer import Library
    from explorer.cli.progress import progress_for_stderr
    from explorer.cli.query_files import parsed_weights, read_questions
    from explorer.cli.ranking_overlap import overlap_output

    if history and queries:
        raise WrongUsageError("Ask a file (--queries) or what you searched for (--history), one at a time.")
    questions = read_questions(queries) if queries else None
    counts_a, counts_b = parsed_weights(weights_a), parsed_weights(weights_b)
    progress = progress_for_stderr()
    one, other = ((Path(it), None) if library is None else (library, it) for it in (a, b))
    with Library.open(one[0], encoder=one[1]) as first, Library.open(other[0], encoder=other[1]) as second:
        if history:
            shifted = first.evaluation.compare_history(
                second, weights=counts_a, other_weights=counts_b, progress=progress
            )
            return overlap_output(shifted)
        done = first.evaluation.compare(
            second, questions, weights=counts_a, other_weights=counts_b, progress=progress
        )
    return Output([_comparison_json(done)], partial(_print_comparison, done))


def _wanted(question: Question, *, odd: bool, even: bool) -> bool:
    return odd == even or (question.line % 2 == 1) == odd


# --- for programs -------------------------------------------------------------------------------------------


def _evaluation_json(done: Evaluation) -> dict[str, Any]:
    return {
        "answerable": done.answerable,
        "unanswerable": done.unanswerable,
        "skipped": [render.as_json(one) for one in done.skipped],
        "scores": {
            listed: {
                asked: {kind: one.plain() for kind, one in by_kind.items()}
                for asked, by_kind in by_asked.items()
            }
            for listed, by_asked in done.scores.items()
        },
        "refused": render.as_json(done.refused),
        "auc": done.auc,
        "took_ms": {"p50": done.p50_ms, "p95": done.p95_ms},
    }


def _comparison_json(done: Comparison) -> dict[str, Any]:
    return {
        "a": done.a.plain(),
        "b": done.b.plain(),
        "difference": done.difference.plain(),
        "changed": [render.as_json(one) for one in done.changed],
        "skipped": [render.as_json(one) for one in done.skipped],
    }


# --- for people ---------------------------------------------------------------------------------------------


def _print_evaluation(done: Evaluation) -> None:
    rows = [
        (listed, asked, kind, summary)
        for listed, by_asked in done.scores.items()
        for asked, by_kind in by_asked.items()
        for kind, summary in by_kind.items()
        if listed == "fused" or kind == "all"  # of a leg alone the kinds are in --json
    ]
    print_summaries(("list", "asked", "kind"), rows, empty="No query has an answer in this library.")
    print()
    render.print_pairs(
        [
            ("queries", f"{done.answerable} answerable, {done.unanswerable} unanswerable"),
            ("refused", _refused(done)),
            ("auc", None if done.auc is None else f"{done.auc:.3f}, answerable or not by the best score"),
            (
                "took",
                None if done.p50_ms is None else f"{done.p50_ms:.0f} ms, 95 % within {done.p95_ms:.0f} ms",
            ),
            ("skipped", first_reasons([_reason(one) for one in done.skipped])),
        ]
    )


def _print_selftest(done: SelfTest, before: Mapping[str, Any] | None) -> None:
    for title, scores, key in (
        ("Caption to figure, its own caption hidden", done.caption_to_figure, "caption_to_figure"),
        ("Figure to caption", done.figure_to_caption, "figure_to_caption"),
    ):
        print(title)
        rows = [
            (listed, source, summary)
            for listed, by_source in scores.items()
            for source, summary in by_source.items()
            if source == "all" or len(by_source) > 2  # one archive is all
        ]
        print_summaries(("list", "archive"), rows, empty="")
        for line in _changes(scores, (before or {}).get(key, {}), before):
            print(line)
        print()
    left_out = ", ".join(f"{count} {reason}" for reason, count in done.left_out.items())
    render.print_pairs([("captions", done.captions), ("left out", left_out), ("encoder", done.encoder)])


def _print_comparison(done: Comparison) -> None:
    rows = [("A", done.a), ("B", done.b), ("B - A", done.difference)]
    print_summaries(("",), rows, empty="")
    print()
    render.print_table(
        ("query", "rank in A", "rank in B", "first in A", "first in B"),
        [
            (one.query, one.rank_a or "-", one.rank_b or "-", one.first_a or "", one.first_b or "")
            for one in done.changed
        ],
        empty="No query changed.",
    )
    if done.skipped:
        print()
        render.print_pairs([("skipped", first_reasons([_reason(one) for one in done.skipped]))])


def print_summaries(names: Sequence[str], rows: Sequence[Sequence[Any]], *, empty: str) -> None:
    """A row for each summary, which stands last in it."""
    metrics = list(rows[0][-1].metrics) if rows else []
    render.print_table(
        (*names, "queries", *metrics), [(*named, *_cells(summary)) for *named, summary in rows], empty=empty
    )


def _cells(summary: Summary) -> Iterator[object]:
    yield summary.queries
    yield from map(interval, summary.metrics.values())


def interval(one: Estimate) -> str:
    return f"{one.value:.3f} ({one.low:.3f} to {one.high:.3f})"


def _changes(
    scores: Mapping[str, Mapping[str, Summary]], earlier: Mapping[str, Any], before: Mapping[str, Any] | None
) -> Iterator[str]:
    """What moved since the last run, for each list over all archives."""
    for listed, by_source in scores.items():
        old = earlier.get(listed, {}).get("all")
        if old and before:
            moved = ", ".join(
                f"{name} {round(one.value, 4) - old[name]['value']:+.3f}"
                for name, one in by_source["all"].metrics.items()
                if name in old
            )
            yield (
                f"{listed}, since {before['date']} ({before['encoder']}, generation {before['generation']}): {moved}"
            )


def _refused(done: Evaluation) -> str | None:
    shares = [
        (done.refused.answerable, "of the answerable"),
        (done.refused.unanswerable, "of the unanswerable"),
    ]
    return ", ".join(f"{share:.3f} {which}" for share, which in shares if share is not None) or None


def _reason(one: Skipped) -> str:
    return f"line {one.line}: {one.reason}"


def first_reasons(reasons: Sequence[str]) -> str:
    """Why some were not asked, a line each, and how many more there are."""
    lines = reasons[:SHOWN_SKIPPED]
    rest = len(reasons) - len(lines)
    return "\n".join([*lines, *([f"and {rest} more"] if rest else [])])
