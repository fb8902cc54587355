"""The commands `ingest` and `enrich`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli import render
from explorer.cli.application import app, open_library
from explorer.cli.options import (
    HOME,
    MOST,
    LibraryOption,
    OnDiskOption,
    QuantisationOption,
    RayOption,
    ReplicasOption,
    ShardsOption,
    layout_of,
)
from explorer.cli.output import Output, with_json

if TYPE_CHECKING:
    from explorer.types import EnrichReport, IngestReport

ArchivesArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH...", help="Folders, zips or documents to read; or the address of a site, to copy."
    ),
]
EncoderOption = Annotated[str | None, typer.Option(help="What makes the vectors: see `explorer models`.")]
QdrantUrlOption = Annotated[
    str | None, typer.Option(help="Keep the index on this Qdrant server; the key is QDRANT_API_KEY.")
]
FetchRemoteOption = Annotated[
    bool, typer.Option("--fetch-remote", help="Fetch pictures that lie outside the archive.")
]
PauseOption = Annotated[
    float, typer.Option(min=0.1, max=3600, help="Seconds between two requests to a site that is copied.")
]
RebuildOption = Annotated[
    bool, typer.Option("--rebuild", help="Make the index anew, not from the current one.")
]


@app.command()
@with_json
def ingest(
    archives: ArchivesArgument,
    library: LibraryOption = HOME,
    encoder: EncoderOption = None,
    qdrant_url: QdrantUrlOption = None,
    shards: ShardsOption = None,
    replicas: ReplicasOption = None,
    on_disk: OnDiskOption = None,
    quantisation: QuantisationOption = None,
    fetch_remote: FetchRemoteOption = False,
    pause: PauseOption = 1.0,
    rebuild: RebuildOption = False,
    ray: RayOption = None,
) -> Output:
    """Read archives into the library; again, to take in what changed."""
    from explorer import Library
    from explorer.cli.progress import progress_for_stderr

    layout = layout_of(shards, replicas, on_disk, quantisation)
    with Library.create_for_ingest(library, qdrant_url=qdrant_url, layout=layout) as opened:
        report = opened.archives.ingest(
            archives,
            encoder=encoder,
            fetch_remote=fetch_remote,
            rebuild=rebuild,
            ray=ray,
            pause=pause,
            progress=progress_for_stderr(),
            tell=render.note,
        )
    return Output([render.as_json(report)], partial(_print_report, report, library))


def _print_report(report: IngestReport, library: Path) -> None:
    with open_library(library) as opened:
        updates = opened.saved_searches.updates()
    counted = render.counted
    look = f"explorer problems --library {library}"
    enrich = f"explorer enrich --library {library}"
    remote = counted(report.remote, "pictures lie outside the archive (--fetch-remote gets them)")
    ocr_pending = counted(report.unread, f"pictures may carry text that nobody has read: {enrich}")
    put_off = counted(report.put_off, f"texts of long issues are found by their words alone until: {enrich}")
    news = ", ".join(f"{len(one.new)} for the saved search {one.saved_search.name}" for one in updates)
    render.print_pairs(
        [
            ("issues", report.issues),
            ("items", report.items),
            ("figures", f"{report.figures} showing {report.pictures} pictures"),
            ("missing", counted(report.missing, "pictures are not in the archive")),
            ("remote", remote),
            ("left out", ", ".join(f"{count} {reason}" for reason, count in report.left_out.items())),
            ("mentioned", counted(report.mentioned, f"addresses of pictures were not read: {look}")),
            ("problems", counted(report.problems, f"files could not be read: {look}")),
            ("skipped", counted(report.skipped, f"files are no issues: {look}")),
            ("unread", ocr_pending),
            ("put off", put_off),
            ("encoder", report.encoder),
            ("took", f"{report.seconds:.1f} s"),
            ("news", news),
            (
                "next",
                f'explorer search "what you remember" --library {library}, or explorer app --library {library}',
            ),
        ]
    )


@app.command()
@with_json
def enrich(
    library: LibraryOption = HOME,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, max=MOST, help="Maximum number of pictures to read now.")
    ] = None,
) -> Output:
    """Encode the rest of long issues, read the text in the pictures, and make both searchable; again, to go on."""
    from explorer.cli.progress import progress_for_stderr

    with open_library(library) as opened:
        report = opened.archives.enrich(limit=limit, progress=progress_for_stderr(), tell=render.note)
    return Output([render.as_json(report)], partial(_print_enrich_report, report, library))


def _print_enrich_report(report: EnrichReport, library: Path) -> None:
    left = render.counted(report.unread, f"pictures are left: explorer enrich --library {library}")
    render.print_pairs(
        [
            ("encoded", render.counted(report.encoded, "texts of long issues")),
            ("read", f"{report.read} pictures, {report.with_text} of them carry text"),
            ("unread", left),
            ("took", f"{report.seconds:.1f} s"),
        ]
    )
