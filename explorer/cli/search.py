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
    HOME,
    MOST,
    LibraryOption,
    OffsetOption,
    ShowAllOption,
    with_filters,
)
from explorer.cli.output import Output, with_json
from explorer.cli.usage import WrongUsageError
from explorer.types import NO_FILTERS, Filters

WordsArgument = Annotated[
    list[str] | None, typer.Argument(metavar="[LINE]", help="What you remember of the picture.")
]
ImageOption = Annotated[Path | None, typer.Option(help="Find figures like this picture.")]
BoxOption = Annotated[
    str | None, typer.Option(help="Only this part of the picture: left,top,right,bottom in px.")
]
LikeOption = Annotated[
    list[str] | None, typer.Option(metavar="ID", help="More like this figure or item; may be repeated.")
]
UnlikeOption = Annotated[
    list[str] | None, typer.Option(metavar="ID", help="Less like this one; may be repeated.")
]
KindOption = Annotated[
    Literal["figure", "item", "any"] | None, typer.Option(help="What to find: figures unless said.")
]
ExactOption = Annotated[
    bool, typer.Option("--exact", help="Do not look for what a misspelt word probably means.")
]
HitLimitOption = Annotated[int, typer.Option(min=1, max=MOST, help="Maximum number of hits.")]
ExplainOption = Annotated[bool, typer.Option("--explain", help="Say of each hit why it was found.")]
QueriesOption = Annotated[
    Path | None,
    typer.Option("--from", metavar="FILE", help="Answer many queries: JSON Lines of query, image, box."),
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
    queries: QueriesOption = None,
    library: LibraryOption = HOME,
) -> Output:
    """Find figures and items by words, by a picture, or by what you like.

    \b
    A line may hold more than words:
      '"red bridge" +night - photo'   only where these words stand, and "photo" does not
      harbour + ./sketch.png          and like this picture; - ./sketch.png: unlike it
      map id:1a2b3c4d                 and like this figure or item
      2:map station                   "map" counts twice
      map issue:36 after:2022-01 before:2023 has:caption kind:any document:a.html
    A sign before a word stands apart (- photo), or the line in quotes ('map -photo'), or the shell takes -photo
    for an option. Options win over what the line says of the same thing. Query files (--from) hold plain words.
    """
    from explorer import line_of
    from explorer.cli.query_files import parsed_box

    line, part = line_of(words or ()), parsed_box(box)
    if queries is not None:
        if line or image or box or like or unlike:
            raise WrongUsageError("--from FILE brings the queries. Leave the others away.")
        answers = _answers(library, queries, kind or "figure", filters, limit)
        return Output(answers, partial(render.print_json, answers))
    if not (line.strip() or image or like or kind or filters != NO_FILTERS):
        raise _nothing_asked(unlike)
    with open_library(library) as opened:
        answer = opened.ask(
            line, picture=image, box=part, like=like or (), unlike=unlike or (), kind=kind, filters=filters,
            limit=limit, offset=offset, exact=exact,
        )  # fmt: skip
        if image is None:  # a picture is not kept, and without it the rest is another search
            opened.history.record(line, like=like or (), unlike=unlike or (), kind=kind, filters=filters)
    return Output(
        map(render.hit_json, answer.result.hits),
        partial(render.print_answer, answer, explain=explain, show_all=show_all),
    )


def _nothing_asked(unlike: list[str] | None) -> WrongUsageError:
    """The error for a search that asks for nothing, or says only what is not wanted."""
    from explorer.types import NOTHING_ASKED, ONLY_NOT

    return WrongUsageError(ONLY_NOT if unlike else NOTHING_ASKED)


def _answers(
    folder: Path, file: Path, kind: Literal["figure", "item", "any"], filters: Filters, limit: int
) -> Iterator[dict[str, Any]]:
    """Yield the answer to each query of a file as soon as it is there."""
    from explorer.cli.query_files import read_queries

    with open_library(folder) as library:
        for one in read_queries(file):
            found = library.search(
                one.words, picture=one.image, box=one.box, kind=kind, filters=filters, limit=limit
            )
            hits = [render.hit_json(hit) for hit in found.hits]
            yield {"id": one.id, "took_ms": round(found.took_ms, 2), "hits": hits}
