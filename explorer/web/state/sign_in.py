"""Sign-in with the token that the owner set, and the sessions of visitors who are signed in."""

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
SESSION_SECONDS = 7 * 24 * 3600.0
TICKET_SECONDS = 60.0
MAX_SESSIONS = 1000
WRONG_GUESS_SECONDS = 1.0
_FETCHED = "session_cookie_fetched"
_MAX_TICKET_BYTES = 100


class Sessions:
    """The sessions of browsers that are signed in. They end with the server."""

    def __init__(self) -> None:
        self._until: OrderedDict[str, float] = OrderedDict()
        self._tickets: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._lock = threading.Lock()

    def open(self, token: str, guess: str) -> str | None:
        """Return the name of a new session if the guess is the token; else return None, a second later."""
        if not hmac.compare_digest(token.encode(), guess.encode(errors="replace")):
            time.sleep(WRONG_GUESS_SECONDS)
            return None
        session = secrets.token_urlsafe(32)
        with self._lock:
            self._until[session] = time.monotonic() + SESSION_SECONDS
            while len(self._until) > MAX_SESSIONS:
                self._until.popitem(last=False)
        return session

    def is_open(self, session: str) -> bool:
        """Whether a session is open. Names are too long to be guessed from the time that this takes."""
        return self._until.get(session, 0.0) > time.monotonic()

    def issue_ticket(self, session: str) -> str:
        """Return a ticket that can be exchanged for the session once, within a minute."""
        ticket = secrets.token_urlsafe(32)
        with self._lock:
            self._tickets[ticket] = session, time.monotonic() + TICKET_SECONDS
            while len(self._tickets) > MAX_SESSIONS:
                self._tickets.popitem(last=False)
        return ticket

    def redeem(self, ticket: str) -> str | None:
        """Return the session of a ticket; None if the ticket was used, is too old or was never issued."""
        with self._lock:
            session, until = self._tickets.pop(ticket, (None, 0.0))
        return session if until > time.monotonic() else None


def is_valid(session: str) -> bool:
    """Whether a browser with this session may see the library: the session is open, or no token is set."""
    return not _token() or _sessions().is_open(session)


def is_signed_in() -> bool:
    """Whether this visitor may see the library: the visitor is signed in, or no token is set."""
    return is_valid(str(st.session_state.get(COOKIE) or st.context.cookies.get(COOKIE, "")))


def show_form() -> None:
    """Show the form for the token; nothing of the library is on its page."""
    st.title("Archive Explorer", anchor=False)
    with st.form("sign_in", border=False):
        token = st.text_input("Token", type="password", key="token")
        is_submitted = st.form_submit_button("Sign in", type="primary")
    if not is_submitted:
        return
    session = _sessions().open(_token(), token.strip())
    if session is None:
        st.error("Wrong token. Ask the owner of this server for the token.")
        return
    st.session_state[COOKIE] = session
    st.rerun()


def set_cookie() -> None:
    """Make the browser fetch the cookie of its session, since every link is a new visit.

    A script could set the cookie itself, but then any script could read it.
    """
    session = st.session_state.get(COOKIE)
    if session and session != st.context.cookies.get(COOKIE) and not st.session_state.get(_FETCHED):
        st.session_state[_FETCHED] = True
        script = render("session_cookie.html", ticket=_sessions().issue_ticket(session))
        st.html(script, unsafe_allow_javascript=True)


async def exchange_ticket(request: Request) -> Response:
    """Exchange the ticket in the body for the cookie of the session, which no script can read."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_TICKET_BYTES:
            break
    session = _sessions().redeem(body.decode("ascii", "replace"))
    if session is None:
        return Response(status_code=403)
    response = Response(status_code=204)
    response.set_cookie(
        COOKIE,
        session,
        max_age=int(SESSION_SECONDS),
        httponly=True,
        samesite="strict",
        secure=request.query_params.get("secure") == "true",
    )
    return response


def _token() -> str:
    return os.environ.get("EXPLORER_TOKEN", "")


@cache
def _sessions() -> Sessions:
    """Return the sessions of this server."""
    return Sessions()
