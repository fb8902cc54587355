"""Plain text: paragraphs, headings, captions whose pictures are gone, and broken characters."""

import ftfy
import pytest
from archive_builders import issue
from hypothesis import given
from hypothesis import strategies as st

from explorer.archive.convert.decoding import decode, repair
from explorer.archive.model import Status

LONG = (
    "We walked along the shore until the light went, and counted every boat that came in, as we do each year. "
    * 2
)
WRAPPED = """The Harbour Letter, issue #12
=============================

Date: 2024-09-06
Author: Tom Okafor

The printer is on strike, and so this month
you get the words only.

1. What a caption can do
------------------------

Cover the picture with your hand.

Figure 1: The tide at the harbour over one week, two peaks a day, the
higher one at night. Source: Harbour Office

The tide came out well. As Figure 1 shows, it does.

A mill grinding flour in the morning. Photo: Harbour Museum

[Image: The mill at noon, seen from the bridge.]

2. Numbers
----------

- one
- two

That is all.
"""


def test_a_wrapped_text_has_its_headings_items_and_captions():
    read = issue(WRAPPED, "letter.txt")

    assert [(item.heading, item.number) for item in read.items] == [
        ("The Harbour Letter, issue #12", None),
        ("1. What a caption can do", 1),
        ("2. Numbers", 2),
    ]
    assert [(figure.caption, figure.credit) for figure in read.figures] == [
        (
            "Figure 1: The tide at the harbour over one week, two peaks a day, the higher one at night.",
            "Source: Harbour Office",
        ),
        ("A mill grinding flour in the morning.", "Photo: Harbour Museum"),
        ("The mill at noon, seen from the bridge.", None),
    ]
    assert {figure.status for figure in read.figures} == {Status.MISSING}
    assert {figure.image for figure in read.figures} == {None}
    assert {figure.item for figure in read.figures} == {1}


def test_captions_are_no_text_of_the_item_they_stand_in():
    [_, first, _] = issue(WRAPPED, "letter.txt").items

    assert first.text.startswith("Cover the picture with your hand.")
    assert "two peaks" not in first.text
    assert "As Figure 1 shows" in first.text


def test_the_head_lines_of_a_letter_are_data_and_no_text():
    read = issue(WRAPPED, "letter.txt")

    assert (read.metadata.date, read.metadata.author, read.metadata.number) == (
        "2024-09-06",
        "Tom Okafor",
        12,
    )
    assert read.metadata.title == "The Harbour Letter, issue #12"
    assert "2024-09-06" not in "".join(item.text for item in read.items)


def test_the_head_lines_of_an_e_mail_are_data():
    mail = 'From: "Ann Lee" <ann@example.org>\nDate: Fri, 6 Sep 2024 10:00:00 +0200\nSubject: Letters, No. 7\n\nHello.\n'
    metadata = issue(mail, "mail.txt").metadata

    assert (metadata.author, metadata.date, metadata.title, metadata.number) == (
        "Ann Lee",
        "2024-09-06",
        "Letters, No. 7",
        7,
    )


def test_a_sentence_that_opens_with_a_word_and_a_colon_is_no_head_line():
    read = issue("Hello all.\n\nDate: the fruit of a palm,\nand very sweet.\n", "letter.txt")

    assert "the fruit of a palm" in "".join(item.text for item in read.items)
    assert read.metadata.date is None


def test_where_a_line_is_a_paragraph_a_blank_line_marks_a_picture():
    lines = [
        "The Letter, 36th issue!",
        LONG,
        LONG,
        "",
        "The mill at noon, drawn from the bridge. Source: the museum.",
        LONG,
        "2. Boats of the bay",
        LONG,
        LONG,
        "What we read",
        LONG,
        LONG,
    ]
    read = issue("\n".join(lines), "letter.txt")

    assert [(figure.caption, figure.credit) for figure in read.figures] == [
        ("The mill at noon, drawn from the bridge.", "Source: the museum.")
    ]
    assert [item.number for item in read.items if item.heading == "2. Boats of the bay"] == [2]
    assert read.metadata.number == 36


