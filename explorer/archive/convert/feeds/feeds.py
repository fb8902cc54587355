"""Feeds (all versions of RSS, Atom): each entry is a document with its enclosed pictures as figures at the end."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO
from xml.etree.ElementTree import Element

from explorer.archive.convert.exports.blogger import address_of, skipped_entry
from explorer.archive.convert.exports.skipped_entries import OtherEntry, UnpublishedPost, skipped_members
from explorer.archive.convert.feeds.feed_pictures import MEDIA, enclosed_figures
from explorer.archive.convert.format_kinds import Container, Members
from explorer.archive.convert.html_page import html_page
from explorer.archive.convert.member_names import member_name, slug_from_url
from explorer.archive.convert.paragraphs import paragraphs_of_markup, paragraphs_of_text
from explorer.archive.convert.xml_trees import (
    MAX_XML_BYTES,
    children,
    markup_in,
    read_elements,
    root_of,
    text_of_child,
)
from explorer.archive.model import Read
from explorer.system.web_addresses import join_address

_ENTRY_NAMES = frozenset(("item", "entry"))
_MAIL_THEN_NAME = re.compile(r"\s*+[^\s@(]++@[^\s(]++\s*+\((?P<name>.+)\)\s*+")
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a feed. `body` is HTML; unknown texts are empty."""

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
    root, entries = read_elements(stream.read(MAX_XML_BYTES + 1), _ENTRY_NAMES, _parse_entry)
    channel = next(children(root, "channel"), root)
    members: dict[str, Read] = {
        **skipped_members(entry for entry in entries if isinstance(entry, UnpublishedPost | OtherEntry))
    }
    for entry in entries:
        if not isinstance(entry, Entry):
            continue
        name = member_name(slug_from_url(entry.link) or entry.title, entry.identity)
        members.setdefault(name, partial(_page, entry, channel))
    return members


def _page(entry: Entry, channel: Element) -> bytes:
    return html_page(
        title=entry.title,
        date=entry.date,
        author=entry.author or _author(channel),
        address=join_address(_link(channel), entry.link) or None if entry.link else None,
        language=text_of_child(channel, "language") or channel.get(_LANGUAGE),
        body=entry.body,
    )


def _parse_entry(element: Element) -> Entry | UnpublishedPost | OtherEntry | None:
    link = text_of_child(element, "origLink") or _link(element) or address_of(element)
    title = _plain_text(next(children(element, "title"), None))
    skipped = skipped_entry(element, title, text_of_child(element, "id"))
    if skipped:
        return skipped
    body = _content(element)
    body += "".join(enclosed_figures(element, body, _plain_text))
    identity = text_of_child(element, "guid") or text_of_child(element, "id") or link or title or body
    if not identity:
        return None
    date = next(filter(None, (text_of_child(element, name) for name in _DATE_NAMES)), "")
    return Entry(identity, title, link, date, _author(element), body)


_DATE_NAMES = ("published", "pubDate", "issued", "date", "created", "updated", "modified")


def _link(element: Element) -> str:
    """Return the address of an entry: Atom has it in an attribute, RSS as text."""
    links = list(children(element, "link"))
    for link in links:
        if link.get("href") and link.get("rel", "alternate") == "alternate":
            return str(link.get("href")).strip()
    text = next((link.text.strip() for link in links if link.text and link.text.strip()), "")
    guid = next(children(element, "guid"), None)
    if not text and guid is not None and guid.get("isPermaLink") != "false" and "//" in (guid.text or ""):
        return (guid.text or "").strip()
    return text


def _author(element: Element) -> str:
    for name in ("author", "creator", "managingEditor"):
        for author in children(element, name):
            text = text_of_child(author, "name") or (author.text or "").strip()
            match = _MAIL_THEN_NAME.fullmatch(text)
            if text:
                return match["name"] if match else text
    return ""


def _content(element: Element) -> str:
    """Return the HTML of the full text if the feed has it, else of the summary."""
    for name, namespace in (("encoded", "content"), ("content", "tom"), ("body", "xhtml"), ("content", ""),
                            ("description", ""), ("summary", "")):  # fmt: skip
        for child in children(element, name, namespace):
            markup = _markup(child) if MEDIA not in child.tag else ""
            if markup.strip():
                return markup
    return ""


def _markup(element: Element) -> str:
    """Return the content of an element as HTML; it may be markup, escaped or plain, by its type or its syntax."""
    kind = element.get("type", "")
    if len(element):
        return markup_in(element)
    text = element.text or ""
    is_atom_text = "tom" in str(element.tag).rpartition("}")[0] and "html" not in kind
    if kind in {"text", "text/plain"} or is_atom_text:
        return paragraphs_of_text(text)
    return paragraphs_of_markup(text)


def _plain_text(element: Element | None) -> str:
    """Return the plain text of a title or caption, which may be HTML that is escaped once or twice."""
    if element is None:
        return ""
    text = "".join(element.itertext())
    if element.get("type", "html") != "text":
        text = html.unescape(re.sub(r"</?[a-zA-Z][^<>]*>", "", html.unescape(text)))
    return " ".join(text.split())


FEED = Container(
    "feed",
    "every entry of an RSS or Atom feed, with the pictures that it encloses",
    (".xml", ".rss", ".atom", ".rdf"),
    _unpack,
    _recognises,
    is_text=True,
)
