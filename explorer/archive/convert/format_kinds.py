"""The two kinds of formats: a document becomes an issue, a container holds documents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from explorer.archive.model import ExcludedPicture, Read

Members = Mapping[str, Read]
"""The members of a container, by their paths in it."""


@dataclass(frozen=True, slots=True)
class SkippedMember:
    """A member that is not an issue, and the reason. The ledger records it and the pictures that it mentions."""

    read: Read
    reason: str

    def __call__(self) -> bytes:
        return self.read()


@dataclass(frozen=True, slots=True)
class ConvertedDocument:
    """A document as HTML, the normal form, with its metadata.

    Attributes:
        html: The content.
        front_matter: The metadata: title, date, author and others.
        parts: The pictures embedded in the document, by their addresses in the HTML.
        sources: The original texts. The addresses in them are compared with the HTML, so that none is lost.
        left_out: Parts of the document that may hold pictures but cannot be read.
    """

    html: str
    front_matter: Mapping[str, Any] = field(default_factory=dict)
    parts: Mapping[str, Read] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    left_out: tuple[ExcludedPicture, ...] = ()


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of document.

    Attributes:
        name: The name of the format.
        reads: A short description of what is read, for users.
        suffixes: The suffixes of its files, lower case.
        convert: Converts the bytes of a document at a path; raises ArchiveError with the reason if it cannot.
        recognises: Decides by the first HEAD_BYTES whether a file has this format. Formats may share a suffix.
    """

    name: str
    reads: str
    suffixes: tuple[str, ...]
    convert: Callable[[bytes, str], ConvertedDocument]
    recognises: Callable[[bytes], bool] | None = None


@dataclass(frozen=True, slots=True)
class Container:
    """A file that holds documents and pictures.

    Attributes:
        name: The name of the format.
        reads: A short description of what is read, for users.
        suffixes: The suffixes of its files, lower case.
        unpack: Returns the members of a seekable file at a path, each read on demand; raises ArchiveError with the
            reason if it cannot.
        recognises: Decides by the first HEAD_BYTES whether a file has this format. Formats may share a suffix.
        is_text: Whether the members are parts of one text, which may mention pictures that no member shows.
    """

    name: str
    reads: str
    suffixes: tuple[str, ...]
    unpack: Callable[[BinaryIO, str], Members]
    recognises: Callable[[bytes], bool] | None = None
    is_text: bool = False
