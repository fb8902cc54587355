"""OCR: the text in the pictures of a library, read once for each picture and stored as soon as it is read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import images
from explorer.catalog.picture_store import PictureStore
from explorer.catalog.records import TextLine
from explorer.catalog.store import Catalog
from explorer.errors import LibraryError
from explorer.ingest.report import Progress


@dataclass(frozen=True, slots=True)
class EnrichReport:
    """The result of `explorer enrich`.

    `read` pictures were read, `with_text` of them contain text, and `unread` pictures are left for the next run.
    `encoded` texts of long issues were encoded (see issue_contents.py).
    """

    read: int
    with_text: int
    unread: int
    generation: int
    seconds: float
    encoded: int = 0


@dataclass(frozen=True, slots=True)
class OcrCounts:
    """The number of pictures read so far, and the number of those that contain text."""

    read: int = 0
    with_text: int = 0


def pictures_pending_ocr(catalog: Catalog) -> list[str]:
    """Return the SHA-256 of every picture that was not read yet with the present recipe."""
    return catalog.pictures.ocr_pending(images.ocr_recipe())


def read_texts(
    catalog: Catalog, pictures: PictureStore, progress: Progress, limit: int | None
) -> Iterator[OcrCounts]:
    """Read the text in up to `limit` pictures that are pending, and yield the counts so far after each one.

    Each text is stored at once: a killed process loses at most one picture. Raises LibraryError if OCR is not
    possible on this machine.
    """
    counts = OcrCounts()
    with progress.track(pictures_pending_ocr(catalog)[:limit], "Reading pictures") as work:
        for sha256 in work:
            lines = _lines_in(sha256, pictures)
            catalog.pictures.save_text(sha256, images.ocr_recipe(), lines)
            counts = OcrCounts(counts.read + 1, counts.with_text + bool(lines))
            yield counts


def drawing_text_lines(data: bytes) -> list[TextLine]:
    """Return the text elements of a drawing as lines. Their boxes are not known: each gets that of the whole picture."""
    return [TextLine(line, 1.0, (0.0, 0.0, 1.0, 1.0)) for line in images.svg_text_lines(data)]


def _lines_in(sha256: str, pictures: PictureStore) -> list[TextLine]:
    """Return the lines of text in a picture; none if its file cannot be read any more."""
    with suppress(LibraryError):
        drawing_lines = drawing_text_lines(pictures.read(sha256))
        if drawing_lines:
            return drawing_lines
    try:
        lines = images.read_text(images.open_picture(pictures.original(sha256)))
    except images.ReaderMissingError as error:
        raise LibraryError(f"The pictures cannot be read: {error}") from error
    except images.PictureError:
        return []
    return [TextLine(line.text, line.confidence, line.box) for line in lines]
