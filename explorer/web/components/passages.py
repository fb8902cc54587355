"""The passage of a text that shows why the text was found."""

from __future__ import annotations

import re
from collections.abc import Collection

from markupsafe import Markup

from explorer.web.templating import render

PASSAGE_CHARS = 280


def passage(text: str, words: Collection[str], length: int = PASSAGE_CHARS) -> Markup:
    """Return about `length` characters around the first occurrence of the words, with the words marked."""
    text = " ".join(text.split())
    match = _any_of(words).search(text) if words else None
    start = max(0, match.start() - length // 3) if match else 0
    start = text.rfind(" ", 0, start) + 1 if start else 0
    end = len(text) if len(text) <= start + length else text.rfind(" ", start, start + length)
    end = end if end > start else start + length  # a text without a blank
    return _render_marked(text[start:end], words, starts_within=start > 0, ends_within=end < len(text))


def marked(text: str, words: Collection[str]) -> Markup:
    """Return the text with the words marked."""
    return _render_marked(text, words)


def contains_any(text: str, words: Collection[str]) -> bool:
    """Whether `marked` would mark a word of the text."""
    return bool(words) and _any_of(words).search(text) is not None


def _render_marked(
    text: str, words: Collection[str], *, starts_within: bool = False, ends_within: bool = False
) -> Markup:
    parts = _any_of(words).split(text) if words else [text]  # odd places contain the matches
    return render("marked_text.html", parts=parts, starts_within=starts_within, ends_within=ends_within)


def _any_of(words: Collection[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile(rf"\b({'|'.join(map(re.escape, longest_first))})\b", re.IGNORECASE)
