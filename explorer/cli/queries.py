"""Queries as they are written for the command line: a file of many, and boxes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from explorer.errors import QueryProblem
from explorer.library import Box


@dataclass(frozen=True, slots=True)
class WrittenQuery:
    """One line of a query file."""

    id: object  # as it was written, else the number of the line
    words: str | None
    image: Path | None
    box: Box | None


def read_queries(file: Path) -> Iterator[WrittenQuery]:
    """The queries of a JSON Lines file; QueryProblem names the line that is none.

    A picture's path is taken from the folder of the file, unless it is absolute.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QueryProblem(f"{file} cannot be read: {error}.") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _query(line, number, file)


def parsed_box(written: str | None) -> Box | None:
    """`"10,20,300,400"` as numbers; QueryProblem when it is no box."""
    if written is None:
        return None
    try:
        left, top, right, bottom = (float(side) for side in written.split(","))
    except ValueError as error:
        raise QueryProblem(
            f"{written!r} is no box. Write left,top,right,bottom in px: 10,20,300,400"
        ) from error
    return left, top, right, bottom


def _query(line: str, number: int, file: Path) -> WrittenQuery:
    try:
        asked = json.loads(line)
        words, image, box = asked.get("query"), asked.get("image"), asked.get("box")
        if not isinstance(words, str | None):
            raise TypeError("the query is no text")
        if box is not None:
            left, top, right, bottom = map(float, box)
            box = left, top, right, bottom
        return WrittenQuery(asked.get("id", str(number)), words, file.parent / image if image else None, box)
    except (ValueError, AttributeError, TypeError) as error:
        raise QueryProblem(
            f'{file}, line {number} is no query ({error}). Write {{"query": "words"}} or {{"image": "file.png"}}.'
        ) from error
