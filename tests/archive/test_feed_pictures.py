"""One picture in a feed is one figure, in however many sizes and elements the feed names it."""

import pytest
from archives_on_disk import captions_in, issues_in
from feed_builders import atom, entry, item, json_feed, json_item, rss

from explorer.archive.convert.feeds.feed_pictures import picture_key

IMG = "https://mills.example/img"
LARGE, SMALL = f"{IMG}/boat-800.png", f"{IMG}/boat-200.png"


def the_issue(tmp_path, feed, name="feed.xml", files=()):
    [read] = issues_in(tmp_path, {name: feed, **dict.fromkeys(files, b"picture")})
    return read


SIZES = {
    "a group, widths": (
        f'<media:group><media:content url="{LARGE}" medium="image" width="800" isDefault="true"/>'
        f'<media:content url="{SMALL}" medium="image" width="200"/><media:description>A boat.</media:description></media:group>'
    ),
    "a group, the smallest first": (
        f'<media:group><media:description>A boat.</media:description><media:content url="{SMALL}" type="image/png" '
        f'height="150" width="200"/><media:content url="{LARGE}" type="image/png" height="600" width="800"/></media:group>'
    ),
    "a group, sizes of files": (
        f'<media:group><media:content url="{SMALL}" medium="image" fileSize="2000"/>'
        f'<media:content url="{LARGE}" medium="image" fileSize="90000"/><media:title>A boat.</media:title></media:group>'
    ),
    "a group with its preview": (
        f'<media:group><media:content url="{LARGE}" medium="image" width="800"/><media:thumbnail url="{SMALL}"/>'
        "<media:description>A boat.</media:description></media:group>"
    ),
    "a group and an enclosure": (
        f'<media:group><media:content url="{LARGE}" medium="image" width="800"/><media:content url="{SMALL}" medium="image" '
        f'width="200"/><media:description>A boat.</media:description></media:group>'
        f'<enclosure url="{SMALL}" type="image/png" length="1"/>'
    ),
    "content, thumbnail and enclosure": (
        f'<media:content url="{LARGE}" medium="image"><media:description>A boat.</media:description></media:content>'
        f'<media:thumbnail url="{LARGE}"/><enclosure url="{LARGE}" type="IMAGE/PNG" length="1"/>'
    ),
    "contents that a query tells apart": (
        f'<media:content url="{LARGE}?width=140" width="140" medium="image"><media:description>A boat.</media:description>'
        f'</media:content><media:content url="{LARGE}?width=460" width="460" medium="image"/>'
    ),
}  # fmt: skip


@pytest.mark.parametrize("more", SIZES.values(), ids=SIZES.keys())
def test_the_sizes_of_a_picture_are_one_figure_the_largest(tmp_path, more):
    read = the_issue(
        tmp_path,
        rss(item(content="<p>Words.</p>", more=more)),
        files=["img/boat-800.png", "img/boat-200.png"],
    )

    assert captions_in(read) == [("img/boat-800.png", "A boat.")]


def test_a_size_that_is_there_stands_for_one_that_is_not(tmp_path):
    feed = rss(item(content="<p>Words.</p>", more=SIZES["a group, widths"]))

    assert the_issue(tmp_path, feed, files=["img/boat-200.png"]).figures[0].candidates == (
        "img/boat-200.png",
    )


DIFFERENT = {
    "contents": f'<media:content url="{IMG}/a.png" medium="image"/><media:content url="{IMG}/b.png" medium="image"/>',
    "a series": f'<media:content url="{IMG}/a-101.png" medium="image"/><media:content url="{IMG}/a-102.png" medium="image"/>',
    "a group with descriptions": (
        f'<media:group><media:content url="{IMG}/a.png" medium="image"><media:description>A.</media:description></media:content>'
        f'<media:content url="{IMG}/b.png" medium="image"><media:description>B.</media:description></media:content></media:group>'
    ),
    "a group that says nothing": (
        f'<media:group><media:content url="{IMG}/mill.png" medium="image"/><media:content url="{IMG}/lock.png" medium="image"/>'
        "</media:group>"
    ),
    "two groups": (
        f'<media:group><media:content url="{IMG}/a.png" medium="image" width="9"/></media:group>'
        f'<media:group><media:content url="{IMG}/b.png" medium="image" width="9"/></media:group>'
    ),
    "a script": f'<media:content url="{IMG}/show?id=1" medium="image"/><media:content url="{IMG}/show?id=2" medium="image"/>',
}  # fmt: skip


@pytest.mark.parametrize("more", DIFFERENT.values(), ids=DIFFERENT.keys())
def test_different_pictures_are_different_figures(tmp_path, more):
    assert len(the_issue(tmp_path, rss(item(content="<p>Words.</p>", more=more))).figures) == 2


def test_a_picture_that_the_text_shows_in_another_size_is_one_figure(tmp_path):
    content = f'<p>Words.</p><img src="{IMG}/boat-1024x768.png" alt="A boat">'
    more = (
        f'<media:content url="{IMG}/boat.png" medium="image"/><media:thumbnail url="{IMG}/boat-150x150.png"/>'
    )

    assert len(the_issue(tmp_path, rss(item(content=content, more=more))).figures) == 1


def test_the_logo_of_a_podcast_is_no_figure_and_in_the_ledger(tmp_path):
    more = f'<itunes:image xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" href="{IMG}/logo.jpg"/>'
    read = the_issue(
        tmp_path,
        rss(item(content="<p>Words.</p>", more=more), head=f"<image><url>{IMG}/logo.jpg</url></image>"),
    )

    assert read.figures == ()
    assert [mention.address for mention in read.mentioned] == [f"{IMG}/logo.jpg"]


def test_atom_encloses_pictures_by_links(tmp_path):
    more = f'<link rel="enclosure" type="image/png" href="{LARGE}" title="A boat."/><link rel="enclosure" href="{LARGE}"/>'

    assert captions_in(the_issue(tmp_path, atom(entry("Words", more=more)), "feed.atom")) == [
        (LARGE, "A boat.")
    ]


def test_an_enclosure_of_no_type_is_known_by_its_address(tmp_path):
    more = f'<enclosure url="{LARGE}" type="application/octet-stream" length="1"/>'

    assert captions_in(the_issue(tmp_path, rss(item(content="<p>Words.</p>", more=more)))) == [(LARGE, None)]


def test_the_sizes_of_a_json_feed_are_one_figure(tmp_path):
    feed = json_feed(
        json_item(content_html="<p>Words.</p>", image=f"{IMG}/a-800x600.png", banner_image=f"{IMG}/a.png")
    )

    assert len(the_issue(tmp_path, feed, "feed.json").figures) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://x.example/a-300x200.jpg", "https://x.example/a.jpg"),
        ("https://x.example/w640/a.jpg", "https://x.example/w1280/a.jpg"),
        ("https://x.example/a.jpg?w=3", "https://x.example/a.jpg?w=4"),
        ("https://x.example/s72-c/a.jpg", "https://x.example/s1600/a.jpg"),
        ("https://x.example/a@2x.png", "https://x.example/a.png"),
    ],
)
def test_sizes_have_one_key(one, other):
    assert picture_key(one) == picture_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("a-1.jpg", "a-2.jpg"), ("a/x.jpg", "b/x.jpg"), ("s?id=1", "s?id=2"), ("DSC_0001.jpg", "DSC_0002.jpg")],
)
def test_pictures_have_keys_of_their_own(one, other):
    assert picture_key(f"https://x.example/{one}") != picture_key(f"https://x.example/{other}")
