"""Attributes in braces, in every form that the documentation of a house shows: never text, never a title."""

import pytest
from archive_builders import captions, figures, issue

from explorer.archive.convert.markdown.attributes import parse_attributes

PARAGRAPH = "\n\nThe mail boat comes on Tuesdays."
BEHIND_A_PICTURE = {
    "Quarto, per cent": "{width=50%}",
    "spaces inside, MkDocs": '{ width="300" loading=lazy align=left }',
    "identifier, class, pairs": '{#pic .wide width=300px fig-align="center" key=a/b}',
    "over several lines": '{.wide\n  width=50%\n  key="a\nb"}',
    "Kramdown": "{: .center width=50% height=auto}",
    "Kramdown without a blank": '{:target="_blank"}',
    "braces within quotes": '{key="{a} and {b}"}',
    "single quotes with a double one": "{style='content: \"x\"'}",
    "lengths": "{width=2.5in height=1em}",
    "decimals and commas": "{width=50.5%, height=200}",
    "two pairs of braces": "{width=50%}{.wide}",
    "on the next line": "\n{width=50%}",
    "a bare word beside a pair": "{lightbox width=50%}",
    "nothing": "{}",
}


@pytest.mark.parametrize("document", ["post.md", "post.qmd"])
@pytest.mark.parametrize("braces", BEHIND_A_PICTURE.values(), ids=BEHIND_A_PICTURE.keys())
def test_braces_behind_a_picture_are_no_text(braces, document):
    read = issue(f"![A boat](boat.png){braces}{PARAGRAPH}", document)

    assert [item.text for item in read.items] == ["The mail boat comes on Tuesdays."]
    assert read.metadata.title == "The mail boat comes on Tuesdays"
    [figure] = read.figures
    assert (figure.caption, figure.alt) == ("A boat" if document == "post.qmd" else None, "A boat")


ALTERNATIVE_TEXTS = {
    "Carpentries": '![A boat.](boat.png){alt="White boat"}',
    "Quarto": '![A boat.](boat.png){fig-alt="White boat"}',
    "Quarto, with a width": '![A boat.](boat.png){#fig-boat width=50% fig-alt="White boat"}',
    "single quotes": "![A boat.](boat.png){alt='White boat' width=50%}",
    "behind a reference": '![A boat.][boat]{alt="White boat"}\n\n[boat]: boat.png {width=50%}',
    "inside a link": '[![A boat.](boat.png){alt="White boat" width=50%}](boats.html){target=_blank}',
    "in a block of HTML": '<div class="wide">\n![A boat.](boat.png){alt="White boat" width=50%}\n</div>',
    "in a cell of a table": '| ![A boat.](boat.png){alt="White boat"} | x |\n|---|---|\n| y | z |',
}


@pytest.mark.parametrize("source", ALTERNATIVE_TEXTS.values(), ids=ALTERNATIVE_TEXTS.keys())
def test_a_picture_that_says_its_alternative_text_apart_has_its_caption_in_brackets(source):
    [figure] = figures(source + PARAGRAPH, "post.md")

    assert (figure.image, figure.caption, figure.alt) == ("boat.png", "A boat.", "White boat")


def test_a_picture_without_alternative_text_on_purpose_keeps_its_caption():
    [figure] = figures('![A boat.](boat.png){alt=""}', "post.md")

    assert (figure.caption, figure.alt) == ("A boat.", None)


@pytest.mark.parametrize(
    "heading",
    [
        "# Boats {#sec-boats .unnumbered data-width=50%}",
        "# Boats { #boats data-toc-label='The boats' }",
        "# Boats {-}",
        "Boats {#boats}\n=====",
        "# Boats {: #boats .wide}",
        "{#boats width=50%}\n# Boats",
    ],
)
def test_braces_of_a_heading_are_no_title(heading):
    read = issue(heading + PARAGRAPH, "post.md")

    assert (read.metadata.title, read.items[0].heading) == ("Boats", "Boats")
    assert len(read.items) == 1


def test_braces_of_links_spans_code_and_emphasis_are_no_text():
    source = (
        'A [link](x.html){target="_blank" rel=nofollow}, [small words]{.smallcaps}, `code`{.r}, *slanted*{.red}'
        "\nand a paragraph.\n{.lead width=3%}"
    )

    [item] = issue(source, "post.md").items

    assert item.text == "A link, small words, code, slanted and a paragraph."


@pytest.mark.parametrize(
    "text",
    ["A set {1, 2} of two.", "[a](b.html){not so}", "![a](b.png) {width}", "f {x} = {y}", "An {unclosed"],
)
def test_braces_that_are_words_stay(text):
    words = text.rpartition(")")[2].strip()

    assert words in issue(text, "post.md").items[0].text


@pytest.mark.parametrize("braces", ["{: .wide}", "{width=50%}", '{: style="x"}{.y}'])
def test_braces_behind_a_picture_in_html_are_no_text(braces):
    read = issue(f'<img src="a.png" alt="A boat">{braces}{PARAGRAPH}', "post.md")

    assert [figure.image for figure in read.figures] == ["a.png"]
    assert read.items[0].text == "The mail boat comes on Tuesdays."


def test_a_linked_picture_that_stands_alone_is_a_figure_of_quarto():
    assert captions("[![A boat](a.png)](b.html)" + PARAGRAPH, "post.qmd") == [("a.png", "A boat")]


@pytest.mark.parametrize("braces", ["", "{width=50%}"])
def test_a_backslash_behind_a_picture_says_that_it_is_no_figure_and_is_no_text(braces):
    read = issue(f"![A boat](a.png){braces}\\{PARAGRAPH}", "post.qmd")

    assert [(one.caption, one.alt) for one in read.figures] == [(None, "A boat")]
    assert read.items[0].text == "The mail boat comes on Tuesdays."


def test_attributes_do_not_replace_what_a_picture_shows():
    assert captions('![A boat](a.png){src="b.png" href="c.png" width=50%}', "post.md") == [("a.png", None)]


def test_what_is_bare_in_braces_is_read_as_pandoc_does():
    parsed = parse_attributes('{#a .b .c width=50% key=a/b say="a \\"b\\"" it=l\'eau}')

    assert parsed is not None
    assert parsed[0].pairs == {
        "id": "a", "class": "b c", "width": "50%", "key": "a/b", "say": 'a "b"', "it": "l'eau",
    }  # fmt: skip


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "piece", ["![a](b.png){", "![a](b.png){a='", "[a]{", "{a=", '![a](b.png){a="b" ', "{\n"]
)
def test_braces_without_end_cost_no_square(piece):
    issue(piece * 3_000, "post.md")
