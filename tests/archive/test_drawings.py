"""Drawings in pages: as XML documents that can be drawn, whatever their style sheets hold."""

from xml.etree.ElementTree import fromstring

import pytest
from archive_builders import figures
from archives_on_disk import issues_in
from book_builders import epub

import images

MANY_TAGS = "<p>On <b>this</b> day the <i>tide</i> was <a href='a.html'>late</a>.</p>\n" * 12
LINE = '<path class="a" d="M0 20 L40 60"/>'


def drawn(figure):
    """The colours of a figure's drawing that are neither white nor shades of it."""
    picture = images.open_picture(figure.data()).convert("RGB")
    return {colour for count, colour in picture.getcolors(1 << 24) if count > 200}


STYLES = {
    "CDATA": "<style><![CDATA[ .a { stroke: #ff0000; stroke-width: 9 } ]]></style>",
    "CDATA with a type": '<style type="text/css"><![CDATA[\n.a{stroke:#ff0000;stroke-width:9}\n]]></style>',
    "CDATA between comments": "<style>/*<![CDATA[*/ .a{stroke:#ff0000;stroke-width:9} /*]]>*/</style>",
    "CDATA that holds a tag": "<style><![CDATA[ /* <g> & <b> */ .a{stroke:#ff0000;stroke-width:9} ]]></style>",
    "CDATA with a child selector": "<style><![CDATA[ svg > .a{stroke:#ff0000;stroke-width:9} ]]></style>",
    "two sections": "<style><![CDATA[.a{stroke:#ff0000}]]><![CDATA[.a{stroke-width:9}]]></style>",
    "none": "<style>.a{stroke:#ff0000;stroke-width:9}</style>",
    "entities": "<style>svg &gt; .a{stroke:#ff0000;stroke-width:9}</style>",
    "a script in CDATA": "<script><![CDATA[ if (a < b && c) { x() } ]]></script><style>.a{stroke:#f00;stroke-width:9}</style>",
}


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES.keys())
@pytest.mark.parametrize("before", ["", MANY_TAGS], ids=["short page", "long page"])
def test_a_drawing_is_drawn_with_its_own_style(style, before):
    page = f'{before}<svg xmlns="http://www.w3.org/2000/svg" width="80" height="80">{style}{LINE}</svg><p>After.</p>'

    [figure] = figures(page)

    assert (255, 0, 0) in drawn(figure)


@pytest.mark.parametrize("name", ["a.md", "a.qmd", "a.html", "a.epub"])
def test_every_format_keeps_the_style_of_a_drawing(tmp_path, name):
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" width="80" height="80">{STYLES["CDATA"]}{LINE}</svg>'
    body = f"{MANY_TAGS}\n\n<figure>{drawing}</figure>\n\nAfter.\n"
    content = epub(body) if name == "a.epub" else body

    [issue] = issues_in(tmp_path, {name: content})
    [figure] = issue.figures

    assert (255, 0, 0) in drawn(figure)


def test_a_drawing_of_odd_names_is_xml_still():
    page = (
        '<svg width="80" height="80" @click="a" x"y="1" :class="b" data-a="&amp;&quot;&lt;">'
        "<title>A &amp; B &lt; C</title><foreignObject width=9 height=9><div>one<br>two<svg><g/></svg></div></foreignObject>"
        "<text>\x0c1 &lt; 2</text></svg>"
    )

    [figure] = figures(page)
    root = fromstring(figure.data())

    assert root.find("{*}title").text == "A & B < C"
    assert root.get("data-a") == '&"<'
    assert root.find(".//{http://www.w3.org/1999/xhtml}br") is not None
    assert root.find(".//{http://www.w3.org/1999/xhtml}div/{http://www.w3.org/2000/svg}svg") is not None


SQUARE = '<rect class="a" width="80" height="80"/>'
STYLED = {
    "class": "<style>.a{fill:#f00}</style><svg SIZE>BOX</svg>",
    "path through the page": "<style>main .chart > .a{fill:#f00}</style><main><p><svg SIZE class='chart'>BOX</svg></p></main>",
    "selector that the renderer does not know": "<style>.a:not(.b){fill:#f00}</style><svg SIZE>BOX</svg>",
    "important": "<style>.a{fill:#f00!important}</style><svg SIZE>BOX</svg>",
    "the more specific": "<style>svg .a{fill:#f00} .a{fill:#00f}</style><svg SIZE>BOX</svg>",
    "its own style first": "<style>.a{fill:#00f}</style><svg SIZE><rect class=a style='fill:#f00' width=80 height=80 /></svg>",
    "variables": "<style>:root{--c:#f00}.a{fill:var(--c)}</style><svg SIZE>BOX</svg>",
    "colour of its page": "<style>svg{color:#f00}.a{fill:currentColor}</style><svg SIZE>BOX</svg>",
    "sheet of another drawing": "<svg width=0 height=0><defs></defs><style>.a{fill:#f00}</style></svg><svg SIZE>BOX</svg>",
    "inherited from a group": "<style>.g{fill:#f00}</style><svg SIZE><g class='g'>BOX</g></svg>",
}


def _page(written):
    return written.replace("SIZE", 'width="80" height="80"').replace("BOX", SQUARE)


@pytest.mark.parametrize("page", STYLED.values(), ids=STYLED.keys())
def test_the_page_styles_its_drawings(page):
    [figure] = figures(_page(f"<p>Text.</p><figure>{page}</figure>"))

    assert drawn(figure) == {(255, 0, 0)}


USED = {
    "symbol": '<svg width=0 height=0><symbol id="m">BOX</symbol></svg><svg SIZE><use href="#m"/></svg>',
    "old link": '<svg width=0 height=0><symbol id="m">BOX</symbol></svg><svg SIZE><use xlink:href="#m"/></svg>',
    "behind it": '<svg SIZE><use href="#m"/></svg><svg style="display:none"><defs><g id="m">BOX</g></defs></svg>',
    "gradient": '<svg width=0 height=0><defs><linearGradient id="m"><stop stop-color="#f00"/></linearGradient></defs></svg>'
    '<svg SIZE><rect fill="url(#m)" width="80" height="80"/></svg>',
    "gradient in a style": '<svg width=0 height=0><defs><linearGradient id="m"><stop stop-color="#f00"/></linearGradient></defs>'
    "</svg><svg SIZE><rect style=\"fill:url('#m')\" width=80 height=80 /></svg>",
    "what that uses": '<svg width=0 height=0><defs><g id="n">BOX</g><g id="m"><use href="#n"/></g></defs></svg>'
    '<svg SIZE><use href="#m"/></svg>',
    "its own of that name": '<svg width=0 height=0><defs><g id="m"><circle r="9" fill="blue"/></g></defs></svg>'
    '<svg SIZE><defs><g id="m">BOX</g></defs><use href="#m"/></svg>',
}


@pytest.mark.parametrize("page", USED.values(), ids=USED.keys())
def test_a_drawing_uses_what_another_one_of_its_page_defines(page):
    page = _page(page).replace('class="a"', 'fill="#f00"')

    *_, figure = figures(f"<p>Text.</p><figure>{page}</figure>")

    assert drawn(figure) == {(255, 0, 0)}


def test_symbols_that_use_each_other_end():
    page = '<svg width=0 height=0><symbol id="m"><use href="#n"/></symbol><symbol id="n"><use href="#m"/></symbol></svg>'

    [figure] = figures(f'{page}<figure><svg width="80" height="80"><use href="#m"/>{LINE}</svg></figure>')

    assert figure.data().count(b"<symbol") == 2
