"""Reads an archive: every document by the reader of its format, all through the one extractor."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from explorer.archive.addresses import Addresses
from explorer.archive.decoding import decode
from explorer.archive.extract import extract
from explorer.archive.files import Files
from explorer.archive.markdown import markdown_to_html
from explorer.archive.metadata import metadata_of
from explorer.archive.model import Issue, Problem
from explorer.archive.templates import wordpress_captions
from explorer.archive.text import text_to_html
from explorer.errors import ArchiveProblem

# Text of one document; a newsletter issue has 50 KB, a whole book 2 MB.
MAX_DOCUMENT_BYTES = 32 * 1024 * 1024

Converted = tuple[str, Mapping[str, Any]]


def _from_html(source: str) -> Converted:
    return wordpress_captions(source), {}


def _from_markdown(source: str) -> Converted:
    return markdown_to_html(source)


def _from_pandoc(source: str) -> Converted:
    return markdown_to_html(source, alt_is_caption=True)


def _from_text(source: str) -> Converted:
    return text_to_html(source)


# One row a format: the suffixes of its files, and how their text becomes HTML, the normal form.
FORMATS: dict[str, Callable[[str], Converted]] = {
    **dict.fromkeys((".html", ".htm", ".xhtml"), _from_html),
    **dict.fromkeys((".md", ".markdown", ".mdown", ".mkd", ".mdx", ".myst"), _from_markdown),
    **dict.fromkeys((".qmd", ".rmd", ".pandoc"), _from_pandoc),
    **dict.fromkeys((".txt", ".text"), _from_text),
}
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


def documents_of(files: Files) -> list[str]:
    """The paths of the archive that are issues; what is passed over and looks like one is said in `files.refused`."""
    if files.only is not None:
        return [files.only]
    documents = []
    for path in files.paths():
        stem, suffix = posixpath.splitext(posixpath.basename(path))
        if suffix.lower() not in FORMATS:
            continue
        if stem.lower() in NO_ISSUES:
            files.refused[path] = "is no issue by its name"
        elif TEMPLATE_FOLDERS & set(path.lower().split("/")[:-1]):
            files.refused[path] = "is a template of the site, not a page"
        else:
            documents.append(path)
    return documents


def read_issues(files: Files) -> Iterator[Issue | Problem]:
    """Every issue of the archive in path order; what cannot be read is a Problem, and reading goes on."""
    addresses = Addresses(files.paths())
    for document in documents_of(files):
        yield read_issue(files, document, addresses)


def read_issue(files: Files, document: str, addresses: Addresses) -> Issue | Problem:
    """One document as an issue, or the reason why it is none."""
    try:
        data = files.read(document)
    except ArchiveProblem as problem:
        return Problem(document, str(problem))
    if len(data) > MAX_DOCUMENT_BYTES:
        return Problem(
            document, f"has {len(data):,} bytes of text, more than {MAX_DOCUMENT_BYTES:,}. Split it."
        )
    if b"\x00" in data[:1024] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Problem(document, "is no text in spite of its name. Rename or remove it.")
    return parse_issue(decode(data), document, addresses)


def parse_issue(source: str, document: str, addresses: Addresses) -> Issue:
    """The issue in the text of a document; its format is told by the suffix."""
    convert = FORMATS.get(posixpath.splitext(document)[1].lower(), _from_text)
    html, front_matter = convert(source)
    extracted = extract(html, document, addresses)
    metadata = metadata_of(html, front_matter, document, extracted.items)
    return Issue(document, metadata, extracted.items, extracted.figures, extracted.left_out)
