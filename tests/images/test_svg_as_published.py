"""SVG as programs write it: undeclared prefixes, HTML labels, variables, styles of today; and drawings of nothing."""

import numpy as np
import pytest

from images import UnreadablePictureError, open_picture
from images.svg_clean import clean_svg
from images.svg_labels import wrap

OPEN = '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"'
BOX = 'width="60" height="60"'
RED = (255, 0, 0)
XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
LINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
P = f"<p {XHTML}"


def share(data, colour):
    pixels = np.asarray(open_picture(data.encode()))
    return float((pixels == colour).all(axis=2).mean())


def ink_in(data, left, top, right, bottom):
    """The share of dark pixels in a part of a drawing."""
    picture = np.asarray(open_picture(data.encode()).convert("L"))
    height, width = picture.shape
    part = picture[int(top * height) : int(bottom * height), int(left * width) : int(right * width)]
    return float((part < 128).mean())


RED_DRAWINGS = {
    "no namespace": f'<svg width="100" height="100"><rect {BOX} fill="red"/></svg>',
    "link prefix": f'{OPEN}><defs><rect id="a" {BOX} fill="red"/></defs><use xlink:href="#a"/></svg>',
    "editor's prefix": f'{OPEN}><sodipodi:namedview/><rect inkscape:label="a" {BOX} fill="red"/></svg>',
    "prefixed elements": f'<svg:svg width="100" height="100"><svg:rect {BOX} fill="red"/></svg:svg>',
    "declared further in": f'{OPEN}><g {LINK}><a xlink:href="#x"><rect {BOX} fill="red"/></a></g></svg>',
    "variable of the root": f'{OPEN}><style>:root{{--c:red}}</style><rect style="fill:var(--c)" {BOX}/></svg>',
    "variable in a style sheet": f'{OPEN} style="--c: #f00"><style>rect{{fill:var(--c)}}</style><rect {BOX}/></svg>',
    "variable that is not set": f'{OPEN}><rect style="fill:var(--c, red)" {BOX}/></svg>',
    "variable of a variable": f'{OPEN} style="--a: var(--b); --b: red"><rect style="fill:var(--a)" {BOX}/></svg>',
    "variable in an attribute": f'{OPEN} style="--c:red"><rect fill="var(--c)" {BOX}/></svg>',
    "variable of a dark page": f"{OPEN}><style>:root{{--c:red}}@media (prefers-color-scheme:dark){{:root{{--c:blue}}}}"
    f"rect{{fill:var(--c)}}</style><rect {BOX}/></svg>",
    "light and dark": f'{OPEN}><rect style="fill: light-dark(rgb(255, 0, 0), rgb(0, 0, 9))" {BOX}/></svg>',
    "spaces in a colour": f'{OPEN}><rect fill="rgb(255 0 0 / 100%)" {BOX}/></svg>',
    "current colour": f'{OPEN} color="red"><rect fill="currentColor" {BOX}/></svg>',
    "sides in a style": f'{OPEN}><rect fill="red" style="width:60px;height:60px"/></svg>',
    "sides in per cent": f'{OPEN.replace("100", "100%")} viewBox="0 0 100 100"><rect fill="red" {BOX}/></svg>',
}


@pytest.mark.parametrize("data", RED_DRAWINGS.values(), ids=RED_DRAWINGS.keys())
def test_a_drawing_is_shown_as_browsers_show_it(data):
    assert share(data, RED) == pytest.approx(0.36, abs=0.02)


def test_a_variable_of_itself_ends():
    assert "none" in clean_svg(
        f'{OPEN} style="--a:var(--b);--b:var(--a)"><rect fill="var(--a)"/></svg>'.encode()
    )


def test_variables_do_not_blow_up():
    names = [f"--a{n}:{f'var(--a{n - 1})' * 50};" for n in range(1, 30)]
    data = (
        f'{OPEN} style="--a0:{"x" * 400};{"".join(names)}"><rect style="{"fill:var(--a29);" * 5000}"/></svg>'
    )

    assert len(clean_svg(data.encode())) < 20_000_000


