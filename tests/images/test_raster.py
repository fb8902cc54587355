"""Every kind of pixel and every format ends as the RGB picture a reader sees."""

import numpy as np
import pytest
from picture_builders import drawing, encoded, gif_with_frames, noise
from PIL import Image, features

from images import Limits, open_picture, read_picture
from images.raster import DECODERS

FORMATS = {
    "avif": "AVIF",
    "bmp": "BMP",
    "gif": "GIF",
    "jpeg": "JPEG",
    "jpeg2000": "JPEG2000",
    "png": "PNG",
    "ppm": "PPM",
    "tiff": "TIFF",
    "webp": "WEBP",
}


def colour(picture, x, y):
    return tuple(int(value) for value in picture.getpixel((x, y)))


def near(actual, expected, tolerance=12):
    return all(abs(a - b) <= tolerance for a, b in zip(actual, expected, strict=True))


def test_every_decoder_is_tested():
    assert FORMATS.keys() == DECODERS.keys()


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_format_opens_with_its_pixels_and_facts(format):
    if format == "avif" and not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    picture = read_picture(encoded(drawing(), FORMATS[format]))
    assert (picture.facts.format, picture.facts.frames, picture.facts.vector) == (format, 1, False)
    assert (picture.facts.width, picture.facts.height) == picture.image.size == (160, 120)
    assert picture.image.mode == "RGB"
    assert near(colour(picture.image, 20, 10), (220, 30, 30), 25)
    assert near(colour(picture.image, 117, 87), (20, 40, 200), 25)


@pytest.mark.parametrize(
    ("mode", "value", "seen"),
    [
        ("1", 1, (255, 255, 255)),
        ("L", 90, (90, 90, 90)),
        ("LA", (90, 255), (90, 90, 90)),
        ("LA", (0, 0), (255, 255, 255)),
        ("RGBA", (10, 20, 30, 255), (10, 20, 30)),
        ("RGBA", (200, 0, 0, 128), (227, 127, 127)),
        ("P", 0, (0, 0, 0)),
        ("I;16", 32768, (128, 128, 128)),
        ("I;16", 257 * 200, (200, 200, 200)),
    ],
)
def test_png_mode_becomes_rgb(mode, value, seen):
    source = Image.new(mode, (4, 4), value)
    if mode == "P":
        source.putpalette([0, 0, 0, 255, 255, 255])
    opened = open_picture(encoded(source, "PNG"))
    assert opened.mode == "RGB"
    assert near(colour(opened, 1, 1), seen, 1)


def test_palette_with_a_transparent_colour_shows_white_there():
    source = Image.new("P", (4, 4), 1)
    source.putpalette([0, 0, 0, 0, 0, 255])
    source.putpixel((0, 0), 0)
    opened = open_picture(encoded(source, "PNG", transparency=1))
    assert colour(opened, 2, 2) == (255, 255, 255)
    assert colour(opened, 0, 0) == (0, 0, 0)


def test_rgb_with_a_transparent_colour_shows_white_there():
    source = Image.new("RGB", (4, 4), (9, 9, 9))
    source.putpixel((0, 0), (0, 0, 0))
    opened = open_picture(encoded(source, "PNG", transparency=(9, 9, 9)))
    assert (colour(opened, 2, 2), colour(opened, 0, 0)) == ((255, 255, 255), (0, 0, 0))


def test_dark_lines_on_nothing_stand_on_white():
    source = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    source.putpixel((5, 5), (0, 0, 0, 255))
    opened = open_picture(encoded(source, "PNG"))
    assert (colour(opened, 5, 5), colour(opened, 10, 10)) == ((0, 0, 0), (255, 255, 255))


def test_white_lines_on_nothing_stay_visible():
    source = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    source.putpixel((5, 5), (255, 255, 255, 255))
    opened = open_picture(encoded(source, "PNG"))
    assert colour(opened, 5, 5) == (255, 255, 255)
    assert colour(opened, 10, 10) == (32, 32, 32)


def test_a_picture_of_nothing_is_white():
    assert open_picture(encoded(Image.new("RGBA", (4, 4)), "PNG")).getextrema() == ((255, 255),) * 3


