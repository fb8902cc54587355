"""The second pass over a library: the text in its pictures, read once per picture and kept as it is read."""

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
    """What one enrich did: `read` pictures, of which `with_text` carry any; `unread` are left for the next.

    `encoded` are texts of long issues (see issue_contents).
    """

    read: int
    with_text: int
    unread: int
    generation: int
    seconds: float
    encoded: int = 0


@dataclass(frozen=True, slots=True)
class Texts:
    """How many pictures were read so far, and how many of them carry text."""

    read: int = 0
    with_text: int = 0


def pictures_to_read(catalog: Catalog) -> list[str]:
    """SHA-256 of every picture that was not read yet, or was read another way than today's."""
    return catalog.pictures.ocr_pending(images.ocr_recipe())


def read_texts(
    catalog: Catalog, pictures: PictureStore, progress: Progress, limit: int | None
) -> Iterator[Texts]:
    """Reads up to `limit` pictures that nobody has read; after each one, how many it were so far.

    Each is kept by itself, so a process killed at any moment loses one picture at most. LibraryError when no
    picture can be read on this machine.
    """
    texts = Texts()
    with progress.track(pictures_to_read(catalog)[:limit], "Reading pictures") as work:
        for sha256 in work:
            lines = _lines_in(sha256, pictures)
            catalog.pictures.save_text(sha256, images.ocr_recipe(), lines)
            texts = Texts(texts.read + 1, texts.with_text + bool(lines))
            yield texts


def written_lines(data: bytes) -> list[TextLine]:
    """The lines that stand in a drawing as text. Where in it is not known: each is said of the whole."""
    return [TextLine(line, 1.0, (0.0, 0.0, 1.0, 1.0)) for line in images.svg_text_lines(data)]


def _lines_in(sha256: str, pictures: PictureStore) -> list[TextLine]:
    """The lines of a picture; none where a file that was readable when kept is so no longer."""
    with suppress(LibraryError):
        written = written_lines(pictures.read(sha256))
        if written:
            return written
    try:
        lines = images.read_text(images.open_picture(pictures.original(sha256)))
    except images.ReaderMissingError as error:
        raise LibraryError(f"The pictures cannot be read: {error}") from error
    except images.PictureError:
        return []
    return [TextLine(line.text, line.confidence, line.box) for line in lines]
