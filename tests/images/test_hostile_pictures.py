"""Bombs, cuts, lies and noise: refused in time, with a PictureError, and nothing else."""

import contextlib
import time
import warnings
import zlib

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from picture_builders import drawing, encoded, gif_with_frames, noise, png_chunk, png_claiming, svg
from PIL import Image

from images import (
    Limits,
    PictureError,
    PictureTooLargeError,
    UnreadablePictureError,
    open_picture,
    read_picture,
)
from images.jpeg import count_scans

FILES = {
    "png": encoded(noise(), "PNG"),
    "jpeg": encoded(noise(), "JPEG"),
    "progressive jpeg": encoded(noise(), "JPEG", progressive=True),
    "gif": encoded(noise(), "GIF"),
    "webp": encoded(noise(), "WEBP"),
    "lossless webp": encoded(noise(), "WEBP", lossless=True),
    "avif": encoded(noise(), "AVIF"),
    "bmp": encoded(noise(), "BMP"),
    "tiff": encoded(noise(), "TIFF"),
    "lzw tiff": encoded(noise(), "TIFF", compression="tiff_lzw"),
    "jpeg2000": encoded(noise(), "JPEG2000"),
    "ppm": encoded(noise(), "PPM"),
}


@pytest.mark.parametrize("size", [(60_000, 60_000), (2**31 - 1, 2**31 - 1), (65_000, 2_000)])
def test_the_size_a_header_claims_is_refused_before_decoding(size):
    began = time.perf_counter()
    with pytest.raises(PictureTooLargeError, match="limit is"):
        open_picture(png_claiming(*size))
    assert time.perf_counter() - began < 30  # a guard against hanging, not a measurement


@pytest.mark.parametrize("format", ["PNG", "GIF", "JPEG", "WEBP", "BMP", "TIFF", "AVIF", "JPEG2000", "PPM"])
def test_the_pixel_limit_holds_for_every_format(format):
    data = encoded(Image.new("RGB", (200, 100)), format)
    with pytest.raises(PictureTooLargeError, match=r"20,000 pixels \(200 x 100\), the limit is 19,999"):
        open_picture(data, Limits(max_pixels=19_999))
    assert open_picture(data, Limits(max_pixels=20_000)).size == (200, 100)


def test_the_limit_is_the_callers_and_not_pillows_global(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert open_picture(encoded(drawing(), "PNG")).size == (160, 120)


def test_one_long_side_is_refused():
    with pytest.raises(PictureTooLargeError, match="pixels on one side"):
        open_picture(png_claiming(100_000, 1))


@pytest.mark.parametrize("size", [(0, 0), (0, 5), (5, 0)])
def test_no_pixels_at_all(size):
    with pytest.raises(UnreadablePictureError):
        open_picture(png_claiming(*size))


def test_a_header_that_promises_more_than_there_is():
    with pytest.raises(UnreadablePictureError, match="damaged or incomplete"):
        open_picture(png_claiming(500, 500, pixels=b"\0" * 100))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.8, 0.95])
@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_cut_short_is_never_half_a_picture(name, share):
    data = FILES[name]
    with warnings.catch_warnings(), pytest.raises(UnreadablePictureError):
        warnings.simplefilter("ignore")  # as in production: the error must not come from a warning
        open_picture(data[: int(len(data) * share)])


def test_the_first_bytes_decide_what_two_files_in_one_are():
    jpeg, page = encoded(drawing(), "JPEG"), b"<html><script>alert(1)</script>"
    assert read_picture(jpeg + page).facts.format == "jpeg"
    assert read_picture(encoded(drawing(), "PNG") + jpeg).facts.format == "png"
    assert read_picture(b"GIF89a" + gif_with_frames(1)[6:] + b"%PDF-1.4").facts.format == "gif"
    with pytest.raises(PictureError):
        open_picture(page + jpeg)


def test_magic_alone_is_no_picture():
    for data in FILES.values():
        with pytest.raises(PictureError):
            open_picture(data[:16])


