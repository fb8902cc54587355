"""What somebody writes to harm a reader: it costs seconds and a line of the ledger, and is never followed anywhere.

No test here looks at a clock: each of them took minutes or hours before it was bounded, and pytest ends it.
"""

import stat
import sys
import zipfile

import pytest
from archive_builders import figures, issue
from archives_on_disk import issues_in, write

from explorer.archive.html.markup_bounds import MAX_ATTRIBUTES, MAX_DEPTH, limit_markup
from explorer.archive.html.runs import parse
from explorer.archive.model import Issue, LedgerEntry
from explorer.archive.reader import read_issues
from explorer.archive.storage.unpacked import open_archive

pytestmark = pytest.mark.timeout(120)

DEPTH = 100_000
PICTURE = '<img src="a.png">'


def depth_of(html):
    """How deep the elements of a page nest."""
    node, depth, deepest = parse(html).root, 0, 0
    while node is not None:
        deepest = max(deepest, depth)
        if node.first_child is not None:
            node, depth = node.first_child, depth + 1
            continue
        while node is not None and node.next is None:
            node, depth = node.parent, depth - 1
        node = node.next if node is not None else None
    return deepest


# --- markup ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("element", ["pre", "div", "b", "font", "blockquote", "svg", "x-y"])
@pytest.mark.parametrize("closed", [True, False], ids=["closed", "left open"])
def test_a_page_that_nests_without_end_keeps_its_words(element, closed):
    page = f"<{element}>" * DEPTH + "The words." + (f"</{element}>" * DEPTH if closed else "")

    read = issue(f"<p>Before.</p>{page}")

    assert "Before." in " ".join(item.text for item in read.items)
    if element != "svg":
        assert "The words." in " ".join(item.text for item in read.items)


def test_pictures_below_the_deepest_level_are_still_found():
    page = "<div>" * 2000 + f"{PICTURE}<p>Figure 1. A mill.</p>"

    [figure] = figures(page, files=["a.png"])

    assert figure.caption == "Figure 1. A mill."


WIDE = {
    "figures in figures": "<figure><img src=a.png><figcaption>x",
    "divisions named figures": '<div class="figure"><img src=a.png>',
    "tables in tables": "<table><tr><td><img src=a.png>",
    "pictures in a row": "<td><img src=a.png>",
    "pictures in one run": "<img src=a.png>word ",
    "sources of a picture": "<source srcset=a.png><img src=b.png>",
    "captions without a picture": "<figure><figcaption>a</figcaption></figure>",
    "noscripts": "<div><noscript><img src=a.png></noscript>",
    "paragraphs in fonts": "<p><font size=1>a",
    "headings": "<h1>a</h1><img src=a.png>",
}


@pytest.mark.parametrize("piece", WIDE.values(), ids=WIDE.keys())
def test_a_page_that_repeats_itself_is_read_in_one_go(piece):
    opening = {"<td>": "<table><tr>", "<source": "<picture>"}
    before = next((tag for start, tag in opening.items() if piece.startswith(start)), "")

    assert isinstance(issue(before + piece * 3000, files=["a.png"]), Issue)


def test_an_ordinary_page_is_left_as_it_is():
    page = (
        '<!doctype html><html lang=en><head><script>for(i=0;i<n;i++)if(a<b){"<div>"}</script><!-- <div> --></head>'
        + '<body class="a">'
        + "<div><p class='b'>One<br>two <b>three</b></p></div>" * 500
        + "</body></html>"
    )

    assert limit_markup(page) == page


def test_a_page_of_many_drawings_is_left_as_it_is():
    icon = "<svg><title>A mill</title><path d='M0 0'/><g><path d=x></g><a><circle r=1 /></a></svg>"
    labels = "<svg><foreignObject><div><p>One<br>two</div></foreignObject>" + "<path d=x />" * 2000 + "</svg>"
    formula = "<math><mrow><mi>x</mi><mspace/><mo>=</mo></mrow><annotation-xml><ci/></annotation-xml></math>"
    page = f"<p>{icon}</p>" * 700 + labels + f"<p>{formula}</p>" * 700 + "<figure><img src=a.png></figure>"

    assert limit_markup(page) == page


