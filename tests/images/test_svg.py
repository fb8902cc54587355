"""SVG: drawn as its author meant, and nothing outside the file is ever touched."""

import base64
import gzip
import os
import time
import tracemalloc

import numpy as np
import pytest
from picture_builders import SVG, encoded, png_claiming, svg
from PIL import Image

from images import (
    Limits,
    PictureError,
    PictureTooLargeError,
    UnreadablePictureError,
    UnsupportedPictureError,
    open_picture,
    read_picture,
)
from images import svg_clean as svg_clean_module
from images.svg_clean import clean_svg

RED_BOX = '<rect width="20" height="20" fill="#ff0000"/>'
RED, WHITE = (255, 0, 0), (255, 255, 255)
ILLUSTRATOR = (
    '<?xml version="1.0"?><!-- Generator: Adobe --><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
    '"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [<!ENTITY ns_flows "http://ns.adobe.com/Flows/1.0/">]>'
)


def data_address(data, kind):
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def ink(picture):
    return int((np.asarray(picture.convert("L")) < 128).sum())


def red_share(picture):
    return float((np.asarray(picture) == RED).all(axis=2).mean())


def test_a_vector_is_drawn_at_a_useful_size():
    picture = read_picture(svg(RED_BOX, 'width="4" height="2" viewBox="0 0 40 20"'))
    assert (picture.facts.format, picture.facts.vector, picture.facts.frames) == ("svg", True, 1)
    assert (picture.facts.width, picture.facts.height) == picture.image.size == (1280, 640)
    assert (picture.image.getpixel((100, 100)), picture.image.getpixel((1000, 100))) == (RED, WHITE)


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        pytest.param('width="40" height="20"', (100, 50), id="pixels"),
        pytest.param('width="4cm" height="4cm"', (100, 100), id="centimetres"),
        pytest.param('viewBox="0 0 40 20"', (100, 50), id="view box only"),
        pytest.param('width="100%" height="100%" viewBox="0 0 20 40"', (50, 100), id="per cent"),
        pytest.param("", (100, 100), id="no size: what is drawn decides"),
        pytest.param(
            'width="1000000" height="1000000" viewBox="0 0 20 20"', (100, 100), id="a million a side"
        ),
        pytest.param(
            'width="100000" height="1" viewBox="0 0 20 20" preserveAspectRatio="none"', (100, 1), id="a hair"
        ),
    ],
)
def test_size(attributes, size):
    assert open_picture(svg(RED_BOX, attributes), Limits(svg_side=100)).size == size


def test_gzipped_svg_opens():
    assert red_share(open_picture(gzip.compress(svg(RED_BOX)))) > 0.4


def test_utf16_svg_opens():
    text = '<?xml version="1.0" encoding="utf-16"?>' + svg(RED_BOX).decode()
    assert red_share(open_picture(text.encode("utf-16"))) > 0.4


@pytest.mark.parametrize(
    "before",
    [
        pytest.param("\ufeff", id="byte order mark"),
        pytest.param("<!DOCTYPE svg>", id="plain doctype"),
        pytest.param(
            '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://localhost:9/x.dtd">', id="W3C doctype"
        ),
        pytest.param(ILLUSTRATOR, id="Illustrator"),
        pytest.param("<!-- <svg> -->\n<?pi x?>\n", id="comment"),
    ],
)
def test_harmless_beginnings_open(before):
    assert red_share(open_picture(svg(RED_BOX, before=before))) > 0.4


def test_an_entity_as_illustrator_uses_it_is_read():
    data = svg(RED_BOX, 'width="40" height="20" xmlns:x="&ns_flows;"', before=ILLUSTRATOR)
    assert "http://ns.adobe.com/Flows/1.0/" in clean_svg(data)


def test_transparent_ground_is_white_and_white_lines_stay_visible():
    assert open_picture(svg('<rect width="5" height="5"/>')).getpixel((1200, 600)) == WHITE
    assert open_picture(svg('<rect width="5" height="5" fill="white"/>')).getpixel((1200, 600)) != WHITE


@pytest.mark.parametrize("family", ["DejaVu Sans", "No Such Family, serif", "monospace", None])
def test_text_is_drawn_whatever_fonts_there_are(family):
    attribute = f' font-family="{family}"' if family else ""
    picture = open_picture(
        svg(f'<text x="2" y="16" font-size="16"{attribute}>Hello</text>'), Limits(svg_side=400)
    )
    assert ink(picture) > 500


def test_the_text_beside_a_foreign_object_is_what_shows():
    inside = '<switch><foreignObject><p xmlns="http://www.w3.org/1999/xhtml">no</p></foreignObject>'
    assert red_share(open_picture(svg(inside + RED_BOX + "</switch>"))) > 0.4


# Nothing outside is reached


