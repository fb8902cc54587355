"""The address of a Qdrant server: one spelling of each, and a sentence for what is none. Nothing here imports the client."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from explorer.errors import ServerError

SCHEMES = ("http", "https")
PORT = 6333
"""Qdrant's own, where an address names none."""

FORM = "Write it as http://localhost:6333 or https://host:6333/prefix (without a port it is 6333)."
# Letters, digits, dots, hyphens and underscores, as containers are called; or an IPv6 address.
_HOST = re.compile(r"[\w.-]{1,253}|[0-9a-f:.]{2,45}(?:%\w+)?", re.IGNORECASE)
_WITHOUT_SCHEME = re.compile(
    r"(?:[\w.-]{2,253}|\[[0-9a-f:.]{2,45}\]):[0-9]{1,5}(?:/.*)?|localhost(?:/.*)?", re.I | re.S
)
_WITH_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:/{1,2}", re.IGNORECASE)
# What no address holds, and what would end a line of a message.
_FOREIGN = re.compile(r"[\s\x00-\x1f\x7f\\]")


def server_address(written: str, *, drop_user: bool = False) -> str:
    """The address with its scheme and host in small letters, its port, and its path if it has one.

    ServerError with the right spelling for what is no address of a server. So for one with a user or a password,
    which no Qdrant server asks for, unless they are to be dropped.
    """
    parts = _parts(written)
    if not drop_user and (parts.username is not None or parts.password is not None):
        raise ServerError(
            "The address of a Qdrant server holds no user or password. Set the variable QDRANT_API_KEY instead."
        )
    if (
        parts.scheme not in SCHEMES
        or parts.query
        or parts.fragment
        or not _HOST.fullmatch(parts.hostname or "")
    ):
        raise _none(written)
    host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else parts.hostname
    return f"{parts.scheme}://{host}:{_port(parts, written)}{parts.path.rstrip('/')}"


def is_server_address(location: str) -> bool:
    """Whether a location means a server and no folder: it has a scheme, or is a host with a port."""
    return bool(_WITH_SCHEME.match(location) or _WITHOUT_SCHEME.fullmatch(location))


def same_server(one: str | None, other: str | None) -> bool:
    """Whether two addresses, or none and none, are those of one server."""
    return one == other or (one is not None and other is not None and _spelled(one) == _spelled(other))


def _spelled(written: str) -> str:
    try:
        return server_address(written)
    except ServerError:  # what an older explorer wrote down
        return written


def _parts(written: str) -> SplitResult:
    if _FOREIGN.search(written):
        raise _none(written)
    try:
        return urlsplit(written)
    except ValueError as error:
        raise _none(written) from error


def _port(parts: SplitResult, written: str) -> int:
    try:
        port = PORT if parts.port is None else parts.port
    except ValueError as error:
        raise _none(written) from error
    if not port:
        raise _none(written)
    return port


def _none(written: str) -> ServerError:
    """What to say of it; its user and password, if it has any, are left out."""
    shown = re.sub(r"(?<=/)[^/@]*@", "", written)[:200]
    if _WITHOUT_SCHEME.fullmatch(written):
        return ServerError(f"{shown!r} lacks http:// or https://. Write http://{shown}")
    return ServerError(f"{shown!r} is no address of a Qdrant server. {FORM}")
