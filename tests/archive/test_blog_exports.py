"""Exports of Ghost, Substack and Medium are archives: what was published, with its data and captions."""

import json

import pytest
from archives_on_disk import captions_in, everything_in, issues_in
from book_builders import zipped
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


def ghost(*posts, **tables):
    data = {
        "posts": list(posts),
        "users": [{"id": "u1", "name": "Ada Miller"}, {"id": "u2", "name": "Bo Lock"}],
        "posts_authors": [
            {"post_id": "p1", "author_id": "u2", "sort_order": 1},
            {"post_id": "p1", "author_id": "u1", "sort_order": 0},
        ],
        **tables,
    }
    return json.dumps({"db": [{"meta": {"exported_on": 1, "version": "5.0"}, "data": data}]})


def post(**fields):
    return {
        "id": "p1",
        "slug": "the-mill",
        "title": "The mill",
        "status": "published",
        "published_at": "2024-03-09T10:00:00.000Z",
        **fields,
    }


def ghost_issue(tmp_path, export, **files):
    [read] = issues_in(tmp_path, {"blog.ghost.json": export, **files})
    return read


def test_a_ghost_post_says_title_date_and_authors(tmp_path):
    read = ghost_issue(tmp_path, ghost(post(html="<p>Words.</p>"))).metadata

    assert (read.title, read.date, read.author) == ("The mill", "2024-03-09", "Ada Miller, Bo Lock")


def test_ghost_drafts_are_left_out(tmp_path):
    read = issues_in(tmp_path, {"blog.json": ghost(post(), post(id="p2", slug="draft", status="draft"))})

    assert [one.document.rpartition("-")[0] for one in read] == ["blog.json/the-mill"]


def test_the_picture_that_a_ghost_post_opens_with_has_its_words(tmp_path):
    meta = [
        {"post_id": "p1", "feature_image_alt": "A lock", "feature_image_caption": "The lock <b>fills</b>."}
    ]
    export = ghost(
        post(html="<p>x</p>", feature_image="__GHOST_URL__/content/images/lock.jpg"), posts_meta=meta
    )
    [figure] = ghost_issue(tmp_path, export, **{"content/images/lock.jpg": b"picture"}).figures

    assert (figure.image, figure.alt, figure.caption) == (
        "content/images/lock.jpg",
        "A lock",
        "The lock fills.",
    )


CARDS = {"src": "/content/images/a.png", "alt": "A wheel", "caption": "The <i>wheel</i>."}
MOBILEDOC = {
    "version": "0.3.1",
    "cards": [
        ["image", CARDS],
        ["markdown", {"markdown": "Some *words*."}],
        ["html", {"html": "<p>More.</p>"}],
    ],
    "sections": [
        [1, "p", [[0, [], 0, "Before."]]],
        [10, 0],
        [10, 1],
        [10, 2],
        [3, "ul", [[[0, [], 0, "item"]]]],
        [10, 99],
    ],
}
LEXICAL = {
    "root": {
        "type": "root",
        "children": [
            {"type": "paragraph", "children": [{"type": "text", "text": "Before."}]},
            {"type": "image", **CARDS},
            {"type": "markdown", "markdown": "Some *words*."},
            {"type": "html", "html": "<p>More.</p>"},
            {
                "type": "list",
                "children": [{"type": "listitem", "children": [{"type": "text", "text": "item"}]}],
            },
        ],
    }
}


@pytest.mark.parametrize(
    "fields",
    [{"mobiledoc": json.dumps(MOBILEDOC)}, {"lexical": json.dumps(LEXICAL)}],
    ids=["mobiledoc", "lexical"],
)
def test_ghost_posts_without_html_are_read(tmp_path, fields):
    read = ghost_issue(tmp_path, ghost(post(**fields)))

    assert captions_in(read) == [("content/images/a.png", "The wheel.")]
    assert read.items[0].text == "Before.\n\nSome words.\n\nMore.\n\nitem"


def test_other_json_is_no_export(tmp_path):
    read, problems = everything_in(tmp_path, {"package.json": '{"name": "db"}', "one.md": "# One"})

    assert ([one.document for one in read], problems) == (["one.md"], {})


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda it: st.lists(it, max_size=3) | st.dictionaries(
    st.sampled_from(["posts", "id", "html", "root", "children", "type", "sections", "cards"]), it, max_size=4), max_leaves=15),
    key=st.sampled_from(["lexical", "mobiledoc", "html", "slug", "title", "id", "published_at"]))  # fmt: skip
