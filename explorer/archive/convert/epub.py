"""EPUB 2 and 3 books (https://www.w3.org/TR/epub-33/): a book is one issue, its documents in reading order."""

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

from explorer.archive.convert.decoding import MAX_TEXT_BYTES, decode
from explorer.archive.convert.format_kinds import ConvertedDocument, Format
from explorer.archive.convert.xml_trees import children, local_name, parse_xml, text_of_child
from explorer.archive.convert.zipped import SafeZip
from explorer.archive.html.caption_marks import figure_html
from explorer.archive.html.runs import parse
from explorer.archive.links.addresses import is_foreign_scheme, is_remote
from explorer.errors import ArchiveError

MAX_SHEETS = 64
MAX_SHEET_BYTES = 1024 * 1024
_ENCRYPTION = "META-INF/encryption.xml"
# Methods that obfuscate only fonts: such a book can be read.
_FONT_OBFUSCATION = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_PAGE_TYPES = frozenset(
    ("application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document")
)
_TEXT_SUFFIXES = (".xhtml", ".html", ".htm", ".xml", ".css", ".opf", ".ncx", ".js")
# Possessive quantifiers: a name of a megabyte without an end is scanned once.
_EMPTY_ELEMENT = re.compile(
    r"<(?!(?:br|hr|img|input|link|meta|col|area|base|source|wbr|embed)\b)([\w:.-]++)((?:[^<>/]++|/(?!>))*+)/>"
)


@dataclass(frozen=True, slots=True)
class Book:
    """An open book: its zip, the paths in it, its package document and the folder of the package document."""

    zipped: SafeZip
    paths: frozenset[str]
    package: Element
    folder: str

    def package_child(self, name: str) -> Element | None:
        return next(children(self.package, name), None)


@dataclass(frozen=True, slots=True)
class SpineDocument:
    """A document of the spine, by its path in the zip."""

    path: str
    media_type: str


def _convert(data: bytes, document: str) -> ConvertedDocument:
    book = _open_book(SafeZip(io.BytesIO(data), document))
    pictures = {path: partial(book.zipped.read, path) for path in book.paths}
    sections: list[str] = []
    remaining_bytes = MAX_TEXT_BYTES
    sheets: set[str] = set()
    for spine_document in _spine_documents(book):
        section = _section_html(book, spine_document, remaining_bytes, sheets)
        remaining_bytes -= len(section)
        sections.append(section)
    return ConvertedDocument("\n".join(sections), _front_matter(book), pictures, tuple(_sources(book)))


def _open_book(zipped: SafeZip) -> Book:
    paths = frozenset(zipped.paths())
    if _ENCRYPTION in paths:
        _refuse_encrypted(parse_xml(zipped.read(_ENCRYPTION)))
    root = parse_xml(zipped.read("META-INF/container.xml"))
    package_paths = [
        unquote(element.get("full-path", "")) for element in root.iter() if local_name(element) == "rootfile"
    ]
    package = next((path for path in package_paths if path in paths), None)
    if package is None:
        raise ArchiveError(
            "does not name its package document, so its chapters cannot be found. Export it again."
        )
    return Book(zipped, paths, parse_xml(zipped.read(package)), posixpath.dirname(package))


def _refuse_encrypted(encryption: Element) -> None:
    methods = [
        element.get("Algorithm") for element in encryption.iter() if local_name(element) == "EncryptionMethod"
    ]
    if any(method not in _FONT_OBFUSCATION for method in methods):
        raise ArchiveError("is encrypted (DRM). Use a copy without DRM.")


# --- reading order ----------------------------------------------------------------------------------------


def _spine_documents(book: Book) -> Iterator[SpineDocument]:
    """Yield the documents in reading order, each once, without the table of contents."""
    manifest, spine = book.package_child("manifest"), book.package_child("spine")
    items = {} if manifest is None else {child.get("id"): child for child in children(manifest, "item")}
    identifiers = [] if spine is None else [child.get("idref") for child in children(spine, "itemref")]
    for identifier in dict.fromkeys(identifiers):
        item = items.get(identifier)
        if item is None or "nav" in item.get("properties", "").split():
            continue
        path = _resolve(item.get("href", ""), book.folder, book.paths)
        if path in book.paths:
            yield SpineDocument(path, item.get("media-type", ""))


def _section_html(book: Book, document: SpineDocument, max_bytes: int, sheets: set[str]) -> str:
    if document.media_type.startswith("image/"):
        return figure_html(document.path, None, None, str)
    if document.media_type not in _PAGE_TYPES:
        return ""
    try:
        data = book.zipped.read(document.path)
    except ArchiveError:  # the other chapters can be read
        return ""
    if len(data) > max_bytes:
        raise ArchiveError(f"has more than {MAX_TEXT_BYTES:,} bytes of text. Split it.")
    page = parse(_EMPTY_ELEMENT.sub(r"<\1\2></\1>", decode(data)))
    if page.body is None:
        return ""
    _unwrap_svg_images(page)
    _resolve_picture_addresses(page, posixpath.dirname(document.path), book.paths)
    # A section: otherwise the header of a chapter would look like the header of a site.
    styles = "".join(_style_elements(page, posixpath.dirname(document.path), book, sheets))
    return f"<section>{styles}{page.body.inner_html or ''}</section>"


