"""Queries as they are written for the command line: a file of many, and boxes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.errors import QueryProblem
from explorer.library import Box
from explorer.measure.changes import OPERATIONS, Change
from explorer.measure.questions import Question


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
    for number, line in _lines(file):
        yield _query(line, number, file)


def read_questions(file: Path) -> list[Question]:
    """The queries of a JSON Lines file with the images that answer them; QueryProblem names the line that is none."""
    return [_question(line, number, file) for number, line in _lines(file)]


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


def parsed_weights(written: str | None) -> dict[str, float]:
    """`"picture=0.5,terms=1"` as numbers by leg; QueryProblem when it is none."""
    try:
        pairs = (one.split("=") for one in (written or "").split(",") if one.strip())
        return {leg.strip(): float(weight) for leg, weight in pairs}
    except ValueError as error:
        raise QueryProblem(f"{written!r} weighs no legs. Write leg=weight: picture=0.5,terms=1") from error


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    """The lines of a file that hold something, with their numbers."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QueryProblem(f"{file} cannot be read: {error}.") from error
    return ((number, line) for number, line in enumerate(lines, 1) if line.strip())


def _question(line: str, number: int, file: Path) -> Question:
    try:
        asked = json.loads(line)
        words, image, kind = asked.get("query"), asked.get("image"), asked.get("kind")
        if not all(isinstance(one, str | None) for one in (words, image, kind)) or not (words or image):
            raise TypeError("neither words nor a picture")
        relevant = asked["relevant"]
        if not isinstance(relevant, list) or not all(isinstance(one, str) for one in relevant):
            raise TypeError("relevant is no list of images")
        return Question(
            number, frozenset(relevant), words, image or None, file.parent, _change(asked), written_kind=kind
        )
    except (ValueError, AttributeError, TypeError, KeyError) as error:
        raise QueryProblem(
            f"{file}, line {number} is no query with its answers ({_said(error)}). "
            'Write {"query": "words", "relevant": ["images/a.png"]}.'
        ) from error


def _change(asked: Mapping[str, Any]) -> Change | None:
    operation = asked.get("operation", asked.get("op"))
    if operation is None:
        return None
    if operation not in OPERATIONS:
        raise ValueError(f"{operation!r} is none of {', '.join(OPERATIONS)}")
    return Change(operation, dict(asked["parameters"]))


def _said(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


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
