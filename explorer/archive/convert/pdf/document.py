"""A PDF as HTML: its text in reading order, its figures where their captions stand, and what it says of itself."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from explorer.archive.convert.pdf.blocks import Block, blocks_of
from explorer.archive.convert.pdf.boxes import Box
from explorer.archive.convert.pdf.captions import Body, body_of, is_caption, is_heading, whole_captions
from explorer.archive.convert.pdf.figures import FigureFinder, Found, lines_in
from explorer.archive.convert.pdf.lines import Columns, Flow, Line, columns_of, flows_of, lines_of
from explorer.archive.convert.pdf.page_furniture import furniture_graphics, furniture_lines, graphic_sign
from explorer.archive.convert.pdf.pages import Page, read_page
from explorer.archive.convert.pdf.paragraph_text import joined, text_of, words_of
from explorer.archive.convert.pdf.rotation import (
    SIDEWAYS,
    box_as_shown,
    turned_box,
    turned_page,
    upright_page,
)
from explorer.errors import ArchiveError

MAX_PAGES = 2000
MAX_WORDS = 1_500_000
MAX_LEVEL = 6
_FILE_NAME = re.compile(
    r"^(?:microsoft \w+ - .*|untitled.*|\S+\.(?:pdf|docx?|tex|dvi|indd|qxd|ps|rtf|odt)|\W*|document\d*|about:blank|\w+://\S*)$",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?:D:)?((?:19[89]|20\d)\d)(?:(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])?)?")


@dataclass(frozen=True, slots=True)
class Picture:
    """A part of a page that is a figure; `is_plain` where it is one picture and nothing else.

    `turn` says by how many degrees it is turned to the right to stand upright.
    """

    page: int
    box: Box
    is_plain: bool
    turn: int = 0


@dataclass(slots=True)
class Document:
    """What a PDF becomes; a picture is drawn when somebody asks for it."""

    html: str = ""
    front_matter: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, Picture] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One page with its lines, without heads, feet and logos."""

    page: Page
    columns: Columns
    lines: list[Line]

    def flows(self, without: Collection[int] = ()) -> list[Flow]:
        return flows_of((line for line in self.lines if id(line) not in without), self.columns)


def read_document(pdf: pdfium.PdfDocument, before_page: Callable[[], None]) -> Document:
    """The whole document; `before_page` is called before the work on each. ArchiveError when it is too long."""
    if len(pdf) > MAX_PAGES:
        raise ArchiveError(f"has {len(pdf):,} pages, more than the {MAX_PAGES:,} that are read. Split it.")
    pages = list(_pages(pdf, before_page))
    writing = _Writing(words_of(word.text for page in pages for word in page.words))
    if any(page.words for page in pages):
        _write_pages(_sheets(pages, before_page), writing, before_page)
    else:
        for page in pages:
            if page.graphics:
                writing.figure(
                    page, Found(page.box, is_plain=_is_one_picture(page)), alt=f"Page {page.number}"
                )
    return writing.document(_front_matter(pdf))


def _pages(pdf: pdfium.PdfDocument, before_page: Callable[[], None]) -> Iterator[Page]:
    words = 0
    for index in range(len(pdf)):
        before_page()
        try:
            page = pdf[index]
        except pdfium.PdfiumError:  # one page is broken: the others are read
            continue
        try:
            read = read_page(page, index + 1)
        except pdfium.PdfiumError:
            continue
        finally:
            page.close()
        words += len(read.words)
        if words > MAX_WORDS:
            raise ArchiveError(f"has more than the {MAX_WORDS:,} words that are read. Split it.")
        yield upright_page(read)


def _sheets(pages: list[Page], before_page: Callable[[], None]) -> list[_Sheet]:
    logos = furniture_graphics(pages)
    sheets = []
    for page in pages:
        before_page()
        columns = columns_of(page.words)
        graphics = tuple(it for it in page.graphics if graphic_sign(it, page) not in logos)
        sheets.append(_Sheet(replace(page, graphics=graphics), columns, lines_of(page.words, columns)))
    dropped = furniture_lines([(sheet.page, sheet.lines) for sheet in sheets])
    return [
        replace(sheet, lines=[line for line in sheet.lines if id(line) not in dropped]) for sheet in sheets
    ]


def _write_pages(sheets: list[_Sheet], writing: _Writing, before_page: Callable[[], None]) -> None:
    body = body_of(line for sheet in sheets for line in sheet.lines)
    finished = []
    for sheet in sheets:
        before_page()
        blocks = whole_captions(blocks_of(sheet.flows()), body)
        sideways = _sideways(sheet.page, body)
        page = _without_graphics(sheet.page, [one.box for one in sideways if one.box])
        found = [*FigureFinder(page, blocks, sheet.columns, body).find(), *sideways]
        spoken = blocks_of(sheet.flows(without=lines_in(found, sheet.lines)))
        finished.append((sheet, found, whole_captions(spoken, body)))
    headings = [block for _, _, blocks in finished for block in blocks if is_heading(block, body)]
    writing.set_levels(headings, body)
    for sheet, found, blocks in finished:
        before_page()
        _write_page(sheet, found, blocks, writing)


