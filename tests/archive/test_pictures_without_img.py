"""Pictures that pages show otherwise than by a plain `<img src>`: lazily, as backgrounds, in frames, in data."""

import base64

import pytest
from archive_builders import captions, figures, images, issue
from letter_builders import png

from explorer.archive.model import Status

BLANK = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAAAAACH5BAEAAAAALAAAAAABAAEAAAgEAAEEBAA7"
DATA = base64.b64encode(png()).decode()

LAZY = {
    "of a proxy": f'<img src="{BLANK}" data-cfsrc="img/mill.png">',
    "of a plugin": f'<img src="{BLANK}" data-orig-src="img/mill.png">',
    "without data-": f'<img src="{BLANK}" nitro-lazy-src="img/mill.png">',
    "a name that nobody knows": '<img data-qx7="img/mill.png" alt="Mill">',
    "a set": f'<img src="{BLANK}" data-some-srcset="img/mill.png 800w, img/small.png 300w">',
    "the usual set beside a blank": f'<img src="{BLANK}" srcset="img/mill.png 800w">',
    "a source beside a blank": f'<picture><source srcset="img/mill.png 160w"><img src="{BLANK}"></picture>',
    "JSON": """<img src="blank.gif" data-options='{"url": "img/mill.png", "w": 3}'>""",
    "a blank file": '<img src="/assets/1x1.gif" data-real="img/mill.png">',
    "amp-anim": '<amp-anim src="img/mill.png"></amp-anim>',
    "object": '<object data="img/mill.png" type="image/png"></object>',
    "embed": '<embed src="img/mill.png">',
    "frame": '<iframe src="img/mill.png" title="Mill"></iframe>',
    "button": '<button type="button"><img src="img/mill.png"></button>',
    "input": '<input type="image" src="img/mill.png">',
    "poster": '<video poster="img/mill.png" src="mill.mp4"></video>',
    "label": """<div role="img" aria-label="Mill" style="background-image:url('img/mill.png')"></div>""",
    "size": '<div style="background:#eee url(img/mill.png) center/cover;width:600px;height:300px"></div>',
    "class": "<style>.hero{background-image:url(img/mill.png);height:300px;width:600px}</style><div class=hero></div>",
    "variable": "<style>:root{--m:url(img/mill.png)}</style><div style='background:var(--m);width:600px;height:300px'></div>",
    "background of a script": '<div data-bg="img/mill.png" style="width:600px;height:300px"></div>',
    "backgrounds of a script": '<div style="height:300px" data-bgset="img/small.png 400w, img/mill.png 800w"></div>',
    "style of a script": """<section style="height:300px" data-lazy-background-image="url('img/mill.png')"></section>""",
    "table": '<table background="img/mill.png" width="600" height="300"><tr><td></td></tr></table>',
    "VML": '<p><v:shape style="width:300pt"><v:imagedata src="img/mill.png" o:title="Mill"/></v:shape></p>',
}


@pytest.mark.parametrize("shown", LAZY.values(), ids=LAZY)
def test_a_picture_is_a_figure_however_it_is_shown(shown):
    files = ["img/mill.png", "img/small.png", "blank.gif"]
    assert images(f"<p>We walked to the mill.</p>{shown}", files=files) == ["img/mill.png"]


@pytest.mark.parametrize("shown", LAZY.values(), ids=LAZY)
def test_its_caption_is_found(shown):
    page = f"<figure>{shown}<figcaption>The mill at dawn.</figcaption></figure>"
    assert captions(page, files=["img/mill.png", "img/small.png"]) == [("img/mill.png", "The mill at dawn.")]


@pytest.mark.parametrize(
    "kind", ["image/png", "IMAGE/PNG", "", "null", "application/octet-stream", "undefined"]
)
@pytest.mark.parametrize("scheme", ["data", "DATA", "Data"])
def test_a_picture_in_its_address_is_known_by_its_type_or_its_bytes(scheme, kind):
    [figure] = figures(
        f'<img src="{scheme}:{kind};{"BASE64" if scheme == "DATA" else "base64"},{DATA}" alt="The quay">'
    )
    assert figure.status is Status.KEPT
    assert figure.data() == png()


def test_data_that_is_no_picture_is_no_figure():
    assert figures('<img src="data:text/html;base64,PGI+aGk8L2I+">') == ()


def test_a_stand_in_takes_the_picture_of_its_style():
    page = (
        f'<style>:root{{--sf-img-1:url("data:image/png;base64,{DATA}")}}</style>'
        '<img src="data:image/svg+xml,<svg></svg>" style="background-image:var(--sf-img-1)!important" alt="Mill">'
    )
    [figure] = figures(page)
    assert figure.data() == png()


def test_a_real_picture_is_not_replaced_by_what_its_attributes_name():
    page = '<img src="img/mill.png" data-hover="img/other.png">'
    assert images(page, files=["img/mill.png", "img/other.png"]) == ["img/mill.png"]
    [missing] = figures(page, files=["img/other.png"])
    assert missing.status is Status.MISSING


def test_a_background_behind_words_is_in_the_ledger():
    page = '<div style="background:url(paper.png)">The mill stands by the river.</div>'
    read = issue(page, files=["paper.png"])
    assert [(one.image, one.reason) for one in read.left_out] == [("paper.png", "background")]


def test_a_picture_for_office_programs_alone_is_read_once():
    alone = '<td><!--[if gte mso 9]><v:rect><v:fill type="frame" src="img/mill.png"/></v:rect><![endif]-->Words</td>'
    twice = f'{alone}<img src="img/mill.png">'
    assert [
        one.image for one in issue(f"<table><tr>{alone}</tr></table>", files=["img/mill.png"]).left_out
    ] == ["img/mill.png"]
    assert images(twice, files=["img/mill.png"]) == ["img/mill.png"]


def test_cards_of_other_pages_are_no_figures():
    cards = (
        '<figure class="kg-card kg-bookmark-card"><a href="https://x.org"><img class="kg-bookmark-icon" src="icon.png">'
        '<div class="kg-bookmark-thumbnail"><img src="thumb.png"></div></a></figure>'
        '<figure><a class="bookmark source" href="https://x.org"><img class="bookmark-image" src="photo.png"></a></figure>'
    )
    read = issue(cards, files=["icon.png", "thumb.png", "photo.png"])
    assert read.figures == ()
    assert {one.reason for one in read.left_out} == {"card of another page"}
    assert len(read.left_out) == 3


def test_a_gallery_kept_as_data_is_figures():
    data = '{"gallery": {"images": [{"src": "north.png"}, {"src": "south.png"}], "caption": "Two sides of the pier"}}'
    page = f"<div class='image-gallery-embed' data-attrs='{data}'></div>"
    found = figures(page, files=["north.png", "south.png"])
    assert [(one.image, one.caption) for one in found] == [
        ("north.png", "Two sides of the pier"),
        ("south.png", "Two sides of the pier"),
    ]
