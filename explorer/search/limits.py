"""How much may be asked at once: whatever is typed, in the app, on the command line or by a program, is measured first."""

from __future__ import annotations

from explorer.errors import QueryError

LONGEST_LINE = 2000
MOST_TERMS = 100


def checked_line(line: str) -> str:
    """The line as text that UTF-8 can hold; QueryError for more characters or terms than a search takes."""
    line = as_text(line)
    if len(line) > LONGEST_LINE or len(line.split(None, MOST_TERMS)) > MOST_TERMS:
        raise QueryError(
            f"A search has at most {LONGEST_LINE:,} characters and {MOST_TERMS} terms. This is a passage: "
            "Illustrate finds figures for it (explorer illustrate FILE)."
        )
    return line


def shortened(text: str) -> str:
    """As much of the beginning of a text as a search takes."""
    return as_text(" ".join(text[:LONGEST_LINE].split(None, MOST_TERMS)[:MOST_TERMS]))


def as_text(written: str) -> str:
    """The same without halves of a pair of surrogates, which no encoding holds; QueryError for what is no text."""
    if not isinstance(written, str):
        raise QueryError(f"{written!r} is no text. Give the words to look for.")
    return written.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
