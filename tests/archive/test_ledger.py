"""Pictures that are no figures are left out, each with its reason."""

import io
import re

import pytest
from archive_builders import captions, images, issue, left_out
from archives_on_disk import issues_in
from PIL import Image

LEFT_OUT = {
    "badge of a service": ('<img src="https://img.shields.io/badge/build-ok.svg">', "badge"),
    "badge of a workflow": ('<img src="https://github.com/a/b/workflows/ci/badge.svg">', "badge"),
    "small icon": ('<img src="a.png" width="16" height="16">', "icon"),
    "small icon by style": ('<img src="a.png" style="width:16px; height: 16px">', "icon"),
    "class icon": ('<img class="icon" src="a.png">', "icon"),
    "icon of a social link": ('<a class="social" href="https://x.example"><img src="a.png"></a>', "icon"),
    "avatar": ('<img class="avatar" src="a.png">', "avatar"),
    "gravatar": ('<img src="https://secure.gravatar.com/avatar/1?s=96">', "avatar"),
    "spacer": ('<img src="spacer.gif">', "tracking pixel or spacer"),
    "tracking pixel": (
        '<img src="https://x.example/open?u=1" width="1" height="1">',
        "tracking pixel or spacer",
    ),
    "pixel of a newsletter": (
        '<img src="https://x.list-manage.com/track/open.php?u=1">',
        "tracking pixel or spacer",
    ),
    "emoji": ('<img class="emoji" src="a.png" alt="☺">', "emoji"),
    "emoji of a site": ('<img src="https://x.example/images/core/emoji/2.2/72x72/1f600.png">', "emoji"),
    "navigation": ('<nav><img src="a.png"></nav>', "site chrome"),
    "header": ('<header><img src="a.png"></header>', "site chrome"),
    "footer": ('<footer><img src="a.png"></footer>', "site chrome"),
    "banner by role": ('<div role="banner"><img src="a.png"></div>', "site chrome"),
    "header by id": ('<div id="header"><img src="a.png"></div>', "site chrome"),
    "sidebar by class": ('<div class="col sidebar"><img src="a.png"></div>', "site chrome"),
    "equation": ('<p>So <img class="latex" src="a.png" alt="\\frac{a}{b}"> it is.</p>', "equation"),
    "equation in a sentence": ('<p>So <img src="https://latex.codecogs.com/png?x^2"> it is.</p>', "equation"),
    "drop capital": ('<p><img src="a.png" alt="T">he mill</p>', "initial letter"),
    "film": ("<p><img src=a.mp4></p>", "film or sound"),
}


@pytest.mark.parametrize(("page", "reason"), LEFT_OUT.values(), ids=LEFT_OUT.keys())
def test_what_is_no_figure_is_left_out_with_its_reason(page, reason):
    assert images(page) == []
    assert list(left_out(page).values()) == [reason]


KEPT = {
    "class alone inside a figure": '<figure><img class="icon avatar emoji-free" src="a.png"></figure>',
    "avatar of a figure": '<figure><img src="img/avatar.png"></figure>',
    "header of an article": '<article><header><img src="a.png"></header></article>',
    "header of the main part": '<main><header><img src="a.png"></header></main>',
    "captioned figure in a header": '<header><h1>T</h1><figure><img src="a.png"><figcaption>C</figcaption></figure></header>',
    "sidebar inside the article": '<article><div class="sidebar"><img src="a.png"></div></article>',
    "captioned figure in a division called header": '<div id="header">'
    '<figure><img src="a.png"><figcaption>C</figcaption></figure></div>',
    "small on one side": '<img src="a.png" height="20" width="600">',
    "relative size": '<img src="a.png" width="20%">',
    "letter in a figure": '<figure><img src="a.png" alt="T"></figure>',
    "word that ends in icon": '<img class="lexicon" src="silicon.png">',
    "pixel in a name": '<img src="pixel-art-of-a-mill.png">',
    "mathematics as a subject": '<p><img src="/math/a.png" alt="A mathematician"></p>',
    "picture in a cell of a table": "<table><tr><td><img src=a.png></td><td>A cat</td></tr></table>",
}  # fmt: skip


