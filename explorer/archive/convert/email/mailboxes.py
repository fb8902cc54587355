"""Mailboxes: mbox files (RFC 4155), and Maildir with its folders (Maildir++)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from typing import BinaryIO

from explorer.archive.convert.email.mime import MAX_MESSAGE_BYTES, header, parse_message
from explorer.archive.convert.format_kinds import Container, Members
from explorer.archive.convert.member_names import member_name
from explorer.errors import ArchiveError

_CHUNK_BYTES = 4 * 1024 * 1024
_HEADER_BYTES = 64 * 1024
# A line `From sender date` after an empty line and before a header. Any other is unescaped text of a message.
_FROM_LINE = re.compile(
    rb"\nFrom (?:(?<=\n\nFrom )|(?<=\n\r\nFrom ))[^\n]{0,500}\d:\d\d[^\n]{0,100}\n(?=[!-9;-~]{1,100}:|>?From )"
)
_MAX_MATCH_BYTES = 1024
_EMPTY_LINE = re.compile(rb"\r?\n\r?\n")
_ESCAPED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
# `1700000000.M20P123.host,S=1234:2,RS`: reading a message changes the flags after `:2,` (cr.yp.to/proto/maildir.html).
_MAILDIR_MESSAGE = re.compile(
    r"^(?P<folder>(?:.*/)?)(?:cur|new)/(?P<name>\d{6,}\.[^/]+?)(?:[:;!_]2,[A-Za-z]*)?$"
)
# `.Archive.2024` is `2024` in `Archive` (courier-mta.org/imap/README.maildirquota.html).
_MAILDIR_FOLDER = re.compile(r"(?:\.[^./]+)+")
_UTF7_RUN = re.compile(r"&([^-&]*)-")


def maildir_message(path: str) -> str | None:
    """Return a path for a Maildir message that does not depend on its flags, or None if `path` is no such message."""
    match = _MAILDIR_MESSAGE.match(path)
    if not match:
        return None
    parent, slash, name = match["folder"].rstrip("/").rpartition("/")
    folder = maildir_folder(name)
    place = f"{parent}{slash}{folder}/" if folder else match["folder"]
    return f"{place}{match['name'].replace(':', '-')}.eml"


def maildir_folder(name: str) -> str | None:
    """Return `Archive/Entwürfe` for `.Archive.Entw&APw-rfe`, or None if `name` is no folder name of Maildir++."""
    return (
        "/".join(map(_decode_folder_name, name[1:].split("."))) if _MAILDIR_FOLDER.fullmatch(name) else None
    )


def _decode_folder_name(part: str) -> str:
    """Decode a part of a folder name from modified UTF-7 (RFC 3501, 5.1.3)."""
    try:
        decoded = _UTF7_RUN.sub(_decode_utf7, part)
    except UnicodeError:
        return part
    return decoded if decoded.isprintable() and not {"/", "\\", "."} & set(decoded) else part


def _decode_utf7(match: re.Match[str]) -> str:
    base64_text = match[1].replace(",", "/")
    return f"+{base64_text}-".encode().decode("utf-7") if base64_text else "&"


def _unpack(stream: BinaryIO, path: str) -> Members:  # noqa: ARG001
    members: dict[str, partial[bytes]] = {}
    for start, end in _message_ranges(stream):
        # A mailbox may contain a message twice. The first copy keeps its position when the file grows.
        members.setdefault(_message_name(stream, start, end), partial(_read_message, stream, start, end))
    if not members and stream.seek(0, io.SEEK_END):
        raise ArchiveError("is not an mbox file: no message in it begins with `From `. Export it again.")
    return members


def _message_ranges(stream: BinaryIO) -> Iterator[tuple[int, int]]:
    """Yield the start and end offset of each message, in the order of the file."""
    start = None
    for line_start, line_end in _from_lines(stream):
        if start is not None:
            yield start, line_start
        start = line_end
    if start is not None:
        yield start, stream.seek(0, io.SEEK_END)


def _from_lines(stream: BinaryIO) -> Iterator[tuple[int, int]]:
    """Yield the start and end offset of each line that opens a message. Lines may have any length."""
    buffer, offset, last_end, position = b"\n\n", -2, 0, 0
    while chunk := _read_at(stream, position):
        position += len(chunk)
        buffer += chunk
        for match in _FROM_LINE.finditer(buffer):
            if offset + match.end() > last_end:
                last_end = offset + match.end()
                yield max(0, offset + match.start()), last_end
        tail = buffer[-_MAX_MATCH_BYTES:]
        offset += len(buffer) - len(tail)
        buffer = tail


def _read_at(stream: BinaryIO, position: int) -> bytes:
    stream.seek(position)
    return stream.read(_CHUNK_BYTES)


def _message_name(stream: BinaryIO, start: int, end: int) -> str:
    """Return a file name from the headers of the message: it does not depend on its position or on later additions."""
    stream.seek(start)
    headers = _EMPTY_LINE.split(stream.read(min(_HEADER_BYTES, end - start)), maxsplit=1)[0]
    message = parse_message(headers)
    fields = [header(message, name) for name in ("message-id", "date", "from", "subject")]
    identity = fields if fields[0] else [*fields, _digest(stream, start + len(headers), end)]
    return member_name(fields[-1], "\n".join(identity), ".eml")


def _digest(stream: BinaryIO, start: int, end: int) -> str:
    digest = sha256()
    stream.seek(start)
    for position in range(start, end, _CHUNK_BYTES):
        digest.update(stream.read(min(_CHUNK_BYTES, end - position)))
    return digest.hexdigest()


def _read_message(stream: BinaryIO, start: int, end: int) -> bytes:
    if end - start > MAX_MESSAGE_BYTES:
        raise ArchiveError(
            f"has {end - start:,} bytes, more than the {MAX_MESSAGE_BYTES:,} that a message may have."
        )
    stream.seek(start)
    return _ESCAPED_FROM.sub(rb"\1", stream.read(end - start).rstrip(b"\r\n") + b"\n")


MBOX = Container(
    "mbox",
    "each message of a mailbox of any size; Maildir folders with their subfolders as well",
    (".mbox", ".mbx"),
    _unpack,
)
