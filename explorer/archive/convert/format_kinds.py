"""What a format is: a kind of document that becomes an issue, or a container that holds documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from explorer.archive.model import ExcludedPicture, Read

Members = Mapping[str, Read]
"""What a container holds, by its path in it."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A member that is no issue, and why: the ledger has it, and what it names of pictures."""

    read: Read
    reason: str

    def __call__(self) -> bytes:
        return self.read()


@dataclass(frozen=True, slots=True)
class Converted:
    """A document in HTML, the normal form, and what it says of itself (title, date, author, ...).

    `parts` are the pictures that the document carries itself, by the very address that the HTML gives them.
    `sources` are the texts that the document was written in: no address in them may get lost on the way to HTML.
    `left_out` are parts of the document that may hold pictures and cannot be read.
    """

    html: str
    front_matter: Mapping[str, Any] = field(default_factory=dict)
    parts: Mapping[str, Read] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    left_out: tuple[ExcludedPicture, ...] = ()


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of document. Several formats may share a suffix: `recognises` tells by the first HEAD_BYTES.

    `convert` is given the bytes and the path of a document; ArchiveError says why they cannot be read.
    """

    name: str
    reads: str
    suffixes: tuple[str, ...]
    convert: Callable[[bytes, str], Converted]
    recognises: Callable[[bytes], bool] | None = None


@dataclass(frozen=True, slots=True)
class Container:
    """A file that holds documents and pictures. `unpack` is given its bytes, seekable, and its path.

    It names the members; each is read when it is asked for. ArchiveError says why it cannot be read. `is_text`: the
    members are made of parts of one text, which may name pictures that none of them has.
    """

    name: str
    reads: str
    suffixes: tuple[str, ...]
    unpack: Callable[[BinaryIO, str], Members]
    recognises: Callable[[bytes], bool] | None = None
    is_text: bool = False
