"""A server that never ends: each request does, within its seconds, its bytes and its memory."""

import gzip
import socket
import threading
import time
import zlib
from contextlib import contextmanager, suppress

import pytest

from explorer.archive.site import remote
from explorer.archive.site.remote import PICTURES, WebClient, is_public
from explorer.errors import ArchiveError

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n"


@contextmanager
def server(answers):
    """A server that says what `answers` yields to whoever connects; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            with suppress(OSError):
                while True:
                    line, _ = listening.accept()
                    threading.Thread(target=talk, args=(line,), daemon=True).start()

        def talk(line):
            with suppress(OSError), line:
                line.recv(65536)
                for piece in answers():
                    line.sendall(piece)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/a.png"


def slow_head():
    yield b"HTTP/1.1 200 OK\r\n"
    while True:
        yield b"X-Mill: a\r\n"
        time.sleep(0.05)


def early_hints():
    while True:
        yield b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
        time.sleep(0.02)


def slow_body():
    yield HEAD + b"Content-Length: 1000000\r\n\r\n"
    while True:
        yield b"x"
        time.sleep(0.05)


def empty_blocks():
    yield HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"")[:10]
    while True:
        yield b"\x00\x00\x00\xff\xff" * 1000
        time.sleep(0.01)


def endless_name():
    yield HEAD + b"Content-Encoding: gzip\r\n\r\n" + b"\x1f\x8b\x08\x08\0\0\0\0\0\0"
    while True:
        yield b"a" * 10_000
        time.sleep(0.01)


def silence():
    time.sleep(30)
    yield b""


@pytest.fixture
def web(monkeypatch):
    """A client that is quick to give up, and may talk to this machine."""
    monkeypatch.setattr(remote, "is_public", lambda _: True)
    monkeypatch.setattr(remote, "MAX_SECONDS", 1.0)
    monkeypatch.setattr(remote, "MAX_BYTES", 1_000_000)
    client = WebClient(resolve=lambda host, port: ["127.0.0.1"], pause=0)
    yield client
    client.close()


@pytest.mark.parametrize("answers", [slow_head, early_hints, slow_body, empty_blocks, endless_name, silence])
def test_a_server_that_never_ends_is_left(web, answers):
    began = time.monotonic()
    with server(answers) as address, pytest.raises(ArchiveError):
        web.get(address, kinds=PICTURES)
    assert time.monotonic() - began < 4


def test_what_unpacks_to_too_much_is_not_kept(web):
    bomb = gzip.compress(b"\0" * 50_000_000)
    answer = HEAD + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n" + bomb
    with (
        server(lambda: [answer]) as address,
        pytest.raises(ArchiveError, match="more than 1,000,000 bytes"),
    ):
        web.get(address, kinds=PICTURES)


@pytest.mark.parametrize("encoding", [b"gzip", b"deflate", b"identity"])
def test_what_is_packed_as_asked_is_unpacked(web, encoding):
    packed = {b"gzip": gzip.compress(b"mill"), b"deflate": zlib.compress(b"mill"), b"identity": b"mill"}[
        encoding
    ]
    with server(
        lambda: [HEAD + b"Content-Encoding: " + encoding + b"\r\nConnection: close\r\n\r\n" + packed]
    ) as address:
        assert web.get(address, kinds=PICTURES).data == b"mill"


def test_each_request_has_seconds_of_its_own(web):
    with server(lambda: [HEAD + b"Connection: close\r\n\r\nmill"]) as address:
        for _ in range(3):
            assert web.get(address, kinds=PICTURES).data == b"mill"
            time.sleep(0.5)


@pytest.mark.parametrize(
    ("address", "is_open"),
    [
        ("93.184.216.34", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.100.100.200", False),
        ("192.0.0.192", False),
        ("168.63.129.16", False),
        ("224.0.0.1", False),
        ("2606:2800:220:1::1", True),
        ("::1", False),
        ("::", False),
        ("fd00:ec2::254", False),
        ("fe80::1%eth0", False),
        ("ff02::1", False),
        ("2001:db8::1", False),
        ("3fff::1", False),
        ("4000::1", False),
        ("64:ff9b::5db8:d822", True),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b:1::5db8:d822", False),
        ("::ffff:93.184.216.34", True),
        ("::ffff:10.0.0.1", False),
        ("::ffff:168.63.129.16", False),
        ("::127.0.0.1", False),
        ("2002:7f00:1::", False),
        ("2002:a9fe:a9fe::", False),
        ("2001:0:5db8:d822::f5ff:fffe", False),
    ],
)
def test_only_the_open_internet_is_asked(address, is_open):
    assert is_public(address) is is_open


def test_a_name_that_leads_to_public_and_private_addresses_is_not_asked():
    client = WebClient(resolve=lambda host, port: ["93.184.216.34", "127.0.0.1"], pause=0)
    with pytest.raises(ArchiveError, match="private network"):
        client.get("http://mills.example/a.png")
    client.close()
