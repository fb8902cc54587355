"""`explorer history`: what people searched for."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from explorer.cli import render
from explorer.cli.application import app
from explorer.cli.options import HOME, LibraryOption, LimitOption
from explorer.cli.output import Output, with_json


@app.command()
@with_json
def history(
    clear: Annotated[bool, typer.Option("--clear", help="Forget all of them.")] = False,
    limit: LimitOption = None,
    library: LibraryOption = HOME,
) -> Output:
    """List what was searched for, newest first: `explorer compare --history` asks it again.

    The newest 1,000 lines that were asked here or in the app are kept, in the library on this machine, its backups and
    its exports and nowhere else, until --clear; a picture that you bring is never kept.
    """
    from explorer import Library

    with Library.open(library) as opened:
        if clear:
            forgotten = opened.history.clear()
            return Output.sentences({"forgotten": forgotten}, f"{forgotten} searches are forgotten.")
        searches = opened.history.searches(limit=limit or -1)
    return Output.table(
        map(render.as_json, searches),
        ("asked", "times", "search"),
        ((f"{_local_time(search.asked):%Y-%m-%d %H:%M}", search.times, search.line) for search in searches),
        empty="Nobody has searched this library yet.",
    )


def _local_time(written: str) -> datetime:
    return datetime.fromisoformat(written).astimezone()
