"""The piece of a text that shows why it was found."""

from __future__ import annotations

import re
from collections.abc import Collection
from html import escape

PASSAGE_CHARS = 280


def passage(text: str, words: Collection[str], length: int = PASSAGE_CHARS) -> str:
    """HTML of `length` letters or so around the first of the words, each of which is marked."""
    folded = " ".join(text.split())
    found = _any_of(words).search(folded) if words else None
    start = max(0, found.start() - length // 3) if found else 0
    start = folded.rfind(" ", 0, start) + 1 if start else 0
    end = len(folded) if len(folded) <= start + length else folded.rfind(" ", start, start + length)
    end = end if end > start else start + length  # a text without a blank
    return ("… " if start else "") + marked(folded[start:end], words) + (" …" if end < len(folded) else "")


def marked(text: str, words: Collection[str]) -> str:
    """HTML of the text with the words marked."""
    if not words:
        return escape(text)
    parts = _any_of(words).split(text)  # odd places hold what matched
    return "".join(
        f"<mark>{escape(part)}</mark>" if at % 2 else escape(part) for at, part in enumerate(parts)
    )


def _any_of(words: Collection[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile(rf"\b({'|'.join(map(re.escape, longest_first))})\b", re.IGNORECASE)
