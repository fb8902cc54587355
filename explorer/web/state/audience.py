"""Messages for the owner, who can follow their advice, and for visitors, who cannot.

A message for a visitor contains no command, no option and no path of the server.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Final

from explorer.errors import ExplorerError, ServerError
from explorer.web.state import current

NOT_POSSIBLE_HERE: Final = "This cannot be done here. Tell the owner of this library."
NO_ANSWER: Final = "The index of this library does not answer now. Try again later."
_SENTENCES: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"(])")
_CLAUSES: Final = re.compile(r"\s*(?:[:;,]|\bor|\band)\s+")
# A word after "explorer" is a command unless an article or a similar word precedes "explorer": "the explorer reads".
_ADVICE: Final = re.compile(
    r"(?<!\b[Tt]he )(?<!\b[Tt]his )(?<!\bnewer )(?<!\bolder )(?<!\ban )\bexplorer [a-z]|"
    r"(?<![\w-])--[a-z]|\bpip install\b|"
    r"\b[A-Z]{3,}_[A-Z_]{2,}\b|\b\w+_(?:pixels|bytes|side)\b|\bLibrary\.\w+\("
)
_ASIDE: Final = re.compile(r"\s*\([^()]*\)")
_PATH: Final = re.compile(
    r"(?:file:(?://)?|(?<![\w./~-]))(?:~|[A-Za-z]:(?=\\))?(?:[/\\][^\s/\\:;,'\"()<>]+)+[/\\]?", re.IGNORECASE
)


def is_owner() -> bool:
    """Whether the visitor is the owner, on the machine that serves the page."""
    return current.is_visitor_on_this_machine()


def adapt_message(message: str | ExplorerError) -> str:
    """Return the message for this visitor: in full for the owner, shortened for everybody else."""
    if is_owner():
        return str(message)
    return NO_ANSWER if isinstance(message, ServerError) else shorten_for_visitors(str(message))


def shorten_for_visitors(message: str) -> str:
    """Return the message without advice that only the owner can follow, and without paths of the server."""
    text = _ASIDE.sub(lambda aside: "" if _ADVICE.search(aside[0]) else aside[0], _without_paths(message))
    sentences = _SENTENCES.split(" ".join(text.split()))
    without_advice = [sentence for sentence in sentences if not _ADVICE.search(sentence)]
    return " ".join(without_advice) or _before_advice(sentences[0]) or NOT_POSSIBLE_HERE


def display_path(path: str) -> str:
    """Return the path for the owner, and its last part for other visitors."""
    return path if is_owner() or "://" in path else PurePath(path).name


def _without_paths(message: str) -> str:
    folder = current.folder()
    for path in {str(folder.absolute()), *([str(folder)] if len(folder.parts) > 1 else [])}:
        message = message.replace(path, "this library")
    return _PATH.sub(lambda match: re.split(r"[/\\]", match[0].rstrip("/\\"))[-1] or match[0], message)


def _before_advice(sentence: str) -> str:
    """Return the sentence up to its first clause of advice: "is outside the archive: explorer ingest …"."""
    clauses, start = [], 0
    for end in [*(match.start() for match in _CLAUSES.finditer(sentence)), len(sentence)]:
        if _ADVICE.search(sentence[start:end]):
            break
        clauses.append(sentence[start:end])
        start = end
    return "".join(clauses).rstrip(" :;,")
