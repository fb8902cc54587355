"""What an editor does with a library: corrections, an audit, texts and figures brought together."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from explorer.archive.html.caption_marks import tidy
from explorer.catalog.records import (
    FigureCorrection,
    FigureRecord,
)
from explorer.curate.audit import Audit, audit
from explorer.curate.illustrate import Illustration, illustrate
from explorer.curate.misplaced import find_misplaced
from explorer.curate.related_texts import Discussion, find_discussions
from explorer.errors import LibraryError, QueryError
from explorer.ingest.indexing import build_index
from explorer.ingest.report import SilentProgress
from explorer.library.browse import LibraryBrowser
from explorer.library.context import LibraryContext
from explorer.representation.encoders import encoder_errors
from explorer.search.arguments import as_text


class LibraryEditor:
    """Corrects figures, audits captions, and brings texts and figures together."""

    def __init__(self, context: LibraryContext, browser: LibraryBrowser) -> None:
        self._context = context
        self._browser = browser

    def correct(
        self, id: str, *, caption: str | None = None, alt: str | None = None, credit: str | None = None
    ) -> FigureRecord:
        """Correct the words of a figure. Corrections outlive every ingest.

        If the index cannot be updated, nothing is changed.

        Args:
            id: The id of a figure, or its beginning.
            caption: The new caption; "" empties it, None leaves it as it is. So with the others.
            alt: The new alt text.
            credit: The new credit.

        Raises:
            QueryError: If `id` is no figure, or nothing is to be corrected.
        """
        wanted = {"caption": caption, "alt": alt, "credit": credit}
        said = {name: tidy(text) or "" for name, text in wanted.items() if text is not None}
        if not said:
            raise QueryError("Nothing to correct. Name what is wrong: --caption, --alt or --credit")
        return self._reworded(self._found_figure(id), FigureCorrection(**said))

    def reset_correction(self, id: str) -> FigureRecord:
        """Give a figure the words of the archive again. Raises QueryError if `id` is no figure."""
        return self._reworded(self._found_figure(id), None)

    def archive_says(self, id: str) -> Mapping[str, str | None]:
        """Return the archive's words in the corrected fields of a figure: caption, alt, credit."""
        return self._context.catalog.corrections.archive_says(id)

    def illustrate(self, text: str, *, limit: int = 20) -> tuple[Illustration, ...]:
        """Return figures that would illustrate a text, best first, each with the passage that it fits best."""
        with encoder_errors():
            return illustrate(as_text(text), self._context.indexes.engine(), limit)

    def discussed(self, id: str, *, limit: int = 10) -> tuple[Discussion, ...]:
        """Return items of other issues about what a figure shows, each with the nearest sentence."""
        figure = self._found_figure(id)
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

    def _found_figure(self, id: str) -> FigureRecord:
        found = self._browser.find(id)
        if not isinstance(found, FigureRecord):
            raise QueryError(f"{id!r} is an item; only figures have such words. List them: explorer figures")
        return found

    def _reworded(self, figure: FigureRecord, wording: FigureCorrection | None) -> FigureRecord:
        """Correct a figure, or remove its correction, and update the index; if that fails, change nothing."""
        with self._context.writing():
            is_indexed = self._context.index_store.current_generation() is not None
            if is_indexed:
                self._context.indexes.encoders()  # without the encoder nothing is begun
            before = self._context.catalog.corrections.get(figure.id)
            try:
                if wording is None:
                    self._context.catalog.corrections.delete(figure.id)
                else:
                    self._context.catalog.corrections.save(figure.id, wording)
                if is_indexed:
                    with self._context.vectors() as vectors:
                        build_index(
                            self._context.index_store, self._context.catalog, vectors, SilentProgress()
                        )
            except BaseException:
                with suppress(LibraryError):
                    self._context.catalog.corrections.put_back(figure.id, before)
                raise
        return self._browser.figure(figure.id)