DRAWN = {
    "elements that do not nest in HTML": "<svg><th></html>lb",
    "elements that end as an attribute does": "<svg><path d=a/>",
    "HTML that is left open in a title": "<svg><title><div></title></svg>",
    "HTML that is left open in a label": "<svg><foreignObject><div></svg>",
    "a drawing that its paragraph ends": "<x/><svg></p>",
    "a drawing that an end outside ends": "<option><svg></option><x/>",
    "words of a formula that are HTML": "<math><mi><svg><th>",
    "words that are none of a drawing": "<svg><mi><template><td></desc>",
    "a font that is HTML": "<svg><font color=x><svg></svg color=x>",
    "an end that is text of a drawing": "<svg><![CDATA[</svg>]]><th>",
    "an end that is text of a style": "<svg><style><![CDATA[</style></svg>]]><th>",
    "an end in a comment that is none": "<div><!</div>",
    "an end in an instruction": "<div><?</div>",
    "an end in an end": "<div></ </div>",
    "an end in a section of a page": "<div><![CDATA[</div>",
    "emphasis behind a formula": "<nobr><math><image><tr></option>",
}


@pytest.mark.parametrize("piece", DRAWN.values(), ids=DRAWN.keys())
def test_what_nests_in_drawings_is_bounded(piece):
    assert depth_of(piece * 5000) < 3 * MAX_DEPTH


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<!-->" + "<div>" * DEPTH, id="after a comment that is none"),
        pytest.param("<svg><style><![CDATA[" + "<div>" * DEPTH, id="in a section without an end"),
        pytest.param("<svg><style><![CDATA[]]>" + "<div>" * DEPTH, id="behind a section of a style"),
        pytest.param("<svg><style>" + "<div>" * DEPTH, id="in the style of a drawing"),
        pytest.param('<a b="\'">' + "<div>" * DEPTH, id="after a quote in quotes"),
        pytest.param("<a =\"'>" + "<div>" * DEPTH, id="after a quote that is none"),
        pytest.param("<DIV>" * DEPTH, id="in capitals"),
        pytest.param("<div\n>" * DEPTH, id="over two lines"),
        pytest.param("<div/>" * DEPTH, id="as if empty"),
    ],
)
def test_no_trick_hides_what_nests(page):
    assert depth_of(page) < MAX_DEPTH + 20


def test_an_element_has_no_more_attributes_than_anybody_writes():
    page = f"<img {' '.join(f'a{n}=1' for n in range(50_000))} src=a.png><p>Words</p>"

    assert limit_markup(page).count("=") == MAX_ATTRIBUTES
    assert limit_markup(page).endswith("><p>Words</p>")


OPENINGS = [
    "{% include a.html src='b.png' ",
    "{{< figure src='a.png' ",
    "{{% a ",
    "{% ",
    "{{ figure(src='a.png' ",
]


@pytest.mark.parametrize("opening", OPENINGS)
def test_tags_that_never_end_are_words(opening):
    read = issue("# One\n\n" + f"{opening}\n" * 3000 + "\nThe last words.\n", "one.md")

    assert "The last words." in read.items[0].text


# --- front matter ---------------------------------------------------------------------------------------


def test_front_matter_that_grows_when_it_is_read_is_no_bomb():
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))

    read = issue(f"---\na0: &a0 [ha, ha, ha]\n{levels}title: *a11\nauthor: *a11\n---\nWords.", "one.md")

    assert [item.text for item in read.items] == ["Words."]
    assert len(read.metadata.title or "") < 10_000


# --- names and links ------------------------------------------------------------------------------------


