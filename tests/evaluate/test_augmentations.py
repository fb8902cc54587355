"""Pictures as somebody may have them."""

from io import BytesIO

import pytest
from PIL import Image

from explorer.errors import QueryError
from explorer.evaluate.augmentations import Augmentation, augment


@pytest.fixture
def picture(tmp_path):
    """Red, with a blue right half, 100 x 60 px."""
    image = Image.new("RGB", (100, 60), "red")
    image.paste("blue", (50, 0, 100, 60))
    image.save(tmp_path / "picture.png")
    return tmp_path / "picture.png"


def opened(file, operation, **parameters):
    return Image.open(BytesIO(augment(file, Augmentation(operation, parameters))))


def test_a_crop_is_that_part(picture):
    part = opened(picture, "crop", box=[60, 10, 90, 50], save="PNG")

    assert part.size == (30, 40)
    assert part.getcolors() == [(30 * 40, (0, 0, 255))]


def test_a_box_in_a_thumbnail_means_the_same_part_of_the_larger_picture_that_was_kept(picture):
    change = Augmentation("crop", {"box": [30, 5, 45, 25], "save": "PNG"}, size=(50, 30))
    part = Image.open(BytesIO(augment(picture, change)))

    assert part.size == (15, 20)
    assert part.getcolors() == [(15 * 20, (0, 0, 255))]


def test_a_smaller_picture_is_saved_as_was_asked(picture):
    small = opened(picture, "resize", scale=0.5, save="JPEG", quality=60)

    assert (small.size, small.format) == ((50, 30), "JPEG")


def test_a_picture_turned_without_expanding_keeps_its_size_and_fills_its_corners(picture):
    turned = opened(picture, "rotate", degrees=10, expand=False, fill="white", save="PNG")
    wider = opened(picture, "rotate", degrees=10, expand=True, fill="white", save="PNG")

    assert turned.size == (100, 60)
    assert turned.getpixel((0, 0)) == (255, 255, 255)
    assert wider.width > 100


def test_a_border_has_its_widths_and_its_title_bar(picture):
    page = opened(
        picture, "border", border_px=[1, 2, 3, 4], fill="green", titlebar_px=10, titlebar_fill="black"
    )

    assert page.size == (100 + 1 + 3, 60 + 2 + 4 + 10)
    assert page.getpixel((50, 5)) == (0, 0, 0)
    assert page.getpixel((0, 40)) == (0, 128, 0)
    assert page.getpixel((1, 12)) == (255, 0, 0)


def test_what_is_transparent_lies_on_white(tmp_path):
    half = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    half.paste((10, 20, 30, 255), (0, 0, 10, 20))
    half.save(tmp_path / "half.png")

    assert opened(tmp_path / "half.png", "crop", box=[10, 0, 20, 20]).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("crop", {}),
        ("crop", {"box": [60, 10, 50, 50]}),
        ("crop", {"box": "everything"}),
        ("resize", {"scale": "half"}),
        ("rotate", {"degrees": 3, "fill": "no colour"}),
        ("border", {"border_px": [1, 2]}),
    ],
)
def test_parameters_that_make_no_picture_are_told(picture, operation, parameters):
    with pytest.raises(QueryError, match=operation):
        augment(picture, Augmentation(operation, parameters))


def test_a_file_that_is_no_picture_is_told(tmp_path):
    (tmp_path / "words.png").write_text("words")

    with pytest.raises(QueryError, match=r"words\.png"):
        augment(tmp_path / "words.png", Augmentation("resize", {"scale": 0.5}))
