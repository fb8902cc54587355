"""What pdfium sees on a page: words and graphics with their boxes, as the page is shown."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from explorer.archive.convert.pdf.boxes import Box, around

MAX_CHARS = 60_000  # on one page; a newspaper's has 20,000
MAX_OBJECTS = 50_000  # on one page; a detailed map has as many
MAX_GRAPHICS = 2000  # that a page keeps: of more, the small strokes side by side are made one
MAX_DEPTH = 12  # forms in forms
MAX_CLIPS = 8
# Between two words there is a gap of a quarter of the font size, between two letters hardly any.
_WORD_GAP = 0.22
_CELL = 24.0  # points
_BOLD = re.compile(r"bold|black|heavy|demi|[-_]bd|cmbx|\bbx", re.IGNORECASE)
_MENDED = {
    0x02: "-",
    0xFFFE: "-",
    0xAD: "-",
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
}
_NO_LETTER = {0, 0xFFFF, 0xFFFD, 0x200B, 0xFEFF}

Matrix = tuple[float, float, float, float, float, float]
_SAME: Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or a part of one in another font. `upright` tells words from those along an axis."""

    text: str
    box: Box
    size: float  # points
    font: str
    bold: bool
    turn: int  # degrees by which the writing is turned to the left: 90 runs upwards; -1 is askew
    hidden: bool = False  # as what was read in a scan

    @property
    def upright(self) -> bool:
        return self.turn == 0


@dataclass(frozen=True, slots=True)
class Graphic:
    """A picture or one stroke of a drawing; `key` names the same picture on another page."""

    box: Box
    key: str

    @property
    def is_picture(self) -> bool:
        return bool(self.key)


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it is shown, or turned to be read; `number` counts from 1, `turn` says by how many degrees."""

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
    """The words of a page in the order of its content, and its graphics; both are bounded in number."""
    view = View(page)
    textpage = page.get_textpage()
    try:
        words = tuple(word for word in _words(textpage.raw, view) if view.box.holds(word.box))
    finally:
        textpage.close()
    return Page(number, view.box, words, tuple(_thinned([graphic for graphic, _ in graphics_of(page, view)])))


class View:
    """How the coordinates of a page become those of the page as it is shown: cropped, turned, from the top left."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        left, bottom, right, top = page.get_bbox()
        turn = {
            0: (1, 0, 0, -1, -left, top),
            90: (0, 1, 1, 0, -bottom, -left),
            180: (-1, 0, 0, 1, right, -bottom),
            270: (0, -1, -1, 0, top, right),
        }
        self.matrix: Matrix = turn[page.get_rotation()]
        self.box = Box(0, 0, page.get_width(), page.get_height())

    def shown(self, left: float, bottom: float, right: float, top: float) -> Box:
        return _moved(self.matrix, left, bottom, right, top)

    def turn_of(self, across: float, up: float) -> int:
        """By how many degrees writing in that direction of the page is turned to the left; -1 where it is askew."""
        a, b, c, d, _, _ = self.matrix
        shown_across, shown_down = a * across + c * up, b * across + d * up
        for turn, along, off in (
            (0, shown_across, shown_down),
            (90, -shown_down, shown_across),
            (180, -shown_across, shown_down),
            (270, shown_down, shown_across),
        ):
            if along > 0 and abs(off) < 0.2 * along:
                return turn
        return -1


def graphics_of(page: pdfium.PdfPage, view: View) -> Iterator[tuple[Graphic, Any]]:
    """What is painted on a page besides words, and pdfium's handle of it; forms are opened."""
    walk = _walk(raw.FPDFPage_CountObjects, raw.FPDFPage_GetObject, page.raw, _SAME, 0)
    for _, (handle, kind, matrix) in zip(range(MAX_OBJECTS), walk, strict=False):
        box = _shown_box(handle, matrix, view)
        if box is None:
            continue
        if kind == raw.FPDF_PAGEOBJ_IMAGE:
            yield Graphic(box, _key(handle)), handle
        elif kind == raw.FPDF_PAGEOBJ_SHADING or (kind == raw.FPDF_PAGEOBJ_PATH and _is_painted(handle)):
            yield Graphic(box, ""), handle


# --- words ------------------------------------------------------------------------------------------------


def _words(textpage: Any, view: View) -> Iterator[Word]:  # noqa: ANN401
    letters: list[str] = []
    boxes: list[Box] = []
    style, handle, rect = _Style(0, "", bold=False, turn=0), None, raw.FS_RECTF()

    def word() -> Iterator[Word]:
        if letters:
            yield Word(
                "".join(letters), around(boxes), style.size, style.font, style.bold, style.turn, style.hidden
            )
        letters.clear()
        boxes.clear()

    for index in range(min(raw.FPDFText_CountChars(textpage), MAX_CHARS)):
        letter = _letter(raw.FPDFText_GetUnicode(textpage, index))
        if letter.isspace() or not raw.FPDFText_GetLooseCharBox(textpage, index, rect):
            yield from word()
            continue
        if not letter or not all(map(math.isfinite, (rect.left, rect.bottom, rect.right, rect.top))):
            continue
        owner = ctypes.cast(raw.FPDFText_GetTextObject(textpage, index), ctypes.c_void_p).value
        box = view.shown(rect.left, rect.bottom, rect.right, rect.top)
        fresh = style if owner == handle else _style(textpage, index, view)
        if boxes and not _goes_on(boxes[-1], box, style, fresh):
            yield from word()
        style, handle = fresh, owner
        letters.append(letter)
        boxes.append(box)
    yield from word()


