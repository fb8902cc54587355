"""What people ask of a library made with the real encoder, and what they get."""

import pytest
from library.made_archive import drawn, figures_by_image, png
from PIL import Image, ImageOps

from explorer.catalog.filters import Filters
from explorer.catalog.records import FigureRecord, ItemRecord
from explorer.search.hits import Confidence


@pytest.mark.parametrize(
    ("words", "image"),
    [
        pytest.param("vegetables in a hothouse", "images/tomatoes.png", id="other words for the caption"),
        pytest.param("how much water fell each month", "images/rain.png", id="a paraphrase"),
        pytest.param("insects that make honey", "images/hive.png", id="only the text around it"),
        pytest.param("XR-7742", "images/pump.png", id="a part number"),
        pytest.param("yacht at sea", "images/boat.png", id="alt text"),
        pytest.param("a plan of the garden plots", "images/map-small.png", id="map"),
    ],
)
def test_words_find_the_figure_first(library, words, image):
    result = library.search(words)

    assert result.hits[0].record.image == image
    assert result.matches_well


def test_a_caption_without_a_picture_is_found_behind_the_figures_that_have_one(library):
    result = library.search("constellation over an astronomer's dome", limit=50)

    lost = [hit for hit in result if hit.record.status != "kept"]
    assert [hit.rank for hit in lost] == list(range(len(result) - len(lost) + 1, len(result) + 1))
    assert lost[0].record.image is None
    assert lost[0].confidence is not Confidence.WEAK
    assert result.matches_well


@pytest.mark.parametrize(
    "words", ["purple quantum bureaucracy invoice", "zxqv blorp", "???", "my holiday in Spain last summer"]
)
def test_nonsense_matches_nothing_well(library, words):
    assert not library.search(words).matches_well


CHANGES = {
    "cropped": lambda it: it.crop((12, 9, it.width - 10, it.height - 8)),
    "half the size": lambda it: it.resize((it.width // 2, it.height // 2)),
    "stretched": lambda it: it.resize((it.width * 2, it.height)),
    "turned by 3 degrees": lambda it: it.rotate(3, expand=True, fillcolor="white"),
    "with a border": lambda it: ImageOps.expand(it, 12, "white"),
    "in grey": lambda it: it.convert("L").convert("RGB"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_picture_finds_itself_changed(library, made_archive, change):
    for kind in ("tomatoes", "rain", "hive", "boat", "pump", "rings"):
        changed = CHANGES[change](drawn(kind))

        result = library.search(picture=changed)

        assert result.hits[0].record.image == f"images/{kind}.png", kind
        assert result.matches_well, kind


def test_a_picture_may_come_as_file_bytes_or_open_picture(library, made_archive):
    file = made_archive / "images" / "boat.png"
    answers = [library.search(picture=one).hits for one in (file, file.read_bytes(), Image.open(file))]

    assert len({tuple(hit.id for hit in hits) for hits in answers}) == 1
    assert answers[0][0].why["regions"].similarity == pytest.approx(1, abs=1e-3)


def test_words_and_picture_are_asked_together(library):
    best = library.search("pump", picture=drawn("rain")).hits

    assert {hit.record.image for hit in best[:2]} == {"images/rain.png", "images/pump.png"}
    assert {"regions", "sentence"} <= set(best[0].why)


def test_both_figures_of_one_picture_are_found_by_it(library):
    best = library.search(picture=drawn("tomatoes")).hits[:2]

    assert {hit.record.document for hit in best} == {"2024-01-kitchen.html", "2024-02-boats.md"}


def test_figures_and_items_stand_in_one_list_when_both_answer(library):
    hits = library.search("keeping bees for honey", kind="any").hits

    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert {(hit.kind, hit.record.heading) for hit in hits[:2]} == {
        ("figure", "Keeping bees"),
        ("item", "Keeping bees"),
    }
    assert {type(hit.record) for hit in hits} == {FigureRecord, ItemRecord}


def test_more_like_a_figure(library):
    tomatoes = [figure for figure in library.browse.figures() if figure.image == "images/tomatoes.png"]

    best = library.search(like=[tomatoes[0].id]).hits[0]

    assert best.id == tomatoes[1].id


@pytest.mark.parametrize(
    ("filters", "documents"),
    [
        pytest.param(Filters(number=2), {"2024-02-boats.md"}, id="number"),
        pytest.param(Filters(document="2023-11-stars.txt"), {"2023-11-stars.txt"}, id="document"),
        pytest.param(Filters(date_from="2024-02"), {"2024-02-boats.md"}, id="from"),
        pytest.param(Filters(date_to="2023"), {"2023-11-stars.txt"}, id="to"),
        pytest.param(
            Filters(date_from="2023-11-01", date_to="2024-01-15"), {"2024-01-kitchen.html"}, id="between days"
        ),
        pytest.param(Filters(has_caption=False, number=1), {"2024-01-kitchen.html"}, id="two at once"),
        pytest.param(Filters(number=99), set(), id="nothing left"),
    ],
)
def test_a_filter_holds_for_every_hit(library, filters, documents):
    hits = library.search("tomatoes", filters=filters, limit=50).hits

    assert {hit.record.document for hit in hits} == documents
    if filters.has_caption is False:
        assert {hit.record.caption for hit in hits} == {None}


def test_an_issue_is_a_filter(library):
    issue = library.browse.issues()[0]

    hits = library.search("tomatoes", filters=Filters(issue_id=issue.id), kind="any", limit=50).hits

    assert {hit.record.document for hit in hits} == {issue.document}
    assert len(hits) == issue.figures + issue.items


def test_a_hit_explains_itself(library):
    best = library.search("ripe tomatoes").hits[0]

    assert best.rank == 1
    assert best.confidence == "strong"
    assert {"picture", "sentence", "context", "terms"} <= set(best.why)
    assert best.why["terms"].rank <= 2
    assert best.matched == {"ripe": ("Ripe",), "tomatoes": ("tomatoes",)}
    assert all(reason.rank >= 1 for reason in best.why.values())


def test_scores_fall_and_ranks_rise(library):
    hits = library.search("a boat in the garden", limit=50).hits

    for is_there in (True, False):
        scores = [hit.score for hit in hits if (hit.record.status == "kept") is is_there]
        assert scores == sorted(scores, reverse=True)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert len({hit.id for hit in hits}) == len(hits)
    assert len(hits) == len({figure.group or figure.id for figure in library.browse.figures()})


def test_a_page_is_a_slice_of_the_whole(library):
    whole = library.search("a boat in the garden", limit=12).hits

    assert library.search("a boat in the garden", limit=5, offset=4).hits == whole[4:9]


def test_a_search_says_how_long_it_took(library):
    assert 0 < library.search("boat").took_ms < 10_000


def test_a_question_as_long_as_it_may_be_is_answered(library):
    words = "a sailing boat crossing the harbour " * 16
    assert library.search(words).hits[0].record.image == "images/boat.png"


def test_what_is_found_is_what_the_catalog_says(library):
    best = library.search("rainfall").hits[0]

    assert best.record == figures_by_image(library)["images/rain.png"]
    assert library.search(picture=png(drawn("rain"))).hits[0].record == best.record
