"""Drawings in a library: they hold the pictures that they show, are found by their words, and are never kept blank."""

import io

import pytest
from archive.archives_on_disk import write
from archive.book_builders import epub
from PIL import Image

import images
from explorer.library.library import Library

OPEN = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="80" height="80"'
RED = (255, 0, 0)


def _red(format="png"):
    held = io.BytesIO()
    Image.new("RGB", (40, 40), RED).save(held, format)
    return held.getvalue()


@pytest.fixture
def read(tmp_path):
    """Reads an archive of files into a library."""
    opened = []

    def make(files):
        with_folder = tmp_path / f"archive-{len(opened)}"
        library = Library.create(tmp_path / f"library-{len(opened)}")
        opened.append(library)
        library.archives.ingest([write(with_folder, files)], encoder="lite")
        return library

    yield make
    for library in opened:
        library.close()


def shown(library):
    """(image, status, whether red is seen in it) of every figure."""
    found = []
    for figure in library.browse.figures():
        is_red = bool(figure.sha256) and RED in {
            colour
            for _, colour in images.open_picture(
                library.browse.picture_path(figure.sha256, "original")
            ).getcolors(1 << 24)
        }
        found.append((figure.image, str(figure.status), is_red))
    return found


SQUARE = '<rect width="80" height="80" fill="red"/>'
IMAGE = '<image width="80" height="40" {}="{}"/><rect y="60" width="80" height="10"/>'
SHOWN = {
    "in a page": {
        "a/p.html": f"<figure>{OPEN}>{IMAGE.format('href', 'img/a.png')}</svg></figure>", "a/img/a.png": _red()
    },
    "by the old link": {
        "p.html": f"<figure>{OPEN}>{IMAGE.format('xlink:href', '/a%20b.png')}</svg></figure>", "a b.png": _red()
    },
    "in a file": {
        "p.md": "![](d/c.svg)\n", "d/c.svg": f"{OPEN}>{IMAGE.format('xlink:href', '../e/a.jpg')}</svg>", "e/a.jpg": _red()
    },
    "in a format that the renderer does not know": {
        "p.md": "![](c.svg)\n", "c.svg": f"{OPEN}>{IMAGE.format('href', 'a.bmp')}</svg>", "a.bmp": _red("bmp")
    },
    "another drawing": {
        "p.md": "![](c.svg)\n", "c.svg": f"{OPEN}>{IMAGE.format('href', 'b.svg')}</svg>",
        "b.svg": f"{OPEN}>{SQUARE}</svg>",
    },
    "in a chapter of a book": {
        "b.epub": epub(f"{OPEN}>{IMAGE.format('xlink:href', '../img/a.png')}</svg>", members={"OEBPS/img/a.png": _red()})
    },
    "in a drawing of a book": {
        "b.epub": epub('<img src="../c.svg"/>', members={
            "OEBPS/c.svg": f"{OPEN}>{IMAGE.format('xlink:href', 'img/a.png')}</svg>", "OEBPS/img/a.png": _red()
        })
    },
    "a symbol of a file": {
        "p.html": f'<figure>{OPEN}><use href="marks.svg#m"/></svg></figure>',
        "marks.svg": f'{OPEN}><symbol id="m"><use href="#n"/></symbol><g id="n">{SQUARE}</g></svg>',
    },
}  # fmt: skip


@pytest.mark.parametrize("files", SHOWN.values(), ids=SHOWN.keys())
def test_a_drawing_holds_what_it_shows(read, files):
    library = read(files)

    [(_, status, is_red)] = shown(library)

    assert (status, is_red) == ("kept", True)
    assert [
        problem.reason for problem in library.browse.problems() if "was drawn without" in problem.reason
    ] == []


def test_a_drawing_around_one_picture_is_that_picture(read):
    page = '<figure><svg viewBox="0 0 9 9"><title>A mole</title><image width="9" height="9" href="{}"/></svg></figure>'
    library = read({"p.html": page.format("a.png") + page.format("https://x.example/b.png"), "a.png": _red()})

    assert shown(library) == [("a.png", "kept", True), ("https://x.example/b.png", "remote", False)]


@pytest.mark.parametrize(
    "outside", ["../../secret.png", "/etc/hostname", "file:///etc/hostname", "https://x.example/a.png"]
)
def test_nothing_outside_the_archive_gets_into_a_drawing(read, tmp_path, outside):
    (tmp_path / "secret.png").write_bytes(_red())
    library = read({"p.md": "![](d/c.svg)\n", "d/c.svg": f"{OPEN}>{IMAGE.format('href', outside)}</svg>"})

    assert shown(library) == [("d/c.svg", "kept", False)]
    [told] = [problem.reason for problem in library.browse.problems() if "drawn" in problem.reason]
    assert told == f"was drawn without 1 of its pictures, which are not in the archive: {outside}"


def test_a_blank_drawing_is_unreadable_and_told(read):
    library = read(
        {"p.html": '<figure><svg width="80" height="80"><use href="#gone"/><text></text></svg></figure>'}
    )

    assert shown(library) == [("p.html#svg-0", "unreadable", False)]
    assert [problem.reason for problem in library.browse.problems() if problem.image] == [
        "draws nothing; export it again as PNG"
    ]


WORDS = {
    "text": "<text>Bread is <tspan>baked</tspan> at four</text>",
    "lines": '<text><tspan x="0" y="9">Bread is baked</tspan><tspan x="0" y="19">at four</tspan></text>',
    "label in HTML": '<foreignObject width="80" height="80"><p xmlns="http://www.w3.org/1999/xhtml">Bread is baked at four</p>'
    "</foreignObject>",
}  # fmt: skip


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS.keys())
def test_a_drawing_is_found_by_its_words(read, words):
    drawing = f'{OPEN}><title>none</title><rect width="9" height="9"/>{words}</svg>'
    library = read({"p.md": "# T\n\nText.\n\n![](c.svg)\n", "c.svg": drawing})

    [figure] = library.browse.figures()

    assert " ".join((figure.picture_text or "").split()) == "Bread is baked at four"
    assert [hit.id for hit in library.search("baked").hits if hit.kind == "figure"][:1] == [figure.id]
