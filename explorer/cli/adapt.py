"""The verb that fits a library's encoder to its own figures: adapt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from explorer.cli import render
from explorer.cli.application import app
from explorer.cli.evaluation import print_summaries
from explorer.cli.options import HOME, JsonOption, LibraryOption

if TYPE_CHECKING:
    from explorer.types import AdaptReport


@app.command()
def adapt(
    back: Annotated[bool, typer.Option("--back", help="Go back to the encoder as it was.")] = False,
    library: LibraryOption = HOME,
    json: JsonOption = False,
) -> None:
    """Learn from the library's own figures how its pictures are spoken of, and keep it only if that helps.

    Whether it helps is measured with captions of issues that were not learned from. Ingest goes on with what
    was learned; after many new issues, adapt again.
    """
    from explorer import Library
    from explorer.cli.progress import progress_for_stderr

    with Library.open(library) as opened:
        if back:
            encoder = opened.encoders.undo_adapt(progress=progress_for_stderr())
            if json:
                render.print_json({"encoder": encoder})
            else:
                render.print_pairs([("encoder", encoder)])
            return
        done = opened.encoders.adapt(progress=progress_for_stderr())
    if json:
        render.print_json(_json(done))
    else:
        _print(done)


def _json(done: AdaptReport) -> dict[str, Any]:
    trial = done.trial
    return {
        "kept": done.kept,
        "encoder": done.encoder,
        "figures": trial.figures,
        "captions": trial.captions,
        "before": trial.before.plain(),
        "after": trial.after.plain(),
        "difference": trial.difference.plain(),
        "seconds": done.seconds,
    }


def _print(done: AdaptReport) -> None:
    trial = done.trial
    print_summaries(
        ("held-out captions",),
        [("before", trial.before), ("adapted", trial.after), ("adapted - before", trial.difference)],
        empty="",
    )
    print()
    render.print_pairs(
        [
            ("learned from", f"{trial.figures} figures"),
            ("kept", "yes" if done.kept else _why_not(done)),
            ("encoder", done.encoder),
            ("took", f"{done.seconds:.1f} s"),
        ]
    )


def _why_not(done: AdaptReport) -> str:
    from explorer.types import DECIDING_METRIC, MIN_CAPTIONS

    if done.trial.captions < MIN_CAPTIONS:
        return f"no, fewer than {MIN_CAPTIONS} captions tell nothing for certain; nothing was changed"
    return f"no, it is not certain that {DECIDING_METRIC} rises; nothing was changed"
