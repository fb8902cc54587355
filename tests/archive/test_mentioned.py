"""The safety net: whatever looks like the address of a picture in a document is a figure or a line of the ledger."""

import html
import json
import tempfile
import time
from contextlib import closing
from pathlib import Path

import pytest
from archive_builders import issue
from archives_on_disk import everything_in, write
from book_builders import PICTURE, docx, epub, paragraph, picture, zipped
from feed_builders import atom, entry, item, json_feed, json_item, rss
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from letter_builders import letter, mbox, png, read_letter, with_picture
from notebook_builders import code, markdown, notebook
from web_archive_builders import answer as page_in_a_crawl
from web_archive_builders import mhtml, wacz, warc
from wordpress_builders import export, post, upload

from explorer.archive.mentioned import MAX_MENTIONS, AccountedAddresses, addresses_in, mentions_in
from explorer.archive.model import Issue
from explorer.archive.reader import read_issues
from explorer.archive.storage.unpacked import open_archive
from images import PICTURE_SUFFIXES
from images.suffixes import FOREIGN_SUFFIXES

# Where real pages name pictures, most of which nothing reads.
PLACES = {
    "picture": '<img src="{}" alt="x">',
    "attribute of any name": '<div data-nitro-lazy-bg="{}">words</div>',
    "style": "<p style=\"background: url('{}') no-repeat\">words</p>",
    "style in a reference": '<p style="background-image:url(&quot;{}&quot;)">words</p>',
    "bare style": "<style>.hero {{ background: url({}) }}</style><p>words</p>",
    "link": '<p>See <a href="{}">the drawing</a>.</p>',
    "data block": '<script type="application/ld+json">{{"image": ["{}", 1]}}</script><p>words</p>',
    "script": "<script>var hero = '{}';</script><p>words</p>",
    "template": "<template><img src={}></template><p>words</p>",
    "frame": '<iframe src="{}"></iframe><p>words</p>',
    "set": '<video poster="x.mp4" data-set="{} 2x"></video><p>words</p>',
    "comment": "<!-- <img src='{}'> --><p>words</p>",
    "code": "<pre><code>&lt;img src=&quot;{}&quot;&gt;</code></pre>",
    "words": "<p>Its file is called {}, they say.</p>",
    "shortcode": '<p>[vc_single_image image="{}" size="full"]</p>',
    "meta": '<meta property="og:image" content="{}"><p>words</p>',
    "old background": '<table background="{}"><tr><td>words</td></tr></table>',
    "old drawing": '<!--[if mso]><v:fill type="frame" src="{}"/><![endif]--><p>words</p>',
}
NAMES = st.from_regex(
    r"(?:[a-z]{1,6}/){0,2}[a-zA-Zäб図][a-z0-9_бж図-]{0,8}\.(?:png|jpg|jp2|pgm|jpe|jfif|svg|webp|heic|ico|EPS|JPG)",
    fullmatch=True,
)
ADDRESSES = st.one_of(NAMES, NAMES.map("https://mills.example/".__add__), NAMES.map("../".__add__))


def accounted_for(issues):
    """Every address that is a figure, left out, or mentioned."""
    return [
        said
        for one in issues
        for said in (
            *(figure.image or "" for figure in one.figures),
            *(candidate for figure in one.figures for candidate in figure.candidates),
            *(seen.image for seen in one.left_out),
            *(mention.address for mention in one.mentioned),
        )
    ]


def is_told(address, told):
    name = address.removeprefix("../")
    return any(one.endswith(name) for one in told)


def in_a_letter(body):
    return bytes(letter(html=body))


def in_a_notebook(body):
    return notebook(markdown(f"# Mill\n\n{body}"), code("plot()"))


def in_a_crawl(body):
    return warc(page_in_a_crawl("https://x.org/", f"<html><body>{body}</body></html>"))


def in_a_ghost_export(body):
    post = {"id": "p1", "title": "Mill", "slug": "mill", "status": "published", "type": "post", "html": body}
    return json.dumps({"db": [{"meta": {"exported_on": 1, "version": "5.0"}, "data": {"posts": [post]}}]})


