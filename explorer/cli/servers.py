"""The commands `push` and `pull`: move the index to a Qdrant server, and back into the library."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli.application import app, open_library
from explorer.cli.options import (
    DEFAULT_FOLDER,
    LibraryOption,
    OnDiskOption,
    QuantisationOption,
    ReplicasOption,
    ShardsOption,
    server_layout,
)
from explorer.cli.output import Output, with_json

if TYPE_CHECKING:
    from explorer.types import LibraryStatus


@app.command()
@with_json
def push(
    url: Annotated[
        str,
        typer.Argument(
            metavar="URL", help="Address of the Qdrant server. Its API key is read from QDRANT_API_KEY."
        ),
    ],
    shards: ShardsOption = None,
    replicas: ReplicasOption = None,
    on_disk: OnDiskOption = None,
    quantisation: QuantisationOption = None,
    folder: LibraryOption = DEFAULT_FOLDER,
) -> Output:
    """Copy the index to a Qdrant server, and search there from then on. Run it again to continue where it stopped."""
    with open_library(folder) as library:
        status = library.maintenance.push(url, layout=server_layout(shards, replicas, on_disk, quantisation))
    return _moved_index(status, f"To switch back: explorer pull --library {folder}")


@app.command()
@with_json
def pull(folder: LibraryOption = DEFAULT_FOLDER) -> Output:
    """Copy the index from its server back into the library, and search there from then on."""
    with open_library(folder) as library:
        from_server = library.status().qdrant_url
        status = library.maintenance.pull()
    return _moved_index(status, f"To switch back: explorer push {from_server} --library {folder}")


def _moved_index(status: LibraryStatus, way_back: str) -> Output:
    """Return the output for an index that was moved."""
    place = f"on {status.qdrant_url}" if status.qdrant_url else "in the library"
    return Output.sentences(
        {"qdrant_url": status.qdrant_url, "generation": status.generation, "points": status.points},
        f"The index of {status.points} points is now {place}.",
        way_back,
    )
