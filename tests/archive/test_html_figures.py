"""HTML: which pictures are figures, under which address, and what stands below them."""

import pytest
from archive_builders import captions, figures, images, issue

from explorer.archive.model import Status

# What a page writes -> (image, caption) of every figure in it.
CAPTIONED = {
    "a figcaption is the caption": (
        "<figure><img src=a.png><figcaption>The <em>loop</em>.</figcaption></figure>",
        [("a.png", "The loop.")],
    ),
    "a figcaption above the picture too": (
        "<figure><figcaption>The loop.</figcaption><img src=a.png></figure>",
        [("a.png", "The loop.")],
    ),
    "paragraphs inside a figcaption are one caption": (
        "<figure><img src=a.png><figcaption><p>One.</p><p>Two.</p></figcaption></figure>",
        [("a.png", "One. Two.")],
    ),
    "a picture in a figure without a caption has none": (
        "<figure><img src=a.png></figure>",
        [("a.png", None)],
    ),
    "nested figures keep their own captions": (
        "<figure><figure><img src=a.png><figcaption>A</figcaption></figure>"
        "<figure><img src=b.png><figcaption>B</figcaption></figure><figcaption>Both</figcaption></figure>",
        [("a.png", "A"), ("b.png", "B")],
    ),
    "a nested figure without a caption has that of the outer one, not its sister's": (
        "<figure><figure><img src=a.png></figure>"
        "<figure><img src=b.png><figcaption>B</figcaption></figure><figcaption>Both</figcaption></figure>",
        [("a.png", "Both"), ("b.png", "B")],
    ),
    "pictures of one figure share its caption": (
        "<figure><img src=a.png><img src=b.png><figcaption>Before and after.</figcaption></figure>",
        [("a.png", "Before and after."), ("b.png", "Before and after.")],
    ),
    "the title of a picture is the last resort": (
        '<p><img src=a.png title="A hover text"></p>',
        [("a.png", "A hover text")],
    ),
    "a caption is worth more than a title": (
        '<figure><img src=a.png title="hover"><figcaption>Proper.</figcaption></figure>',
        [("a.png", "Proper.")],
    ),
    "a paragraph of class caption": (
        '<p><img src=a.png></p><p class="caption">A pump.</p><p>Text.</p>',
        [("a.png", "A pump.")],
    ),
    "a division of class figcaption": (
        '<img src=a.png><div class="figcaption">A pump.</div><p>Text.</p>',
        [("a.png", "A pump.")],
    ),
    "a division of class imgcap around picture and words": (
        '<div class="imgcap"><img src=a.png><div class="thecap">A pump.</div></div><p>Text.</p>',
        [("a.png", "A pump.")],
    ),
    "a d-figure of Distill": (
        "<d-figure><figure><img src=a.png></figure><figcaption>A pump.</figcaption></d-figure>",
        [("a.png", "A pump.")],
    ),
    "a d-figure alone": (
        "<d-figure><img src=a.png><figcaption>A pump.</figcaption></d-figure>",
        [("a.png", "A pump.")],
    ),
    "the classic caption shortcode of WordPress": (
        '<p>Text.</p>[caption id="attachment_6" align="alignnone" width="300"]<a href="a.png"><img src="a.png" alt="x" />'
        "</a> The Great Wave[/caption]<p>More.</p>",
        [("a.png", "The Great Wave")],
    ),
    "the caption shortcode of WordPress with a caption attribute": (
        '[caption id="a" caption="The Great Wave"]<img src="a.png">[/caption]',
        [("a.png", "The Great Wave")],
    ),
    "the caption division of WordPress": (
        '<div class="wp-caption alignright"><a href="x.html"><img src=a.png></a>'
        '<p class="wp-caption-text">The wave.</p></div>',
        [("a.png", "The wave.")],
    ),
    "the image block of WordPress": (
        '<div class="wp-block-image"><figure class="aligncenter"><img src=a.png><figcaption class="wp-element-caption">'
        "The wave.</figcaption></figure></div>",
        [("a.png", "The wave.")],
    ),
    "the gallery block of WordPress": (
        '<figure class="wp-block-gallery"><ul><li><figure><img src=a.png><figcaption>A</figcaption></figure></li>'
        '<li><figure><img src=b.png></figure></li></ul><figcaption class="blocks-gallery-caption">All</figcaption></figure>',
        [("a.png", "A"), ("b.png", "All")],
    ),
    "Substack": (
        '<div class="captioned-image-container"><figure><a class="image-link image2" href="https://cdn.example/a_full.png">'
        '<div class="image2-inset"><picture><source type="image/webp" srcset="a.webp 424w"><img src="a.png" '
        'srcset="a_424.png 424w" alt=""></picture><div class="image-link-expand"><svg width="20" height="20" '
        'viewBox="0 0 20 20"><path d="M0 0"/></svg></div></div></a><figcaption class="image-caption">The wave.'
        "</figcaption></figure></div>",
        [("a.png", "The wave.")],
    ),
    "Medium": (
        '<figure name="f1" class="graf graf--figure"><div class="aspectRatioPlaceholder"><img class="graf-image" '
        'src="https://cdn.example/1*x.png"></div><figcaption class="imageCaption">The wave.</figcaption></figure>',
        [("https://cdn.example/1*x.png", "The wave.")],
    ),
    "Ghost": (
        '<figure class="kg-card kg-image-card kg-card-hascaption"><img src=a.png class="kg-image">'
        "<figcaption>The wave.</figcaption></figure>",
        [("a.png", "The wave.")],
    ),
    "Blogger": (
        '<table class="tr-caption-container" align="center"><tbody><tr><td style="text-align: center;"><a href="a.png">'
        '<img src=a.png></a></td></tr><tr><td class="tr-caption">The wave.</td></tr></tbody></table><p>Text.</p>',
        [("a.png", "The wave.")],
    ),
    "MediaWiki": (
        '<div class="thumb tright"><div class="thumbinner"><a class="image" href="/wiki/File:A.png"><img src=a.png '
        'class="thumbimage"></a><div class="thumbcaption"><div class="magnify"></div>The wave.</div></div></div>',
        [("a.png", "The wave.")],
    ),
    "Mailchimp's caption block": (
        '<table class="mcnCaptionBottomContent"><tbody><tr><td class="mcnCaptionBottomImageContent"><img src=a.png>'
        '</td></tr><tr><td class="mcnTextContent">The wave.</td></tr></tbody></table><p>Text.</p>',
        [("a.png", "The wave.")],
    ),
    "Project Gutenberg": (
        '<div class="figcenter" style="width: 400px;"><a id="illus3"></a><img src=a.png width=400 height=300><p class="caption">'
        '<span class="pagenum">[Pg 12]</span>FIG. 3.—A PUMP.</p></div>',
        [("a.png", "FIG. 3.—A PUMP.")],
    ),
    "words below a picture in a centre element": (
        "<center><img src=a.png><br>A pump.</center><p>Text.</p>",
        [("a.png", "A pump.")],
    ),
    "an italic line below the picture in its own paragraph": (
        '<p align="center"><img src=a.png><br><em>A pump.</em></p>',
        [("a.png", "A pump.")],
    ),
    "a label below the picture in its own paragraph": (
        "<p><img src=a.png><br><b>Figure 1.</b> A pump.</p>",
        [("a.png", "Figure 1. A pump.")],
    ),
    "an italic paragraph after a picture": (
        "<p><img src=a.png></p><p><em>A pump.</em></p><p>Text.</p>",
        [("a.png", "A pump.")],
    ),
    "small print after a picture": (
        "<p><img src=a.png></p><p><small>A pump.</small></p><p>Text.</p>",
        [("a.png", "A pump.")],
    ),
    "a centred paragraph after a centred picture": (
        '<p style="text-align: center"><img src=a.png></p><p style="text-align:center">A pump.</p><p>Text.</p>',
        [("a.png", "A pump.")],
    ),
    "a labelled paragraph after a picture": (
        "<p><img src=a.png></p><p>Fig. 3. A pump.</p><p>Text.</p>",
        [("a.png", "Fig. 3. A pump.")],
    ),
    "a sentence that speaks of a figure is no caption": (
        "<p><img src=a.png></p><p>Fig. 3 shows a pump.</p>",
        [("a.png", None)],
    ),
    "ordinary text after a picture is no caption": (
        "<p><img src=a.png></p><p>We went to the sea.</p>",
        [("a.png", None)],
    ),
    "an italic word in a sentence after a picture is no caption": (
        "<p><img src=a.png></p><p><em>We</em> went to the sea.</p>",
        [("a.png", None)],
    ),
    "a caption below a rule belongs to what follows": (
        "<p><img src=a.png></p><hr><p><em>A note of the editor.</em></p>",
        [("a.png", None)],
    ),
    "a heading after a picture is no caption": ("<img src=a.png><h2><em>Next</em></h2>", [("a.png", None)]),
    "captions that stand before their pictures stay with them": (
        "<p>Text.</p><p>Figure 1. A pump.</p><p><img src=a.png></p><p>Figure 2. A mill.</p><p><img src=b.png></p><p>Text.</p>",
        [("a.png", "Figure 1. A pump."), ("b.png", "Figure 2. A mill.")],
    ),
    "a caption inside the next figure is not taken by the one before it": (
        '<div class="figure"><img src=a.png></div><div class="figure"><p class="caption">A mill.</p><img src=b.png></div>',
        [("a.png", None), ("b.png", "A mill.")],
    ),
    "a layout table with the caption in the next row": (
        "<table><tr><td><img src=a.png></td></tr><tr><td><em>A pump.</em></td></tr></table><p>Text.</p>",
        [("a.png", "A pump.")],
    ),
    "a layout table of two pictures over two captions": (
        "<table><tr><td><img src=a.png></td><td><img src=b.png></td></tr><tr><td>A pump.</td><td>A mill.</td></tr></table>",
        [("a.png", "A pump."), ("b.png", "A mill.")],
    ),
    "a layout table of two pictures over one caption": (
        "<table><tr><td><img src=a.png></td><td><img src=b.png></td></tr><tr><td colspan=2>Before and after.</td></tr></table>",
        [("a.png", "Before and after."), ("b.png", "Before and after.")],
    ),
    "the caption element of a layout table": (
        "<table><caption>A pump.</caption><tr><td><img src=a.png></td></tr></table>",
        [("a.png", "A pump.")],
    ),
    "a row of a data table is no caption": (
        "<table><tr><td><img src=a.png></td><td>Cat</td></tr><tr><td><img src=b.png></td><td>Dog</td></tr></table>",
        [("a.png", None), ("b.png", None)],
    ),
    "a figure without a figcaption is captioned by its words": (
        "<figure><img src=a.png><p>A pump.</p></figure>",
        [("a.png", "A pump.")],
    ),
    "a label without a number": (
        "<p><img src=a.png><br><i>Fig</i>: A pump.</p>",
        [("a.png", "Fig: A pump.")],
    ),
    "comments are no words": (
        "<p><img src=a.png><!-- Fig. 9. An old caption. --></p><!-- <img src=old.png> --><p>Text.</p>",
        [("a.png", None)],
    ),
    "words beside each picture of a gallery": (
        '<div class="gallery"><div class="item"><img src=a.png><p class="caption">A</p></div>'
        '<div class="item"><img src=b.png><p class="caption">B</p></div></div>',
        [("a.png", "A"), ("b.png", "B")],
    ),
    "definition lists as galleries": (
        '<dl class="gallery-item"><dt class="gallery-icon"><img src=a.png></dt>'
        '<dd class="wp-caption-text gallery-caption">A</dd></dl>',
        [("a.png", "A")],
    ),
    "an object and an embed": (
        "<figure><object data=a.svg></object><figcaption>A</figcaption></figure><p><embed src=b.svg></p>"
        "<object data=film.swf></object>",
        [("a.svg", "A"), ("b.svg", None)],
    ),
    "the fallback inside an object is no second figure": (
        "<figure><object data=a.svg><img src=a.png></object><figcaption>A</figcaption></figure>",
        [("a.svg", "A")],
    ),
    "an AMP picture": (
        "<figure><amp-img src=a.png width=600 height=400></amp-img><figcaption>A</figcaption></figure>",
        [("a.png", "A")],
    ),
    "broken HTML": (
        "<p><figure><img src=a.png><figcaption>A pump.<p>Text <b>bold</figure><div></span>",
        [("a.png", "A pump. Text bold")],
    ),
    "an unclosed figcaption ends with its figure": (
        "<figure><img src=a.png><figcaption>A pump.</figure><p>Text.",
        [("a.png", "A pump.")],
    ),
}


