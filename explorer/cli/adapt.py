"""The verb that fits a library's encoder to its own figures: adapt."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explorer.cli import render
from explorer.cli.application import app
from explorer.cli.evaluation import print_summaries
from explorer.cli.options import HOME, LibraryOption
from explorer.cli.output import Output, with_json

if TYPE_CHECKING:
    from explorer.types import AdaptReport


@app.command()
@with_json
def adapt(
    back: Annotated[bool, typer.Option("--back", help="Go back to the encoder as it was.")] = False,
    library: LibraryOption = HOME,
) -> Output:
    """Learn from the library's own figures how its pictures are spoken of, and keep it only if that helps.

    Whether it helps is measured with captions of issues that were not learned from. Ingest goes on with what
    was learned; after many new issues, adapt again.
    """
    from explorer import Library
    from explorer.cli.progress import progress_for_stderr

    with Library.open(library) as opened:
        if back:
            return Output.fields({"encoder": opened.encoders.undo_adapt(progress=progress_for_stderr())})
        report = opened.encoders.adapt(progress=progress_for_stderr())
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
    from explorer.types import DECIDING_METRIC, FEWEST_CAPTIONS

    if report.trial.captions < FEWEST_CAPTIONS:
        return f"no, fewer than {FEWEST_CAPTIONS} captions tell nothing for certain; nothing was changed"
    return f"no, it is not certain that {DECIDING_METRIC} rises; nothing was changed"
