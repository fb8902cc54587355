"""The picture of a figure: the bytes that the PDF holds where they are a plain JPEG, else its part of the page, drawn."""

from __future__ import annotations

import ctypes
import io
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image, ImageChops, ImageStat

from explorer.archive.convert.pdf.boxes import Box
from explorer.archive.convert.pdf.document import Picture
from explorer.archive.convert.pdf.pages import View, graphics_of

DPI = 200
MAX_PIXELS = 12_000_000
MAX_SIDE_PX = 6000
MAX_JPEG_BYTES = 32 * 1024 * 1024
_TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
_GLANCE = 64  # px: enough to see whether two pictures are one
_ALIKE = 12  # of 255, on the average


def draw(pdf: pdfium.PdfDocument, picture: Picture) -> bytes:
    """A JPEG or PNG; PdfiumError when the page cannot be opened, ValueError when it has no size."""
    page = pdf[picture.page - 1]
    try:
        own = _own_jpeg(page, picture) if picture.is_plain and not picture.turn else None
        return own or _png(_turned(_drawn(page, picture.box, DPI / 72), picture.turn))
    finally:
        page.close()


def _drawn(page: pdfium.PdfPage, box: Box, scale: float) -> Image.Image:
    width, height = page.get_width(), page.get_height()
    most = min((MAX_PIXELS / max(box.area, 1)) ** 0.5, MAX_SIDE_PX / max(box.width, box.height, 1))
    crop = (max(0, box.left), max(0, height - box.bottom), max(0, width - box.right), max(0, box.top))
    bitmap = page.render(scale=min(scale, most), crop=crop, may_draw_forms=False)
    try:
        drawn: Image.Image = bitmap.to_pil().convert("RGB")
        return drawn
    finally:
        bitmap.close()


def _turned(image: Image.Image, turn: int) -> Image.Image:
    return image.transpose(_TURNS[turn]) if turn in _TURNS else image


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _own_jpeg(page: pdfium.PdfPage, picture: Picture) -> bytes | None:
    """The JPEG that stands in the box, if it looks as the page does: whole, upright, in its colours, without a mask."""
    found = [it for it in graphics_of(page, View(page)) if it[0].is_picture and picture.box.holds(it[0].box)]
    if len(found) != 1 or _filters(found[0][1]) != ["DCTDecode"]:
        return None
    data = _data(found[0][1])
    return (
        data
        if data and _looks_like(data, _drawn(page, picture.box, _GLANCE / max(picture.box.width, 1)))
        else None
    )


def _looks_like(data: bytes, drawn: Image.Image) -> bool:
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as opened:
            opened.draft("RGB", (2 * _GLANCE, 2 * _GLANCE))  # a large one is never unpacked whole
            own = opened.convert("RGB").resize(drawn.size, Image.Resampling.BOX)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    return max(ImageStat.Stat(ImageChops.difference(own, drawn)).mean) < _ALIKE


def _filters(handle: Any) -> list[str]:  # noqa: ANN401
    names = []
    for index in range(min(raw.FPDFImageObj_GetImageFilterCount(handle), 8)):
        name = ctypes.create_string_buffer(64)
        raw.FPDFImageObj_GetImageFilter(handle, index, name, len(name))
        names.append(name.value.decode(errors="replace"))
    return names


def _data(handle: Any) -> bytes | None:  # noqa: ANN401
    size = raw.FPDFImageObj_GetImageDataRaw(handle, None, 0)
    if not 0 < size <= MAX_JPEG_BYTES:
        return None
    buffer = ctypes.create_string_buffer(size)
    raw.FPDFImageObj_GetImageDataRaw(handle, buffer, size)
    return buffer.raw if buffer.raw.startswith(b"\xff\xd8") else None
