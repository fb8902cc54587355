"""The new matches of saved searches as an Atom feed (RFC 4287), a file to which a feed reader can subscribe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree as ET

from explorer.catalog.records import FigureRecord
from explorer.system.web_addresses import web_address

FILE: Final = "new-matches.atom"
MAX_ENTRIES: Final = 200
_NAMESPACE: Final = "http://www.w3.org/2005/Atom"
_NEVER: Final = "1970-01-01T00:00:00+00:00"


@dataclass(frozen=True, slots=True)
class FoundFigure:
    """A figure that a saved search found, and when it was new (ISO 8601, UTC)."""

    search: str
    figure: FigureRecord
    found: str
    address: str | None
    """The address of its issue on the web."""


def render_feed(library: str, found: Sequence[FoundFigure]) -> str:
    """Return the feed of the newest MAX_ENTRIES figures. `library` is the name of the library."""
    newest = sorted(found, key=lambda it: it.found, reverse=True)[:MAX_ENTRIES]
    feed = ET.Element("feed", xmlns=_NAMESPACE)
    _add(feed, "title", f"New matches in {library}")
    _add(feed, "id", uuid5(NAMESPACE_URL, f"new matches {library}").urn)
    _add(feed, "updated", newest[0].found if newest else _NEVER)
    _add(ET.SubElement(feed, "author"), "name", library)
    for it in newest:
        _add_entry(feed, it)
    ET.indent(feed)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(feed, encoding="unicode")}\n'


def _add_entry(feed: ET.Element, it: FoundFigure) -> None:
    entry = ET.SubElement(feed, "entry")
    figure = it.figure
    issue = ", ".join(filter(None, (figure.issue_title or figure.document, figure.date)))
    _add(entry, "title", figure.label)
    _add(entry, "id", uuid5(NAMESPACE_URL, f"{it.search}\n{figure.id}").urn)
    _add(entry, "updated", it.found)
    ET.SubElement(entry, "category", term=_allowed(it.search))
    address = web_address(it.address)
    if address:
        ET.SubElement(entry, "link", href=_allowed(address))
    _add(entry, "summary", " · ".join(filter(None, (it.search, issue, figure.credit))))


def _add(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = _allowed(text)


def _allowed(text: str) -> str:
    """Return the text without characters that XML 1.0 does not allow."""
    return "".join(it for it in text if it in "\t\n\r" or (it >= " " and it not in "\ufffe\uffff"))
