"""Whatever happens inside a decoder, a PictureError comes out, and it reads well after a file name."""

import pickle
import struct

import pytest
from PIL import Image

from images import PictureError, PictureTooLargeError, UnreadablePictureError, UnsupportedPictureError
from images.errors import translate_decoder_errors


@pytest.mark.parametrize(
    "foreign",
    [
        OSError("image file is truncated"),
        SyntaxError("broken PNG file"),
        ValueError("x"),
        KeyError(3),
        IndexError(),
        EOFError(),
        struct.error("unpack requires 4 bytes"),
        RecursionError(),
        MemoryError(),
        Image.DecompressionBombError("huge"),
        Image.DecompressionBombWarning("large"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_foreign_errors_are_translated(foreign):
    with pytest.raises(UnreadablePictureError) as caught, translate_decoder_errors():
        raise foreign
    assert caught.value.__cause__ is foreign
    assert "()" not in caught.value.reason


def test_own_errors_pass_unchanged():
    own = UnsupportedPictureError("a PDF; save it as PNG")
    with pytest.raises(UnsupportedPictureError) as caught, translate_decoder_errors():
        raise own
    assert caught.value is own


def test_an_interrupt_is_not_a_bad_picture():
    with pytest.raises(KeyboardInterrupt), translate_decoder_errors():
        raise KeyboardInterrupt


def test_hostile_text_in_a_cause_is_cut_and_made_printable():
    with pytest.raises(UnreadablePictureError) as caught, translate_decoder_errors():
        raise ValueError("\x1b[31m\n" + "A" * 5000)
    assert caught.value.reason.isprintable()
    assert len(caught.value.reason) < 300


def test_errors_travel_between_processes():
    for error in (
        PictureTooLargeError(9, 5, "bytes", "shrink it"),
        UnreadablePictureError("damaged; fetch again"),
    ):
        copy = pickle.loads(pickle.dumps(error))
        assert (type(copy), str(copy), copy.reason) == (type(error), str(error), error.reason)
        assert isinstance(copy, PictureError)


def test_too_large_names_found_limit_and_way_out():
    assert str(PictureTooLargeError(9_000, 5_000, "bytes", "shrink it")) == (
        "too large: 9,000 bytes, the limit is 5,000; shrink it"
    )