OUTSIDE = ["file:///etc/hostname", "/etc/hostname", "picture.png", "http://localhost:9/x.png",
           "//localhost:9/x", "data:text/plain;base64,PHN2Zy8+", "data:text/html,x",
           "javascript:alert(1)"]  # fmt: skip


@pytest.mark.parametrize("target", OUTSIDE)
@pytest.mark.parametrize("attribute", ["href", "xlink:href"])
@pytest.mark.parametrize("element", ["image", "use", "feImage", "a"])
def test_references_that_leave_the_file_fall_away(element, attribute, target):
    cleaned = clean_svg(svg(f'<{element} {attribute}="{target}" width="9"/>'))
    assert target not in cleaned
    assert f'<{element} width="9">' in cleaned


def test_a_picture_on_disk_is_not_drawn_in(tmp_path):
    file = tmp_path / "secret.png"
    file.write_bytes(encoded(Image.new("RGB", (8, 8), RED), "PNG"))
    for target in (file, file.as_uri(), os.path.relpath(file)):
        image = f'<image width="40" height="20" xlink:href="{target}"/>'
        assert red_share(open_picture(svg(f'<rect width="9" height="9"/>{image}'))) == 0
        with pytest.raises(
            UnreadablePictureError,
            match=r"draws nothing: it refers to .*secret\.png, which is not part of it",
        ):
            open_picture(svg(image))


def test_pixels_inside_the_file_are_drawn():
    inside = data_address(encoded(Image.new("RGB", (8, 8), RED), "PNG"), "image/png")
    assert red_share(open_picture(svg(f'<image width="20" height="20" xlink:href="{inside}"/>'))) > 0.4


@pytest.mark.parametrize("form", ["base64", "percent"])
def test_svg_inside_svg_is_cleaned_too(form):
    inner = svg(RED_BOX + "<script>steal()</script>")
    address = data_address(inner, "image/svg+xml")
    if form == "percent":
        address = "data:image/svg+xml;utf8," + "".join(f"%{byte:02x}" for byte in inner)
    data = svg(f'<image width="40" height="20" href="{address}"/>')
    cleaned = clean_svg(data)
    written = base64.b64decode(cleaned.partition("base64,")[2].partition('"')[0])
    assert b"rect" in written and b"steal" not in written
    assert red_share(open_picture(data)) > 0.4


def test_svg_inside_svg_inside_svg_falls_away_and_the_rest_stays():
    two = svg(RED_BOX + f'<image href="{data_address(svg(RED_BOX), "image/svg+xml")}"/>')
    cleaned = clean_svg(svg(RED_BOX + f'<image href="{data_address(two, "image/svg+xml")}"/>'))
    inner = base64.b64decode(cleaned.partition("base64,")[2].partition('"')[0])
    assert "<rect" in cleaned
    assert b"<rect" in inner and b"<image>" in inner


def test_a_broken_icon_costs_the_icon_and_not_the_diagram():
    assert red_share(open_picture(svg(RED_BOX + '<image href="data:image/svg+xml;base64,###"/>'))) > 0.4


def test_scripts_and_handlers_fall_away_with_all_they_hold():
    cleaned = clean_svg(
        svg('<script><g>steal()</g></script><g onload="steal()" ONCLICK="steal()">' + RED_BOX + "</g>")
    )
    assert "steal" not in cleaned and "script" not in cleaned
    assert RED_BOX.rstrip("/>") in cleaned


@pytest.mark.parametrize(
    "css",
    [
        "@import 'http://localhost:9/x.css';",
        "@import url(//localhost:9/x);",
        "a{fill:url(http://localhost:9/#a)}",
        "a{fill:url( 'file:///localhost')}",
        "@font-face{src:URL(data:font/ttf;base64,localhost)}",
    ],
)
def test_css_reaches_nothing_outside(css):
    cleaned = clean_svg(svg(f"<style>{css} .kept{{fill:url(#a)}}</style><style><![CDATA[{css}]]></style>"))
    assert "localhost" not in cleaned and "import" not in cleaned
    assert ".kept{fill:url(#a)}" in cleaned


def test_attributes_keep_what_is_inside_and_lose_what_is_not():
    cleaned = clean_svg(
        svg("<g fill=\"url('#a')\" style='mask:url(http://localhost/m)' id='&lt;&quot;&amp;'/>")
    )
    assert "localhost" not in cleaned
    assert 'fill="url(&#x27;#a&#x27;)"' in cleaned and 'id="&lt;&quot;&amp;"' in cleaned


