"""A typed line and what it finds in a library made with the real encoder."""

import pytest
from library.made_archive import drawn, figures_by_image

from explorer.catalog.filters import Filters
from explorer.errors import QueryError
from explorer.library.library import Library


def images(answer):
    return [hit.record.image for hit in answer.result.hits]


def documents(answer):
    return {hit.record.document for hit in answer.result.hits}


def test_plain_words_are_found_as_by_a_search(library):
    for words in ("sailing boat", "C++ -5 degrees 3:2", "vegetables in a hothouse"):
        answer = library.ask(words)

        assert answer.result.hits == library.search(words).hits
        assert answer.asked.is_plain
        assert answer.corrected == {}


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        pytest.param('"sailing boat"', {"images/boat.png"}, id="in the alt text"),
        pytest.param('"VINE in a greenhouse"', {"images/tomatoes.png"}, id="in the caption, in capitals"),
        pytest.param('"100% of 5_rings"', {"images/rings.png"}, id="signs that SQL would read as patterns"),
        pytest.param("+XR-7742", {"images/pump.png"}, id="a part number"),
        pytest.param('"ada gardener"', {"images/tomatoes.png"}, id="in the credit"),
        pytest.param('"keeping bees"', {"images/hive.png"}, id="in the heading"),
        pytest.param('"behind the orchard"', {"images/hive.png"}, id="in the text around"),
        pytest.param("+orion +observatory", {None}, id="two at once"),
        pytest.param("picture +sailing +orion", set(), id="two that never meet"),
        pytest.param("+sail", set(), id="a part of a word is no word"),
    ],
)
def test_what_must_stand_stands_in_every_hit(library, line, wanted):
    found = images(library.ask(f"a picture {line}", limit=50))

    assert set(found) <= wanted | ({"images/map-small.png"} if "orchard" in line else set())
    assert wanted <= set(found)


def test_words_that_must_stand_are_found_however_far_from_the_question(library):
    assert images(library.ask("a sailing boat crossing the harbour +rainfall", limit=1)) == [
        "images/rain.png"
    ]


def test_what_must_not_stand_stands_in_no_hit(library):
    everything = images(library.ask("tomatoes", limit=50))
    without = images(library.ask("tomatoes -greenhouse", limit=50))

    assert "images/tomatoes.png" in without  # the second issue shows them without a greenhouse
    said = {
        it.id: " ".join(filter(None, (it.caption, it.alt, it.before, it.after, it.heading)))
        for it in library.browse.figures()
    }
    [best] = [
        it for it in library.ask("tomatoes", limit=1).result.hits if it.record.image == "images/tomatoes.png"
    ]
    assert "greenhouse" in said[best.id]
    assert len(without) == len(everything)
    assert not [
        it for it in library.ask("tomatoes -greenhouse", limit=50).result.hits if "greenhouse" in said[it.id]
    ]
    assert "images/boat.png" not in images(library.ask('boat - "sailing boat"', limit=50))


def test_of_items_heading_and_text_count(library):
    bees = library.ask("+honey", kind="item")

    assert [hit.record.heading for hit in bees.result.hits] == ["Keeping bees"]
    assert {hit.kind for hit in library.ask("+honey kind:any").result.hits} <= {"figure", "item"}
    assert "Keeping bees" not in {
        hit.record.heading for hit in library.ask("bees -honey kind:item").result.hits
    }


def test_filters_stand_in_the_line(library):
    assert documents(library.ask("tomatoes issue:2")) == {"2024-02-boats.md"}
    assert documents(library.ask("tomatoes before:2023")) == {"2023-11-stars.txt"}
    assert documents(library.ask("tomatoes after:2024-02")) == {"2024-02-boats.md"}
    assert documents(library.ask("tomatoes document:2023-11-stars.txt")) == {"2023-11-stars.txt"}
    assert all(hit.record.caption for hit in library.ask("tomatoes has:caption").result.hits)
    assert all(hit.record.caption is None for hit in library.ask("tomatoes no:caption").result.hits)
    assert {hit.kind for hit in library.ask("tomatoes kind:item").result.hits} == {"item"}


def test_what_is_said_beside_the_line_wins_and_the_rest_holds(library):
    answer = library.ask("tomatoes issue:1 has:caption kind:item", kind="figure", filters=Filters(number=2))

    assert {hit.kind for hit in answer.result.hits} <= {"figure"}
    assert documents(answer) <= {"2024-02-boats.md"}
    assert all(hit.record.caption for hit in answer.result.hits)


@pytest.fixture
def rain_file(tmp_path):
    drawn("rain").save(tmp_path / "my rain.png")
    return tmp_path / "my rain.png"


def test_a_picture_stands_in_the_line(library, rain_file, made_archive):
    assert images(library.ask(f'"{rain_file}"'))[0] == "images/rain.png"
    assert images(library.ask(f"+ {made_archive}/images/boat.png"))[0] == "images/boat.png"
    both = images(library.ask(f"pump {made_archive}/images/rain.png"))
    assert set(both[:2]) == {"images/rain.png", "images/pump.png"}


