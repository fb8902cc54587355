"""Icons, share buttons and pictograms are no figures, are told of, and take no copyright line for a credit."""

import io

import pytest
from archive_builders import captions, figures, images, left_out
from archives_on_disk import issues_in
from book_builders import epub
from PIL import Image

GLYPH = '<path d="M60 60h392v392H60z"/>'
CHART = '<text x="9">Ships</text>' + "".join(f'<rect x="{n}" width="9" height="{n}"/>' for n in range(20))


def png(width, height, colour="teal"):
    held = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(held, "png")
    return held.getvalue()


DRAWN = {
    "small viewBox": f'<svg viewBox="0 0 24 24">{GLYPH}</svg>',
    "size in em": f'<svg width="1em" height="1em" viewBox="0 0 512 512">{GLYPH}</svg>',
    "size of one side": f'<svg width="20" viewBox="0 0 512 512">{GLYPH}</svg>',
    "size in its style": f'<svg style="width: 1.5rem; height: 1.5rem" viewBox="0 0 512 512">{CHART}</svg>',
    "glyph of a set of icons": f'<svg viewBox="0 0 512 512">{GLYPH}</svg>',
    "wide glyph of a set of icons": f'<svg viewBox="0 0 640 512">{GLYPH * 2}</svg>',
    "logo in a link": f'<a href="https://x.example"><svg viewBox="0 0 256 256">{GLYPH * 9}</svg></a>',
    "a low line": f'<svg viewBox="0 0 1200 40">{GLYPH}</svg>',
}


@pytest.mark.parametrize("icon", DRAWN.values(), ids=DRAWN.keys())
def test_an_icon_that_is_drawn_in_the_page_is_told_of(icon):
    page = f"<p>Text.</p><p>{icon}</p><p>{icon}</p>"

    assert images(page) == []
    assert left_out(page) == {"issue.html#svg (2 drawn in the page)": "icon"}


KEPT_DRAWINGS = {
    "chart without a size": f'<svg viewBox="0 0 640 480">{CHART}</svg>',
    "glyph in a figure": f'<figure><svg viewBox="0 0 512 512">{GLYPH}</svg></figure>',
    "small with a caption": f'<figure><svg viewBox="0 0 300 40">{GLYPH}</svg><figcaption>Its run.</figcaption></figure>',
    "glyph of a declared size": f'<svg width="320" height="240">{GLYPH}</svg>',
}


@pytest.mark.parametrize("drawing", KEPT_DRAWINGS.values(), ids=KEPT_DRAWINGS.keys())
def test_a_drawing_of_the_author_is_a_figure(drawing):
    assert images(f"<p>Text.</p>{drawing}") == ["issue.html#svg-0"]


SMALL = {
    "width alone": '<img src="a.png" width="22">',
    "height alone": '<img src="a.png" height="22">',
    "width in its style": '<img src="a.png" style="width:24px;height:auto">',
    "height in em": '<img src="a.png" style="height: 1em">',
    "height in rem": '<img src="a.png" style="vertical-align:middle;height:1.25rem">',
    "width in points": '<img src="a.png" width="18pt">',
    "greatest width": '<img src="a.png" style="max-width:24px">',
}


@pytest.mark.parametrize("icon", SMALL.values(), ids=SMALL.keys())
def test_one_small_side_is_enough(tmp_path, icon):
    assert images(f"<p>{icon}</p>") == []

    [read] = issues_in(tmp_path, {"a.html": f"<p>{icon}</p>", "a.png": png(512, 512)})
    assert [(seen.image, seen.reason) for seen in read.left_out] == [("a.png", "icon")]


def test_a_low_side_of_a_wide_picture_is_no_icon(tmp_path):
    [read] = issues_in(tmp_path, {"a.html": '<p><img src="a.png" height="30"></p>', "a.png": png(1200, 60)})

    assert [figure.image for figure in read.figures] == ["a.png"]


