"""What the exports of blogs say of their posts elsewhere than in them: Substack in a table, Medium by their names."""

from __future__ import annotations

import csv
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from html import escape

from explorer.archive.convert.html_page import html_page
from explorer.archive.convert.texts import text_of
from explorer.archive.model import Read
from explorer.errors import ArchiveError

DRAFT = "is a draft"
_TABLE = "posts.csv"
_COLUMNS = {"post_id", "post_date", "is_published", "title"}
# draft_How-locks-work-1f2e3d4c5b6a.html
_DRAFT_ON_MEDIUM = re.compile(r"(?:^|/)draft_[^/]*-[0-9a-f]{10,12}\.html$")
# The mill 1f2e3d4c5b6a47e8a1b2c3d4e5f60718.html
_OF_NOTION = re.compile(r" [0-9a-f]{32}\.html$")
_TEMPLATES_OF_BLOGGER = frozenset(("theme-classic.html", "theme-layouts.html", "theme.html"))


@dataclass(frozen=True, slots=True)
class Posts:
    """The posts of an archive's exports: pages with what was said of them elsewhere, and which are no issues, and why."""

    pages: dict[str, Read] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


def posts_of(paths: Iterable[str], reader_of: Callable[[str], Read]) -> Posts:
    """The posts among the paths of an archive; `reader_of` says how a path is read."""
    posts = Posts()
    there = set(paths)
    for path in sorted(there):
        if posixpath.basename(path) == _TABLE:
            _read_substack(posixpath.dirname(path), _rows(reader_of(path)), there, reader_of, posts)
        elif _DRAFT_ON_MEDIUM.search(path):
            posts.left_out[path] = DRAFT
    posts.left_out.update(_furniture(there))
    return posts


def _furniture(there: set[str]) -> Iterator[tuple[str, str]]:
    """What exporters put beside the posts: lists of them, and the templates of Blogger."""
    of_blogger = {path.partition("/feed.atom/")[0] for path in there if "/feed.atom/" in path}
    for path in there:
        folder, name = posixpath.split(path)
        if name == "archive_browser.html" and posixpath.basename(folder) == "Takeout":
            yield path, "is the list of an export"
        elif name in _TEMPLATES_OF_BLOGGER and folder in of_blogger:
            yield path, "is a template of the blog, not a page"
    for folder in {posixpath.dirname(path) for path in there if _OF_NOTION.search(path)}:
        if posixpath.join(folder, "index.html") in there:
            yield posixpath.join(folder, "index.html"), "is the list of an export"


def _rows(read: Read) -> list[dict[str, str]]:
    """The table of a Substack export; empty where it is another table, or broken."""
    try:
        rows = list(csv.DictReader(text_of(read()).splitlines(keepends=True)))
    except (ArchiveError, csv.Error):
        return []
    return rows if rows and set(rows[0]) >= _COLUMNS else []


def _read_substack(
    folder: str, rows: list[dict[str, str]], there: set[str], reader_of: Callable[[str], Read], posts: Posts
) -> None:
    for row in rows:
        path = posixpath.join(folder, "posts", f"{row['post_id']}.html")
        if path not in there:
            continue
        if (row["is_published"] or "").lower() == "true":
            posts.pages[path] = partial(_page, reader_of(path), row)
        else:
            posts.left_out[path] = DRAFT


def _page(read: Read, row: dict[str, str]) -> bytes:
    """The post under its title: Substack exports the text alone."""
    subtitle = f"<p>{escape(row['subtitle'])}</p>\n" if row.get("subtitle") else ""
    return html_page(
        title=row["title"] or None, date=row["post_date"] or None, body=subtitle + text_of(read())
    )
