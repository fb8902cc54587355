"""What is skipped in pages without its marks: the result is the same as without skipping."""

from __future__ import annotations

import random

import pytest
from selectolax.lexbor import LexborHTMLParser

from explorer.archive.convert.markdown import attributes, convert, shortcodes
from explorer.archive.html import pictures_without_img
from explorer.archive.html.picture_styles import SHEETS, PictureStyles

MARKDOWN_PIECES = (
    "{", "}", "{%", "%}", "{{", "}}", "[", "]", "![", "](", ")", "(", "!", "a.png", "b c.png", " ", " ", "\n", "\n\n", "`", "```",
    "~~~", ":::", ":", "=", ")=", "+++", "<", "<Figure ", "/>", "Fig", "caption ", "[caption]", "[/caption]", "import x from ",
    '"', "'", "#", ".wide", "\\", "*", "_", "raw", "include_graphics", "(ref:x)", "|", ">", "- ", "words", "ü",
)  # fmt: skip
HTML_PIECES = (
    "<div ", "<img ", "<video ", "<iframe ", "<input ", "<button>", "<td ", ">", "</div>", "</button>", "src=a.png ",
    "src='b.jpg' ", "poster=c.png ", "type=image ", "background=d.png ", "style='background:url(e.png)' ",
    "style=\"background-image:var(--x)\" ",
    "data-bg=f.png ", "lazy-bg='g.png' ", "data-gallery='[{\"src\": \"h.png\"}]' ", "class=x ", "words",
    "<v:fill src=i.png>", "\n",
)  # fmt: skip


def texts(pieces: tuple[str, ...], count: int) -> list[str]:
    """Texts of up to fifteen pieces, always the same ones."""
    chosen = random.Random(7)
    return ["".join(chosen.choices(pieces, k=chosen.randrange(1, 16))) for _ in range(count)]


def test_a_document_without_marks_has_no_shortcodes() -> None:
    unmarked = [text for text in texts(MARKDOWN_PIECES, 60_000) if not shortcodes.MARKS.search(text)]
    assert len(unmarked) > 1000
    for text in unmarked:
        for of_cells in (False, True):
            assert shortcodes.expand(text, {}, lambda words: words, of_cells=of_cells) == text


def test_a_document_without_marks_has_no_attributes() -> None:
    unmarked = [text for text in texts(MARKDOWN_PIECES, 12_000) if not attributes.MARKS.search(text)]
    assert len(unmarked) > 1000
    for text in unmarked:
        assert attributes.remove_reference_attributes(text) == text
        plain, with_attributes = (
            str(convert._parser(has_attributes).render(text, {"alt_is_caption": True}))
            for has_attributes in (False, True)
        )
        assert plain == with_attributes


@pytest.mark.parametrize(
    "marked", ["![a](b c.png)", "{{< figure src=a.png >}}", "[caption]<img src=a>[/caption]"]
)
def test_a_document_with_shortcodes_has_marks(marked: str) -> None:
    assert shortcodes.MARKS.search(marked)


def test_a_page_without_marks_has_no_pictures_without_img() -> None:
    unmarked = 0
    for html in texts(HTML_PIECES, 20_000):
        page = LexborHTMLParser(html)
        styles = PictureStyles(page, page.css(SHEETS))
        if not styles.sheets and not pictures_without_img.PICTURE_MARKS.search(page.raw_html):
            unmarked += 1
            before = page.html
            pictures_without_img.show_as_images(page, styles)
            assert page.html == before
    assert unmarked > 1000
