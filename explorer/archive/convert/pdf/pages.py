"""Read the words and graphics of a page with pdfium. All boxes are in the coordinates of the displayed page."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from explorer.archive.convert.pdf.boxes import Box, bounding_box

MAX_CHARS = 60_000  # on one page; a newspaper page has 20,000
MAX_OBJECTS = 50_000  # on one page; a detailed map has as many
MAX_GRAPHICS = 2000  # of a page; beyond that, small strokes side by side are merged
MAX_DEPTH = 12  # of nested forms
MAX_CLIPS = 8
# In font sizes. The gap between two words is about a quarter, the gap between two letters almost zero.
_WORD_GAP = 0.22
_CELL_SIZE = 24.0  # points
_BOLD = re.compile(r"bold|black|heavy|demi|[-_]bd|cmbx|\bbx", re.IGNORECASE)
_REPLACEMENTS = {
    0x02: "-",
    0xFFFE: "-",
    0xAD: "-",
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
}
_IGNORED_CODES = {0, 0xFFFF, 0xFFFD, 0x200B, 0xFEFF}

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or the part of a word in one font. Words along the vertical axis of a chart are not `upright`."""

    text: str
    box: Box
    size: float  # points
    font: str
    bold: bool
    turn: int  # counterclockwise rotation in degrees: 90 runs upwards; -1 for other angles
    hidden: bool = False  # invisible, such as the OCR layer of a scan

    @property
    def upright(self) -> bool:
        return self.turn == 0


@dataclass(frozen=True, slots=True)
class Graphic:
    """A picture or a stroke of a drawing. `key` is the same for a picture repeated on other pages, "" for a stroke."""

    box: Box
    key: str

    @property
    def is_picture(self) -> bool:
        return bool(self.key)


@dataclass(frozen=True, slots=True)
class Page:
    """One page as displayed, or rotated for reading by `turn` degrees clockwise. `number` counts from 1."""

    number: int
    box: Box
    words: tuple[Word, ...]
    graphics: tuple[Graphic, ...]
    turn: int = 0


@dataclass(frozen=True, slots=True)
class _Style:
    size: float
    font: str
    bold: bool
    turn: int
    hidden: bool = False


def read_page(page: pdfium.PdfPage, number: int) -> Page:
    """Return the words of a page in the order of its content, and its graphics. Both have a maximum number."""
    transform = PageTransform(page)
    textpage = page.get_textpage()
    try:
        words = tuple(
            word for word in _read_words(textpage.raw, transform) if transform.box.contains_center(word.box)
        )
    finally:
        textpage.close()
    return Page(
        number,
        transform.box,
        words,
        tuple(_merge_small_strokes([graphic for graphic, _ in graphics_of(page, transform)])),
    )


