"""The commands that measure a library: `eval`, `selftest` and `compare`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explorer.cli import render
from explorer.cli.application import app, open_library
from explorer.cli.options import DEFAULT_FOLDER, LibraryOption
from explorer.cli.output import Output, with_json
from explorer.cli.usage import WrongUsageError
from explorer.errors import ExplorerError

if TYPE_CHECKING:
    from explorer.types import Comparison, Estimate, Evaluation, Question, SelfTest, SkippedQuestion, Summary

MAX_SHOWN_REASONS = 10


@app.command(name="eval")
@with_json
def eval_command(
    queries: Annotated[
        Path,
        typer.Argument(
            metavar="QUERIES",
            help="JSON Lines. Each line has query or image, and relevant: a list of the images that answer it.",
        ),
    ],
    odd: Annotated[bool, typer.Option("--odd", help="Use only the odd lines of the file.")] = False,
    even: Annotated[bool, typer.Option("--even", help="Use only the even lines of the file.")] = False,
    folder: LibraryOption = DEFAULT_FOLDER,
) -> Output:
    """Measure search quality by queries with known answers."""
    from explorer.cli.progress import progress_for_stderr
    from explorer.cli.query_files import read_questions

    if odd and even:
        raise WrongUsageError("--odd and --even together are all lines. Omit both.")
    questions = [
        question for question in read_questions(queries) if _is_selected(question, odd=odd, even=even)
    ]
    with open_library(folder) as library:
        evaluation = library.evaluation.evaluate(questions, progress=progress_for_stderr())
        status = library.status()
    index = {"encoder": status.encoder, "generation": status.generation}
    return Output([index | _evaluation_json(evaluation)], partial(_print_evaluation, evaluation))


@app.command()
@with_json
def selftest(
    fail_below: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            metavar="SHARE",
            help="Exit with code 1 if recall@10 is lower than this share.",
        ),
    ] = None,
    folder: LibraryOption = DEFAULT_FOLDER,
) -> Output:
    """Measure how well figures are found by their own captions. The captions are hidden from the search."""
    from explorer.cli.progress import progress_for_stderr

    with open_library(folder) as library:
        last_entry = library.evaluation.last_selftest()
        result = library.evaluation.selftest(progress=progress_for_stderr(), tell=render.note)
        entry = library.evaluation.selftest_entry(result)
    recall = result.caption_to_figure["fused"]["all"].metrics["recall@10"].value
    failure = None
    if fail_below is not None and recall < fail_below:
        failure = ExplorerError(
            f"{recall:.3f} of the figures are among the first ten hits for their captions, less than {fail_below:g}."
        )
    return Output([entry], partial(_print_selftest, result, last_entry), failure)


CompareAArgument = Annotated[
    str, typer.Argument(metavar="A", help="The folder of a library; with --library, one of its encoders.")
]
CompareBArgument = Annotated[
    str, typer.Argument(metavar="B", help="Another library or encoder, or A again with other weights.")
]
CompareQueriesOption = Annotated[
    Path | None,
    typer.Option(help="Use these queries, as for `explorer eval`, in place of the captions of A."),
]
CompareHistoryOption = Annotated[
    bool, typer.Option("--history", help="Use your own searches in A: see `explorer history`.")
]
CompareWeightsAOption = Annotated[
    str | None, typer.Option(help="Weights of legs in A, such as picture=0.5,terms=1.")
]
CompareWeightsBOption = Annotated[str | None, typer.Option(help="Weights of legs in B.")]
CompareLibraryOption = Annotated[
    Path | None,
    typer.Option(
        "--library",
        help="The library whose encoders are compared: see `explorer encode`.",
        show_default=False,
    ),
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
    folder: CompareLibraryOption = None,
) -> Output:
    """Compare the search quality of two libraries, encoders or settings.

    With --history: measure how much the hits of your own past searches overlap. Their right answers are not known.
    """
    from explorer import Library
    from explorer.cli.progress import progress_for_stderr
    from explorer.cli.query_files import parse_weights, read_questions
    from explorer.cli.ranking_overlap import overlap_output

    if history and queries:
        raise WrongUsageError(
            "Use either the queries of a file (--queries) or your own searches (--history), not both."
        )
    questions = read_questions(queries) if queries else None
    parsed_a, parsed_b = parse_weights(weights_a), parse_weights(weights_b)
    progress = progress_for_stderr()
    (folder_a, encoder_a), (folder_b, encoder_b) = (
        (Path(side), None) if folder is None else (folder, side) for side in (a, b)
    )
    with (
        Library.open(folder_a, encoder=encoder_a) as library_a,
        Library.open(folder_b, encoder=encoder_b) as library_b,
    ):
        if history:
            overlap = library_a.evaluation.compare_history(
                library_b, weights=parsed_a, other_weights=parsed_b, progress=progress
            )
            return overlap_output(overlap)
        comparison = library_a.evaluation.compare(
            library_b, questions, weights=parsed_a, other_weights=parsed_b, progress=progress
        )
    return Output([_comparison_json(comparison)], partial(_print_comparison, comparison))


def _is_selected(question: Question, *, odd: bool, even: bool) -> bool:
    return odd == even or (question.line % 2 == 1) == odd


# --- for programs -------------------------------------------------------------------------------------------


def _evaluation_json(evaluation: Evaluation) -> dict[str, Any]:
    return {
        "answerable": evaluation.answerable,
        "unanswerable": evaluation.unanswerable,
        "skipped": [render.as_json(question) for question in evaluation.skipped],
        "scores": {
            ranking: {
                query_type: {kind: summary.plain() for kind, summary in by_kind.items()}
                for query_type, by_kind in by_query_type.items()
            }
            for ranking, by_query_type in evaluation.scores.items()
        },
        "refused": render.as_json(evaluation.refused),
        "auc": evaluation.auc,
        "took_ms": {"p50": evaluation.p50_ms, "p95": evaluation.p95_ms},
    }


def _comparison_json(comparison: Comparison) -> dict[str, Any]:
    return {
        "a": comparison.a.plain(),
        "b": comparison.b.plain(),
        "difference": comparison.difference.plain(),
        "changed": [render.as_json(query) for query in comparison.changed],
        "skipped": [render.as_json(question) for question in comparison.skipped],
    }


# --- for people ---------------------------------------------------------------------------------------------


def _print_evaluation(evaluation: Evaluation) -> None:
    rows = [
        (ranking, query_type, kind, summary)
        for ranking, by_query_type in evaluation.scores.items()
        for query_type, by_kind in by_query_type.items()
        for kind, summary in by_kind.items()
        if ranking == "fused" or kind == "all"  # only --json has the kinds of single legs
    ]
    print_summaries(("list", "asked", "kind"), rows, empty="No query has an answer in this library.")
    print()
    render.print_pairs(
        [
            ("queries", f"{evaluation.answerable} answerable, {evaluation.unanswerable} unanswerable"),
            ("refused", _refused(evaluation)),
            (
                "auc",
                None
                if evaluation.auc is None
                else f"{evaluation.auc:.3f}, for telling answerable from unanswerable queries by the best score",
            ),
            (
                "took",
                None
                if evaluation.p50_ms is None
                else f"{evaluation.p50_ms:.0f} ms, 95 % within {evaluation.p95_ms:.0f} ms",
            ),
            ("skipped", first_reasons([_reason(question) for question in evaluation.skipped])),
        ]
    )


def _print_selftest(result: SelfTest, last_entry: Mapping[str, Any] | None) -> None:
    for title, scores, key in (
        (
            "Caption to figure (the caption of the figure is hidden)",
            result.caption_to_figure,
            "caption_to_figure",
        ),
        ("Figure to caption", result.figure_to_caption, "figure_to_caption"),
    ):
        print(title)
        rows = [
            (ranking, source, summary)
            for ranking, by_source in scores.items()
            for source, summary in by_source.items()
            if source == "all" or len(by_source) > 2  # with a single archive its row is the same as `all`
        ]
        print_summaries(("list", "archive"), rows, empty="")
        for line in _changes(scores, (last_entry or {}).get(key, {}), last_entry):
            print(line)
        print()
    left_out = ", ".join(f"{count} {reason}" for reason, count in result.left_out.items())
    render.print_pairs([("captions", result.captions), ("left out", left_out), ("encoder", result.encoder)])


def _print_comparison(comparison: Comparison) -> None:
    rows = [("A", comparison.a), ("B", comparison.b), ("B - A", comparison.difference)]
    print_summaries(("",), rows, empty="")
    print()
    render.print_table(
        ("query", "rank in A", "rank in B", "first in A", "first in B"),
        [
            (query.query, query.rank_a or "-", query.rank_b or "-", query.first_a or "", query.first_b or "")
            for query in comparison.changed
        ],
        empty="No query changed.",
    )
    if comparison.skipped:
        print()
        render.print_pairs(
            [("skipped", first_reasons([_reason(question) for question in comparison.skipped]))]
        )


def print_summaries(names: Sequence[str], rows: Sequence[Sequence[Any]], *, empty: str) -> None:
    """Print a row per summary. The summary is the last element of its row."""
    metrics = list(rows[0][-1].metrics) if rows else []
    render.print_table(
        (*names, "queries", *metrics), [(*labels, *_cells(summary)) for *labels, summary in rows], empty=empty
    )


def _cells(summary: Summary) -> Iterator[object]:
    yield summary.queries
    yield from map(interval, summary.metrics.values())


def interval(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} ({estimate.low:.3f} to {estimate.high:.3f})"


def _changes(
    scores: Mapping[str, Mapping[str, Summary]],
    last_scores: Mapping[str, Any],
    last_entry: Mapping[str, Any] | None,
) -> Iterator[str]:
    """Yield the changes since the last run, for each ranking over all archives."""
    for ranking, by_source in scores.items():
        last = last_scores.get(ranking, {}).get("all")
        if last and last_entry:
            differences = ", ".join(
                f"{name} {round(estimate.value, 4) - last[name]['value']:+.3f}"
                for name, estimate in by_source["all"].metrics.items()
                if name in last
            )
            yield (
                f"{ranking}, since {last_entry['date']} ({last_entry['encoder']}, "
                f"generation {last_entry['generation']}): {differences}"
            )


def _refused(evaluation: Evaluation) -> str | None:
    shares = [
        (evaluation.refused.answerable, "of the answerable queries"),
        (evaluation.refused.unanswerable, "of the unanswerable queries"),
    ]
    return ", ".join(f"{share:.3f} {group}" for share, group in shares if share is not None) or None


def _reason(question: SkippedQuestion) -> str:
    return f"line {question.line}: {question.reason}"


def first_reasons(reasons: Sequence[str]) -> str:
    """Return the first reasons, a line each, and the number of the others."""
    lines = reasons[:MAX_SHOWN_REASONS]
    more = len(reasons) - len(lines)
    return "\n".join([*lines, *([f"and {more} more"] if more else [])])
