"""EPUB books: one issue, its documents in reading order. https://www.w3.org/TR/epub-33/ and EPUB 2."""

from __future__ import annotations

import io
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from selectolax.lexbor import LexborHTMLParser, LexborNode

from explorer.archive.convert.decoding import decode
from explorer.archive.convert.figure_html import figure_html
from explorer.archive.convert.format_kinds import Converted, Format
from explorer.archive.convert.texts import MAX_TEXT_BYTES
from explorer.archive.convert.xml_trees import children, local, text_of_child, tree_of
from explorer.archive.convert.zipped import SafeZip
from explorer.archive.html.runs import parse
from explorer.archive.links.addresses import is_foreign_scheme, is_remote
from explorer.errors import ArchiveError

MAX_SHEETS = 64
MAX_SHEET_BYTES = 1024 * 1024
_ENCRYPTION = "META-INF/encryption.xml"
# Fonts are often garbled against copying, which locks nobody out.
_OF_FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_PAGES = frozenset(("application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document"))
_TEXTS = (".xhtml", ".html", ".htm", ".xml", ".css", ".opf", ".ncx", ".js")
# Possessive: a name of a megabyte, never closed, is read once.
_EMPTY_ELEMENT = re.compile(
    r"<(?!(?:br|hr|img|input|link|meta|col|area|base|source|wbr|embed)\b)([\w:.-]++)((?:[^<>/]++|/(?!>))*+)/>"
)


