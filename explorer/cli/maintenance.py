"""`explorer backup`, `export`, `import` and `doctor`: copies of a library, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from explorer.cli import render
from explorer.cli.application import app
from explorer.cli.options import HOME, JsonOption, LibraryOption


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write, a tar.")],
    library: LibraryOption = HOME,
    json: JsonOption = False,
) -> None:
    """Write the whole library to one file, also while it is in use."""
    from explorer import Library
    from explorer.cli.progress import progress_for_stderr

    with Library.open(library) as opened:
        size = opened.maintenance.backup(file, progress=progress_for_stderr())
    if json:
        render.print_json({"file": str(file), "bytes": size})
        return
    print(f"{file} has {size:,} bytes. Put it back: explorer restore {file} --library DIR")


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder to write into.")],
    library: LibraryOption = HOME,
    json: JsonOption = False,
) -> None:
    """Write everything for other programs: JSON Lines, pictures, vectors as Parquet, captions as CSV."""
    from explorer import Library
    from explorer.cli.progress import progress_for_stderr

    with Library.open(library) as opened:
        opened.maintenance.export(folder, progress=progress_for_stderr())
    if json:
        render.print_json({"folder": str(folder)})
        return
    print(f"{folder} holds the library. Make one of it again: explorer import {folder} --library DIR")


@app.command("import")
def import_(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="What `explorer export` wrote.")],
    library: LibraryOption = HOME,
    qdrant_url: Annotated[
        str | None, typer.Option(help="Keep the index on this Qdrant server; the key is QDRANT_API_KEY.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Make a library of what was exported, in a new folder."""
    from explorer import Library
    from explorer.cli.progress import progress_for_stderr

    with Library.from_export(folder, library, qdrant_url=qdrant_url, progress=progress_for_stderr()) as made:
        figures, archives = made.browse.ledger().figures, made.status().archives
    render.print_made(library, figures, archives, json=json)


@app.command()
def doctor(
    repair: Annotated[
        bool, typer.Option("--repair", help="Mend what the catalog, the pictures and the archives can mend.")
    ] = False,
    library: LibraryOption = HOME,
    json: JsonOption = False,
) -> None:
    """Find what is wrong with the library. Exit code 1 where something is, and is not mended."""
    from explorer import Library
    from explorer.cli.progress import progress_for_stderr

    progress = progress_for_stderr()
    with Library.open(library) as opened:
        found = (
            opened.maintenance.repair(progress=progress, tell=render.note)
            if repair
            else opened.maintenance.examine(progress=progress)
        )
    if json:
        render.print_json(*({**render.as_json(one), "way_out": one.way_out} for one in found))
    else:
        render.print_table(
            ("what", "where", "why", "mended" if repair else "mending"),
            [
                (one.part, one.where, one.what, ("yes" if one.mended else "no") if repair else one.way_out)
                for one in found
            ],
            empty="Nothing is wrong.",
        )
        if found and not repair:
            print(f"Mend it: explorer doctor --repair --library {library}")
    if not all(one.mended for one in found):
        raise typer.Exit(1)
