"""Every format that is read, one row each. `explorer formats` lists them; a new one is a module and a row."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import TypeVar

from explorer.archive.formats.kinds import Container, Converted, Format, Members
from explorer.archive.formats.texts import HTML, MARKDOWN, PANDOC, TEXT
from explorer.archive.formats.zipped import ZIP

__all__ = [
    "CONTAINERS",
    "FORMATS",
    "HEAD_BYTES",
    "TEXT",
    "Container",
    "Converted",
    "Format",
    "Members",
    "container_of",
    "format_of",
]

HEAD_BYTES = 4096
"""How much of a file is looked at to tell formats apart that share a suffix."""

FORMATS: tuple[Format, ...] = (HTML, MARKDOWN, PANDOC, TEXT)
CONTAINERS: tuple[Container, ...] = (ZIP,)

Kind = TypeVar("Kind", Format, Container)


def format_of(path: str, head: Callable[[], bytes]) -> Format | None:
    """The format of the document at `path`, whose first HEAD_BYTES `head` reads if they are needed."""
    return _the_one(FORMATS, path, head)


def container_of(path: str, head: Callable[[], bytes]) -> Container | None:
    """What kind of container the file at `path` is, if it is one."""
    return _the_one(CONTAINERS, path, head)


def _the_one(kinds: tuple[Kind, ...], path: str, head: Callable[[], bytes]) -> Kind | None:
    suffix = posixpath.splitext(path)[1].lower()
    named = [kind for kind in kinds if suffix in kind.suffixes]
    if any(kind.recognises for kind in named):
        start = head()
        named = [kind for kind in named if not kind.recognises or kind.recognises(start)]
    return named[0] if named else None