@pytest.mark.parametrize(("page", "expected"), CAPTIONED.values(), ids=CAPTIONED.keys())
def test_captions_are_read(page, expected):
    assert captions(page) == expected


# Every way of writing one picture -> its address.
ONE_PICTURE = {
    "picture with sources": '<picture><source srcset="a.webp"><img src="a.png"></picture>',
    "srcset": '<img src="a.png" srcset="a-300.png 300w, a-900.png 900w">',
    "data-src": '<img data-src="a.png">',
    "data-src over a placeholder": '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="a.png">',
    "data-src over a placeholder file": '<img src="/img/placeholder.gif" data-src="a.png">',
    "data-srcset": '<img data-srcset="a.png 900w">',
    "data-original": '<img src="blank.gif" data-original="a.png">',
    "lazy picture and its noscript twin": '<img class="lazy" data-src="a.png"><noscript><img src="a.png"></noscript>',
    "noscript twin first": '<noscript><img src="a.png"></noscript>'
    '<img class="lazy" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" data-src="a.png">',
    "noscript alone": '<noscript><img src="a.png"></noscript>',
    "noscript twin in another size": '<img data-src="a.png" src="data:image/svg+xml,%3Csvg/%3E">'
    '<noscript><img src="a-900.png"></noscript>',
    "unquoted and upper case": "<IMG SRC=a.png>",
    "white space around the address": '<img src=" a.png\n">',
    "query and fragment": '<img src="a.png?w=300#x">',
    "linked to itself": '<a href="a.png"><img src="a.png"></a>',
}  # fmt: skip


