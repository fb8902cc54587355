"""Pictures outside the archive: fetched when asked, bounded, never from a private network, and then kept."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from library.fake_encoders import FakeEncoder, use_fakes
from library.made_archive import REMOTE, drawn, figures_by_image, png

from explorer.archive.site import remote
from explorer.archive.site.remote import PublicOnlyTransport, RemotePictures
from explorer.errors import ArchiveError
from explorer.library.library import Library

PUBLIC = "93.184.215.14"


class Site(BaseHTTPRequestHandler):
    def do_GET(self):
        getattr(self, "answer_" + self.path.strip("/").split(".")[0].replace("-", "_"))()

    def answer_picture(self, kind="image/png", body=None):
        body = body or png(drawn("night"))
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body)

    answer_remote = answer_picture

    def answer_page(self):
        self.answer_picture("text/html", b"<html>not found, but friendly</html>")

    def answer_huge(self):
        self.answer_picture(body=b"x" * 50_000)

    def answer_slow(self):
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.end_headers()
        try:
            for _ in range(100):
                self.wfile.write(b"x")
                time.sleep(0.05)
        except OSError:
            pass  # the reader has had enough

    def answer_packed(self):
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Encoding", "zstd")
        self.end_headers()
        self.wfile.write(b"x")

    def answer_gone(self):
        self.send_error(404)

    def answer_inside(self):
        self.send_response(302)
        self.send_header("Location", "http://intranet.example/secret.png")
        self.end_headers()

    def answer_away(self):
        self.send_response(302)
        self.send_header("Location", "/picture.png")
        self.end_headers()

    def answer_round(self):
        self.send_response(302)
        self.send_header("Location", "/round.png")
        self.end_headers()

    def log_message(self, *_):
        """Says nothing."""


@pytest.fixture(scope="module")
def site():
    """The port of a real web server on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()


class ToLoopback(httpx.BaseTransport):
    """Real http to the real server: the public address that was checked is this machine, for the test."""

    def __init__(self, port):
        self.port = port
        self.hosts = []
        self._http = httpx.HTTPTransport()

    def handle_request(self, request):
        self.hosts.append(request.url.host)
        url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self.port)
        return self._http.handle_request(httpx.Request(request.method, url, headers=request.headers))

    def close(self):
        self._http.close()


def resolve(host, _port):
    """pictures.example is out there; everything else is at home."""
    return [PUBLIC] if host == "pictures.example" else ["10.0.0.7"]


@pytest.fixture
def fetch(site, monkeypatch):
    monkeypatch.setattr(remote, "PAUSE_SECONDS", 0)
    pictures = RemotePictures(resolve=resolve, transport=ToLoopback(site))
    yield lambda name: pictures.fetch(f"http://pictures.example/{name}.png")
    pictures.close()


def test_a_picture_is_fetched(fetch):
    assert fetch("picture") == png(drawn("night"))


def test_a_redirect_is_followed(fetch):
    assert fetch("away") == png(drawn("night"))


def test_the_connection_goes_to_the_address_that_was_checked(site):
    transport = ToLoopback(site)
    with httpx.Client(transport=PublicOnlyTransport(resolve, transport)) as client:
        client.get("http://pictures.example/picture.png")

    assert transport.hosts == [PUBLIC]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        pytest.param(
            "inside", "intranet.example is on a private network", id="a redirect to a private address"
        ),
        pytest.param("page", "is not a picture: the server sends text/html", id="no picture"),
        pytest.param("gone", "404", id="not there"),
        pytest.param("round", "redirects", id="in circles"),
        pytest.param("packed", "unsupported content encoding", id="packed as nobody asked for"),
    ],
)
def test_what_is_no_picture_is_refused(fetch, name, told):
    with pytest.raises(ArchiveError, match=told):
        fetch(name)


def test_a_picture_beyond_the_bound_is_not_read_to_its_end(fetch, monkeypatch):
    monkeypatch.setattr(remote, "MAX_BYTES", 10_000)

    with pytest.raises(ArchiveError, match="more than 10,000 bytes"):
        fetch("huge")


def test_a_server_that_dribbles_is_left(fetch, monkeypatch):
    monkeypatch.setattr(remote, "MAX_SECONDS", 0.3)
    started = time.monotonic()

    with pytest.raises(ArchiveError, match="took longer"):
        fetch("slow")
    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["169.254.169.254"],
        ["::1"],
        [PUBLIC, "192.168.1.1"],
        ["::ffff:10.0.0.1"],
        ["64:ff9b::a00:1"],
        [],
    ],
    ids=str,
)
def test_a_name_that_leads_inside_is_never_connected_to(site, addresses):
    transport = ToLoopback(site)
    pictures = RemotePictures(resolve=lambda *_: addresses, transport=transport)

    with pytest.raises(ArchiveError, match="private network"):
        pictures.fetch("http://pictures.example/picture.png")
    assert transport.hosts == []
    pictures.close()


def test_one_host_is_asked_politely(site, monkeypatch):
    monkeypatch.setattr(remote, "PAUSE_SECONDS", 0.2)
    pictures = RemotePictures(resolve=resolve, transport=ToLoopback(site))
    started = time.monotonic()
    for _ in range(3):
        pictures.fetch("http://pictures.example/picture.png")
    pictures.close()

    assert time.monotonic() - started >= 0.4


@pytest.fixture
def connected(site, monkeypatch):
    """The library's own way to the web leads to the server of the test; gives the hosts that were asked."""
    transport = ToLoopback(site)
    monkeypatch.setattr(remote, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(
        "explorer.library.ingest.RemotePictures", lambda: RemotePictures(resolve=resolve, transport=transport)
    )
    use_fakes(monkeypatch, FakeEncoder("fake"))
    return transport


@pytest.fixture
def own(tmp_path, archive, connected):
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest([archive], encoder="fake")
        yield library


def test_without_being_asked_nothing_is_fetched(own, connected):
    assert connected.hosts == []
    assert figures_by_image(own)[REMOTE].status == "remote"


def test_what_was_fetched_is_kept_and_stays_kept_when_a_later_ingest_does_not_fetch(own, archive, connected):
    report = own.archives.ingest([archive], fetch_remote=True)

    kept = figures_by_image(own)[REMOTE]
    assert (kept.status, kept.width, report.remote) == ("kept", 160, 0)

    report = own.archives.ingest([archive])

    assert figures_by_image(own)[REMOTE] == kept
    assert report.generation == 2
    own.archives.ingest([archive], fetch_remote=True)
    assert len(connected.hosts) == 1  # and it is not asked for again


def test_a_picture_that_cannot_be_fetched_costs_one_line(own, archive):
    page = archive / "2024-01-kitchen.html"
    page.write_text(page.read_text().replace(REMOTE, "https://pictures.example/gone.png"))

    report = own.archives.ingest([archive], fetch_remote=True)

    assert report.problems == 2
    told = [
        line.reason for line in own.browse.problems() if line.image == "https://pictures.example/gone.png"
    ]
    assert len(told) == 1
    assert "404" in told[0]
