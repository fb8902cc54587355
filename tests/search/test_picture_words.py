"""Which of the words that were read in a picture are made findable, and how."""

import pytest

from explorer.catalog.records import FigureRecord
from explorer.representation import fields


def figure(picture_text, **more):
    known = dict.fromkeys(FigureRecord.__dataclass_fields__)
    return FigureRecord(**{**known, "picture_text": picture_text, **more})


@pytest.mark.parametrize(
    "text", [None, "18F", "2008\n2009\n10M 8M 6M", "NASA", ".gov\n.gov\n.gov", "Label 1\nLabel 2"]
)
def test_a_few_letters_are_no_text(text):
    assert fields.ocr_text(figure(text)) is None


@pytest.mark.parametrize(
    "text", ["Zeit ist Geld", "140,868\npeople on government websites now", "Åre Örebro Ängelholm"]
)
def test_some_real_words_are(text):
    assert fields.ocr_text(figure(text)) == text


def test_every_word_in_a_picture_can_be_asked_for_up_to_a_bound():
    words = [f"word{n}" for n in range(2 * fields.MAX_OCR_TERMS)]
    terms = fields.figure_terms(figure("\n".join(words), caption="The caption"))

    assert terms.startswith("The caption. word0 word1")
    assert f"word{fields.MAX_OCR_TERMS - 1}" in terms
    assert f"word{fields.MAX_OCR_TERMS}" not in terms


def test_a_logo_is_found_by_its_word():
    assert "NASA" in fields.figure_terms(figure("NASA"))
