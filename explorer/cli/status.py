"""The commands `status` and `models`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli import render
from explorer.cli.application import app, open_library
from explorer.cli.options import HOME, LibraryOption
from explorer.cli.output import Output, with_json

if TYPE_CHECKING:
    from explorer.types import LibraryStatus, ModalityGap


@app.command()
@with_json
def status(
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Also how far apart pictures and texts stand in the joint space."),
    ] = False,
    library: LibraryOption = HOME,
) -> Output:
    """What is in the library, and what it was made with."""
    with open_library(library) as opened:
        found = opened.status()
        gap = opened.evaluation.modality_gap() if explain else None
    record = render.as_json(found)
    if explain:
        record["modality_gap"] = gap and render.as_json(gap)
    return Output([record], partial(_print_status, found, gap))


def _print_status(status: LibraryStatus, gap: ModalityGap | None) -> None:
    ledger = status.ledger
    figures = (
        f"{ledger.figures}: {ledger.kept} kept, {ledger.missing} missing, {ledger.remote} remote, "
        f"{ledger.unreadable} unreadable"
    )
    index = f"generation {status.generation}, {status.points} points, {status.qdrant_url or 'in the library'}"
    oldest, newest = status.dates
    render.print_pairs(
        [
            ("library", status.path),
            ("issues", f"{ledger.issues}, {oldest} to {newest}" if oldest else ledger.issues),
            ("items", ledger.items),
            ("figures", figures),
            ("pictures", ledger.pictures),
            ("left out", ", ".join(f"{count} {reason}" for reason, count in ledger.left_out.items())),
            ("mentioned", render.counted(ledger.mentioned, "addresses of pictures were not read")),
            ("problems", ledger.problems),
            ("skipped", render.counted(ledger.skipped, "files are no issues")),
            ("encoder", status.encoder),
            ("encoded too", ", ".join(name for name in status.encoders if name != status.encoder)),
            ("index", index if status.generation else status.problem or "none yet"),
            ("made", status.created),
            *(("archive", location) for _, location in status.archives),
        ]
    )
    if gap:
        _print_gap(gap)


def _print_gap(gap: ModalityGap) -> None:
    rows = [
        (when, *(f"{cosine:.2f}" for cosine in (it.pictures, it.texts, it.across)))
        for when, it in (("as they are", gap.before), ("after centring", gap.after))
    ]
    print("\nmean cosine of two different vectors of the joint space:")
    render.print_table(("", "pictures", "texts", "picture and text"), rows, empty="")


@app.command()
@with_json
def models() -> Output:
    """The encoders that can be used, and which are on this machine."""
    from embeddings import available_models

    found = available_models()
    return Output.table(
        map(render.as_json, found),
        ("name", "kind", "here", "size", "dim", "speed", "quality"),
        (
            (
                one.name,
                one.kind,
                "yes" if one.here else "no",
                f"{one.size_mb} MB",
                one.dim,
                one.speed,
                one.quality,
            )
            for one in found
        ),
        empty="No models.",
    )
