"""Backups of blogs hold more than posts: templates, settings, comments and drafts are no issues, and are told."""

import json
from contextlib import closing

import pytest
from archives_on_disk import captions_in, issues_in, write
from book_builders import zipped
from feed_builders import atom, entry
from letter_builders import png
from wordpress_builders import export, post

from explorer.archive.reader import read_issues
from explorer.archive.storage.unpacked import open_archive

KIND = "<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#{}'/>"
NEW = "<blogger:{0} xmlns:blogger='http://schemas.google.com/blogger/2018'>{1}</blogger:{0}>"


def read(folder, files):
    """(the issues, path -> reason of what is no issue, path -> addresses that nothing read) of an archive."""
    with closing(open_archive(write(folder, files))) as archive:
        issues = list(read_issues(archive))
        told = {path: [it.address for it in archive.mentions_of(path)] for path in archive.containers}
        return issues, dict(archive.skipped), {path: names for path, names in told.items() if names}


def blogger(number, kind, content="<p>By the river.</p>", title="A post", more=""):
    return entry(
        content.replace("<", "&lt;"), identity=f"tag:blogger.com,1999:blog-1.post-{number}", title=title,
        more=KIND.format(kind) + more,
    )  # fmt: skip


def takeout(number, kind, status="LIVE", title="A post", more=""):
    said = NEW.format("type", kind) + NEW.format("status", status)
    identity = f"tag:blogger.com,1999:blog-1.post-{number}"
    return f"<entry><id>{identity}</id><title>{title}</title><content type='html'>&lt;p&gt;Words.</content>{said}{more}</entry>"


DRAFT = "<app:control xmlns:app='http://purl.org/atom/app#'><app:draft>yes</app:draft></app:control>"


def test_of_a_backup_of_blogger_only_posts_and_pages_are_issues_and_the_rest_is_told(tmp_path):
    backup = atom(
        blogger(1, "template"),
        *(blogger(f"s{number}", "settings") for number in range(60)),
        blogger(2, "post", '<p>By the river.</p><img src="pier.png">', "The post"),
        blogger(3, "page", title="The page"),
        *(blogger(f"c{number}", "comment") for number in range(1200)),
        blogger(4, "post", '<img src="later.png">', "Not yet", DRAFT),
    )
    issues, skipped, told = read(tmp_path, {"blog.xml": backup})

    assert {one.metadata.title for one in issues} == {"The post", "The page"}
    assert sorted(skipped.values()) == [
        "1 of this kind, which are not issues",
        "1,200 of this kind, which are not issues",
        "60 of this kind, which are not issues",
        "is a draft",
    ]
    assert skipped["blog.xml/comments"].startswith("1,200")
    assert next(path for path, why in skipped.items() if "draft" in why).startswith("blog.xml/not-yet")
    assert told == {"blog.xml": ["later.png"]}


@pytest.mark.parametrize("status", ["DRAFT", "SCHEDULED", "SOFT_TRASHED"])
@pytest.mark.parametrize("kind", ["POST", "PAGE"])
def test_posts_and_pages_that_a_takeout_of_blogger_calls_otherwise_than_live_are_told(tmp_path, kind, status):
    feed = atom(takeout(1, "POST"), takeout(2, kind, status), takeout(3, "COMMENT"))
    issues, skipped, _ = read(tmp_path, {"Takeout/Blogger/Blogs/Mills/feed.atom": feed})

    assert len(issues) == 1
    assert len(skipped) == 2
    assert any(status.lower().split("_")[-1] in why for why in skipped.values())