def test_a_picture_counts_as_much_as_its_weight_says(library, made_archive):
    rain = f"{made_archive}/images/rain.png"

    assert images(library.ask(f"a sailing boat 0.1:{rain}"))[0] == "images/boat.png"
    assert images(library.ask(f"a sailing boat 10:{rain}"))[0] == "images/rain.png"


def test_a_picture_that_is_not_liked_goes_to_the_back(library, made_archive):
    line = f"chart -{made_archive}/images/rain.png"

    assert images(library.ask("chart", limit=50)).index("images/rain.png") < images(
        library.ask(line, limit=50)
    ).index("images/rain.png")
    with pytest.raises(QueryError, match="only what you do not want"):
        library.ask(f"-{made_archive}/images/rain.png")


def test_a_picture_that_is_not_there_is_told_by_its_name(library, tmp_path):
    with pytest.raises(QueryError, match=r"nowhere\.png"):
        library.ask(f"{tmp_path}/nowhere.png")


def test_a_stranger_s_line_opens_no_file(library, rain_file, monkeypatch):
    monkeypatch.setattr("explorer.library.search.opened_picture", None)

    answer = library.ask(f"{rain_file.parent}/rain.png", files=False)

    assert answer.asked.pictures == ()


def test_figures_stand_in_the_line(library):
    ids = {image: figure.id for image, figure in figures_by_image(library).items()}
    boat = ids["images/boat.png"]

    liked = library.ask(f"id:{boat[:8]}").result.hits
    assert liked == library.search(like=[boat]).hits
    assert library.ask(f"map - {boat}").result.hits == library.search("map", unlike=[boat]).hits
    with pytest.raises(QueryError, match="no figure or item '00000000'"):
        library.ask("id:00000000")


def test_a_weight_moves_the_answer_towards_its_word(library):
    hits = {line: images(library.ask(line)) for line in ("5:tomatoes rainfall", "tomatoes 5:rainfall")}

    assert hits["5:tomatoes rainfall"][0] == "images/tomatoes.png"
    assert hits["tomatoes 5:rainfall"][0] == "images/rain.png"


def test_a_line_of_nothing_or_of_what_is_not_wanted_is_told(library):
    for line, told in (
        ("", "The query is empty"),
        ("  ", "The query is empty"),
        ("-tomatoes", "Add what you are looking for"),
    ):
        with pytest.raises(QueryError, match=told):
            library.ask(line)


def test_pages_of_a_line_are_slices_of_its_whole(library):
    whole = library.ask("garden -boat", limit=50).result.hits

    assert library.ask("garden -boat", limit=3, offset=2).result.hits == whole[2:5]


# --- spelling -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant", "image"),
    [
        ("tomaotes", "tomatoes", "images/tomatoes.png"),
        ("rianfall", "rainfall", "images/rain.png"),
        ("grenhouse", "greenhouse", "images/tomatoes.png"),
        ("Sialing", "sailing", "images/boat.png"),
        ("thoughput", "throughput", "images/pump.png"),
    ],
)
def test_a_slip_of_the_pen_is_forgiven(library, written, meant, image):
    answer = library.ask(written)

    assert answer.corrected == {written: meant}
    assert answer.result.hits[0].record.image == image
    assert answer.result.matches_well
    assert "terms" in answer.result.hits[0].why


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("tomato sail", id="another form of a word that stands there"),
        pytest.param("kitten yacht boot hat", id="common words that stand nowhere, near to some that do"),
        pytest.param("XR-7743 5_ringz", id="numbers"),
        pytest.param("NASE", id="an abbreviation"),
        pytest.param("mapp", id="nothing near enough"),
        pytest.param("東京 Пампа", id="words of other scripts"),
        pytest.param("http://rianfall.org rianfall.png", id="addresses and file names"),
        pytest.param('"rianfall" +tomatos -grenhouse', id="words that shall stand so"),
        pytest.param("zxqv blorp", id="nonsense"),
    ],
)
def test_what_is_no_slip_is_left_as_it_is(library, words):
    assert library.ask(words).corrected == {}


def test_a_slip_may_be_meant(library):
    answer = library.ask("rianfall", exact=True)

    assert answer.corrected == {}
    assert answer.result.hits == library.search("rianfall").hits


def test_words_of_a_new_issue_are_known_at_once(own_folder, archive):
    with Library.open(own_folder) as library:
        assert library.ask("zeppelinn").corrected == {}
        (archive / "2024-04-air.md").write_text(
            "# Air\n\nA zeppelinette.\n\n![A zeppelino](no.png)\n", encoding="utf-8"
        )
        library.archives.ingest([archive])

        assert library.ask("zeppelinno").corrected == {"zeppelinno": "zeppelino"}
