"""Convert a PDF to HTML: text in reading order, figures at their captions, and the metadata of the file."""

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
from explorer.archive.convert.pdf.captions import (
    BodyStyle,
    body_style_of,
    is_caption,
    is_heading,
    merge_bare_labels,
)
from explorer.archive.convert.pdf.figures import FigureFinder, PageFigure, label_line_ids
from explorer.archive.convert.pdf.lines import Columns, Flow, Line, columns_of, flows_of, lines_of
from explorer.archive.convert.pdf.page_furniture import furniture_graphics, furniture_lines, graphic_signature
from explorer.archive.convert.pdf.pages import Page, read_page
from explorer.archive.convert.pdf.paragraph_text import count_words, join_paragraphs, text_of
from explorer.archive.convert.pdf.rotation import (
    SIDEWAYS,
    box_as_shown,
    rotate_box,
    rotate_page,
    rotate_upright,
)
from explorer.errors import ArchiveError

MAX_PAGES = 2000
MAX_WORDS = 1_500_000
MAX_HEADING_LEVEL = 6
_PLACEHOLDER_TITLE = re.compile(
    r"^(?:microsoft \w+ - .*|untitled.*|\S+\.(?:pdf|docx?|tex|dvi|indd|qxd|ps|rtf|odt)|\W*|document\d*|about:blank|\w+://\S*)$",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?:D:)?((?:19[89]|20\d)\d)(?:(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])?)?")


@dataclass(frozen=True, slots=True)
class Picture:
    """The part of a page that is a figure.

    `is_plain`: the figure is a single picture. `turn`: the clockwise rotation, in degrees, that makes it upright.
    """

    page: int
    box: Box
    is_plain: bool
    turn: int = 0


@dataclass(slots=True)
class Document:
    """A converted PDF. Its pictures are drawn on request."""

    html: str = ""
    front_matter: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, Picture] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _CleanPage:
    """A page with its lines, without running headers, footers and logos."""

    page: Page
    columns: Columns
    lines: list[Line]

    def flows(self, excluded_ids: Collection[int] = ()) -> list[Flow]:
        return flows_of((line for line in self.lines if id(line) not in excluded_ids), self.columns)


def read_document(pdf: pdfium.PdfDocument, before_page: Callable[[], None]) -> Document:
    """Convert a whole PDF. Every pass over the pages calls `before_page` before each page.

    Raises:
        ArchiveError: The document has too many pages or words.
    """
    if len(pdf) > MAX_PAGES:
        raise ArchiveError(f"has {len(pdf):,} pages, more than the {MAX_PAGES:,} that are read. Split it.")
    pages = list(_read_pages(pdf, before_page))
    writer = _HtmlWriter(count_words(word.text for page in pages for word in page.words))
    if any(page.words for page in pages):
        _write_pages(_clean_pages(pages, before_page), writer, before_page)
    else:
        for page in pages:
            if page.graphics:
                writer.add_figure(
                    page, PageFigure(page.box, is_plain=_is_one_picture(page)), alt=f"Page {page.number}"
                )
    return writer.build_document(_front_matter(pdf))


def _read_pages(pdf: pdfium.PdfDocument, before_page: Callable[[], None]) -> Iterator[Page]:
    words = 0
    for index in range(len(pdf)):
        before_page()
        try:
            page = pdf[index]
        except pdfium.PdfiumError:  # a damaged page does not spoil the others
            continue
        try:
            content = read_page(page, index + 1)
        except pdfium.PdfiumError:
            continue
        finally:
            page.close()
        words += len(content.words)
        if words > MAX_WORDS:
            raise ArchiveError(f"has more than the {MAX_WORDS:,} words that are read. Split it.")
        yield rotate_upright(content)


