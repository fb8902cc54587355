"""A feed that was saved is an archive: every entry an issue, with its title, date, author and pictures."""

import pytest
from archive_builders import issues_in as issues_of_folder
from archives_on_disk import captions_in, everything_in, issues_in
from damage import damaged
from feed_builders import atom, entry, item, rss
from hypothesis import HealthCheck, given, settings

FIGURE = '<p>Water turns it.</p><figure><img src="/img/a.png" alt="A wheel"><figcaption>The wheel.</figcaption></figure>'


def the_issue(tmp_path, feed, name="feed.xml", files=()):
    [read] = issues_in(tmp_path, {name: feed, **dict(files)})
    return read


def test_an_entry_is_an_issue_with_its_title_date_author_and_address(tmp_path):
    read = the_issue(tmp_path, rss(item(content=FIGURE), head="<language>en-gb</language>"))

    assert read.document.startswith("feed.xml/the-mill-")
    assert (read.metadata.title, read.metadata.date, read.metadata.author, read.metadata.language) == (
        "The mill", "2024-03-09", "Ada Miller", "en-gb",
    )  # fmt: skip
    assert read.metadata.address == "https://mills.example/2024/the-mill/"


def test_pictures_of_the_site_are_found_in_the_archive(tmp_path):
    content = FIGURE.replace("/img/a.png", "https://mills.example/img/a.png")
    read = the_issue(tmp_path, rss(item(content=content)), files={"img/a.png": b"picture"}.items())

    assert captions_in(read) == [("img/a.png", "The wheel.")]


def test_the_full_text_wins_over_the_summary(tmp_path):
    read = the_issue(tmp_path, rss(item(content=FIGURE, more="<description>Short.</description>")))

    assert read.items[0].text == "Water turns it."


def test_a_summary_is_read_where_there_is_no_more(tmp_path):
    read = the_issue(
        tmp_path,
        rss(item(more="<description>&lt;p&gt;Only &lt;b&gt;this&lt;/b&gt;.&lt;/p&gt;</description>")),
    )

    assert read.items[0].text == "Only this."


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("html", "&lt;p&gt;Wasser &amp;amp; Rad&lt;/p&gt;&lt;img src='a.png' title='Das Rad'&gt;"),
        (
            "xhtml",
            '<div xmlns="http://www.w3.org/1999/xhtml"><p>Wasser &amp; Rad</p><img src="a.png" title="Das Rad"/></div>',
        ),
    ],
)
def test_atom_keeps_its_text_escaped_or_not(tmp_path, kind, content):
    read = the_issue(tmp_path, atom(entry(content, kind)), "feed.atom")

    assert read.items[0].text == "Wasser & Rad"
    assert captions_in(read) == [("feed.atom/a.png", "Das Rad")]
    assert (read.metadata.author, read.metadata.language, read.metadata.date) == (
        "Ada Miller",
        "de",
        "2024-03-09",
    )


def test_atom_text_is_no_markup(tmp_path):
    read = the_issue(tmp_path, atom(entry("if a &lt;b&gt; c\n\nthen", "text")))

    assert read.items[0].text == "if a <b> c\n\nthen"


ENCLOSED = """<media:group><media:content url="https://cdn.example/b.jpg" medium="image">
<media:title>A title</media:title><media:description>The lock at dawn.</media:description><media:credit>Bo Lock</media:credit>
</media:content><media:content url="https://cdn.example/film.mp4" type="video/mp4"/></media:group>
<enclosure url="https://cdn.example/c.png" type="image/png" length="9"/>
<enclosure url="https://cdn.example/talk.mp3" type="audio/mpeg" length="9"/>
<media:thumbnail url="https://cdn.example/small.jpg"/>"""


def test_enclosed_pictures_are_figures_with_their_descriptions(tmp_path):
    read = the_issue(tmp_path, rss(item(content=FIGURE, more=ENCLOSED)))

    assert captions_in(read)[1:] == [
        ("https://cdn.example/b.jpg", "The lock at dawn."),
        ("https://cdn.example/c.png", None),
    ]
    assert read.figures[1].credit == "Bo Lock"


def test_an_enclosed_picture_that_the_text_shows_is_one_figure(tmp_path):
    more = '<media:content url="https://mills.example/img/a.png?w=600" medium="image"/>'
    read = the_issue(tmp_path, rss(item(content=FIGURE, more=more)))

    assert len(read.figures) == 1


def test_an_enclosed_picture_whose_address_has_no_name_is_a_figure(tmp_path):
    more = '<enclosure url="https://cdn.example/17/" type="image/png" length="9"/>'

    assert captions_in(the_issue(tmp_path, rss(item(content=FIGURE, more=more))))[1:] == [
        ("https://cdn.example/17/", None)
    ]


def test_a_preview_stands_for_a_film(tmp_path):
    more = """<media:group><media:content url="https://tube.example/v" type="video/mp4"/>
    <media:thumbnail url="https://tube.example/v.jpg"/><media:description>How a lock fills.</media:description></media:group>"""
    read = the_issue(tmp_path, atom(entry("", more=more)))

    assert captions_in(read) == [("https://tube.example/v.jpg", "How a lock fills.")]


def test_the_portrait_of_the_author_is_no_figure(tmp_path):
    more = '<media:content url="https://1.gravatar.com/avatar/ab" medium="image"><media:title>ada</media:title></media:content>'

    assert the_issue(tmp_path, rss(item(content="<p>Words.</p>", more=more))).figures == ()


