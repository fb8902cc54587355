"""The token that the app asks for where its owner set one, and who has shown it."""

from __future__ import annotations

import hmac
import os
import secrets
import threading
import time
from collections import OrderedDict

import streamlit as st

COOKIE = "explorer_session"
KEPT_SECONDS = 7 * 24 * 3600.0
MAX_SESSIONS = 1000
# Whoever guesses has one guess a second, however many browsers he opens.
SECONDS_A_GUESS = 1.0


class Sessions:
    """The browsers that have shown the token, until the server ends."""

    def __init__(self) -> None:
        self._until: OrderedDict[str, float] = OrderedDict()
        self._lock = threading.Lock()

    def opened(self, token: str, shown: str) -> str | None:
        """The name of a new session where the token that was shown is the right one; it takes a while where not."""
        with self._lock:
            if not hmac.compare_digest(token.encode(), shown.encode(errors="replace")):
                time.sleep(SECONDS_A_GUESS)
                return None
            session = secrets.token_urlsafe(32)
            self._until[session] = time.monotonic() + KEPT_SECONDS
            while len(self._until) > MAX_SESSIONS:
                self._until.popitem(last=False)
            return session

    def knows(self, session: str) -> bool:
        """Whether a browser has shown the token. The names are too long to be guessed by the time this takes."""
        return self._until.get(session, 0.0) > time.monotonic()


def is_signed_in() -> bool:
    """Whether this visitor may see the library: there is no token, or he has shown it."""
    session = st.session_state.get(COOKIE) or st.context.cookies.get(COOKIE, "")
    return not _token() or _sessions().knows(str(session))


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
    """Hands the session to the browser, for which every link is a new visit."""
    session = st.session_state.get(COOKIE)
    if session and session != st.context.cookies.get(COOKIE):
        secure = "; Secure" if str(st.context.url or "").startswith("https:") else ""
        cookie = f"{COOKIE}={session}; path=/; SameSite=Strict; max-age={KEPT_SECONDS:.0f}{secure}"
        st.html(f"<script>document.cookie = '{cookie}'</script>", unsafe_allow_javascript=True)


def _token() -> str:
    return os.environ.get("EXPLORER_TOKEN", "")


@st.cache_resource(show_spinner=False)
def _sessions() -> Sessions:
    """Those of this server."""
    return Sessions()
