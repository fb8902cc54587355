"""The homes under test, made when they are asked for."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from explorer.index import Home, ServerSettings, open_home


def in_memory() -> Home:
    from qdrant_client import QdrantClient

    from explorer.index.server.store import ServerHome

    return ServerHome(QdrantClient(":memory:"), "test", ServerSettings())


def on_server() -> Home:
    url = os.environ.get("QDRANT_TEST_URL")
    if not url:
        pytest.skip("QDRANT_TEST_URL names no Qdrant server")
    return open_home(url, name=f"test-{uuid4().hex[:8]}")


HOMES = ["edge", "client", "server"]


@contextmanager
def opened(kind: str, folder: Path) -> Iterator[Home]:
    homes = {"edge": lambda: open_home(folder / "index"), "client": in_memory, "server": on_server}
    home = homes[kind]()
    yield home
    if kind == "server":
        home._generations.drop(lambda number: True)
