"""The results of earlier self-tests of a library: a file in its folder, one line each."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any

from explorer.errors import LibraryError

FILE = "selftests.jsonl"

Entry = Mapping[str, Any]


def append(folder: Path, entry: Entry) -> None:
    """Append an entry. Raises LibraryError if the folder cannot be written."""
    try:
        with (folder / FILE).open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")
    except OSError as error:
        raise LibraryError(
            f"{folder / FILE} cannot be written: {error.strerror}. Check the permissions of the folder."
        ) from error


def last(folder: Path) -> Entry | None:
    """Return the newest entry, or None if there is none. A line that a killed process left incomplete is skipped."""
    try:
        lines = (folder / FILE).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LibraryError(
            f"{folder / FILE} cannot be read: {error.strerror}. Check its permissions."
        ) from error
    return next((entry for line in reversed(lines) if (entry := _parse_entry(line)) is not None), None)


def is_selftest(entry: Entry) -> bool:
    """Whether an entry has the form of a self-test. The file may come from a stranger, with the library."""
    texts, counts = (
        (entry.get("date"), entry.get("encoder")),
        (entry.get("captions"), entry.get("generation", 0)),
    )
    return (
        all(isinstance(text, str) for text in texts)
        and all(type(count) is int or count is None for count in counts)
        and type(entry.get("captions")) is int
        and _are_scores(entry.get("caption_to_figure"))
        and _are_scores(entry.get("figure_to_caption", {}))
    )


def _are_scores(value: object) -> bool:
    """Whether a value has the form of scores by list and by source."""
    return isinstance(value, dict) and all(
        isinstance(by_source, dict) and "all" in by_source and all(map(_is_summary, by_source.values()))
        for by_source in value.values()
    )


def _is_summary(value: object) -> bool:
    return isinstance(value, dict) and all(
        type(member) is int if name == "queries" else _is_estimate(member) for name, member in value.items()
    )


def _is_estimate(value: object) -> bool:
    return isinstance(value, dict) and all(
        type(value.get(name)) in (int, float) and isfinite(value[name]) for name in ("value", "low", "high")
    )


def _parse_entry(line: str) -> Entry | None:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None
