"""Copies of one picture are one hit, grouped before a page is cut: pages are full, do not repeat, and reach everything."""

import json

import pytest
from library.made_archive import drawn, png
from PIL import Image, ImageDraw
from typer.testing import CliRunner

from explorer.cli import command_line
from explorer.library.library import Library

COPIES, OTHERS = 160, 30
MAP = "A map of the harbour"


def _other(number: int) -> Image.Image:
    """One of thirty pictures that look nothing like each other."""
    picture = Image.new("RGB", (96, 96), (number * 8 % 256, number * 53 % 256, number * 97 % 256))
    draw = ImageDraw.Draw(picture)
    for n in range(4):
        x, y = (number * 31 + n * 41) % 80, (number * 17 + n * 29) % 80
        draw.rectangle(
            (x, y, x + 12 + number % 9, y + 16), fill=(n * 60, 255 - number * 8, number * 40 % 256)
        )
    return picture


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A library of 160 issues with the same map, every other time smaller, and one issue with thirty other maps."""
    made = tmp_path_factory.mktemp("copies")
    archive = made / "archive"
    archive.mkdir()
    (archive / "map.png").write_bytes(png(drawn("map", (320, 240))))
    (archive / "map-small.png").write_bytes(png(drawn("map", (200, 150))))
    for number in range(COPIES):
        image = ("map.png", "map-small.png")[number % 2]
        (archive / f"issue-{number:03}.md").write_text(
            f"# Issue {number}\n\n![{MAP}]({image})\n\nThe harbour map is shown every time.\n"
        )
    figures = []
    for number in range(OTHERS):
        (archive / f"other-{number}.png").write_bytes(png(_other(number)))
        figures.append(f"![{MAP}, part {number}](other-{number}.png)\n\nPart {number} of it.")
    (archive / "others.md").write_text("# Other maps\n\n" + "\n\n".join(figures))
    with Library.create(made / "library") as library:
        library.archives.ingest([archive], encoder="lite")
    return made / "library"


@pytest.fixture
def library(folder):
    with Library.open(folder) as opened:
        yield opened


def explorer(folder, *arguments):
    run = CliRunner().invoke(command_line(), [*arguments, "--library", str(folder)])
    assert run.exit_code == 0, run.stderr
    return run.stdout


def groups(hits):
    return [hit.record.group for hit in hits]


def test_a_page_is_full_and_shows_each_picture_once(library):
    found = groups(library.search("map of the harbour", limit=20).hits)
    assert len(found) == len(set(found)) == 20


def test_pages_do_not_repeat_and_reach_every_picture(library):
    pages = [library.search("map of the harbour", limit=8, offset=8 * n).hits for n in range(5)]
    found = [group for page in pages for group in groups(page)]
    every = {figure.group for figure in library.browse.figures()}
    assert [len(page) for page in pages] == [8, 8, 8, len(every) - 24, 0]
    assert set(found) == every
    assert found == groups(library.search("map of the harbour", limit=100).hits)
    assert [hit.rank for page in pages for hit in page] == list(range(1, len(every) + 1))


def test_a_hit_tells_of_its_copies(library):
    [map_] = [hit for hit in library.search(MAP, limit=40).hits if hit.copies]
    assert map_.copies == COPIES - 1
    assert map_.id not in {one.id for one in map_.also_in}
    assert map_.other_issues.endswith(f"… ({COPIES - 1} copies)")


@pytest.mark.parametrize("kind", ["liked", "picture", "words and picture", "any"])
def test_similar_figures_are_other_pictures(library, kind):
    figure = library.browse.figures(limit=1)[0]
    asked = {
        "liked": {"like": [figure.id]},
        "picture": {"picture": drawn("map", (320, 240))},
        "words and picture": {"words": "harbour", "picture": drawn("map", (320, 240))},
        "any": {"words": MAP, "kind": "any"},
    }[kind]
    hits = library.search(**asked, limit=20 if kind != "any" else 400).hits
    found = groups([hit for hit in hits if hit.kind == "figure"])
    assert len(found) == len(set(found)) >= 20


def test_what_is_left_out_stays_out(library):
    hits = library.ask("+harbour document:others.md", limit=40).result.hits
    assert {hit.record.document for hit in hits} == {"others.md"}
    assert len(hits) == OTHERS


def test_items_that_say_the_same_are_one_hit(library):
    hits = library.search("shown every time", kind="item", limit=40).hits
    said = [" ".join(f"{hit.record.heading} {hit.record.text}".split()) for hit in hits]
    assert len(said) == len(set(said))


def test_a_text_is_illustrated_by_different_pictures(library):
    found = groups([one.hit for one in library.editing.illustrate(f"{MAP}. The harbour.", limit=20)])
    assert len(found) == len(set(found)) == 20


def test_a_saved_search_lists_each_picture_once(library):
    passing = library.saved_searches.save("maps", words=MAP, threshold=-100).hits
    assert (
        len(groups(passing))
        == len(set(groups(passing)))
        == len({it.group for it in library.browse.figures()})
    )
    assert library.saved_searches.run("maps").new == frozenset()


def test_a_copy_of_what_was_seen_is_no_news(folder, tmp_path):
    with Library.create(tmp_path / "library") as library:
        archive = tmp_path / "archive"
        archive.mkdir()
        (archive / "map.png").write_bytes(png(drawn("map", (320, 240))))
        (archive / "a.md").write_text(f"# One\n\n![{MAP}](map.png)\n")
        library.archives.ingest([archive], encoder="lite")
        library.saved_searches.save("maps", words=MAP, threshold=-100)
        (archive / "b.md").write_text(f"# Two\n\n![{MAP} of the harbour harbour](map.png)\n")
        (archive / "boat.png").write_bytes(png(drawn("boat")))
        (archive / "c.md").write_text("# Three\n\n![A boat](boat.png)\n")
        library.archives.ingest([archive])
        new = library.saved_searches.run("maps").new
        assert [library.browse.figure(id).image for id in new] == ["boat.png"]


def test_the_command_line_gives_as_many_rows_as_are_asked_for(folder):
    rows = explorer(folder, "search", MAP, "--limit", "20", "--all").splitlines()
    assert sum(line.strip()[:2].strip().isdigit() for line in rows) == 20
    first = [json.loads(it) for it in explorer(folder, "search", MAP, "--limit", "20", "--json").splitlines()]
    rest = [
        json.loads(it)
        for it in explorer(folder, "search", MAP, "--limit", "20", "--offset", "20", "--json").splitlines()
    ]
    found = [row["group"] for row in first + rest]
    assert len(first) == 20
    assert len(found) == len(set(found))
    [map_] = [row for row in first + rest if row["copies"]]
    assert map_["copies"] == COPIES - 1
    assert map_["also_in"][0].startswith("issue-")
