"""The commands of `explorer collections`: `list`, `show`, `create`, `add`, `remove`, `move`, `export` and `delete`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli import render
from explorer.cli.application import app, open_library
from explorer.cli.options import DEFAULT_FOLDER, MAX_COUNT, LibraryOption
from explorer.cli.output import Output, with_json

if TYPE_CHECKING:
    from explorer.types import Collection, FigureRecord

collections = typer.Typer(help="Keep figures together, and export them.", no_args_is_help=True)
app.add_typer(collections, name="collections")

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The name of the collection, or its id.")]
FiguresArgument = Annotated[
    list[str], typer.Argument(metavar="ID...", help="Ids of figures, or beginnings of ids.")
]


@collections.command(name="list")
@with_json
def list_command(folder: LibraryOption = DEFAULT_FOLDER) -> Output:
    """List the collections."""
    with open_library(folder) as library:
        all_collections = library.collections.list()
    return Output.table(
        map(render.as_json, all_collections),
        ("name", "figures", "created", "notes"),
        ((each.name, each.figures, each.created[:10], each.notes[:60]) for each in all_collections),
        empty="No collections.",
    )


@collections.command()
@with_json
def show(name: NameArgument, folder: LibraryOption = DEFAULT_FOLDER) -> Output:
    """Show the figures of a collection, in its order."""
    with open_library(folder) as library:
        collection = library.collections.get(name)
        figures = library.collections.figures(name)
        missing = library.collections.missing(name)
    for id in missing:
        render.note(f"This figure is not in the library now: {id}")
    return Output(map(render.figure_json, figures), partial(_print_collection, collection, figures))


def _print_collection(collection: Collection, figures: Sequence[FigureRecord]) -> None:
    render.print_pairs([("collection", collection.name), ("notes", collection.notes)])
    rows = [
        (position, figure.id[:8], figure.label, figure.image or figure.document)
        for position, figure in enumerate(figures, start=1)
    ]
    add = f'No figures. Add some: explorer collections add "{collection.name}" ID'
    render.print_table(("", "id", "figure", "image"), rows, empty=add)


@collections.command()
@with_json
def create(
    name: NameArgument,
    figures: Annotated[
        list[str] | None, typer.Argument(metavar="[ID...]", help="Ids of figures, or beginnings of ids.")
    ] = None,
    notes: Annotated[str, typer.Option(help="What the collection is for.")] = "",
    folder: LibraryOption = DEFAULT_FOLDER,
) -> Output:
    """Create a collection, with figures or empty."""
    with open_library(folder) as library:
        collection = library.collections.create(name, figures or (), notes=notes)
    return Output.sentences(
        render.as_json(collection),
        f"The collection {collection.name} has {_count_figures(collection.figures)}.",
    )


@collections.command()
@with_json
def add(name: NameArgument, figures: FiguresArgument, folder: LibraryOption = DEFAULT_FOLDER) -> Output:
    """Add figures at the end of a collection."""
    with open_library(folder) as library:
        added = library.collections.add(name, figures)
        collection = library.collections.get(name)
    return Output.sentences(
        {"added": added, **render.as_json(collection)},
        f"{_count_figures(added)} added. The collection {collection.name} has {_count_figures(collection.figures)}.",
    )


@collections.command()
@with_json
def remove(name: NameArgument, figures: FiguresArgument, folder: LibraryOption = DEFAULT_FOLDER) -> Output:
    """Remove figures from a collection. They stay in the library."""
    with open_library(folder) as library:
        removed = library.collections.remove(name, figures)
        collection = library.collections.get(name)
    return Output.sentences(
        {"removed": removed, **render.as_json(collection)},
        f"{_count_figures(removed)} removed. The collection {collection.name} has "
        f"{_count_figures(collection.figures)}.",
    )


@collections.command()
@with_json
def move(
    name: NameArgument,
    figure: Annotated[str, typer.Argument(metavar="ID", help="The id of a figure, or its beginning.")],
    position: Annotated[int, typer.Argument(min=1, max=MAX_COUNT, help="The new position, from 1 on.")],
    folder: LibraryOption = DEFAULT_FOLDER,
) -> Output:
    """Move a figure of a collection to another position."""
    with open_library(folder) as library:
        library.collections.move(name, figure, position)
        figures = library.collections.figures(name)
        collection = library.collections.get(name)
    return Output(map(render.figure_json, figures), partial(_print_collection, collection, figures))


@collections.command()
@with_json
def export(
    name: NameArgument,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The zip file to write.")],
    folder: LibraryOption = DEFAULT_FOLDER,
) -> Output:
    """Export a collection: a zip file with the pictures, their captions and sources (CSV, JSON Lines), and a contact sheet."""
    from explorer.cli.progress import progress_for_stderr

    with open_library(folder) as library:
        size = library.collections.export(name, file, progress=progress_for_stderr())
    return Output.sentences(
        {"file": str(file), "bytes": size}, f"{file} has {size:,} bytes. Begin with its contact-sheet.html."
    )


@collections.command()
@with_json
def delete(name: NameArgument, folder: LibraryOption = DEFAULT_FOLDER) -> Output:
    """Delete a collection. Its figures stay in the library."""
    with open_library(folder) as library:
        library.collections.delete(name)
    return Output.sentences(
        {"deleted": name}, f"The collection {name} is deleted. Its figures are still there."
    )


def _count_figures(count: int) -> str:
    return f"{count} figure{'' if count == 1 else 's'}"
