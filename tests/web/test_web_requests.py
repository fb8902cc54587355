"""Who may talk to the app at all: what is refused before a page is opened, asked of the server as `explorer app` runs it."""

from __future__ import annotations

import http.client
import socket
import subprocess
import threading
import time
import tomllib
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from browsing import served
from page_reading import ROOT
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from explorer.cli import app
from explorer.errors import LibraryError
from explorer.web.request_guards import is_allowed
from explorer.web.state import sign_in
from explorer.web.state.sign_in import Sessions

TOKEN = "correct horse battery staple"


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    return tmp_path_factory.mktemp("server") / "log.txt"


@pytest.fixture(scope="module")
def open_app(library_folder, log):
    """The app without a token, on this machine."""
    with served(library_folder, log) as url:
        yield url


@pytest.fixture(scope="module")
def closed_app(library_folder, tmp_path_factory):
    """The app that asks for a token and answers under one more name."""
    folder = tmp_path_factory.mktemp("closed")
    (folder / "token").write_text(TOKEN)
    options = ("--token-file", str(folder / "token"), "--allow-host", "pictures.example")
    with served(library_folder, folder / "log.txt", *options) as url:
        yield url


def asked(url, method, path, host=None, body=None, **headers):
    parts = urlsplit(url)
    with closing(http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)) as connection:
        given = {"Host": host or parts.netloc, **{name.replace("_", "-"): it for name, it in headers.items()}}
        connection.request(method, path, body, given)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace"), answer.getheader("Set-Cookie")


def opens_websocket(url, host, **headers):
    """Whether a page of this host may talk to the app."""
    port = urlsplit(url).port
    try:
        with connect(
            f"ws://{host}:{port}/_stcore/stream",
            sock=socket.create_connection(("127.0.0.1", port)),
            origin=f"http://{host}:{port}",
            additional_headers={name.replace("_", "-"): it for name, it in headers.items()},
        ):
            return True
    except InvalidStatus as refused:
        assert refused.response.status_code == 403
        return False


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_the_app_answers_under_the_names_of_this_machine(open_app, host):
    port = urlsplit(open_app).port

    assert asked(open_app, "GET", "/", f"{host}:{port}")[0] == 200
    assert asked(open_app, "GET", "/captions", host)[0] == 200
    assert opens_websocket(open_app, "localhost" if host == "[::1]" else host)


@pytest.mark.parametrize(
    "host", ["rebound.example", "127.0.0.1.rebound.example", "localhost.rebound.example", "192.0.2.7"]
)
def test_a_page_under_another_name_reaches_nothing(open_app, host):
    """DNS rebinding: the name of a foreign page points to this machine."""
    port = urlsplit(open_app).port

    assert not opens_websocket(open_app, host)
    for path in ("/", "/captions", "/_stcore/health", "/_stcore/host-config", "/media/x.png"):
        status, told, _ = asked(open_app, "GET", path, f"{host}:{port}", X_Forwarded_Host="localhost")
        assert status == 421
        assert "does not answer under this name" in told
        assert "explorer" not in told


def test_no_page_of_another_site_shows_the_app_in_a_frame(open_app):
    """Clicks on such a page could be led to the app's buttons."""
    parts = urlsplit(open_app)
    for path in ("/", "/library", "/nowhere", "/_stcore/health"):
        with closing(http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
        assert "frame-ancestors 'self'" in answer.getheader("Content-Security-Policy"), path
        assert answer.getheader("X-Content-Type-Options") == "nosniff"


def test_the_owner_allows_names(closed_app):
    assert asked(closed_app, "GET", "/", "pictures.example")[0] == 200
    assert opens_websocket(closed_app, "pictures.example")
    assert asked(closed_app, "GET", "/", "www.pictures.example")[0] == 421
    assert not opens_websocket(closed_app, "other.example")


@pytest.mark.parametrize(
    ("host", "allowed", "is_one"),
    [
        ("LOCALHOST:80", ["localhost"], True),
        ("localhost.", ["localhost"], True),
        ("[::1]:8501", ["::1"], True),
        ("::1", ["::1"], False),
        ("a.example.org", ["*.example.org"], True),
        ("a.b.example.org", ["*.Example.org"], True),
        ("example.org", ["*.example.org"], False),
        ("badexample.org", ["*.example.org"], False),
        ("localhost@rebound.example", ["localhost"], False),
        ("rebound.example/localhost", ["localhost"], False),
        ("localhost:x", ["localhost"], False),
        ("", ["localhost"], False),
    ],
)
def test_a_host_is_one_that_is_allowed(host, allowed, is_one):
    assert is_allowed(host, allowed) is is_one


@pytest.mark.parametrize(
    "name", ["http://a.example", "a.example:80", "a b", "*", "", "a,b", "-a", "a.example/x"]
)
def test_what_is_no_host_name_is_refused(tmp_path, name):
    with pytest.raises(LibraryError, match="is not a host name"):
        app.serve(tmp_path, "127.0.0.1", 8501, allow_hosts=[name])


def started(monkeypatch, tmp_path, host, **options):
    run = {}
    monkeypatch.setattr(
        app.os, "execve", lambda _file, command, environment: run.update(environment, command=command)
    )
    monkeypatch.setattr(app.subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0))
    app.serve(tmp_path, host, 8501, **options)
    return run


