"""The commands `sync`, `trash`, `restore` and `forget`: the library follows its archives, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli import render
from explorer.cli.application import app, open_library
from explorer.cli.options import DEFAULT_FOLDER, LibraryOption
from explorer.cli.output import Output, with_json
from explorer.cli.usage import WrongUsageError

if TYPE_CHECKING:
    from explorer import Library
    from explorer.types import ArchiveChanges, SyncReport


@app.command()
@with_json
def sync(
    folder: LibraryOption = DEFAULT_FOLDER,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Keep running, and sync whenever something changes, until Ctrl+C.")
    ] = False,
    fetch_remote: Annotated[
        bool, typer.Option("--fetch-remote", help="Download pictures that are outside the archives.")
    ] = False,
) -> Output:
    """Update the library from its archives. Only what changed is read."""
    if dry_run and watch:
        raise WrongUsageError("--dry-run shows what one sync would do. Omit --watch.")
    reports = _sync_reports(folder, dry_run=dry_run, watch=watch, fetch_remote=fetch_remote)
    return Output(map(render.as_json, reports), partial(_print_reports, reports, dry_run=dry_run))


def _sync_reports(folder: Path, *, dry_run: bool, watch: bool, fetch_remote: bool) -> Iterator[SyncReport]:
    """Yield a report for each sync as soon as it is done; with `watch`, until the program is stopped."""
    from explorer.cli.progress import progress_for_stderr

    with open_library(folder) as library:
        if dry_run:
            yield library.archives.sync(dry_run=True)
        elif watch:
            for report in library.archives.watch(fetch_remote=fetch_remote, tell=render.note):
                _tell_new_matches(library)
                yield report
        else:
            report = library.archives.sync(
                fetch_remote=fetch_remote, progress=progress_for_stderr(), tell=render.note
            )
            _tell_new_matches(library)
            yield report


def _tell_new_matches(library: Library) -> None:
    for update in library.saved_searches.report():
        name = update.saved_search.name
        render.note(f'{len(update.new)} new matches for the saved search {name}: explorer saved run "{name}"')


@app.command()
@with_json
def trash(folder: LibraryOption = DEFAULT_FOLDER) -> Output:
    """List the trash: issues that are no longer in their archives. They are kept for 30 days."""
    with open_library(folder) as library:
        issues = library.archives.trash()
    return Output.table(
        map(render.as_json, issues),
        ("id", "gone since", "title", "figures", "document"),
        (
            (issue.id[:8], issue.deleted[:10], issue.title or "", issue.figures, issue.document)
            for issue in issues
        ),
        empty="The trash is empty.",
    )


@app.command()
@with_json
def restore(
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="A backup file. Or an issue in the trash: its document, its id or the beginning of the id.",
        ),
    ],
    folder: LibraryOption = DEFAULT_FOLDER,
) -> Output:
    """Restore a backup into a new folder, or an issue from the trash.

    A restored issue stays in the library, even if it is missing from its archive.
    """
    from explorer import Library
    from explorer.cli.maintenance import copied_library
    from explorer.cli.progress import progress_for_stderr

    if Path(what).is_file():
        with Library.from_backup(what, folder, progress=progress_for_stderr()) as library:
            return copied_library(library, folder)
    with open_library(folder) as library:
        restored = library.archives.restore(what, progress=progress_for_stderr())
    return Output.sentences(
        render.as_json(restored), f"{restored.document} is back, with {restored.figures} figures."
    )


@app.command()
@with_json
def forget(
    archive: Annotated[
        str, typer.Argument(metavar="ARCHIVE", help="The name of an archive: see `explorer status --json`.")
    ],
    folder: LibraryOption = DEFAULT_FOLDER,
) -> Output:
    """Stop reading an archive, and move its issues to the trash."""
    from explorer.cli.progress import progress_for_stderr

    with open_library(folder) as library:
        documents = library.archives.forget(archive, progress=progress_for_stderr())
    return Output.sentences(
        {"archive": archive, "documents": documents},
        f"{archive} is forgotten; its {len(documents)} issues are in the trash: explorer trash --library {folder}",
    )


def _print_reports(reports: Iterable[SyncReport], *, dry_run: bool) -> None:
    for report in reports:
        for archive in report.archives:
            print(render.printable(f"{archive.location}: {_summary(archive, dry_run=dry_run)}"))
            for sign, document in _documents(archive):
                print(render.printable(f"  {sign} {document}"))
        print(f"took {report.seconds:.1f} s", flush=True)


def _summary(archive: ArchiveChanges, *, dry_run: bool) -> str:
    changes = archive.changes
    if archive.absent:
        return (
            f"{archive.absent.rstrip('.')}. Its issues stay in the library. "
            f"If the archive is gone for good: explorer forget {archive.name}"
        )
    counts = {
        "new": len(changes.new),
        "changed": len(changes.changed),
        "moved": len(changes.moved),
        "to the trash" if dry_run else "gone": len(changes.gone),
        "new pictures": changes.new_pictures,
        "changed pictures": changes.changed_pictures,
        "pictures gone": changes.gone_pictures,
    }
    return ", ".join(f"{count} {change}" for change, count in counts.items() if count) or "nothing changed"


def _documents(archive: ArchiveChanges) -> list[tuple[str, str]]:
    changes = archive.changes
    return [
        *(("+", document) for document in changes.new),
        *(("~", document) for document in changes.changed),
        *((">", f"{old} -> {new}") for old, new in changes.moved),
        *(("-", document) for document in changes.gone),
    ]
