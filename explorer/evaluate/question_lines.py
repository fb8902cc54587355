"""Questions as JSON Lines: a query or an image, and the images that answer it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from explorer.errors import QueryError
from explorer.evaluate.augmentations import OPERATIONS, Change
from explorer.evaluate.questions import Question


def parse_questions(text: str, name: str, folder: Path) -> list[Question]:
    """Read the questions of the file `name`, whose images are in `folder`. Raises QueryError, which names the invalid line."""
    lines = enumerate(text.splitlines(), 1)
    return [
        _question(line, f"{name}, line {number}", number, folder) for number, line in lines if line.strip()
    ]


def _question(line: str, where: str, number: int, folder: Path) -> Question:
    try:
        asked = json.loads(line)
        words, image, kind = asked.get("query"), asked.get("image"), asked.get("kind")
        if not all(isinstance(one, str | None) for one in (words, image, kind)) or not (words or image):
            raise TypeError("neither words nor a picture")
        relevant = asked["relevant"]
        if not isinstance(relevant, list) or not all(isinstance(one, str) for one in relevant):
            raise TypeError("relevant is no list of images")
        return Question(
            number, frozenset(relevant), words, image or None, folder, _change(asked), written_kind=kind
        )
    except (ValueError, AttributeError, TypeError, KeyError) as error:
        raise QueryError(
            f"{where} is no query with its answers ({_said(error)}). "
            'Write {"query": "words", "relevant": ["images/a.png"]}.'
        ) from error


def _change(asked: Mapping[str, Any]) -> Change | None:
    operation = asked.get("operation", asked.get("op"))
    if operation is None:
        return None
    if operation not in OPERATIONS:
        raise ValueError(f"{operation!r} is none of {', '.join(OPERATIONS)}")
    size = asked.get("size")
    return Change(operation, dict(asked["parameters"]), (int(size[0]), int(size[1])) if size else None)


def _said(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)
