"""Metadata of exported posts that is outside the posts: in a table (Substack) or in file names (Medium)."""

from __future__ import annotations

import csv
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from html import escape

from explorer.archive.convert.decoding import text_of
from explorer.archive.convert.html_page import html_page
from explorer.archive.model import Read
from explorer.errors import ArchiveError

DRAFT = "is a draft"
_TABLE = "posts.csv"
_COLUMNS = {"post_id", "post_date", "is_published", "title"}
# draft_How-locks-work-1f2e3d4c5b6a.html
_MEDIUM_DRAFT = re.compile(r"(?:^|/)draft_[^/]*-[0-9a-f]{10,12}\.html$")
# The mill 1f2e3d4c5b6a47e8a1b2c3d4e5f60718.html
_NOTION_PAGE = re.compile(r" [0-9a-f]{32}\.html$")
_BLOGGER_TEMPLATES = frozenset(("theme-classic.html", "theme-layouts.html", "theme.html"))


@dataclass(frozen=True, slots=True)
class ExportedPosts:
    """The posts of exports: pages with their metadata by path, and the reasons why other paths are not issues."""

    pages: dict[str, Read] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)


def posts_of(paths: Iterable[str], reader_of: Callable[[str], Read]) -> ExportedPosts:
    """Return the exported posts among the paths of an archive. `reader_of` returns the reader of a path."""
    posts = ExportedPosts()
    all_paths = set(paths)
    for path in sorted(all_paths):
        if posixpath.basename(path) == _TABLE:
            _add_substack_posts(
                posixpath.dirname(path), _substack_rows(reader_of(path)), all_paths, reader_of, posts
            )
        elif _MEDIUM_DRAFT.search(path):
            posts.skipped[path] = DRAFT
    posts.skipped.update(_exporter_pages(all_paths))
    return posts


def _exporter_pages(paths: set[str]) -> Iterator[tuple[str, str]]:
    """Yield the pages that exporters add, with the reason to skip each: lists of posts, and templates of Blogger."""
    blogger_folders = {path.partition("/feed.atom/")[0] for path in paths if "/feed.atom/" in path}
    for path in paths:
        folder, name = posixpath.split(path)
        if name == "archive_browser.html" and posixpath.basename(folder) == "Takeout":
            yield path, "is the list of an export"
        elif name in _BLOGGER_TEMPLATES and folder in blogger_folders:
            yield path, "is a template of the blog, not a page"
    for folder in {posixpath.dirname(path) for path in paths if _NOTION_PAGE.search(path)}:
        if posixpath.join(folder, "index.html") in paths:
            yield posixpath.join(folder, "index.html"), "is the list of an export"


def _substack_rows(read: Read) -> list[dict[str, str]]:
    """Return the rows of a Substack table; [] for another or an unreadable table."""
    try:
        rows = list(csv.DictReader(text_of(read()).splitlines(keepends=True)))
    except (ArchiveError, csv.Error):
        return []
    return rows if rows and set(rows[0]) >= _COLUMNS else []


def _add_substack_posts(
    folder: str,
    rows: list[dict[str, str]],
    paths: set[str],
    reader_of: Callable[[str], Read],
    posts: ExportedPosts,
) -> None:
    for row in rows:
        path = posixpath.join(folder, "posts", f"{row['post_id']}.html")
        if path not in paths:
            continue
        if (row["is_published"] or "").lower() == "true":
            posts.pages[path] = partial(_substack_page, reader_of(path), row)
        else:
            posts.skipped[path] = DRAFT


def _substack_page(read: Read, row: dict[str, str]) -> bytes:
    """Return a post as a page with its title and date, which Substack exports only in the table."""
    subtitle = f"<p>{escape(row['subtitle'])}</p>\n" if row.get("subtitle") else ""
    return html_page(
        title=row["title"] or None, date=row["post_date"] or None, body=subtitle + text_of(read())
    )
