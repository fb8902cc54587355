"""`explorer push` and `pull`: the index moves to a Qdrant server, and back into the library's folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli import render
from explorer.cli.application import app
from explorer.cli.options import (
    HOME,
    JsonOption,
    LibraryOption,
    OnDiskOption,
    QuantisationOption,
    ReplicasOption,
    ShardsOption,
    layout_of,
)

if TYPE_CHECKING:
    from explorer.types import LibraryStatus


@app.command()
def push(
    url: Annotated[str, typer.Argument(metavar="URL", help="The Qdrant server; the key is QDRANT_API_KEY.")],
    shards: ShardsOption = None,
    replicas: ReplicasOption = None,
    on_disk: OnDiskOption = None,
    quantisation: QuantisationOption = None,
    library: LibraryOption = HOME,
    json: JsonOption = False,
) -> None:
    """Move the index to a Qdrant server, which answers from then on; again, to go on where it stopped."""
    from explorer import Library

    with Library.open(library) as opened:
        status = opened.maintenance.push(url, layout=layout_of(shards, replicas, on_disk, quantisation))
    _tell(status, f"The way back: explorer pull --library {library}", json=json)


@app.command()
def pull(library: LibraryOption = HOME, json: JsonOption = False) -> None:
    """Move the index from its server into the library's folder, which answers from then on."""
    from explorer import Library

    with Library.open(library) as opened:
        from_server = opened.status().qdrant_url
        status = opened.maintenance.pull()
    _tell(status, f"The way back: explorer push {from_server} --library {library}", json=json)


def _tell(status: LibraryStatus, way_back: str, *, json: bool) -> None:
    if json:
        told = render.as_json(status)
        render.print_json({name: told[name] for name in ("qdrant_url", "generation", "points")})
        return
    print(f"{status.points} points answer from {status.qdrant_url or 'the folder of the library'} now.")
    print(way_back)