@pytest.mark.parametrize("page", ONE_PICTURE.values(), ids=ONE_PICTURE.keys())
def test_one_picture_is_one_figure(page):
    assert images(page, files=["a.png", "a-300.png", "a-900.png"])[0] in {"a.png", "a-900.png"}
    assert len(images(f"<figure>{page}<figcaption>A</figcaption></figure>", files=["a.png"])) == 1


def test_the_caption_of_a_lazy_picture_reaches_over_its_noscript_twin():
    page = '<p><img data-src="a.png"><noscript><img src="a.png"></noscript></p><p class="caption">A pump.</p>'

    assert captions(page) == [("a.png", "A pump.")]


def test_a_thumbnail_is_shown_and_what_it_links_to_is_kept():
    [figure] = figures('<a href="big.png"><img src="small.png"></a>', files=["big.png", "small.png"])

    assert figure.image == "small.png"
    assert figure.candidates == ("big.png", "small.png")


def test_a_link_to_a_page_is_no_larger_picture():
    [figure] = figures('<a href="about.html"><img src="a.png"></a>', files=["about.html", "a.png"])

    assert figure.candidates == ("a.png",)


def test_the_larger_picture_stands_in_when_the_thumbnail_is_gone():
    [figure] = figures('<a href="big.png"><img src="small.png"></a>', files=["big.png"])

    assert (figure.image, figure.status, figure.candidates) == ("small.png", Status.KEPT, ("big.png",))


