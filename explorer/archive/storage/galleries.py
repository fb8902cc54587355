"""Folders of pictures as issues: those with captions in sidecars, and all folders of an archive without documents."""

from __future__ import annotations

import html
import posixpath
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO
from urllib.parse import quote

from explorer.archive.convert.formats import HEAD_BYTES
from explorer.archive.convert.html_page import html_page
from explorer.archive.html.caption_marks import figure_html
from explorer.archive.links.addresses import is_picture_file
from explorer.archive.model import Read
from explorer.archive.storage.files import format_of
from explorer.archive.storage.sidecars import sidecars_of
from explorer.errors import ArchiveError
from images.description import Description, read_description

GALLERY = "pictures.gallery"
"""The file name of the issue that is made of a folder of pictures."""


@dataclass(frozen=True, slots=True)
class Galleries:
    """The issues that are made of folders, by path, and the sidecars that belong to them."""

    pages: dict[str, Read]
    sidecars: set[str]


def galleries_of(
    paths: Iterable[str], name: str, read: Callable[[str], bytes], open_file: Callable[[str], BinaryIO]
) -> Galleries:
    """Return the galleries of an archive.

    Args:
        paths: the paths of the archive.
        name: the name of the archive, the title of a gallery at its root.
        read: returns the bytes of a file.
        open_file: opens a file.
    """
    pictures = sorted(filter(is_picture_file, paths))
    sidecars = sidecars_of(paths, read)
    folders = {posixpath.dirname(picture) for picture in sidecars.descriptions}
    # The unused pictures of a blog are no gallery: without captions, an archive with documents has none.
    if not folders and not any(format_of(path, partial(_head, path, read)) for path in paths):
        folders = {posixpath.dirname(picture) for picture in pictures}
    pictures_of: dict[str, list[str]] = {folder: [] for folder in folders}
    for picture in pictures:
        if posixpath.dirname(picture) in pictures_of:
            pictures_of[posixpath.dirname(picture)].append(picture)
    pages: dict[str, Read] = {
        posixpath.join(folder, GALLERY): partial(
            _page, posixpath.basename(folder) or name, in_folder, sidecars.descriptions, open_file
        )
        for folder, in_folder in pictures_of.items()
    }
    return Galleries(pages, sidecars.files)


def _head(path: str, read: Callable[[str], bytes]) -> bytes:
    try:
        return read(path)[:HEAD_BYTES]
    except ArchiveError:
        return b""


def _page(
    title: str,
    pictures: list[str],
    in_sidecars: Mapping[str, Description],
    open_file: Callable[[str], BinaryIO],
) -> bytes:
    """Return a page with a figure for each picture, described by its sidecar, else by its embedded metadata."""
    descriptions = {
        picture: in_sidecars.get(picture, Description()).or_else(_embedded_description(picture, open_file))
        for picture in pictures
    }
    days = [description.taken for description in descriptions.values() if description.taken]
    authors = {description.author for description in descriptions.values()}
    return html_page(
        title=title,
        date=min(days, default=None),
        author=authors.pop() if len(authors) == 1 else None,
        body="\n".join(
            _figure(posixpath.basename(picture), description) for picture, description in descriptions.items()
        ),
    )


def _embedded_description(picture: str, open_file: Callable[[str], BinaryIO]) -> Description:
    try:
        with open_file(picture) as stream:
            return read_description(stream)
    except ArchiveError:  # the reader of the picture reports it
        return Description()


def _figure(name: str, description: Description) -> str:
    caption = description.caption or description.title or ""
    title = description.title if description.caption else None
    credit = " / ".join(dict.fromkeys(filter(None, (description.author, description.credit))))
    markup = figure_html(
        quote(name), description.alt, caption, html.escape, title=title, credit=credit or None
    )
    # A <figure> even without a caption, so that no picture in the folder counts as an icon or avatar by its name.
    return markup if markup.startswith("<figure") else f"<figure>{markup}</figure>"
