"""Join lines to running text: words hyphenated at the end of a line are joined."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from explorer.archive.convert.pdf.blocks import Block

_HYPHENATED_END = re.compile(r"(?<![^\W\d_])([^\W\d_]++)[-‐]$")
_LOWERCASE_START = re.compile(r"^([a-zß-ÿ]+)")
_WORD = re.compile(r"[^\W\d_]+(?:[-‐][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"[.!?:。][”\"’')\]\d,]*$")


def count_words(texts: Iterable[str]) -> Counter[str]:
    """Count the words of a document in lower case. The two halves of a hyphenated word count separately."""
    return Counter(word.lower() for text in texts for word in _WORD.findall(text))


def text_of(block: Block, word_counts: Counter[str]) -> str:
    """Return the text of a block in one line."""
    text = ""
    for line in block.lines:
        text = _append_line(text, line.text, word_counts)
    return text.strip()


def join_paragraphs(text: str, following: str, word_counts: Counter[str]) -> str | None:
    """Return a paragraph with its continuation in another column or page, or None if `following` is a new paragraph."""
    if _SENTENCE_END.search(text) or not _LOWERCASE_START.match(following):
        return None
    return _append_line(text, following, word_counts)


def _append_line(text: str, line: str, word_counts: Counter[str]) -> str:
    word_start, rest_of_word = _HYPHENATED_END.search(text, text.rfind(" ") + 1), _LOWERCASE_START.match(line)
    if not word_start or not rest_of_word:
        return f"{text} {line}" if text else line
    hyphenated = f"{word_start[1]}-{rest_of_word[1]}".lower()
    unhyphenated = f"{word_start[1]}{rest_of_word[1]}".lower()
    # The document shows whether it writes "well-known". Most hyphens at the end of a line are only hyphenation.
    return text + line if word_counts[hyphenated] > word_counts[unhyphenated] else text[:-1] + line