def _letter(code: int) -> str:
    if code in _MENDED:
        return _MENDED[code]
    if code in _NO_LETTER or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        return ""
    letter = chr(code)
    return letter if letter.isprintable() or letter.isspace() else ""


def _style(textpage: Any, index: int, view: View) -> _Style:  # noqa: ANN401
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
    return _Style(size, font, bold, view.turn_of(matrix.a, matrix.b), hidden)


def _goes_on(last: Box, box: Box, style: _Style, fresh: _Style) -> bool:
    """Whether a letter belongs to the word whose last letter is given."""
    if style.turn != fresh.turn:
        return False
    size = max(style.size, fresh.size)
    if style.turn:
        return box.grown(_WORD_GAP * size).touches(last)
    gap = box.left - last.right
    return -size < gap < _WORD_GAP * size and last.shares_down(box) > 0.3 * min(last.height, box.height)


# --- graphics ---------------------------------------------------------------------------------------------


def _walk(
    count: Callable[[Any], int],
    get: Callable[[Any, int], Any],
    parent: Any,  # noqa: ANN401
    matrix: Matrix,
    depth: int,
) -> Iterator[tuple[Any, int, Matrix]]:
    """Every object that is no form, with the matrix from its coordinates to those of the page."""
    for index in range(count(parent)):
        handle = get(parent, index)
        if not handle:
            continue
        kind = raw.FPDFPageObj_GetType(handle)
        if kind != raw.FPDF_PAGEOBJ_FORM:
            yield handle, kind, matrix
        elif depth < MAX_DEPTH:
            own = raw.FS_MATRIX()
            raw.FPDFPageObj_GetMatrix(handle, own)
            inner = _times((own.a, own.b, own.c, own.d, own.e, own.f), matrix)
            yield from _walk(
                raw.FPDFFormObj_CountObjects, raw.FPDFFormObj_GetObject, handle, inner, depth + 1
            )


def _shown_box(handle: Any, matrix: Matrix, view: View) -> Box | None:  # noqa: ANN401
    """Where an object is seen: its bounds, within its clip and the page; None where it is not."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not raw.FPDFPageObj_GetBounds(handle, left, bottom, right, top):
        return None
    to_page = _times(matrix, view.matrix)
    bounds = (left.value, bottom.value, right.value, top.value)
    if not all(map(math.isfinite, bounds)):
        return None
    box = _moved(to_page, *bounds)
    if not box.touches(view.box):
        return None
    box = box.within(view.box)
    for clip in _clips(handle):
        shown = _moved(to_page, clip.left, clip.top, clip.right, clip.bottom)
        if not shown.touches(box):
            return None
        box = box.within(shown)
    return box


def _clips(handle: Any) -> Iterator[Box]:  # noqa: ANN401
    """The boxes of the paths by which an object is clipped, in its own coordinates (top is its bottom)."""
    clip = raw.FPDFPageObj_GetClipPath(handle)
    across, up = ctypes.c_float(), ctypes.c_float()
    for path in range(min(raw.FPDFClipPath_CountPaths(clip), MAX_CLIPS) if clip else 0):
        points = []
        for number in range(min(raw.FPDFClipPath_CountPathSegments(clip, path), 1000)):
            segment = raw.FPDFClipPath_GetPathSegment(clip, path, number)
            if segment and raw.FPDFPathSegment_GetPoint(segment, across, up):
                points.append((across.value, up.value))
        if points and all(math.isfinite(side) for point in points for side in point):
            yield around(Box(x, y, x, y) for x, y in points)


def _thinned(graphics: list[Graphic]) -> list[Graphic]:
    """The same drawings in fewer pieces: the small strokes of each cell of the page made one."""
    if len(graphics) <= MAX_GRAPHICS:
        return graphics
    kept: list[Graphic] = []
    cells: dict[tuple[int, int], Box] = {}
    for graphic in graphics:
        across, down = graphic.box.middle
        cell = int(across / _CELL), int(down / _CELL)
        is_small = not graphic.is_picture and max(graphic.box.width, graphic.box.height) < _CELL
        if is_small or len(kept) == MAX_GRAPHICS:
            cells[cell] = around([cells.get(cell, graphic.box), graphic.box])
        else:
            kept.append(graphic)
    return [*kept, *(Graphic(box, "") for box in cells.values())]


def _key(handle: Any) -> str:  # noqa: ANN401
    """What tells a picture from another without unpacking it: its sides and the length of its data."""
    width, height = ctypes.c_uint(), ctypes.c_uint()
    raw.FPDFImageObj_GetImagePixelSize(handle, width, height)
    return f"{width.value} x {height.value}, {raw.FPDFImageObj_GetImageDataRaw(handle, None, 0)}"


def _is_painted(handle: Any) -> bool:  # noqa: ANN401
    """Whether a path is seen: not one that only clips, not one filled with white."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(handle, fill, stroke)
    if stroke.value or not fill.value:
        return bool(stroke.value)
    red, green, blue, solid = (ctypes.c_uint() for _ in range(4))
    raw.FPDFPageObj_GetFillColor(handle, red, green, blue, solid)
    return solid.value > 0 and min(red.value, green.value, blue.value) < 250


def _times(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def _moved(matrix: Matrix, left: float, bottom: float, right: float, top: float) -> Box:
    a, b, c, d, e, f = matrix
    across, down = sorted((a * left, a * right)), sorted((b * left, b * right))
    across_up, down_up = sorted((c * bottom, c * top)), sorted((d * bottom, d * top))
    return Box(
        across[0] + across_up[0] + e,
        down[0] + down_up[0] + f,
        across[1] + across_up[1] + e,
        down[1] + down_up[1] + f,
    )