DOCUMENTS = {
    "issue.html": str.encode,
    "issue.md": lambda body: f"# Mill\n\n{body}\n".encode(),
    "issue.mdx": lambda body: f"# Mill\n\n{body}\n".encode(),
    "issue.qmd": lambda body: f"# Mill\n\n{body}\n".encode(),
    "issue.txt": lambda body: f"Mill\n\n{body}\n".encode(),
    "letter.eml": in_a_letter,
    "work.ipynb": in_a_notebook,
    "page.mhtml": lambda body: mhtml(f"<html><body>{body}</body></html>"),
    "book.epub": lambda body: epub(f"<p>The mill.</p>{body}"),
    "feed.xml": lambda body: rss(item(content=body)),
    "atom.xml": lambda body: atom(entry(html.escape(body))),
    "box.mbox": lambda body: mbox(letter(html=body)),
    "ghost.json": in_a_ghost_export,
    "web.wacz": lambda body: wacz(in_a_crawl(body)),
    "all.zip": lambda body: zipped({"deep/issue.html": body}),
    "paper.docx": lambda body: docx(paragraph(html.escape(body))),
    "feed.json": lambda body: json_feed(json_item(content_html=body)).encode(),
    "blog.xml": lambda body: export(post(body)),
    "web.warc.gz": in_a_crawl,
}


def in_archive(folder, files):
    """The issues of an archive, and what its containers mention."""
    with closing(open_archive(write(folder, files))) as archive:
        read = [one for one in read_issues(archive) if isinstance(one, Issue)]
        return read, [it.address for path in archive.containers for it in archive.mentions_of(path)]


def as_bytes(made):
    return made if isinstance(made, bytes) else made.encode()


@pytest.mark.parametrize("document", DOCUMENTS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.sampled_from(sorted(PLACES)), address=ADDRESSES)
@example(place="picture", address="plan.png")
@example(place="style in a reference", address="https://mills.example/a/б図.jp2")
@example(place="bare style", address="ä.png")
def test_no_address_vanishes(tmp_path, document, place, address):
    body = PLACES[place].format(address)
    read, beside = in_archive(
        Path(tempfile.mkdtemp(dir=tmp_path)), {document: as_bytes(DOCUMENTS[document](body))}
    )

    assert read
    assert is_told(address, [*accounted_for(read), *beside])


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("suffix", [*PICTURE_SUFFIXES, *FOREIGN_SUFFIXES])
def test_no_suffix_vanishes(place, suffix):
    read = issue(PLACES[place].format(f"img/plan.{suffix}"))

    assert is_told(f"img/plan.{suffix}", accounted_for([read]))


def test_a_mention_has_its_line():
    read = issue("<p>one</p>\n<p>two</p>\n<p data-x='img/a.png'>\n\n<style>b{background:url(b.jpg)}</style>")

    assert [(it.address, it.line) for it in read.mentioned] == [("img/a.png", 3), ("b.jpg", 5)]


def test_front_matter_counts_and_has_its_line():
    read = issue("---\ntitle: Night\ncover:\n  image: cover.png\n---\nWords.", "night.md")

    told = [(it.address, it.line) for it in read.mentioned] or [(figure.image, 4) for figure in read.figures]
    assert told == [("cover.png", 4)]


