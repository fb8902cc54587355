"""Searching a library: by words, by pictures, by what is liked and disliked, and by a line that says all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import images
from explorer.errors import QueryError
from explorer.library.browse import Looking
from explorer.representation.encoders import encoder_errors
from explorer.search.answer import Answer, narrowed, phrases_of
from explorer.search.exact_terms import standing
from explorer.search.example_pictures import Box, brought, opened_picture, part_of_image
from explorer.search.filtered import list_filtered
from explorer.search.fusion import weights_for
from explorer.search.grammar import parse
from explorer.search.hits import Region, Result
from explorer.search.limits import checked_line
from explorer.search.query import NO_FILTERS, NOTHING_ASKED, ONLY_NOT, Filters, Kind, Query, check_filters

if TYPE_CHECKING:
    from PIL.Image import Image

    from images.sources import PictureSource


class Searching(Looking):
    """What a library answers."""

    def search(
        self,
        words: str | None = None,
        *,
        picture: PictureSource | None = None,
        box: Box | None = None,
        like: str | Sequence[str] = (),
        unlike: str | Sequence[str] = (),
        kind: Kind = "figure",
        filters: Filters = NO_FILTERS,
        limit: int = 20,
        offset: int = 0,
        weights: Mapping[str, float] | None = None,
    ) -> Result:
        """Figures (or items, or any of both) that fit words, a picture, or figures that are liked; best first.

        `picture` is a file, its bytes, an open Pillow image or an array of pixels; `box` (left, top, right, bottom, px)
        takes a part of it. `like` and `unlike` are ids of figures or items, or the beginnings of ids. `weights` says
        how much legs count instead of what was fitted; a leg of weight 0 is not asked.
        """
        shown = brought(picture, box)
        words = words and checked_line(words)
        liked, unliked = self._ids("like", like), self._ids("unlike", unlike)
        query = Query(words, shown, liked, unliked, kind, filters, limit, offset, weights or {})
        query.check()
        with encoder_errors():
            return self._with_thumbnails(self._indexes.engine().search(query))

    def ask(
        self,
        line: str,
        *,
        picture: PictureSource | None = None,
        box: Box | None = None,
        like: str | Sequence[str] = (),
        unlike: str | Sequence[str] = (),
        kind: Kind | None = None,
        filters: Filters = NO_FILTERS,
        limit: int = 20,
        offset: int = 0,
        weights: Mapping[str, float] | None = None,
        files: bool = True,
        exact: bool = False,
    ) -> Answer:
        """What a typed line asks for, in the language of explorer/search/grammar.py, and the hits.

        What is given beside the line is asked as well; of `kind` and of each filter it wins. Without `files` the
        line names no picture of this machine. A word that stands nowhere is also looked for as the nearest one
        that does, unless the line is to be taken `exact`. Nothing but filters lists what passes them.
        """
        shown = brought(picture, box)
        check_filters(filters)
        parsed = parse(line, files=files)
        is_restricted = kind is not None or parsed.kind is not None
        kind = kind or parsed.kind or "figure"
        stands = standing(self._catalog, parsed.must, parsed.must_not, kind)
        query = Query(
            words=parsed.words,
            picture=shown,
            like=self._ids("like", like) + self._ids("like", parsed.like),
            unlike=self._ids("unlike", unlike) + self._ids("unlike", parsed.unlike),
            kind=kind,
            filters=narrowed(parsed.filters, filters),
            limit=limit,
            offset=offset,
            weights=weights or {},
            beside=tuple(
                (opened_picture(Path(path).expanduser()), weight) for path, weight in parsed.pictures
            ),
            only=stands.only,
            never=stands.never,
        )
        if not query.is_asked:
            says_not = bool(parsed.must_not or query.unlike or query.beside)
            return Answer(parsed, {}, self._listed(query, is_restricted=is_restricted, says_not=says_not))
        with encoder_errors():
            engine = self._indexes.engine()
            by_word = {} if exact else engine.corrections(parsed.plain_words)
            query = replace(query, phrases=phrases_of(parsed, by_word))
            return Answer(parsed, by_word, self._with_thumbnails(engine.search(query)))

    def _listed(self, query: Query, *, is_restricted: bool, says_not: bool) -> Result:
        """What passes the filters, where they are all that is said; QueryError where nothing is, or only what not."""
        is_restricted = is_restricted or query.filters != NO_FILTERS
        if query.unlike or query.beside or (says_not and not is_restricted):
            raise QueryError(ONLY_NOT)
        if not is_restricted:
            raise QueryError(NOTHING_ASKED)
        query.check_page()
        return self._with_thumbnails(list_filtered(query, self._catalog))

    def _with_thumbnails(self, result: Result) -> Result:
        return replace(result, thumbnail_of=self._thumbnail)

    def _thumbnail(self, sha256: str) -> bytes | None:
        """The small WebP of a picture; None where it is gone."""
        try:
            return self.picture_path(sha256, "small").read_bytes()
        except OSError:
            return None

    def weights(self) -> Mapping[str, float]:
        """How much each leg counts, by name, unless a search says otherwise."""
        with encoder_errors():
            return weights_for(self._indexes.tools().encoder.name)


def preview(picture: PictureSource, size: Literal["small", "large"] = "small") -> bytes:
    """A WebP of a picture that somebody brings to search with; QueryError when it cannot be opened."""
    return images.thumbnail(opened_picture(picture), size)


def part_of(picture: PictureSource, part: Region) -> Image:
    """What lies in these fractions of a picture; QueryError when it cannot be opened."""
    opened = opened_picture(picture)
    across, down = opened.size
    left, top, right, bottom = part
    return part_of_image(opened, opened.size, (left * across, top * down, right * across, bottom * down))
