"""Reads an archive: every document by the reader of its format, all through the one extractor."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from explorer.archive.convert.decoding import collect_damage, describe_damage
from explorer.archive.convert.email.mime import EmbeddedPictures
from explorer.archive.convert.formats import TEXT, ConvertedDocument, format_of
from explorer.archive.html.extract import extract
from explorer.archive.html.metadata import metadata_of
from explorer.archive.links.addresses import Addresses, is_picture_address
from explorer.archive.mentioned import mentions_in
from explorer.archive.model import Issue, LedgerEntry
from explorer.archive.storage.files import Files, head_of
from explorer.errors import ArchiveError

# Machinery and legal text that stands beside the issues of an archive, by file name.
NO_ISSUES = {"license", "licence", "copying", "notice", "robots", "humans", "requirements", "cmakelists", "security",
             "code_of_conduct", "contributing", "authors", "contributors", "cname", "404"}  # fmt: skip
# Folders of templates, whose documents are parts of pages rather than pages.
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
# What is packed by programs that nothing here unpacks.
PACKED = {".zst", ".gz", ".tgz", ".bz2", ".xz", ".tar", ".7z", ".rar"}
# The folder that a browser, in whatever language, puts beside a page with all that is shown on it.
_BESIDE_SAVED_PAGE = re.compile(
    r"(?P<page>.+)(?:_files|-Dateien|_fichiers|_archivos|_arquivos|_file|_bestanden|-filer)/", re.IGNORECASE
)


def documents_of(files: Files) -> list[str]:
    """The paths of the archive that are issues; what is passed over is said in `files.skipped`, pictures apart."""
    documents = []
    pages = {
        posixpath.splitext(path)[0] for path in files.paths() if path.lower().endswith((".html", ".htm"))
    }
    for path in files.paths():
        if files.only not in {None, path} and not path.startswith(f"{files.only}/"):
            continue
        reason = _packed(path) if path == files.only else _no_issue(path, files, pages)
        if reason is None:
            documents.append(path)
        elif reason:
            files.skipped[path] = reason
    return documents


def _no_issue(path: str, files: Files, pages: set[str]) -> str | None:
    """Why the file is no issue, "" where that goes without saying; None when it is one.

    `pages` are the HTML documents of the archive without their suffix.
    """
    stem, suffix = posixpath.splitext(posixpath.basename(path))
    if is_picture_address(path):
        return ""
    if format_of(path, partial(head_of, files, path)) is None:
        return _packed(path) or f"{suffix or 'no suffix'}: no format that is read"
    if stem.lower() in NO_ISSUES:
        return "is no issue by its name"
    if TEMPLATE_FOLDERS & set(path.lower().split("/")[:-1]):
        return "is a template of the site, not a page"
    beside = _BESIDE_SAVED_PAGE.match(path)
    if beside and beside["page"] in pages:
        return "is a part of a saved page"
    return None


def _packed(path: str) -> str | None:
    """What to do about a file that is packed; None for any other."""
    suffix = posixpath.splitext(path)[1].lower()
    return f"{suffix}: is packed. Unpack it, and read what is in it." if suffix in PACKED else None


def read_issues(files: Files) -> Iterator[Issue | LedgerEntry]:
    """Every issue of the archive in path order; what cannot be read is a Problem, and reading goes on."""
    documents = documents_of(files)
    addresses = addresses_of(files, documents)
    for document in documents:
        yield read_issue(files, document, addresses)


def addresses_of(files: Files, documents: Iterable[str]) -> Addresses:
    """What resolves the addresses in the documents of an archive."""
    return Addresses(files.paths(), files.read, documents)


def read_issue(files: Files, document: str, addresses: Addresses) -> Issue | LedgerEntry:
    """One document as an issue, or the reason why it is none."""
    try:
        with collect_damage() as damages:
            converted = _converted(document, files.read(document))
        return replace(parse_issue(converted, document, addresses), damage=describe_damage(damages))
    except ArchiveError as problem:
        return LedgerEntry(document, str(problem))


def parse_issue(converted: ConvertedDocument, document: str, addresses: Addresses) -> Issue:
    """The issue in a document that is HTML by now."""
    own = addresses.of_document(converted.parts)
    extracted = extract(converted.html, document, own)
    metadata = metadata_of(converted.html, converted.front_matter, document, extracted.items)
    parts = converted.parts
    names = parts.names_by_picture() if isinstance(parts, EmbeddedPictures) else ((name,) for name in parts)
    mentioned = mentions_in(converted.sources or (converted.html,), names, own.accounted)
    return Issue(
        document,
        metadata,
        extracted.items,
        extracted.figures,
        (*extracted.left_out, *converted.left_out),
        frozenset(own.asked),
        mentioned=mentioned,
    )


def _converted(document: str, data: bytes) -> ConvertedDocument:
    format = format_of(document, lambda: data) or TEXT  # a document that was named is at least text
    try:
        return format.convert(data, document)
    except ArchiveError:
        raise
    except Exception as error:  # the parsers of other houses fail in ways of their own on a damaged file
        raise ArchiveError(
            f"cannot be read as {format.name}: {error or type(error).__name__}. Save it anew, or leave it out."
        ) from error
