"""What earlier self-tests of a library told: one line each in a file of its folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from explorer.errors import LibraryProblem

FILE = "selftests.jsonl"

Entry = Mapping[str, Any]


def append(folder: Path, entry: Entry) -> None:
    """Adds a line; LibraryProblem where the folder cannot be written."""
    try:
        with (folder / FILE).open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")
    except OSError as error:
        raise LibraryProblem(
            f"{folder / FILE} cannot be written: {error.strerror}. Check the permissions of the folder."
        ) from error


def last(folder: Path) -> Entry | None:
    """The newest line; None before the first. A line that a killed process left half written is passed over."""
    try:
        lines = (folder / FILE).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LibraryProblem(
            f"{folder / FILE} cannot be read: {error.strerror}. Check its permissions."
        ) from error
    return next((entry for line in reversed(lines) if (entry := _entry(line)) is not None), None)


def _entry(line: str) -> Entry | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None
