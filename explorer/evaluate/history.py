"""What earlier self-tests of a library told: one line each in a file of its folder."""

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
    """Adds a line; LibraryError where the folder cannot be written."""
    try:
        with (folder / FILE).open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")
    except OSError as error:
        raise LibraryError(
            f"{folder / FILE} cannot be written: {error.strerror}. Check the permissions of the folder."
        ) from error


def last(folder: Path) -> Entry | None:
    """The newest line; None before the first. A line that a killed process left half written is passed over."""
    try:
        lines = (folder / FILE).read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LibraryError(
            f"{folder / FILE} cannot be read: {error.strerror}. Check its permissions."
        ) from error
    return next((entry for line in reversed(lines) if (entry := _entry(line)) is not None), None)


def is_selftest(entry: Entry) -> bool:
    """Whether an entry holds what a self-test tells: the file may come from a stranger, with the library."""
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
    """Whether these are scores by what was listed and by source."""
    return isinstance(value, dict) and all(
        isinstance(by_source, dict) and "all" in by_source and all(map(_is_summary, by_source.values()))
        for by_source in value.values()
    )


def _is_summary(value: object) -> bool:
    return isinstance(value, dict) and all(
        type(one) is int if name == "queries" else _is_estimate(one) for name, one in value.items()
    )


def _is_estimate(value: object) -> bool:
    return isinstance(value, dict) and all(
        type(value.get(name)) in (int, float) and isfinite(value[name]) for name in ("value", "low", "high")
    )


def _entry(line: str) -> Entry | None:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None
