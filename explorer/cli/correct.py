"""The command `correct`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from explorer.cli.application import app, open_library
from explorer.cli.options import DEFAULT_FOLDER, LibraryOption
from explorer.cli.output import Output, with_json
from explorer.cli.usage import WrongUsageError

if TYPE_CHECKING:
    from explorer import Library
    from explorer.types import FigureRecord


@app.command()
@with_json
def correct(
    id: Annotated[str, typer.Argument(help="Id of a figure, or the beginning of the id.")],
    caption: Annotated[str | None, typer.Option(help='The correct caption; "" for none.')] = None,
    alt: Annotated[str | None, typer.Option(help='The correct alt text; "" for none.')] = None,
    credit: Annotated[str | None, typer.Option(help='The correct credit; "" for none.')] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Remove all corrections of the figure.")] = False,
    folder: LibraryOption = DEFAULT_FOLDER,
) -> Output:
    """Correct the caption, alt text or credit of a figure. The archive is not changed; ingests keep corrections."""
    if reset and (caption, alt, credit) != (None, None, None):
        raise WrongUsageError(
            "--reset removes all corrections. Use it without --caption, --alt and --credit."
        )
    if not reset and (caption, alt, credit) == (None, None, None):
        raise WrongUsageError("Nothing to correct. Give the correct text: --caption, --alt or --credit")
    with open_library(folder) as library:
        figure = (
            library.editing.reset_correction(id)
            if reset
            else library.editing.correct(id, caption=caption, alt=alt, credit=credit)
        )
        return Output.fields(_corrected_json(library, figure))


def _corrected_json(library: Library, figure: FigureRecord) -> dict[str, Any]:
    return {
        "id": figure.id,
        "document": figure.document,
        "image": figure.image,
        "caption": figure.caption,
        "alt": figure.alt,
        "credit": figure.credit,
        "archive_says": dict(library.editing.archive_says(figure.id)),
    }
