"""A picture made of several is taken apart at its gutters, and a picture that is one is left whole."""

import random
from io import BytesIO

import pytest
from PIL import Image, ImageDraw

import images


def content(size, seed=0):
    """Something in which no row and no column is of one tone."""
    chance = random.Random(seed)
    small = Image.new("RGB", (max(2, size[0] // 8), max(2, size[1] // 8)))
    small.putdata([tuple(chance.randrange(256) for _ in range(3)) for _ in range(small.width * small.height)])
    return small.resize(size, Image.Resampling.NEAREST)


def laid_out(*boxes, size=(800, 600), ground="white"):
    """Panels at these boxes, in px, on a ground."""
    picture = Image.new("RGB", size, ground)
    for number, (left, top, right, bottom) in enumerate(boxes):
        picture.paste(content((right - left, bottom - top), number), (left, top))
    return picture


def as_jpeg(picture, quality):
    file = BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


FOUR = [(20, 20, 390, 290), (410, 20, 780, 290), (20, 310, 390, 580), (410, 310, 780, 580)]


def in_px(boxes, size=(800, 600)):
    return [pytest.approx([x * size[n % 2] for n, x in enumerate(box)], abs=6) for box in boxes]


@pytest.mark.parametrize("ground", ["white", "black", "midnightblue"])
def test_four_charts_on_one_ground_are_four_panels_in_reading_order(ground):
    assert in_px(images.find_panels(laid_out(*FOUR, ground=ground))) == [list(box) for box in FOUR]


def test_the_noise_of_a_strongly_compressed_picture_does_not_fill_its_gutters():
    assert in_px(images.find_panels(as_jpeg(laid_out(*FOUR), 30))) == [list(box) for box in FOUR]


def test_panels_need_not_be_of_one_size():
    wide, left, right = (0, 0, 800, 200), (0, 220, 500, 600), (520, 220, 800, 600)

    assert in_px(images.find_panels(laid_out(wide, left, right))) == [
        list(box) for box in (wide, left, right)
    ]


def test_a_picture_without_gutters_is_one():
    assert images.find_panels(content((800, 600))) == []


def test_a_picture_with_a_margin_is_one():
    assert images.find_panels(laid_out((100, 100, 700, 500))) == []


def test_a_title_above_a_chart_is_no_panel():
    picture = laid_out((50, 100, 750, 580))
    ImageDraw.Draw(picture).text((300, 20), "How the rain fell", "black", font_size=32)

    assert images.find_panels(picture) == []


def test_a_picture_of_one_tone_has_no_panels():
    assert images.find_panels(Image.new("RGB", (300, 200), "grey")) == []


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (500, 3)])
def test_the_smallest_pictures_have_no_panels(size):
    assert images.find_panels(content(size)) == []


def test_of_very_many_panels_nine_are_told():
    many = [(x, y, x + 90, y + 90) for y in range(0, 600, 100) for x in range(0, 800, 100)]

    assert len(images.find_panels(laid_out(*many))) == 9


def test_a_large_picture_has_tiles_beside_its_panels():
    assert len(images.find_regions(laid_out(*FOUR))) == 4 + 4
    assert len(images.find_regions(content((800, 600)))) == 4


def test_the_tiles_of_a_picture_cover_all_of_it():
    tiles = images.find_regions(content((800, 600)))

    assert all(
        any(left <= x <= right and top <= y <= bottom for left, top, right, bottom in tiles)
        for x in (0, 0.25, 0.5, 0.75, 1)
        for y in (0, 0.25, 0.5, 0.75, 1)
    )


def test_a_small_picture_is_seen_as_a_whole_only():
    assert images.find_regions(content((320, 120))) == []


def test_what_is_cut_out_of_a_picture_is_what_lies_in_the_box():
    picture = laid_out(*FOUR)

    cut = images.crop_region(picture, (410 / 800, 20 / 600, 780 / 800, 290 / 600))

    assert cut.tobytes() == content((370, 270), 1).tobytes()
    assert images.crop_region(picture, (0.5, 0.5, 0.5, 0.5)).size == (1, 1)
