"""Feeds (RSS of every version, Atom): each entry is a document, its enclosed pictures are figures at its end."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import BinaryIO
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

from explorer.archive.addresses import is_picture_address
from explorer.archive.figure_html import figure_html, shows
from explorer.archive.formats.html_page import html_page
from explorer.archive.formats.kinds import Container, Members
from explorer.archive.formats.member_names import member_name, spoken_part
from explorer.archive.formats.paragraphs import paragraphs_of_markup, paragraphs_of_text
from explorer.archive.formats.xml_trees import (
    MAX_XML_BYTES,
    children,
    local,
    markup_in,
    read_elements,
    root_of,
    text_of_child,
)

_ENTRIES = frozenset(("item", "entry"))
_MEDIA = "search.yahoo.com/mrss"
MAX_SHARING = 100  # pictures that share a caption
_MAIL_THEN_NAME = re.compile(r"\s*+[^\s@(]++@[^\s(]++\s*+\((?P<name>.+)\)\s*+")
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
# WordPress.com gives the portrait of the author with every entry.
_PORTRAIT = re.compile(r"gravatar\.com/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed; `body` is HTML, empty words are unknown."""

    identity: str
    title: str
    link: str
    date: str
    author: str
    body: str


def _recognises(head: bytes) -> bool:
    root, attributes = root_of(head)
    return (
        root == "rss"
        or (root == "RDF" and ("purl.org/rss" in attributes or "netscape.com/rdf" in attributes))
        or (root == "feed" and "atom" in attributes.lower())
    )


def _unpack(stream: BinaryIO, path: str) -> Members:  # noqa: ARG001
    root, entries = read_elements(stream.read(MAX_XML_BYTES + 1), _ENTRIES, _entry)
    channel = next(children(root, "channel"), root)
    members: dict[str, partial[bytes]] = {}
    for entry in entries:
        name = member_name(spoken_part(entry.link) or entry.title, entry.identity)
        members.setdefault(name, partial(_page, entry, channel))
    return members


def _page(entry: Entry, channel: Element) -> bytes:
    return html_page(
        title=entry.title,
        date=entry.date,
        author=entry.author or _author(channel),
        address=urljoin(_link(channel), entry.link) if entry.link else None,
        language=text_of_child(channel, "language") or channel.get(_LANGUAGE),
        body=entry.body,
    )


def _entry(element: Element) -> Entry | None:
    link = text_of_child(element, "origLink") or _link(element)
    title = _spoken(next(children(element, "title"), None))
    body = _content(element)
    body += "".join(_pictures(element, body))
    identity = text_of_child(element, "guid") or text_of_child(element, "id") or link or title or body
    if not identity:
        return None
    date = next(filter(None, (text_of_child(element, name) for name in _DATES)), "")
    return Entry(identity, title, link, date, _author(element), body)


_DATES = ("published", "pubDate", "issued", "date", "created", "updated", "modified")


def _link(element: Element) -> str:
    """Atom keeps the address in an attribute, RSS as text."""
    links = list(children(element, "link"))
    for link in links:
        if link.get("href") and link.get("rel", "alternate") == "alternate":
            return str(link.get("href")).strip()
    written = next((link.text.strip() for link in links if link.text and link.text.strip()), "")
    guid = next(children(element, "guid"), None)
    if not written and guid is not None and guid.get("isPermaLink") != "false" and "//" in (guid.text or ""):
        return (guid.text or "").strip()
    return written


def _author(element: Element) -> str:
    for name in ("author", "creator", "managingEditor"):
        for author in children(element, name):
            written = text_of_child(author, "name") or (author.text or "").strip()
            with_mail = _MAIL_THEN_NAME.fullmatch(written)
            if written:
                return with_mail["name"] if with_mail else written
    return ""