def test_cmyk_jpeg_as_adobe_writes_it_is_not_a_negative():
    source = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    assert near(colour(open_picture(encoded(source, "JPEG")), 8, 8), (255, 0, 0), 4)


def test_cmyk_tiff_has_its_colours():
    assert near(
        colour(open_picture(encoded(Image.new("CMYK", (4, 4), (255, 0, 0, 0)), "TIFF")), 1, 1), (0, 255, 255)
    )


def test_16_bit_grey_is_scaled_not_clipped():
    ramp = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    for format in ("PNG", "TIFF"):
        opened = np.asarray(open_picture(encoded(Image.fromarray(ramp), format)))[..., 0]
        np.testing.assert_allclose(opened.ravel(), np.arange(256), atol=1)


def test_16_bit_ppm_is_scaled_not_clipped():
    opened = open_picture(b"P5 2 1 65535\n" + bytes((0x80, 0x00, 0xFF, 0xFF)))
    assert (colour(opened, 0, 0)[0], colour(opened, 1, 0)[0]) == (128, 255)


@pytest.mark.parametrize("values", [[0.0, 0.5, 1.0], [-40.0, 10.0, 60.0], [float("nan"), 0.5, 1.0]])
def test_float_tiff_spans_black_to_white(values):
    opened = open_picture(encoded(Image.fromarray(np.array([values], dtype=np.float32)), "TIFF"))
    assert [colour(opened, x, 0)[0] for x in range(3)] == [0, 128, 255]


def test_a_flat_float_picture_opens():
    open_picture(encoded(Image.fromarray(np.full((3, 3), 7.5, dtype=np.float32)), "TIFF"))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_exif_turn_is_applied_once(format, orientation):
    turned_back = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    upright = drawing(64, 32)
    stored = upright if turned_back is None else upright.transpose(turned_back)
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = read_picture(encoded(stored, format, exif=exif.tobytes()))
    assert (picture.facts.width, picture.facts.height) == picture.image.size == (64, 32)
    assert near(colour(picture.image, 8, 4), (220, 30, 30), 40)
    assert near(colour(picture.image, 46, 22), (20, 40, 200), 40)


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's own word on it
@pytest.mark.parametrize("garbage", [b"Exif\0\0garbage", b"Exif\0\0II*\0\xff\xff\xff\xff", b"", b"\xff" * 60])
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_broken_exif_costs_the_turn_and_not_the_picture(format, garbage):
    assert open_picture(encoded(drawing(), format, exif=garbage)).size == (160, 120)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_broken_colour_profile_is_ignored(format):
    assert open_picture(encoded(drawing(), format, icc_profile=b"not a profile")).size == (160, 120)


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG", "AVIF"])
def test_an_animation_shows_its_first_frame_and_counts_all(format):
    frames = [Image.new("RGB", (16, 16), name) for name in ("red", "lime", "blue")]
    picture = read_picture(encoded(frames[0], format, save_all=True, append_images=frames[1:]))
    assert picture.facts.frames == 3
    assert near(colour(picture.image, 8, 8), (255, 0, 0), 8)


def test_pages_of_a_tiff_are_not_frames():
    data = encoded(drawing(), "TIFF", save_all=True, append_images=[noise()])
    assert read_picture(data).facts.frames == 1


def test_frames_are_counted_only_so_far():
    assert read_picture(gif_with_frames(7)).facts.frames == 7
    assert read_picture(gif_with_frames(100_000)).facts.frames == 1000


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_a_large_picture_is_shrunk_and_keeps_its_true_size_in_the_facts(format):
    picture = read_picture(encoded(drawing(900, 300), format), Limits(working_side=200))
    assert (picture.facts.width, picture.facts.height) == (900, 300)
    assert picture.image.size == (200, 67)
    assert near(colour(picture.image, 20, 5), (220, 30, 30), 25)


@pytest.mark.parametrize("size", [(1, 60_000), (60_000, 1)])
def test_an_extreme_shape_stays_at_least_one_pixel_wide(size):
    picture = read_picture(encoded(Image.new("RGB", size, "red"), "PNG"))
    assert (picture.facts.width, picture.facts.height) == size
    assert sorted(picture.image.size) == [1, 4096]