@pytest.mark.parametrize("page", KEPT.values(), ids=KEPT.keys())
def test_what_only_looks_like_it_is_kept(page):
    assert len(images(page)) == 1
    assert left_out(page) == {}


def test_every_picture_is_a_figure_or_in_the_ledger():
    page = "<nav><img src=n.png></nav>" + "".join(f"<p><img src=a{n}.png></p>" for n in range(5))
    read = issue(page)

    assert len(read.figures) + len(read.left_out) == 6


def test_what_is_left_out_takes_no_caption_from_a_figure():
    page = "<p><img src=a.png></p><p class=caption>A mill.</p><footer><img src=b.png></footer>"

    assert captions(page) == [("a.png", "A mill.")]


def test_words_of_the_navigation_are_no_text():
    read = issue("<nav><p>Home</p></nav><h1>One</h1><p>Text.</p><footer><p>Imprint</p></footer>")

    assert [item.text for item in read.items] == ["Text."]


def _png(width, height):
    held = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(held, "png")
    return held.getvalue()


WORDS = {
    "spacer": '<p><img src="{}/graph-dot.png"></p>',
    "blank": '<p><img src="{}/form_blank.png"></p>',
    "clear": '<p><img src="{}/sky-clear.png"></p>',
    "tracking": '<p><img src="{}/tracking/gaze.png"></p>',
    "badge": '<p><img src="{}/badges/design-history.png"></p>',
    "emoji": '<p><img src="{}/emoji/timeline.png"></p>',
    "avatar": '<p><img src="{}/avatar-poster.png"></p>',
    "class icon": '<p><img class="icon-study" src="{}/b.png"></p>',
    "class share": '<p><a class="share"><img src="{}/c.png"></a></p>',
    "initial": '<p><img src="{}/d.png" alt="A"></p>',
    "equation": '<p>The <img src="{}/latex/editor.png"> window.</p>',
    "formula in the alt text": r'<p><img src="{}/e.png" alt="How often \alpha was measured in each year"></p>',
}


def _address(page):
    return re.search(r'src="(.*?)"', page)[1]


@pytest.mark.parametrize("page", WORDS.values(), ids=WORDS.keys())
def test_a_word_does_not_leave_out_what_has_the_size_of_a_figure(tmp_path, page):
    page = page.format("img")
    large, small = _png(640, 480), _png(40, 40)
    declared = page.replace("<img", '<img width="640" height="480"')

    [by_file] = issues_in(tmp_path / "large", {"a.html": page, _address(page): large})
    [by_attributes] = issues_in(tmp_path / "declared", {"a.html": declared, _address(page): small})
    [neither] = issues_in(tmp_path / "small", {"a.html": page, _address(page): small})

    assert [figure.image for figure in by_file.figures] == [_address(page)]
    assert [figure.image for figure in by_attributes.figures] == [_address(page)]
    assert [seen.image for seen in neither.left_out] == [_address(page)]


@pytest.mark.parametrize("page", WORDS.values(), ids=WORDS.keys())
def test_a_word_decides_where_the_size_is_not_known(page):
    assert images(page.format("https://x.example")) == []
    assert len(left_out(page.format("https://x.example"))) == 1


@pytest.mark.parametrize("page", WORDS.values(), ids=WORDS.keys())
def test_a_word_does_not_leave_out_what_has_a_caption(page):
    picture = re.search("<img[^>]*>", page.format("https://x.example"))[0]
    captioned = f"<figure>{picture}<figcaption>How it was.</figcaption></figure>"

    assert captions(captioned) == [(_address(captioned), "How it was.")]


def test_a_declared_size_wins_over_that_of_the_file(tmp_path):
    page = '<p><img class="avatar" width="64" height="48" src="a.png"></p>'

    [read] = issues_in(tmp_path, {"a.html": page, "a.png": _png(1280, 960)})

    assert read.figures == ()
    assert [seen.reason for seen in read.left_out] == ["avatar"]


def test_a_size_in_a_name_is_one():
    page = '<p><img class="avatar" src="https://x.example/a-1024x683.jpg"></p>'

    assert images(page) == ["https://x.example/a-1024x683.jpg"]
