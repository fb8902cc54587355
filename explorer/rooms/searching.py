"""Searching a library: by words, by pictures, by what is liked and disliked, and by a line that says all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import ceil, floor
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import images
from explorer.encoders import encoder_errors
from explorer.errors import QueryProblem
from explorer.rooms.looking import Looking
from explorer.search.answer import Answer, narrowed, phrases_of
from explorer.search.filtered import list_filtered
from explorer.search.fusion import weights_for
from explorer.search.grammar import parse
from explorer.search.hits import Region, Result
from explorer.search.limits import checked_line
from explorer.search.query import NO_FILTERS, NOTHING_ASKED, ONLY_NOT, Filters, Kind, Query
from explorer.search.standing import standing

if TYPE_CHECKING:
    from PIL.Image import Image


Box = tuple[float, float, float, float]


class Searching(Looking):
    """What a library answers."""

    def search(
        self,
        words: str | None = None,
        *,
        picture: Path | bytes | Image | None = None,
        box: Box | None = None,
        like: Sequence[str] = (),
        unlike: Sequence[str] = (),
        kind: Kind = "figure",
        filters: Filters = NO_FILTERS,
        limit: int = 20,
        offset: int = 0,
        weights: Mapping[str, float] | None = None,
    ) -> Result:
        """Figures (or items, or any of both) that fit words, a picture, or figures that are liked; best first.

        `picture` is a file, its bytes or an open picture; `box` (left, top, right, bottom, px) takes a part of it.
        `like` and `unlike` are ids of figures or items, or the beginnings of ids. `weights` says how much legs
        count instead of what was fitted; a leg of weight 0 is not asked.
        """
        shown = _brought(picture, box)
        words = words and checked_line(words)
        liked, unliked = (tuple(self.find(id).id for id in ids) for ids in (like, unlike))
        query = Query(words, shown, liked, unliked, kind, filters, limit, offset, weights or {})
        query.check()
        with encoder_errors():
            return self._indexes.engine().search(query)

    def ask(
        self,
        line: str,
        *,
        picture: Path | bytes | Image | None = None,
        box: Box | None = None,
        like: Sequence[str] = (),
        unlike: Sequence[str] = (),
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
        shown = _brought(picture, box)
        parsed = parse(line, files=files)
        is_restricted = kind is not None or parsed.kind is not None
        kind = kind or parsed.kind or "figure"
        stands = standing(self._catalog, parsed.must, parsed.must_not, kind)
        query = Query(
            words=parsed.words,
            picture=shown,
            like=tuple(self.find(id).id for id in (*like, *parsed.like)),
            unlike=tuple(self.find(id).id for id in (*unlike, *parsed.unlike)),
            kind=kind,
            filters=narrowed(parsed.filters, filters),
            limit=limit,
            offset=offset,
            weights=weights or {},
            beside=tuple(
                (opened_picture(Path(path).expanduser(), None), weight) for path, weight in parsed.pictures
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
            return Answer(parsed, by_word, engine.search(query))

    def _listed(self, query: Query, *, is_restricted: bool, says_not: bool) -> Result:
        """What passes the filters, where they are all that is said; QueryProblem where nothing is, or only what not."""
        is_restricted = is_restricted or query.filters != NO_FILTERS
        if query.unlike or query.beside or (says_not and not is_restricted):
            raise QueryProblem(ONLY_NOT)
        if not is_restricted:
            raise QueryProblem(NOTHING_ASKED)
        query.check_page()
        return list_filtered(query, self._catalog)

    def weights(self) -> Mapping[str, float]:
        """How much each leg counts, by name, unless a search says otherwise."""
        with encoder_errors():
            return weights_for(self._indexes.tools().encoder.name)

    def warm_up(self) -> None:
        """Opens index and encoder now, so that the first search does not wait for them."""
        with encoder_errors():
            self._indexes.engine()


def preview(picture: Path | bytes, size: Literal["small", "large"] = "small") -> bytes:
    """A WebP of a picture that somebody brings to search with; QueryProblem when it cannot be opened."""
    return images.thumbnail(opened_picture(picture, None), size)


def part_of(picture: Path | bytes, part: Region) -> Image:
    """What lies in these fractions of a picture; QueryProblem when it cannot be opened."""
    opened = opened_picture(picture, None)
    across, down = opened.size
    left, top, right, bottom = part
    return _part(opened, opened.size, (left * across, top * down, right * across, bottom * down))


def _brought(picture: Path | bytes | Image | None, box: Box | None) -> Image | None:
    """The query's picture, if there is one; QueryProblem as for `opened_picture`, and for a box without a picture."""
    if picture is not None:
        return opened_picture(picture, box)
    if box is not None:
        raise QueryProblem("A box is a part of a picture. Give the picture as well: --image FILE")
    return None


def opened_picture(picture: Path | bytes | Image, box: Box | None) -> Image:
    """The query's picture, safely; QueryProblem when it cannot be opened or the box is none."""
    if not isinstance(picture, Path | bytes):
        return _part(picture.convert("RGB"), picture.size, box)
    try:
        if box is None:
            return images.open_picture(picture)
        read = images.read_picture(picture)
    except images.PictureError as error:
        name = f"{picture}" if isinstance(picture, Path) else "The picture"
        raise QueryProblem(f"{name}: {error}") from error
    return _part(read.image, (read.facts.width, read.facts.height), box)


def _part(picture: Image, size: tuple[int, int], box: Box | None) -> Image:
    """What `box` cuts out of a picture of this true size, which may be larger than it was opened."""
    if box is None:
        return picture
    left, top, right, bottom = box
    if not (0 <= left < right <= size[0] and 0 <= top < bottom <= size[1]):
        raise QueryProblem(
            f"The box {left:g},{top:g},{right:g},{bottom:g} does not lie in the picture of {size[0]} x {size[1]} px."
        )
    across, down = picture.width / size[0], picture.height / size[1]
    # Rounded outwards: even a box within one pixel shows that pixel.
    corners = floor(left * across), floor(top * down), ceil(right * across), ceil(bottom * down)
    return picture.crop((*corners[:2], min(corners[2], picture.width), min(corners[3], picture.height)))
