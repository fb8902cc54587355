"""A WordPress export is an archive: what was published, with the captions its readers saw."""

import pytest
from archives_on_disk import captions_in, everything_in, issues_in
from damage import damaged
from hypothesis import HealthCheck, given, settings
from wordpress_builders import SITE, export, meta, post, upload

UPLOADS = f"{SITE}/wp-content/uploads"


def the_issue(tmp_path, *items, files=()):
    [read] = issues_in(tmp_path, {"export.xml": export(*items), **dict.fromkeys(files, b"picture")})
    return read


def test_a_post_is_an_issue_with_title_date_author_and_address(tmp_path):
    read = the_issue(tmp_path, post("Words &amp; more.", title="Mills &amp; locks"))

    assert read.document == "export.xml/the-mill-1.html"
    assert (read.metadata.title, read.metadata.date, read.metadata.author, read.metadata.language) == (
        "Mills & locks", "2019-03-09", "Ada Miller", "en-us",
    )  # fmt: skip
    assert read.metadata.address == f"{SITE}/the-mill/"


def test_only_what_was_published_is_an_issue(tmp_path):
    read = issues_in(
        tmp_path,
        {
            "export.xml": export(
                post("x", 1),
                post("x", 2, "about", kind="page"),
                post("x", 3, "draft", status="draft"),
                post("x", 4, "private", status="private"),
                post("x", 5, "menu", kind="nav_menu_item"),
                upload(6, "a.jpg"),
            )
        },
    )

    assert [one.document for one in read] == ["export.xml/about-2.html", "export.xml/the-mill-1.html"]


def test_blank_lines_are_paragraphs(tmp_path):
    read = the_issue(
        tmp_path, post("First.\nStill first.\n\n<h2>Next</h2>\nSecond.\n\n<pre>a\n\nb</pre>\n\nThird.")
    )

    assert [item.text for item in read.items] == ["First. Still first.", "Second.\n\na b\n\nThird."]


CAPTION = f"""Before.

[caption id="attachment_5" align="alignnone" width="300"]<a href="{UPLOADS}/2019/03/wheel.jpg"><img class="wp-image-5"
src="{UPLOADS}/2019/03/wheel-300x200.jpg" alt="A wheel" width="300" height="200" /></a> The wheel <em>turns</em>.[/caption]

After."""
BLOCK = f"""<!-- wp:paragraph --><p>Before.</p><!-- /wp:paragraph -->
<!-- wp:image {{"id":5}} --><figure class="wp-block-image"><img src="{UPLOADS}/2019/03/wheel-300x200.jpg" alt="A wheel"
class="wp-image-5"/><figcaption class="wp-element-caption">The wheel <em>turns</em>.</figcaption></figure><!-- /wp:image -->
<!-- wp:paragraph --><p>After.</p><!-- /wp:paragraph -->"""


@pytest.mark.parametrize("content", [CAPTION, BLOCK], ids=["shortcode", "block"])
def test_captions_of_either_editor_are_read(tmp_path, content):
    read = the_issue(tmp_path, post(content))

    assert captions_in(read) == [(f"{UPLOADS}/2019/03/wheel-300x200.jpg", "The wheel turns.")]
    assert (read.figures[0].alt, read.items[0].text) == ("A wheel", "Before.\n\nAfter.")


@pytest.mark.parametrize("content", [CAPTION, BLOCK], ids=["shortcode", "block"])
def test_pictures_are_found_in_the_uploads_beside_the_export(tmp_path, content):
    file = "uploads/2019/03/wheel-300x200.jpg"
    read = the_issue(tmp_path, post(content), files=[file])

    assert read.figures[0].candidates == (file,)


def test_the_uploaded_file_stands_for_a_copy_that_is_gone(tmp_path):
    read = the_issue(
        tmp_path, post(BLOCK), upload(5, "2019/03/wheel.jpg"), files=["uploads/2019/03/wheel.jpg"]
    )

    assert read.figures[0].candidates == ("uploads/2019/03/wheel.jpg",)


def test_the_media_library_says_what_the_post_does_not(tmp_path):
    bare = f'<img src="{UPLOADS}/lock-1024x768.jpg">\n\n<img class="wp-image-5" src="{UPLOADS}/wheel.jpg" alt="Mine">'
    library = (
        upload(4, "lock.jpg", "A lock", "The lock <b>fills</b>."),
        upload(5, "wheel.jpg", "A wheel", "The wheel."),
    )
    read = the_issue(tmp_path, post(bare), *library)

    assert [(it.alt, it.caption) for it in read.figures] == [
        ("A lock", "The lock fills."),
        ("Mine", "The wheel."),
    ]


def test_the_caption_of_the_post_wins_over_the_media_library(tmp_path):
    read = the_issue(tmp_path, post(CAPTION), upload(5, "2019/03/wheel.jpg", "Other", "Other."))

    assert (read.figures[0].alt, read.figures[0].caption) == ("A wheel", "The wheel turns.")


def test_a_gallery_shows_its_pictures(tmp_path):
    library = upload(4, "lock.jpg", "A lock", "The lock."), upload(5, "wheel.jpg")
    read = the_issue(tmp_path, post('Look:\n\n[gallery ids="5,4" columns="2"]\n\nDone.'), *library)

    assert captions_in(read) == [(f"{UPLOADS}/wheel.jpg", None), (f"{UPLOADS}/lock.jpg", "The lock.")]


def test_the_featured_picture_opens_the_post_once(tmp_path):
    library = upload(4, "lock.jpg", "A lock", "The lock."), upload(5, "2019/03/wheel.jpg")
    opened = the_issue(tmp_path / "a", post("Words.", more=meta("_thumbnail_id", "4")), *library)
    shown = the_issue(tmp_path / "b", post(BLOCK, more=meta("_thumbnail_id", "5")), *library)

    assert captions_in(opened) == [(f"{UPLOADS}/lock.jpg", "The lock.")]
    assert len(shown.figures) == 1


def test_a_post_keeps_its_name_when_the_export_grows(tmp_path):
    read = issues_in(
        tmp_path, {"export.xml": export(post("x", 9, "new", title="New"), post("x", 1, title="Renamed"))}
    )

    assert "export.xml/the-mill-1.html" in [one.document for one in read]


WHOLE = export(
    post(CAPTION, more=meta("_thumbnail_id", "4")), post(BLOCK, 2), upload(5, "wheel.jpg", "a", "c")
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(exported=damaged(WHOLE))
def test_any_damage_is_read_or_told(tmp_path, exported):
    _, problems = everything_in(tmp_path, {"export.xml": exported})

    assert set(problems) <= {"export.xml"}
