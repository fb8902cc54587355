"""Pictures that are no figures are left out, each with its reason."""

import pytest
from archive_builders import captions, images, issue, left_out

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
