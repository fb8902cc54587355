"""No document makes the readers raise, hang, leave the archive, or answer twice in two ways."""

import time

import pytest
from archive_builders import issue
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.archive.convert.decoding import decode
from explorer.archive.convert.markdown.convert import MARKDOWN, PANDOC
from explorer.archive.convert.plain_text import TEXT
from explorer.archive.convert.web_pages import HTML
from explorer.archive.links.addresses import AddressResolver
from explorer.archive.model import Status

FILES = ["img/a.png", "static/b.jpg", "posts/c.svg", "café.png"]
PIECES = [
    "<figure>", "</figure>", "<figcaption>", "</figcaption>", '<img src="img/a.png">', "<img src=a.png alt='x'", "<picture>",
    '<source srcset="a.png 1x, b.jpg 2x">', "</picture>", "<noscript>", "</noscript>", "<table>", "<tr>", "<td>", "<th>",
    "</table>", "<caption>", '<a href="img/a.png">', "</a>", "<svg viewBox='0 0 99 99'>", "</svg>", "<p class=caption>",
    "<center>", "<br>", "<hr>", "<object data=a.svg>", "<!--", "-->", "<script>", "]]>", "<h2>1. One</h2>", "Fig. 3. A mill.",
    "![x](img/a.png)", "![x][r]", "\n[r]: img/a.png\n", "*Figure 1:* words", "{% include figure.html src='a.png' caption='",
    "{% figure src='a.png' %}", "{% endfigure %}", "%}", "{{< figure src=\"a.png\" caption=\"", ">}}", "{{ page.x }}", "{{", "}}",
    "```{figure} a.png\n", ":::{figure} a.png\n:alt: x\n", "```", ":::", "{#fig-x}", "{: .caption}", "![[a.png|x]]", "---\n",
    "+++\n", "title: x\n", "&a [*a]\n", "[caption id=1]", "[/caption]", "import x from './a.png'\n", "={x}", "<Image src={x} />",
    "| ![](a.png) | b |\n|---|---|\n", "/// caption\n", "///\n", "{% raw %}", "{% endraw %}", "[Illustration: ", "]",
    "Date: 2024\nFrom: x\n\n", "\n\n", "\n", " ", "\t", "'", '"', "(", ")", "βs β π", "\ud83c", "\x00", "\u202e",
    "data:image/png;base64,AAAA",
    "//[x/a.png", "http://[", "\\", "%00", "%2e%2e/", "../../", "<img srcset='", "<img width=1e999 height=..>", "Photo: ",
]  # fmt: skip
DOCUMENTS = st.one_of(
    st.text(max_size=400), st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=40).map("".join)
)
SUFFIXES = sorted(suffix for format in (HTML, MARKDOWN, PANDOC, TEXT) for suffix in format.suffixes)


@settings(max_examples=300, deadline=None)
@given(source=DOCUMENTS, suffix=st.sampled_from(SUFFIXES))
def test_any_text_in_any_format_is_an_issue(source, suffix):
    read = issue(source, "posts/one" + suffix, FILES)

    assert [figure.order for figure in read.figures] == list(range(len(read.figures)))
    assert [item.order for item in read.items] == list(range(len(read.items)))
    for figure in read.figures:
        assert figure.item < max(1, len(read.items))
        assert set(figure.candidates) <= set(FILES)
        assert (figure.image is not None) or (
            figure.status is Status.MISSING and (figure.caption or figure.credit)
        )
    assert read == issue(source, "posts/one" + suffix, FILES)


@settings(max_examples=300, deadline=None)
@given(
    written=st.text(max_size=60)
    | st.lists(st.sampled_from(["..", "/", "\\", "%2e", "%2f", "a.png", ".", "%5c", "img"])).map("".join)
)
def test_no_address_leaves_the_archive(written):
    path, found = AddressResolver(FILES).resolve(written, "posts/one.md")

    assert not found or path in FILES
    if "//" not in written.replace("\\", "/"):
        assert not path.startswith("/")
        assert ".." not in path.split("/")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_text(data):
    assert isinstance(decode(data), str)