# Bombs


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "declaration",
    [
        pytest.param('<!ENTITY e SYSTEM "file:///etc/hostname">', id="external file"),
        pytest.param('<!ENTITY e SYSTEM "http://localhost:9/x">', id="external address"),
        pytest.param('<!ENTITY % e SYSTEM "http://localhost:9/x"> %e;', id="parameter entity"),
        pytest.param(f'<!ENTITY l0 "ha">{LAUGHS}<!ENTITY e "&l9;">', id="billion laughs"),
        pytest.param(f'<!ENTITY e "{"a" * 50_000}">', id="quadratic blow-up"),
        pytest.param('<!ENTITY e "&#60;script/>">', id="markup in an entity"),
    ],
)
def test_entities_that_read_or_blow_up_are_refused(declaration):
    began = time.perf_counter()
    with pytest.raises(UnsupportedPictureError, match="XML entity"):
        open_picture(svg("<text>&e;</text>", before=f"<!DOCTYPE svg [{declaration}]>"))
    assert time.perf_counter() - began < 30  # a guard against hanging, not a measurement


def test_entities_in_a_large_file_are_refused(monkeypatch):
    monkeypatch.setattr(svg_clean_module, "MAX_BYTES_WITH_ENTITIES", 100)
    with pytest.raises(UnsupportedPictureError):
        clean_svg(svg(RED_BOX, before=ILLUSTRATOR))


def test_an_unknown_entity_is_unreadable():
    with pytest.raises(UnreadablePictureError, match="not well-formed"):
        open_picture(svg("<text>&nosuch;</text>"))


@pytest.mark.parametrize("depth", [300, 10_000, 200_000])
def test_deep_nesting_is_refused(depth):
    with pytest.raises(PictureTooLargeError, match="levels of nested"):
        open_picture(svg("<g>" * depth + RED_BOX + "</g>" * depth))


def test_nesting_within_the_limit_is_drawn():
    assert red_share(open_picture(svg("<g>" * 250 + RED_BOX + "</g>" * 250))) > 0.4


def test_too_many_elements_are_refused(monkeypatch):
    monkeypatch.setattr(svg_clean_module, "MAX_ELEMENTS", 100)
    with pytest.raises(PictureTooLargeError, match="SVG elements"):
        open_picture(svg("<g/>" * 100))


def test_a_gzip_bomb_is_refused_without_unpacking_it():
    bomb = gzip.compress(b"<svg " + b" " * 200_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(PictureTooLargeError, match="bytes of SVG"):
            open_picture(bomb)
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()


def test_a_gzip_cut_short_or_of_something_else_is_unreadable():
    packed = gzip.compress(svg(RED_BOX))
    for data, said in (
        (packed[:-4], "truncated gzip"),
        (packed[:20], "truncated gzip"),
        (b"\x1f\x8bgarbage", "damaged gzip"),
        (gzip.compress(b"no svg"), "not well-formed"),
    ):
        with pytest.raises(UnreadablePictureError, match=said):
            open_picture(data)


def use_bomb(levels):
    steps = "".join(
        f'<g id="a{n}">' + f'<use xlink:href="#a{n - 1}"/>' * 10 + "</g>" for n in range(1, levels + 1)
    )
    return svg(f'<defs><rect id="a0" width="1" height="1"/>{steps}</defs><use xlink:href="#a{levels}"/>')


HANGS = {
    "use": use_bomb(5),
    "turbulence": svg(
        '<filter id="f">' + '<feTurbulence numOctaves="100" baseFrequency="0.1"/>' * 100 + "</filter>"
        '<rect width="40" height="20" filter="url(#f)"/>'
    ),
}


@pytest.mark.parametrize("name", sorted(HANGS))
def test_a_drawing_that_never_ends_is_ended(name):
    began = time.perf_counter()
    with pytest.raises(UnreadablePictureError, match="more than 1 s to draw"):
        open_picture(HANGS[name], Limits(svg_seconds=1))
    assert time.perf_counter() - began < 30  # a guard against hanging, not a measurement


def pattern_chain(length):
    links = "".join(
        f'<pattern id="a{n}" width="9" height="9"><rect width="9" height="9" fill="url(#a{n - 1})"/></pattern>'
        for n in range(1, length)
    )
    return svg(f'{links}<rect width="9" height="9" fill="url(#a{length - 1})"/>')


CRASHES = {
    "stack": pattern_chain(1000),
    "memory": svg(
        '<image width="40" height="20" href="'
        + data_address(png_claiming(60_000, 60_000), "image/png")
        + '"/>'
    ),
}


@pytest.mark.parametrize("name", sorted(CRASHES))
def test_a_drawing_that_crashes_the_renderer_does_not_crash_us(name):
    with pytest.raises(UnreadablePictureError, match="it is too complex for the renderer"):
        open_picture(CRASHES[name])


def test_a_use_of_itself_ends():
    assert red_share(open_picture(svg(RED_BOX + '<g id="a"><use xlink:href="#a"/></g>'))) > 0.4


@pytest.mark.parametrize("data", [b"<svg >", b"<svg/>garbage", f"{SVG}><g></svg>".encode()])
def test_broken_markup_is_unreadable(data):
    with pytest.raises(UnreadablePictureError, match="not well-formed"):
        open_picture(data)


def test_what_resvg_says_is_passed_on():
    with pytest.raises(PictureError, match="nodes limit reached"):
        open_picture(use_bomb(8))
