"""Draw the picture of a figure. An embedded JPEG is returned unchanged; anything else is rendered from the page."""

from __future__ import annotations

import ctypes
import io
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image, ImageChops, ImageStat

from explorer.archive.convert.pdf.boxes import Box
from explorer.archive.convert.pdf.document import Picture
from explorer.archive.convert.pdf.pages import PageTransform, graphics_of

DPI = 200
MAX_PIXELS = 12_000_000
MAX_SIDE_PX = 6000
MAX_JPEG_BYTES = 32 * 1024 * 1024
_TRANSPOSES = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}
_COMPARISON_PX = 64  # width at which two pictures are compared
_MAX_MEAN_DIFFERENCE = 12  # of 255, in every channel


def draw(pdf: pdfium.PdfDocument, picture: Picture) -> bytes:
    """Return the picture as JPEG or PNG.

    Raises:
        pdfium.PdfiumError: The page cannot be opened.
        ValueError: The page or the box has no size.
    """
    page = pdf[picture.page - 1]
    try:
        embedded = _embedded_jpeg(page, picture) if picture.is_plain and not picture.turn else None
        return embedded or _encode_png(_rotate(_render(page, picture.box, DPI / 72), picture.turn))
    finally:
        page.close()


def _render(page: pdfium.PdfPage, box: Box, scale: float) -> Image.Image:
    width, height = page.get_width(), page.get_height()
    max_scale = min((MAX_PIXELS / max(box.area, 1)) ** 0.5, MAX_SIDE_PX / max(box.width, box.height, 1))
    crop = (max(0, box.left), max(0, height - box.bottom), max(0, width - box.right), max(0, box.top))
    bitmap = page.render(scale=min(scale, max_scale), crop=crop, may_draw_forms=False)
    try:
        rendered: Image.Image = bitmap.to_pil().convert("RGB")
        return rendered
    finally:
        bitmap.close()


def _rotate(image: Image.Image, turn: int) -> Image.Image:
    return image.transpose(_TRANSPOSES[turn]) if turn in _TRANSPOSES else image


def _encode_png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _embedded_jpeg(page: pdfium.PdfPage, picture: Picture) -> bytes | None:
    """Return the JPEG in the box, if it looks like the rendered page: uncropped, upright, same colours, no mask."""
    handles = [
        handle
        for graphic, handle in graphics_of(page, PageTransform(page))
        if graphic.is_picture and picture.box.contains_center(graphic.box)
    ]
    if len(handles) != 1 or _image_filters(handles[0]) != ["DCTDecode"]:
        return None
    data = _jpeg_data(handles[0])
    return (
        data
        if data and _looks_like(data, _render(page, picture.box, _COMPARISON_PX / max(picture.box.width, 1)))
        else None
    )


def _looks_like(data: bytes, rendered: Image.Image) -> bool:
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as opened:
            # Decodes a large JPEG at a reduced size.
            opened.draft("RGB", (2 * _COMPARISON_PX, 2 * _COMPARISON_PX))
            embedded = opened.convert("RGB").resize(rendered.size, Image.Resampling.BOX)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    return max(ImageStat.Stat(ImageChops.difference(embedded, rendered)).mean) < _MAX_MEAN_DIFFERENCE


def _image_filters(handle: Any) -> list[str]:  # noqa: ANN401
    names = []
    for index in range(min(raw.FPDFImageObj_GetImageFilterCount(handle), 8)):
        name = ctypes.create_string_buffer(64)
        raw.FPDFImageObj_GetImageFilter(handle, index, name, len(name))
        names.append(name.value.decode(errors="replace"))
    return names


def _jpeg_data(handle: Any) -> bytes | None:  # noqa: ANN401
    size = raw.FPDFImageObj_GetImageDataRaw(handle, None, 0)
    if not 0 < size <= MAX_JPEG_BYTES:
        return None
    buffer = ctypes.create_string_buffer(size)
    raw.FPDFImageObj_GetImageDataRaw(handle, buffer, size)
    return buffer.raw if buffer.raw.startswith(b"\xff\xd8") else None
