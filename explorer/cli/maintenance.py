"""`explorer backup`, `export`, `import` and `doctor`: copies of a library, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli import render
from explorer.cli.application import app
from explorer.cli.options import HOME, LibraryOption
from explorer.cli.output import Output, with_json

if TYPE_CHECKING:
    from explorer import Library


@app.command()
@with_json
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write, a tar.")],
    library: LibraryOption = HOME,
) -> Output:
    """Write the whole library to one file, also while it is in use."""
    from explorer import Library
    from explorer.cli.progress import progress_for_stderr

    with Library.open(library) as opened:
        size = opened.maintenance.backup(file, progress=progress_for_stderr())
    return Output.sentences(
        {"file": str(file), "bytes": size},
        f"{file} has {size:,} bytes. Put it back: explorer restore {file} --library DIR",
    )


@app.command()
@with_json
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder to write into.")],
    library: LibraryOption = HOME,
) -> Output:
    """Write everything for other programs: JSON Lines, pictures, vectors as Parquet, captions as CSV."""
    from explorer import Library
    from explorer.cli.progress import progress_for_stderr

    with Library.open(library) as opened:
        opened.maintenance.export(folder, progress=progress_for_stderr())
    return Output.sentences(
        {"folder": str(folder)},
        f"{folder} holds the library. Make one of it again: explorer import {folder} --library DIR",
    )


@app.command("import")
@with_json
def import_(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="What `explorer export` wrote.")],
    library: LibraryOption = HOME,
    qdrant_url: Annotated[
        str | None, typer.Option(help="Keep the index on this Qdrant server; the key is QDRANT_API_KEY.")
    ] = None,
) -> Output:
    """Make a library of what was exported, in a new folder."""
    from explorer import Library
    from explorer.cli.progress import progress_for_stderr

    with Library.from_export(folder, library, qdrant_url=qdrant_url, progress=progress_for_stderr()) as copy:
        return copied_library(copy, library)


def copied_library(copy: Library, folder: Path) -> Output:
    """Return the output for a library that was made from a copy: its figures, and the archives that a sync of it reads.

    The copy may come from somebody else.
    """
    figures = copy.browse.ledger().figures
    return Output.sentences(
        {"library": str(folder), "figures": figures},
        f"{folder} has {figures} figures: explorer app --library {folder}",
        *(
            f"explorer sync reads {name} at {location}; not to read it again: explorer forget {name}"
            for name, location in copy.status().archives
        ),
    )


@app.command()
@with_json
def doctor(
    repair: Annotated[
        bool, typer.Option("--repair", help="Mend what the catalog, the pictures and the archives can mend.")
    ] = False,
    library: LibraryOption = HOME,
) -> Output:
    """Find what is wrong with the library. Exit code 1 where something is, and is not mended."""
    from explorer import Library
    from explorer.cli.progress import progress_for_stderr

    progress = progress_for_stderr()
    with Library.open(library) as opened:
        findings = (
            opened.maintenance.repair(progress=progress, tell=render.note)
            if repair
            else opened.maintenance.examine(progress=progress)
        )
    rows = [
        (one.part, one.where, one.what, ("yes" if one.mended else "no") if repair else one.way_out)
        for one in findings
    ]
    return Output(
        ({**render.as_json(one), "way_out": one.way_out} for one in findings),
        partial(_print_findings, rows, library, repaired=repair),
        failure=None if all(one.mended for one in findings) else typer.Exit(1),
    )


def _print_findings(rows: Sequence[Sequence[object]], library: Path, *, repaired: bool) -> None:
    render.print_table(
        ("what", "where", "why", "mended" if repaired else "mending"), rows, empty="Nothing is wrong."
    )
    if rows and not repaired:
        print(f"Mend it: explorer doctor --repair --library {library}")
