"""Searching a library by words, pictures, liked and disliked figures, or a typed line with all of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.catalog.filters import NO_FILTERS, merge_filters
from explorer.errors import QueryError
from explorer.library.browse import LibraryBrowser
from explorer.library.context import LibraryContext
from explorer.representation.encoders import encoder_errors
from explorer.search.answer import Answer, phrases_of
from explorer.search.exact_terms import exact_term_filter
from explorer.search.example_pictures import Box, example_picture, opened_picture
from explorer.search.filtered import list_filtered
from explorer.search.grammar import Parsed, parse
from explorer.search.hits import Result
from explorer.search.query import NOTHING_ASKED, ONLY_NOT, Kind, Query, check_filters
from explorer.search.timings import TimingLog

if TYPE_CHECKING:
    from PIL.Image import Image

    from explorer.search.engine import SearchEngine
    from images.sources import PictureSource


class LibrarySearch:
    """Searches a library."""

    def __init__(self, context: LibraryContext, browser: LibraryBrowser) -> None:
        self._context = context
        self._browser = browser

    def example(self, picture: PictureSource | None, box: Box | None) -> Image | None:
        """Open the example picture of a query, if there is one.

        Raises QueryError if the picture cannot be opened, or for a box without a picture.
        """
        return example_picture(picture, box)

    def search(self, query: Query) -> Result:
        """Return the hits of a query. Its ids may be the beginnings of ids."""
        query = replace(
            query,
            like=self._browser.ids("like", query.like),
            unlike=self._browser.ids("unlike", query.unlike),
        )
        query.check()
        with encoder_errors():
            return self._run(self._context.indexes.engine(), query)

    def ask(self, line: str, options: Query, kind: Kind | None, *, files: bool, exact: bool) -> Answer:
        """Answer a typed line with options. `kind` and the filters of the options override those of the line."""
        check_filters(options.filters)
        parsed = parse(line, files=files)
        query = self._combine(parsed, options, kind or parsed.kind or "figure")
        if not query.is_asked:
            is_restricted = kind is not None or parsed.kind is not None or query.filters != NO_FILTERS
            return Answer(parsed, {}, self._list(parsed, query, is_restricted=is_restricted))
        with encoder_errors():
            engine = self._context.indexes.engine()
            corrections = {} if exact else engine.corrections(parsed.plain_words)
            query = replace(query, phrases=phrases_of(parsed, corrections))
            return Answer(parsed, corrections, self._run(engine, query))

    def _run(self, engine: SearchEngine, query: Query) -> Result:
        """Search without the legs that do not fit into the latency budget of the query."""
        query.check()
        omitted = self._omitted(engine, query) if query.budget_ms is not None else ()
        weights = {**query.weights, **dict.fromkeys(omitted, 0.0)}
        result = engine.search(replace(query, weights=weights))
        return replace(self._with_thumbnails(result), omitted=omitted)

    def _omitted(self, engine: SearchEngine, query: Query) -> tuple[str, ...]:
        from explorer.library.search_tuning import measured_gains
        from explorer.search.budget import legs_of, omitted_legs

        encoders, weights = self._context.indexes.encoders(), engine.weights_of(query)
        # A library without a self-test: the weights of the legs are the best estimate of their gains.
        gains = {**weights, **measured_gains(self._context.path, encoders.encoder.name)}
        costs = TimingLog(self._context.path).costs(warm=engine.is_warm)
        legs = legs_of(query, weights, encoders.visual_field)
        by_kind = {kind: [leg for leg in names if engine.has_leg(leg, kind)] for kind, names in legs.items()}
        return omitted_legs(by_kind, query.budget_ms or 0.0, gains, costs)

    def _combine(self, parsed: Parsed, options: Query, kind: Kind) -> Query:
        """Return the query of a parsed line and its options."""
        term_filter = exact_term_filter(self._context.catalog.full_text, parsed.must, parsed.must_not, kind)
        pictures = ((opened_picture(Path(path).expanduser()), weight) for path, weight in parsed.pictures)
        return replace(
            options,
            words=parsed.words,
            like=self._browser.ids("like", (*options.like, *parsed.like)),
            unlike=self._browser.ids("unlike", (*options.unlike, *parsed.unlike)),
            kind=kind,
            filters=merge_filters(parsed.filters, options.filters),
            extra_images=tuple(pictures),
            include_ids=term_filter.include_ids,
            exclude_ids=term_filter.exclude_ids,
        )

    def _list(self, parsed: Parsed, query: Query, *, is_restricted: bool) -> Result:
        """List the figures or items that pass the filters of a query that has only filters.

        Raises QueryError for a query without filters, and for one with nothing but exclusions.
        """
        has_exclusions = bool(parsed.must_not or query.unlike or query.extra_images)
        if query.unlike or query.extra_images or (has_exclusions and not is_restricted):
            raise QueryError(ONLY_NOT)
        if not is_restricted:
            raise QueryError(NOTHING_ASKED)
        query.check_page()
        return self._with_thumbnails(list_filtered(query, self._context.catalog))

    def _with_thumbnails(self, result: Result) -> Result:
        return replace(result, thumbnail_of=self._thumbnail)

    def _thumbnail(self, sha256: str) -> bytes | None:
        """Return the small WebP of a picture; None if its file is gone."""
        try:
            return self._browser.picture_path(sha256, "small").read_bytes()
        except OSError:
            return None
