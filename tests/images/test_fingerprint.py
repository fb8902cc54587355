"""Near-duplicates are near, different pictures are far."""

from io import BytesIO

import pytest
from picture_builders import drawing, encoded, noise
from PIL import Image, ImageDraw, ImageOps

from images import FINGERPRINT_BITS, NEAR_DUPLICATE_BITS, fingerprint, fingerprint_distance


def line_chart(heights, ink="black", ground="white"):
    picture = Image.new("RGB", (400, 300), ground)
    points = [(20 + 40 * x, 280 - y) for x, y in enumerate(heights)]
    ImageDraw.Draw(picture).line([(20, 10), (20, 280), (390, 280)], fill=ink, width=2)
    ImageDraw.Draw(picture).line(points, fill=ink, width=2)
    return picture


RISING, FALLING = line_chart(range(0, 270, 30)), line_chart(range(240, -30, -30))
PICTURES = {
    "drawing": drawing(400, 300),
    "chart": RISING,
    "light on dark": line_chart(range(0, 270, 30), "white", "#111"),
}


def distance(first, second):
    return fingerprint_distance(fingerprint(first), fingerprint(second))


def test_it_is_256_bits_of_hex():
    print_ = fingerprint(drawing())
    assert len(print_) * 4 == FINGERPRINT_BITS
    assert int(print_, 16) >= 0


@pytest.mark.parametrize("name", sorted(PICTURES))
@pytest.mark.parametrize(
    "saved_again",
    [
        pytest.param(lambda picture: picture, id="same"),
        pytest.param(lambda picture: picture.resize((200, 150), Image.Resampling.LANCZOS), id="half"),
        pytest.param(lambda picture: picture.resize((1000, 750), Image.Resampling.BICUBIC), id="enlarged"),
        pytest.param(lambda picture: Image.open(BytesIO(encoded(picture, "JPEG", quality=50))), id="jpeg"),
        pytest.param(ImageOps.grayscale, id="grey"),
    ],
)
def test_the_same_figure_saved_again_is_near(name, saved_again):
    picture = PICTURES[name]
    assert distance(picture, saved_again(picture)) <= NEAR_DUPLICATE_BITS


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(RISING, FALLING, id="two charts in one style"),
        pytest.param(drawing(), noise(), id="drawing and noise"),
        pytest.param(drawing(), ImageOps.mirror(drawing()), id="mirrored"),
        pytest.param(noise(seed=1), noise(seed=2), id="noise and noise"),
    ],
)
def test_different_pictures_are_far(first, second):
    assert distance(first, second) > 2 * NEAR_DUPLICATE_BITS


@pytest.mark.parametrize("colour", ["white", "black", "#888"])
def test_a_picture_of_one_tone_resembles_nothing(colour):
    flat = Image.new("RGB", (50, 50), colour)
    assert fingerprint(flat) == ""
    assert distance(flat, flat) == distance(flat, drawing()) == FINGERPRINT_BITS


def test_distance_counts_bits():
    assert fingerprint_distance("0f" * 32, "00" * 32) == 4 * 32
    with pytest.raises(ValueError, match="two kinds"):
        fingerprint_distance("ff", "ffff")


@pytest.mark.parametrize("size", [(1, 1), (1, 4096), (4096, 1)])
def test_any_shape_has_one(size):
    fingerprint(Image.linear_gradient("L").resize(size).convert("RGB"))
