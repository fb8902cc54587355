"""The verbs that bring texts and figures together: illustrate, discussed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli import render
from explorer.cli.application import app
from explorer.cli.options import HOME, MOST, LibraryOption, ShowAllOption
from explorer.cli.output import Output, with_json
from explorer.errors import QueryError

if TYPE_CHECKING:
    from explorer.types import Discussion, Illustration

STDIN = Path("-")


@app.command(name="illustrate")
@with_json
def illustrate_command(
    file: Annotated[Path, typer.Argument(metavar="[FILE|-]", help="The text; - is standard input.")] = STDIN,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="At most so many figures.")] = 20,
    show_all: ShowAllOption = False,
    library: LibraryOption = HOME,
) -> Output:
    """Find figures that would illustrate a text, each with the passage that it fits best."""
    from explorer import Library

    text = _text(file)
    with Library.open(library) as opened:
        found = opened.editing.illustrate(text, limit=limit)
    return _output(found, ("figure", "where"), show_all=show_all)


@app.command(name="discussed")
@with_json
def discussed_command(
    id: Annotated[str, typer.Argument(help="A figure, by its id or the beginning of it.")],
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="At most so many items.")] = 10,
    show_all: ShowAllOption = False,
    library: LibraryOption = HOME,
) -> Output:
    """Find where other issues talk about what a figure shows."""
    from explorer import Library

    with Library.open(library) as opened:
        found = opened.editing.discussed(id, limit=limit)
    return _output(found, ("heading", "where"), show_all=show_all)


def _output(
    found: Sequence[Illustration] | Sequence[Discussion], named: tuple[str, str], *, show_all: bool
) -> Output:
    shown = [one for one in found if show_all or one.hit.confidence != "weak"]
    nothing = f"Nothing in this library matches well. Show the {len(found)} nearest all the same: --all"
    return Output.table(
        (render.hit_json(one.hit) | {"passage": one.passage} for one in found),
        ("#", "confidence", *named, "fits", "id"),
        (
            (one.hit.rank, one.hit.confidence, *render.named(one.hit), one.passage, one.hit.id[:8])
            for one in shown
        ),
        empty=nothing if found else "Nothing found.",
    )


def _text(file: Path) -> str:
    """What the file says; QueryError where it cannot be read."""
    if file == STDIN and sys.stdin is None:
        raise QueryError("The standard input is closed. Give a text file.")
    try:
        return sys.stdin.read() if file == STDIN else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(
            f"{file} cannot be read: {error}. Give a text file, or - for standard input."
        ) from error
