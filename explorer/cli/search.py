"""The command `search`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from explorer.catalog.filters import NO_FILTERS, Filters
from explorer.cli import render
from explorer.cli.application import app, open_library
from explorer.cli.options import HOME, MOST, JsonOption, LibraryOption, OffsetOption, with_filters
from explorer.cli.usage import WrongUsageError

if TYPE_CHECKING:
    from explorer.library.library import Library


@app.command()
@with_filters()
def search(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[LINE]", help="What you remember of the picture.")
    ] = None,
    image: Annotated[Path | None, typer.Option(help="Find figures like this picture.")] = None,
    box: Annotated[
        str | None, typer.Option(help="Only this part of the picture: left,top,right,bottom in px.")
    ] = None,
    like: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="More like this figure or item; may be repeated.")
    ] = None,
    unlike: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Less like this one; may be repeated.")
    ] = None,
    kind: Annotated[
        Literal["figure", "item", "any"] | None, typer.Option(help="What to find: figures unless said.")
    ] = None,
    filters: Filters = NO_FILTERS,
    exact: Annotated[
        bool, typer.Option("--exact", help="Do not look for what a misspelt word probably means.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="Maximum number of hits.")] = 20,
    offset: OffsetOption = 0,
    explain: Annotated[bool, typer.Option("--explain", help="Say of each hit why it was found.")] = False,
    show_all: Annotated[bool, typer.Option("--all", help="Show weak hits as well.")] = False,
    queries: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="Answer many queries: JSON Lines of query, image, box."),
    ] = None,
    library: LibraryOption = HOME,
    json: JsonOption = False,
) -> None:
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
    from explorer.cli.query_files import parsed_box
    from explorer.search.grammar import line_of
    from explorer.search.query import NOTHING_ASKED, ONLY_NOT

    line, part = line_of(words or ()), parsed_box(box)
    if queries is not None and (line or image or box or like or unlike):
        raise WrongUsageError("--from FILE brings the queries. Leave the others away.")
    if queries is None and not (line.strip() or image or like or kind or filters != NO_FILTERS):
        raise WrongUsageError(ONLY_NOT if unlike else NOTHING_ASKED)
    with open_library(library) as opened:
        if queries is not None:
            _answer_file(opened, queries, kind or "figure", filters, limit)
            return
        answer = opened.ask(
            line,
            picture=image,
            box=part,
            like=like or (),
            unlike=unlike or (),
            kind=kind,
            filters=filters,
            limit=limit,
            offset=offset,
            exact=exact,
        )
        if image is None:  # a picture is not kept, and without it the rest is another search
            opened.history.record(line, like=like or (), unlike=unlike or (), kind=kind, filters=filters)
    if json:
        render.print_json(*(render.hit_json(hit) for hit in answer.result.hits))
    else:
        render.print_understood(answer)
        render.print_hits(answer.result, explain=explain, show_all=show_all)


def _answer_file(
    library: Library, file: Path, kind: Literal["figure", "item", "any"], filters: Filters, limit: int
) -> None:
    """Answer the queries of a file, one line of JSON each."""
    from explorer.cli.query_files import read_queries

    for one in read_queries(file):
        found = library.search(
            one.words, picture=one.image, box=one.box, kind=kind, filters=filters, limit=limit
        )
        hits = [render.hit_json(hit) for hit in found.hits]
        render.print_json({"id": one.id, "took_ms": round(found.took_ms, 2), "hits": hits})
