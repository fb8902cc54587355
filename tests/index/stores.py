"""The stores under test, made when they are asked for."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from explorer.index import IndexStore, ServerSettings, open_store


def in_memory() -> IndexStore:
    from qdrant_client import QdrantClient

    from explorer.index.server.store import ServerStore

    return ServerStore(QdrantClient(":memory:"), "test", ServerSettings())


def on_server() -> IndexStore:
    url = os.environ.get("QDRANT_TEST_URL")
    if not url:
        pytest.skip("QDRANT_TEST_URL names no Qdrant server")
    return open_store(url, name=f"test-{uuid4().hex[:8]}")


HOMES = ["edge", "client", "server"]


@contextmanager
def opened(kind: str, folder: Path) -> Iterator[IndexStore]:
    stores = {"edge": lambda: open_store(folder / "index"), "client": in_memory, "server": on_server}
    store = stores[kind]()
    yield store
    if kind == "server":
        store._generations.drop(lambda number: True)
