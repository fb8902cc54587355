"""Each leg alone decides where it alone can, in libraries so small that the right answer is plain to see.

The encoders are fakes whose vectors are counts of colours and of a few concepts.
"""

import pytest
from library.fake_encoders import FakeEncoder, use_fakes
from library.made_archive import png
from PIL import Image

from explorer.catalog.filters import Filters
from explorer.errors import QueryError
from explorer.library.library import Library


@pytest.fixture
def library_of(tmp_path, monkeypatch):
    """A library of Markdown issues by name, and pictures by name and colour."""
    use_fakes(monkeypatch, FakeEncoder("fake"))
    opened = []

    def library_of(issues, pictures=()):
        folder = tmp_path / "archive"
        folder.mkdir()
        for name, text in issues.items():
            (folder / f"{name}.md").write_text(text, encoding="utf-8")
        for colour in pictures:
            (folder / f"{colour}.png").write_bytes(png(Image.new("RGB", (64, 48), colour)))
        opened.append(Library.create(tmp_path / "library"))
        opened[-1].archives.ingest([folder], encoder="fake")
        return opened[-1]

    yield library_of
    for library in opened:
        library.close()


def found(library, *args, **kwargs):
    return [
        hit.record.image if hit.kind == "figure" else hit.record.heading
        for hit in library.search(*args, **kwargs).hits
    ]


COLOURS = {"issue": "![](red.png)\n\n![](green.png)\n\n![](blue.png)\n"}


def test_the_picture_alone_answers_words_where_nothing_is_written(library_of):
    library = library_of(COLOURS, ["red", "green", "blue"])

    for colour in ("red", "green", "blue"):
        best = library.search(colour).hits[0]
        assert best.record.image == f"{colour}.png"
        assert max(best.why, key=lambda leg: best.why[leg].deviation) == "picture"


def test_the_meaning_of_a_caption_answers_where_no_word_is_shared(library_of):
    library = library_of({"one": "![A vessel at dawn](a.png)\n\n![A kitten at dawn](b.png)\n"})

    best = library.search("boat").hits[0]

    assert best.record.image == "a.png"
    assert "terms" not in best.why
    assert max(best.why, key=lambda leg: best.why[leg].deviation) == "sentence"


def test_an_exact_name_answers_where_meanings_are_the_same(library_of):
    library = library_of({"one": "![Model QX-77](a.png)\n\n![Model QX-78](b.png)\n\n![Model QX-79](c.png)\n"})

    best = library.search("qx-78").hits[0]

    assert best.record.image == "b.png"
    assert best.why["terms"].rank == 1
    assert set(best.matched) == {"qx", "78"}
    assert best.matched["78"] == ("78",)


def test_the_text_around_answers_for_a_figure_that_says_nothing(library_of):
    library = library_of(
        {
            "one": "## First\n\nSnow lay on everything that the window showed.\n\n![](a.png)\n\n"
            "## Second\n\nAn oak stood alone on the hill behind it.\n\n![](b.png)\n"
        }
    )

    best = library.search("frost").hits[0]

    assert best.record.image == "a.png"
    assert max(best.why, key=lambda leg: best.why[leg].deviation) == "context"


def test_a_figure_without_a_picture_scores_by_what_it_says_and_stands_behind_those_with_one(library_of):
    library = library_of(
        {"one": "![An oak](red.png)\n\n![A boat](lost.png)\n\n![A boat](blue.png)\n"}, ["red", "blue"]
    )

    hits = {hit.record.image: hit for hit in library.search("ship")}

    assert "picture" not in hits["lost.png"].why
    assert hits["lost.png"].score > hits["red.png"].score
    assert list(hits) == ["blue.png", "red.png", "lost.png"]


def test_a_leg_without_weight_is_not_asked_and_the_others_decide(library_of):
    library = library_of({"one": "![A boat](red.png)\n\n![A cat](blue.png)\n"}, ["red", "blue"])

    by_caption = library.search("boat", weights={"picture": 0})
    by_picture = library.search("blue boat", weights={"sentence": 0, "terms": 0, "context": 0})

    assert by_caption.hits[0].record.image == "red.png"
    assert all("picture" not in hit.why for hit in by_caption.hits)
    assert by_picture.hits[0].record.image == "blue.png"
    assert set(by_picture.hits[0].why) == {"picture"}


