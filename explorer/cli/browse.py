"""The commands that list what is in a library: show, figures, items, issues, problems."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from explorer.cli import render
from explorer.cli.application import app, open_library
from explorer.cli.options import HOME, LibraryOption, LimitOption, OffsetOption, with_filters
from explorer.cli.output import Output, with_json
from explorer.types import NO_FILTERS, FigureRecord, Filters, Selection

if TYPE_CHECKING:
    from explorer.types import Ledger, LedgerRecord


@app.command()
@with_json
def show(
    id: Annotated[str, typer.Argument(help="A figure or an item, by its id or the beginning of it.")],
    library: LibraryOption = HOME,
) -> Output:
    """Everything about one figure or item."""
    with open_library(library) as opened:
        record = opened.browse.find(id)
        told = render.as_json(record)
        if isinstance(record, FigureRecord):
            told["archive_says"] = dict(opened.editing.archive_says(record.id))  # where it was corrected
        if isinstance(record, FigureRecord) and record.sha256:
            told["picture"] = str(opened.browse.picture_path(record.sha256, "original"))
            told["also_in"] = [
                other.document for other in opened.browse.appearances(record) if other.id != record.id
            ]
    return Output.fields(told)


@app.command()
@with_json
@with_filters()
def figures(
    filters: Filters = NO_FILTERS,
    text: Annotated[
        str | None, typer.Option(help="Only figures whose caption or alt text holds these words.")
    ] = None,
    order: Annotated[Literal["date", "issue", "caption"], typer.Option(help="What to sort by.")] = "date",
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    library: LibraryOption = HOME,
) -> Output:
    """List the figures."""
    selection = Selection.of(filters, text=text)
    with open_library(library) as opened:
        found = opened.browse.figures(selection, order=order, limit=limit or -1, offset=offset)
    return Output.table(
        map(render.figure_json, found),
        ("id", "figure", "image", "status", "size"),
        (
            (one.id[:8], one.label, one.image or one.document, one.status, _size(one.width, one.height))
            for one in found
        ),
        empty="No figures.",
    )


@app.command()
@with_json
@with_filters("has_caption")
def items(
    filters: Filters = NO_FILTERS,
    text: Annotated[str | None, typer.Option(help="Only items that hold these words.")] = None,
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    library: LibraryOption = HOME,
) -> Output:
    """List the items: the sections of the issues."""
    selection = Selection.of(filters, text=text)
    with open_library(library) as opened:
        found = opened.browse.items(selection, limit=limit or -1, offset=offset)
    return Output.table(
        map(render.item_json, found),
        ("id", "heading", "text", "document"),
        ((one.id[:8], one.heading or "", " ".join(one.text.split())[:100], one.document) for one in found),
        empty="No items.",
    )


@app.command()
@with_json
@with_filters("has_caption", "document")
def issues(
    filters: Filters = NO_FILTERS,
    limit: LimitOption = None,
    offset: OffsetOption = 0,
    library: LibraryOption = HOME,
) -> Output:
    """List the issues, newest first."""
    with open_library(library) as opened:
        found = opened.browse.issues(Selection.of(filters), limit=limit or -1, offset=offset)
    return Output.table(
        map(render.issue_json, found),
        ("#", "date", "title", "items", "figures", "document"),
        (
            (one.number or "", one.date or "", one.title or "", one.items, one.figures, one.document)
            for one in found
        ),
        empty="No issues.",
    )


@app.command()
@with_json
def problems(library: LibraryOption = HOME) -> Output:
    """The ledger: what was not read, not found or left out, and why."""
    with open_library(library) as opened:
        found, ledger = opened.browse.problems(), opened.browse.ledger()
    return Output(map(render.as_json, found), partial(_print_problems, found, ledger))


def _print_problems(found: Sequence[LedgerRecord], ledger: Ledger) -> None:
    render.print_table(
        ("what", "document", "image", "reason"),
        [(one.kind, one.document, one.image or "", one.explained) for one in found],
        empty="No problems: every picture that was seen is kept.",
    )
    left_out = sum(ledger.left_out.values())
    print(
        f"{ledger.seen} pictures and captions seen: {ledger.kept} kept, {left_out} left out, {ledger.missing} missing, "
        f"{ledger.remote} remote, {ledger.unreadable} unreadable."
    )
    if ledger.mentioned:
        print(f"{ledger.mentioned} more addresses of pictures are mentioned and were not read.")


def _size(width: int | None, height: int | None) -> str:
    return f"{width} x {height}" if width and height else ""
