"""The commands that list what is in a library: `show`, `figures`, `items`, `issues` and `problems`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from explorer.cli import render
from explorer.cli.application import app, open_library
from explorer.cli.options import DEFAULT_FOLDER, LibraryOption, LimitOption, OffsetOption, with_filters
from explorer.cli.output import Output, with_json
from explorer.types import NO_FILTERS, FigureRecord, Filters, Selection

if TYPE_CHECKING:
    from explorer.types import Ledger, LedgerRecord


@app.command()
@with_json
def show(
    id: Annotated[str, typer.Argument(help="Id of a figure or item, or the beginning of the id.")],
    folder: LibraryOption = DEFAULT_FOLDER,
) -> Output:
    """Show everything about one figure or item."""
    with open_library(folder) as library:
        record = library.browse.find(id)
        output = render.as_json(record)
        if isinstance(record, FigureRecord):
            output["archive_says"] = dict(library.editing.archive_says(record.id))  # of a corrected figure
        if isinstance(record, FigureRecord) and record.sha256:
            output["picture"] = str(library.browse.picture_path(record.sha256, "original"))
            output["also_in"] = [
                other.document for other in library.browse.appearances(record) if other.id != record.id
            ]
    return Output.fields(output)


@app.command()
@with_json
@with_filters()
def figures(
    filters: Filters = NO_FILTERS,
    text: Annotated[
        str | None, typer.Option(help="Only figures whose caption or alt text contains these words.")
    ] = None,
    order: Annotated[Literal["date", "issue", "caption"], typer.Option(help="What to sort by.")] = "date",
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    folder: LibraryOption = DEFAULT_FOLDER,
) -> Output:
    """List the figures."""
    selection = Selection.of(filters, text=text)
    with open_library(folder) as library:
        records = library.browse.figures(selection, order=order, limit=limit or -1, offset=offset)
    return Output.table(
        map(render.figure_json, records),
        ("id", "figure", "image", "status", "size"),
        (
            (figure.id[:8], figure.label, figure.image or figure.document, figure.status, _size(figure))
            for figure in records
        ),
        empty="No figures.",
    )


@app.command()
@with_json
@with_filters("has_caption")
def items(
    filters: Filters = NO_FILTERS,
    text: Annotated[str | None, typer.Option(help="Only items that contain these words.")] = None,
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    folder: LibraryOption = DEFAULT_FOLDER,
) -> Output:
    """List the items: the sections of the issues."""
    selection = Selection.of(filters, text=text)
    with open_library(folder) as library:
        records = library.browse.items(selection, limit=limit or -1, offset=offset)
    return Output.table(
        map(render.item_json, records),
        ("id", "heading", "text", "document"),
        (
            (item.id[:8], item.heading or "", " ".join(item.text.split())[:100], item.document)
            for item in records
        ),
        empty="No items.",
    )


@app.command()
@with_json
@with_filters("has_caption", "document")
def issues(
    filters: Filters = NO_FILTERS,
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    folder: LibraryOption = DEFAULT_FOLDER,
) -> Output:
    """List the issues, newest first."""
    with open_library(folder) as library:
        records = library.browse.issues(Selection.of(filters), limit=limit or -1, offset=offset)
    return Output.table(
        map(render.issue_json, records),
        ("#", "date", "title", "items", "figures", "document"),
        (
            (
                issue.number or "",
                issue.date or "",
                issue.title or "",
                issue.items,
                issue.figures,
                issue.document,
            )
            for issue in records
        ),
        empty="No issues.",
    )


@app.command()
@with_json
def problems(folder: LibraryOption = DEFAULT_FOLDER) -> Output:
    """Show the ledger: what was not read, found or kept, and why."""
    with open_library(folder) as library:
        entries, ledger = library.browse.problems(), library.browse.ledger()
    return Output(map(render.as_json, entries), partial(_print_problems, entries, ledger))


def _print_problems(entries: Sequence[LedgerRecord], ledger: Ledger) -> None:
    render.print_table(
        ("what", "document", "image", "reason"),
        ((entry.kind, entry.document, entry.image or "", entry.explained) for entry in entries),
        empty="No problems: every picture that was seen is kept.",
    )
    left_out = sum(ledger.left_out.values())
    print(
        f"{ledger.seen} pictures and captions seen: {ledger.kept} kept, {left_out} left out, {ledger.missing} missing, "
        f"{ledger.remote} remote, {ledger.unreadable} unreadable."
    )
    if ledger.mentioned:
        print(f"{ledger.mentioned} more addresses of pictures are mentioned and were not read.")


def _size(figure: FigureRecord) -> str:
    return f"{figure.width} x {figure.height}" if figure.width and figure.height else ""
