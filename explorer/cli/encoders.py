"""The commands `encode` and `use`: build an index with another encoder, and switch to it."""

from __future__ import annotations

from typing import Annotated

import typer

from explorer.cli import render
from explorer.cli.application import app, open_library
from explorer.cli.options import DEFAULT_FOLDER, LibraryOption, PrecisionOption, RayOption
from explorer.cli.output import Output, with_json
from explorer.cli.usage import WrongUsageError


@app.command()
@with_json
def encode(
    encoder: Annotated[
        str | None, typer.Option(help="The encoder: see `explorer models`.", show_default=False)
    ] = None,
    drop: Annotated[
        str | None, typer.Option(help="Delete the index of this encoder instead.", show_default=False)
    ] = None,
    ray: RayOption = None,
    precision: PrecisionOption = None,
    folder: LibraryOption = DEFAULT_FOLDER,
) -> Output:
    """Build an index with another encoder beside the one in use. Run it again to continue where it stopped."""
    from explorer.cli.progress import progress_for_stderr

    if (encoder is None) == (drop is None):
        raise WrongUsageError(
            "Use either --encoder NAME, which builds an index, or --drop NAME, which deletes one. "
            "Names: explorer models"
        )
    with open_library(folder) as library:
        if drop:
            library.encoders.drop(drop)
            return Output.sentences(
                {"dropped": drop},
                f"The index of {drop} is deleted. Its vectors are kept, so building it again is fast.",
            )
        report = library.encoders.add(
            encoder or "", ray=ray, precision=precision, progress=progress_for_stderr(), tell=render.note
        )
        in_use = library.status().encoder
    return Output.sentences(
        render.as_json(report),
        f"{report.points} points of {report.encoder} are ready. {in_use} is still in use.",
        f"Compare them: explorer compare {in_use} {report.encoder} --library {folder}",
        f"Switch to it: explorer use {report.encoder} --library {folder}",
    )


@app.command()
@with_json
def use(
    encoder: Annotated[
        str | None,
        typer.Argument(metavar="[ENCODER]", help="An encoder with an index: see `explorer encode`."),
    ] = None,
    back: Annotated[bool, typer.Option("--back", help="Switch back to the previous encoder.")] = False,
    folder: LibraryOption = DEFAULT_FOLDER,
) -> Output:
    """Switch to the index of another encoder."""
    from explorer.cli.progress import progress_for_stderr

    if (encoder is None) != back:
        raise WrongUsageError(
            "Name an encoder, or use --back for the previous one. The encoders with an index: explorer status"
        )
    with open_library(folder) as library:
        if encoder is None:
            encoder = library.encoders.use_previous(progress=progress_for_stderr())
        else:
            library.encoders.use(encoder, progress=progress_for_stderr())
    return Output.sentences(
        {"encoder": encoder},
        f"{encoder} is in use now. To switch back: explorer use --back --library {folder}",
    )
