"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/): each item is a document with its pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from html import escape
from typing import BinaryIO

from explorer.archive.convert.feeds.feed_pictures import picture_key
from explorer.archive.convert.format_kinds import Container, Members
from explorer.archive.convert.html_page import html_page
from explorer.archive.convert.json_trees import Node, nodes_at, read_json, text_at
from explorer.archive.convert.member_names import member_name, slug_from_url
from explorer.archive.convert.paragraphs import paragraphs_of_text
from explorer.archive.html.caption_marks import contains_picture, figure_html
from explorer.archive.links.addresses import is_picture_address, is_remote
from explorer.archive.site.copy_paths import absolute
from explorer.errors import ArchiveError

# Some programs escape slashes.
_VERSION = re.compile(rb'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org\\?/version')
# Programs that sort the keys write the version after the items.
_FEED_ADDRESS = re.compile(rb'"(?:feed_url|home_page_url)"\s*:')
_ITEMS = re.compile(rb'"items"\s*:\s*\[')


def _recognises(head: bytes) -> bool:
    return bool(_VERSION.search(head) or (_FEED_ADDRESS.search(head) and _ITEMS.search(head)))


def _unpack(stream: BinaryIO, path: str) -> Members:  # noqa: ARG001
    feed = read_json(stream)
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise ArchiveError("is not a JSON Feed: it has no items. Save it again.")
    members: dict[str, partial[bytes]] = {}
    for item in nodes_at(feed, "items"):
        identity = _identity(item)
        if identity:
            name = member_name(slug_from_url(_address(item, feed)) or text_at(item, "title"), identity)
            members.setdefault(name, partial(_page, item, feed))
    return members


def _identity(item: Node) -> str:
    """Return the id of an item, which may be a number, else another text that identifies it."""
    number = item.get("id")
    if isinstance(number, int | float):
        return str(number)
    texts = (
        text_at(item, key) for key in ("id", "url", "external_url", "title", "content_html", "content_text")
    )
    return next(filter(None, texts), "")


def _address(item: Node, feed: Node) -> str:
    """Return the address of an item. Its `external_url` is a page elsewhere that the item is about."""
    identity = text_at(item, "id")
    address = text_at(item, "url") or (identity if is_remote(identity) else "")
    return absolute(address, _site(feed)) if address else ""


def _site(feed: Node) -> str:
    return text_at(feed, "home_page_url") or text_at(feed, "feed_url")


def _page(item: Node, feed: Node) -> bytes:
    address = _address(item, feed)
    return html_page(
        title=text_at(item, "title"),
        date=text_at(item, "date_published") or text_at(item, "date_modified"),
        author=_authors(item) or _authors(feed),
        address=address,
        language=text_at(item, "language") or text_at(feed, "language"),
        base=address or _site(feed),
        body=_body(item),
    )


def _authors(node: Node) -> str:
    """Return the names of the authors: `authors` in version 1.1, `author` in 1.0."""
    author = node.get("author")
    authors = [*nodes_at(node, "authors")] or ([author] if isinstance(author, dict) else [])
    return ", ".join(filter(None, (text_at(author, "name").strip() for author in authors)))


def _body(item: Node) -> str:
    """Return the text between the opening pictures and the attached ones."""
    text = text_at(item, "content_html")
    if not text.strip():
        text = paragraphs_of_text(text_at(item, "content_text") or text_at(item, "summary"))
    opening = ((text_at(item, key), "") for key in ("banner_image", "image"))
    shown_keys: set[str] = set()
    figures = [
        "".join(_figure(address, caption, text, shown_keys) for address, caption in pictures)
        for pictures in (opening, _attached_pictures(item))
    ]
    return "\n".join((figures[0], text, figures[1]))


def _attached_pictures(item: Node) -> Iterator[tuple[str, str]]:
    """Yield the address and the caption of each attached picture."""
    for attachment in nodes_at(item, "attachments"):
        address, mime_type = text_at(attachment, "url"), text_at(attachment, "mime_type")
        if mime_type.startswith("image/") or (not mime_type and is_picture_address(address)):
            yield address, text_at(attachment, "title")


def _figure(address: str, caption: str, text: str, shown_keys: set[str]) -> str:
    """Return the figure of a picture and add its key to `shown_keys`; "" if the text or a figure shows it already."""
    key = picture_key(address)
    if not address.strip() or key in shown_keys or contains_picture(text, address):
        return ""
    shown_keys.add(key)
    return figure_html(address, None, caption, partial(escape, quote=False))


JSON_FEED = Container(
    "JSON Feed",
    "every item, with the pictures that it opens with and those that are attached",
    (".json",),
    _unpack,
    _recognises,
    is_text=True,
)
