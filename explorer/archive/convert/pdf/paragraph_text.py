"""Lines into running text: words parted at the end of a line are made whole."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from explorer.archive.convert.pdf.blocks import Block

_PARTED = re.compile(r"(?<![^\W\d_])([^\W\d_]++)[-‐]$")
_GOES_ON = re.compile(r"^([a-zß-ÿ]+)")
_WORD = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*")
_ENDED = re.compile(r"[.!?:。][”\"’')\]\d,]*$")


def words_of(texts: Iterable[str]) -> Counter[str]:
    """How often each word stands in a document, in small letters; parted ones as they are."""
    return Counter(word.lower() for text in texts for word in _WORD.findall(text))


def text_of(block: Block, known: Counter[str]) -> str:
    """The text of a block in one line."""
    text = ""
    for line in block.lines:
        text = _with_line(text, line.text, known)
    return text.strip()


def joined(text: str, following: str, known: Counter[str]) -> str | None:
    """A paragraph and what another column or page says on; None where a new one begins there."""
    if _ENDED.search(text) or not _GOES_ON.match(following):
        return None
    return _with_line(text, following, known)


def _with_line(text: str, line: str, known: Counter[str]) -> str:
    parted, goes_on = _PARTED.search(text, text.rfind(" ") + 1), _GOES_ON.match(line)
    if not parted or not goes_on:
        return f"{text} {line}" if text else line
    hyphenated, whole = f"{parted[1]}-{goes_on[1]}".lower(), f"{parted[1]}{goes_on[1]}".lower()
    # The document itself tells whether it writes "well-known"; most hyphens at the end of a line only part.
    return text + line if known[hyphenated] > known[whole] else text[:-1] + line
