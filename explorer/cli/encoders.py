"""`explorer encode` and `use`: try another encoder beside the one in use, then change over, or back."""

from __future__ import annotations

from typing import Annotated

import typer

from explorer.cli import render
from explorer.cli.application import app
from explorer.cli.options import HOME, LibraryOption, RayOption
from explorer.cli.output import Output, with_json
from explorer.cli.usage import WrongUsageError


@app.command()
@with_json
def encode(
    encoder: Annotated[
        str | None, typer.Option(help="What makes the vectors: see `explorer models`.", show_default=False)
    ] = None,
    drop: Annotated[
        str | None, typer.Option(help="Delete the index of this encoder instead.", show_default=False)
    ] = None,
    ray: RayOption = None,
    library: LibraryOption = HOME,
) -> Output:
    """Make an index of another encoder beside the one in use; again, to go on where it stopped."""
    from explorer import Library
    from explorer.cli.progress import progress_for_stderr

    if (encoder is None) == (drop is None):
        raise WrongUsageError("Name one: --encoder makes an index, --drop deletes it. See: explorer models")
    with Library.open(library) as opened:
        if drop:
            opened.encoders.drop(drop)
            return Output.sentences(
                {"dropped": drop},
                f"The index of {drop} is deleted. Its vectors stay: to make it again is quick.",
            )
        report = opened.encoders.add(encoder or "", ray=ray, progress=progress_for_stderr(), tell=render.note)
        in_use = opened.status().encoder
    return Output.sentences(
        render.as_json(report),
        f"{report.points} points of {report.encoder} are ready; {in_use} goes on answering.",
        f"Compare them: explorer compare {in_use} {report.encoder} --library {library}",
        f"Change over: explorer use {report.encoder} --library {library}",
    )


@app.command()
@with_json
def use(
    encoder: Annotated[
        str | None, typer.Argument(metavar="[ENCODER]", help="One that `explorer encode` made an index of.")
    ] = None,
    back: Annotated[bool, typer.Option("--back", help="The one before, again.")] = False,
    library: LibraryOption = HOME,
) -> Output:
    """Let another encoder's index answer from now on."""
    from explorer import Library
    from explorer.cli.progress import progress_for_stderr

    if (encoder is None) != back:
        raise WrongUsageError("Name an encoder, or go --back to the one before. See: explorer status")
    with Library.open(library) as opened:
        if encoder is None:
            encoder = opened.encoders.use_previous(progress=progress_for_stderr())
        else:
            opened.encoders.use(encoder, progress=progress_for_stderr())
    return Output.sentences(
        {"encoder": encoder},
        f"{encoder} answers now. The way back: explorer use --back --library {library}",
    )
