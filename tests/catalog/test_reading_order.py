"""An issue is read as it was written: each figure stands where it stood in the document."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from explorer import Library
from explorer.errors import ArchiveError, QueryError

ISSUE = """---
title: The coast
date: 2024-05-01
---

# The coast

Ferries go at noon and at six.

![A red buoy](buoy.png)

*The buoy at the mouth of the river. Photo: A. Moss*

Nobody has ever seen the seventh sandbank.

## The harbour

![A grey crane](crane.png)

The crane lifts eight tons.
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    folder = tmp_path_factory.mktemp("issues")
    archive = folder / "archive"
    archive.mkdir()
    (archive / "coast.md").write_text(ISSUE, encoding="utf-8")
    (archive / "words.md").write_text(
        "---\ntitle: Only words\ndate: 2023-01-01\n---\n\n# Only words\n\nNo picture here.\n"
    )
    (archive / "undated.md").write_text("# Undated\n\nNobody knows when.\n")
    for name, colour in (("buoy", "red"), ("crane", "grey")):
        picture = Image.effect_noise((400, 300), 90).convert("RGB")
        picture.paste(colour, (50, 50, 200, 200))
        picture.save(archive / f"{name}.png")
    with Library.create(folder / "library") as library:
        library.archives.ingest(archive, encoder="lite")
        yield library


def id_of(library: Library, document: str) -> str:
    return next(issue.id for issue in library.browse.issues() if issue.document == document)


def test_figures_stand_between_the_paragraphs_as_in_the_document(library: Library) -> None:
    sections = library.issues.sections(id_of(library, "coast.md"))
    assert [
        [part if isinstance(part, str) else part.image for part in section.content] for section in sections
    ] == [
        ["Ferries go at noon and at six.", "buoy.png", "Nobody has ever seen the seventh sandbank."],
        ["crane.png", "The crane lifts eight tons."],
    ]
    assert [section.item.heading for section in sections if section.item] == ["The coast", "The harbour"]


def test_the_cover_is_the_first_large_figure(library: Library) -> None:
    coast, words = id_of(library, "coast.md"), id_of(library, "words.md")
    covers = library.issues.covers([coast, words])
    assert {id: figure.image for id, figure in covers.items()} == {coast: "buoy.png"}


def test_issues_are_neighbours_in_time(library: Library) -> None:
    coast, words, undated = (id_of(library, f"{name}.md") for name in ("coast", "words", "undated"))
    assert library.issues.neighbours(coast) == (words, None)
    assert library.issues.neighbours(words) == (undated, coast)
    assert library.issues.neighbours(undated) == (None, words)
    assert library.issues.count_by_year() == {"2024": 1, "2023": 1}


def test_the_original_document_comes_from_the_archive(library: Library, tmp_path: Path) -> None:
    assert library.issues.original(id_of(library, "coast.md")).decode() == ISSUE
    archive = library.path.parent / "archive"
    archive.rename(tmp_path / "moved")
    try:
        with pytest.raises(ArchiveError):
            library.issues.original(id_of(library, "coast.md"))
    finally:
        (tmp_path / "moved").rename(archive)


def test_an_unknown_issue_is_told(library: Library) -> None:
    with pytest.raises(QueryError, match="no issue 'none'"):
        library.issues.get("none")
