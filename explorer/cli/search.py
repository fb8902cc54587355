"""The command `search`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from explorer.cli import render
from explorer.cli.application import app, open_library
from explorer.cli.options import (
    DEFAULT_FOLDER,
    MAX_COUNT,
    LibraryOption,
    OffsetOption,
    ShowAllOption,
    with_filters,
)
from explorer.cli.output import Output, with_json
from explorer.cli.usage import WrongUsageError
from explorer.types import NO_FILTERS, Filters, Result

WordsArgument = Annotated[
    list[str] | None, typer.Argument(metavar="[LINE]", help="What you remember of the picture.")
]
ImageOption = Annotated[Path | None, typer.Option(help="Find figures like this picture.")]
BoxOption = Annotated[
    str | None, typer.Option(help="Only this part of the picture: left,top,right,bottom in px.")
]
LikeOption = Annotated[
    list[str] | None, typer.Option(metavar="ID", help="Find more like this figure or item. May be repeated.")
]
UnlikeOption = Annotated[
    list[str] | None, typer.Option(metavar="ID", help="Find less like this figure or item. May be repeated.")
]
KindOption = Annotated[
    Literal["figure", "item", "any"] | None, typer.Option(help="What to find. Default: figures.")
]
ExactOption = Annotated[bool, typer.Option("--exact", help="Do not correct spelling.")]
HitLimitOption = Annotated[int, typer.Option(min=1, max=MAX_COUNT, help="Maximum number of hits.")]
ExplainOption = Annotated[bool, typer.Option("--explain", help="Show why each hit was found.")]
BudgetOption = Annotated[
    float | None,
    typer.Option(
        "--budget-ms",
        min=1,
        metavar="N",
        help="Stay within this latency: leave out the comparisons that gain least per millisecond.",
    ),
]
QueriesOption = Annotated[
    Path | None,
    typer.Option(
        "--from", metavar="FILE", help="Answer the queries in this file: JSON Lines with query, image, box."
    ),
]


@app.command()
@with_json
@with_filters()
def search(
    words: WordsArgument = None,
    image: ImageOption = None,
    box: BoxOption = None,
    like: LikeOption = None,
    unlike: UnlikeOption = None,
    kind: KindOption = None,
    filters: Filters = NO_FILTERS,
    exact: ExactOption = False,
    limit: HitLimitOption = 20,
    offset: OffsetOption = 0,
    explain: ExplainOption = False,
    show_all: ShowAllOption = False,
    budget_ms: BudgetOption = None,
    queries: QueriesOption = None,
    folder: LibraryOption = DEFAULT_FOLDER,
) -> Output:
    """Find figures and items by words, by a picture or by examples.

    \b
    A line may contain more than words:
      '"red bridge" +night - photo'   only hits with these words, and without "photo"
      harbour + ./sketch.png          also like this picture (- ./sketch.png: unlike it)
      map id:1a2b3c4d                 also like this figure or item
      2:map station                   "map" counts twice
      map colour:blue shape:portrait has:text credit:"Ada Gardener"
      map issue:36 after:2022-01 before:2023 has:caption kind:any document:a.html
    Put a space after a minus (- photo) or quote the line ('map -photo'), otherwise -photo is read as an option.
    An option overrides the same filter in the line. The queries in a file (--from) are plain words.
    """
    from explorer import line_of
    from explorer.cli.query_files import parse_box

    line, parsed_box = line_of(words or ()), parse_box(box)
    if queries is not None:
        _refuse_other_queries(line, image, box, like, unlike)
        answers = _answers(folder, queries, kind or "figure", filters, limit, budget_ms)
        return Output(answers, partial(render.print_json, answers))
    if not (line.strip() or image or like or kind or filters != NO_FILTERS):
        raise _empty_query_error(unlike)
    with open_library(folder) as library:
        answer = library.ask(
            line, picture=image, box=parsed_box, like=like or (), unlike=unlike or (), kind=kind, filters=filters,
            limit=limit, offset=offset, exact=exact, budget_ms=budget_ms,
        )  # fmt: skip
        library.history.record_timing(answer.result)
        if image is None:  # a picture is not kept, and without it the line is another search
            library.history.record(line, like=like or (), unlike=unlike or (), kind=kind, filters=filters)
    return Output(
        (render.hit_json(hit) | _omitted_json(answer.result, budget_ms) for hit in answer.result.hits),
        partial(render.print_answer, answer, explain=explain, show_all=show_all),
    )


def _refuse_other_queries(*options: object) -> None:
    """Raise WrongUsageError if there are queries besides those of a file."""
    if any(options):
        raise WrongUsageError(
            "--from FILE contains the queries. Omit the query line, --image, --box, --like and --unlike."
        )


def _empty_query_error(unlike: list[str] | None) -> WrongUsageError:
    """Return the error for a query that is empty, or that only excludes."""
    from explorer.types import NOTHING_ASKED, ONLY_NOT

    return WrongUsageError(ONLY_NOT if unlike else NOTHING_ASKED)


def _answers(
    folder: Path,
    file: Path,
    kind: Literal["figure", "item", "any"],
    filters: Filters,
    limit: int,
    budget_ms: float | None,
) -> Iterator[dict[str, Any]]:
    """Yield the answer to each query of a file as soon as it is known."""
    from explorer.cli.query_files import read_queries

    with open_library(folder) as library:
        for query in read_queries(file):
            result = library.search(
                query.words, picture=query.image, box=query.box, kind=kind, filters=filters, limit=limit,
                budget_ms=budget_ms,
            )  # fmt: skip
            library.history.record_timing(result)
            hits = [render.hit_json(hit) for hit in result.hits]
            answer = {"id": query.id, "took_ms": round(result.took_ms, 2), "hits": hits}
            yield answer | _omitted_json(result, budget_ms)


def _omitted_json(result: Result, budget_ms: float | None) -> dict[str, Any]:
    """Return the legs that a latency budget left out. Without a budget there is no such key."""
    return {} if budget_ms is None else {"omitted": list(result.omitted)}