def test_an_illustration_mark_of_a_book_in_plain_text():
    read = issue(
        "Chapter one.\n\n[Illustration: FIG. 3.--A PUMP, SEEN\nFROM ABOVE.]\n\nText follows here.\n",
        "book.txt",
    )

    assert [figure.caption for figure in read.figures] == ["FIG. 3.--A PUMP, SEEN FROM ABOVE."]


def test_numbered_lines_of_a_list_are_no_headings():
    read = issue("Do this:\n\n1. Boil water.\n2. Add tea.\n3. Wait.\n\nThen drink.\n", "letter.txt")

    assert all(item.number is None for item in read.items)


def test_tags_in_a_text_are_words():
    read = issue("Hello there, all of you.\n\nWrite <img src=a.png> & go.\n\nThen stop.\n", "letter.txt")

    assert read.figures == ()
    assert "Write <img src=a.png> & go." in "".join(item.text for item in read.items)


ENCODED = {
    "UTF-8": "Zoë’s café – naïve",
    "UTF-8-SIG": "Zoë’s café – naïve",
    "UTF-16": "Zoë’s café – naïve",
    "cp1252": "Zoë’s café – naïve",
}


@pytest.mark.parametrize("encoding", ENCODED)
def test_the_encoding_is_found(encoding):
    text = f"{ENCODED[encoding]}. " * 8

    assert decode(text.encode(encoding)).strip() == text.strip()


@pytest.mark.parametrize(
    "head",
    [
        '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">',
        '<meta charset="windows-1252">',
        '<?xml version="1.0" encoding="ISO-8859-1"?>',
    ],
)
def test_a_declared_encoding_holds_and_latin_1_means_windows_1252(head):
    assert decode((head + "<p>Zoë’s café</p>").encode("cp1252")).endswith("<p>Zoë’s café</p>")


def test_a_false_declaration_does_not_spoil_utf_8():
    assert "Zoë’s" in decode('<meta charset="iso-8859-1"><p>Zoë’s</p>'.encode())


def test_an_unknown_declaration_is_no_crash():
    assert "caf" in decode('<meta charset="klingon"><p>café au lait</p>'.encode("cp1252"))


def test_text_that_was_read_in_the_wrong_encoding_is_repaired():
    assert repair("The museumâ€™s â€œmillâ€\x9d cafÃ©") == "The museum’s “mill” café"


ODD = ["a", "é", "\n", "Ã©", "â€™", "e\u0301", "\r", "\f", "\v", "\x85", "\u2028", "\ud83d", "\ude00", "\x1b[31m", "\ufeff",
       "&amp;", "ﬁ", "“", "\x9d", "\xa0", " ", "Â ", "日", "\x7f", "\u206a", "â\x80\x99", "\t", "ÐŸ", "\ufffd"]  # fmt: skip


@given(text=st.lists(st.sampled_from(ODD) | st.characters(codec="utf-8"), max_size=30).map("".join))
def test_lines_that_need_no_repair_are_told_as_ftfy_tells_them(text):
    as_in_a_page = {"unescape_html": False, "uncurl_quotes": False, "fix_latin_ligatures": False}

    assert repair(text) == ftfy.fix_text(text, **as_in_a_page, fix_character_width=False, normalization="NFC")


# As ml-monthly arrives, in sentences of our own: UTF-8 punctuation read as Greek, its unprintable bytes lost.
LOSSY = "The millerβs flour isnβt white, theyβll say βgreyβ instead β and sheβs right."


def test_punctuation_lost_as_greek_is_read_from_its_place():
    assert repair(LOSSY) == "The miller’s flour isn’t white, they’ll say “grey” instead – and she’s right."


def test_real_greek_is_left_alone():
    greek = "Η θάλασσα είναι γαλάζια. It isn't grey, it's blue: β and π are letters."

    assert repair(greek) == greek
    assert repair("The β-carotene isn't lost, and π is 3.14.") == "The β-carotene isn't lost, and π is 3.14."


def test_a_credit_alone_is_an_imprint_and_no_figure():
    read = issue(
        "Hello there.\n\n\u00a9 2024 The Harbour Letter.\n\nSource: our own eyes.\n\nGoodbye now.\n",
        "letter.txt",
    )

    assert read.figures == ()
