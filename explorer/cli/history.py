"""The command `history`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from explorer.cli import render
from explorer.cli.application import app, open_library
from explorer.cli.options import DEFAULT_FOLDER, LibraryOption, LimitOption
from explorer.cli.output import Output, with_json


@app.command()
@with_json
def history(
    clear: Annotated[bool, typer.Option("--clear", help="Delete all stored searches.")] = False,
    limit: LimitOption = None,
    folder: LibraryOption = DEFAULT_FOLDER,
) -> Output:
    """List the searches of this library, newest first. `explorer compare --history` runs them again.

    The newest 1,000 searches of the command line and the app are kept until --clear. They are stored in the library
    on this machine, in its backups and in its exports, and nowhere else. Pictures that you search with are never kept.
    """
    with open_library(folder) as library:
        if clear:
            forgotten = library.history.clear()
            return Output.sentences({"forgotten": forgotten}, f"{forgotten} searches are deleted.")
        searches = library.history.searches(limit=limit or -1)
    return Output.table(
        map(render.as_json, searches),
        ("asked", "times", "search"),
        ((f"{_local_time(search.asked):%Y-%m-%d %H:%M}", search.times, search.line) for search in searches),
        empty="Nobody has searched this library yet.",
    )


def _local_time(timestamp: str) -> datetime:
    return datetime.fromisoformat(timestamp).astimezone()
