"""`explorer push` and `pull`: the index moves to a Qdrant server, and back into the library's folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli.application import app
from explorer.cli.options import (
    HOME,
    LibraryOption,
    OnDiskOption,
    QuantisationOption,
    ReplicasOption,
    ShardsOption,
    layout_of,
)
from explorer.cli.output import Output, with_json

if TYPE_CHECKING:
    from explorer.types import LibraryStatus


@app.command()
@with_json
def push(
    url: Annotated[str, typer.Argument(metavar="URL", help="The Qdrant server; the key is QDRANT_API_KEY.")],
    shards: ShardsOption = None,
    replicas: ReplicasOption = None,
    on_disk: OnDiskOption = None,
    quantisation: QuantisationOption = None,
    library: LibraryOption = HOME,
) -> Output:
    """Move the index to a Qdrant server, which answers from then on; again, to go on where it stopped."""
    from explorer import Library

    with Library.open(library) as opened:
        status = opened.maintenance.push(url, layout=layout_of(shards, replicas, on_disk, quantisation))
    return _moved(status, f"The way back: explorer pull --library {library}")


@app.command()
@with_json
def pull(library: LibraryOption = HOME) -> Output:
    """Move the index from its server into the library's folder, which answers from then on."""
    from explorer import Library

    with Library.open(library) as opened:
        from_server = opened.status().qdrant_url
        status = opened.maintenance.pull()
    return _moved(status, f"The way back: explorer push {from_server} --library {library}")


def _moved(status: LibraryStatus, way_back: str) -> Output:
    """Return the output for an index that was moved."""
    return Output.sentences(
        {"qdrant_url": status.qdrant_url, "generation": status.generation, "points": status.points},
        f"{status.points} points answer from {status.qdrant_url or 'the folder of the library'} now.",
        way_back,
    )
