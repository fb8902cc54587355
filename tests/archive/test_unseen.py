"""What readers of a page do not see is neither text nor figure; what only waits to be opened is read."""

import pytest
from archive_builders import images, issue, left_out

HIDDEN = {
    "attribute": "<div hidden>{}</div>",
    "style": '<div style="display:none">{}</div>',
    "style in capitals": '<div style="DISPLAY: NONE !important">{}</div>',
    "around it": '<div style="display:none"><div><p>{}</p></div></div>',
    "invisible": '<div style="visibility:hidden">{}</div>',
    "class": "<style>.gone {{ display: none }}</style><div class='gone'>{}</div>",
    "class of a saved page": "<style>.sf-hidden{{display:none!important}}</style><p class=sf-hidden>{}</p>",
    "for phones": "<style>.m {{display:none}} @media (max-width:600px) {{ .m {{display:block}} }}</style><div class=m>{}</div>",
}
PREHEADERS = {
    "usual": '<div style="display:none;max-height:0;mso-hide:all">{}</div>',
    "without height": '<div style="max-height:0px;overflow:hidden">{}</div>',
    "without height and letters": '<span style="font-size:1px;max-height:0;line-height:1px;color:#fff">{}</span>',
    "see-through": '<span style="opacity:0;font-size:0">{}</span>',
}


@pytest.mark.parametrize("way", HIDDEN.values(), ids=HIDDEN)
def test_hidden_words_and_pictures_are_not_read_and_pictures_are_in_the_ledger(way):
    page = f"<h1>The mill</h1><p>It stands by the river.</p>{way.format('Secret <img src=lost.png alt=Lost>')}<img src=seen.png>"
    read = issue(page, files=["lost.png", "seen.png"])

    assert images(page, files=["lost.png", "seen.png"]) == ["seen.png"]
    assert "Secret" not in " ".join(item.text for item in read.items)
    assert ("lost.png", "hidden on the page") in [(one.image, one.reason) for one in read.left_out]


@pytest.mark.parametrize("way", PREHEADERS.values(), ids=PREHEADERS)
def test_what_a_letter_hides_at_its_top_is_no_title(way):
    read = issue(f"{way.format('Only the list of letters shows this')}<p>The boat comes on Tuesdays.</p>")

    assert "Only the list" not in (read.metadata.title or "")
    assert "Only the list" not in " ".join(item.text for item in read.items)


SHOWN = {
    "until it is found": '<div hidden="until-found">{}</div>',
    "tab": '<div role="tabpanel" hidden>{}</div>',
    "opened by a button": '<button aria-controls="p1">More</button><div id="p1" style="display:none">{}</div>',
    "opened by a link": '<a href="#p2">More</a><div id="p2" style="display:none">{}</div>',
    "folded": "<details><summary>More</summary>{}</details>",
    "shown again": "<style>.tab {{display:none}} .tab.active {{display:block}}</style><div class='tab active'>{}</div>",
    "own style": "<style>.tab {{display:none}}</style><div class='tab' style='display:block'>{}</div>",
    "opened by a script": "<style>.tab {{display:none}}</style><div class='tab'>{}</div><script>open()</script>",
    "on paper": "<style>@media print {{ .p {{display:none}} }}</style><div class=p>{}</div>",
    "cells of a letter": '<table><tr><td style="font-size:0">{}</td></tr></table>',
    "faded in": '<div style="opacity:0" class="fade-in">{}</div>',
    "whole page": '<div style="display:none" id="app"><p>' + "The page itself. " * 60 + "</p>{}</div>",
    "another tab than the one in view": """<style>.pane {{display:none}} .pane.active {{display:block}}</style>
      <div><div class="pane active"><p>A barn.</p></div><div class="pane">{}</div></div>""",
    "another slide": """<div><div class="slide is-active"></div><div class="slide" style="display:none">{}</div></div>""",
}


@pytest.mark.parametrize("way", SHOWN.values(), ids=SHOWN)
def test_what_waits_to_be_opened_is_read(way):
    assert images(f"<h1>The mill</h1>{way.format('<img src=seen.png>')}", files=["seen.png"]) == ["seen.png"]


def test_the_second_of_two_pictures_for_a_phone_is_no_figure():
    page = (
        "<style>.mobile{display:none} @media only screen and (max-width:480px){.mobile{display:block}.desk{display:none}}</style>"
        '<img class="desk" src="wide.png"><img class="mobile" src="narrow.png">'
    )
    assert images(page, files=["wide.png", "narrow.png"]) == ["wide.png"]
    assert left_out(page, files=["wide.png", "narrow.png"])


def test_fallbacks_of_amp_are_no_second_picture():
    page = (
        '<amp-img src="boat.png"><noscript><img src="boat.png"></noscript></amp-img>'
        '<amp-anim src="waves.gif"><amp-img placeholder src="still.png"></amp-img><div fallback>No pictures here</div></amp-anim>'
    )
    files = ["boat.png", "waves.gif", "still.png"]
    assert images(page, files=files) == ["boat.png", "waves.gif"]
    assert "No pictures" not in " ".join(item.text for item in issue(page, files=files).items)
