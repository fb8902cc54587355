"""Pictures that are parts, copies and photos of a library's figures: real encoder, real index, real details."""

import random
import shutil

import pytest
from library.made_archive import copied
from PIL import Image, ImageDraw, ImageOps

from explorer.library.library import Library
from explorer.representation.legs import LEGS
from explorer.search import engine
from explorer.search.geometry import KeypointVerifier
from images import KEYPOINTS_RECIPE

FIGURES = 14


def drawn(seed):
    """A figure of discs and lines; all look alike as a whole, none has the other's details."""
    chance = random.Random(seed)
    picture = Image.new("RGB", (640, 480), "white")
    draw = ImageDraw.Draw(picture)
    for _ in range(70):
        x, y, size = chance.randrange(600), chance.randrange(440), chance.randrange(8, 70)
        colour = tuple(chance.randrange(220) for _ in range(3))
        draw.ellipse((x, y, x + size, y + size // 2), outline=colour, width=3)
        draw.line((x, y, chance.randrange(640), chance.randrange(480)), fill=colour, width=2)
    return picture


@pytest.fixture(scope="module")
def sketches(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sketches")
    lines = []
    for seed in range(FIGURES):
        drawn(seed).save(folder / f"{seed}.png")
        lines.append(f"![Sketch {seed}]({seed}.png)\n")
    (folder / "issue.md").write_text("# Sketches\n\n" + "\n".join(lines), encoding="utf-8")
    with Library.create(folder / "library") as library:
        library.archives.ingest([folder / "issue.md"], encoder="lite")
        yield library


@pytest.mark.parametrize("seed", [0, 5, 13])
def test_a_part_finds_its_whole_and_says_where_it_lies(sketches, seed):
    best = sketches.search(picture=drawn(seed).crop((320, 120, 640, 360))).hits[0]

    assert best.record.image == f"{seed}.png"
    assert best.confidence == "strong"
    assert best.why["keypoints"].rank == 1
    assert best.why["keypoints"].region == pytest.approx((0.5, 0.25, 1.0, 0.75), abs=0.02)


def test_a_mirrored_figure_finds_its_original(sketches):
    best = sketches.search(picture=ImageOps.mirror(drawn(3))).hits[0]

    assert best.record.image == "3.png"
    assert "keypoints" in best.why


def test_a_picture_that_is_not_there_shares_details_with_none(sketches):
    hits = sketches.search(picture=drawn(99)).hits

    assert hits
    assert all(hit.confidence != "strong" for hit in hits)


def test_details_without_weight_are_not_compared(sketches):
    hits = sketches.search(picture=drawn(4), weights={"keypoints": 0}).hits

    assert hits[0].record.image == "4.png"
    assert all("keypoints" not in hit.why for hit in hits)


def test_words_are_answered_without_comparing_details(sketches):
    assert all("keypoints" not in hit.why for hit in sketches.search("sketch").hits)


def test_details_are_compared_once_a_search_however_far_down_its_list_a_page_lies(sketches, monkeypatch):
    compared = []
    verify = KeypointVerifier.verify
    monkeypatch.setattr(KeypointVerifier, "verify", lambda *it: compared.append(it) or verify(*it))
    monkeypatch.setattr(engine, "POOL", 4)  # so that a page of ten is made from several pools
    monkeypatch.setattr(engine, "CANDIDATES", 2)

    hits = sketches.search(picture=drawn(2), limit=10).hits

    assert len(hits) == 10
    assert hits[0].why["keypoints"].rank == 1
    assert len(compared) == 1


def test_details_alone_answer_with_the_figures_that_share_them(sketches):
    details_alone = {leg: float(leg == "keypoints") for leg in LEGS}

    hits = sketches.search(picture=drawn(7).crop((0, 0, 400, 300)), weights=details_alone).hits

    assert hits[0].record.image == "7.png"
    assert all(set(hit.why) == {"keypoints"} for hit in hits)


def test_a_library_that_cannot_be_written_is_searched_all_the_same(sketches, tmp_path):
    with Library.open(copied(sketches.path, tmp_path / "library")) as library:
        kept = library.path / "pictures" / KEYPOINTS_RECIPE
        shutil.rmtree(kept)
        kept.write_text("a file where the folder should be made", encoding="utf-8")

        assert library.search(picture=drawn(8).crop((0, 0, 400, 300))).hits[0].why["keypoints"].rank == 1


def test_details_that_are_gone_are_made_again(sketches):
    for file in (sketches.path / "pictures").rglob("*.npy"):
        file.write_bytes(b"broken")

    assert sketches.search(picture=drawn(6).crop((0, 0, 400, 300))).hits[0].record.image == "6.png"
