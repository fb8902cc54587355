"""The commands `illustrate` and `discussed`: figures for a text, and texts for a figure."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli import render
from explorer.cli.application import app, open_library
from explorer.cli.options import DEFAULT_FOLDER, MAX_COUNT, LibraryOption, ShowAllOption
from explorer.cli.output import Output, with_json
from explorer.errors import QueryError

if TYPE_CHECKING:
    from explorer.types import Discussion, Illustration

STDIN = Path("-")


@app.command(name="illustrate")
@with_json
def illustrate_command(
    file: Annotated[
        Path, typer.Argument(metavar="[FILE|-]", help="A text file; - is standard input.")
    ] = STDIN,
    limit: Annotated[int, typer.Option(min=1, max=MAX_COUNT, help="Maximum number of figures.")] = 20,
    show_all: ShowAllOption = False,
    folder: LibraryOption = DEFAULT_FOLDER,
) -> Output:
    """Find figures that would illustrate a text. Each is shown with the passage that it fits best."""
    text = _text(file)
    with open_library(folder) as library:
        matches = library.editing.illustrate(text, limit=limit)
    return _output(matches, ("figure", "where"), show_all=show_all)


@app.command(name="discussed")
@with_json
def discussed_command(
    id: Annotated[str, typer.Argument(help="Id of a figure, or the beginning of the id.")],
    limit: Annotated[int, typer.Option(min=1, max=MAX_COUNT, help="Maximum number of items.")] = 10,
    show_all: ShowAllOption = False,
    folder: LibraryOption = DEFAULT_FOLDER,
) -> Output:
    """Find where other issues discuss what a figure shows."""
    with open_library(folder) as library:
        matches = library.editing.related_texts(id, limit=limit)
    return _output(matches, ("heading", "where"), show_all=show_all)


def _output(
    matches: Sequence[Illustration] | Sequence[Discussion], columns: tuple[str, str], *, show_all: bool
) -> Output:
    """Return the hits with their passages. `columns` are the headings of their labels and locations."""
    shown = [match for match in matches if show_all or match.hit.confidence != "weak"]
    only_weak = f"Nothing in this library matches well. To show the {len(matches)} nearest anyway: --all"
    return Output.table(
        (render.hit_json(match.hit) | {"passage": match.passage} for match in matches),
        ("#", "confidence", *columns, "fits", "id"),
        (
            (
                match.hit.rank,
                match.hit.confidence,
                *render.label_and_location(match.hit),
                match.passage,
                match.hit.id[:8],
            )
            for match in shown
        ),
        empty=only_weak if matches else "Nothing found.",
    )


def _text(file: Path) -> str:
    """Return the text of a file or of standard input. Raises QueryError if it cannot be read."""
    if file == STDIN and sys.stdin is None:
        raise QueryError("Standard input is closed. Give a text file.")
    try:
        return sys.stdin.read() if file == STDIN else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(
            f"{file} cannot be read: {getattr(error, 'strerror', None) or error}. "
            "Give a text file, or - for standard input."
        ) from error
