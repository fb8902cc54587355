"""What an editor does with a library: corrections, an audit, texts and figures brought together, navigators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from explorer.archive.html.caption_marks import tidy
from explorer.catalog.records import (
    FigureRecord,
    Wording,
)
from explorer.curate import saved_searches
from explorer.curate.audit import Audit, audit
from explorer.curate.illustrate import Illustration, illustrate
from explorer.curate.misplaced import misplaced
from explorer.curate.related_texts import Discussion, discussed
from explorer.curate.saved_searches import Navigator, Sighting
from explorer.errors import LibraryError, QueryError
from explorer.ingest.indexing import build_index
from explorer.ingest.report import Silent
from explorer.library.browse import Looking
from explorer.representation.encoders import encoder_errors
from explorer.search.example_pictures import opened_picture
from explorer.search.limits import as_text, checked_line


class Curating(Looking):
    """What is made of a library's figures."""

    def correct(
        self, id: str, *, caption: str | None = None, alt: str | None = None, credit: str | None = None
    ) -> FigureRecord:
        """Gives a figure other words than the archive's, which outlive every ingest; "" empties a field.

        What is not named stays as it is. QueryError when `id` is no figure, or nothing is named. Where the index
        cannot show it, nothing is changed.
        """
        wanted = {"caption": caption, "alt": alt, "credit": credit}
        said = {name: tidy(text) or "" for name, text in wanted.items() if text is not None}
        if not said:
            raise QueryError("Nothing to correct. Name what is wrong: --caption, --alt or --credit")
        return self._reworded(self._found_figure(id), Wording(**said))

    def reset_correction(self, id: str) -> FigureRecord:
        """Gives a figure back the words of the archive; QueryError when `id` is no figure."""
        return self._reworded(self._found_figure(id), None)

    def archive_says(self, id: str) -> Mapping[str, str | None]:
        """What the archive says where a figure was corrected, by caption, alt and credit; else nothing."""
        return self._catalog.archive_says(id)

    def illustrate(self, text: str, *, limit: int = 20) -> tuple[Illustration, ...]:
        """Figures that would illustrate a text, best first, each with the passage that it fits best."""
        with encoder_errors():
            return illustrate(as_text(text), self._indexes.engine(), limit)

    def discussed(self, id: str, *, limit: int = 10) -> tuple[Discussion, ...]:
        """Where other issues talk about what the figure `id` shows, each with the sentence that comes nearest."""
        figure = self._found_figure(id)
        engine = self._indexes.engine()
        with self._vectors(to_read=True) as vectors:
            return discussed(figure, engine, self._catalog, vectors, limit)

    def audit(self) -> Audit:
        """What captions and alt texts leave to be desired. Before the first index no picture is compared."""
        figures = self._catalog.figures()
        if self._home.current_generation() is None:
            return audit(figures, 0, ())
        with self._vectors(to_read=True) as vectors:
            return audit(figures, *misplaced(figures, vectors))

    def navigators(self) -> list[Navigator]:
        """What is kept of likes and dislikes, by name."""
        return saved_searches.saved(self.path)

    def navigator(self, name: str) -> Navigator:
        """The navigator `name`; LibraryError where there is none."""
        return saved_searches.named(self.path, name)

    def save_navigator(
        self,
        name: str,
        *,
        words: str | None = None,
        like: str | Sequence[str] = (),
        unlike: str | Sequence[str] = (),
        pictures: Path | str | Sequence[Path | str] = (),
        threshold: float | None = None,
    ) -> Sighting:
        """Keeps a navigator, in place of any of that name; what passes now counts as seen.

        The threshold is a score; unless it is given, the liked examples choose it (see default_threshold).
        """
        if not (words or like or pictures):
            raise QueryError(
                "A navigator likes something. Give words, a picture (--image FILE) or a figure (--like ID)."
            )
        words = words and checked_line(words)
        pictures = [pictures] if isinstance(pictures, Path | str) else pictures
        for picture in pictures:
            opened_picture(picture)
        liked, unliked = self._ids("like", like), self._ids("unlike", unlike)
        shown = tuple(str(Path(picture).absolute()) for picture in pictures)
        made = Navigator(name, words, liked, unliked, shown)
        with encoder_errors():
            engine = self._indexes.engine()
            if threshold is None:
                threshold = saved_searches.default_threshold(made, engine, self._catalog)
            seen = saved_searches.look(replace(made, threshold=threshold), engine, self._catalog)
        saved_searches.write(self.path, saved_searches.remembered(seen))
        return seen

    def run_navigator(self, name: str) -> Sighting:
        """What passes a navigator, and what of it is new since its last run; the next run knows it."""
        seen = self._look(self.navigator(name))
        saved_searches.write(self.path, saved_searches.remembered(seen))
        return seen

    def delete_navigator(self, name: str) -> None:
        """Forgets a navigator; LibraryError where there is none."""
        saved_searches.delete(self.path, name)

    def news(self) -> list[Sighting]:
        """The navigators that a run would tell something new; it stays new until they are run."""
        found = []
        for one in self.navigators():
            with suppress(QueryError):  # nothing is left of it: its run says so
                found.append(self._look(one))
        return [seen for seen in found if seen.new]

    def _look(self, navigator: Navigator) -> Sighting:
        with encoder_errors():
            return saved_searches.look(navigator, self._indexes.engine(), self._catalog)

    def _found_figure(self, id: str) -> FigureRecord:
        found = self.find(id)
        if not isinstance(found, FigureRecord):
            raise QueryError(f"{id!r} is an item; only figures have such words. List them: explorer figures")
        return found

    def _reworded(self, figure: FigureRecord, wording: Wording | None) -> FigureRecord:
        """The figure as it is now, with a correction or without any, and findable by what it says; or as it was."""
        with self._writing():
            is_indexed = self._home.current_generation() is not None
            if is_indexed:
                self._indexes.tools()  # without the encoder nothing is begun
            before = self._catalog.correction(figure.id)
            try:
                if wording is None:
                    self._catalog.reset_correction(figure.id)
                else:
                    self._catalog.correct(figure.id, wording)
                if is_indexed:
                    with self._vectors() as vectors:
                        build_index(self._home, self._catalog, vectors, Silent())
            except BaseException:
                with suppress(LibraryError):
                    self._catalog.put_back_correction(figure.id, before)
                raise
        return self.figure(figure.id)
