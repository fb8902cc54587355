"""What an issue says of itself: title, number, date, author, language, address."""

import pytest
from archive_builders import issue


def data(source, document="issue.html"):
    return issue(source, document).metadata


TITLES = {
    "title element": ("<head><title>A &amp; B</title></head><h1>Other</h1>", "issue.html", "A & B"),
    "og:title": ('<meta property="og:title" content="A"><title>A | The Letter</title>', "issue.html", "A"),
    "heading": ("<h1>A</h1><p>Text.", "issue.html", "A"),
    "front matter": ("---\ntitle: 'A: b'\n---\n# Other", "post.md", "A: b"),
    "heading of Markdown": ("# A *b*\n\nText.", "post.md", "A b"),
    "first line": ("<p>We went to the sea. It was cold.</p>", "issue.html", "We went to the sea"),
    "file name": ("", "2024-03-my-post.md", "2024-03-my-post"),
    "folder of a bundle": ("", "posts/my-post/index.md", "my-post"),
}


@pytest.mark.parametrize(("source", "document", "expected"), TITLES.values(), ids=TITLES.keys())
def test_the_title_is_found(source, document, expected):
    assert data(source, document).title == expected


NUMBERS = {
    "36th issue!": 36,
    "Issue #12": 12,
    "Issue 12: the sea": 12,
    "The Letter #7": 7,
    "The Letter No. 275": 275,
    "Vol. XI, No. 275": 275,
    "Ausgabe 4": 4,
    "The Letter": None,
    "C# in 2024": None,
    "10 things to do": None,
    "The 3rd wave": None,
}


@pytest.mark.parametrize(("title", "expected"), NUMBERS.items(), ids=NUMBERS.keys())
def test_the_number_is_found_in_the_title(title, expected):
    assert data(f"<h1>{title}</h1><p>Text.").number == expected


def test_the_number_is_found_in_front_matter_and_file_names():
    assert data("---\nissue: 12\n---\nText.", "post.md").number == 12
    assert data("Text.", "issue-36.txt").number == 36
    assert data("Text.", "newsletter_007.html").number == 7
    assert data("Text.", "2024-03-09-post.md").number is None


DATES = {
    "front matter": ("---\ndate: 2024-03-09 10:00:00 +0100\n---\n", "a.md", "2024-03-09"),
    "front matter in TOML": ("+++\ndate = 2024-03-09T10:00:00Z\n+++\n", "a.md", "2024-03-09"),
    "front matter, month only": ("---\ndate: 2024-03\n---\n", "a.md", "2024-03"),
    "front matter, written out": ("---\ndate: March 9, 2024\n---\n", "a.md", "2024-03-09"),
    "front matter that is no date": ("---\ndate: someday\n---\n", "2024-03-09-a.md", "2024-03-09"),
    "meta": (
        '<meta property="article:published_time" content="2024-03-09T10:00:00Z">',
        "a.html",
        "2024-03-09",
    ),
    "time": ('<p><time datetime="2024-03-09">then</time>', "a.html", "2024-03-09"),
    "JSON-LD": (
        '<script type="application/ld+json">{"@graph": [{"datePublished": "2024-03-09", "author": {"name": "Ann"}}]}</script>',
        "a.html",
        "2024-03-09",
    ),
    "file name": ("Text.", "posts/2024-03-09-a.md", "2024-03-09"),
    "folders": ("Text.", "2024/03/09/a.html", "2024-03-09"),
    "file name, month only": ("Text.", "2024-03/index.html", "2024-03"),
    "written": ("<h1>The Letter</h1><p>9 March 2024</p>", "a.html", "2024-03-09"),
    "written, American": ("<h1>NEW YORK, APRIL 9, 1881</h1>", "a.html", "1881-04-09"),
    "none": ("<p>Text.", "a.html", None),
    "nonsense": ('<meta name="date" content="99999999999999">', "a.html", None),
}


@pytest.mark.parametrize(("source", "document", "expected"), DATES.values(), ids=DATES.keys())
def test_the_date_is_found(source, document, expected):
    assert data(source, document).date == expected


AUTHORS = {
    "string": ("---\nauthor: Ann Lee\n---\n", "Ann Lee"),
    "list": ("---\nauthors: [Ann Lee, Bo Li]\n---\n", "Ann Lee, Bo Li"),
    "mappings": ("---\nauthors:\n- name: Ann Lee\n  url: x\n- name: Bo Li\n---\n", "Ann Lee, Bo Li"),
    "mapping": ("---\nauthor:\n  name: Ann Lee\n---\n", "Ann Lee"),
    "Hugo's params": ('+++\n[params]\nauthor = "Ann Lee"\n+++\n', "Ann Lee"),
    "none": ("Text.", None),
}


@pytest.mark.parametrize(("source", "expected"), AUTHORS.values(), ids=AUTHORS.keys())
def test_the_author_is_found(source, expected):
    assert data(source, "post.md").author == expected


def test_the_author_of_a_page_is_found():
    assert data('<meta name="author" content="Ann Lee">').author == "Ann Lee"
    linked = '{"@type": "Article", "author": [{"name": "Ann Lee"}, {"name": "Bo Li"}]}'
    assert data(f'<script type="application/ld+json">{linked}</script>').author == "Ann Lee, Bo Li"


@pytest.mark.parametrize(
    "linked", ["{", "[]", "null", "3", '{"author": 3}', '{"@graph": {"author": "x"}}', "[[]]"]
)
def test_broken_linked_data_is_no_crash(linked):
    assert data(f'<script type="application/ld+json">{linked}</script><h1>A</h1>').title == "A"


def test_language_and_address_are_found():
    assert data('<html lang="en_GB"><p>Text.').language == "en-gb"
    assert data("---\nlang: de\n---\n", "post.md").language == "de"
    assert data('<link rel="canonical" href="https://x.example/one">').address == "https://x.example/one"
    assert data('<meta property="og:url" content="https://x.example/one">').address == "https://x.example/one"
    assert data("---\npermalink: /one/\n---\n", "post.md").address == "/one/"
