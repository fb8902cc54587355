"""Fixtures on the made archive, for every folder of tests that asks for them in its conftest."""

from __future__ import annotations

import shutil
from contextlib import closing

import pytest
from library.made_archive import copied, made_once, write_archive

from explorer.catalog.store import Catalog
from explorer.library.library import Library

__all__ = [
    "archive",
    "give_back_space",
    "library",
    "library_folder",
    "made_archive",
    "own_folder",
    "own_library",
]


@pytest.fixture(scope="session")
def made_archive(tmp_path_factory):
    """The archive behind `library_folder`; nobody writes to it."""
    return made_once(tmp_path_factory)[0]


@pytest.fixture(scope="session")
def library_folder(tmp_path_factory):
    """The library of the made archive; nobody writes to it, but that it keeps what is searched for."""
    return made_once(tmp_path_factory)[1]


@pytest.fixture(autouse=True)
def give_back_space(tmp_path):
    """A test's libraries go with it: an index reserves far more than it holds."""
    yield
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture
def library(library_folder):
    """The library, open for reading."""
    with Library.open(library_folder) as opened:
        yield opened


@pytest.fixture
def own_folder(library_folder, tmp_path):
    """A copy of the library that the test may change; what other tests searched for in the library is not in it."""
    with Library.open(
        library_folder
    ):  # while it is open, SQLite takes no file away that is about to be copied
        folder = copied(library_folder, tmp_path / "own-library")
    with closing(Catalog(folder / "catalog.sqlite")) as catalog:
        catalog.searches.clear()
    (folder / "timings.jsonl").unlink(missing_ok=True)
    return folder


@pytest.fixture
def own_library(own_folder):
    with Library.open(own_folder) as opened:
        yield opened


@pytest.fixture
def archive(tmp_path):
    """An archive that the test may change."""
    return write_archive(tmp_path / "archive")