def _clean_pages(pages: list[Page], before_page: Callable[[], None]) -> list[_CleanPage]:
    furniture = furniture_graphics(pages)
    clean_pages = []
    for page in pages:
        before_page()
        columns = columns_of(page.words)
        graphics = tuple(
            graphic for graphic in page.graphics if graphic_signature(graphic, page) not in furniture
        )
        clean_pages.append(
            _CleanPage(replace(page, graphics=graphics), columns, lines_of(page.words, columns))
        )
    furniture_ids = furniture_lines([(clean_page.page, clean_page.lines) for clean_page in clean_pages])
    return [
        replace(clean_page, lines=[line for line in clean_page.lines if id(line) not in furniture_ids])
        for clean_page in clean_pages
    ]


def _write_pages(clean_pages: list[_CleanPage], writer: _HtmlWriter, before_page: Callable[[], None]) -> None:
    body = body_style_of(line for clean_page in clean_pages for line in clean_page.lines)
    results = []
    for clean_page in clean_pages:
        before_page()
        blocks = merge_bare_labels(blocks_of(clean_page.flows()), body)
        sideways_figures = _sideways_figures(clean_page.page, body)
        page = _drop_graphics(clean_page.page, [figure.box for figure in sideways_figures if figure.box])
        figures = [*FigureFinder(page, blocks, clean_page.columns, body).find(), *sideways_figures]
        text_blocks = blocks_of(clean_page.flows(excluded_ids=label_line_ids(figures, clean_page.lines)))
        results.append((clean_page, figures, merge_bare_labels(text_blocks, body)))
    headings = [block for _, _, blocks in results for block in blocks if is_heading(block, body)]
    writer.set_levels(headings, body)
    for clean_page, figures, blocks in results:
        before_page()
        _write_page(clean_page, figures, blocks, writer)


def _sideways_figures(page: Page, body: BodyStyle) -> list[PageFigure]:
    """Return the figures whose captions run upwards or downwards on a page that is otherwise upright."""
    figures = []
    for turn in SIDEWAYS:
        if all(word.turn != turn for word in page.words):
            continue
        turned = rotate_page(page, turn)
        columns = columns_of(turned.words)
        blocks = merge_bare_labels(blocks_of(flows_of(lines_of(turned.words, columns), columns)), body)
        if any(is_caption(block, body) for block in blocks):
            back = -turn % 360
            figures += [
                replace(figure, box=rotate_box(figure.box, turned.box, back))
                for figure in FigureFinder(turned, blocks, columns, body).find()
                if figure.caption and figure.box
            ]
    return figures


def _drop_graphics(page: Page, boxes: list[Box]) -> Page:
    return replace(
        page,
        graphics=tuple(
            graphic for graphic in page.graphics if not any(box.contains_center(graphic.box) for box in boxes)
        ),
    )


def _write_page(
    clean_page: _CleanPage, figures: list[PageFigure], blocks: list[Block], writer: _HtmlWriter
) -> None:
    starts = {id(block.lines[0]) for block in blocks}
    by_caption = {id(figure.caption.lines[0]): figure for figure in figures if figure.caption}
    without_block = (
        figure
        for figure in figures
        if figure.box and not (figure.caption and id(figure.caption.lines[0]) in starts)
    )
    pending = sorted(without_block, key=lambda figure: _top(figure.box))
    for block in blocks:
        for figure in [figure for figure in pending if _precedes(figure.box, block, clean_page.columns)]:
            writer.add_figure(clean_page.page, figure)
            pending.remove(figure)
        captioned = by_caption.get(id(block.lines[0]))
        if captioned:
            writer.add_figure(clean_page.page, captioned)
        else:
            writer.add_block(block)
    for figure in pending:
        writer.add_figure(clean_page.page, figure)


def _top(box: Box | None) -> float:
    return box.top if box else 0.0


def _precedes(box: Box | None, block: Block, columns: Columns) -> bool:
    """Return whether a picture precedes a block in reading order: above it, or in an earlier column."""
    if box is None:
        return False
    left, _ = columns.edges(box)
    if left < block.left - 1 and not columns.spans(block.box) and not columns.spans(box):
        return True
    is_same_column = columns.spans(box) or columns.spans(block.box) or abs(left - block.left) < 1
    return is_same_column and box.center[1] < block.box.top