def test_an_entry_keeps_its_name_when_the_feed_grows_and_its_title_changes(tmp_path):
    before = the_issue(tmp_path / "a", rss(item(content=FIGURE)))
    after = issues_in(
        tmp_path / "b", {"feed.xml": rss(item("Newer", guid="2"), item("The mill, mended", content=FIGURE))}
    )

    assert before.document in [read.document for read in after]
    assert len({read.document for read in after}) == 2


def test_rss_1_is_read(tmp_path):
    feed = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>x</title></channel><item rdf:about="https://x.example/1">
    <title>One</title><link>https://x.example/1</link><dc:date>2003-05-01</dc:date><description>Words.</description></item></rdf:RDF>"""
    read = the_issue(tmp_path, feed, "old.rdf")

    assert (read.metadata.title, read.metadata.date, read.items[0].text) == ("One", "2003-05-01", "Words.")


def test_a_careless_feed_is_mended(tmp_path):
    feed = rss(item("Locks & mills&nbsp;&copy; \x08", content="<p>Water \x08 &amp; wheel &nbsp; x.</p>"))
    read = the_issue(tmp_path, feed)

    assert read.metadata.title == "Locks & mills ©"
    assert read.items[0].text == "Water & wheel x."


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "windows-1251", "shift_jis", "gb2312"])
def test_any_encoding_is_read(tmp_path, encoding):
    words = {"iso-8859-1": "Mühle", "windows-1251": "Мельница", "shift_jis": "水車", "gb2312": "水车"}.get(
        encoding, "Mühle"
    )
    feed = rss(item(words, content=f"<p>{words}</p>")).decode().replace("UTF-8", encoding).encode(encoding)

    assert the_issue(tmp_path, feed).metadata.title == words


def test_a_feed_that_breaks_off_is_read_up_to_there(tmp_path):
    feed = rss(item(guid="1", content=FIGURE), item(guid="2", content=FIGURE))

    assert len(issues_in(tmp_path, {"feed.xml": feed[:-200]})) == 1


def test_other_xml_is_no_feed(tmp_path):
    read, problems = everything_in(tmp_path, {"sitemap.xml": "<urlset><url/></urlset>", "one.md": "# One"})

    assert [one.document for one in read] == ["one.md"]
    assert problems == {}


@pytest.mark.parametrize(
    "feed",
    [
        b'<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><rss><channel><item><title>&b;</title></item></channel></rss>',
        b'<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&a;</title></item></channel></rss>',
        b"<rss><channel><item",
    ],
    ids=["a bomb", "a spy", "no entry"],
)
def test_a_hostile_feed_is_told(tmp_path, feed):
    read, problems = everything_in(tmp_path, {"feed.xml": feed})

    assert read == []
    assert list(problems) == ["feed.xml"]


def test_an_invalid_address_is_no_address(tmp_path):
    feed = rss(item(content=FIGURE).replace("https://mills.example/2024/", "http://[broken/"))

    assert the_issue(tmp_path, feed).metadata.address is None


WHOLE = rss(item(content=FIGURE, more=ENCLOSED)) + atom(entry("&lt;p&gt;x", more=ENCLOSED))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(feed=damaged(WHOLE))
def test_any_bytes_after_the_root_are_read_or_told(tmp_path, feed):
    read, problems = everything_in(tmp_path, {"feed.xml": feed})

    assert all(one.document.startswith("feed.xml/") for one in read)
    assert set(problems) <= {"feed.xml"}


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "more",
    [
        "<media:group>" + "<media:content medium='image' url='a.png'/>" * 20_000 + "</media:group>",
        "<media:group>" + "<media:thumbnail url='a.png'/>" * 20_000 + "</media:group>",
        "<author>" + "a@" * 100_000 + "</author>",
    ],
    ids=["pictures", "previews", "an author"],
)
def test_an_entry_of_very_much_is_read(tmp_path, more):
    assert the_issue(tmp_path, rss(item(content=FIGURE, more=more))).figures


def test_deep_nesting_costs_nothing(tmp_path):
    deep = '<div xmlns="http://www.w3.org/1999/xhtml">' + "<b>" * 20_000 + "x" + "</b>" * 20_000 + "</div>"

    assert the_issue(tmp_path, atom(entry(deep, "xhtml"))).items[0].text == "x"


KIND = "<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#{}'/>"
NEW = "<blogger:{0} xmlns:blogger='http://schemas.google.com/blogger/2018'>{1}</blogger:{0}>"


@pytest.mark.parametrize(
    ("more", "is_read"),
    [
        (KIND.format("post"), True),
        (KIND.format("page"), True),
        (KIND.format("template"), False),
        (KIND.format("settings"), False),
        (KIND.format("comment"), False),
        (
            "<thr:in-reply-to xmlns:thr='http://purl.org/syndication/thread/1.0' href='https://x.org/1'/>",
            False,
        ),
        (
            "<app:control xmlns:app='http://www.w3.org/2007/app'><app:draft>yes</app:draft></app:control>",
            False,
        ),
        ("<app:control xmlns:app='http://www.w3.org/2007/app'><app:draft>no</app:draft></app:control>", True),
        (NEW.format("type", "POST") + NEW.format("status", "LIVE"), True),
        (NEW.format("type", "POST") + NEW.format("status", "DRAFT"), False),
        (NEW.format("type", "POST") + NEW.format("status", "SOFT_TRASHED"), False),
        (NEW.format("type", "COMMENT") + NEW.format("status", "LIVE"), False),
    ],
)
def test_of_the_backup_of_a_blog_only_what_it_shows_is_an_issue(tmp_path, more, is_read):
    (tmp_path / "blog.xml").write_bytes(atom(entry("<p>By the river.</p>", more=more)))
    assert len(issues_of_folder(tmp_path)) == is_read