def test_the_largest_of_a_srcset_is_a_candidate():
    files = ["a.png", "a-300.png", "a-900.png"]
    [figure] = figures('<img src="a.png" srcset="a-300.png 300w, a-900.png 900w">', files=files)

    assert figure.image == "a.png"
    assert set(figure.candidates) == set(files)


def test_a_data_uri_carries_its_own_picture():
    [figure] = figures('<figure><img alt="A dot" src="data:image/png;base64,iVBORw0KGgo="></figure>')

    assert (figure.status, figure.data(), figure.alt) == (Status.KEPT, b"\x89PNG\r\n\x1a\n", "A dot")


def test_a_broken_data_uri_is_no_crash():
    [figure] = figures('<figure><img src="data:image/png;base64,%%%"></figure>')

    assert figure.status is not None


def test_an_inline_drawing_is_a_figure_with_its_own_markup():
    [figure] = figures(
        '<figure><svg viewBox="0 0 200 100"><title>A circle</title><circle r="9"/></svg><figcaption>Round.</figcaption></figure>'
    )

    assert (figure.caption, figure.alt, figure.status) == ("Round.", "A circle", Status.KEPT)
    assert figure.data is not None
    assert figure.data().startswith(b"<svg xmlns=")


def test_words_inside_an_inline_drawing_are_no_text_of_the_page():
    page = '<p>Text.</p><svg viewBox="0 0 200 100"><text>axis</text></svg>'

    assert [item.text for item in issue(page).items] == ["Text."]