def test_a_takeout_of_blogger_leads_to_no_issue_but_its_posts(tmp_path):
    folder = "Takeout/Blogger/Blogs/Mills"
    names = {"link": "<link rel='alternate' href='https://mills.example/'/>"}
    feed = atom(names["link"], takeout(1, "POST", more=NEW.format("filename", "/2012/02/the-mill.html")))
    files = {
        f"{folder}/feed.atom": feed,
        f"{folder}/theme-classic.html": "<html><body><$BlogItemBody$><img src='logo.png'></body></html>",
        f"{folder}/theme-layouts.xml": "<html><b:skin/></html>",
        f"{folder}/settings.csv": "blog_name\nMills\n",
        "Takeout/archive_browser.html": "<html><body>Your export</body></html>",
    }
    for archive in (files, {"takeout.zip": zipped(files)}):
        issues, skipped, told = read(tmp_path / str(len(archive)), archive)

        [one] = issues
        assert one.metadata.address == "https://mills.example/2012/02/the-mill.html"
        assert sum("template" in why or "list of an export" in why for why in skipped.values()) == 2
        assert list(told.values()) == [["logo.png"]]


def test_an_entry_that_answers_another_is_a_comment(tmp_path):
    answer = "<thr:in-reply-to xmlns:thr='http://purl.org/syndication/thread/1.0' ref='tag:x,2024:1'/>"
    issues, skipped, _ = read(
        tmp_path, {"feed.xml": atom(entry("x"), entry("y", identity="tag:x,2024:2", more=answer))}
    )

    assert (len(issues), list(skipped)) == (1, ["feed.xml/comments"])


# --- Ghost --------------------------------------------------------------------------------------------


def ghost(*posts, **tables):
    return json.dumps(
        {"db": [{"meta": {"exported_on": 1, "version": "5.0"}, "data": {"posts": list(posts), **tables}}]}
    )


def ghost_post(number=1, **fields):
    return {
        "id": f"p{number}",
        "slug": f"post-{number}",
        "title": "The mill",
        "status": "published",
        **fields,
    }


def in_lexical(*cards):
    return json.dumps({"root": {"type": "root", "children": list(cards)}})


def in_mobiledoc(*cards):
    return json.dumps(
        {
            "version": "0.3.1",
            "cards": [[card["type"], card] for card in cards],
            "sections": [[10, number] for number in range(len(cards))],
        }
    )


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("draft", "is a draft"),
        ("scheduled", "is scheduled, not published"),
        ("trashed", "is trashed, not published"),
    ],
)
@pytest.mark.parametrize("kind", ["post", "page"])
def test_what_ghost_did_not_publish_is_told(tmp_path, kind, status, why):
    settings = [{"key": "logo", "value": "/content/images/logo.png"}]
    later = ghost_post(2, type=kind, status=status, html='<img src="/content/images/later.png">')
    issues, skipped, told = read(
        tmp_path, {"blog.json": ghost(ghost_post(html="<p>x"), later, settings=settings)}
    )

    assert len(issues) == 1
    [(path, reason)] = skipped.items()
    assert path.startswith("blog.json/post-2")
    assert reason == why
    assert told == {"blog.json": ["/content/images/later.png", "/content/images/logo.png"]}


BOOKMARK = {
    "type": "bookmark",
    "url": "https://harbour.example/x",
    "metadata": {
        "icon": "https://harbour.example/favicon.ico",
        "title": "A page of the harbour",
        "description": "All <boats>.",
        "thumbnail": "https://harbour.example/og.png",
    },
    "caption": "Worth reading",
}


@pytest.mark.parametrize("form", [in_lexical, in_mobiledoc])
def test_the_bookmark_of_a_ghost_post_is_no_figure_and_its_pictures_are_told(tmp_path, form):
    key = "lexical" if form is in_lexical else "mobiledoc"
    [one] = issues_in(tmp_path, {"blog.json": ghost(ghost_post(**{key: form(BOOKMARK)}))})

    assert one.figures == ()
    assert {seen.image: seen.reason for seen in one.left_out} == {
        "https://harbour.example/favicon.ico": "card of another page",
        "https://harbour.example/og.png": "card of another page",
    }
    assert "A page of the harbour\n\nAll <boats>." in one.items[0].text
    assert one.mentioned == ()


