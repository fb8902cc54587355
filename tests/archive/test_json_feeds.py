"""A JSON Feed that was saved is an archive: every item an issue, with its data, its text and its pictures."""

import json

import pytest
from archives_on_disk import captions_in, everything_in, issues_in
from feed_builders import json_feed, json_item
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.archive.model import Status

FIGURE = '<p>Water turns it.</p><figure><img src="/img/a.png" alt="A wheel"><figcaption>The wheel.</figcaption></figure>'


def the_issue(tmp_path, *items, files=(), **feed):
    [read] = issues_in(tmp_path, {"feed.json": json_feed(*items, **feed), **dict(files)})
    return read


def test_an_item_is_an_issue_with_its_title_date_author_language_and_address(tmp_path):
    authors = [{"name": "Ada Miller"}, {"url": "https://nameless.example"}, {"name": "Bo Lock"}]
    read = the_issue(tmp_path, json_item(content_html=FIGURE, authors=authors, language="de"), language="en")

    assert read.document.startswith("feed.json/the-mill-")
    assert (read.metadata.title, read.metadata.date, read.metadata.author, read.metadata.language) == (
        "The mill", "2024-03-09", "Ada Miller, Bo Lock", "de",
    )  # fmt: skip
    assert read.metadata.address == "https://mills.example/2024/the-mill/"
    assert [item.text for item in read.items] == ["Water turns it."]


def test_an_item_of_version_1_0_has_one_author_or_that_of_its_feed(tmp_path):
    own, of_feed = json_item(id="1", author={"name": "Bo Lock"}), json_item(id="2")
    feed = json_feed(own, of_feed, version="1", author={"name": "Ada Miller"}, language="en")
    read = issues_in(tmp_path, {"feed.json": feed})

    assert sorted(one.metadata.author for one in read) == ["Ada Miller", "Bo Lock"]
    assert {one.metadata.language for one in read} == {"en"}


def test_html_wins_over_text_and_text_over_the_summary(tmp_path):
    forms = {"content_html": "<p>All <b>of</b> it.</p>", "content_text": "All of it", "summary": "Some"}
    texts = []
    while forms:
        [item] = the_issue(tmp_path / str(len(forms)), json_item(**forms)).items
        texts.append(item.text)
        del forms[next(iter(forms))]

    assert texts == ["All of it.", "All of it", "Some"]


def test_text_is_no_markup_and_keeps_its_paragraphs(tmp_path):
    assert (
        the_issue(tmp_path, json_item(content_text="if a <b> c\n\nthen")).items[0].text
        == "if a <b> c\n\nthen"
    )


PICTURES = {
    "banner_image": "https://mills.example/img/banner.jpg",
    "image": "https://mills.example/img/small.jpg",
    "attachments": [
        {"url": "https://cdn.example/b.jpg", "mime_type": "image/jpeg", "title": "The lock <at> dawn."},
        {"url": "https://cdn.example/talk.mp3", "mime_type": "audio/mpeg"},
        {"url": "https://cdn.example/c.png"},
    ],
}


def test_pictures_beside_the_text_are_figures_the_opening_ones_first(tmp_path):
    assert captions_in(the_issue(tmp_path, json_item(content_html=FIGURE, **PICTURES))) == [
        ("https://mills.example/img/banner.jpg", None),
        ("https://mills.example/img/small.jpg", None),
        ("https://mills.example/img/a.png", "The wheel."),
        ("https://cdn.example/b.jpg", "The lock <at> dawn."),
        ("https://cdn.example/c.png", None),
    ]


def test_a_picture_that_the_text_shows_is_one_figure(tmp_path):
    again = {"url": "https://mills.example/img/a.png", "mime_type": "image/png"}
    item = json_item(content_html=FIGURE, image="https://mills.example/img/a.png?w=600", attachments=[again])

    assert captions_in(the_issue(tmp_path, item)) == [("https://mills.example/img/a.png", "The wheel.")]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("wheel.png", "https://mills.example/2024/the-mill/wheel.png"),
        ("../wheel.png", "https://mills.example/2024/wheel.png"),
        ("/wheel.png", "https://mills.example/wheel.png"),
        ("//cdn.example/wheel.png", "https://cdn.example/wheel.png"),
    ],
)
def test_relative_addresses_are_counted_from_that_of_the_item(tmp_path, written, meant):
    item = json_item(image="lock.png", content_html=f'<p>Words.</p><img src="{written}" alt="A wheel">')
    opening, shown = the_issue(tmp_path, item).figures

    assert (shown.image, shown.status) == (meant, Status.REMOTE)
    assert opening.image == "https://mills.example/2024/the-mill/lock.png"


def test_pictures_of_the_site_are_found_in_the_archive(tmp_path):
    written = ("/img/a.png", "../../img/a.png", "https://mills.example/img/a.png")
    items = (json_item(id=it, content_html=FIGURE.replace("/img/a.png", it)) for it in written)
    read = issues_in(tmp_path, {"feed.json": json_feed(*items), "img/a.png": b"picture"})

    assert [captions_in(one) for one in read] == [[("img/a.png", "The wheel.")]] * 3


