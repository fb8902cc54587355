"""The front door: bytes or a path in, a picture and its facts out."""

import hashlib
import subprocess
import sys

import pytest
from picture_builders import drawing, encoded

import images
from images import (
    PictureTooLargeError,
    UnreadablePictureError,
    UnsupportedPictureError,
    open_picture,
    read_picture,
)


def test_a_picture_is_named_by_its_bytes(tmp_path):
    data = encoded(drawing(), "PNG")
    file = tmp_path / "anything.jpg"
    file.write_bytes(data)
    from_file, from_bytes = read_picture(file), read_picture(data)
    assert from_file.facts == from_bytes.facts
    assert from_file.facts.sha256 == hashlib.sha256(data).hexdigest()
    assert (from_file.facts.format, from_file.facts.bytes) == ("png", len(data))


def test_facts_hold_the_main_colours():
    assert read_picture(encoded(drawing(), "PNG")).facts.colours[0] == "#ffffff"


def test_both_doors_show_the_same_pixels():
    data = encoded(drawing(), "WEBP")
    assert open_picture(data).tobytes() == read_picture(data).image.tobytes()


def test_an_empty_file_says_so():
    with pytest.raises(UnreadablePictureError, match=r"^empty file; fetch"):
        open_picture(b"")


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(UnreadablePictureError, match="No such file"):
        open_picture(tmp_path / "gone.png")


def test_a_folder_is_no_picture(tmp_path):
    with pytest.raises(UnreadablePictureError):
        open_picture(tmp_path)


@pytest.mark.parametrize("from_file", [True, False])
def test_too_many_bytes_name_both_numbers(tmp_path, from_file):
    data = encoded(drawing(), "BMP")
    file = tmp_path / "large.bmp"
    file.write_bytes(data)
    with pytest.raises(PictureTooLargeError, match="57,654 bytes, the limit is 1,000") as caught:
        open_picture(file if from_file else data, images.Limits(max_bytes=1000))
    assert (caught.value.actual, caught.value.limit, caught.value.unit) == (len(data), 1000, "bytes")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<!DOCTYPE html><html><body>404 Not Found", "a web page"),
        (b"\n<html><svg></svg></html>", "a web page"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "a PostScript file"),
        (b"8BPS\0\1", "a Photoshop file"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "a HEIC photo"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isomiso2", "a video"),
        (b"\0\0\1\0\1\0\x10\x10", "a Windows icon"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer"),
        (b"PK\3\4rest", "a zip file"),
        (b"just words", "not a known picture format"),
    ],
)
def test_what_is_no_picture_is_named(data, message):
    with pytest.raises(UnsupportedPictureError) as caught:
        open_picture(data)
    assert caught.value.reason.startswith(message)
    assert "save it as PNG" in caught.value.reason


def test_public_names_are_sorted_and_there():
    assert all(hasattr(images, name) for name in images.__all__)
    constants = [name for name in images.__all__ if name.isupper()]
    classes = [name for name in images.__all__ if name[0].isupper() and not name.isupper()]
    functions = [name for name in images.__all__ if name.islower()]
    assert images.__all__ == sorted(constants) + sorted(classes) + sorted(functions)


def test_importing_images_brings_in_nothing_heavy():
    heavy = "{'numpy', 'scipy', 'imagehash', 'pywt', 'resvg_py', 'torch', 'explorer', 'embeddings'}"
    program = f"import sys, images; print(sorted({heavy} & sys.modules.keys()))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