SAME = {
    "sizes": '<img src="a.png" srcset="a-300x200.png 300w, a@2x.png 2x">',
    "link to the whole": '<a href="full/a.png"><img src="a.png"></a>',
    "link to the whole elsewhere": '<a href="https://cdn.example/orig/1.jpg"><img src="a.png"></a>',
    "page of the picture": '<a href="/wiki/File:Mill.jpg"><img src="a.png"></a>',
    "attribute of a gallery": '<img src="a.png" data-hi-res-src="big/wheel.png">',
    "sources": '<picture><source srcset="a.avif"><source data-srcset="a.webp 1x"><img src="a.png"></picture>',
    "twice": '<img src="img/a.png"><p>The file a.png.</p><script>{"image": "https:\\/\\/x.example\\/img\\/a.png"}</script>',
    "another size in a data block": '<img src="up/a.png"><script>["https://x.example/up/a-1024x768.png"]</script>',
    "lazy and without scripts": '<img class=lazy src="blank.gif" data-src="a.png"><noscript><img src="a.png"></noscript>',
    "folder of Sphinx": '<img src="_images/a.png"><p data-x="_images/a.png">x</p>',
    "beside": '<img src="./a.png"><p data-x="./a.png">x</p>',
    "percent signs": '<img src="my%20a.png"><p data-x="my a.png">x</p>',
    "query": '<img src="img/a.png?w=300&amp;h=200"><meta property="og:image" content="https://x.example/img/a.png?w=1200">',
    "left out": '<img src="icon.png" width=16 height=16><script>"icon.png"</script>',
    "proxy": '<img src="https://p.example/fetch/w_9,c_limit/https%3A%2F%2Fx.example%2Fa.png"><a href="https://x.example/a.png">x</a>',
}  # fmt: skip


@pytest.mark.parametrize("page", SAME.values(), ids=SAME.keys())
def test_other_sizes_of_a_figure_and_what_it_leads_to_are_not_told_again(page):
    read = issue(f"<p>{page}</p>")

    assert len(read.figures) + len(read.left_out) == 1
    assert read.mentioned == ()


OTHERS = {
    "same name elsewhere": ("2024/a.png", '<img src="2023/a.png"><p data-x="2024/a.png">'),
    "spacer before a picture": ("real/a.png", '<img src="spacer.gif" data-own-lazy="real/a.png">'),
    "longer name": ("wa.png", '<img src="a.png"><p data-x="wa.png">'),
    "escaped slashes": (
        "https://x.example/i/b.png",
        r'<script>{"u":"https:\/\/x.example\/i\/b.png"}</script>',
    ),
    "escaped otherwise": (
        "https://x.example/i/b.png",
        r'<script>{"u":"https:\u002F\u002Fx.example\u002Fi\u002Fb.png"}</script>',
    ),
    "blanks": ("img/my photo.png", "<p data-x='img/my photo.png'>"),
    "blanks in a style": ("img/my photo.png", """<p style="background: url('img/my photo.png')">"""),
    "a copy": ("photo (1).png", '<p data-x="photo (1).png">'),
    "words about a file": ("photo.png", '<p data-x="See and/or keep photo.png"><p title="My photo.png">'),
    "markup in an attribute": ("i/b.png", '<div data-html="&lt;img src=&quot;i/b.png&quot;&gt;">x</div>'),
    "address in a query": (
        "https://x.example/_next/image?url=%2Fimg%2Fb.png&w=640",
        '<p data-x="https://x.example/_next/image?url=%2Fimg%2Fb.png&amp;w=640">',
    ),
}


@pytest.mark.parametrize(("address", "page"), OTHERS.values(), ids=OTHERS.keys())
def test_another_picture_is_told(address, page):
    read = issue(page)

    assert address in accounted_for([read])


@pytest.mark.parametrize(
    "page",
    [
        "<p>We can read .png and .svg files.</p>",
        "<script>d3.svg.line(); a.gif(1); x = y.png[0]</script>",
        "<a href='b.html'>x</a><a href='paper.pdf'>y</a><link href=style.css>",
        "<p>a.gifted e-mail to ann@jpg.example</p>",
    ],
)
def test_what_names_no_picture_is_no_mention(page):
    assert issue(page).mentioned == ()


def test_a_picture_in_the_text_itself_is_told_once_by_its_kind():
    drawn = "data:image/png;base64," + "iVBORw0KGgo" * 20
    read = issue(f"<style>a{{b:url({drawn})}} c{{b:url('{drawn}')}}</style><p data-x='{drawn}AA'>x</p>")

    assert [it.address.partition(",")[0] for it in read.mentioned] == ["data:image/png;base64"] * 2
    assert issue(f'<img src="{drawn}" alt="A wheel">').mentioned == ()