def _sideways(page: Page, body: Body) -> list[Found]:
    """The figures with captions that run upwards or downwards, where the rest of the page does not."""
    found = []
    for turn in SIDEWAYS:
        if all(word.turn != turn for word in page.words):
            continue
        turned = turned_page(page, turn)
        columns = columns_of(turned.words)
        blocks = whole_captions(blocks_of(flows_of(lines_of(turned.words, columns), columns)), body)
        if any(is_caption(block, body) for block in blocks):
            back = -turn % 360
            found += [
                replace(one, box=turned_box(one.box, turned.box, back))
                for one in FigureFinder(turned, blocks, columns, body).find()
                if one.caption and one.box
            ]
    return found


def _without_graphics(page: Page, boxes: list[Box]) -> Page:
    return replace(
        page, graphics=tuple(it for it in page.graphics if not any(box.holds(it.box) for box in boxes))
    )


def _write_page(sheet: _Sheet, found: list[Found], blocks: list[Block], writing: _Writing) -> None:
    starts = {id(block.lines[0]) for block in blocks}
    by_caption = {id(one.caption.lines[0]): one for one in found if one.caption}
    apart = (one for one in found if one.box and not (one.caption and id(one.caption.lines[0]) in starts))
    bare = sorted(apart, key=lambda one: _top(one.box))
    for block in blocks:
        for one in [one for one in bare if _stands_before(one.box, block, sheet.columns)]:
            writing.figure(sheet.page, one)
            bare.remove(one)
        figure = by_caption.get(id(block.lines[0]))
        if figure:
            writing.figure(sheet.page, figure)
        else:
            writing.block(block)
    for one in bare:
        writing.figure(sheet.page, one)


def _top(box: Box | None) -> float:
    return box.top if box else 0.0


def _stands_before(box: Box | None, block: Block, columns: Columns) -> bool:
    """Whether a picture is met before a block by one who reads: over it, or in a column before its own."""
    if box is None:
        return False
    left, _ = columns.edges(box)
    if left < block.left - 1 and not columns.spans(block.box) and not columns.spans(box):
        return True
    shares = columns.spans(box) or columns.spans(block.box) or abs(left - block.left) < 1
    return shares and box.middle[1] < block.box.top


def _is_one_picture(page: Page) -> bool:
    return len(page.graphics) == 1 and page.graphics[0].is_picture


# --- writing ----------------------------------------------------------------------------------------------


class _Writing:
    """HTML that grows block by block; a paragraph that another column or page continues is made whole."""

    def __init__(self, known: Counter[str]) -> None:
        self._known = known
        self._parts: list[str] = []
        self._open: tuple[int, str] | None = None  # the last paragraph: its place among the parts, its text
        self._levels: dict[float, int] = {}
        self._body: Body | None = None
        self._pictures: dict[str, Picture] = {}
        self._title: tuple[float, str] = (0.0, "")

    def set_levels(self, headings: Iterable[Block], body: Body) -> None:
        """The largest headings are of the first level; bold ones in the size of the text of the last."""
        self._body = body
        sizes = sorted({round(block.size) for block in headings}, reverse=True)
        self._levels = {size: min(level, MAX_LEVEL) for level, size in enumerate(sizes, start=1)}

    def block(self, block: Block) -> None:
        text = text_of(block, self._known)
        if not text:
            return
        if self._body and is_heading(block, self._body):
            level = self._levels.get(round(block.size), MAX_LEVEL)
            self._title = max(self._title, (block.size, text), key=lambda title: title[0])
            self._parts.append(f"<h{level}>{html.escape(text)}</h{level}>")
            self._open = None
            return
        whole = joined(self._open[1], text, self._known) if self._open else None
        if whole and self._open:
            self._parts[self._open[0]] = f"<p>{html.escape(whole)}</p>"
            self._open = (self._open[0], whole)
        else:
            self._open = (len(self._parts), text)
            self._parts.append(f"<p>{html.escape(text)}</p>")

    def figure(self, page: Page, found: Found, alt: str = "") -> None:
        picture = ""
        if found.box:
            count = sum(one.page == page.number for one in self._pictures.values()) + 1
            name = f"page-{page.number}/figure-{count}.png"
            self._pictures[name] = Picture(
                page.number, box_as_shown(found.box, page), found.is_plain, page.turn
            )
            picture = f'<img src="{name}"{f" alt={chr(34)}{alt}{chr(34)}" if alt else ""}>'
        words = html.escape(text_of(found.caption, self._known)) if found.caption else ""
        self._parts.append(
            f"<figure>{picture}{f'<figcaption>{words}</figcaption>' if words else ''}</figure>"
        )

    def document(self, front_matter: dict[str, str]) -> Document:
        if "title" not in front_matter and self._title[1]:
            front_matter = {**front_matter, "title": self._title[1]}
        return Document("\n".join(self._parts), front_matter, self._pictures)


def _front_matter(pdf: pdfium.PdfDocument) -> dict[str, str]:
    title = " ".join(pdf.get_metadata_value("Title").split())
    date = _DATE.match(pdf.get_metadata_value("CreationDate").strip())
    said = {
        "title": "" if _FILE_NAME.match(title) else title,
        "author": " ".join(pdf.get_metadata_value("Author").split()),
        "date": "-".join(part for part in date.groups() if part) if date else "",
        "language": _language(pdf),
    }
    return {name: value for name, value in said.items() if value}


def _language(pdf: pdfium.PdfDocument) -> str:
    buffer = (raw.FPDF_WCHAR * 64)()
    size = raw.FPDFCatalog_GetLanguage(pdf.raw, buffer, 128)
    return bytes(buffer)[: max(0, min(size, 128) - 2)].decode("utf-16-le", errors="ignore")
