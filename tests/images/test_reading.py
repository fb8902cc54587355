"""The text in a picture, read by the real reader."""

import socket

import pytest
from library.signs import sign
from picture_builders import encoded, noise
from PIL import Image

import images
from images import reading


def words(lines):
    return " ".join(line.text for line in lines)


def test_big_clear_words_are_read_line_by_line_where_they_stand():
    lines = images.read_text(sign("Annual report", "Rivers and lakes"))

    assert [line.text for line in lines] == ["Annual report", "Rivers and lakes"]
    first, second = (line.box for line in lines)
    assert all(line.confidence >= reading.MIN_CONFIDENCE for line in lines)
    assert first == pytest.approx((30 / 640, 40 / 300, 0.6, 90 / 300), abs=0.08)
    assert second[1] > first[3] - 0.05
    assert all(0 <= edge <= 1 for box in (first, second) for edge in box)


def test_what_stands_beside_each_other_is_read_from_left_to_right():
    picture = sign("Income", "Total", size=(900, 300))
    picture.paste(sign("Spending", "Nothing", size=(400, 300)), (480, 8))

    assert words(images.read_text(picture)) == "Income Spending Total Nothing"


def test_a_picture_turned_by_its_exif_is_read_upright():
    turned = sign("Upright words").rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned to the right
    data = encoded(turned, "JPEG", exif=exif, quality=95)

    assert words(images.read_text(images.open_picture(data))) == "Upright words"


@pytest.mark.parametrize(
    "picture",
    [Image.new("RGB", (640, 480), "white"), Image.new("RGB", (1, 1)), Image.new("RGB", (3000, 1)), noise()],
    ids=["empty", "one pixel", "a thread", "noise"],
)
def test_nothing_is_read_where_nothing_is_written(picture):
    assert images.read_text(picture) == ()


def test_a_huge_picture_is_read_within_bounds():
    picture = sign("A very large poster", size=(6000, 4000), letters=400)

    assert words(images.read_text(picture)) == "A very large poster"


def test_pictures_of_every_mode_are_read():
    assert words(images.read_text(sign("Black and white").convert("1"))) == "Black and white"


def test_reading_needs_no_network_and_says_nothing(monkeypatch, capfd):
    def refused(*args, **kwargs):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "getaddrinfo", refused)
    monkeypatch.setattr(socket.socket, "connect", refused)
    reading._engine.cache_clear()

    assert words(images.read_text(sign("No network"))) == "No network"
    assert capfd.readouterr() == ("", "")


def test_a_missing_model_is_told_and_not_fetched(monkeypatch):
    monkeypatch.setattr(reading, "RECOGNISER", "gone.onnx")
    reading._engine.cache_clear()
    try:
        with pytest.raises(images.ReaderMissingError, match=r"gone\.onnx is missing; .*pip install"):
            images.read_text(sign("Nobody"))
    finally:
        reading._engine.cache_clear()


def test_whatever_the_reader_raises_is_a_picture_error(monkeypatch):
    def broken(pixels):
        raise RuntimeError("onnx")

    monkeypatch.setattr(reading, "_engine", lambda: broken)

    with pytest.raises(images.PictureError, match="onnx"):
        images.read_text(sign("Nobody"))


def test_the_recipe_names_what_changes_results(monkeypatch):
    before = images.ocr_recipe()
    assert "PP-OCRv6" in before
    monkeypatch.setattr(reading, "READING_VERSION", reading.READING_VERSION + 1)
    reading.ocr_recipe.cache_clear()
    try:
        assert images.ocr_recipe() != before
    finally:
        reading.ocr_recipe.cache_clear()