class PageTransform:
    """The transform from PDF coordinates to the displayed page: cropped, rotated, origin at the top left."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        left, bottom, right, top = page.get_bbox()
        matrices = {
            0: (1, 0, 0, -1, -left, top),
            90: (0, 1, 1, 0, -bottom, -left),
            180: (-1, 0, 0, 1, right, -bottom),
            270: (0, -1, -1, 0, top, right),
        }
        self.matrix: Matrix = matrices[page.get_rotation()]
        self.box = Box(0, 0, page.get_width(), page.get_height())

    def to_box(self, left: float, bottom: float, right: float, top: float) -> Box:
        return _transform_box(self.matrix, left, bottom, right, top)

    def turn_of(self, dx: float, dy: float) -> int:
        """Return the counterclockwise rotation (0, 90, 180, 270) of writing in a direction, or -1 for other angles."""
        a, b, c, d, _, _ = self.matrix
        shown_dx, shown_dy = a * dx + c * dy, b * dx + d * dy
        for turn, along, offset in (
            (0, shown_dx, shown_dy),
            (90, -shown_dy, shown_dx),
            (180, -shown_dx, shown_dy),
            (270, shown_dy, shown_dx),
        ):
            if along > 0 and abs(offset) < 0.2 * along:
                return turn
        return -1


def graphics_of(page: pdfium.PdfPage, transform: PageTransform) -> Iterator[tuple[Graphic, Any]]:
    """Yield the pictures and strokes of a page with their pdfium handles, those inside forms included."""
    objects = _walk_objects(raw.FPDFPage_CountObjects, raw.FPDFPage_GetObject, page.raw, _IDENTITY, 0)
    for _, (handle, kind, matrix) in zip(range(MAX_OBJECTS), objects, strict=False):
        box = _visible_box(handle, matrix, transform)
        if box is None:
            continue
        if kind == raw.FPDF_PAGEOBJ_IMAGE:
            yield Graphic(box, _image_key(handle)), handle
        elif kind == raw.FPDF_PAGEOBJ_SHADING or (kind == raw.FPDF_PAGEOBJ_PATH and _is_painted(handle)):
            yield Graphic(box, ""), handle


# --- words ------------------------------------------------------------------------------------------------


def _read_words(textpage: Any, transform: PageTransform) -> Iterator[Word]:  # noqa: ANN401
    letters: list[str] = []
    boxes: list[Box] = []
    style, handle, rect = _Style(0, "", bold=False, turn=0), None, raw.FS_RECTF()

    def flush_word() -> Iterator[Word]:
        if letters:
            yield Word(
                "".join(letters),
                bounding_box(boxes),
                style.size,
                style.font,
                style.bold,
                style.turn,
                style.hidden,
            )
        letters.clear()
        boxes.clear()

    for index in range(min(raw.FPDFText_CountChars(textpage), MAX_CHARS)):
        letter = _clean_letter(raw.FPDFText_GetUnicode(textpage, index))
        if letter.isspace() or not raw.FPDFText_GetLooseCharBox(textpage, index, rect):
            yield from flush_word()
            continue
        if not letter or not all(map(math.isfinite, (rect.left, rect.bottom, rect.right, rect.top))):
            continue
        owner = ctypes.cast(raw.FPDFText_GetTextObject(textpage, index), ctypes.c_void_p).value
        box = transform.to_box(rect.left, rect.bottom, rect.right, rect.top)
        new_style = style if owner == handle else _style_of_char(textpage, index, transform)
        if boxes and not _continues_word(boxes[-1], box, style, new_style):
            yield from flush_word()
        style, handle = new_style, owner
        letters.append(letter)
        boxes.append(box)
    yield from flush_word()


def _clean_letter(code: int) -> str:
    if code in _REPLACEMENTS:
        return _REPLACEMENTS[code]
    if code in _IGNORED_CODES or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        return ""
    letter = chr(code)
    return letter if letter.isprintable() or letter.isspace() else ""


def _style_of_char(textpage: Any, index: int, transform: PageTransform) -> _Style:  # noqa: ANN401
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(textpage, index, matrix)
    size = raw.FPDFText_GetFontSize(textpage, index) * math.hypot(matrix.c, matrix.d)
    name = ctypes.create_string_buffer(128)
    flags = ctypes.c_int()
    raw.FPDFText_GetFontInfo(textpage, index, name, len(name), flags)
    font = name.value.decode(errors="replace").rpartition("+")[2]
    bold = bool(_BOLD.search(font)) or raw.FPDFText_GetFontWeight(textpage, index) >= 600
    mode = raw.FPDFTextObj_GetTextRenderMode(raw.FPDFText_GetTextObject(textpage, index))
    hidden = mode == raw.FPDF_TEXTRENDERMODE_INVISIBLE
    size = round(size, 1) if math.isfinite(size) else 0
    return _Style(size, font, bold, transform.turn_of(matrix.a, matrix.b), hidden)


def _continues_word(last: Box, box: Box, style: _Style, new_style: _Style) -> bool:
    """Return whether the letter at `box` continues the word whose last letter is at `last`."""
    if style.turn != new_style.turn:
        return False
    size = max(style.size, new_style.size)
    if style.turn:
        return box.expand(_WORD_GAP * size).touches(last)
    gap = box.left - last.right
    return -size < gap < _WORD_GAP * size and last.overlap_y(box) > 0.3 * min(last.height, box.height)


# --- graphics ---------------------------------------------------------------------------------------------


def _walk_objects(
    count: Callable[[Any], int],
    get: Callable[[Any, int], Any],
    parent: Any,  # noqa: ANN401
    matrix: Matrix,
    depth: int,
) -> Iterator[tuple[Any, int, Matrix]]:
    """Yield every object that is no form: its handle, its type, the matrix from its coordinates to the page."""
    for index in range(count(parent)):
        handle = get(parent, index)
        if not handle:
            continue
        kind = raw.FPDFPageObj_GetType(handle)
        if kind != raw.FPDF_PAGEOBJ_FORM:
            yield handle, kind, matrix
        elif depth < MAX_DEPTH:
            form_matrix = raw.FS_MATRIX()
            raw.FPDFPageObj_GetMatrix(handle, form_matrix)
            inner = _multiply(
                (form_matrix.a, form_matrix.b, form_matrix.c, form_matrix.d, form_matrix.e, form_matrix.f),
                matrix,
            )
            yield from _walk_objects(
                raw.FPDFFormObj_CountObjects, raw.FPDFFormObj_GetObject, handle, inner, depth + 1
            )


def _visible_box(handle: Any, matrix: Matrix, transform: PageTransform) -> Box | None:  # noqa: ANN401
    """Return the visible bounds of an object, within its clip and the page, or None if it is invisible."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not raw.FPDFPageObj_GetBounds(handle, left, bottom, right, top):
        return None
    to_page = _multiply(matrix, transform.matrix)
    bounds = (left.value, bottom.value, right.value, top.value)
    if not all(map(math.isfinite, bounds)):
        return None
    box = _transform_box(to_page, *bounds)
    if not box.touches(transform.box):
        return None
    box = box.intersection(transform.box)
    for clip in _clip_boxes(handle):
        clip_on_page = _transform_box(to_page, clip.left, clip.top, clip.right, clip.bottom)
        if not clip_on_page.touches(box):
            return None
        box = box.intersection(clip_on_page)
    return box