DEEP = 10_000
LARGE = {
    "nested divisions": ("<div>" * DEEP + "<img src=a.png>" + "</div>" * DEEP, ".html"),
    "nested divisions with words": ("<div>word " * 2000 + "<img src=a.png>", ".html"),
    "nested figures": ("<figure>" * DEEP + "<img src=a.png><figcaption>x", ".html"),
    "nested centred divisions with pictures": ("<div align=center>x<img src=a.png>" * 400, ".html"),
    "nested tables": ("<table><tr><td>" * 3000 + "<img src=a.png>", ".html"),
    "nested emphasis": ("<i>" * DEEP + "x<img src=a.png>", ".html"),
    "one figure of many pictures": ("<figure>" + "<p><img src=a.png></p><p class=caption>x</p>" * 400 + "</figure>", ".html"),
    "one table of many pictures": ("<table>" + "<tr><td><img src=a.png><td><img src=a.png>" * 300 + "</table>", ".html"),
    "many pictures": ("<p><img src=a.png></p><p>Fig. 1. x</p>" * 1000, ".html"),
    "many noscripts": ("<img data-src=a.png><noscript><img src=a.png></noscript>" * 800, ".html"),
    "a line of a megabyte": ("word " * 200_000, ".html"),
    "a line of a megabyte in Markdown": ("word " * 200_000, ".md"),
    "a line of a megabyte as text": ("word " * 200_000, ".txt"),
    "one long word": ("x" * 1_000_000, ".html"),
    "many attributes": ("<img " + " ".join(f"a{n}=x" for n in range(3000)) + " src=a.png>", ".html"),
    "a long srcset": ("<img srcset='" + "a.png 1w, " * 50_000 + "'>", ".html"),
    "a long caption of a credit": ("<figure><img src=a.png><figcaption>" + "photo. " * 20_000, ".html"),
    "nested quotes": (">" * 3000 + " x", ".md"),
    "nested lists": ("".join(" " * n + "- x\n" for n in range(200)), ".md"),
    "brackets": ("[" * 1500, ".md"),
    "pictures that never end": ("![" * 1500, ".md"),
    "tags that never end": ("{% figure src=a.png " * 800, ".md"),
    "tags whose bodies never end": ("{% figure src='a.png' %}" * 500, ".md"),
    "outputs that never end": ("{{ " * 5000, ".md"),
    "shortcodes that never end": ("[caption id=1]" * 3000, ".html"),
    "directives that never end": ("```{figure} a.png\n" * 600, ".md"),
    "colon directives that never end": (":::{figure} a.png\n" * 600, ".md"),
    "divisions that never end": ("::: {#fig-x}\n" * 600, ".md"),
    "components that never end": ("<Image src=a.png " * 800, ".md"),
    "caption blocks that never end": ("/// caption\n" * 800, ".md"),
    "comments that never end": ("{% comment %}" * 1500 + "{/*" * 1500, ".md"),
    "wiki pictures that never end": ("![[a.png|" * 1500, ".md"),
    "italic lines": ("<div>\n" + "*a b c\n" * 3000, ".md"),
    "front matter that never ends": ("---\n" + "a: b\n" * 5000, ".md"),
    "deep YAML": ("---\na: " + "[" * 30_000 + "\n---\nx", ".md"),
    "bare head lines": ("Title: x\n" + "a: b\n" * 5000, ".md"),
    "head lines of a letter": ("Date: x\n" * 10_000, ".txt"),
    "a number of many digits": ("Fig. " + "1" * 1000 + " shows the mill.", ".txt"),
    "italics without an end": ("<div>\n" + "_a\n" * 30_000 + "</div>", ".md"),
    "a fence of a megabyte": ("~" * 1_000_000, ".md"),
    "a directive without an end": ("~~~{figure} " + " " * 100_000, ".md"),
    "directives without an end": ("~~~{figure}\n" * 20_000, ".md"),
    "figures in one head of a division": ("::: {" + "#fig-" * 30_000, ".md"),
    "raw without an end": ("{% raw %}" * 30_000, ".md"),
    "an expression of blanks": ("{{" + " " * 100_000, ".md"),
    "an expression in braces of blanks": ("<A b={'c'" + " " * 100_000, ".md"),
    "a component of blanks": ("<Figure " + "\n" * 100_000, ".md"),
    "an address with many blanks": ("![](" + " .png" * 10_000, ".md"),
    "attributes of blanks": ("{: " + " " * 100_000, ".md"),
    "attributes after a long paragraph": ("a\n" * 30_000 + "{: .caption}\n" * 8_000, ".md"),
    "quotation marks that are escaped": ("{% figure " + '\\"' * 50_000 + " %}", ".md"),
    "captions of a blog without an end": ("[caption " * 50_000, ".html"),
    "a caption of nothing but brackets": ("[caption]![" + "](" * 1_900 + "[/caption]" * 50, ".html"),
    "a variable that stands everywhere": ("---\na: " + "x" * 60_000 + "\n---\n" + "{{ page.a }}" * 20_000, ".md"),
    "an import that stands everywhere": (f"import a from '{'x' * 99_000}'\n" + "<B c={a}/>\n" * 20_000, ".md"),
    "a reference that stands everywhere": ("[a]: " + "x" * 99_000 + "\n\n" + "[a] " * 20_000, ".md"),
    "a deep key of TOML": ("+++\n" + "a." * 30_000 + "b = 1\n+++\n", ".md"),
    "a name of a megabyte around a page": ("<div class='" + "x " * 200_000 + "'>" + "<p>y" * 20_000, ".html"),
    "a class of captions": ("<p class='" + "_mcncaption" * 50_000 + "'><img src=a.png>", ".html"),
    "volumes in a title": ("<title>" + "vol." * 50_000, ".html"),
    "a srcset of one word": ("<img srcset='" + "a" * 100_000 + " b'>", ".html"),
    "a srcset of a width that is none": ("<img srcset='a.png 1.2.3w, b.png'>", ".html"),
    "a view box of points": ("<svg width=90 height=90 viewBox='0 0 . ..'></svg>", ".html"),
    "a width of blanks": ("<img src=a.png width='1" + " " * 100_000 + "x'>", ".html"),
    "an alt of digits": ("<img src=a.png alt='img" + "1" * 100_000 + "!'>", ".html"),
    "a name of a stand-in": ("<img src='" + "_blank" * 30_000 + "' data-src=a.png>", ".html"),
    "an address of many parts": ("<img src='" + "a/" * 50_000 + "b.png'>", ".html"),
    "films in an address": ("<img src='" + ".mp4?" * 30_000 + "\n.'>", ".html"),
    "lines that ftfy would mend": ("é\n" * 50_000, ".txt"),
    "betas of lost quotes": ("itβs donβt " + "β" * 300_000, ".txt"),
    "blanks before a lost emoji": ("itβs donβt " + " " * 100_000, ".txt"),
    "list items": ("1. x\n" * 3000, ".txt"),
    "marks of pictures": ("[Illustration: " * 5000, ".txt"),
    "betas": ("it's βs isnβt canβt β " * 5000, ".txt"),
}  # fmt: skip


@pytest.mark.timeout(60)
@pytest.mark.parametrize(("source", "suffix"), LARGE.values(), ids=LARGE.keys())
def test_a_hostile_document_costs_seconds(source, suffix):
    started = time.perf_counter()
    issue(source, "posts/one" + suffix, ["posts/a.png"])

    assert time.perf_counter() - started < 15
