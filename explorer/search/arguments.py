"""Check the arguments of a search. A wrong one raises a QueryError that names it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from types import UnionType
from typing import Any, get_args, get_type_hints

from explorer.errors import QueryError

_IN_WORDS = {str: "a text", int: "a whole number", bool: "True or False"}


def check_one_of(name: str, value: object, allowed: Collection[str]) -> None:
    """Raise QueryError for a value that is not among the allowed ones."""
    if not isinstance(value, str) or value not in allowed:
        raise QueryError(f"{name}={value!r} is not known. Give one of {', '.join(allowed)}.")


def check_whole(name: str, value: object, least: int) -> None:
    """Raise QueryError for anything but a whole number of at least `least`."""
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise QueryError(f"{name}={value!r} is not possible. Give a whole number, {least} or more.")


def check_fields(name: str, value: object, kind: type[Any]) -> None:
    """Raise QueryError unless `value` is of the dataclass `kind` and its fields have values of their types."""
    if not isinstance(value, kind):
        raise QueryError(f"{name}={value!r} is not possible. Give explorer.{kind.__name__}(...).")
    for field, declared in get_type_hints(kind).items():
        content = getattr(value, field)
        if content is not None and type(content) not in _types(declared):
            allowed = " or ".join(_IN_WORDS[type_] for type_ in _types(declared) if type_ in _IN_WORDS)
            raise QueryError(f"{kind.__name__}({field}={content!r}) is not possible. Give {allowed}.")


def as_ids(name: str, value: str | Iterable[str]) -> tuple[str, ...]:
    """Return one id or several as a tuple. Raise QueryError for anything but texts."""
    ids = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, Iterable) else (value,)
    for id in ids:
        if not isinstance(id, str):
            raise QueryError(
                f"{name}={id!r} is not an id. Give the id of a figure or item, for example from a hit."
            )
    return ids


def _types(declared: type[Any] | UnionType) -> tuple[type[Any], ...]:
    return get_args(declared) or (declared,)


LONGEST_LINE = 2000
MOST_TERMS = 100


def checked_line(line: str) -> str:
    """Return the line as valid UTF-8. Raise QueryError for more characters or terms than a search accepts."""
    line = as_text(line)
    if len(line) > LONGEST_LINE or len(line.split(None, MOST_TERMS)) > MOST_TERMS:
        raise QueryError(
            f"A search has at most {LONGEST_LINE:,} characters and {MOST_TERMS} terms. "
            "To find figures for a longer text, use Illustrate (explorer illustrate FILE)."
        )
    return line


def shortened(text: str) -> str:
    """Return as much of the beginning of a text as a search accepts."""
    return as_text(" ".join(text[:LONGEST_LINE].split(None, MOST_TERMS)[:MOST_TERMS]))


def as_text(written: str) -> str:
    """Return a text without unpaired surrogates, which no encoding allows. Raise QueryError for anything but a text."""
    if not isinstance(written, str):
        raise QueryError(f"{written!r} is not a text. Give the words to look for.")
    return written.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
