"""Another encoder is tried beside the one in use; to change over, and back, is one step."""

import pytest
from library.fake_encoders import FakeEncoder, use_fakes
from library.made_archive import copied, figures_by_image

from explorer.errors import LibraryError
from explorer.library.library import Library


@pytest.fixture
def fakes(monkeypatch):
    """Two encoders that count the pictures they are given."""
    old, new = FakeEncoder("old"), FakeEncoder("new")
    use_fakes(monkeypatch, old, new)
    return old, new


@pytest.fixture
def encoded(made_archive, tmp_path, fakes):
    """A library of the old encoder, with an index of the new one beside it."""
    archive = copied(made_archive, tmp_path / "mine")
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest([archive], encoder="old")
        library.encoders.add("new")
        yield library


def test_an_index_made_beside_changes_no_answer(encoded):
    assert encoded.status().encoder == "old"
    assert encoded.status().encoders == ("old", "new")
    assert encoded.search("boat").hits[0].id == figures_by_image(encoded)["images/boat.png"].id


def test_another_encoder_answers_from_the_moment_it_is_used(encoded):
    with Library.open(encoded.path) as elsewhere:
        elsewhere.search("boat")
        assert encoded.encoders.use("new") == "old"

        assert elsewhere.status().encoder == "new"
        elsewhere.search("boat")
        assert elsewhere._context.indexes.encoders().encoder.name == "new"


def test_the_way_back_is_one_step_and_makes_no_vector_again(encoded, fakes):
    encoded.encoders.use("new")
    seen = [encoder.pictures for encoder in fakes]

    assert encoded.encoders.use_previous() == "old"
    assert encoded.status().encoder == "old"
    assert encoded.encoders.use_previous() == "new"
    assert [encoder.pictures for encoder in fakes] == seen


def test_whoever_goes_back_finds_what_came_since(encoded, tmp_path):
    encoded.encoders.use("new")
    (tmp_path / "mine" / "late.md").write_text("# Late\n\n![A late ship](images/hive.png)\n")
    encoded.archives.sync()
    encoded.encoders.use_previous()

    assert "A late ship" in {hit.record.alt for hit in encoded.search("ship").hits}


def test_two_encoders_of_one_library_are_compared(encoded):
    with (
        Library.open(encoded.path, encoder="old") as one,
        Library.open(encoded.path, encoder="new") as other,
    ):
        done = one.evaluation.compare(other)

    assert done.a.queries == done.b.queries > 0
    assert one._context.indexes.encoder == "old"


def test_encoding_again_goes_on_where_it_was(encoded, fakes):
    _, new = fakes
    before = new.pictures
    report = encoded.encoders.add("new")

    assert new.pictures == before
    assert report.points == encoded.status().points


def test_what_was_never_encoded_cannot_be_used(encoded):
    with pytest.raises(
        LibraryError, match=r"no index of other\. It has indexes of: old, new\. To build one: explorer encode"
    ):
        encoded.encoders.use("other")
    with pytest.raises(LibraryError, match=r"has no index of other\. To build one: explorer encode"):
        Library.open(encoded.path, encoder="other")
    with pytest.raises(LibraryError, match="not used another encoder before"):
        encoded.encoders.use_previous()


def test_an_index_that_is_not_in_use_can_be_dropped(encoded):
    encoded.encoders.drop("new")

    assert encoded.status().encoders == ("old",)
    with pytest.raises(LibraryError, match="old is in use"):
        encoded.encoders.drop("old")
    assert encoded.encoders.add("new").points == encoded.status().points


def test_a_library_of_the_first_version_is_read_and_goes_on(encoded):
    file = encoded.path / "library.json"
    file.write_text('{"collection": "archive-1", "encoder": "old", "qdrant_url": null, "version": 1}')
    with Library.open(encoded.path) as opened:
        assert opened.status().points
        opened.encoders.add("new")
        assert opened.status().encoders == ("old", "new")