@pytest.mark.parametrize(
    ("host", "options", "is_here"),
    [
        ("127.0.0.1", {}, True),
        ("localhost", {}, True),
        ("::1", {}, True),
        ("127.0.0.1", {"allow_hosts": ["pictures.example"]}, False),
        ("0.0.0.0", {}, False),
        ("192.0.2.7", {}, False),
    ],
)
def test_visitors_are_on_this_machine_only_where_nobody_else_reaches_the_app(
    monkeypatch, tmp_path, host, options, is_here
):
    run = started(monkeypatch, tmp_path, host, **options)

    assert bool(run["EXPLORER_THIS_MACHINE_ONLY"]) is is_here
    assert run["FORWARDED_ALLOW_IPS"] == ""  # a proxy's headers say nothing of where a visitor is


def test_an_address_to_serve_at_is_a_name_too(monkeypatch, tmp_path):
    command = started(monkeypatch, tmp_path, "192.0.2.7", allow_hosts=["[2001:db8::1]"])["command"]

    allowed = [option.partition("=")[2] for option in command if option.startswith("--server.allowedHosts=")]
    assert allowed == ["localhost", "127.0.0.1", "::1", "192.0.2.7", "2001:db8::1"]
    assert "--client.showErrorDetails=none" in command


def test_streamlit_started_by_itself_is_as_careful(monkeypatch, tmp_path):
    """`streamlit run streamlit_app.py`, in the folder of the source."""
    command = started(monkeypatch, tmp_path, "127.0.0.1")["command"]
    options = [option.removeprefix("--").partition("=") for option in command if option.startswith("--")]
    written = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    hosts = [value for name, _, value in options if name == "server.allowedHosts"]

    assert written["server"]["allowedHosts"] == hosts
    for section, names in {
        "server": ["maxUploadSize"],
        "client": ["showErrorDetails", "toolbarMode"],
    }.items():
        for name in names:
            assert (f"{section}.{name}", "=", str(written[section][name])) in options


def test_nobody_uploads_before_signing_in(closed_app):
    path = f"/_stcore/upload_file/{'0' * 36}/{'0' * 36}"

    for cookie in ("", "explorer_session=guessed", "explorer_session"):
        status, told, _ = asked(closed_app, "PUT", path, body=b"x" * 100, Cookie=cookie)
        assert (status, told) == (403, "Sign in first, then upload.")


def test_an_upload_says_its_length_and_all_together_are_limited(open_app):
    path = f"/_stcore/upload_file/{'0' * 36}/{'0' * 36}"

    assert asked(open_app, "PUT", path, body=iter([b"x"]), Transfer_Encoding="chunked")[0] == 411
    both = {"Transfer_Encoding": "chunked", "Content_Length": "1"}
    assert asked(open_app, "PUT", path, body=b"1\r\nx\r\n0\r\n\r\n", **both)[0] == 411
    assert asked(open_app, "PUT", path, Content_Length=str(257 << 20))[0] == 413


def test_a_session_is_a_cookie_that_no_script_reads(closed_app, monkeypatch):
    assert asked(closed_app, "POST", "/session", body=b"guessed")[0] == 403
    assert asked(closed_app, "POST", "/session", body=b"x" * 100_000)[0] == 403
    assert asked(closed_app, "GET", "/session")[2] is None


def test_a_ticket_is_good_once_and_not_for_long(monkeypatch):
    sessions = Sessions()
    session = sessions.open(TOKEN, TOKEN)
    ticket = sessions.issue_ticket(session)

    assert sessions.redeem(ticket) == session
    assert sessions.redeem(ticket) is None
    monkeypatch.setattr(sign_in, "TICKET_SECONDS", -1.0)
    assert sessions.redeem(sessions.issue_ticket(session)) is None


def test_the_right_token_does_not_wait_behind_wrong_guesses():
    sessions = Sessions()
    guesses = [threading.Thread(target=sessions.open, args=(TOKEN, f"guess {n}")) for n in range(30)]
    for guess in guesses:
        guess.start()
    began = time.monotonic()
    assert sessions.open(TOKEN, TOKEN)
    assert time.monotonic() - began < sign_in.WRONG_GUESS_SECONDS
    for guess in guesses:
        guess.join()
    assert time.monotonic() - began < 5 * sign_in.WRONG_GUESS_SECONDS
    assert time.monotonic() - began > sign_in.WRONG_GUESS_SECONDS / 2
