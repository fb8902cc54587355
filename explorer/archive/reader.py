"""Reads an archive: the converter of its format turns each document into HTML, and one extractor reads that."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from explorer.archive.convert.decoding import collect_damage, describe_damage
from explorer.archive.convert.email.mime import EmbeddedPictures
from explorer.archive.convert.formats import TEXT, ConvertedDocument
from explorer.archive.html.extract import extract
from explorer.archive.html.metadata import metadata_of
from explorer.archive.links.addresses import AddressResolver, is_picture_address
from explorer.archive.mentioned import mentions_in
from explorer.archive.model import Issue, LedgerEntry
from explorer.archive.storage.files import Files, format_of, head_of
from explorer.errors import ArchiveError

# Technical and legal files beside the issues of an archive, by file name.
NO_ISSUES = {"license", "licence", "copying", "notice", "robots", "humans", "requirements", "cmakelists", "security",
             "code_of_conduct", "contributing", "authors", "contributors", "cname", "404"}  # fmt: skip
# Folders of templates: their documents are parts of pages.
TEMPLATE_FOLDERS = {
    "_includes",
    "_layouts",
    "layouts",
    "archetypes",
    "_sass",
    "_plugins",
    "partials",
    "templates",
}
# Archive formats that are not unpacked.
PACKED = {".zst", ".gz", ".tgz", ".bz2", ".xz", ".tar", ".7z", ".rar"}
# The folder that a browser, in any language, puts beside a saved page for its pictures and scripts.
_SAVED_PAGE_FOLDER = re.compile(
    r"(?P<page>.+)(?:_files|-Dateien|_fichiers|_archivos|_arquivos|_file|_bestanden|-filer)/", re.IGNORECASE
)


def documents_of(files: Files) -> list[str]:
    """Return the paths of the archive that are issues; `files.skipped` gets the others, except pictures."""
    documents = []
    pages = {
        posixpath.splitext(path)[0] for path in files.paths() if path.lower().endswith((".html", ".htm"))
    }
    for path in files.paths():
        if files.only not in {None, path} and not path.startswith(f"{files.only}/"):
            continue
        reason = _packed_reason(path) if path == files.only else _exclusion_reason(path, files, pages)
        if reason is None:
            documents.append(path)
        elif reason:
            files.skipped[path] = reason
    return documents


def _exclusion_reason(path: str, files: Files, pages: set[str]) -> str | None:
    """Return why the file is no issue, "" if it is a picture, None if it is an issue.

    `pages` are the HTML documents of the archive without their suffixes.
    """
    stem, suffix = posixpath.splitext(posixpath.basename(path))
    if is_picture_address(path):
        return ""
    if format_of(path, partial(head_of, files, path)) is None:
        return _packed_reason(path) or f"{suffix or 'no suffix'}: not a supported format"
    if stem.lower() in NO_ISSUES:
        return "is not an issue, by its name"
    if TEMPLATE_FOLDERS & set(path.lower().split("/")[:-1]):
        return "is a template of the site, not a page"
    page_folder = _SAVED_PAGE_FOLDER.match(path)
    if page_folder and page_folder["page"] in pages:
        return "is a part of a saved page"
    return None


def _packed_reason(path: str) -> str | None:
    """Return what to do about a packed file; None for any other."""
    suffix = posixpath.splitext(path)[1].lower()
    return f"{suffix}: is packed. Unpack it, and ingest its content." if suffix in PACKED else None


def read_issues(files: Files) -> Iterator[Issue | LedgerEntry]:
    """Yield the issues of the archive in path order, and a LedgerEntry for each document that cannot be read."""
    documents = documents_of(files)
    resolver = address_resolver_of(files, documents)
    for document in documents:
        yield read_issue(files, document, resolver)


def address_resolver_of(files: Files, documents: Iterable[str]) -> AddressResolver:
    """Return the resolver of the addresses in the documents of an archive."""
    return AddressResolver(files.paths(), files.read, documents)


def read_issue(files: Files, document: str, resolver: AddressResolver) -> Issue | LedgerEntry:
    """Read one document as an issue; a LedgerEntry with the reason if that fails."""
    try:
        with collect_damage() as damages:
            converted = _convert(document, files.read(document))
        return replace(parse_issue(converted, document, resolver), damage=describe_damage(damages))
    except ArchiveError as error:
        return LedgerEntry(document, str(error))


def parse_issue(converted: ConvertedDocument, document: str, resolver: AddressResolver) -> Issue:
    """Parse a document that is converted to HTML into an issue."""
    own_resolver = resolver.of_document(converted.parts)
    extracted = extract(converted.html, document, own_resolver)
    metadata = metadata_of(extracted.page, converted.front_matter, document, extracted.items)
    parts = converted.parts
    names = parts.names_by_picture() if isinstance(parts, EmbeddedPictures) else ((name,) for name in parts)
    mentioned = mentions_in(converted.sources or (converted.html,), names, own_resolver.accounted)
    return Issue(
        document,
        metadata,
        extracted.items,
        extracted.figures,
        (*extracted.left_out, *converted.left_out),
        frozenset(own_resolver.requested_files),
        mentioned=mentioned,
    )


def _convert(document: str, data: bytes) -> ConvertedDocument:
    format = format_of(document, lambda: data) or TEXT  # the user named the document: it is at least text
    try:
        return format.convert(data, document)
    except ArchiveError:
        raise
    except Exception as error:  # third-party parsers raise errors of any kind for damaged files
        raise ArchiveError(
            f"cannot be read as {format.name}: {error or type(error).__name__}. Save it again, or leave it out."
        ) from error