def _content(element: Element) -> str:
    """The whole text where the feed gives it, else the summary."""
    for name, namespace in (("encoded", "content"), ("content", "tom"), ("body", "xhtml"), ("content", ""),
                            ("description", ""), ("summary", "")):  # fmt: skip
        for child in children(element, name, namespace):
            written = _markup(child) if _MEDIA not in child.tag else ""
            if written.strip():
                return written
    return ""


def _markup(element: Element) -> str:
    """The content of an element as HTML: marked up, escaped or plain, as its type says or its look."""
    kind = element.get("type", "")
    if len(element):
        return markup_in(element)
    written = element.text or ""
    is_atom_text = "tom" in str(element.tag).rpartition("}")[0] and "html" not in kind
    if kind in {"text", "text/plain"} or is_atom_text:
        return paragraphs_of_text(written)
    return paragraphs_of_markup(written)


def _spoken(element: Element | None) -> str:
    """The words of a title or caption, which may be HTML that is escaped once or twice."""
    if element is None:
        return ""
    written = "".join(element.itertext())
    if element.get("type", "html") != "text":
        written = html.unescape(re.sub(r"</?[a-zA-Z][^<>]*>", "", html.unescape(written)))
    return " ".join(written.split())


# --- pictures beside the text -----------------------------------------------------------------------------


def _pictures(entry: Element, body: str) -> Iterator[str]:
    """The enclosed pictures that the text does not show, each once."""
    shown: set[str] = set()
    for address, caption, credit in _enclosed(entry):
        if address in shown or shows(body, address) or _PORTRAIT.search(address):
            continue
        shown.add(address)
        yield "\n" + (figure_html(address, None, caption, partial(html.escape, quote=False), credit=credit))


def _enclosed(entry: Element) -> Iterator[tuple[str, str, str]]:
    """(address, caption, credit) of everything in an entry that is an enclosed picture; previews last."""
    groups = [entry, *children(entry, "group", _MEDIA)]
    contents = [(one, group) for group in groups for one in children(group, "content", _MEDIA)]
    pictures = [(one, group) for one, group in contents if _is_picture(one, "url")]
    for one, group in pictures:
        yield (
            str(one.get("url")),
            _said(one, group, "description") or _said(one, group, "title"),
            _said(one, group, "credit"),
        )
    for enclosure in children(entry, "enclosure"):
        if _is_picture(enclosure, "url"):
            yield str(enclosure.get("url")), "", ""
    for link in children(entry, "link"):
        if link.get("rel") == "enclosure" and _is_picture(link, "href"):
            yield str(link.get("href")), _spoken_title(link), ""
    if pictures:
        return
    for group in [*groups, *(one for one, _ in contents)]:
        previews = [one for one in children(group, "thumbnail", _MEDIA) if one.get("url")]
        is_told = 0 < len(previews) <= MAX_SHARING
        caption, credit = (_said(group, group, it) if is_told else "" for it in ("description", "credit"))
        for preview in previews:
            yield str(preview.get("url")), caption, credit


def _spoken_title(link: Element) -> str:
    return " ".join(link.get("title", "").split())


def _said(media: Element, group: Element, name: str) -> str:
    """What is said of a medium, by itself or by the group that it stands in alone."""
    own = _spoken(next(children(media, name, _MEDIA), None))
    if own:
        return own
    beside = sum(1 for _ in islice(children(group, "content", _MEDIA), MAX_SHARING + 1))
    is_alone = beside <= (MAX_SHARING if local(group) == "group" else 1)
    return _spoken(next(children(group, name, _MEDIA), None)) if is_alone else ""


def _is_picture(element: Element, address: str) -> bool:
    kind, medium, written = element.get("type", ""), element.get("medium", ""), element.get(address, "")
    says_picture = kind.startswith("image/") or medium == "image"
    return bool(written) and (says_picture or (not kind and not medium and is_picture_address(written)))


FEED = Container(
    "feed",
    "every entry of an RSS or Atom feed, with the pictures that it encloses",
    (".xml", ".rss", ".atom", ".rdf"),
    _unpack,
    _recognises,
    is_text=True,
)