def test_a_profile_bomb_in_a_png_is_refused_quickly():
    bomb = png_chunk(b"iCCP", b"x\0\0" + zlib.compress(b"\0" * 200_000_000, 9))
    data = encoded(drawing(), "PNG")
    began = time.perf_counter()
    with contextlib.suppress(PictureError):
        open_picture(data[:33] + bomb + data[33:])
    assert time.perf_counter() - began < 30  # a guard against hanging, not a measurement


def test_a_progressive_jpeg_of_many_scans_is_refused():
    data = encoded(Image.new("L", (4000, 4000)), "JPEG", progressive=True)
    last_scan = data[data.rfind(b"\xff\xda") : -2]
    began = time.perf_counter()
    with pytest.raises(PictureTooLargeError, match="JPEG scans"):
        open_picture(data[:-2] + last_scan * 2000 + b"\xff\xd9")
    assert time.perf_counter() - began < 30  # a guard against hanging, not a measurement
    assert open_picture(data).size == (4000, 4000)


def test_scans_are_counted_in_the_picture_and_not_in_its_metadata():
    plain = encoded(drawing(), "JPEG", comment=b"\xff\xda" * 500)
    assert count_scans(plain + b"\0\2" + b"\xff\xda\0\2" * 500) == 1
    assert count_scans(encoded(drawing(), "JPEG", progressive=True)) > 3


@pytest.mark.timeout(60)
def test_a_jpeg_of_nothing_but_stuffing_has_no_scan():
    assert count_scans(b"\xff\xd8" + b"\xff" * 1_000_000 + b"\0") == 0


def opens_or_refuses(data):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            picture = read_picture(data, Limits(max_pixels=1_000_000, svg_seconds=5))
        except PictureError as error:
            assert error.reason and error.reason == str(error)
            assert error.reason.isprintable()
        else:
            assert picture.image.mode == "RGB" and min(picture.image.size) >= 1


BOUNDED = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@BOUNDED
@given(st.binary(max_size=400))
@example(b"\x1f\x8b")
@example(b"<svg ")
@example(b"\xff\xfe<\0s\0v\0g\0 \0")
@example(b"P5 0 0 0\n")
@example(b"II*\0\x08\0\0\0\xff\xff")
def test_any_bytes_open_or_are_refused(data):
    opens_or_refuses(data)


@BOUNDED
@given(name=st.sampled_from(sorted(FILES)), tail=st.binary(max_size=300))
def test_real_beginnings_with_any_end_open_or_are_refused(name, tail):
    opens_or_refuses(FILES[name][:40] + tail)


@settings(BOUNDED, max_examples=400)
@given(
    name=st.sampled_from(sorted(FILES)),
    # Headers are where decoders branch, so half of the damage goes there.
    flips=st.lists(
        st.tuples(st.one_of(st.integers(0, 120), st.integers(0, 20_000)), st.integers(1, 255)),
        min_size=1,
        max_size=6,
    ),
    keep=st.one_of(st.just(1.0), st.floats(0, 1)),
)
def test_damaged_files_open_or_are_refused(name, flips, keep):
    data = bytearray(FILES[name][: int(len(FILES[name]) * keep)])
    for at, change in flips:
        if data:
            data[at % len(data)] ^= change
    opens_or_refuses(bytes(data))


MARKUP = (
    "<g>", "</g>", "<use xlink:href='#a'/>", "<g id='a'>", "<text>x</text>", "<style>@import 'x';",
    "</style>", "<rect width='5' height='5'/>", "<!-- x -->", "<![CDATA[", "]]>", "&amp;", "&x;",
    "<script>", "</script>", "<image href='file:///etc/hosts' width='9' height='9'/>", "\0", "é",
)  # fmt: skip


@settings(BOUNDED, max_examples=25)
@given(st.lists(st.sampled_from(MARKUP), max_size=12))
def test_any_markup_opens_or_is_refused(parts):
    opens_or_refuses(svg("".join(parts)))