BOXES_KIND = {
    "product": (
        {"type": "product", "productImageSrc": "/content/images/a.png", "productTitle": "A mill",
         "productDescription": "<p>Turns.</p>"},
        ["/content/images/a.png"],
        "A mill\n\nTurns.",
    ),
    "header": (
        {"type": "header", "header": "Mills", "subheader": "of the river", "backgroundImageSrc": "/content/images/a.png"},
        ["/content/images/a.png"],
        "Mills\n\nof the river",
    ),
    "callout": ({"type": "callout", "calloutText": "Mind the <b>wheel</b>.", "calloutEmoji": "!"}, [], "Mind the wheel."),
    "toggle": ({"type": "toggle", "heading": "Why?", "content": "<p>Because.</p>"}, [], "Why?\n\nBecause."),
    "film": (
        {"type": "video", "src": "/content/media/a.mp4", "thumbnailSrc": "/content/media/a.jpg", "caption": "The <i>wheel</i>."},
        ["/content/media/a.jpg"],
        "",
    ),
    "code": ({"type": "codeblock", "code": "a < b"}, [], "a < b"),
    "the words of Ghost": ({"type": "email-cta", "html": "<p>Subscribe</p>"}, [], ""),
}  # fmt: skip


@pytest.mark.parametrize(("card", "pictures", "words"), BOXES_KIND.values(), ids=BOXES_KIND.keys())
def test_the_other_cards_of_a_ghost_post_show_their_words_and_pictures(tmp_path, card, pictures, words):
    [one] = issues_in(tmp_path, {"blog.json": ghost(ghost_post(lexical=in_lexical(card)))})

    assert [figure.image.lstrip("/") for figure in one.figures] == [it.lstrip("/") for it in pictures]
    assert "\n\n".join(item.text for item in one.items) == words
    assert [figure.caption for figure in one.figures] == (
        ["The wheel."] if "caption" in card else [None] * len(pictures)
    )


# --- Substack, Medium, WordPress, Notion --------------------------------------------------------------

TABLE = (
    "post_id,post_date,is_published,email_sent_at,inbox_sent_at,type,audience,title,subtitle,podcast_url\n"
    "7.pier,2024-02-03T10:00:00.000Z,true,,,newsletter,everyone,The pier,,\n"
    "8.later,,false,,,newsletter,everyone,Later,,\n"
)


def test_the_pictures_of_a_draft_are_told(tmp_path):
    files = {
        "posts.csv": TABLE,
        "posts/7.pier.html": "<p>By the pier.",
        "posts/8.later.html": '<p>x</p><img src="https://media.example/a.png">',
        "posts/draft_Later-0f2e3d4c5b6b.html": '<img src="https://media.example/b.png">',
    }
    issues, skipped, told = read(tmp_path, files)

    assert [one.metadata.title for one in issues] == ["The pier"]
    assert list(skipped.values()).count("is a draft") == 2
    assert told == {
        "posts/8.later.html": ["https://media.example/a.png"],
        "posts/draft_Later-0f2e3d4c5b6b.html": ["https://media.example/b.png"],
    }


@pytest.mark.parametrize("status", ["draft", "pending", "future", "private", "trash"])
def test_what_a_wordpress_blog_does_not_show_is_told(tmp_path, status):
    issues, skipped, told = read(
        tmp_path,
        {
            "blog.xml": export(
                post("<p>By the river.</p>"),
                post('<img src="later.png">', 2, "later", status=status, title="Later"),
                post("x", 3, "menu", kind="nav_menu_item"),
                post("x", 4, "menu", kind="nav_menu_item"),
                post("x", 5, "new", status="auto-draft"),
                post("x", 6, "1-revision", kind="revision", status="inherit"),
            )
        },
    )

    assert [one.metadata.title for one in issues] == ["The mill"]
    assert sorted(skipped.values()) == sorted(
        [
            "2 of this kind, which are not issues",
            "is a draft" if status == "draft" else f"is {status}, not published",
        ]
    )
    assert told == {"blog.xml": ["later.png"]}