def test_any_ghost_export_is_read_or_told(tmp_path, value, key):
    written = json.dumps(value) if key in {"lexical", "mobiledoc"} else value
    for export in (
        ghost(post(**{key: written})),
        ghost(users=value, posts_authors=value, posts_meta=value),
        '{"db": "posts"' + json.dumps(value),
    ):
        read, problems = everything_in(tmp_path, {"blog.json": export})
        assert len(read) + len(problems) <= 1


def test_deep_ghost_texts_cost_nothing(tmp_path):
    deep = '{"root": {"children": [' + '{"type": "quote", "children": [' * 400 + "]}" * 400 + "]}}"

    assert ghost_issue(tmp_path, ghost(post(lexical=deep)))


TABLE = (
    "post_id,post_date,is_published,email_sent_at,type,audience,title,subtitle\n"
    '12.the-mill,2024-03-09T10:00:00.000Z,true,,newsletter,everyone,"Issue 12: the mill","How it turns, & why"\n'
    "13.later,2024-04-09T10:00:00.000Z,false,,newsletter,everyone,Later,\n"
)
REMOTE = "https://substackcdn.com/image/fetch/w_1456/https%3A%2F%2Fs3.example%2Fpublic%2Fimages%2Fwheel.png"
SUBSTACK = f"""<p>Words.</p><div class="captioned-image-container"><figure><a class="image-link image2" href="{REMOTE}"><div
class="image2-inset"><picture><img src="{REMOTE}" alt="A wheel"></picture></div></a><figcaption class="image-caption">The
wheel.</figcaption></figure></div>"""


def test_a_substack_post_takes_its_data_from_the_table(tmp_path):
    files = {"posts.csv": TABLE, "posts/12.the-mill.html": SUBSTACK, "posts/13.later.html": "<p>Draft.</p>"}
    for folder in (
        {"export/" + path: content for path, content in files.items()},
        {"export.zip": zipped(files)},
    ):
        [read] = issues_in(tmp_path / str(len(folder)), folder)

        assert (read.metadata.title, read.metadata.number, read.metadata.date) == (
            "Issue 12: the mill",
            12,
            "2024-03-09",
        )
        assert read.items[0].text == "How it turns, & why\n\nWords."
        assert [(it.status, it.caption, it.alt) for it in read.figures] == [
            ("remote", "The wheel.", "A wheel")
        ]


@pytest.mark.parametrize(
    "table", ["", "a,b\n1,2\n", "post_id\n" + "x" * 200_000, TABLE.replace(",true,", ",\x00,")]
)
def test_another_table_leaves_the_posts_as_they_are(tmp_path, table):
    read, problems = everything_in(tmp_path, {"posts.csv": table, "posts/14.html": "<h1>One</h1>"})

    assert ([one.metadata.title for one in read], problems) == (["One"], {})


MEDIUM = """<!DOCTYPE html><html><head><title>The mill</title></head><body><article class="h-entry"><header><h1 class="p-name">The
mill</h1></header><section data-field="body" class="e-content"><section class="section section--body"><div
class="section-inner"><p class="graf">Words.</p><figure class="graf graf--figure"><img class="graf-image"
src="https://cdn-images-1.medium.com/max/800/1*a.png"><figcaption class="imageCaption">The wheel.</figcaption></figure></div>
</section></section><footer><p>By <a href="https://medium.com/@ada" class="p-author h-card">Ada Miller</a> on <a
href="https://medium.com/p/1f2e3d4c5b6a"><time class="dt-published" datetime="2019-03-09T10:00:00.000Z">March 9, 2019</time></a>.
</p><p><a href="https://medium.com/@ada/the-mill-1f2e3d4c5b6a" class="p-canonical">Canonical link</a></p></footer></article>
</body></html>"""


def test_a_medium_post_says_what_it_is_and_drafts_are_left_out(tmp_path):
    files = {
        "posts/2019-03-09_The-mill-1f2e3d4c5b6a.html": MEDIUM,
        "posts/draft_Later-0f2e3d4c5b6b.html": MEDIUM,
    }
    [read] = issues_in(tmp_path, files)

    assert (read.metadata.title, read.metadata.date, read.metadata.author) == (
        "The mill",
        "2019-03-09",
        "Ada Miller",
    )
    assert read.metadata.address == "https://medium.com/@ada/the-mill-1f2e3d4c5b6a"
    assert captions_in(read) == [("https://cdn-images-1.medium.com/max/800/1*a.png", "The wheel.")]
