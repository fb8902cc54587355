"""Figures made of several panels are found by one of them: real encoder, real index."""

import random

import pytest
from library.made_archive import drawn
from PIL import Image

from explorer.cli.render import hit_json
from explorer.library.library import Library
from explorer.representation.legs import LEGS

KINDS = ("tomatoes", "rain", "hive", "map", "boat", "pump", "rings", "checks", "night", "sunset")
PLACES = {(0, 0): (20, 20), (1, 0): (220, 20), (0, 1): (20, 180), (1, 1): (220, 180)}
PLATES = 8
ALONE = {leg: float(leg == "regions") for leg in LEGS}


def plate(seed):
    """Four of the drawings side by side, and the box of each as fractions."""
    kinds = random.Random(seed).sample(KINDS, 4)
    whole = Image.new("RGB", (400, 320), "white")
    boxes = {}
    for kind, (left, top) in zip(kinds, PLACES.values(), strict=True):
        whole.paste(drawn(kind), (left, top))
        boxes[kind] = (left / 400, top / 320, (left + 160) / 400, (top + 120) / 320)
    return whole, boxes


def mosaic():
    """Four drawings without anything between them."""
    whole = Image.new("RGB", (320, 240))
    for number, kind in enumerate(("tomatoes", "hive", "checks", "rings")):
        whole.paste(drawn(kind), (number % 2 * 160, number // 2 * 120))
    return whole


@pytest.fixture(scope="module")
def plates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plates")
    for seed in range(PLATES):
        plate(seed)[0].save(folder / f"{seed}.png")
    mosaic().save(folder / "mosaic.png")
    shown = [*(f"{seed}.png" for seed in range(PLATES)), "mosaic.png"]
    (folder / "issue.md").write_text(
        "# Plates\n\n" + "\n\n".join(f"![]({it})" for it in shown), encoding="utf-8"
    )
    with Library.create(folder / "library") as library:
        library.archives.ingest([folder / "issue.md"], encoder="lite")
        yield library


def showing(kind):
    return {f"{seed}.png" for seed in range(PLATES) if kind in plate(seed)[1]}


@pytest.mark.parametrize("kind", ["tomatoes", "night", "sunset"])
def test_a_picture_finds_every_plate_that_shows_it_in_one_of_its_panels(plates, kind):
    wanted = showing(kind)

    hits = plates.search(picture=drawn(kind), weights=ALONE, limit=len(wanted)).hits

    assert {hit.record.image for hit in hits} == wanted


def test_a_hit_by_a_panel_says_which_one_it_is(plates):
    hit = next(it for it in plates.search(picture=drawn("night")).hits if it.record.image in showing("night"))

    seed = int(hit.record.image.removesuffix(".png"))
    assert hit.why["regions"].region == pytest.approx(plate(seed)[1]["night"], abs=0.03)
    assert hit_json(hit)["why"]["regions"]["region"] == [round(it, 4) for it in hit.why["regions"].region]


def test_a_figure_that_is_found_as_a_whole_is_not_framed_in_part(plates):
    best = plates.search(picture=plate(3)[0]).hits[0]

    assert best.record.image == "3.png"
    assert best.why["regions"].region is None


def test_a_figure_without_panels_is_found_by_a_corner_of_it_and_says_which(plates):
    hit = next(it for it in plates.search(picture=drawn("hive")).hits if it.record.image == "mosaic.png")

    assert hit.why["regions"].region == (0.4, 0.0, 1.0, 0.6)


def test_words_are_not_compared_with_parts(plates):
    assert all("regions" not in hit.why for hit in plates.search("a boat").hits)