def test_caption_and_alt_may_be_the_same():
    [figure] = figures('<figure><img src=a.png alt="A pump"><figcaption>A pump</figcaption></figure>')

    assert (figure.caption, figure.alt) == ("A pump", "A pump")


def test_an_image_without_an_address_is_nothing():
    assert images('<img><img src=""><img src="  "><img alt="x">') == []


CREDITS = {
    "The loop. Source: NASA": ("The loop.", "Source: NASA"),
    "The loop. Image credit: NASA/JPL": ("The loop.", "Image credit: NASA/JPL"),
    "The loop. Credit: NASA": ("The loop.", "Credit: NASA"),
    "The loop. Photo by Ann Lee": ("The loop.", "Photo by Ann Lee"),
    "The loop (Photo: Ann Lee)": ("The loop", "Photo: Ann Lee"),
    "The loop. (Photo by Ann Lee.)": ("The loop.", "Photo by Ann Lee."),
    "The loop. [Image: Ann Lee]": ("The loop.", "Image: Ann Lee"),
    "The loop. © 2021 Ann Lee": ("The loop.", "© 2021 Ann Lee"),
    "The loop. (c) Ann Lee": ("The loop.", "(c) Ann Lee"),
    "The loop. Courtesy of the museum": ("The loop.", "Courtesy of the museum"),
    "The loop. Image courtesy of the museum": ("The loop.", "Image courtesy of the museum"),
    "The loop. Photo courtesy NASA": ("The loop.", "Photo courtesy NASA"),
    "The loop. Image via Flickr": ("The loop.", "Image via Flickr"),
    "The loop. Illustration by Ann Lee": ("The loop.", "Illustration by Ann Lee"),
    "The loop (source: NASA)": ("The loop", "source: NASA"),
    "The loop (credit: NASA)": ("The loop", "credit: NASA"),
    "The loop | Photo: Ann Lee": ("The loop", "Photo: Ann Lee"),
    "The loop — Photo: Ann Lee": ("The loop", "Photo: Ann Lee"),
    "The loop. Bildquelle: Ann Lee": ("The loop.", "Bildquelle: Ann Lee"),
    "The loop. Foto: Ann Lee": ("The loop.", "Foto: Ann Lee"),
    "The loop. Crédit : Ann Lee": ("The loop.", "Crédit : Ann Lee"),
    "The loop. Image Source: Ann Lee": ("The loop.", "Image Source: Ann Lee"),
    "Source: NASA": (None, "Source: NASA"),
    "Photo by Ann Lee on Unsplash": (None, "Photo by Ann Lee on Unsplash"),
    "Image: a pump": ("Image: a pump", None),
    "An open source: the spring in the wood": ("An open source: the spring in the wood", None),
    "A photo by night": ("A photo by night", None),
    "The energy source: wind, not coal.": ("The energy source: wind, not coal.", None),
    "The sources of the river": ("The sources of the river", None),
}


@pytest.mark.parametrize(("caption", "expected"), CREDITS.items(), ids=CREDITS.keys())
def test_the_credit_is_split_off(caption, expected):
    [figure] = figures(f"<figure><img src=a.png><figcaption>{caption}</figcaption></figure>")

    assert (figure.caption, figure.credit) == expected


def test_a_credit_in_an_element_of_its_own_needs_no_word_that_says_so():
    page = '<figure><img src=a.png><figcaption>The loop <span class="photo-credit">NASA</span></figcaption></figure>'
    [figure] = figures(page)

    assert (figure.caption, figure.credit) == ("The loop", "NASA")


@pytest.mark.parametrize("line", ["<p>Photo: Ann Lee</p>", '<p class="credit">Ann Lee</p>'])
def test_a_line_of_credit_below_a_picture_is_its_credit(line):
    [figure] = figures(f"<p><img src=a.png></p>{line}<p>Text.</p>")

    assert figure.caption is None
    assert figure.credit in {"Photo: Ann Lee", "Ann Lee"}
