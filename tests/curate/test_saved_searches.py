"""Saved searches remember what is liked and what was seen, and outlive the figures that they began with."""

import json
from xml.etree import ElementTree

import pytest
from library.made_archive import drawn, figures_by_image, png, write_second_version

from explorer.catalog.records import Selection
from explorer.curate.matches_feed import FoundFigure, render_feed
from explorer.errors import LibraryError, QueryError
from explorer.library.library import Library

BOAT, RAIN, PUMP = "images/boat.png", "images/rain.png", "images/pump.png"


@pytest.fixture
def ids(own_library):
    return {image: figure.id for image, figure in figures_by_image(own_library).items()}


def test_the_liked_examples_would_pass_the_threshold_that_they_choose(own_library, ids):
    charts = [ids[RAIN], ids[PUMP]]
    threshold = own_library.saved_searches.save("charts", like=charts).saved_search.threshold

    for left_out, other in (charts, charts[::-1]):
        found = {hit.id: hit.score for hit in own_library.search(like=[other], limit=500).hits}
        assert found[left_out] >= threshold


def test_what_passes_when_it_is_saved_is_not_new_and_what_comes_later_is(own_library, ids, tmp_path):
    saved = own_library.saved_searches.save("sky", words="the winter sky at night", threshold=-10)
    assert saved.hits
    again = own_library.saved_searches.run("sky")
    assert {hit.id for hit in again.hits} == {hit.id for hit in saved.hits}
    assert again.new == frozenset()
    assert own_library.saved_searches.updates() == []

    own_library.archives.ingest([write_second_version(tmp_path / "archive")])
    night = figures_by_image(own_library)["images/night.png"].id
    assert night in own_library.saved_searches.updates()[0].new
    assert night in own_library.saved_searches.run("sky").new
    assert own_library.saved_searches.run("sky").new == frozenset()


def test_a_saved_line_has_filters_and_exact_words(own_library, ids):
    found = own_library.saved_searches.save("2024", words='"winter sky" after:2024-03', threshold=-100)
    assert {hit.id for hit in found.hits} == {
        hit.id for hit in own_library.ask('"winter sky" after:2024-03', kind="figure", limit=500).result.hits
    }
    red = own_library.saved_searches.save("captioned", words="has:caption before:2024-01")
    assert {hit.id for hit in red.hits} == {
        figure.id for figure in own_library.browse.figures(Selection(has_caption=True, date_to="2024-01"))
    }
    assert red.hits


def test_what_a_sync_finds_is_counted_until_it_is_seen_and_is_in_the_feed(own_library, tmp_path):
    own_library.saved_searches.save("night sky", words="the winter sky at night", threshold=-10)
    assert own_library.saved_searches.report() == []
    assert own_library.saved_searches.unseen() == 0

    own_library.archives.ingest([write_second_version(tmp_path / "archive")])
    [update] = own_library.saved_searches.report()
    assert own_library.saved_searches.unseen() == len(update.new) > 0
    night = own_library.browse.figure(figures_by_image(own_library)["images/night.png"].id)
    entries = feed_entries(own_library)
    assert night.label in {title for title, _ in entries}
    assert {search for _, search in entries} == {"night sky"}
    own_library.saved_searches.report()
    assert feed_entries(own_library) == entries

    own_library.saved_searches.mark_seen()
    assert own_library.saved_searches.unseen() == 0
    own_library.saved_searches.report()
    assert feed_entries(own_library) == entries  # a feed reader still gets what it has not read


def feed_entries(library):
    atom = "{http://www.w3.org/2005/Atom}"
    feed = ElementTree.parse(library.path / "new-matches.atom").getroot()
    assert feed.find(f"{atom}updated").text > "2020"
    return [
        (entry.find(f"{atom}title").text, entry.find(f"{atom}category").get("term"))
        for entry in feed.iter(f"{atom}entry")
    ]