HASH, ROW, BASE = (
    "1f2e3d4c5b6a47e8a1b2c3d4e5f60718",
    "0f2e3d4c5b6a47e8a1b2c3d4e5f60719",
    "2f2e3d4c5b6a47e8a1b2c3d4e5f60720",
)
NOTION = f"""<html><head><title>The mill</title></head><body><article class="page sans"><header>
<div class="page-header-icon"><img class="icon" src="The%20mill%20{HASH}/logo.png"></div>
<h1 class="page-title">The mill</h1></header><div class="page-body"><p>By the river.</p>
<figure class="image"><a href="The%20mill%20{HASH}/wheel.png"><img style="width:288px" src="The%20mill%20{HASH}/wheel.png"></a>
<figcaption>The wheel.</figcaption></figure>
<figure><a href="https://harbour.example/x" class="bookmark source"><div class="bookmark-info"><div class="bookmark-text">
<div class="bookmark-title">The harbour</div></div><div class="bookmark-href">
<img src="https://harbour.example/favicon.ico" class="icon bookmark-icon">harbour.example</div></div>
<img src="https://harbour.example/og.png" class="bookmark-image"></a><figcaption>Worth reading</figcaption></figure>
<figure><div class="source"><a href="The%20mill%20{HASH}/plan.pdf">plan.pdf</a></div><figcaption>The plan of it</figcaption>
</figure></div></article></body></html>"""


def test_an_export_of_notion_is_its_pages(tmp_path):
    within = {
        f"The mill {HASH}.html": NOTION,
        f"The mill {HASH}/wheel.png": png(),
        f"The mill {HASH}/logo.png": png(),
        f"The mill {HASH}/Boats {BASE}.csv": "Name,Status\nRow,Done\n",
        f"The mill {HASH}/Boats {BASE}/Row {ROW}.html": "<html><title>Row</title><body><p>The boat.",
        "index.html": "<html><title>Export</title><body><ul><li><a href=x>The mill</a></li></ul>",
    }
    outer = zipped({f"Export-{HASH}-Part-1.zip": zipped(within)})
    issues, skipped, _ = read(tmp_path, {"notion.zip": outer})

    assert {one.metadata.title: [words for _, words in captions_in(one)] for one in issues} == {
        "The mill": ["The wheel."],
        "Row": [],
    }
    told = {seen.image.rpartition("/")[2]: seen.reason for one in issues for seen in one.left_out}
    assert told == {
        "logo.png": "icon",
        "favicon.ico": "card of another page",
        "og.png": "card of another page",
    }
    assert "is the list of an export" in skipped.values()


# --- cards without pictures ---------------------------------------------------------------------------

NO_PICTURES = {
    "a bookmark of Ghost": '<figure class="kg-card kg-bookmark-card"><a class="kg-bookmark-container" href="https://h.example">H</a>{}</figure>',
    "a bookmark of Notion": '<figure><a href="https://h.example" class="bookmark source"><div>H</div></a>{}</figure>',
    "a file": '<figure><div class="source"><a href="plan.pdf">plan.pdf</a></div>{}</figure>',
    "a quotation": "<figure><blockquote>To be</blockquote>{}</figure>",
    "a sound": "<figure><audio src=a.mp3></audio>{}</figure>",
    "code": "<figure><code>a = 1</code>{}</figure>",
}  # fmt: skip


@pytest.mark.parametrize("figure", NO_PICTURES.values(), ids=NO_PICTURES.keys())
def test_the_words_below_something_else_are_no_caption_of_a_missing_picture(tmp_path, figure):
    page = "<p>We went.</p>" + figure.format("<figcaption>Worth <a href='/x'>reading</a></figcaption>")
    [one] = issues_in(tmp_path, {"a.html": page})

    assert one.figures == ()


@pytest.mark.parametrize(
    "inside", ["", "<a href='big.png'>see</a>", "<p>[picture]</p>"], ids=["nothing", "a link to it", "words"]
)
def test_a_caption_whose_picture_is_gone_stays_a_figure(tmp_path, inside):
    caption = "<figcaption>The <code>wheel</code> of <a href='https://x.org'>the mill</a>.</figcaption>"
    [one] = issues_in(tmp_path, {"a.html": f"<p>We went.</p><figure>{inside}{caption}</figure>"})

    assert [figure.caption for figure in one.figures] == ["The wheel of the mill."]
