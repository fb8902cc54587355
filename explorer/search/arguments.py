"""Check what a program hands to a search: what is no such thing raises a QueryError that names the argument."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from types import UnionType
from typing import Any, get_args, get_type_hints

from explorer.errors import QueryError

_IN_WORDS = {str: "a text", int: "a whole number", bool: "True or False"}


def check_one_of(name: str, given: object, allowed: Collection[str]) -> None:
    """QueryError for a value that is none of those allowed."""
    if not isinstance(given, str) or given not in allowed:
        raise QueryError(f"{name}={given!r} is not known. Give one of {', '.join(allowed)}.")


def check_whole(name: str, given: object, least: int) -> None:
    """QueryError for anything but a whole number of at least `least`."""
    if not isinstance(given, int) or isinstance(given, bool) or given < least:
        raise QueryError(f"{name}={given!r} is not possible. Give a whole number, {least} or more.")


def check_fields(name: str, given: object, kind: type[Any]) -> None:
    """QueryError unless `given` is of the dataclass `kind` and its fields hold what they are declared to hold."""
    if not isinstance(given, kind):
        raise QueryError(f"{name}={given!r} is not possible. Give explorer.{kind.__name__}(...).")
    for field, declared in get_type_hints(kind).items():
        value = getattr(given, field)
        if value is not None and type(value) not in _types(declared):
            wanted = " or ".join(_IN_WORDS[one] for one in _types(declared) if one in _IN_WORDS)
            raise QueryError(f"{kind.__name__}({field}={value!r}) is not possible. Give {wanted}.")


def as_ids(name: str, given: str | Iterable[str]) -> tuple[str, ...]:
    """The ids of figures or items; one id may stand alone. QueryError for anything but texts."""
    ids = (given,) if isinstance(given, str) else tuple(given) if isinstance(given, Iterable) else (given,)
    for id in ids:
        if not isinstance(id, str):
            raise QueryError(f"{name}={id!r} is no id. Give the id of a figure or item, as hits carry it.")
    return ids


def _types(declared: type[Any] | UnionType) -> tuple[type[Any], ...]:
    return get_args(declared) or (declared,)


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