def test_a_picture_finds_its_like(library_of):
    library = library_of(COLOURS, ["red", "green", "blue"])

    assert found(library, picture=Image.new("RGB", (30, 30), (250, 20, 10)))[0] == "red.png"


def test_a_picture_finds_the_text_about_it(library_of):
    library = library_of(
        {"one": "## Roses\n\nThey are red.\n\n## Sky\n\nIt is blue.\n\n## Grass\n\nIt is green.\n"}
    )

    assert found(library, picture=Image.new("RGB", (30, 30), "blue"), kind="item")[0] == "Sky"


def test_a_box_takes_a_part_of_the_picture(library_of):
    library = library_of(COLOURS, ["red", "green", "blue"])
    both = Image.new("RGB", (100, 50), "red")
    both.paste("blue", (50, 0, 100, 50))

    assert found(library, picture=png(both), box=(50, 0, 100, 50))[0] == "blue.png"
    assert found(library, picture=both, box=(0, 0, 49.5, 50))[0] == "red.png"


def test_a_box_within_one_pixel_is_that_pixel(library_of):
    library = library_of(COLOURS, ["red", "green", "blue"])
    assert (
        found(library, picture=Image.new("RGB", (9, 9), "green"), box=(0.1, 0.1, 0.4, 0.4))[0] == "green.png"
    )


def test_a_box_is_in_the_pixels_of_the_file_however_large_it_is(library_of):
    library = library_of(COLOURS, ["red", "green", "blue"])
    wide = Image.new("RGB", (9000, 90), "red")
    wide.paste("blue", (8000, 0, 9000, 90))

    assert found(library, picture=png(wide), box=(8100, 0, 9000, 90))[0] == "blue.png"


def test_words_beside_a_picture_decide_between_its_likes(library_of):
    library = library_of(
        {"one": "![An oak](red.png)\n\n![A boat](red.png)\n\n![A boat](blue.png)\n"}, ["red", "blue"]
    )

    best = library.search("ship", picture=Image.new("RGB", (9, 9), "red")).hits[0]

    assert (best.record.image, best.record.label) == ("red.png", "A boat")


FLEET = {
    "one": "![A red boat](red.png)\n\n![A cat](crimson.png)\n\n![An oak](blue.png)\n\n![A ship](navy.png)\n"
}


def by_image(library):
    return {figure.image: figure.id for figure in library.browse.figures()}


def test_liking_moves_what_is_like_it_to_the_front_and_leaves_itself_out(library_of):
    library = library_of(FLEET, ["red", "crimson", "blue", "navy"])
    ids = by_image(library)

    liked = found(library, like=[ids["red.png"]])

    assert "red.png" not in liked
    assert liked[-1] == "blue.png"  # neither its colour nor its meaning
    assert found(library, like=[ids["blue.png"]])[0] == "navy.png"


def test_unliking_moves_what_is_like_it_to_the_back(library_of):
    library = library_of(FLEET, ["red", "crimson", "blue", "navy"])
    ids = by_image(library)
    assert found(library, "boat")[:2] in (["red.png", "navy.png"], ["navy.png", "red.png"])

    after = found(library, "boat", unlike=[ids["blue.png"]])

    assert "blue.png" not in after
    assert after.index("red.png") < after.index("navy.png")
    after = found(library, "boat", unlike=[ids["crimson.png"]])
    assert after.index("navy.png") < after.index("red.png")
    liked = found(library, like=[ids["navy.png"]], unlike=[ids["red.png"]])
    assert liked.index("blue.png") < liked.index("crimson.png")


def test_an_item_may_be_liked(library_of):
    library = library_of(
        {"one": "## Ships\n\nA boat.\n\n![A vessel](a.png)\n\n## Pets\n\nA cat.\n\n![A kitten](b.png)\n"}
    )
    pets = next(item for item in library.browse.items() if item.heading == "Pets")

    assert found(library, like=[pets.id])[0] == "b.png"


def test_figures_and_items_are_found_together(library_of):
    library = library_of(
        {
            "one": "## Frost\n\nSnow fell on everything.\n",
            "two": "## Pets\n\nThey sleep.\n\n![A snow globe in the frost](a.png)\n\n![A cat](b.png)\n",
            "three": "## Sea\n\nA boat.\n\n![A vessel](c.png)\n\n## Wood\n\nAn oak.\n",
        }
    )

    assert set(found(library, "snow frost", kind="any")[:2]) == {"Frost", "a.png"}
    assert {hit.kind for hit in library.search("snow frost", kind="item").hits} == {"item"}


