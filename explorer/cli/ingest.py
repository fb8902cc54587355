"""The commands `ingest` and `enrich`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli import render
from explorer.cli.application import app, open_library
from explorer.cli.options import (
    DEFAULT_FOLDER,
    MAX_COUNT,
    LibraryOption,
    OnDiskOption,
    PrecisionOption,
    QuantisationOption,
    RayOption,
    ReplicasOption,
    ShardsOption,
    server_layout,
)
from explorer.cli.output import Output, with_json

if TYPE_CHECKING:
    from explorer.types import EnrichReport, IngestReport, SearchUpdate

ArchivesArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="PATH...", help="Folders, zip files or documents to read, or the address of a site to copy."
    ),
]
EncoderOption = Annotated[str | None, typer.Option(help="The encoder: see `explorer models`.")]
QdrantUrlOption = Annotated[
    str | None,
    typer.Option(help="Keep the index on this Qdrant server. Its API key is read from QDRANT_API_KEY."),
]
FetchRemoteOption = Annotated[
    bool, typer.Option("--fetch-remote", help="Download pictures that are outside the archive.")
]
PauseOption = Annotated[
    float, typer.Option(min=0.1, max=3600, help="Seconds between two requests to a site that is copied.")
]
RebuildOption = Annotated[
    bool,
    typer.Option("--rebuild", help="Build the index from scratch, and reuse nothing of the current one."),
]


@app.command()
@with_json
def ingest(
    archives: ArchivesArgument,
    folder: LibraryOption = DEFAULT_FOLDER,
    encoder: EncoderOption = None,
    precision: PrecisionOption = None,
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
    """Read archives into the library. Run it again to update what changed."""
    from explorer import Library
    from explorer.cli.progress import progress_for_stderr

    layout = server_layout(shards, replicas, on_disk, quantisation)
    with Library.create_for_ingest(folder, qdrant_url=qdrant_url, layout=layout) as library:
        report = library.archives.ingest(
            archives,
            encoder=encoder,
            precision=precision,
            fetch_remote=fetch_remote,
            rebuild=rebuild,
            ray=ray,
            pause=pause,
            progress=progress_for_stderr(),
            tell=render.note,
        )
        updates = library.saved_searches.report()
    return Output([render.as_json(report)], partial(_print_report, report, updates, folder))


def _print_report(report: IngestReport, updates: Sequence[SearchUpdate], folder: Path) -> None:
    """Print the counts of an ingest, the saved searches with new matches, and what to do next."""
    count_phrase = render.count_phrase
    problems = f"explorer problems --library {folder}"
    enrich = f"explorer enrich --library {folder}"
    remote = count_phrase(report.remote, "pictures are outside the archive (--fetch-remote downloads them)")
    ocr_pending = count_phrase(report.unread, f"pictures may contain text that is not read yet: {enrich}")
    postponed = count_phrase(
        report.put_off, f"texts of long issues are found only by exact words so far: {enrich}"
    )
    news = ", ".join(
        f"{len(update.new)} new matches for the saved search {update.saved_search.name}" for update in updates
    )
    render.print_pairs(
        [
            ("issues", report.issues),
            ("items", report.items),
            ("figures", f"{report.figures} showing {report.pictures} pictures"),
            ("missing", count_phrase(report.missing, "pictures are not in the archive")),
            ("remote", remote),
            ("left out", ", ".join(f"{count} {reason}" for reason, count in report.left_out.items())),
            ("mentioned", count_phrase(report.mentioned, f"addresses of pictures were not read: {problems}")),
            ("problems", count_phrase(report.problems, f"files could not be read: {problems}")),
            ("skipped", count_phrase(report.skipped, f"files are not issues: {problems}")),
            ("unread", ocr_pending),
            ("put off", postponed),
            ("encoder", f"{report.encoder} ({report.precision})"),
            ("took", f"{report.seconds:.1f} s, {_format_core_seconds(report)}"),
            ("news", news),
            (
                "next",
                f'explorer search "what you remember" --library {folder}, or explorer app --library {folder}',
            ),
        ]
    )


def _format_core_seconds(report: IngestReport) -> str:
    """Return the processor time, and that of its longest stages."""
    stages = sorted(report.core_seconds.items(), key=lambda stage: -stage[1])
    longest = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in stages[:3])
    return f"{sum(report.core_seconds.values()):.1f} core-seconds ({longest})"


@app.command()
@with_json
def enrich(
    folder: LibraryOption = DEFAULT_FOLDER,
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=1, max=MAX_COUNT, help="Maximum number of pictures to read now."),
    ] = None,
) -> Output:
    """Read the text in pictures, and encode the rest of long issues. Run it again to continue.

    Both are searchable afterwards.
    """
    from explorer.cli.progress import progress_for_stderr

    with open_library(folder) as library:
        report = library.archives.enrich(limit=limit, progress=progress_for_stderr(), tell=render.note)
    return Output([render.as_json(report)], partial(_print_enrich_report, report, folder))


def _print_enrich_report(report: EnrichReport, folder: Path) -> None:
    left = render.count_phrase(report.unread, f"pictures are left: explorer enrich --library {folder}")
    render.print_pairs(
        [
            ("encoded", render.count_phrase(report.encoded, "texts of long issues")),
            ("read", f"{report.read} pictures, {report.with_text} of them contain text"),
            ("unread", left),
            ("took", f"{report.seconds:.1f} s"),
        ]
    )
