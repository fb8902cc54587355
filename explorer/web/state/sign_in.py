"""The token that the app asks for where its owner set one, and who has shown it."""

from __future__ import annotations

import hmac
import os
import secrets
import threading
import time
from collections import OrderedDict
from functools import cache

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response

from explorer.web.templating import render

COOKIE = "explorer_session"
KEPT_SECONDS = 7 * 24 * 3600.0
TICKET_SECONDS = 60.0
MAX_SESSIONS = 1000
SECONDS_A_WRONG_GUESS = 1.0
_FETCHED = "session_cookie_fetched"
_LONGEST_TICKET = 100


class Sessions:
    """The browsers that have shown the token, until the server ends."""

    def __init__(self) -> None:
        self._until: OrderedDict[str, float] = OrderedDict()
        self._tickets: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._lock = threading.Lock()

    def opened(self, token: str, shown: str) -> str | None:
        """The name of a new session where the token that was shown is the right one; it takes a second where not."""
        if not hmac.compare_digest(token.encode(), shown.encode(errors="replace")):
            time.sleep(SECONDS_A_WRONG_GUESS)
            return None
        session = secrets.token_urlsafe(32)
        with self._lock:
            self._until[session] = time.monotonic() + KEPT_SECONDS
            while len(self._until) > MAX_SESSIONS:
                self._until.popitem(last=False)
        return session

    def knows(self, session: str) -> bool:
        """Whether a browser has shown the token. The names are too long to be guessed by the time this takes."""
        return self._until.get(session, 0.0) > time.monotonic()

    def ticket(self, session: str) -> str:
        """A word that is exchanged for the session once, within a minute."""
        ticket = secrets.token_urlsafe(32)
        with self._lock:
            self._tickets[ticket] = session, time.monotonic() + TICKET_SECONDS
            while len(self._tickets) > MAX_SESSIONS:
                self._tickets.popitem(last=False)
        return ticket

    def redeemed(self, ticket: str) -> str | None:
        """The session of a ticket; None where it was used, is too old or was never given."""
        with self._lock:
            session, until = self._tickets.pop(ticket, (None, 0.0))
        return session if until > time.monotonic() else None


def is_known(session: str) -> bool:
    """Whether whoever shows this session may see the library: there is no token, or the session was opened with it."""
    return not _token() or _sessions().knows(session)


def is_signed_in() -> bool:
    """Whether this visitor may see the library: there is no token, or it was shown."""
    return is_known(str(st.session_state.get(COOKIE) or st.context.cookies.get(COOKIE, "")))


def ask() -> None:
    """The form for the token; nothing of the library is on its page."""
    st.title("Archive Explorer", anchor=False)
    with st.form("sign_in", border=False):
        shown = st.text_input("Token", type="password", key="token")
        wanted = st.form_submit_button("Sign in", type="primary")
    if not wanted:
        return
    session = _sessions().opened(_token(), shown.strip())
    if session is None:
        st.error("This is not the token. Ask the one who runs this server for it.")
        return
    st.session_state[COOKIE] = session
    st.rerun()


def remember() -> None:
    """Has the browser fetch the cookie of its session, for every link is a new visit.

    A script could set the cookie itself, but then any script could read it.
    """
    session = st.session_state.get(COOKIE)
    if session and session != st.context.cookies.get(COOKIE) and not st.session_state.get(_FETCHED):
        st.session_state[_FETCHED] = True
        script = render("session_cookie.html", ticket=_sessions().ticket(session))
        st.html(script, unsafe_allow_javascript=True)


async def give_cookie(request: Request) -> Response:
    """Exchanges the ticket in the body for the session's cookie, which no script can read."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_TICKET:
            break
    session = _sessions().redeemed(body.decode("ascii", "replace"))
    if session is None:
        return Response(status_code=403)
    answer = Response(status_code=204)
    answer.set_cookie(
        COOKIE,
        session,
        max_age=int(KEPT_SECONDS),
        httponly=True,
        samesite="strict",
        secure=request.query_params.get("secure") == "true",
    )
    return answer


def _token() -> str:
    return os.environ.get("EXPLORER_TOKEN", "")


@cache
def _sessions() -> Sessions:
    """Those of this server."""
    return Sessions()
