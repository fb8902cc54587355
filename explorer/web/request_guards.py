"""Refuse requests before Streamlit sees them: those under a foreign host name, and uploads that nobody may make."""

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
"""Of all visitors together, held at one time."""

POLICIES: Final = {
    "Content-Security-Policy": "frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
_HOST: Final = re.compile(r"(?:\[(?P<v6>[0-9a-fA-F:.]+)\]|(?P<name>[^:\[\]@/\\?#\s]+))(?::\d{1,5})?")
_UPLOADS: Final = "/_stcore/upload_file/"


class HostGuard:
    """Answers only under the host names that the owner allowed.

    A page of another site can have its own name point to this machine (DNS rebinding), but the browser then still
    sends that name as the host.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        hosts = Headers(scope=scope).getlist("host")
        if len(hosts) == 1 and is_allowed(hosts[0], allowed_hosts()):
            await self._app(scope, receive, _with_policies(send))
        else:
            await _refuse(
                scope, receive, send, 421,
                "This server does not answer under this name. Whoever runs it can allow the name.",
            )  # fmt: skip


class UploadGuard:
    """Takes uploads only from visitors that are signed in, and no more at one time than memory is set aside for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._arriving = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] == "OPTIONS" or _UPLOADS not in scope["path"]:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not sign_in.is_known(_cookie(headers)):
            await _refuse(scope, receive, send, 403, "Sign in first, then upload.")
            return
        if scope["method"] == "DELETE":
            await self._app(scope, receive, send)
            return
        length = headers.get("content-length", "")
        # What arrives in chunks may be longer than a length that is said beside it.
        if not re.fullmatch(r"\d{1,15}", length) or "transfer-encoding" in headers:
            await _refuse(scope, receive, send, 411, "Say how long the upload is.")
        elif _held() + self._arriving + int(length) > MAX_UPLOADED_BYTES:
            await _refuse(
                scope, receive, send, 413, "This server holds too many uploads now. Try again later."
            )
        else:
            await self._counted(int(length), self._app(scope, receive, send))

    async def _counted(self, length: int, answer: Awaitable[None]) -> None:
        self._arriving += length
        try:
            await answer
        finally:
            self._arriving -= length


GUARDS: Final[Sequence[Middleware]] = (Middleware(HostGuard), Middleware(UploadGuard))


def allowed_hosts() -> Sequence[str]:
    """The host names under which the app answers; those of this machine where none is named."""
    return st.get_option("server.allowedHosts") or loopback.NAMES


def is_allowed(host: str, allowed: Sequence[str]) -> bool:
    """Whether a Host header names one of these; `*.example.org` allows every name below example.org."""
    parsed = _HOST.fullmatch(host)
    if parsed is None:
        return False
    name = (parsed["v6"] or parsed["name"]).lower().rstrip(".")
    return any(
        name.endswith(one[1:]) if one.startswith("*.") else name == one for one in map(str.lower, allowed)
    )


def _cookie(headers: Headers) -> str:
    try:
        cookies = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return ""
    return cookies[sign_in.COOKIE].value if sign_in.COOKIE in cookies else ""


def _held() -> int:
    """Bytes of the uploads that Streamlit holds for all visitors."""
    stats = get_instance().uploaded_file_mgr.get_stats()
    return sum(one.byte_length for family in stats.values() for one in family if isinstance(one, CacheStat))


def _with_policies(send: Send) -> Send:
    """Adds to each answer that no page of another site may show it in a frame, where clicks could be led astray."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in POLICIES.items():
                headers.setdefault(name, value)
        await send(message)

    return sending


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, reason: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": ""})
    else:
        await PlainTextResponse(reason, status)(scope, receive, send)
