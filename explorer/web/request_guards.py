"""Refuse requests before Streamlit gets them: under foreign host names, and uploads that are not allowed."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Sequence
from http.cookies import CookieError, SimpleCookie
from typing import Final

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime import get_instance
from streamlit.runtime.stats import CacheStat

from explorer.system import loopback
from explorer.web.state import sign_in

MAX_UPLOADED_BYTES: Final = 256 << 20
"""The size of the uploads of all visitors together that are held at one time."""

SECURITY_HEADERS: Final = {
    "Content-Security-Policy": "frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
_HOST: Final = re.compile(r"(?:\[(?P<v6>[0-9a-fA-F:.]+)\]|(?P<name>[^:\[\]@/\\?#\s]+))(?::\d{1,5})?")
_UPLOAD_PATH: Final = "/_stcore/upload_file/"


class HostGuard:
    """Answers only under the host names that the owner allowed.

    Another site can make its own name point to this machine (DNS rebinding), but the browser still sends that name as
    the host.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        hosts = Headers(scope=scope).getlist("host")
        if len(hosts) == 1 and is_allowed(hosts[0], allowed_hosts()):
            await self._app(scope, receive, _with_security_headers(send))
        else:
            await _refuse(
                scope, receive, send, 421,
                "This server does not answer under this name. Its owner can allow the name.",
            )  # fmt: skip


class UploadGuard:
    """Accepts uploads only from visitors who are signed in, and bounds their total size."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._arriving = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] == "OPTIONS" or _UPLOAD_PATH not in scope["path"]:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not sign_in.is_valid(_cookie(headers)):
            await _refuse(scope, receive, send, 403, "Sign in first, then upload.")
            return
        if scope["method"] == "DELETE":
            await self._app(scope, receive, send)
            return
        length = headers.get("content-length", "")
        # A body in chunks may be longer than the length in the header.
        if not re.fullmatch(r"\d{1,15}", length) or "transfer-encoding" in headers:
            await _refuse(scope, receive, send, 411, "The upload needs a Content-Length header.")
        elif _held_bytes() + self._arriving + int(length) > MAX_UPLOADED_BYTES:
            await _refuse(
                scope, receive, send, 413, "This server has too many uploads at the moment. Try again later."
            )
        else:
            await self._count(int(length), self._app(scope, receive, send))

    async def _count(self, length: int, response: Awaitable[None]) -> None:
        self._arriving += length
        try:
            await response
        finally:
            self._arriving -= length


GUARDS: Final[Sequence[Middleware]] = (Middleware(HostGuard), Middleware(UploadGuard))


def allowed_hosts() -> Sequence[str]:
    """Return the host names under which the app answers; by default those of this machine."""
    return st.get_option("server.allowedHosts") or loopback.NAMES


def is_allowed(host: str, allowed: Sequence[str]) -> bool:
    """Whether a Host header contains an allowed name; `*.example.org` allows every name below example.org."""
    parsed = _HOST.fullmatch(host)
    if parsed is None:
        return False
    name = (parsed["v6"] or parsed["name"]).lower().rstrip(".")
    return any(
        name.endswith(pattern[1:]) if pattern.startswith("*.") else name == pattern
        for pattern in map(str.lower, allowed)
    )


def _cookie(headers: Headers) -> str:
    try:
        cookies = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return ""
    return cookies[sign_in.COOKIE].value if sign_in.COOKIE in cookies else ""


def _held_bytes() -> int:
    """Return the size of the uploads that Streamlit holds for all visitors."""
    stats = get_instance().uploaded_file_mgr.get_stats()
    return sum(
        stat.byte_length for family in stats.values() for stat in family if isinstance(stat, CacheStat)
    )


def _with_security_headers(send: Send) -> Send:
    """Add headers to each response; among others, no other site may show the page in a frame (clickjacking)."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return send_with_headers


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, reason: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": ""})
    else:
        await PlainTextResponse(reason, status)(scope, receive, send)
