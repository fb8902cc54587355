"""Queries of the command line: files of queries, boxes and weights."""

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
class FileQuery:
    """A query of a query file."""

    id: object  # as in the file, otherwise the number of the line
    words: str | None
    image: Path | None
    box: Box | None


def read_queries(file: Path) -> Iterator[FileQuery]:
    """Read the queries of a JSON Lines file. Raises QueryError, which names the invalid line.

    A relative path of a picture starts at the folder of the file.
    """
    for number, line in _lines(file):
        yield _query(line, number, file)


def read_questions(file: Path) -> list[Question]:
    """Read the queries of a JSON Lines file and the images that answer them.

    Raises QueryError, which names the invalid line.
    """
    return parse_questions(_text(file), str(file), file.parent)


def parse_box(text: str | None) -> Box | None:
    """Parse a box such as `10,20,300,400`. Raises WrongUsageError if it is not a box."""
    if text is None:
        return None
    try:
        left, top, right, bottom = (float(side) for side in text.split(","))
    except ValueError as error:
        raise WrongUsageError(
            f"{text!r} is not a box. Write left,top,right,bottom in px: 10,20,300,400"
        ) from error
    return left, top, right, bottom


def parse_weights(text: str | None) -> dict[str, float]:
    """Parse weights such as `picture=0.5,terms=1`. Raises WrongUsageError if they are invalid."""
    try:
        pairs = (pair.split("=") for pair in (text or "").split(",") if pair.strip())
        weights = {leg.strip(): float(weight) for leg, weight in pairs}
        check_weights(weights)
    except QueryError as error:
        raise WrongUsageError(str(error)) from error
    except ValueError as error:
        raise WrongUsageError(
            f"{text!r} is not a list of weights. Write leg=weight: picture=0.5,terms=1"
        ) from error
    return weights


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a file that are not empty, with their numbers."""
    return ((number, line) for number, line in enumerate(_text(file).splitlines(), 1) if line.strip())


def _text(file: Path) -> str:
    """Return the text of a query file. Raises QueryError if it cannot be read."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise QueryError(f"{file} cannot be read: {reason}. Check the file and its path.") from error


def _query(line: str, number: int, file: Path) -> FileQuery:
    """Parse a line of a query file. Raises QueryError if it is invalid."""
    try:
        query = json.loads(line)
        words, image, box = query.get("query"), query.get("image"), query.get("box")
        if not isinstance(words, str | None):
            raise TypeError("the query is not a text")
        if box is not None:
            left, top, right, bottom = map(float, box)
            box = left, top, right, bottom
        return FileQuery(query.get("id", str(number)), words, file.parent / image if image else None, box)
    except (ValueError, AttributeError, TypeError) as error:
        raise QueryError(
            f'{file}, line {number} is not a query ({error}). Write {{"query": "words"}} or {{"image": "file.png"}}.'
        ) from error
