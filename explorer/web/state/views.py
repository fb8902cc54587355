"""What each page shows, as its address says it: a link is a view, and a view is a link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self, cast, get_args

from explorer.types import NO_FILTERS, FigureOrder, Filters, Kind, Region
from explorer.web.state import params as say
from explorer.web.state.params import LegWeights, Params

Layout = Literal["grid", "list"]


@dataclass(frozen=True, slots=True)
class SearchView:
    """The Search page."""

    words: str | None = None
    kind: Kind = "figure"
    filters: Filters = NO_FILTERS
    page: int = 1
    exact: bool = False
    weights: LegWeights = ()

    @classmethod
    def of(cls, params: Params) -> Self:
        """The view an address opens."""
        return cls(
            words=say.text(params, "q"),
            kind=cast(Kind, say.one_of(get_args(Kind), params, "kind")),
            filters=say.filters(params),
            page=say.number(params, "page") or 1,
            exact=say.text(params, "exact") == "yes",
            weights=say.weights(params, "w"),
        )

    def params(self) -> dict[str, list[str]]:
        """Its address."""
        said = {
            "q": self.words,
            "kind": say.unless("figure", self.kind),
            "page": say.unless(1, self.page),
            "exact": "yes" if self.exact else None,
            "w": say.written_weights(self.weights),
        }
        return say.said(said) | say.written_filters(self.filters)


@dataclass(frozen=True, slots=True)
class SimilarView:
    """The Similar page: `upload` names a picture somebody brought, `figure` one of the library.

    `box` is the part that is asked for, of what was brought, else of the figure.
    """

    upload: str | None = None
    figure: str | None = None
    words: str | None = None
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    page: int = 1
    box: Region | None = None
    weights: LegWeights = ()

    @classmethod
    def of(cls, params: Params) -> Self:
        """The view an address opens."""
        return cls(
            upload=say.text(params, "picture"),
            figure=say.text(params, "figure"),
            words=say.text(params, "q"),
            like=say.texts(params, "like"),
            unlike=say.texts(params, "unlike"),
            page=say.number(params, "page") or 1,
            box=say.box(params, "box"),
            weights=say.weights(params, "w"),
        )

    def params(self) -> dict[str, list[str]]:
        """Its address."""
        said = {
            "picture": self.upload,
            "figure": self.figure,
            "q": self.words,
            "page": say.unless(1, self.page),
            "box": say.written_box(self.box),
            "w": say.written_weights(self.weights),
        }
        several = {"like": [*self.like], "unlike": [*self.unlike]}
        return say.said(said) | {name: ids for name, ids in several.items() if ids}

    @property
    def figure_in_part(self) -> str | None:
        """The figure, where no more than a part of it is asked for."""
        return self.figure if self.box and not self.upload else None

    @property
    def liked(self) -> tuple[str, ...]:
        """Every figure or item that hits shall resemble as a whole."""
        whole = self.figure if not self.figure_in_part else None
        return tuple(dict.fromkeys((whole, *self.like) if whole else self.like))

    @property
    def is_asked(self) -> bool:
        """Whether there is anything to search by."""
        return bool(self.upload or self.figure or self.like or self.words)


@dataclass(frozen=True, slots=True)
class IllustrateView:
    """The Illustrate page: `text` names a text that somebody brought."""

    text: str | None = None

    @classmethod
    def of(cls, params: Params) -> Self:
        """The view an address opens."""
        return cls(say.text(params, "text"))

    def params(self) -> dict[str, list[str]]:
        """Its address."""
        return say.said({"text": self.text})


@dataclass(frozen=True, slots=True)
class CaptionsView:
    """The Captions page."""

    text: str | None = None
    order: FigureOrder = "date"
    layout: Layout = "grid"
    filters: Filters = NO_FILTERS
    page: int = 1

    @classmethod
    def of(cls, params: Params) -> Self:
        """The view an address opens."""
        return cls(
            text=say.text(params, "q"),
            order=cast(FigureOrder, say.one_of(get_args(FigureOrder), params, "order")),
            layout=cast(Layout, say.one_of(get_args(Layout), params, "as")),
            filters=say.filters(params),
            page=say.number(params, "page") or 1,
        )

    def params(self) -> dict[str, list[str]]:
        """Its address."""
        said = {
            "q": self.text,
            "order": say.unless("date", self.order),
            "as": say.unless("grid", self.layout),
            "page": say.unless(1, self.page),
        }
        return say.said(said) | say.written_filters(self.filters)


@dataclass(frozen=True, slots=True)
class CompareView:
    """The page that measures and compares: how much legs count on side B, and on side A."""

    weights: LegWeights = ()
    weights_a: LegWeights = ()

    @classmethod
    def of(cls, params: Params) -> Self:
        """The view an address opens."""
        return cls(say.weights(params, "w"), say.weights(params, "a"))

    def params(self) -> dict[str, list[str]]:
        """Its address."""
        return say.said({"w": say.written_weights(self.weights), "a": say.written_weights(self.weights_a)})
