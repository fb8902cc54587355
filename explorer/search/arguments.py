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
