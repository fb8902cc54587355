"""Small copies that keep what a diagram is made of."""

from io import BytesIO

import numpy as np
import pytest
from picture_builders import drawing, noise
from PIL import Image, ImageDraw

from images import THUMBNAIL_SIZES, dominant_colours, thumbnail


def opened(data):
    picture = Image.open(BytesIO(data))
    assert picture.format == "WEBP"
    return picture.convert("RGB")


@pytest.mark.parametrize(("size", "side"), sorted(THUMBNAIL_SIZES.items()))
def test_longer_side_is_the_size(size, side):
    assert opened(thumbnail(drawing(3000, 1500), size)).size == (side, side // 2)
    assert opened(thumbnail(drawing(1500, 3000), size)).size == (side // 2, side)


def test_never_enlarged():
    assert opened(thumbnail(drawing(100, 40), "large")).size == (100, 40)


def test_the_original_stays_as_it_was():
    picture = drawing(2000, 1000)
    thumbnail(picture, "small")
    assert picture.size == (2000, 1000)


@pytest.mark.parametrize("size", [(1, 4096), (4096, 1)])
def test_extreme_shapes_work(size):
    assert sorted(opened(thumbnail(Image.new("RGB", size), "small")).size) == [1, 320]


@pytest.mark.parametrize("ink", ["black", "red"])
@pytest.mark.parametrize("at", range(600, 606))
def test_a_thin_line_survives_wherever_it_falls(ink, at):
    picture = Image.new("RGB", (1920, 1080), "white")
    ImageDraw.Draw(picture).line((at, 0, at, 1080), fill=ink, width=2)
    darkest = np.asarray(opened(thumbnail(picture, "small"))).min(axis=2).min(axis=1)
    assert darkest.max() < 225


def test_thumbnails_are_small_files():
    assert len(thumbnail(drawing(3000, 2000), "small")) < 10_000
    assert len(thumbnail(noise(2000, 2000), "large")) < 2_000_000


def test_colours_are_named_most_frequent_first():
    picture = Image.new("RGB", (100, 100), "white")
    ImageDraw.Draw(picture).rectangle((0, 0, 99, 29), fill=(255, 0, 0))
    ImageDraw.Draw(picture).rectangle((0, 30, 99, 39), fill=(0, 0, 255))
    picture.putpixel((99, 99), (0, 255, 0))
    assert dominant_colours(picture)[:3] == ("#ffffff", "#ff0000", "#0000ff")
    assert dominant_colours(Image.new("RGB", (3, 3), "#123456")) == ("#123456",)
