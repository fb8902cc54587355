"""Queries as they are written for the command line: a file of many, and boxes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from explorer import check_weights, parse_questions
from explorer.cli.usage import WrongUsageError
from explorer.errors import QueryError
from explorer.types import Box, Question


@dataclass(frozen=True, slots=True)
class WrittenQuery:
    """One line of a query file."""

    id: object  # as it was written, else the number of the line
    words: str | None
    image: Path | None
    box: Box | None


def read_queries(file: Path) -> Iterator[WrittenQuery]:
    """Read the queries of a JSON Lines file. Raises QueryError, which names the invalid line.

    A picture's path is taken from the folder of the file, unless it is absolute.
    """
    for number, line in _lines(file):
        yield _query(line, number, file)


def read_questions(file: Path) -> list[Question]:
    """Read the queries of a JSON Lines file and the images that answer them. Raises QueryError, which names the invalid line."""
    return parse_questions(_text(file), str(file), file.parent)


def parsed_box(written: str | None) -> Box | None:
    """`"10,20,300,400"` as numbers; WrongUsageError when it is no box."""
    if written is None:
        return None
    try:
        left, top, right, bottom = (float(side) for side in written.split(","))
    except ValueError as error:
        raise WrongUsageError(
            f"{written!r} is no box. Write left,top,right,bottom in px: 10,20,300,400"
        ) from error
    return left, top, right, bottom


def parsed_weights(written: str | None) -> dict[str, float]:
    """`"picture=0.5,terms=1"` as numbers by leg; WrongUsageError when it is none."""
    try:
        pairs = (one.split("=") for one in (written or "").split(",") if one.strip())
        weights = {leg.strip(): float(weight) for leg, weight in pairs}
        check_weights(weights)
    except QueryError as problem:
        raise WrongUsageError(str(problem)) from problem
    except ValueError as error:
        raise WrongUsageError(f"{written!r} weighs no legs. Write leg=weight: picture=0.5,terms=1") from error
    return weights


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    """The lines of a file that hold something, with their numbers."""
    return ((number, line) for number, line in enumerate(_text(file).splitlines(), 1) if line.strip())


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(f"{file} cannot be read: {error}.") from error


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
        raise QueryError(
            f'{file}, line {number} is no query ({error}). Write {{"query": "words"}} or {{"image": "file.png"}}.'
        ) from error
