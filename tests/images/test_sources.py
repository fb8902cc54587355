"""An open image and an array of pixels are seen like the file of the same picture."""

from io import BytesIO

import numpy as np
import pytest
from picture_builders import drawing, encoded, noise
from PIL import Image

import images
from images import PictureTooLargeError, UnreadablePictureError, UnsupportedPictureError, open_picture

GRADIENT = np.tile(np.linspace(0, 65_535, 64), (48, 1))


def turned_jpeg(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(drawing(), "JPEG", exif=exif)


def see_through(colour):
    picture = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    picture.paste(colour, (10, 10, 30, 30))
    return picture


FILES = {
    "16-bit gray": encoded(Image.fromarray(GRADIENT.astype(np.uint16)), "PNG"),
    "32-bit integers": encoded(Image.fromarray(GRADIENT.astype(np.int32)), "TIFF"),
    "floats": encoded(Image.fromarray((GRADIENT / 7e4 - 0.3).astype(np.float32)), "TIFF"),
    "dark lines on transparent ground": encoded(see_through((10, 20, 30, 255)), "PNG"),
    "white lines on transparent ground": encoded(see_through((255, 255, 255, 255)), "PNG"),
    "palette with a transparent colour": encoded(drawing().quantize(8), "GIF", transparency=0),
    "gray with alpha": encoded(see_through((90, 90, 90, 128)).convert("LA"), "PNG"),
    "black and white": encoded(drawing().convert("1"), "PNG"),
    "CMYK": encoded(drawing().convert("CMYK"), "JPEG"),
    **{f"turned by EXIF {n}": turned_jpeg(n) for n in range(2, 9)},
    "TIFF turned by EXIF": encoded(drawing(), "TIFF", tiffinfo={0x0112: 6}),
    "long": encoded(noise(5000, 40), "PNG"),
}


@pytest.mark.parametrize("data", FILES.values(), ids=FILES)
def test_an_open_image_is_seen_like_its_file(data):
    from_file = images.decode_picture(data)
    from_image = images.decode_picture(Image.open(BytesIO(data)))

    assert (from_image.width, from_image.height) == (from_file.width, from_file.height)
    assert from_image.image.mode == "RGB"
    assert from_image.image.tobytes() == from_file.image.tobytes()


def test_an_open_image_stays_as_it_is():
    picture = see_through((255, 255, 255, 255))
    before = picture.tobytes()
    open_picture(picture)
    assert (picture.mode, picture.tobytes()) == ("RGBA", before)


def test_the_limit_of_pixels_holds_for_an_open_image():
    with pytest.raises(PictureTooLargeError, match="64 x 48"):
        open_picture(Image.new("L", (64, 48)), images.Limits(max_pixels=3_000))
    with pytest.raises(UnreadablePictureError, match="no pixels"):
        open_picture(Image.new("L", (0, 48)))


def test_an_open_image_cut_short_is_unreadable():
    data = encoded(noise(), "PNG")
    with pytest.raises(UnreadablePictureError, match="damaged"):
        open_picture(Image.open(BytesIO(data[: len(data) // 2])))


def test_a_path_as_text_and_other_bytes_are_sources(tmp_path):
    data = encoded(drawing(), "PNG")
    (tmp_path / "a.png").write_bytes(data)
    expected = open_picture(data).tobytes()
    for source in (str(tmp_path / "a.png"), bytearray(data), memoryview(data)):
        assert open_picture(source).tobytes() == expected


@pytest.mark.parametrize(
    "scale",
    [
        lambda pixels: pixels,
        lambda pixels: pixels.astype(np.uint16) * 257,
        lambda pixels: pixels.astype(np.int64),
        lambda pixels: pixels / 255,
        lambda pixels: (pixels / 255).astype(np.float32),
    ],
    ids=["uint8", "uint16", "int64", "float64", "float32"],
)
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_an_array_is_seen_like_the_picture_of_its_pixels(scale, channels):
    picture = drawing().convert({1: "L", 3: "RGB", 4: "RGBA"}[channels])
    pixels = np.asarray(picture)
    expected = open_picture(picture).tobytes()

    assert open_picture(scale(pixels)).tobytes() == expected
    if channels == 1:
        assert open_picture(scale(pixels[:, :, None])).tobytes() == expected


def test_a_mask_is_black_and_white():
    mask = np.zeros((20, 30), bool)
    mask[5:10] = True
    assert set(open_picture(mask).getcolors()) == {(450, (0, 0, 0)), (150, (255, 255, 255))}


def test_gray_floats_beyond_one_reach_from_the_darkest_to_the_lightest():
    assert open_picture(np.array([[-3.0, 7.0]])).getextrema() == ((0, 255),) * 3


def test_a_tensor_is_an_array():
    torch = pytest.importorskip("torch")
    assert open_picture(torch.zeros(4, 6, 3, dtype=torch.uint8)).size == (6, 4)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((3, 20, 30), np.uint8), r"shape \(3, 20, 30\)"),
        (np.zeros(20), r"shape \(20,\)"),
        (np.zeros((4, 4), complex), "complex128"),
        (np.full((4, 4), "a"), "<U1"),
        (np.full((4, 4, 3), 200.0), "convert it to uint8"),
        (np.full((4, 4, 3), -1), "convert it to uint8"),
    ],
)
def test_an_array_that_is_no_picture_is_refused(array, message):
    with pytest.raises(UnsupportedPictureError, match=message):
        open_picture(array)


def test_an_empty_array_has_no_pixels():
    with pytest.raises(images.PictureError):
        open_picture(np.zeros((0, 3), np.uint8))


@pytest.mark.parametrize("source", [None, 7, ["a.png"], object()])
def test_anything_else_is_no_picture(source):
    with pytest.raises(
        UnsupportedPictureError, match="give a file, its bytes, an open Pillow image or an array"
    ):
        open_picture(source)


def test_a_path_with_a_null_character_is_no_file():
    with pytest.raises(UnreadablePictureError, match="check the path"):
        open_picture("a\0.png")
