"""The size of a picture is told by its head."""

import io

import pytest
from PIL import Image

from images.size import picture_size


def _raster(format, exif=None):
    held = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(held, format, **({"exif": exif} if exif else {}))
    return held.getvalue()


@pytest.mark.parametrize("format", ["png", "jpeg", "gif", "webp", "bmp", "tiff", "ppm"])
def test_pixels_are_counted(format):
    assert picture_size(_raster(format)) == (60, 40)


def test_a_photograph_on_its_side_is_measured_upright():
    exif = Image.Exif()
    exif[0x0112] = 6

    assert picture_size(_raster("jpeg", exif)) == (40, 60)


SVG = {
    '<svg width="30" height="20" viewBox="0 0 300 200"/>': (30, 20),
    "<svg width='30px' height='20px'/>": (30, 20),
    '<svg viewBox="0 0 24 24"/>': (24, 24),
    '<svg width="100%" height="100%" viewBox="-5,-5,48,32"/>': (48, 32),
    '<svg viewBox="0 0 512 512"/>': None,
    '<svg stroke-width="4" viewBox="0 0 3e2 200"/>': None,
    "<svg/>": None,
}


@pytest.mark.parametrize(("written", "size"), SVG.items())
def test_a_drawing_says_its_size(written, size):
    assert picture_size(written.encode()) == size


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"no picture", b"\xff\xd8\xff\xe0"])
def test_what_is_no_picture_has_no_size(data):
    assert picture_size(data) is None
