"""Folders of pictures as issues: those with captions beside them, and all of an archive that holds no document."""

from __future__ import annotations

import html
import posixpath
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO
from urllib.parse import quote

from explorer.archive.convert.figure_html import figure_html
from explorer.archive.convert.formats import HEAD_BYTES, format_of
from explorer.archive.convert.html_page import html_page
from explorer.archive.links.addresses import is_picture_file
from explorer.archive.model import Read
from explorer.archive.storage.sidecars import sidecars_of
from explorer.errors import ArchiveError
from images.description import Description, read_description

GALLERY = "pictures.gallery"
"""The name of the issue that a folder of pictures is."""


@dataclass(frozen=True, slots=True)
class Galleries:
    """The issues that are made of folders, by their paths, and the sidecars that are part of them."""

    pages: dict[str, Read]
    sidecars: set[str]


def galleries_of(
    paths: Iterable[str], name: str, read: Callable[[str], bytes], open_file: Callable[[str], BinaryIO]
) -> Galleries:
    """The galleries among the paths of the archive of that name."""
    pictures = sorted(filter(is_picture_file, paths))
    sidecars = sidecars_of(paths, read)
    folders = {posixpath.dirname(picture) for picture in sidecars.said}
    # The pictures that a blog does not show are no gallery: without captions there must be nothing else to read.
    if not folders and not any(format_of(path, partial(_head, path, read)) for path in paths):
        folders = {posixpath.dirname(picture) for picture in pictures}
    shown: dict[str, list[str]] = {folder: [] for folder in folders}
    for picture in pictures:
        if posixpath.dirname(picture) in shown:
            shown[posixpath.dirname(picture)].append(picture)
    pages: dict[str, Read] = {
        posixpath.join(folder, GALLERY): partial(
            _page, posixpath.basename(folder) or name, within, sidecars.said, open_file
        )
        for folder, within in shown.items()
    }
    return Galleries(pages, sidecars.files)


def _head(path: str, read: Callable[[str], bytes]) -> bytes:
    try:
        return read(path)[:HEAD_BYTES]
    except ArchiveError:
        return b""


def _page(
    title: str, pictures: list[str], said: Mapping[str, Description], open_file: Callable[[str], BinaryIO]
) -> bytes:
    """A figure for each picture, by name: what stands beside it, else what it says of itself."""
    told = {
        picture: said.get(picture, Description()).or_else(_own(picture, open_file)) for picture in pictures
    }
    days = [one.taken for one in told.values() if one.taken]
    authors = {one.author for one in told.values()}
    return html_page(
        title=title,
        date=min(days, default=None),
        author=authors.pop() if len(authors) == 1 else None,
        body="\n".join(_figure(posixpath.basename(picture), one) for picture, one in told.items()),
    )


def _own(picture: str, open_file: Callable[[str], BinaryIO]) -> Description:
    try:
        with open_file(picture) as stream:
            return read_description(stream)
    except ArchiveError:  # told when the picture is wanted
        return Description()


def _figure(name: str, told: Description) -> str:
    caption, title = told.caption or told.title or "", told.title if told.caption else None
    credit = " / ".join(dict.fromkeys(filter(None, (told.author, told.credit))))
    shown = figure_html(quote(name), told.alt, caption, html.escape, title=title, credit=credit or None)
    # A figure also without words, so that nothing in the folder is taken for an icon or an avatar by its name.
    return shown if shown.startswith("<figure") else f"<figure>{shown}</figure>"
