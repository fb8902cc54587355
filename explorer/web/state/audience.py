"""Who is told something: the owner, who can do what a sentence advises, or a visitor, who cannot.

What a visitor is told names no command, no option and no path of the server.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Final

from explorer.errors import ExplorerError, ServerError
from explorer.web.state import current

NOTHING_TO_DO: Final = "This cannot be done here. Tell whoever runs this library."
NO_ANSWER: Final = "The index of this library does not answer now. Try again later."
_SENTENCES: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"(])")
_CLAUSES: Final = re.compile(r"\s*(?:[:;,]|\bor|\band)\s+")
# A word after "explorer" is a command unless an article or the like stands before it: "the explorer reads".
_ADVICE: Final = re.compile(
    r"(?<!\b[Tt]he )(?<!\b[Tt]his )(?<!\bnewer )(?<!\bolder )(?<!\ban )\bexplorer [a-z]|(?<![\w-])--[a-z]|\bpip install\b|"
    r"\b[A-Z]{3,}_[A-Z_]{2,}\b|\b\w+_(?:pixels|bytes|side)\b|\bLibrary\.\w+\("
)
_ASIDE: Final = re.compile(r"\s*\([^()]*\)")
_PATH: Final = re.compile(
    r"(?:file:(?://)?|(?<![\w./~-]))(?:~|[A-Za-z]:(?=\\))?(?:[/\\][^\s/\\:;,'\"()<>]+)+[/\\]?", re.IGNORECASE
)


def is_owner() -> bool:
    """Whether whoever looks at the page is its owner, on the machine that serves it."""
    return current.is_visitor_on_this_machine()


def told(problem: str | ExplorerError) -> str:
    """The message as this visitor is told it."""
    if is_owner():
        return str(problem)
    return NO_ANSWER if isinstance(problem, ServerError) else for_visitors(str(problem))


def for_visitors(message: str) -> str:
    """The message without advice that only the owner can follow, and without the server's paths."""
    text = _ASIDE.sub(lambda aside: "" if _ADVICE.search(aside[0]) else aside[0], _without_paths(message))
    sentences = _SENTENCES.split(" ".join(text.split()))
    kept = [sentence for sentence in sentences if not _ADVICE.search(sentence)]
    return " ".join(kept) or _before_advice(sentences[0]) or NOTHING_TO_DO


def name_of(path: str) -> str:
    """A path as this visitor is told it: for a visitor its last part."""
    return path if is_owner() or "://" in path else PurePath(path).name


def _without_paths(message: str) -> str:
    folder = current.folder()
    for known in {str(folder.absolute()), *([str(folder)] if len(folder.parts) > 1 else [])}:
        message = message.replace(known, "this library")
    return _PATH.sub(lambda found: re.split(r"[/\\]", found[0].rstrip("/\\"))[-1] or found[0], message)


def _before_advice(sentence: str) -> str:
    """What a sentence says before its first clause of advice: "lies outside the archive: explorer ingest …"."""
    clauses, at = [], 0
    for end in [*(found.start() for found in _CLAUSES.finditer(sentence)), len(sentence)]:
        if _ADVICE.search(sentence[at:end]):
            break
        clauses.append(sentence[at:end])
        at = end
    return "".join(clauses).rstrip(" :;,")
