"""A program that uses the library: what it may hand over, what it is told when it cannot, and how results look."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from library.made_archive import drawn, png
from PIL import Image

from explorer import ExplorerError, Filters, Library, Result, Selection


@pytest.fixture(scope="module")
def boat():
    return png(drawn("boat"))


def test_a_path_may_be_a_text(archive, tmp_path):
    with Library.create(str(tmp_path / "library")) as library:
        library.archives.ingest(str(archive), encoder="lite")
        assert len(library.browse.issues()) == 3
        best = library.search(picture=str(archive / "images" / "boat.png")).hits[0]
        assert best.record.image == "images/boat.png"


def test_a_picture_may_be_bytes_an_open_image_or_an_array(library, boat):
    opened = Image.open(BytesIO(boat))
    sources = [bytearray(boat), memoryview(boat), opened, opened.convert("RGBA"), np.asarray(opened)]
    for source in sources:
        best = library.search(picture=source).hits[0]
        assert best.record.image == "images/boat.png"
        assert library.ask("", picture=source).result.hits[0].id == best.id


def test_an_open_image_is_cut_by_a_box_and_refused_by_its_size(library):
    with pytest.raises(ExplorerError, match="is not inside the picture of 64 x 48"):
        library.search(picture=Image.new("F", (64, 48)), box=(0, 0, 65, 48))
    with pytest.raises(ExplorerError, match="too large"):
        library.search(picture=Image.new("1", (20_000, 5_000)))


def test_one_id_may_stand_alone(library):
    liked = library.search("sailing boat").hits[0].id

    alone = [hit.id for hit in library.search(like=liked)]
    assert alone == [hit.id for hit in library.search(like=[liked])]
    assert alone == [hit.id for hit in library.search(like=liked[:13])]
    assert liked not in {hit.id for hit in library.ask("boat", unlike=liked).result}


WRONG = {
    "kind": lambda it: it.search("boat", kind="photo"),
    "kind of a line": lambda it: it.ask("boat", kind="photo"),
    "kind of nothing but filters": lambda it: it.ask("", kind="photo"),
    "filters of another type": lambda it: it.search("boat", filters={"number": 2}),
    "a number as text": lambda it: it.search("boat", filters=Filters(number="2")),
    "yes as a number": lambda it: it.search("boat", filters=Filters(has_caption=1)),
    "a number as a truth": lambda it: it.search("boat", filters=Filters(number=True)),
    "a document as a number": lambda it: it.search("boat", filters=Filters(document=7)),
    "a date that is none": lambda it: it.search("boat", filters=Filters(date_from="spring")),
    "a date as a number": lambda it: it.search("boat", filters=Filters(date_from=2024)),
    "an end before the beginning": lambda it: it.search(
        "boat", filters=Filters(date_from="2024", date_to="2023")
    ),
    "filters of a line": lambda it: it.ask("boat", filters="issue:2"),
    "an order": lambda it: it.browse.figures(order="size"),
    "a selection": lambda it: it.browse.figures("boat"),
    "a selection of items": lambda it: it.browse.items(Filters(number=2)),
    "a selection of issues": lambda it: it.browse.issues(Selection(number="2")),
    "a status": lambda it: it.browse.figures(Selection(status="lost")),
    "a count of a selection": lambda it: it.browse.count_figures(Selection(text=3)),
    "a limit": lambda it: it.search("boat", limit="5"),
    "no limit": lambda it: it.search("boat", limit=0),
    "an offset": lambda it: it.search("boat", offset=-1),
    "words": lambda it: it.search(5),
    "a line": lambda it: it.ask(None),
    "weights": lambda it: it.search("boat", weights=["terms"]),
    "a weight": lambda it: it.search("boat", weights={"terms": "much"}),
    "a box": lambda it: it.search(picture=png(drawn("boat")), box=(1, 2, 3)),
    "a picture": lambda it: it.search(picture=7),
    "an id": lambda it: it.search(like=[7]),
    "no ids": lambda it: it.search(like=7),
    "no id": lambda it: it.browse.find(None),
    "the id of no figure": lambda it: it.browse.figure(7),
    "a passage": lambda it: it.editing.illustrate(5),
    "an archive": lambda it: it.archives.ingest(5),
    "archives": lambda it: it.archives.ingest([5]),
}


@pytest.mark.parametrize("call", WRONG.values(), ids=WRONG)
def test_what_cannot_be_asked_is_refused_in_one_sentence(library, call):
    with pytest.raises(ExplorerError) as problem:
        call(library)
    assert "\n" not in str(problem.value)
    assert len(str(problem.value)) < 300


def test_a_refusal_names_the_argument_and_what_to_give(library):
    with pytest.raises(ExplorerError, match=r"kind='photo' is not known. Give one of figure, item, any\."):
        library.search("boat", kind="photo")
    with pytest.raises(ExplorerError, match=r"Filters\(number='2'\) is not possible. Give a whole number\."):
        library.search("boat", filters=Filters(number="2"))
    with pytest.raises(ExplorerError, match="Give one of date, issue, caption"):
        library.browse.figures(order="size")


def test_a_result_is_as_long_as_its_hits_and_gives_them(library):
    result = library.search("boat", limit=3)

    assert len(result) == 3
    assert list(result) == list(result.hits)
    assert not library.search("boat", filters=Filters(number=999))


def test_a_result_is_short_where_it_is_printed(library):
    result = library.search("a sailing boat", limit=3)

    assert repr(result).startswith("<Result: 3 hits, best 'A sailing boat crossing the harbour'")
    assert len(repr(result)) < 200
    assert repr(Result((), 2.0)) == "<Result: 0 hits, 2 ms>"
    assert "figure" not in repr(library.search("boat", kind="item", limit=1))


def test_a_notebook_shows_the_pictures_and_escapes_the_archive(library):
    result = library.search("a sailing boat", limit=2)
    shown = result._repr_html_()

    assert shown.count("<figure") == 2
    assert shown.count('src="data:image/webp;base64,UklGR') == 2
    assert "A sailing boat crossing the harbour" in shown

    hostile = replace(result.hits[0].record, caption='<script>alert("1")</script>', alt='" onerror="x')
    shown = replace(result, hits=(replace(result.hits[0], record=hostile),))._repr_html_()
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
    assert 'onerror="' not in shown


def test_a_notebook_shows_items_and_what_has_no_picture(library):
    assert "<img" not in library.search("boat", kind="item")._repr_html_()
    lost = library.ask("no:picture the photograph that got lost").result
    assert "The photograph that got lost" in lost._repr_html_()
    assert Result((), 1.0)._repr_html_() == "<p>No hits.</p>"


def test_a_figure_whose_picture_is_missing_never_ranks_above_one_with_a_picture(library):
    hits = library.search("The photograph that got lost", limit=100).hits
    has_picture = [hit.record.sha256 is not None for hit in hits]

    assert has_picture == sorted(has_picture, reverse=True)
    first_lost = hits[has_picture.index(False)]
    assert first_lost.record.caption == "The photograph that got lost"
    pages = [library.search("The photograph that got lost", limit=4, offset=n).hits for n in range(0, 100, 4)]
    assert [hit.id for page in pages for hit in page] == [hit.id for hit in hits]


def test_one_search_finds_figures_and_items_as_two_searches_do(library):
    picture = next(
        library.browse.picture_path(it.sha256, "original") for it in library.browse.figures() if it.sha256
    )
    for words, shown in (("sailing boat", None), (None, picture), ("a boat", picture)):
        result = library.search(words, picture=shown, items=3)
        assert result.hits == library.search(words, picture=shown).hits
        assert result.items == library.search(words, picture=shown, kind="item", limit=3).hits
        assert result.items
    assert library.search("sailing boat").items == ()
    with pytest.raises(ExplorerError, match="items=-1 is not possible"):
        library.search("sailing boat", items=-1)
