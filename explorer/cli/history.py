"""`explorer history`: what people searched for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli import render
from explorer.cli.application import app
from explorer.cli.options import HOME, JsonOption, LibraryOption, LimitOption

if TYPE_CHECKING:
    from explorer.types import SearchRecord


@app.command()
def history(
    clear: Annotated[bool, typer.Option("--clear", help="Forget all of them.")] = False,
    limit: LimitOption = None,
    library: LibraryOption = HOME,
    json: JsonOption = False,
) -> None:
    """List what was searched for, newest first: `explorer compare --history` asks it again.

    The newest 1,000 lines that were asked here or in the app are kept, in the library on this machine, its backups and
    its exports and nowhere else, until --clear; a picture that you bring is never kept.
    """
    from explorer import Library

    with Library.open(library) as opened:
        if clear:
            _tell_forgotten(opened.history.clear(), json=json)
        else:
            _tell(opened.history.searches(limit=limit or -1), json=json)


def _tell_forgotten(forgotten: int, *, json: bool) -> None:
    if json:
        render.print_json({"forgotten": forgotten})
    else:
        print(f"{forgotten} searches are forgotten.")


def _tell(found: Sequence[SearchRecord], *, json: bool) -> None:
    if json:
        render.print_json(*(render.as_json(one) for one in found))
        return
    render.print_table(
        ("asked", "times", "search"),
        [
            (f"{datetime.fromisoformat(one.asked).astimezone():%Y-%m-%d %H:%M}", one.times, one.line)
            for one in found
        ],
        empty="Nobody has searched this library yet.",
    )
