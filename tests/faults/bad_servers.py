"""A small HTTP server that answers as Qdrant might on a bad day, one script line per request."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

Answer = Callable[["_Handler"], None]


class _Handler(BaseHTTPRequestHandler):
    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        server = self.server
        assert isinstance(server, BadServer)
        server.requests.append(f"{self.command} {self.path}")
        script = server.script
        (script.pop(0) if len(script) > 1 else script[0])(self)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = answer  # noqa: N815  as the server calls them

    def log_message(self, *_: object) -> None:
        """Says nothing."""


class BadServer(ThreadingHTTPServer):
    """Answers by its script, whose last line it repeats."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, *script: Answer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = list(script)
        self.requests: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is what is wanted."""


@contextmanager
def serving(*script: Answer) -> Iterator[BadServer]:
    with BadServer(*script) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


def says(status: int, body: object) -> Answer:
    """An answer as it is."""

    def answer(handler: _Handler) -> None:
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "text/html" if isinstance(body, str) else "application/json")
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def good(result: object) -> Answer:
    """What Qdrant answers with this result."""
    return says(200, {"result": result, "status": "ok", "time": 0.001})


def bad(status: int, reason: str) -> Answer:
    """What Qdrant answers where it will not, or cannot."""
    return says(status, {"status": {"error": reason}, "time": 0.0})


def hangs_up(handler: _Handler) -> None:
    """The server stops in the middle."""
    handler.close_connection = True
    handler.connection.close()


def takes(seconds: float) -> Answer:
    """Nothing for a while."""
    return lambda handler: time.sleep(seconds)
