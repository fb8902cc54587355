"""The verb that corrects what a figure says: correct."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from explorer.cli.application import app
from explorer.cli.options import HOME, LibraryOption
from explorer.cli.output import Output, with_json
from explorer.cli.usage import WrongUsageError

if TYPE_CHECKING:
    from explorer import Library
    from explorer.types import FigureRecord


@app.command()
@with_json
def correct(
    id: Annotated[str, typer.Argument(help="A figure, by its id or the beginning of it.")],
    caption: Annotated[str | None, typer.Option(help='What the caption should be; "" for none.')] = None,
    alt: Annotated[str | None, typer.Option(help='What the alt text should be; "" for none.')] = None,
    credit: Annotated[str | None, typer.Option(help='What the credit should be; "" for none.')] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Say again what the archive says.")] = False,
    library: LibraryOption = HOME,
) -> Output:
    """Correct the words of a figure. The archive stays as it is, and reading it again undoes nothing."""
    from explorer import Library

    if reset and (caption, alt, credit) != (None, None, None):
        raise WrongUsageError("--reset takes every correction back; give it alone.")
    if not reset and (caption, alt, credit) == (None, None, None):
        raise WrongUsageError("Nothing to correct. Name what is wrong: --caption, --alt or --credit")
    with Library.open(library) as opened:
        figure = (
            opened.editing.reset_correction(id)
            if reset
            else opened.editing.correct(id, caption=caption, alt=alt, credit=credit)
        )
        return Output.fields(_told(opened, figure))


def _told(library: Library, figure: FigureRecord) -> dict[str, Any]:
    return {
        "id": figure.id,
        "document": figure.document,
        "image": figure.image,
        "caption": figure.caption,
        "alt": figure.alt,
        "credit": figure.credit,
        "archive_says": dict(library.editing.archive_says(figure.id)),
    }
