"""What a typed line means: every operator, and that whatever is none is a word that is never lost."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from explorer.catalog.filters import Filters
from explorer.search.grammar import (
    Liked,
    Parsed,
    PictureFile,
    RequiredPhrase,
    Restriction,
    Word,
    line_of,
    parse,
)
from explorer.search.query import Phrase

UUID = "0b3f9c1e-7a4d-5e2f-9c8b-1a2b3c4d5e6f"


@pytest.mark.parametrize(
    ("line", "tokens"),
    [
        pytest.param('"red cat"', [RequiredPhrase("red cat")], id="exact words"),
        pytest.param("“red cat” „rote Katze“", [RequiredPhrase("red cat"), RequiredPhrase("rote Katze")], id="other quotes"),
        pytest.param('"red cat", dog', [RequiredPhrase("red cat"), Word("dog")], id="a comma after a quote"),
        pytest.param("+cat", [RequiredPhrase("cat")], id="must"),
        pytest.param("+ cat", [RequiredPhrase("cat")], id="must, the sign apart"),
        pytest.param("-cat", [RequiredPhrase("cat", without=True)], id="not"),
        pytest.param("−cat", [RequiredPhrase("cat", without=True)], id="not, with a minus sign"),
        pytest.param("- cat", [RequiredPhrase("cat", without=True)], id="not, the sign apart"),
        pytest.param('-"red cat"', [RequiredPhrase("red cat", without=True)], id="not these words"),
        pytest.param('- "red cat"', [RequiredPhrase("red cat", without=True)], id="not these words, the sign apart"),
        pytest.param("-cat, dog", [RequiredPhrase("cat", without=True), Word("dog")], id="a comma after not"),
        pytest.param("-C++", [RequiredPhrase("C++", without=True)], id="signs within a word"),
        pytest.param('-"5"', [RequiredPhrase("5", without=True)], id="not this number"),
        pytest.param("-😀", [RequiredPhrase("😀", without=True)], id="not this emoji"),
        pytest.param("-東京", [RequiredPhrase("東京", without=True)], id="not this word without spaces"),
        pytest.param("2:cat dog", [Word("cat", 2), Word("dog")], id="a weight"),
        pytest.param('0.5:"red cat"', [RequiredPhrase("red cat", weight=0.5)], id="a weight of exact words"),
        pytest.param("./a.png", [PictureFile("./a.png")], id="a picture"),
        pytest.param("+ /b/a.JPG", [PictureFile("/b/a.JPG")], id="a picture, with a sign"),
        pytest.param("-~/a.webp", [PictureFile("~/a.webp", without=True)], id="unlike a picture"),
        pytest.param("0.5:../a.png", [PictureFile("../a.png", weight=0.5)], id="a picture with a weight"),
        pytest.param('"./my cat.png"', [PictureFile("./my cat.png")], id="a picture with a space"),
        pytest.param("id:1A2B3C4D", [Liked("1a2b3c4d")], id="like the beginning of an id"),
        pytest.param(UUID, [Liked(UUID)], id="like an id"),
        pytest.param(f"- id:{UUID}", [Liked(UUID, without=True)], id="unlike an id"),
        pytest.param("issue:36", [Restriction("issue", "36")], id="issue"),
        pytest.param("After:2022-01", [Restriction("after", "2022-01")], id="after"),
        pytest.param("before:2023", [Restriction("before", "2023")], id="before"),
        pytest.param("has:caption", [Restriction("has", "caption")], id="with a caption"),
        pytest.param("kind:Item", [Restriction("kind", "item")], id="kind"),
        pytest.param("document:a/B.html", [Restriction("document", "a/B.html")], id="document"),
        pytest.param('document:"a b.html"', [Restriction("document", "a b.html")], id="document with a space"),
    ],
)  # fmt: skip
def test_an_operator_is_understood(line, tokens):
    assert list(parse(line).tokens) == tokens


@pytest.mark.parametrize(
    "line",
    [
        "a map of the underground",
        "C++",
        "e-mail",
        "-5 degrees",
        "-5°C",
        "+49 30 1234567",
        "10 - 15 degrees",
        "+/-",
        "+-",
        "--all",
        "ratio 3:2",
        "16:9",
        "1:n",
        "0:cat",
        "99:cat",
        "02:cat",
        "GPT-3:",
        "http://example.org/a.png",
        "a +",
        "a -",
        "-",
        "+",
        ":-)",
        '"',
        '""',
        '" "',
        'lone "quote',
        '5" pipe and 6" pipe',
        "“",
        "-“",
        'a"b"c',
        "sketch.png",
        "foo:bar",
        "issue:x",
        "after:noon",
        "has:hat",
        "id:photo",
        "kind:cat",
        "document:",
        "東京の地図",
        "😀",
        "Москва",
        "\x00",
        "it’s",
        "100%",
        "??",
        "-->",
        "a|b",
    ],
)
def test_what_is_no_operator_stays_words(line):
    assert parse(line).is_plain
    assert parse(line).words == " ".join(line.split())


def test_half_a_pair_of_surrogates_is_no_letter():
    assert parse("a \ud800 b").words == "a \ufffd b"


def test_the_example_with_a_picture_and_a_word_that_must_not_stand():
    parsed = parse("architecture diagram + ./sketch.png - photo")

    assert parsed.words == "architecture diagram"
    assert parsed.pictures == (("./sketch.png", 1.0),)
    assert parsed.must_not == ("photo",)
    assert parsed.shown() == 'looking for "architecture diagram", like sketch.png, without "photo"'


def test_exact_words_are_looked_for_as_well():
    parsed = parse('bridge "red steel" +night -photo')

    assert parsed.words == "bridge red steel night"
    assert parsed.plain_words == "bridge"
    assert parsed.must == ("red steel", "night")
    assert parsed.must_not == ("photo",)


def test_words_of_one_weight_are_one_phrase():
    assert parse("red 2:cat house").phrases == (Phrase("red house"), Phrase("cat", 2))
    assert parse("red cat").phrases == (Phrase("red cat"),)


def test_a_picture_that_is_not_liked_weighs_less_than_nothing():
    assert parse("./a.png -./b.png 0.5:./c.png").pictures == (
        ("./a.png", 1),
        ("./b.png", -1),
        ("./c.png", 0.5),
    )


def test_filters_are_those_of_a_search():
    asked = parse("issue:36 after:2022-01 before:2023 no:caption kind:any document:caption")

    assert asked.filters == Filters(
        number=36, document="caption", date_from="2022-01", date_to="2023", has_caption=False
    )
    assert asked.kind == "any"
    assert asked.words is None


def test_of_two_that_disagree_the_last_holds():
    assert parse("issue:3 issue:4 has:caption no:caption").filters == Filters(number=4, has_caption=False)


def test_a_stranger_names_no_file_of_this_machine():
    for line in ("./a.png", "/etc/a.png", "+ ~/a.png", "-./a.png", '"./a b.png"', "0.5:./a.png"):
        assert parse(line).pictures
        assert parse(line, files=False).pictures == ()
    assert parse("./a.png", files=False).words == "./a.png"


def test_a_line_is_shown_as_it_was_understood():
    line = f"2:cat ./a.png - id:{UUID} issue:3 after:2022 before:2023-04 no:caption kind:item document:x.html"

    assert parse(line).shown() == (
        'looking for "cat", "cat" counting 2 times, like a.png, unlike 0b3f9c1e, in issue 3, '
        "in issues from 2022 on, in issues up to 2023-04, without a caption, items, in x.html"
    )


def test_a_line_without_one_of_its_tokens():
    parsed = parse("cat +red issue:3")

    assert parsed.without_token(parsed.tokens[1]) == parse("cat issue:3")


def test_the_arguments_of_a_command_are_a_line():
    assert line_of(["architecture diagram", "+", "./my sketch.png", "-", "photo"]) == (
        'architecture diagram + "./my sketch.png" - photo'
    )


LINES = st.lists(
    st.sampled_from(
        [
            "+",
            "-",
            "−",
            '"',
            "“",
            "„",
            "”",
            " ",
            "  ",
            "\n",
            "2:",
            "0.5:",
            "1:",
            "10:",
            "./",
            "~/",
            ".png",
            "id:",
            "1a2b3c4d",
            UUID,
            "issue:",
            "36",
            "5",
            "after:",
            "2022-01",
            "has:",
            "caption",
            "kind:",
            "item",
            "document:",
            "cat",
            "dog",
            "C++",
            "e-mail",
            ",",
            ".",
            "!",
            "東京",
            "😀",
        ]
    )
    | st.text(max_size=5),
    max_size=14,
).map("".join)


@settings(max_examples=500, deadline=None)
@given(line=LINES, files=st.booleans())
@example(line="5 - 3 +x5 - 3", files=True)
@example(line='- +./a.png".', files=True)
def test_any_line_is_understood_and_its_meaning_can_be_written_down(line, files):
    parsed = parse(line, files=files)

    assert isinstance(parsed, Parsed)
    assert parse(parsed.line, files=files) == parsed
    assert isinstance(parsed.shown(), str)


@settings(max_examples=500, deadline=None)
@given(line=LINES, files=st.booleans())
def test_no_word_is_lost(line, files):
    kept = set(re.findall(r"\w+", parse(line, files=files).line.casefold()))

    assert set(re.findall(r"\w+", line.casefold())) <= kept
