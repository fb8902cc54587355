"""`explorer formats`: what can be read."""

from __future__ import annotations

from explorer.cli.application import app
from explorer.cli.output import Output, with_json


@app.command()
@with_json
def formats() -> Output:
    """List what can be read, and what is read of it."""
    from explorer.types import CONTAINERS, FORMATS

    rows = [
        *(("document", it.name, it.suffixes, it.reads) for it in FORMATS),
        *(("container", it.name, it.suffixes, it.reads) for it in CONTAINERS),
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
