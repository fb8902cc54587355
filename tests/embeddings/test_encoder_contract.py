"""What every encoder promises, held to each of them."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image, ImageDraw

from embeddings import Encoder, Vectors

TEXTS = ["red and blue", "a green hill, and a red barn on it", "blue"]


def drawn(ground: str, ink: str) -> Image.Image:
    picture = Image.new("RGB", (60, 40), ground)
    ImageDraw.Draw(picture).ellipse((10, 5, 40, 35), fill=ink)
    return picture


PICTURES = [drawn("white", "red"), drawn("navy", "yellow"), drawn("green", "black")]


def assert_unit_rows(vectors: Vectors, rows: int, dim: int) -> None:
    assert vectors.dtype == np.float32
    assert vectors.shape == (rows, dim)
    assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_picture_vectors_are_unit_float32_rows_of_dim(encoder: Encoder) -> None:
    vectors = encoder.encode_pictures(PICTURES)
    assert_unit_rows(vectors.picture, 3, encoder.dim)
    assert (vectors.visual is None) == (encoder.visual_dim is None)
    if vectors.visual is not None and encoder.visual_dim is not None:
        assert_unit_rows(vectors.visual, 3, encoder.visual_dim)


def test_text_vectors_are_unit_float32_rows_of_dim(encoder: Encoder) -> None:
    assert_unit_rows(encoder.encode_texts(TEXTS), 3, encoder.dim)


def test_nothing_gives_no_rows_of_the_right_width(encoder: Encoder) -> None:
    assert encoder.encode_texts([]).shape == (0, encoder.dim)
    assert encoder.encode_pictures([]).picture.shape == (0, encoder.dim)
    assert encoder.encode_texts([]).dtype == encoder.encode_pictures([]).picture.dtype == np.float32


def test_together_equals_one_by_one_in_order(encoder: Encoder) -> None:
    pictures = np.concatenate([encoder.encode_pictures([picture]).picture for picture in PICTURES])
    texts = np.concatenate([encoder.encode_texts([text]) for text in TEXTS])
    assert_allclose(encoder.encode_pictures(PICTURES).picture, pictures, rtol=1e-4, atol=1e-5)
    assert_allclose(encoder.encode_texts(TEXTS), texts, rtol=1e-4, atol=1e-5)
    assert not np.allclose(pictures[0], pictures[1], atol=1e-3)
    assert not np.allclose(texts[0], texts[2], atol=1e-3)


def test_the_same_again_gives_the_same_vectors(encoder: Encoder) -> None:
    assert_array_equal(encoder.encode_pictures(PICTURES).picture, encoder.encode_pictures(PICTURES).picture)
    assert_array_equal(encoder.encode_texts(TEXTS), encoder.encode_texts(TEXTS))


def test_a_short_text_is_its_own_window(encoder: Encoder) -> None:
    assert encoder.windows("a red barn") == ["a red barn"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("The red barn stood on a hill. " * 90, id="sentences"),
        pytest.param("barn " * 700, id="words without a sentence"),
        pytest.param("https://example.org/" + "a9!z" * 900, id="one endless word"),
        pytest.param("山の上の赤い納屋" * 120, id="no spaces"),
        pytest.param("  lead\n\n" + "and then " * 400 + "\ttail ", id="odd spaces"),
    ],
)
def test_windows_lose_no_word(encoder: Encoder, text: str) -> None:
    assert "".join("".join(encoder.windows(text)).split()) == "".join(text.split())


def test_the_end_of_a_long_text_counts(encoder: Encoder) -> None:
    beginning = "a red barn on a hill. " * 45
    red, blue = encoder.encode_texts([beginning + "red. " * 20, beginning + "blue. " * 20])
    assert np.abs(red - blue).max() > 1e-3


def test_a_long_text_is_the_normalised_mean_of_its_windows(lite: Encoder, tiny: Encoder) -> None:
    text = "A red barn stood on a green hill under a blue sky. " * 30
    for encoder in (lite, tiny):
        windows = encoder.windows(text)
        assert len(windows) > 1
        mean = encoder.encode_texts(windows).mean(axis=0)
        assert_allclose(encoder.encode_texts([text])[0], mean / np.linalg.norm(mean), atol=1e-5)


def test_the_fingerprint_is_short_hex(encoder: Encoder) -> None:
    assert len(encoder.fingerprint) == 16
    assert int(encoder.fingerprint, 16) > 0


def test_a_red_picture_is_nearest_to_the_word_red_for_the_hand_made_encoder(hand_made: Encoder) -> None:
    red, _, blue = hand_made.encode_texts(["red", "green", "blue"])
    assert_array_equal(red, [1, 0, 0])
    picture = hand_made.encode_pictures([Image.new("RGB", (4, 4), (200, 0, 40))]).picture[0]
    assert picture @ red > picture @ blue > 0
