"""The command `adapt`: fits the encoder of a library to its own figures."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explorer.cli import render
from explorer.cli.application import app, open_library
from explorer.cli.evaluation import print_summaries
from explorer.cli.options import DEFAULT_FOLDER, LibraryOption
from explorer.cli.output import Output, with_json

if TYPE_CHECKING:
    from explorer.types import AdaptReport


@app.command()
@with_json
def adapt(
    back: Annotated[bool, typer.Option("--back", help="Return to the encoder without the adapter.")] = False,
    folder: LibraryOption = DEFAULT_FOLDER,
) -> Output:
    """Adapt the encoder to the library's own figures. The adapter is kept only if it helps.

    Whether it helps is measured on issues that the adapter has not learned from. Later ingests use the adapter.
    After many new issues, adapt again.
    """
    from explorer.cli.progress import progress_for_stderr

    with open_library(folder) as library:
        if back:
            return Output.fields({"encoder": library.encoders.undo_adapt(progress=progress_for_stderr())})
        report = library.encoders.adapt(progress=progress_for_stderr())
    return Output([_report_json(report)], partial(_print_report, report))


def _report_json(report: AdaptReport) -> dict[str, Any]:
    trial = report.trial
    return {
        "kept": report.kept,
        "encoder": report.encoder,
        "figures": trial.figures,
        "captions": trial.captions,
        "before": trial.before.plain(),
        "after": trial.after.plain(),
        "difference": trial.difference.plain(),
        "seconds": report.seconds,
    }


def _print_report(report: AdaptReport) -> None:
    trial = report.trial
    print_summaries(
        ("held-out captions",),
        [("before", trial.before), ("adapted", trial.after), ("adapted - before", trial.difference)],
        empty="",
    )
    print()
    render.print_pairs(
        [
            ("learned from", f"{trial.figures} figures"),
            ("kept", "yes" if report.kept else _why_not(report)),
            ("encoder", report.encoder),
            ("took", f"{report.seconds:.1f} s"),
        ]
    )


def _why_not(report: AdaptReport) -> str:
    from explorer.types import DECIDING_METRIC, MIN_CAPTIONS

    if report.trial.captions < MIN_CAPTIONS:
        return f"no, fewer than {MIN_CAPTIONS} captions are too few to be certain; nothing was changed"
    return f"no, it is not certain that {DECIDING_METRIC} rises; nothing was changed"
