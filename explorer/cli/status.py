"""The commands `status` and `models`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import starmap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli import render
from explorer.cli.application import app, open_library
from explorer.cli.options import DEFAULT_FOLDER, LibraryOption
from explorer.cli.output import Output, with_json
from explorer.errors import LibraryError

if TYPE_CHECKING:
    from explorer.types import CostReport, LibraryStatus, ModalityGap, Percentiles


@app.command()
@with_json
def status(
    explain: Annotated[
        bool,
        typer.Option(
            "--explain",
            help="Also show the modality gap: how far apart the vectors of pictures and texts are.",
        ),
    ] = False,
    cost: Annotated[
        bool,
        typer.Option(
            "--cost", help="Show what the ingests cost: processor time, energy, bytes, and savings."
        ),
    ] = False,
    country: Annotated[
        str | None,
        typer.Option(
            "--country",
            metavar="COUNTRY",
            help="With --cost: the country of this machine, like DEU or Germany, for grams of CO2.",
        ),
    ] = None,
    folder: LibraryOption = DEFAULT_FOLDER,
) -> Output:
    """Show what is in the library, and how it was made."""
    with open_library(folder) as library:
        if cost or country:
            report = library.maintenance.costs(country=country)
            return Output([render.as_json(report)], partial(_print_costs, report))
        library_status = library.status()
        gap = library.evaluation.modality_gap() if explain else None
        timings = library.history.timings()
    record = render.as_json(library_status)
    record["search_ms"] = {name: render.as_json(times) for name, times in timings.items()}
    if explain:
        record["modality_gap"] = gap and render.as_json(gap)
    return Output([record], partial(_print_status, library_status, timings, gap))


def _print_status(status: LibraryStatus, timings: Mapping[str, Percentiles], gap: ModalityGap | None) -> None:
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
            ("mentioned", render.count_phrase(ledger.mentioned, "addresses of pictures were not read")),
            ("problems", ledger.problems),
            ("skipped", render.count_phrase(ledger.skipped, "files are not issues")),
            ("encoder", status.encoder),
            ("precision", status.precision),
            ("runtime", status.runtime),
            ("other encoders", ", ".join(name for name in status.encoders if name != status.encoder)),
            ("index", index if status.generation else status.problem or "none yet"),
            ("graphs", ", ".join(f"{name} (recall {recall:.2f})" for name, recall in status.graphs.items())),
            ("created", status.created),
            *(("archive", location) for _, location in status.archives),
            ("searches", "\n".join(starmap(_timing, timings.items()))),
        ]
    )
    if gap:
        _print_gap(gap)


def _timing(name: str, times: Percentiles) -> str:
    """Return the time of the last searches, or of one leg of those that were timed leg by leg."""
    label = f"the last {times.searches:,}" if name == "total" else f"  {name}"
    return f"{label}: p50 {times.p50:.0f} ms, p95 {times.p95:.0f} ms"


def _print_costs(report: CostReport) -> None:
    country, watts = report.country, report.watts_per_core
    stages = (f"{stage} {seconds:,.1f}" for stage, seconds in report.core_seconds.items())
    sizes = (f"{part} {size / 1e6:,.1f}" for part, size in report.bytes.items())
    measured = (
        "" if report.measured_wh is None else f"; measured for the whole machine: {report.measured_wh:.3f} Wh"
    )
    render.print_pairs(
        [
            ("model", report.model),
            ("machine", report.machine),
            ("mechanisation", report.mechanisation),
            (
                "map",
                f"{country.name}, {country.grams_per_kwh:,.0f} g CO2 per kWh ({country.year})"
                if country
                else "unknown; name it for grams of CO2: --country DEU",
            ),
            ("runs", report.runs),
            ("core-seconds", f"{report.total_core_seconds:,.1f}: {', '.join(stages)}"),
            (
                "energy",
                f"{_format_range(report.energy_wh)} Wh, at {watts[0]:g} to {watts[1]:g} W per core{measured}",
            ),
            ("CO2", f"{_format_range(report.co2_grams)} g" if report.co2_grams else ""),
            ("MB on disk", f"{sum(report.bytes.values()) / 1e6:,.1f}: {', '.join(sizes)}"),
            (
                "saved",
                f"{report.saved_pictures:,} pictures were not embedded again: {report.saved_core_seconds:,.1f} core-seconds"
                if report.saved_pictures
                else "",
            ),
        ]
    )


def _format_range(values: tuple[float, float]) -> str:
    return f"{values[0]:,.3f} to {values[1]:,.3f}"


def _print_gap(gap: ModalityGap) -> None:
    rows = [
        (state, *(f"{cosine:.2f}" for cosine in (means.pictures, means.texts, means.across)))
        for state, means in (("as they are", gap.before), ("after centring", gap.after))
    ]
    print("\nmean cosine of two different vectors of the joint space:")
    render.print_table(("", "pictures", "texts", "picture and text"), rows, empty="")


@app.command()
@with_json
def models(folder: LibraryOption = DEFAULT_FOLDER) -> Output:
    """List the available encoders.

    The column `here` shows which of them are on this machine, and `precision` that of the index in the library.
    """
    from embeddings import available_models

    encoders, precisions = available_models(), _precisions(folder)
    return Output.table(
        ({**render.as_json(encoder), "precision": precisions.get(encoder.name)} for encoder in encoders),
        ("name", "kind", "here", "precision", "size", "dim", "speed", "quality"),
        (
            (
                encoder.name,
                encoder.kind,
                "yes" if encoder.here else "no",
                precisions.get(encoder.name, ""),
                f"{encoder.size_mb} MB",
                encoder.dim,
                encoder.speed,
                encoder.quality,
            )
            for encoder in encoders
        ),
        empty="No models.",
    )


def _precisions(folder: Path) -> Mapping[str, str]:
    """Return the precision of each index of the library, by encoder. Without a library there is none."""
    try:
        with open_library(folder) as library:
            return library.encoders.precisions()
    except LibraryError:
        return {}
