"""Editing a library: corrections, an audit of captions, figures for a text and texts for a figure."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from explorer.archive.html.caption_marks import tidy
from explorer.catalog.records import FigureCorrection, FigureRecord
from explorer.curate.audit import Audit, audit
from explorer.curate.caption_desk import DeskEntry, desk_entries
from explorer.curate.illustrate import Illustration, illustrate
from explorer.curate.misplaced import find_misplaced
from explorer.curate.related_texts import Discussion, find_discussions
from explorer.errors import LibraryError, QueryError
from explorer.ingest.indexing import build_index
from explorer.ingest.report import SilentProgress
from explorer.library.browse import LibraryBrowser, find_figure
from explorer.library.context import LibraryContext
from explorer.representation.encoders import encoder_errors
from explorer.search.arguments import as_text


class LibraryEditor:
    """Corrects figures, audits captions, and finds figures for a text and texts for a figure."""

    def __init__(self, context: LibraryContext, browser: LibraryBrowser) -> None:
        self._context = context
        self._browser = browser

    def correct(
        self, id: str, *, caption: str | None = None, alt: str | None = None, credit: str | None = None
    ) -> FigureRecord:
        """Correct the caption, alt text or credit of a figure. An ingest does not overwrite corrections.

        If the index cannot be updated, nothing is changed.

        Args:
            id: The id of a figure, or its beginning.
            caption: The new caption; "" removes it, None leaves it unchanged.
            alt: The new alt text, likewise.
            credit: The new credit, likewise.

        Raises:
            QueryError: If `id` is not the id of a figure, or there is nothing to correct.
        """
        fields = {"caption": caption, "alt": alt, "credit": credit}
        corrections = {name: tidy(text) or "" for name, text in fields.items() if text is not None}
        if not corrections:
            raise QueryError("Nothing to correct. Give a new text: --caption, --alt or --credit")
        return self._apply_correction(find_figure(self._browser, id), FigureCorrection(**corrections))

    def reset_correction(self, id: str) -> FigureRecord:
        """Restore the texts of the archive. Raises QueryError if `id` is not the id of a figure."""
        return self._apply_correction(find_figure(self._browser, id), None)

    def archive_says(self, id: str) -> Mapping[str, str | None]:
        """Return the texts of the archive for the corrected fields of a figure: caption, alt, credit."""
        return self._context.catalog.corrections.archive_says(id)

    def illustrate(self, text: str, *, limit: int = 20) -> tuple[Illustration, ...]:
        """Return figures that illustrate a text, best first, each with the passage that it fits best."""
        with encoder_errors():
            return illustrate(as_text(text), self._context.indexes.engine(), limit)

    def related_texts(self, id: str, *, limit: int = 10) -> tuple[Discussion, ...]:
        """Return items of other issues about the content of a figure, each with the nearest sentence."""
        figure = find_figure(self._browser, id)
        engine = self._context.indexes.engine()
        with self._context.vectors(to_read=True) as vectors:
            return find_discussions(figure, engine, self._context.catalog, vectors, limit)

    def audit(self) -> Audit:
        """Return captions and alt texts that need attention. Pictures are compared only if there is an index."""
        figures = self._context.catalog.figures.select()
        if self._context.index_store.current_generation() is None:
            return audit(figures, 0, ())
        with self._context.vectors(to_read=True) as vectors:
            return audit(figures, *find_misplaced(figures, vectors))

    def desk(self) -> list[DeskEntry]:
        """Return the figures that an audit lists as a queue, each with its problems and a suggestion for its words."""
        return desk_entries(self.audit())

    def _apply_correction(self, figure: FigureRecord, correction: FigureCorrection | None) -> FigureRecord:
        """Correct a figure, or remove its correction, and update the index. If that fails, change nothing."""
        with self._context.writing():
            is_indexed = self._context.index_store.current_generation() is not None
            if is_indexed:
                self._context.indexes.encoders()  # raises before any change if the encoder is unavailable
            previous = self._context.catalog.corrections.get(figure.id)
            try:
                if correction is None:
                    self._context.catalog.corrections.delete(figure.id)
                else:
                    self._context.catalog.corrections.save(figure.id, correction)
                if is_indexed:
                    with self._context.vectors() as vectors:
                        build_index(
                            self._context.index_store, self._context.catalog, vectors, SilentProgress()
                        )
            except BaseException:
                with suppress(LibraryError):
                    self._context.catalog.corrections.put_back(figure.id, previous)
                raise
        return self._browser.figure(figure.id)