LINKS = [
    "https://twitter.com/intent/tweet?url=x",
    "https://x.com/intent/post?text=x",
    "https://www.facebook.com/sharer/sharer.php?u=x",
    "https://www.linkedin.com/shareArticle?mini=true",
    "https://api.whatsapp.com/send?text=x",
    "https://wa.me/?text=x",
    "https://t.me/share/url?url=x",
    "https://www.reddit.com/submit?url=x",
    "https://pinterest.com/pin/create/button/?url=x",
    "https://bsky.app/intent/compose?text=x",
    "mailto:?subject=x",
    "https://www.instagram.com/mill.letter/",
    "https://www.youtube.com/@mill",
    "https://www.linkedin.com/company/mill/",
    "https://facebook.com/mill?ref=letter",
]


@pytest.mark.parametrize("href", LINKS)
def test_a_share_button_is_known_by_where_it_leads(href):
    page = f'<p><a href="{href}"><img src="https://x.example/f1.png" alt=""></a></p>'

    assert left_out(page) == {"https://x.example/f1.png": "share button"}


@pytest.mark.parametrize(
    "page",
    [
        '<ul class="social"><li><a href="/a"><img src="a.png"></a></li></ul>',
        '<div class="share-buttons"><span><a href="/a"><img src="a.png"></a></span></div>',
        '<table class="follow"><tr><td><a href="/a"><img src="a.png"></a></td></tr></table>',
        '<p><a href="/a" aria-label="Share on one"><img src="a.png"></a></p>',
        '<p><a href="/a" title="Teilen"><img src="a.png"></a></p>',
        '<p><a href="/a"><img src="a.png" alt="Partager sur deux"></a></p>',
    ],
)
def test_a_share_button_is_known_by_its_row_and_its_label(page):
    assert left_out(page) == {"a.png": "share button"}


NO_BUTTONS = {
    "film": '<p><a href="https://www.youtube.com/watch?v=a"><img src="a.png"></a></p>',
    "post": '<p><a href="https://www.instagram.com/p/abc/"><img src="a.png"></a></p>',
    "repository": '<p><a href="https://github.com/a/b"><img src="a.png"></a></p>',
    "share as a subject": '<p><a href="/a" title="Share of votes by party and year"><img src="a.png"></a></p>',
    "article on social matters": '<article class="tag-social"><p><a href="/b"><img src="a.png"></a></p></article>',
    "captioned": '<figure><a href="mailto:a@b.example"><img src="a.png"></a><figcaption>Ann.</figcaption></figure>',
    "large": '<p><a href="mailto:a@b.example"><img src="a.png" width="640" height="480"></a></p>',
}


@pytest.mark.parametrize("page", NO_BUTTONS.values(), ids=NO_BUTTONS.keys())
def test_a_picture_that_leads_elsewhere_is_a_figure(page):
    assert images(page) == ["a.png"]


PICTOGRAMS = {
    "in a sentence": '<p>The inn <img src="a.png"> has four rooms.</p>',
    "before words": '<p><img src="a.png"> Four rooms</p>',
    "in a list": '<ul><li><img src="a.png"></li><li>Words</li></ul>',
    "in a cell": '<table><tr><td><img src="a.png"></td><td>Words</td></tr></table>',
    "again and again": '<p><img src="a.png"></p><p>Words.</p>' * 5,
}


@pytest.mark.parametrize("page", PICTOGRAMS.values(), ids=PICTOGRAMS.keys())
def test_small_pictures_among_words_are_pictograms(tmp_path, page):
    [read] = issues_in(tmp_path, {"a.html": page, "a.png": png(48, 48)})

    assert read.figures == ()
    assert {seen.reason for seen in read.left_out} == {"pictogram"}


def test_within_a_sentence_a_larger_one_is_a_pictogram(tmp_path):
    page = '<p>Press <img src="a.png"> and go on.</p><p><img src="b.png"> Words.</p>'

    [read] = issues_in(tmp_path, {"a.html": page, "a.png": png(120, 100), "b.png": png(120, 100)})

    assert [seen.image for seen in read.left_out] == ["a.png"]
    assert [figure.image for figure in read.figures] == ["b.png"]