MANY = {
    f"{n:02}": "\n\n".join(f"![{'boat' if k % 2 else 'cat'} number {n} {k}]({n}-{k}.png)" for k in range(50))
    for n in range(10)
}


def test_pages_are_slices_of_the_whole(library_of):
    library = library_of(MANY)
    whole = [hit.id for hit in library.search("boat number 3", limit=300).hits]

    pages = [library.search("boat number 3", limit=50, offset=start).hits for start in range(0, 300, 50)]

    assert len(whole) == len(set(whole)) == 300
    assert [hit.id for page in pages for hit in page] == whole
    assert [hit.rank for page in pages for hit in page] == list(range(1, 301))


def test_paging_on_reaches_the_last_figure_and_then_nothing(library_of):
    library = library_of(MANY)

    assert len(library.search("boat number 3", limit=10**6).hits) == 500
    assert [hit.rank for hit in library.search("boat number 3", limit=20, offset=490).hits] == list(
        range(491, 501)
    )
    assert found(library, "boat number 3", offset=500) == []


def test_any_number_of_hits_may_be_asked_for(library_of):
    library = library_of(COLOURS, ["red", "green", "blue"])

    assert len(found(library, "red", limit=10**9)) == 3
    assert found(library, "red", offset=10**9) == []


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        pytest.param({}, "The query is empty. Give words", id="nothing"),
        pytest.param({"words": "  \n"}, "The query is empty", id="blank"),
        pytest.param({"words": "a", "limit": 0}, "whole number, 1 or more", id="an empty page"),
        pytest.param({"words": "a", "offset": -1}, "whole number, 0 or more", id="a page before the first"),
        pytest.param({"words": "a", "weights": {"smell": 1}}, "The legs are picture", id="an unknown leg"),
        pytest.param(
            {"words": "a", "weights": {"terms": -1}}, "a weight is 0 or more", id="a weight below 0"
        ),
        pytest.param(
            {"words": "a", "filters": Filters(date_from="May")},
            "'May' is not a date. Write 2024",
            id="no date",
        ),
        pytest.param(
            {"words": "a", "filters": Filters(date_to="2024-1-1")}, "is not a date", id="a sloppy date"
        ),
        pytest.param({"words": "a", "box": (0, 0, 1, 1)}, "Give the picture as well", id="a box of nothing"),
        pytest.param({"picture": b""}, "The picture: empty file", id="no picture"),
        pytest.param(
            {"picture": b"no picture at all"}, "not a known picture format", id="bytes that are none"
        ),
    ],
)
def test_a_query_that_cannot_be_is_told_in_a_sentence(library, asked, told):
    asked = dict(asked)
    words = asked.pop("words", None)

    with pytest.raises(QueryError, match=told):
        library.search(words, **asked)


def test_what_is_not_liked_alone_is_no_question(library):
    with pytest.raises(QueryError, match="The query is empty"):
        library.search(unlike=[library.browse.figures()[0].id])


def test_a_figure_may_be_named_by_the_beginning_of_its_id(library_of):
    library = library_of(COLOURS, ["red", "green", "blue"])
    red = library.browse.figures()[0].id

    assert library.search(like=[red[:8]]).hits == library.search(like=[red]).hits


@pytest.mark.parametrize(
    "box", [(0, 0, 10, 99), (-1, 0, 5, 5), (5, 5, 5, 6), (6, 0, 5, 5), (float("nan"), 0, 5, 5)], ids=str
)
def test_a_box_outside_the_picture_is_told_with_the_picture_s_size(library, box):
    with pytest.raises(QueryError, match="is not inside the picture of 10 x 10 px"):
        library.search(picture=Image.new("RGB", (10, 10)), box=box)


@pytest.mark.parametrize("name", ["like", "unlike"])
@pytest.mark.parametrize("id", ["00000000-0000-5000-8000-000000000000", "no-uuid"])
def test_an_unknown_figure_is_told_with_the_way_to_list_them(library, name, id):
    with pytest.raises(QueryError, match=f"no figure or item '{id}'. List them: explorer figures"):
        library.search("red", **{name: [id]})


def test_a_file_that_is_no_picture_is_told_by_its_name(library, tmp_path):
    with pytest.raises(QueryError, match=r"nowhere.png"):
        library.search(picture=tmp_path / "nowhere.png")