def test_pictures_that_a_document_carries_and_does_not_show_are_told():
    book = epub(
        "<p>x <img src='../img/a%20b.png'/></p>", members={"OEBPS/img/c.png": PICTURE, "OEBPS/x.css": "y"}
    )
    read = issue_of(book, "book.epub")
    assert [it.address for it in read.mentioned] == ["OEBPS/img/c.png"]

    book = epub("<p data-x='../img/c.png'>x</p>", members={"OEBPS/img/c.png": PICTURE})
    assert [it.address for it in issue_of(book, "book.epub").mentioned] == [
        "../img/c.png",
        "OEBPS/img/a b.png",
    ]

    read = issue_of(docx(paragraph(picture()), pictures=(PICTURE, b"\x89PNG other")), "a.docx")
    assert len(read.figures) == 1
    assert len(read.mentioned) == 1
    assert issue_of(docx(paragraph(picture())), "a.docx").mentioned == ()


def issue_of(data, document):
    with tempfile.TemporaryDirectory() as folder:
        [read], _ = everything_in(Path(folder), {document: data})
    return read


def test_a_carried_picture_that_a_letter_shows_is_not_told_again():
    message = with_picture(letter(html='<p><img src="cid:mill"></p>'), png(), "<mill>")

    assert read_letter(message).mentioned == ()


def test_what_a_feed_names_outside_of_its_entries_is_told_with_its_line(tmp_path):
    head = "\n<image><url>https://mills.example/logo.png</url></image>\n"
    _, beside = in_archive(tmp_path, {"feed.xml": rss(item(content="<img src='a.png'>"), head=head)})
    assert beside == ["https://mills.example/logo.png"]

    with closing(open_archive(tmp_path)) as archive:
        archive.paths()
        assert [it.line for it in archive.mentions_of("feed.xml")] == [3]


def test_uploads_that_no_post_shows_are_told(tmp_path):
    _, beside = in_archive(
        tmp_path,
        {
            "blog.xml": export(
                post('<img src="https://mills.example/wp-content/uploads/a.png">'), upload(2, "b.jpg")
            )
        },
    )

    assert any(address.endswith("/b.jpg") for address in beside)
    assert not any(address.endswith("/a.png") for address in beside)


def test_too_many_are_counted():
    source = " ".join(f"img/{number}.png" for number in range(MAX_MENTIONS + 7))
    found = mentions_in([source], (), AccountedAddresses())

    assert len(found) == MAX_MENTIONS + 1
    assert found[-1].address == "… and 7 more"


@pytest.mark.parametrize(
    "text",
    [
        ".png" * 500_000,
        ("a" * 1000 + " " + "a" * 995 + ".png ") * 1000,
        "/" * 2_000_000 + "a.png",
        "&quot;" * 300_000 + "a.png",
        "data:image/png;base64," * 100_000,
        "\\" * 2_000_000 + "a.png",
        "a.pnga" * 300_000,
        "." * 2_000_000,
        ("-1x" * 650 + ".png ") * 1000,
        ("/a" * 950 + ".png ") * 1000,
        "(" * 2_000_000 + "a.png",
    ],
    ids=[
        "suffixes",
        "long words",
        "slashes",
        "references",
        "data",
        "backslashes",
        "near misses",
        "dots",
        "sizes",
        "folders",
        "brackets",
    ],
)
def test_addresses_are_found_in_the_time_of_the_length(text):
    started = time.process_time()
    accounted = AccountedAddresses()
    for address, _ in addresses_in(text[: len(text) // 2]):
        accounted.add(address)
    mentions_in([text], (), accounted)

    assert time.process_time() - started < 4


@pytest.mark.parametrize("name", ["mill.png", "img/mill.png", "a=mill.png"])
def test_an_address_without_quotation_marks_that_was_read_is_not_mentioned_again(tmp_path, name):
    write(tmp_path, {name: png(), "page.html": f"<p>words</p><img src={name}><p>more</p>"})
    with closing(open_archive(tmp_path)) as files:
        read = next(iter(read_issues(files)))
    assert [figure.image for figure in read.figures] == [name]
    assert not read.mentioned
