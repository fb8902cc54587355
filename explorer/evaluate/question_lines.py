"""Questions as JSON Lines: a query or an image, and the relevant images."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from explorer.errors import QueryError
from explorer.evaluate.augmentations import OPERATIONS, Augmentation
from explorer.evaluate.questions import Question


def parse_questions(text: str, name: str, folder: Path) -> list[Question]:
    """Read the questions of the file `name`, whose images are in `folder`. Raises QueryError, which names the invalid line."""
    lines = enumerate(text.splitlines(), 1)
    return [
        _parse_question(line, f"{name}, line {number}", number, folder)
        for number, line in lines
        if line.strip()
    ]


def _parse_question(line: str, where: str, number: int, folder: Path) -> Question:
    try:
        fields = json.loads(line)
        words, image, kind = fields.get("query"), fields.get("image"), fields.get("kind")
        if not all(isinstance(value, str | None) for value in (words, image, kind)) or not (words or image):
            raise TypeError("neither words nor a picture")
        relevant = fields["relevant"]
        if not isinstance(relevant, list) or not all(isinstance(name, str) for name in relevant):
            raise TypeError("relevant is not a list of images")
        return Question(
            number,
            frozenset(relevant),
            words,
            image or None,
            folder,
            _parse_augmentation(fields),
            written_kind=kind,
        )
    except (ValueError, AttributeError, TypeError, KeyError) as error:
        raise QueryError(
            f"{where} is not a query with its answers ({_reason(error)}). "
            'Write {"query": "words", "relevant": ["images/a.png"]}.'
        ) from error


def _parse_augmentation(fields: Mapping[str, Any]) -> Augmentation | None:
    operation = fields.get("operation", fields.get("op"))
    if operation is None:
        return None
    if operation not in OPERATIONS:
        raise ValueError(f"{operation!r} is none of {', '.join(OPERATIONS)}")
    size = fields.get("size")
    return Augmentation(operation, dict(fields["parameters"]), (int(size[0]), int(size[1])) if size else None)


def _reason(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)