def _style_elements(page: LexborHTMLParser, folder: str, book: Book, sheets: set[str]) -> Iterator[str]:
    """Yield the style sheets that a chapter adds to the book, as `<style>`: they set the sizes of its pictures."""
    for sheet in page.css("head style, head link[rel~=stylesheet][href]"):
        css = sheet.text() if sheet.tag == "style" else ""
        if sheet.tag == "link":
            path = _resolve(sheet.attributes.get("href") or "", folder, book.paths)
            if path not in book.paths or path in sheets or len(sheets) >= MAX_SHEETS:
                continue
            sheets.add(path)
            css = _read_sheet(book, path)
        if css.strip() and "</" not in css:
            yield f"<style>{css}</style>"


def _read_sheet(book: Book, path: str) -> str:
    try:
        return decode(book.zipped.read(path)[:MAX_SHEET_BYTES])
    except ArchiveError:  # the chapter can be read without it
        return ""


def _sources(book: Book) -> Iterator[str]:
    """Yield the texts of the book (chapters, styles, drawings), at most MAX_TEXT_BYTES in total."""
    remaining_bytes = MAX_TEXT_BYTES
    for path in sorted(book.paths):
        if not path.lower().endswith(_TEXT_SUFFIXES):
            continue
        try:
            data = book.zipped.read(path)
        except ArchiveError:
            continue
        remaining_bytes -= len(data)
        if remaining_bytes < 0:
            return
        yield data.decode("utf-8", errors="replace")  # `_section_html` reports damage


def _unwrap_svg_images(page: LexborHTMLParser) -> None:
    """Replace `<svg><image href=...></svg>`, with which books scale covers and plates, by `<img>`."""
    for image in page.css("svg > image, svg > g > image"):
        group = image.parent
        drawing = group.parent if group is not None and group.tag == "g" else group
        address = image.attributes.get("xlink:href") or image.attributes.get("href")
        if drawing is None or drawing.parent is None or not address or not _is_alone(image):
            continue
        title = drawing.css_first("title")
        alt = title.text() if title is not None else drawing.attributes.get("aria-label")
        picture = page.create_node("img")
        picture.attrs["src"] = address
        if alt:
            picture.attrs["alt"] = alt
        drawing.replace_with(picture)


def _is_alone(image: LexborNode) -> bool:
    """Return whether the SVG draws nothing but this image."""
    neighbours = [image.prev, image.next]
    for start, step in zip(neighbours, ("prev", "next"), strict=True):
        node = start
        while node is not None:
            if not node.is_text_node and node.tag not in {"title", "desc"}:
                return False
            node = getattr(node, step)
    return True


def _resolve_picture_addresses(page: LexborHTMLParser, folder: str, paths: frozenset[str]) -> None:
    """Replace addresses relative to a chapter by paths in the zip, the keys of the pictures."""
    for picture in page.css("img, object, embed, image"):
        for name in ("src", "data", "href", "xlink:href"):
            address = picture.attributes.get(name)
            if address and not is_remote(address) and not is_foreign_scheme(address):
                picture.attrs[name] = _resolve(address, folder, paths)
        if "srcset" in picture.attributes:
            del picture.attrs["srcset"]


def _resolve(address: str, folder: str, paths: frozenset[str]) -> str:
    """Return the path in the zip of an address in a document in `folder`, percent-encoded or not."""
    bare = address.strip().partition("#")[0]
    candidates = [
        posixpath.normpath(posixpath.join(folder, spelling)).lstrip("./")
        for spelling in (bare, unquote(bare))
    ]
    return next((path for path in candidates if path in paths), candidates[-1])


# --- metadata ---------------------------------------------------------------------------------------------


def _front_matter(book: Book) -> dict[str, Any]:
    metadata = book.package_child("metadata")
    if metadata is None:
        return {}
    # Drafts of EPUB 2 have the metadata one level deeper.
    metadata = next(children(metadata, "dc-metadata"), metadata)
    front_matter = {
        "title": text_of_child(metadata, "title"),
        "author": _authors(metadata),
        "date": _date(metadata),
        "language": text_of_child(metadata, "language"),
    }
    return {name: value for name, value in front_matter.items() if value}


def _authors(metadata: Element) -> list[str]:
    """Return the creators with the role of an author or without a role."""
    roles = {
        meta.get("refines", "").lstrip("#"): (meta.text or "").strip()
        for meta in children(metadata, "meta")
        if meta.get("property") == "role"
    }
    authors = []
    for creator in children(metadata, "creator"):
        role = next((value for name, value in creator.attrib.items() if name.endswith("}role")), None)
        name = " ".join("".join(creator.itertext()).split())
        if name and (role or roles.get(creator.get("id", "")) or "aut") == "aut":
            authors.append(name)
    return authors


def _date(metadata: Element) -> str:
    """Return the date of publication, else the first date: EPUB 2 may have several."""
    dates = list(children(metadata, "date"))
    published = [date for date in dates if any("publication" in value for value in date.attrib.values())]
    return next((date.text.strip() for date in [*published, *dates] if date.text and date.text.strip()), "")


EPUB = Format("EPUB", "a book as one issue: its chapters in order and their pictures", (".epub",), _convert)
