"""The bytes say what a file is."""

import time

import pytest
from picture_builders import drawing, encoded, svg

from images import sniff_format


@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF", "WEBP", "AVIF", "BMP", "TIFF", "JPEG2000", "PPM"])
def test_raster(format):
    assert sniff_format(encoded(drawing(), format)) == format.lower()


@pytest.mark.parametrize(
    "data",
    [
        svg(""),
        b"\xef\xbb\xbf  <svg/>",
        b"<?xml version='1.0'?>\n<!-- a > b -->\n<!DOCTYPE svg [ <!ENTITY a 'b'> ]>\n<svg:svg>",
        "\ufeff<svg>".encode("utf-16-le"),
        b"<svg\n",
    ],
)
def test_svg(data):
    assert sniff_format(data) == "svg"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"<html><svg>",
        b"<svgfoo>",
        b"text <svg>",
        b"<!DOCTYPE html><body><svg>",
        b"BM words that start so",
        b"RIFF....WAVE",
        b"P7 rest",
        b"GIF",
    ],
)
def test_neither(data):
    assert sniff_format(data) is None


@pytest.mark.parametrize(
    "hostile", [b"<!--" * 20_000, b" " * 80_000, b"<?a?>" * 20_000, b"<!DOCTYPE [" * 8_000]
)
def test_hostile_text_is_sniffed_in_linear_time(hostile):
    began = time.perf_counter()
    assert sniff_format(hostile) is None
    assert time.perf_counter() - began < 30  # a guard against hanging, not a measurement.5
