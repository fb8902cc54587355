"""The commands `backup`, `export`, `import` and `doctor`: copies of a library, and its repair."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli import render
from explorer.cli.application import app, open_library
from explorer.cli.options import DEFAULT_FOLDER, LibraryOption
from explorer.cli.output import Output, with_json

if TYPE_CHECKING:
    from explorer import Library


@app.command()
@with_json
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The tar file to write.")],
    folder: LibraryOption = DEFAULT_FOLDER,
) -> Output:
    """Write the whole library to one file, even while it is in use."""
    from explorer.cli.progress import progress_for_stderr

    with open_library(folder) as library:
        size = library.maintenance.backup(file, progress=progress_for_stderr())
    return Output.sentences(
        {"file": str(file), "bytes": size},
        f"{file} has {size:,} bytes. To restore it: explorer restore {file} --library DIR",
    )


@app.command()
@with_json
def export(
    target: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder to write into.")],
    folder: LibraryOption = DEFAULT_FOLDER,
) -> Output:
    """Export everything for other programs: JSON Lines, pictures, Parquet (vectors) and CSV (captions)."""
    from explorer.cli.progress import progress_for_stderr

    with open_library(folder) as library:
        library.maintenance.export(target, progress=progress_for_stderr())
    return Output.sentences(
        {"folder": str(target)},
        f"{target} contains the library. To import it: explorer import {target} --library DIR",
    )


@app.command("import")
@with_json
def import_(
    source: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that `explorer export` wrote.")],
    folder: LibraryOption = DEFAULT_FOLDER,
    qdrant_url: Annotated[
        str | None,
        typer.Option(help="Keep the index on this Qdrant server. Its API key is read from QDRANT_API_KEY."),
    ] = None,
) -> Output:
    """Create a library from an export, in a new folder."""
    from explorer import Library
    from explorer.cli.progress import progress_for_stderr

    with Library.from_export(
        source, folder, qdrant_url=qdrant_url, progress=progress_for_stderr()
    ) as library:
        return copied_library(library, folder)


def copied_library(library: Library, folder: Path) -> Output:
    """Return the output for a library that was made from a backup or an export.

    The copy may come from somebody else, so the archives that a sync would read are named.
    """
    figures = library.browse.ledger().figures
    return Output.sentences(
        {"library": str(folder), "figures": figures},
        f"{folder} has {figures} figures: explorer app --library {folder}",
        *(
            f"explorer sync will read {name} at {location}. To prevent it: explorer forget {name}"
            for name, location in library.status().archives
        ),
    )


@app.command()
@with_json
def doctor(
    repair: Annotated[
        bool,
        typer.Option(
            "--repair", help="Repair what can be repaired from the catalog, the pictures and the archives."
        ),
    ] = False,
    folder: LibraryOption = DEFAULT_FOLDER,
) -> Output:
    """Find what is wrong with the library. The exit code is 1 if problems remain."""
    from explorer.cli.progress import progress_for_stderr

    progress = progress_for_stderr()
    with open_library(folder) as library:
        findings = (
            library.maintenance.repair(progress=progress, tell=render.note)
            if repair
            else library.maintenance.examine(progress=progress)
        )
    rows = [
        (
            finding.part,
            finding.where,
            finding.what,
            ("yes" if finding.mended else "no") if repair else finding.way_out,
        )
        for finding in findings
    ]
    return Output(
        ({**render.as_json(finding), "way_out": finding.way_out} for finding in findings),
        partial(_print_findings, rows, folder, repaired=repair),
        failure=None if all(finding.mended for finding in findings) else typer.Exit(1),
    )


def _print_findings(rows: Sequence[Sequence[object]], folder: Path, *, repaired: bool) -> None:
    render.print_table(
        ("what", "where", "why", "repaired" if repaired else "repair"), rows, empty="Nothing is wrong."
    )
    if rows and not repaired:
        print(f"Repair it: explorer doctor --repair --library {folder}")
