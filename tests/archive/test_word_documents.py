"""A Word document is an issue: headings, captions in Word's own style, pictures with their alt texts."""

import pytest
from archives_on_disk import captions_in, everything_in, issues_in
from book_builders import PICTURE, docx, paragraph, picture
from damage import damaged
from hypothesis import HealthCheck, given, settings

WHEEL = paragraph(picture()) + paragraph("Figure 1: The wheel.", "Beschriftung")


def the_issue(tmp_path, document):
    [read] = issues_in(tmp_path, {"mills.docx": document})
    return read


def test_its_properties_are_the_data_of_the_issue(tmp_path):
    read = the_issue(tmp_path, docx(paragraph("x"))).metadata

    assert (read.title, read.author, read.date) == ("On Mills", "Ada Miller", "2019-03-09")


def test_headings_part_the_text(tmp_path):
    read = the_issue(
        tmp_path,
        docx(paragraph("Mills", "Titel"), paragraph("Water", "Heading1"), paragraph("It flows."), title=""),
    )

    assert [(item.heading, item.text) for item in read.items] == [("Mills", ""), ("Water", "It flows.")]
    assert read.metadata.title == "Mills"


def test_a_caption_in_the_style_for_captions_is_that_of_the_picture(tmp_path):
    read = the_issue(tmp_path, docx(paragraph("Before."), WHEEL, paragraph("After.")))
    [figure] = read.figures

    assert (figure.caption, figure.alt, figure.data()) == ("Figure 1: The wheel.", "A wheel", PICTURE)
    assert read.items[0].text == "Before.\n\nAfter."


def test_pictures_keep_their_names_when_others_come_before_them(tmp_path):
    before = the_issue(tmp_path / "a", docx(WHEEL))
    after = the_issue(
        tmp_path / "b",
        docx(paragraph(picture("A lock")), paragraph(picture(number=2)), pictures=(b"new", PICTURE)),
    )

    assert after.figures[1].image == before.figures[0].image


def test_a_picture_outside_the_document_is_never_opened(tmp_path):
    read = the_issue(tmp_path, docx(paragraph(picture(link="link", number=99)), WHEEL))

    assert [figure.status for figure in read.figures] == ["missing", "kept"]
    assert captions_in(read)[1][1] == "Figure 1: The wheel."


BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"", "not a readable zip"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 500, "without a password"),
        (docx(paragraph("&b;"), declaration=BOMB), "declares XML entities"),
        (docx(paragraph("x" * 13_000_000)), "would unpack to"),
        (docx(paragraph("".join(map(str, range(2_200_000))))), "Split it"),
    ],
    ids=["empty", "encrypted", "bomb", "zip bomb", "long"],
)
def test_what_cannot_be_read_is_told(tmp_path, document, reason):
    _, problems = everything_in(tmp_path, {"mills.docx": document})

    assert reason in problems["mills.docx"]


WHOLE = docx(paragraph("x"), WHEEL)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=damaged(WHOLE))
def test_any_damage_is_read_or_told(tmp_path, document):
    read, problems = everything_in(tmp_path, {"mills.docx": document})

    assert len(read) + len(problems) == 1
