"""The command `formats`."""

from __future__ import annotations

from explorer.cli.application import app
from explorer.cli.output import Output, with_json


@app.command()
@with_json
def formats() -> Output:
    """List the formats that can be read, and what is read of each."""
    from explorer.types import CONTAINERS, FORMATS

    rows = [
        *(("document", document.name, document.suffixes, document.reads) for document in FORMATS),
        *(("container", container.name, container.suffixes, container.reads) for container in CONTAINERS),
    ]
    return Output.table(
        (dict(zip(("kind", "name", "suffixes", "reads"), row, strict=True)) for row in rows),
        ("kind", "name", "files", "reads"),
        (
            (kind, name, " ".join(f"*{suffix}" for suffix in suffixes), reads)
            for kind, name, suffixes, reads in rows
        ),
        empty="",
    )