def _clip_boxes(handle: Any) -> Iterator[Box]:  # noqa: ANN401
    """Yield the bounds of the clip paths of an object, in its own coordinates (`top` is its bottom)."""
    clip = raw.FPDFPageObj_GetClipPath(handle)
    x, y = ctypes.c_float(), ctypes.c_float()
    for path in range(min(raw.FPDFClipPath_CountPaths(clip), MAX_CLIPS) if clip else 0):
        points = []
        for number in range(min(raw.FPDFClipPath_CountPathSegments(clip, path), 1000)):
            segment = raw.FPDFClipPath_GetPathSegment(clip, path, number)
            if segment and raw.FPDFPathSegment_GetPoint(segment, x, y):
                points.append((x.value, y.value))
        if points and all(math.isfinite(side) for point in points for side in point):
            yield bounding_box(Box(x, y, x, y) for x, y in points)


def _merge_small_strokes(graphics: list[Graphic]) -> list[Graphic]:
    """Return at most about MAX_GRAPHICS graphics: the small strokes in each cell of the page are merged."""
    if len(graphics) <= MAX_GRAPHICS:
        return graphics
    merged: list[Graphic] = []
    cells: dict[tuple[int, int], Box] = {}
    for graphic in graphics:
        x, y = graphic.box.center
        cell = int(x / _CELL_SIZE), int(y / _CELL_SIZE)
        is_small = not graphic.is_picture and max(graphic.box.width, graphic.box.height) < _CELL_SIZE
        if is_small or len(merged) == MAX_GRAPHICS:
            cells[cell] = bounding_box([cells.get(cell, graphic.box), graphic.box])
        else:
            merged.append(graphic)
    return [*merged, *(Graphic(box, "") for box in cells.values())]


def _image_key(handle: Any) -> str:  # noqa: ANN401
    """Return a key of a picture without decoding it: its width, its height and the length of its data."""
    width, height = ctypes.c_uint(), ctypes.c_uint()
    raw.FPDFImageObj_GetImagePixelSize(handle, width, height)
    return f"{width.value} x {height.value}, {raw.FPDFImageObj_GetImageDataRaw(handle, None, 0)}"


def _is_painted(handle: Any) -> bool:  # noqa: ANN401
    """Return whether a path is visible: not merely a clip path and not filled with white."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(handle, fill, stroke)
    if stroke.value or not fill.value:
        return bool(stroke.value)
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    raw.FPDFPageObj_GetFillColor(handle, red, green, blue, alpha)
    return alpha.value > 0 and min(red.value, green.value, blue.value) < 250


def _multiply(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def _transform_box(matrix: Matrix, left: float, bottom: float, right: float, top: float) -> Box:
    a, b, c, d, e, f = matrix
    x_of_x, y_of_x = sorted((a * left, a * right)), sorted((b * left, b * right))
    x_of_y, y_of_y = sorted((c * bottom, c * top)), sorted((d * bottom, d * top))
    return Box(
        x_of_x[0] + x_of_y[0] + e,
        y_of_x[0] + y_of_y[0] + f,
        x_of_x[1] + x_of_y[1] + e,
        y_of_x[1] + y_of_y[1] + f,
    )