def _is_one_picture(page: Page) -> bool:
    return len(page.graphics) == 1 and page.graphics[0].is_picture


# --- writing ----------------------------------------------------------------------------------------------


class _HtmlWriter:
    """Writes HTML block by block, and joins paragraphs across columns and pages."""

    def __init__(self, word_counts: Counter[str]) -> None:
        self._word_counts = word_counts
        self._html_parts: list[str] = []
        # The last paragraph: its index in `_html_parts`, its text.
        self._open_paragraph: tuple[int, str] | None = None
        self._levels: dict[float, int] = {}
        self._body: BodyStyle | None = None
        self._pictures: dict[str, Picture] = {}
        self._title: tuple[float, str] = (0.0, "")

    def set_levels(self, headings: Iterable[Block], body: BodyStyle) -> None:
        """Assign heading levels by font size: the largest size is level 1."""
        self._body = body
        sizes = sorted({round(block.size) for block in headings}, reverse=True)
        self._levels = {size: min(level, MAX_HEADING_LEVEL) for level, size in enumerate(sizes, start=1)}

    def add_block(self, block: Block) -> None:
        text = text_of(block, self._word_counts)
        if not text:
            return
        if self._body and is_heading(block, self._body):
            level = self._levels.get(round(block.size), MAX_HEADING_LEVEL)
            self._title = max(self._title, (block.size, text), key=lambda title: title[0])
            self._html_parts.append(f"<h{level}>{html.escape(text)}</h{level}>")
            self._open_paragraph = None
            return
        joined = (
            join_paragraphs(self._open_paragraph[1], text, self._word_counts)
            if self._open_paragraph
            else None
        )
        if joined and self._open_paragraph:
            self._html_parts[self._open_paragraph[0]] = f"<p>{html.escape(joined)}</p>"
            self._open_paragraph = (self._open_paragraph[0], joined)
        else:
            self._open_paragraph = (len(self._html_parts), text)
            self._html_parts.append(f"<p>{html.escape(text)}</p>")

    def add_figure(self, page: Page, figure: PageFigure, alt: str = "") -> None:
        image = ""
        if figure.box:
            number = sum(picture.page == page.number for picture in self._pictures.values()) + 1
            name = f"page-{page.number}/figure-{number}.png"
            self._pictures[name] = Picture(
                page.number, box_as_shown(figure.box, page), figure.is_plain, page.turn
            )
            image = f'<img src="{name}"{f" alt={chr(34)}{alt}{chr(34)}" if alt else ""}>'
        caption = html.escape(text_of(figure.caption, self._word_counts)) if figure.caption else ""
        self._html_parts.append(
            f"<figure>{image}{f'<figcaption>{caption}</figcaption>' if caption else ''}</figure>"
        )

    def build_document(self, front_matter: dict[str, str]) -> Document:
        if "title" not in front_matter and self._title[1]:
            front_matter = {**front_matter, "title": self._title[1]}
        return Document("\n".join(self._html_parts), front_matter, self._pictures)


def _front_matter(pdf: pdfium.PdfDocument) -> dict[str, str]:
    title = " ".join(pdf.get_metadata_value("Title").split())
    date = _DATE.match(pdf.get_metadata_value("CreationDate").strip())
    metadata = {
        "title": "" if _PLACEHOLDER_TITLE.match(title) else title,
        "author": " ".join(pdf.get_metadata_value("Author").split()),
        "date": "-".join(part for part in date.groups() if part) if date else "",
        "language": _language(pdf),
    }
    return {name: value for name, value in metadata.items() if value}


def _language(pdf: pdfium.PdfDocument) -> str:
    buffer = (raw.FPDF_WCHAR * 64)()
    size = raw.FPDFCatalog_GetLanguage(pdf.raw, buffer, 128)
    return bytes(buffer)[: max(0, min(size, 128) - 2)].decode("utf-16-le", errors="ignore")
