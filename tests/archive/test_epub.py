"""A book is one issue: chapters in order, its pictures with their captions, what its package says of it."""

import pytest
from archives_on_disk import captions_in, everything_in, issues_in
from book_builders import PICTURE, epub, zipped
from damage import damaged
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

WHEEL = '<figure><img src="../img/a%20b.png" alt="A wheel"/><figcaption>The wheel.</figcaption></figure>'


def the_issue(tmp_path, book):
    [read] = issues_in(tmp_path, {"mills.epub": book})
    return read


def test_a_book_says_title_author_date_and_language(tmp_path):
    read = the_issue(tmp_path, epub("<h1>One</h1><p>x</p>")).metadata

    assert (read.title, read.author, read.date, read.language) == (
        "On Mills",
        "Ada Miller",
        "2019-03-09",
        "en-gb",
    )


def test_the_older_books_say_it_too(tmp_path):
    older = (
        '<dc:title>On Mills</dc:title><dc:creator opf:role="ill">Bo Lock</dc:creator><dc:creator opf:role="aut">Ada Miller'
        '</dc:creator><dc:date opf:event="modification">2024-01-01</dc:date><dc:date opf:event="publication">1891</dc:date>'
    )
    read = the_issue(tmp_path, epub("<p>x</p>", metadata=older)).metadata

    assert (read.title, read.author, read.date) == ("On Mills", "Ada Miller", "1891")


def test_chapters_are_read_in_the_order_of_the_book(tmp_path):
    read = the_issue(
        tmp_path,
        epub("<header><h1>Water</h1></header><p>First.</p>", '<a id="x"/><h1>Wind</h1><p>Second.</p>'),
    )

    assert [(item.heading, item.text) for item in read.items] == [("Water", "First."), ("Wind", "Second.")]


def test_its_pictures_are_carried_and_have_their_captions(tmp_path):
    read = the_issue(tmp_path, epub(WHEEL))

    assert captions_in(read) == [("mills.epub#OEBPS/img/a b.png", "The wheel.")]
    assert (read.figures[0].alt, read.figures[0].data()) == ("A wheel", PICTURE)


def test_a_picture_that_is_scaled_by_a_drawing_is_that_picture(tmp_path):
    cover = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 600 800">'
        '<title>Cover</title><image width="600" height="800" xlink:href="../img/a%20b.png"/></svg>'
    )
    [figure] = the_issue(tmp_path, epub(f"<div>{cover}</div>")).figures

    assert (figure.alt, figure.data()) == ("Cover", PICTURE)


def test_a_picture_that_is_gone_is_missing_and_the_rest_is_read(tmp_path):
    read = the_issue(tmp_path, epub(WHEEL.replace("a%20b", "gone"), WHEEL))

    assert [figure.status for figure in read.figures] == ["missing", "kept"]


def encryption(algorithm):
    written = (
        f'<encryption><EncryptedData><EncryptionMethod Algorithm="{algorithm}"/></EncryptedData></encryption>'
    )
    return {"META-INF/encryption.xml": written}.items()


def test_a_locked_book_is_told(tmp_path):
    book = epub(WHEEL, members=encryption("http://www.w3.org/2001/04/xmlenc#aes128-cbc"))
    _, problems = everything_in(tmp_path, {"mills.epub": book})

    assert problems == {"mills.epub": "is encrypted (DRM). Use a copy without DRM."}


def test_garbled_fonts_lock_nothing(tmp_path):
    assert the_issue(tmp_path, epub(WHEEL, members=encryption("http://www.idpf.org/2008/embedding"))).figures


@pytest.mark.parametrize(
    "book", [b"", b"PK\x03\x04", zipped({"a": "b"}), zipped({"META-INF/container.xml": "<container/>"})]
)
def test_what_is_no_book_is_told(tmp_path, book):
    read, problems = everything_in(tmp_path, {"mills.epub": book})

    assert (read, list(problems)) == ([], ["mills.epub"])


WHOLE = epub(WHEEL, "<h1>x</h1>")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(book=damaged(WHOLE))
def test_any_damage_is_read_or_told(tmp_path, book):
    read, problems = everything_in(tmp_path, {"mills.epub": book})

    assert len(read) + len(problems) == 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.lists(
        st.sampled_from(
            ["<svg>", "</svg>", "<image xlink:href='../img/a%20b.png'/>", "<img src='//['/>", "<title/>", "]]>", "&x;", "<"]
        )
        | st.text(max_size=4)
    ).map("".join)
)  # fmt: skip
def test_any_chapter_is_read(tmp_path, body):
    assert the_issue(tmp_path, epub(body.encode(errors="replace").decode()))