@dataclass(frozen=True, slots=True)
class Book:
    """An open book: its zip, its package document and the folder which that stands in."""

    zipped: SafeZip
    there: frozenset[str]  # the paths in it
    package: Element
    folder: str

    def part(self, name: str) -> Element | None:
        return next(children(self.package, name), None)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One document of the spine, by its path in the zip."""

    path: str
    media_type: str


def _convert(data: bytes, document: str) -> Converted:
    book = _opened(SafeZip(io.BytesIO(data), document))
    pictures = {path: partial(book.zipped.read, path) for path in book.there}
    sections: list[str] = []
    room = MAX_TEXT_BYTES
    sheets: set[str] = set()
    for leaf in _spine(book):
        section = _section(book, leaf, room, sheets)
        room -= len(section)
        sections.append(section)
    return Converted("\n".join(sections), _front_matter(book), pictures, tuple(_sources(book)))


def _opened(zipped: SafeZip) -> Book:
    there = frozenset(zipped.paths())
    if _ENCRYPTION in there:
        _refuse_locked(tree_of(zipped.read(_ENCRYPTION)))
    root = tree_of(zipped.read("META-INF/container.xml"))
    paths = [unquote(it.get("full-path", "")) for it in root.iter() if local(it) == "rootfile"]
    package = next((path for path in paths if path in there), None)
    if package is None:
        raise ArchiveError("names no package document, so nobody knows its chapters. Export it again.")
    return Book(zipped, there, tree_of(zipped.read(package)), posixpath.dirname(package))


def _refuse_locked(encryption: Element) -> None:
    methods = [it.get("Algorithm") for it in encryption.iter() if local(it) == "EncryptionMethod"]
    if any(method not in _OF_FONTS for method in methods):
        raise ArchiveError("is encrypted (DRM). Bring a copy without it.")


# --- reading order ----------------------------------------------------------------------------------------


def _spine(book: Book) -> Iterator[Leaf]:
    """The documents in reading order, each once; the table of contents is none."""
    manifest, spine = book.part("manifest"), book.part("spine")
    items = {} if manifest is None else {it.get("id"): it for it in children(manifest, "item")}
    named = [] if spine is None else [it.get("idref") for it in children(spine, "itemref")]
    for name in dict.fromkeys(named):
        item = items.get(name)
        if item is None or "nav" in item.get("properties", "").split():
            continue
        path = _path(item.get("href", ""), book.folder, book.there)
        if path in book.there:
            yield Leaf(path, item.get("media-type", ""))


def _section(book: Book, leaf: Leaf, room: int, sheets: set[str]) -> str:
    if leaf.media_type.startswith("image/"):
        return figure_html(leaf.path, None, None, str)
    if leaf.media_type not in _PAGES:
        return ""
    try:
        data = book.zipped.read(leaf.path)
    except ArchiveError:  # a damaged chapter does not spoil the others
        return ""
    if len(data) > room:
        raise ArchiveError(f"has more than {MAX_TEXT_BYTES:,} bytes of text. Split it.")
    page = parse(_EMPTY_ELEMENT.sub(r"<\1\2></\1>", decode(data)))
    if page.body is None:
        return ""
    _unwrap_drawn_pictures(page)
    _name_pictures(page, posixpath.dirname(leaf.path), book.there)
    # A section, so that the header of a chapter is not taken for that of a site.
    styles = "".join(_styles(page, posixpath.dirname(leaf.path), book, sheets))
    return f"<section>{styles}{page.body.inner_html or ''}</section>"


def _styles(page: LexborHTMLParser, folder: str, book: Book, sheets: set[str]) -> Iterator[str]:
    """The style sheets that a chapter brings to the book, as elements of it: they say how large its pictures are."""
    for sheet in page.css("head style, head link[rel~=stylesheet][href]"):
        css = sheet.text() if sheet.tag == "style" else ""
        if sheet.tag == "link":
            path = _path(sheet.attributes.get("href") or "", folder, book.there)
            if path not in book.there or path in sheets or len(sheets) >= MAX_SHEETS:
                continue
            sheets.add(path)
            css = _sheet(book, path)
        if css.strip() and "</" not in css:
            yield f"<style>{css}</style>"


def _sheet(book: Book, path: str) -> str:
    try:
        return decode(book.zipped.read(path)[:MAX_SHEET_BYTES])
    except ArchiveError:  # a damaged one costs what it says, and no chapter
        return ""


def _sources(book: Book) -> Iterator[str]:
    """The texts of the book: its chapters, their styles and drawings, as far as their room goes."""
    room = MAX_TEXT_BYTES
    for path in sorted(book.there):
        if not path.lower().endswith(_TEXTS):
            continue
        try:
            data = book.zipped.read(path)
        except ArchiveError:
            continue
        room -= len(data)
        if room < 0:
            return
        yield data.decode("utf-8", errors="replace")  # damage is told where it is shown


def _unwrap_drawn_pictures(page: LexborHTMLParser) -> None:
    """`<svg><image href=...></svg>`, by which books scale covers and plates, as the picture that it is."""
    for drawn in page.css("svg > image, svg > g > image"):
        group = drawn.parent
        drawing = group.parent if group is not None and group.tag == "g" else group
        address = drawn.attributes.get("xlink:href") or drawn.attributes.get("href")
        if drawing is None or drawing.parent is None or not address or not _is_alone(drawn):
            continue
        title = drawing.css_first("title")
        alt = title.text() if title is not None else drawing.attributes.get("aria-label")
        picture = page.create_node("img")
        picture.attrs["src"] = address
        if alt:
            picture.attrs["alt"] = alt
        drawing.replace_with(picture)


def _is_alone(drawn: LexborNode) -> bool:
    """Whether nothing is drawn beside it: a drawing of more is not its picture."""
    around = [drawn.prev, drawn.next]
    for start, step in zip(around, ("prev", "next"), strict=True):
        beside = start
        while beside is not None:
            if not beside.is_text_node and beside.tag not in {"title", "desc"}:
                return False
            beside = getattr(beside, step)
    return True


def _name_pictures(page: LexborHTMLParser, folder: str, there: frozenset[str]) -> None:
    """Addresses relative to a chapter become paths in the zip, the names of the parts."""
    for picture in page.css("img, object, embed, image"):
        for name in ("src", "data", "href", "xlink:href"):
            address = picture.attributes.get(name)
            if address and not is_remote(address) and not is_foreign_scheme(address):
                picture.attrs[name] = _path(address, folder, there)
        if "srcset" in picture.attributes:
            del picture.attrs["srcset"]


def _path(address: str, folder: str, there: frozenset[str]) -> str:
    """The path in the zip that an address of a document in `folder` means, percent signs or not."""
    bare = address.strip().partition("#")[0]
    paths = [posixpath.normpath(posixpath.join(folder, it)).lstrip("./") for it in (bare, unquote(bare))]
    return next((path for path in paths if path in there), paths[-1])


# --- what it says of itself -------------------------------------------------------------------------------


def _front_matter(book: Book) -> dict[str, Any]:
    metadata = book.part("metadata")
    if metadata is None:
        return {}
    # EPUB 2 drafts put them one level deeper.
    metadata = next(children(metadata, "dc-metadata"), metadata)
    said = {
        "title": text_of_child(metadata, "title"),
        "author": _authors(metadata),
        "date": _date(metadata),
        "language": text_of_child(metadata, "language"),
    }
    return {name: value for name, value in said.items() if value}


def _authors(metadata: Element) -> list[str]:
    """The creators that are authors, or whose part in the book is not said."""
    roles = {
        it.get("refines", "").lstrip("#"): (it.text or "").strip()
        for it in children(metadata, "meta")
        if it.get("property") == "role"
    }
    authors = []
    for creator in children(metadata, "creator"):
        own = next((value for name, value in creator.attrib.items() if name.endswith("}role")), None)
        name = " ".join("".join(creator.itertext()).split())
        if name and (own or roles.get(creator.get("id", "")) or "aut") == "aut":
            authors.append(name)
    return authors


def _date(metadata: Element) -> str:
    """The date of publication; EPUB 2 tells several dates apart."""
    dates = list(children(metadata, "date"))
    published = [it for it in dates if any("publication" in value for value in it.attrib.values())]
    return next((it.text.strip() for it in [*published, *dates] if it.text and it.text.strip()), "")


EPUB = Format("EPUB", "a book as one issue: its chapters in order and their pictures", (".epub",), _convert)
