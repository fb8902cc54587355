"""Many letters in one place: mbox files (RFC 4155), and Maildir with its folders (Maildir++)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from typing import BinaryIO

from explorer.archive.convert.email.mime import MAX_MESSAGE_BYTES, header, message_of
from explorer.archive.convert.format_kinds import Container, Members
from explorer.archive.convert.member_names import member_name
from explorer.errors import ArchiveError

_CHUNK_BYTES = 4 * 1024 * 1024
_HEAD_BYTES = 64 * 1024
# A line `From sender date` after an empty one, and before a header: others are words of a letter that nobody escaped.
_FROM_LINE = re.compile(
    rb"\nFrom (?:(?<=\n\nFrom )|(?<=\n\r\nFrom ))[^\n]{0,500}\d:\d\d[^\n]{0,100}\n(?=[!-9;-~]{1,100}:|>?From )"
)
_LONGEST_MATCH = 1024
_EMPTY_LINE = re.compile(rb"\r?\n\r?\n")
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
# `1700000000.M20P123.host,S=1234:2,RS`: the flags after `:2,` change when the letter is read (cr.yp.to/proto/maildir.html).
_MAILDIR_LETTER = re.compile(
    r"^(?P<folder>(?:.*/)?)(?:cur|new)/(?P<name>\d{6,}\.[^/]+?)(?:[:;!_]2,[A-Za-z]*)?$"
)
# `.Archive.2024` is `2024` in `Archive` (courier-mta.org/imap/README.maildirquota.html).
_MAILDIR_FOLDER = re.compile(r"(?:\.[^./]+)+")
_NOT_ASCII = re.compile(r"&([^-&]*)-")


def maildir_letter(path: str) -> str | None:
    """The path under which a letter of a Maildir stays, read or unread; None when the file is none."""
    found = _MAILDIR_LETTER.match(path)
    if not found:
        return None
    above, slash, name = found["folder"].rstrip("/").rpartition("/")
    folder = maildir_folder(name)
    place = f"{above}{slash}{folder}/" if folder else found["folder"]
    return f"{place}{found['name'].replace(':', '-')}.eml"


def maildir_folder(name: str) -> str | None:
    """`.Archive.Entw&APw-rfe` -> `Archive/Entwürfe`; None when no folder of a Maildir++ is called so."""
    return "/".join(map(_spoken, name[1:].split("."))) if _MAILDIR_FOLDER.fullmatch(name) else None


def _spoken(part: str) -> str:
    """A part of a folder's name as people read it: IMAP writes it in a UTF-7 of its own (RFC 3501, 5.1.3)."""
    try:
        spoken = _NOT_ASCII.sub(_decoded, part)
    except UnicodeError:
        return part
    return spoken if spoken.isprintable() and not {"/", "\\", "."} & set(spoken) else part


def _decoded(found: re.Match[str]) -> str:
    packed = found[1].replace(",", "/")
    return f"+{packed}-".encode().decode("utf-7") if packed else "&"


def _from_mbox(stream: BinaryIO, path: str) -> Members:  # noqa: ARG001
    members: dict[str, partial[bytes]] = {}
    for start, end in _letters(stream):
        # The same letter may lie in a mailbox twice; the first keeps its place when the file grows.
        members.setdefault(_name(stream, start, end), partial(_letter, stream, start, end))
    if not members and stream.seek(0, io.SEEK_END):
        raise ArchiveError(
            "is no mailbox of the mbox kind: no letter in it begins with `From `. Export it again."
        )
    return members


def _letters(stream: BinaryIO) -> Iterator[tuple[int, int]]:
    """Where each letter starts and ends, in the order of the file."""
    start = None
    for ended, began in _from_lines(stream):
        if start is not None:
            yield start, ended
        start = began
    if start is not None:
        yield start, stream.seek(0, io.SEEK_END)


def _from_lines(stream: BinaryIO) -> Iterator[tuple[int, int]]:
    """The start and the end of each line that opens a letter, found chunk by chunk: a line may have any length."""
    buffer, offset, done, position = b"\n\n", -2, 0, 0
    while chunk := _read_at(stream, position):
        position += len(chunk)
        buffer += chunk
        for found in _FROM_LINE.finditer(buffer):
            if offset + found.end() > done:
                done = offset + found.end()
                yield max(0, offset + found.start()), done
        kept = buffer[-_LONGEST_MATCH:]
        offset += len(buffer) - len(kept)
        buffer = kept


def _read_at(stream: BinaryIO, position: int) -> bytes:
    stream.seek(position)
    return stream.read(_CHUNK_BYTES)


def _name(stream: BinaryIO, start: int, end: int) -> str:
    """By what the letter says of itself, never by where it stands or what mail programs add to it later."""
    stream.seek(start)
    head = _EMPTY_LINE.split(stream.read(min(_HEAD_BYTES, end - start)), maxsplit=1)[0]
    message = message_of(head)
    said = [header(message, name) for name in ("message-id", "date", "from", "subject")]
    identity = said if said[0] else [*said, _digest(stream, start + len(head), end)]
    return member_name(said[-1], "\n".join(identity), ".eml")


def _digest(stream: BinaryIO, start: int, end: int) -> str:
    digest = sha256()
    stream.seek(start)
    for position in range(start, end, _CHUNK_BYTES):
        digest.update(stream.read(min(_CHUNK_BYTES, end - position)))
    return digest.hexdigest()


def _letter(stream: BinaryIO, start: int, end: int) -> bytes:
    if end - start > MAX_MESSAGE_BYTES:
        raise ArchiveError(f"has {end - start:,} bytes, more than the {MAX_MESSAGE_BYTES:,} of a letter.")
    stream.seek(start)
    return _ESCAPED.sub(rb"\1", stream.read(end - start).rstrip(b"\r\n") + b"\n")


MBOX = Container(
    "mbox",
    "each letter of a mailbox, however large it is; a folder that is a Maildir is read as well, with its folders",
    (".mbox", ".mbx"),
    _from_mbox,
)
