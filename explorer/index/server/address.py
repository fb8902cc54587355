"""The address of a Qdrant server in one normal form, and messages for invalid addresses. Imports no client."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from explorer.errors import ServerError

SCHEMES = ("http", "https")
DEFAULT_PORT = 6333
"""The port of Qdrant, for addresses without one."""

FORMAT_HINT = "Write it as http://localhost:6333 or https://host:6333/prefix (the default port is 6333)."
# Letters, digits, dots, hyphens and underscores, as in the names of containers; or an IPv6 address.
_HOST = re.compile(r"[\w.-]{1,253}|[0-9a-f:.]{2,45}(?:%\w+)?", re.IGNORECASE)
_WITHOUT_SCHEME = re.compile(
    r"(?:[\w.-]{2,253}|\[[0-9a-f:.]{2,45}\]):[0-9]{1,5}(?:/.*)?|localhost(?:/.*)?", re.I | re.S
)
_WITH_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:/{1,2}", re.IGNORECASE)
# Characters that no address contains, and that would break the line of a message.
_FORBIDDEN = re.compile(r"[\s\x00-\x1f\x7f\\]")


def server_address(address: str, *, drop_user: bool = False) -> str:
    """Return the address with scheme and host in lower case, with its port, and with its path if it has one.

    Raises ServerError, which shows the correct form, for an invalid address, and for an address with a user or a
    password, which no Qdrant server uses, unless `drop_user`.
    """
    parts = _parts(address)
    if not drop_user and (parts.username is not None or parts.password is not None):
        raise ServerError(
            "The address of a Qdrant server must not contain a user or password. "
            "Set the variable QDRANT_API_KEY instead."
        )
    if (
        parts.scheme not in SCHEMES
        or parts.query
        or parts.fragment
        or not _HOST.fullmatch(parts.hostname or "")
    ):
        raise _invalid_address(address)
    host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else parts.hostname
    return f"{parts.scheme}://{host}:{_port(parts, address)}{parts.path.rstrip('/')}"


def is_server_address(location: str) -> bool:
    """Whether a location is a server and not a folder: it has a scheme, or is a host with a port."""
    return bool(_WITH_SCHEME.match(location) or _WITHOUT_SCHEME.fullmatch(location))


def same_server(first: str | None, second: str | None) -> bool:
    """Whether two addresses are those of the same server, or both are None."""
    return first == second or (
        first is not None and second is not None and _normalized(first) == _normalized(second)
    )


def _normalized(address: str) -> str:
    try:
        return server_address(address)
    except ServerError:  # stored by an older explorer
        return address


def _parts(address: str) -> SplitResult:
    if _FORBIDDEN.search(address):
        raise _invalid_address(address)
    try:
        return urlsplit(address)
    except ValueError as error:
        raise _invalid_address(address) from error


def _port(parts: SplitResult, address: str) -> int:
    try:
        port = DEFAULT_PORT if parts.port is None else parts.port
    except ValueError as error:
        raise _invalid_address(address) from error
    if not port:
        raise _invalid_address(address)
    return port


def _invalid_address(address: str) -> ServerError:
    """Return the error for an invalid address. Its message shows no user and no password."""
    shown = re.sub(r"(?<=/)[^/@]*@", "", address)[:200]
    if _WITHOUT_SCHEME.fullmatch(address):
        return ServerError(f"{shown!r} lacks http:// or https://. Write http://{shown}")
    return ServerError(f"{shown!r} is not the address of a Qdrant server. {FORMAT_HINT}")
