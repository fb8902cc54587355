"""Copies of a picture, and pictures that only look like one."""

import io
import random

import pytest
from PIL import Image, ImageDraw, ImageOps

import images


def photo(seed: int) -> Image.Image:
    """Soft discs of many colours on a gradient: another one for each seed."""
    chance = random.Random(seed)
    picture = Image.linear_gradient("L").resize((640, 480)).convert("RGB")
    draw = ImageDraw.Draw(picture)
    for _ in range(50):
        x, y, size = chance.randrange(600), chance.randrange(440), chance.randrange(10, 90)
        draw.ellipse((x, y, x + size, y + size), tuple(chance.randrange(256) for _ in range(3)))
    return picture


def chart(values, colour="crimson", title="Throughput per month") -> Image.Image:
    """A line chart; all have the same axes, grid and letters."""
    picture = Image.new("RGB", (640, 480), "white")
    draw = ImageDraw.Draw(picture)
    draw.text((220, 15), title, "black", font_size=24)
    draw.line((60, 50, 60, 430, 610, 430), "black", 3)
    for n in range(10):
        draw.text((60 + n * 58, 440), str(2010 + n), "black", font_size=18)
        draw.text((15, 415 - n * 38), str(n * 10), "black", font_size=18)
        draw.line((60, 425 - n * 38, 610, 425 - n * 38), "lightgrey", 1)
    draw.line([(60 + n * 60, 425 - value) for n, value in enumerate(values)], colour, 4)
    return picture


RISING = [10, 40, 60, 110, 150, 170, 230, 260, 300]
FALLING = [300, 290, 240, 220, 150, 140, 90, 50, 20]


def is_copy(first: Image.Image, second: Image.Image) -> bool:
    match = images.match_keypoints(images.detect_keypoints(first), images.detect_keypoints(second))
    return images.are_copies(first, second, match)


def recompressed(picture: Image.Image) -> Image.Image:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=40)
    return Image.open(file).convert("RGB")


COPIES = {
    "the picture itself": lambda picture: picture,
    "a third of the size, recompressed": lambda picture: recompressed(picture.resize((213, 160))),
    "grey": lambda picture: picture.convert("L").convert("RGB"),
    "framed": lambda picture: ImageOps.expand(picture, 40, (230, 230, 230)),
    "cropped to 80 %": lambda picture: picture.crop((64, 48, 576, 432)),
    "turned by 3 degrees": lambda picture: picture.rotate(3, Image.Resampling.BICUBIC, fillcolor="white"),
    "mirrored": ImageOps.mirror,
    "upside down": ImageOps.flip,
    "turned by 90": lambda picture: picture.rotate(90, expand=True),
    "turned by 180": lambda picture: picture.rotate(180),
    "turned by 270": lambda picture: picture.rotate(270, expand=True),
    "mirrored and turned": lambda picture: ImageOps.mirror(picture).rotate(90, expand=True),
}


@pytest.mark.parametrize("change", COPIES.values(), ids=COPIES.keys())
@pytest.mark.parametrize("picture", [photo(1), chart(RISING)], ids=["photo", "chart"])
def test_a_changed_picture_is_a_copy_both_ways_round(picture, change):
    changed = change(picture)

    assert is_copy(changed, picture)
    assert is_copy(picture, changed)


@pytest.mark.parametrize(
    "other",
    [chart(FALLING), chart(RISING[::2] + FALLING[::2]), chart(RISING, title="Losses per month")],
    ids=["another line", "a line that differs a little", "another title"],
)
def test_charts_of_one_template_are_no_copies(other):
    assert not is_copy(chart(RISING), other)
    assert not is_copy(other, chart(RISING))


def test_a_line_of_another_colour_makes_another_chart():
    assert not is_copy(chart(RISING), chart(RISING, "gold"))


def test_a_picture_to_which_something_was_added_is_no_copy():
    picture = photo(1)
    added = picture.copy()
    ImageDraw.Draw(added).line((100, 400, 300, 200), "red", 8)

    assert not is_copy(picture, added)


@pytest.mark.parametrize("picture", [photo(1), chart(RISING)], ids=["photo", "chart"])
@pytest.mark.parametrize("box", [(0, 0, 320, 480), (128, 96, 512, 384)], ids=["left half", "60 %"])
def test_a_part_is_no_copy_of_the_whole(picture, box):
    assert not is_copy(picture.crop(box), picture)


def test_other_pictures_are_no_copies():
    pictures = [photo(seed) for seed in range(4)]
    pairs = [(first, second) for first in pictures for second in pictures if first is not second]
    assert not any(is_copy(*pair) for pair in pairs)


def test_pictures_of_one_tone_resemble_nothing():
    assert not is_copy(Image.new("RGB", (200, 100), "white"), Image.new("RGB", (200, 100), "teal"))
    assert not is_copy(Image.new("RGB", (1, 900), "white"), photo(1))


def test_the_fingerprint_of_a_turned_picture_is_known_before_it_is_turned():
    picture = photo(2)
    fingerprints = images.turned_fingerprints(images.fingerprint(picture))

    assert len(set(fingerprints)) == 8
    assert fingerprints[0] == images.fingerprint(picture)
    for mirrored in (picture, ImageOps.mirror(picture)):
        for turns in range(4):
            turned = images.fingerprint(mirrored.rotate(90 * turns, expand=True))
            assert (
                min(images.fingerprint_distance(turned, expected) for expected in fingerprints)
                <= images.NEAR_DUPLICATE_BITS
            )
    assert images.turned_fingerprints("") == ()