LABELS = {
    "mermaid": f'<foreignObject x="10" y="10" width="80" height="30"><div {XHTML} '
    'style="display: table-cell; text-align: center;"><span class="nodeLabel"><p>Light the oven</p></span></div></foreignObject>',
    "a group that is moved": '<g transform="translate(10, 10)"><foreignObject width="80" height="30">'
    f"{P}>Light</p></foreignObject></g>",
    "draw.io without another label": f'<g><foreignObject pointer-events="none" width="100%" height="100%"><div {XHTML} '
    'style="display: flex; align-items: unsafe center; justify-content: unsafe center; '
    "width: 80px; height: 1px; padding-top: 25px; "
    'margin-left: 10px;"><div style="font-size: 12px">Light</div></div></foreignObject></g>',
    "plain words": '<foreignObject x="10" y="10" width="80" height="30">Light the oven</foreignObject>',
    "Chinese": f'<foreignObject x="10" y="10" width="80" height="30">{P}>ABC<br/>DEF</p></foreignObject>',
    "no size": f'<foreignObject x="10" y="25" width="0" height="0">{P}>Light</p></foreignObject>',
}


@pytest.mark.parametrize("label", LABELS.values(), ids=LABELS.keys())
def test_a_label_in_html_is_drawn_where_it_stands(label):
    data = f"{OPEN}>{label}</svg>"

    assert ink_in(data, 0.1, 0.1, 0.9, 0.45) > 0.01
    assert ink_in(data, 0, 0.55, 1, 1) == 0


SWITCHED = {
    "a text cut short": ("<text y='20'>Gather drif...</text>", True),
    "nothing": ("", True),
    "a picture of it": (f"<rect {BOX} fill='red'/>", False),
}


@pytest.mark.parametrize(("behind", "is_label"), SWITCHED.values(), ids=SWITCHED.keys())
def test_of_two_ways_to_draw_a_label_one_is_drawn(behind, is_label):
    label = f'<foreignObject width="200" height="50">{P}>Gather driftwood</p></foreignObject>'
    drawn = clean_svg(f"{OPEN}><switch>{label}{behind}</switch></svg>".encode())

    assert ("Gather driftwood" in drawn) is is_label
    assert "drif..." not in drawn
    assert ("<rect" in drawn) is ("<rect" in behind)


def test_the_letters_are_as_large_as_the_innermost_element_says():
    inner = '<div style="font-size: 12px">Words</div>'
    label = f'<foreignObject width="90" height="50"><div {XHTML} style="font-size: 0px">{inner}</div></foreignObject>'

    assert 'font-size="12"' in clean_svg(f"{OPEN}>{label}</svg>".encode())


def test_a_label_keeps_its_colour_and_its_classes():
    look = 'class="a" style="color:#ff0000;font-weight:bold"'
    label = f'<foreignObject width="90" height="50">{P} {look}>Words</p></foreignObject>'

    assert share(f"{OPEN}>{label}</svg>", RED) > 0.005
    assert 'class="a"' in clean_svg(f"{OPEN}>{label}</svg>".encode())


def test_what_a_label_hides_is_not_drawn():
    label = f"<foreignObject><style>p{{a:b}}</style>{P}>Words<script>x()</script></p></foreignObject>"

    assert [word in clean_svg(f"{OPEN}>{label}</svg>".encode()) for word in ("Words", "x()", "a:b")] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("line", "width", "rows"),
    [
        ("one two three", 6, ["one two", "three"]),
        ("one two three", 0, ["one two three"]),
        ("unbreakable", 2, ["unbreakable"]),
        ("  ", 6, []),
    ],
)
def test_words_are_wrapped(line, width, rows):
    assert wrap(line, width) == rows


BLANK = {
    "nothing": f"{OPEN}/>",
    "only definitions": f'{OPEN}><defs><rect id="a" {BOX}/></defs></svg>',
    "a symbol that is elsewhere": f'{OPEN}><use href="#mole"/></svg>',
    "a symbol of another file": f'{OPEN}><use href="sprite.svg#mole"/></svg>',
    "a picture that is elsewhere": f'{OPEN}><image href="mole.png" {BOX}/></svg>',
    "a picture on a ground": f'{OPEN}><rect width="100" height="100" fill="#eee"/><image href="mole.png" {BOX}/></svg>',
    "all is hidden": f'{OPEN}><rect {BOX} opacity="0"/></svg>',
}


@pytest.mark.parametrize("data", BLANK.values(), ids=BLANK.keys())
def test_a_drawing_of_nothing_is_told_and_not_kept_blank(data):
    with pytest.raises(UnreadablePictureError, match="draws nothing"):
        open_picture(data.encode())


def test_a_white_drawing_on_no_ground_is_seen():
    assert share(f'{OPEN}><rect {BOX} fill="white"/></svg>', (255, 255, 255)) == pytest.approx(0.36, abs=0.02)