def test_a_link_in_a_zip_is_not_followed(tmp_path):
    (tmp_path / "secret.md").write_text("# Secret")
    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as zipped:
        link = zipfile.ZipInfo("link.md")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        zipped.writestr(link, str(tmp_path / "secret.md"))

    read = list(read_issues(open_archive(tmp_path / "archive.zip")))

    assert "# Secret" not in repr(read)
    assert "Secret" not in {item.heading for one in read if isinstance(one, Issue) for item in one.items}


@pytest.mark.parametrize(
    "name", ["CON.md", "aux.md", "nul.html", "COM1.txt", "a.md.", "a\x7f.md", "-rf.md", "~.md"]
)
def test_names_that_mean_something_to_a_system_are_names(tmp_path, name):
    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as zipped:
        zipped.writestr(name, "# One")
        zipped.writestr("one.md", "# One")

    assert "one.md" in open_archive(tmp_path / "archive.zip").paths()


def test_a_name_that_ends_in_nul_reads_nothing_else(tmp_path):
    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as zipped:
        zipped.writestr("one.mdX", "# One")
    data = (tmp_path / "archive.zip").read_bytes().replace(b"one.mdX", b"one.md\0")
    (tmp_path / "archive.zip").write_bytes(data)

    assert [one.document for one in read_issues(open_archive(tmp_path / "archive.zip"))] in ([], ["one.md"])


SOURCES = [
    "../secret.png",
    "/etc/passwd",
    "file:///etc/passwd",
    "..\\secret.png",
    "%2e%2e/secret.png",
    "//../secret.png",
]


@pytest.mark.parametrize("source", SOURCES)
def test_a_page_shows_nothing_from_outside_its_archive(tmp_path, source):
    (tmp_path / "secret.png").write_bytes(b"secret")
    archive = write(tmp_path / "archive", {"one.html": f'<p><img src="{source}" alt="A thing"></p>'})

    [read] = read_issues(open_archive(archive))

    assert all(not figure.candidates for figure in read.figures)


@pytest.mark.skipif(sys.platform == "win32", reason="links of POSIX")
def test_a_picture_that_is_a_link_out_of_the_archive_is_not_read(tmp_path):
    (tmp_path / "secret.png").write_bytes(b"secret")
    folder = tmp_path / "archive"
    folder.mkdir()
    (folder / "one.html").write_text('<p><img src="a.png" alt="A thing"></p>')
    (folder / "a.png").symlink_to(tmp_path / "secret.png")
    archive = open_archive(folder)

    [read] = [one for one in read_issues(archive) if isinstance(one, Issue)]

    assert all(not figure.candidates for figure in read.figures)
    assert "leads out" in archive.refused["a.png"]


# --- many, large ----------------------------------------------------------------------------------------


def test_very_many_tiny_files_are_as_many_issues(tmp_path):
    read = issues_in(tmp_path, {f"{n % 100}/n{n}.md": f"# {n}" for n in range(3000)})

    assert len(read) == 3000


def test_folders_that_nest_very_deep_are_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "archive.zip", "w") as zipped:
        zipped.writestr("a/" * 10_000 + "one.md", "# One")
        zipped.writestr("one.md", "# One")

    read = list(read_issues(open_archive(tmp_path / "archive.zip")))

    assert not [one for one in read if isinstance(one, LedgerEntry)]
    assert "one.md" in {one.document for one in read}


def test_a_symbol_that_many_drawings_use_is_written_once():
    symbol = "<svg><g id=g>" + '<path d="M0 0"/>' * 20_000 + "</g></svg>"
    page = symbol + "<figure><svg width=99 height=99><text>a</text><use href=#g /></svg></figure>" * 300

    drawn = [figure.data() for figure in issue(page).figures]

    assert all(data.count(b"<path") == 20_000 for data in drawn)


def test_a_sheet_of_many_rules_for_every_picture_is_read_in_one_go():
    sheet = "* * * * img{width:1px}" * 5000 + "div:has(img) img{width:1px}" * 5000

    assert isinstance(issue(f"<style>{sheet}</style>" + "<div><img src=a.png></div>" * 3000), Issue)
