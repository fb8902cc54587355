"""The stores under test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from stores import HOMES, opened

from explorer.index import IndexStore


@pytest.fixture(params=HOMES)
def store(request, tmp_path: Path) -> Iterator[IndexStore]:
    with opened(request.param, tmp_path) as store:
        yield store


@pytest.fixture(params=HOMES, scope="module")
def shared_store(request, tmp_path_factory) -> Iterator[IndexStore]:
    """For an index that several tests only read."""
    with opened(request.param, tmp_path_factory.mktemp("shared")) as store:
        yield store
