"""Pictures on disk: each once, whole or not at all."""

import pytest

from explorer.catalog.picture_store import PictureStore
from explorer.errors import LibraryError

SHA = "ab" * 32


@pytest.fixture
def pictures(tmp_path):
    return PictureStore(tmp_path / "pictures")


def test_what_is_kept_is_read_back(pictures):
    pictures.keep(SHA, b"original", {"small": b"s", "large": b"l"})

    assert pictures.read(SHA) == b"original"
    assert pictures.thumbnail(SHA, "small").read_bytes() == b"s"
    assert pictures.thumbnail(SHA, "large").read_bytes() == b"l"


def test_a_picture_is_there_only_with_its_thumbnails(pictures, monkeypatch):
    pictures.thumbnail(SHA, "small").parent.mkdir(parents=True)
    pictures.thumbnail(SHA, "small").write_bytes(b"from a run that was killed")

    assert not pictures.has(SHA)
    pictures.keep(SHA, b"original", {"small": b"other", "large": b"l"})
    assert pictures.has(SHA)


def test_a_picture_that_is_gone_is_told_with_the_way_out(pictures):
    with pytest.raises(LibraryError, match="explorer doctor --repair"):
        pictures.read(SHA)


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "pictures").write_text("a file in the way")

    with pytest.raises(LibraryError, match="cannot be written"):
        PictureStore(tmp_path / "pictures").keep(SHA, b"x", {})