def test_a_hostile_caption_stays_text_in_the_feed(own_library, ids):
    own_library.editing.correct(ids[BOAT], caption="</title><script>&\x01 \x0b")
    figure = own_library.browse.figure(ids[BOAT])
    text = render_feed(
        "a & b", [FoundFigure("x", figure, "2026-01-01T00:00:00+00:00", "javascript:alert(1)")]
    )
    feed = ElementTree.fromstring(text)
    assert "<script" not in text
    assert "javascript" not in text
    assert feed.find("{http://www.w3.org/2005/Atom}title").text == "New matches in a & b"


def test_a_threshold_keeps_out_what_stays_below(own_library, ids):
    every = own_library.saved_searches.save("boats", like=[ids[BOAT]], threshold=-100).hits
    middle = every[len(every) // 2].score
    some = own_library.saved_searches.save("boats", like=[ids[BOAT]], threshold=middle).hits

    assert [hit.id for hit in some] == [hit.id for hit in every if hit.score >= middle]
    assert len(own_library.saved_searches.list()) == 1


def test_pictures_and_words_and_dislikes_count(own_library, ids, tmp_path):
    file = tmp_path / "chart.png"
    file.write_bytes(png(drawn("rain")))
    seen = own_library.saved_searches.save(
        "mixed", pictures=[file], unlike=[ids[BOAT]], words="rain", threshold=-100
    )

    assert seen.hits[0].id == ids[RAIN]
    assert ids[BOAT] not in {hit.id for hit in seen.hits}
    assert own_library.saved_searches.get("mixed").pictures == (str(file),)


def test_what_is_gone_is_told_and_the_rest_goes_on(own_library, ids, tmp_path):
    file = tmp_path / "chart.png"
    file.write_bytes(png(drawn("rain")))
    own_library.saved_searches.save("mixed", like=[ids[BOAT], ids[RAIN]], pictures=[file], threshold=-100)
    own_library.saved_searches.save("lost", like=[ids[BOAT]])
    saved = own_library.path / "navigators" / "lost.json"
    plain = json.loads(saved.read_text())
    saved.write_text(json.dumps(plain | {"like": ["00000000-no-such-figure"]}))
    mixed = own_library.path / "navigators" / "mixed.json"
    mixed.write_text(json.dumps(json.loads(mixed.read_text()) | {"like": [ids[BOAT], "gone-figure"]}))
    file.unlink()

    seen = own_library.saved_searches.run("mixed")
    assert set(seen.gone) == {"gone-figure", str(file)}
    assert seen.hits
    with pytest.raises(QueryError, match="All examples of the saved search 'lost' are gone"):
        own_library.saved_searches.run("lost")
    assert own_library.saved_searches.updates() == []


def test_slips_are_told(own_library, tmp_path):
    with pytest.raises(QueryError, match="A saved search needs something to look for"):
        own_library.saved_searches.save("nothing")
    for name in ("", "../up", "a/b", ".hidden", "x" * 65):
        with pytest.raises(QueryError, match="not a valid name for a saved search"):
            own_library.saved_searches.save(name, words="boats")
    for do in (
        own_library.saved_searches.get,
        own_library.saved_searches.run,
        own_library.saved_searches.delete,
    ):
        with pytest.raises(LibraryError, match="explorer saved list"):
            do("unknown")
    with pytest.raises(QueryError, match=r"no\.png"):
        own_library.saved_searches.save("x", pictures=[tmp_path / "no.png"])


def test_a_saved_search_outlives_the_process_and_is_gone_when_deleted(own_library, ids):
    own_library.saved_searches.save("boats", like=[ids[BOAT]])
    with Library.open(own_library.path) as other:
        assert [one.name for one in other.saved_searches.list()] == ["boats"]
        other.saved_searches.delete("boats")
    assert own_library.saved_searches.list() == []
    assert [file.name for file in (own_library.path / "navigators").iterdir()] == []


def test_a_damaged_file_is_told(own_library):
    folder = own_library.path / "navigators"
    folder.mkdir()
    for text in ("{", "[]", '{"name": "x", "nonsense": 1}', "null"):
        (folder / "x.json").write_text(text)
        with pytest.raises(LibraryError, match=r"x\.json cannot be read.*save the search again"):
            own_library.saved_searches.get("x")
