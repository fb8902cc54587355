"""The homes under test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from homes import HOMES, opened

from explorer.index import Home


@pytest.fixture(params=HOMES)
def home(request, tmp_path: Path) -> Iterator[Home]:
    with opened(request.param, tmp_path) as home:
        yield home


@pytest.fixture(params=HOMES, scope="module")
def shared_home(request, tmp_path_factory) -> Iterator[Home]:
    """For an index that several tests only read."""
    with opened(request.param, tmp_path_factory.mktemp("shared")) as home:
        yield home
