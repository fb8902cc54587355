"""A gallery that is written as data, for a script to draw, is read like one that the page shows itself."""

import json
import time
from html import escape

import pytest
from archive_builders import issue
from selectolax.lexbor import LexborHTMLParser

from explorer.archive.html.pictures_without_img import galleries_in

NORTH, SOUTH, BOTH = (
    f"https://media.example/public/images/{name}.png" for name in ("north", "south", "both")
)
SUBSTACK = {
    "gallery": {
        "images": [{"type": "image/png", "src": NORTH}, {"type": "image/png", "src": SOUTH}],
        "caption": "Two sides of the pier",
        "alt": "The pier",
        "staticGalleryImage": {"type": "image/png", "src": BOTH},
    },
    "isEditorNode": True,
}


def element(name, data, inside="", tag="div"):
    return f'<{tag} class="g" {name}="{escape(json.dumps(data))}">{inside}</{tag}>'


def told(body):
    """The figures as (address, caption, alt), and all other addresses that the ledger has."""
    read = issue(f"<p>We went.</p>{body}<p>We came back.</p>")
    figures = [(figure.image, figure.caption, figure.alt) for figure in read.figures]
    return figures, sorted([it.image for it in read.left_out] + [it.address for it in read.mentioned])


def test_the_gallery_of_a_substack_post_is_its_pictures():
    figures, rest = told(element("data-attrs", SUBSTACK))

    caption = "Two sides of the pier"
    assert figures == [(NORTH, caption, "The pier"), (SOUTH, caption, "The pier")]
    assert rest == [BOTH]


def test_a_gallery_that_the_page_shows_as_well_is_read_once():
    cdn = "https://substackcdn.com/image/fetch/w_720,c_limit/https%3A%2F%2Fmedia.example%2Fpublic%2Fimages%2F{}.png"
    shown = "".join(f'<img src="{cdn.format(name)}">' for name in ("north", "south"))
    inside = f"<figure>{shown}<figcaption>Two sides</figcaption></figure>"
    figures, rest = told(element("data-attrs", SUBSTACK, inside))

    assert [figure[:2] for figure in figures] == [
        (cdn.format("north"), "Two sides"),
        (cdn.format("south"), "Two sides"),
    ]
    assert rest == [BOTH]


OTHERS = {
    "plain addresses": ("data-images", ["a.jpg", "b.jpg"], [("a.jpg", None, None), ("b.jpg", None, None)]),
    "by any name": ("data-own-photo-wall", [{"file": "a.jpg"}], [("a.jpg", None, None)]),
    "below other data": (
        "data-props",
        {"post": {"album": {"photos": [{"image": {"src": "a.jpg", "alt": "A wheel"}, "caption": "The wheel"}]}}},
        [("a.jpg", "The wheel", "A wheel")],
    ),
    "with smaller copies": ("data-slides", [{"thumb": "t/a.jpg", "src": "a.jpg"}], [("a.jpg", None, None)]),
    "without a suffix": ("data-gallery", [{"type": "image/jpeg", "src": "/i/7"}], [("i/7", None, None)]),
    "one picture in several sizes": (
        "data-images",
        [{"w": 300, "url": "a-300x200.jpg"}, {"w": 600, "url": "a-600x400.jpg"}],
        [("a-300x200.jpg", None, None)],
    ),
    "sizes": ("data-image-sizes", [{"url": "a-300x200.jpg"}], []),
    "icons": ("data-settings", {"icons": ["i.jpg"]}, []),
    "one picture": ("data-settings", {"image": {"src": "a.jpg"}}, []),
    "films": ("data-gallery", [{"src": "a.mp4"}], []),
}  # fmt: skip


@pytest.mark.parametrize(("name", "data", "figures"), OTHERS.values(), ids=OTHERS.keys())
def test_a_list_of_pictures_is_a_gallery_by_what_it_is_called(name, data, figures):
    assert told(element(name, data))[0] == figures


@pytest.mark.parametrize("case", OTHERS.values(), ids=OTHERS.keys())
def test_no_address_in_data_vanishes(case):
    name, data, _ = case
    figures, rest = told(element(name, data))
    written = json.dumps(data)

    for address in ("a.jpg", "t/a.jpg", "i.jpg"):
        if f'"{address}"' in written:
            assert any(it.endswith(address) for it in [*rest, *(image for image, _, _ in figures)])


def test_the_pictures_of_a_figure_keep_their_order_and_share_its_caption():
    inside = "<figcaption>Both.</figcaption>"
    figures, _ = told(element("data-gallery", [{"src": f"{name}.jpg"} for name in "bac"], inside, "figure"))

    assert figures == [(f"{name}.jpg", "Both.", None) for name in "bac"]


BROKEN = ["[", "{}", "[[[[]]]]", '{"images": [{"src": 7}, null, {"src": ""}, [], {"src": {}}]}', '{"images": 7}', "[1, 2]",
          '{"a":' * 500 + "1" + "}" * 500]  # fmt: skip


@pytest.mark.parametrize("written", BROKEN)
def test_broken_data_costs_nothing(written):
    assert told(f'<div data-gallery="{escape(written)}">x</div>') == ([], [])


HOSTILE = {
    "openings": '<i data-gallery="[' * 100_000,
    "one long list": "<i data-gallery='[" + '"a.jpg",' * 100_000 + '"b.jpg"]\'>',
    "deep": "<i data-gallery='" + "[" * 300_000 + "'>",
    "many names": "".join(f"<i data-g{n}='[1]'></i>" for n in range(20_000)),
    "a long name": "<i data-" + "data-" * 200_000 + "='[1]'>",
}


@pytest.mark.parametrize("page", HOSTILE.values(), ids=HOSTILE.keys())
def test_galleries_are_found_in_the_time_of_the_length(page):
    tree = LexborHTMLParser(page)
    started = time.process_time()
    list(galleries_in(tree))

    assert time.process_time() - started < 3