def test_pictures_of_a_size_among_words_are_figures(tmp_path):
    pages = list(PICTOGRAMS.values())[:-1]

    [read] = issues_in(tmp_path, {"a.html": "".join(pages), "a.png": png(320, 240)})

    assert len(read.figures) == len(pages)


FEET = {
    "footer": "<footer><span>&copy; 2024 The Island Letter</span></footer>",
    "division of a footer": '<div id="footer"><p class="copyright">&copy; 2024 The Island Letter</p></div>',
    "rights": "<p>&copy; 2024 The Island Letter. All rights reserved.</p>",
    "rights in German": "<p>© Inselbrief GmbH. Alle Rechte vorbehalten.</p>",
    "years": "<p>Copyright © 2010–2024 The Island Letter</p>",
}


@pytest.mark.parametrize("foot", FEET.values(), ids=FEET.keys())
def test_the_copyright_line_of_a_page_is_no_credit(foot):
    [figure] = figures(f'<article><p>Text.</p><p><img src="a.png"></p></article>{foot}')

    assert (figure.caption, figure.credit) == (None, None)


@pytest.mark.parametrize("credit", ["© Ann Lee", "© 2019 Reuters", "Photo: Ann Lee"])
def test_the_credit_of_a_picture_stays(credit):
    [figure] = figures(f'<article><p><img src="a.png"></p><p>{credit}</p><p>Text that goes on.</p></article>')

    assert figure.credit == credit
    assert captions(f'<figure><img src="a.png"><footer>{credit}</footer></figure>') == [("a.png", None)]


SHEETS = {
    "a class": (".picto { height: 1em; width: auto }", '<p><img class="picto" src="a.png"></p>'),
    "an element in a class": (".share img{width:30px;height:30px}", '<p class="share"><img src="a.png"></p>'),
    "a child": ("ul.links > li > img { width: 24px }", '<ul class="links"><li><img src="a.png"></li></ul>'),
    "within a query of media": ("@media screen { #a img { max-height: 1.5rem } }", '<p id="a"><img src="a.png"></p>'),
    "several selectors": ("h1, p > img.x:not(.y), .z { width:2em!important }", '<p><img class="x" src="a.png"></p>'),
}  # fmt: skip


@pytest.mark.parametrize(("css", "page"), SHEETS.values(), ids=SHEETS.keys())
@pytest.mark.parametrize("where", ["page", "file", "book"])
def test_an_icon_is_known_by_the_style_sheet_of_its_page(tmp_path, css, page, where):
    large = png(400, 400)
    if where == "book":
        head = '<link rel="stylesheet" href="../a.css"/>'
        chapter = f"<html><head>{head}</head><body>{page.replace('a.png', '../a.png').replace('>', '/>', 0)}</body></html>"
        files = {
            "b.epub": epub(
                "", members={"OEBPS/text/1.xhtml": chapter, "OEBPS/a.css": css, "OEBPS/a.png": large}
            )
        }
    elif where == "file":
        files = {
            "a.html": f'<link rel="stylesheet" href="/css/a.css?v=1">{page}',
            "css/a.css": css,
            "a.png": large,
        }
    else:
        files = {"a.html": f"<style>{css}</style>{page}", "a.png": large}

    [read] = issues_in(tmp_path, files)

    assert read.figures == ()
    assert [seen.reason for seen in read.left_out if "not read" not in seen.reason] == ["icon"]


@pytest.mark.parametrize(
    "css",
    [
        "@media print { img { width: 10px } }",
        "@media (max-width: 400px) { img { width: 10px } }",
        ".other img { width: 10px }",
        "img { max-width: 100%; height: auto }",
        "img { width: 10px } p img { width: 640px }",
        "img { width: 640px",
    ],
)
def test_a_style_sheet_that_says_otherwise_makes_no_icon(tmp_path, css):
    [read] = issues_in(
        tmp_path, {"a.html": f"<style>{css}</style><p><img src=a.png></p>", "a.png": png(400, 300)}
    )

    assert [figure.image for figure in read.figures] == ["a.png"]
