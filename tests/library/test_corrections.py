"""Corrections outlive every ingest, follow their picture, and are found by what they say at once."""

import pytest
from library.made_archive import copied, drawn, figures_by_image, png

from explorer.archive.html.caption_marks import tidy
from explorer.catalog.records import ItemRecord, Selection
from explorer.errors import QueryError
from explorer.library.library import Library

BOAT, PUMP = "images/boat.png", "images/pump.png"
NEW = "A dinghy rounding the lighthouse"


def boats(archive, old, new):
    file = archive / "2024-02-boats.md"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_a_figure_says_what_was_corrected_and_keeps_the_rest(own_library):
    boat = figures_by_image(own_library)[BOAT]
    own_library.editing.correct(boat.id, caption=f"  {NEW}\n")
    now = own_library.editing.correct(boat.id[:12], credit="Ben Sailor")

    assert (now.caption, now.credit, now.alt) == (NEW, "Ben Sailor", boat.alt)
    assert own_library.editing.archive_says(boat.id) == {"caption": boat.caption, "credit": None}
    assert figures_by_image(own_library)[BOAT] == now


def test_it_is_found_by_its_new_words_at_once_and_no_longer_by_the_old(own_library):
    boat = figures_by_image(own_library)[BOAT]
    before = own_library.status()
    own_library.editing.correct(boat.id, caption=NEW, alt="")

    hit = own_library.search("dinghy").hits[0]
    assert hit.id == boat.id
    assert "dinghy" in hit.matched
    assert [figure.id for figure in own_library.browse.figures(Selection(text="dinghy lighthouse"))] == [
        boat.id
    ]
    assert boat.id in {hit.id for hit in own_library.ask('"rounding the lighthouse"').result.hits}
    crossing = own_library.ask("+crossing", kind="figure").result.hits
    assert boat.id not in {hit.id for hit in crossing}
    after = own_library.status()
    assert (after.generation, after.points) == (before.generation + 1, before.points)


def test_an_emptied_caption_is_no_caption(own_library):
    rain = figures_by_image(own_library)["images/rain.png"]
    now = own_library.editing.correct(rain.id, caption="")

    assert now.caption is None
    assert rain.id in {one.id for one in own_library.browse.figures(Selection(has_caption=False))}
    assert own_library.editing.archive_says(rain.id) == {"caption": rain.caption}


def test_what_is_reset_says_what_the_archive_says(own_library):
    boat = figures_by_image(own_library)[BOAT]
    own_library.editing.correct(boat.id, caption=NEW, alt="x")

    assert own_library.editing.reset_correction(boat.id) == boat
    assert own_library.editing.archive_says(boat.id) == {}
    assert own_library.search("dinghy").hits[0].matched == {}


def test_only_a_changed_figure_makes_a_generation(own_library):
    boat = figures_by_image(own_library)[BOAT]
    before = own_library.status().generation
    own_library.editing.correct(boat.id, alt=boat.alt)

    assert own_library.status().generation == before


def test_what_cannot_be_corrected_is_told(own_library):
    item = own_library.browse.items()[0]
    assert isinstance(item, ItemRecord)
    boat = figures_by_image(own_library)[BOAT]
    with pytest.raises(QueryError, match="is an item"):
        own_library.editing.correct(item.id, caption="x")
    with pytest.raises(QueryError, match="no figure or item 'nothing'"):
        own_library.editing.correct("nothing", caption="x")
    with pytest.raises(QueryError, match="--caption"):
        own_library.editing.correct(boat.id)


def test_half_a_letter_is_taken(own_library):
    boat = figures_by_image(own_library)[BOAT]
    assert own_library.editing.correct(boat.id, caption="a\ud800b").caption == tidy("a\ud800b")


# --- reading the archive again ------------------------------------------------------------------------------


@pytest.fixture
def corrected(tmp_path, made_archive):
    """An archive of its own, its library, and the boat's figure with another caption."""
    archive = copied(made_archive, tmp_path / "mine")
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest([archive], encoder="lite")
        boat = library.editing.correct(figures_by_image(library)[BOAT].id, caption=NEW)
        yield archive, library, boat


def captions(library):
    return {figure.image: figure.caption for figure in library.browse.figures()}


def test_reading_again_undoes_no_correction(corrected):
    archive, library, boat = corrected
    boats(archive, "The regatta was held", "The regatta of the year was held")
    library.archives.ingest([archive])
    assert library.browse.figure(boat.id).caption == NEW

    library.archives.ingest([archive], rebuild=True)
    assert library.browse.figure(boat.id).caption == NEW
    assert library.search("dinghy lighthouse").hits[0].id == boat.id


def test_what_the_archive_says_now_is_told(corrected):
    archive, library, boat = corrected
    assert library.editing.archive_says(boat.id) == {"caption": None}
    boats(
        archive,
        "![A sailing boat crossing the harbour](images/boat.png)",
        '<figure><img src="images/boat.png"><figcaption>A ketch in the harbour</figcaption></figure>',
    )
    library.archives.ingest([archive])

    assert library.browse.figure(boat.id).caption == NEW
    assert library.editing.archive_says(boat.id) == {"caption": "A ketch in the harbour"}


def test_a_correction_follows_its_picture_to_another_file_name(corrected):
    archive, library, boat = corrected
    (archive / "images/boat.png").rename(archive / "images/sail.png")
    boats(archive, "images/boat.png", "images/sail.png")
    library.archives.ingest([archive])

    assert captions(library)["images/sail.png"] == NEW
    assert library.browse.figure(boat.id).image == "images/sail.png"


def test_a_correction_follows_its_picture_when_files_are_numbered_anew(corrected):
    archive, library, _ = corrected
    boat, pump = (archive / "images" / name for name in ("boat.png", "pump.png"))
    sail = boat.read_bytes()
    boat.write_bytes(pump.read_bytes())
    pump.write_bytes(sail)
    boats(archive, "](images/boat.png)", "](images/first.png)")
    boats(archive, "](images/pump.png)", "](images/boat.png)")
    boats(archive, "](images/first.png)", "](images/pump.png)")
    library.archives.ingest([archive])

    moved = next(figure for figure in library.browse.figures() if figure.caption == NEW)
    assert library.browse.picture_path(moved.sha256, "original").read_bytes() == sail


def test_of_two_figures_of_one_picture_the_one_that_said_so_stays_corrected(corrected):
    archive, library, _ = corrected
    boats(archive, "# Boats and pumps\n\n", "# Boats and pumps\n\n![The cover](images/boat.png)\n\n")
    library.archives.ingest([archive])

    said = [figure.label for figure in library.browse.figures() if figure.image == BOAT]
    assert sorted(said) == [NEW, "The cover"]


def test_a_replaced_picture_keeps_the_correction_of_its_place(corrected):
    archive, library, boat = corrected
    (archive / "images/boat.png").write_bytes(png(drawn("checks")))
    library.archives.ingest([archive])

    assert library.browse.figure(boat.id).caption == NEW


def test_an_issue_that_goes_and_comes_back_is_still_corrected(corrected):
    archive, library, boat = corrected
    file = archive / "2024-02-boats.md"
    text = file.read_text(encoding="utf-8")
    file.unlink()
    library.archives.ingest([archive])
    assert BOAT not in captions(library)

    file.write_text(text, encoding="utf-8")
    library.archives.ingest([archive])
    assert library.browse.figure(boat.id).caption == NEW
