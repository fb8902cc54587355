"""`explorer sync`, `trash`, `restore` and `forget`: the library follows its archives, and loses nothing on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli import render
from explorer.cli.application import app, open_library
from explorer.cli.options import HOME, LibraryOption
from explorer.cli.output import Output, with_json
from explorer.cli.usage import WrongUsageError

if TYPE_CHECKING:
    from explorer.types import ArchiveChanges, SyncReport


@app.command()
@with_json
def sync(
    library: LibraryOption = HOME,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would be done, and do nothing.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Keep going: take in what changes as it changes, until Ctrl+C.")
    ] = False,
    fetch_remote: Annotated[
        bool, typer.Option("--fetch-remote", help="Fetch pictures that lie outside the archives.")
    ] = False,
) -> Output:
    """Bring the library up to date with its archives: only what changed is read."""
    if dry_run and watch:
        raise WrongUsageError("--dry-run tells what one sync would do. Leave --watch away.")
    reports = _sync_reports(library, dry_run=dry_run, watch=watch, fetch_remote=fetch_remote)
    return Output(map(render.as_json, reports), partial(_print_reports, reports, done=not dry_run))


def _sync_reports(library: Path, *, dry_run: bool, watch: bool, fetch_remote: bool) -> Iterator[SyncReport]:
    """Yield a report for each sync as soon as it is done; with `watch`, until the program is stopped."""
    from explorer.cli.progress import progress_for_stderr

    with open_library(library) as opened:
        if dry_run:
            yield opened.archives.sync(dry_run=True)
        elif watch:
            yield from opened.archives.watch(fetch_remote=fetch_remote, tell=render.note)
        else:
            yield opened.archives.sync(
                fetch_remote=fetch_remote, progress=progress_for_stderr(), tell=render.note
            )


@app.command()
@with_json
def trash(library: LibraryOption = HOME) -> Output:
    """List the issues that are gone from their archives. They are kept for 30 days."""
    from explorer import Library

    with Library.open(library) as opened:
        found = opened.archives.trash()
    return Output.table(
        map(render.as_json, found),
        ("id", "gone since", "title", "figures", "document"),
        ((one.id[:8], one.deleted[:10], one.title or "", one.figures, one.document) for one in found),
        empty="The trash is empty.",
    )


@app.command()
@with_json
def restore(
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="A file that `backup` wrote; or a document in the trash, or the beginning of its id.",
        ),
    ],
    library: LibraryOption = HOME,
) -> Output:
    """Put a backup into a new folder; or bring an issue back from the trash, to stay even while its archive lacks it."""
    from explorer import Library
    from explorer.cli.maintenance import copied_library
    from explorer.cli.progress import progress_for_stderr

    if Path(what).is_file():
        with Library.from_backup(what, library, progress=progress_for_stderr()) as copy:
            return copied_library(copy, library)
    with Library.open(library) as opened:
        restored = opened.archives.restore(what, progress=progress_for_stderr())
    return Output.sentences(
        render.as_json(restored), f"{restored.document} is back, with {restored.figures} figures."
    )


@app.command()
@with_json
def forget(
    archive: Annotated[
        str, typer.Argument(metavar="ARCHIVE", help="The name of an archive: see explorer status --json.")
    ],
    library: LibraryOption = HOME,
) -> Output:
    """Stop reading an archive; its issues go to the trash."""
    from explorer import Library
    from explorer.cli.progress import progress_for_stderr

    with Library.open(library) as opened:
        gone = opened.archives.forget(archive, progress=progress_for_stderr())
    return Output.sentences(
        {"archive": archive, "documents": gone},
        f"{archive} is forgotten; its {len(gone)} issues are in the trash: explorer trash --library {library}",
    )


def _print_reports(reports: Iterable[SyncReport], *, done: bool) -> None:
    for report in reports:
        for archive in report.archives:
            print(render.plain(f"{archive.location}: {_told(archive, done=done)}"))
            for sign, document in _documents(archive):
                print(render.plain(f"  {sign} {document}"))
        print(f"{'took' if done else 'looked for'} {report.seconds:.1f} s", flush=True)


def _told(archive: ArchiveChanges, *, done: bool) -> str:
    changes = archive.changes
    if archive.absent:
        return f"{archive.absent}. What was read of it stays; if it is gone for good: explorer forget {archive.name}"
    counts = {
        "new": len(changes.new),
        "changed": len(changes.changed),
        "moved": len(changes.moved),
        "gone" if done else "to the trash": len(changes.gone),
        "new pictures": changes.new_pictures,
        "changed pictures": changes.changed_pictures,
        "pictures gone": changes.gone_pictures,
    }
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "nothing changed"


def _documents(archive: ArchiveChanges) -> list[tuple[str, str]]:
    changes = archive.changes
    return [
        *(("+", document) for document in changes.new),
        *(("~", document) for document in changes.changed),
        *((">", f"{old} -> {new}") for old, new in changes.moved),
        *(("-", document) for document in changes.gone),
    ]