def test_the_page_that_an_item_speaks_of_is_not_its_address(tmp_path):
    item = {
        "id": "https://mills.example/7",
        "external_url": "https://other.example/x",
        "content_text": "Look.",
    }

    assert the_issue(tmp_path, item).metadata.address == "https://mills.example/7"
    assert the_issue(tmp_path, {**item, "id": "7"}).metadata.address is None


def test_an_item_keeps_its_name_when_the_feed_grows_and_its_title_changes(tmp_path):
    before = the_issue(tmp_path / "a", json_item(id=1))
    grown = json_feed(json_item(id="2"), json_item(id="1", title="The mill, mended"), json_item(id="2"))
    after = [read.document for read in issues_in(tmp_path / "b", {"feed.json": grown})]

    assert before.document in after
    assert len(after) == len(set(after)) == 2


WRITTEN = {
    "as they are": json_feed(json_item()),
    "with escaped slashes": json_feed(json_item()).replace("/", "\\/"),
    "sorted": json.dumps(json.loads(json_feed(json_item(content_html="x" * 9000))), sort_keys=True, indent=1),
    "with a byte order mark": "\ufeff" + json_feed(json_item()),
}


@pytest.mark.parametrize("feed", WRITTEN.values(), ids=WRITTEN.keys())
def test_a_feed_is_known_by_its_head_however_it_is_written(tmp_path, feed):
    assert len(issues_in(tmp_path, {"any.json": feed})) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_umlauts_are_read_though_they_are_not_in_the_encoding_of_the_standard(tmp_path, encoding):
    feed = json_feed(json_item(title="MÜHLE", content_text="Die Mühle steht am Fluß."))
    feed = json.dumps(json.loads(feed), ensure_ascii=False).encode(encoding)
    [read] = issues_in(tmp_path, {"feed.json": feed})

    assert (read.metadata.title, read.items[0].text) == ("MÜHLE", "Die Mühle steht am Fluß.")


def test_other_json_is_no_feed(tmp_path):
    files = {
        "package.json": '{"name": "x", "version": "1.0"}',
        "data.json": '{"items": []}',
        "one.md": "# One",
    }
    read, problems = everything_in(tmp_path, files)

    assert [one.document for one in read] == ["one.md"]
    assert problems == {}


BROKEN = {
    "breaks off": json_feed(json_item())[:-9],
    "no items": json_feed().replace("[]", "{}"),
    "deep": json_feed().replace("[]", "[" * 100_000),
    "a long number": json_feed().replace("[]", "9" * 10_000),
    "a million lists too many": json_feed().replace("[]", "[" + "[]," * 2_000_001 + "0]"),
}


@pytest.mark.parametrize("feed", BROKEN.values(), ids=BROKEN.keys())
def test_what_cannot_be_read_is_told(tmp_path, feed):
    read, problems = everything_in(tmp_path, {"feed.json": feed})

    assert read == []
    assert list(problems) == ["feed.json"]


ODD = [None, 3, [], ["x"], {}, {"id": None, "url": 3, "title": ["x"]}, {"id": 1.5, "attachments": [3, {"url": 4}]},
       {"id": "x", "url": "https://[", "image": "https://[", "content_html": '<img src="a.png">', "authors": "y"}]  # fmt: skip


def test_items_that_are_none_cost_no_other(tmp_path):
    item = json_item(content_html=FIGURE)
    read = issues_in(tmp_path, {"feed.json": json_feed(*ODD, item)})

    assert len(read) == 3
    assert "The mill" in [one.metadata.title for one in read]


WHOLE = json_feed(json_item(content_html=FIGURE, **PICTURES), json_item(id=2, content_text="Words.")).encode()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.tuples(st.integers(0, len(WHOLE)), st.binary(max_size=6)), max_size=8))
def test_a_damaged_feed_is_read_or_told(tmp_path, cuts):
    feed = bytearray(WHOLE)
    for place, written in cuts:
        feed[place : place + len(written)] = written
    read, problems = everything_in(tmp_path, {"feed.json": bytes(feed)})

    assert all(one.document.startswith("feed.json/") for one in read)
    assert set(problems) <= {"feed.json"}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "url", "mime_type", "title"]), inner, max_size=3)
    ),
    max_leaves=5,
)
KEYS = ("id", "url", "external_url", "title", "content_html", "content_text", "summary", "image", "banner_image",
        "date_published", "author", "authors", "language", "attachments")  # fmt: skip


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    item=st.dictionaries(st.sampled_from(KEYS), VALUES), feed=st.dictionaries(st.sampled_from(KEYS), VALUES)
)
def test_any_values_are_read(tmp_path, item, feed):
    read, problems = everything_in(tmp_path, {"feed.json": json_feed(item, **feed)})

    assert problems == {}
    assert len(read) <= 1
