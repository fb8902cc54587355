"""The view of each page, as its address describes it: a link is a view, and a view is a link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self, cast, get_args

from explorer.types import NO_FILTERS, FigureOrder, Filters, Kind, MapOrder, Region
from explorer.web.state import params as url
from explorer.web.state.params import LegWeights, Params

Layout = Literal["grid", "list"]
MapColour = Literal["area", "kind", "year", "issue"]


@dataclass(frozen=True, slots=True)
class SearchView:
    """The Search page."""

    words: str | None = None
    kind: Kind = "figure"
    filters: Filters = NO_FILTERS
    page: int = 1
    exact: bool = False
    weights: LegWeights = ()
    budget_ms: int | None = None
    upload: str | None = None
    """The name of an uploaded picture."""
    surprise: int | None = None
    """Without words: the seed of a random choice of figures."""

    @classmethod
    def of(cls, params: Params) -> Self:
        """Return the view that an address opens."""
        return cls(
            words=url.text(params, "q"),
            kind=cast(Kind, url.choice(get_args(Kind), params, "kind")),
            filters=url.filters(params),
            page=url.number(params, "page") or 1,
            exact=url.text(params, "exact") == "yes",
            weights=url.weights(params, "w"),
            budget_ms=url.number(params, "ms"),
            upload=url.text(params, "picture"),
            surprise=url.number(params, "surprise"),
        )

    def params(self) -> dict[str, list[str]]:
        """Return the parameters of its address."""
        values = {
            "q": self.words,
            "kind": url.unless_default("figure", self.kind),
            "page": url.unless_default(1, self.page),
            "exact": "yes" if self.exact else None,
            "w": url.format_weights(self.weights),
            "ms": self.budget_ms,
            "picture": self.upload,
            "surprise": self.surprise,
        }
        return url.to_params(values) | url.format_filters(self.filters)


@dataclass(frozen=True, slots=True)
class SimilarView:
    """The Similar page: `upload` is the name of an uploaded picture, `figure` the id of a figure of the library.

    `box` is the part of the uploaded picture, or else of the figure, to search for.
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
        """Return the view that an address opens."""
        return cls(
            upload=url.text(params, "picture"),
            figure=url.text(params, "figure"),
            words=url.text(params, "q"),
            like=url.texts(params, "like"),
            unlike=url.texts(params, "unlike"),
            page=url.number(params, "page") or 1,
            box=url.box(params, "box"),
            weights=url.weights(params, "w"),
        )

    def params(self) -> dict[str, list[str]]:
        """Return the parameters of its address."""
        values = {
            "picture": self.upload,
            "figure": self.figure,
            "q": self.words,
            "page": url.unless_default(1, self.page),
            "box": url.format_box(self.box),
            "w": url.format_weights(self.weights),
        }
        examples = {"like": [*self.like], "unlike": [*self.unlike]}
        return url.to_params(values) | {name: ids for name, ids in examples.items() if ids}

    @property
    def figure_in_part(self) -> str | None:
        """The figure, if the search is for only a part of it."""
        return self.figure if self.box and not self.upload else None

    @property
    def liked(self) -> tuple[str, ...]:
        """The figures and items that hits shall resemble as a whole."""
        figure = self.figure if not self.figure_in_part else None
        return tuple(dict.fromkeys((figure, *self.like) if figure else self.like))

    @property
    def has_query(self) -> bool:
        """Whether there is anything to search for."""
        return bool(self.upload or self.figure or self.like or self.words)


@dataclass(frozen=True, slots=True)
class IllustrateView:
    """The Illustrate page: `text` is the name of an uploaded text."""

    text: str | None = None

    @classmethod
    def of(cls, params: Params) -> Self:
        """Return the view that an address opens."""
        return cls(url.text(params, "text"))

    def params(self) -> dict[str, list[str]]:
        """Return the parameters of its address."""
        return url.to_params({"text": self.text})


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
        """Return the view that an address opens."""
        return cls(
            text=url.text(params, "q"),
            order=cast(FigureOrder, url.choice(get_args(FigureOrder), params, "order")),
            layout=cast(Layout, url.choice(get_args(Layout), params, "as")),
            filters=url.filters(params),
            page=url.number(params, "page") or 1,
        )

    def params(self) -> dict[str, list[str]]:
        """Return the parameters of its address."""
        values = {
            "q": self.text,
            "order": url.unless_default("date", self.order),
            "as": url.unless_default("grid", self.layout),
            "page": url.unless_default(1, self.page),
        }
        return url.to_params(values) | url.format_filters(self.filters)


@dataclass(frozen=True, slots=True)
class IssuesView:
    """The Issues page: all issues, or those of one year."""

    year: str | None = None
    page: int = 1

    @classmethod
    def of(cls, params: Params) -> Self:
        """Return the view that an address opens."""
        year = url.text(params, "year")
        is_year = year is not None and len(year) == 4 and year.isdecimal()
        return cls(year if is_year else None, url.number(params, "page") or 1)

    def params(self) -> dict[str, list[str]]:
        """Return the parameters of its address."""
        return url.to_params({"year": self.year, "page": url.unless_default(1, self.page)})


@dataclass(frozen=True, slots=True)
class IssueView:
    """The Issue page, at one of its items."""

    id: str | None = None
    item: str | None = None

    @classmethod
    def of(cls, params: Params) -> Self:
        """Return the view that an address opens."""
        return cls(url.text(params, "id"), url.text(params, "item"))

    def params(self) -> dict[str, list[str]]:
        """Return the parameters of its address."""
        return url.to_params({"id": self.id, "item": self.item})


@dataclass(frozen=True, slots=True)
class CollectionView:
    """The Collection page: its figures, or figures like them."""

    id: str | None = None
    page: int = 1
    is_similar: bool = False

    @classmethod
    def of(cls, params: Params) -> Self:
        """Return the view that an address opens."""
        is_similar = url.text(params, "similar") == "yes"
        return cls(url.text(params, "id"), url.number(params, "page") or 1, is_similar)

    def params(self) -> dict[str, list[str]]:
        """Return the parameters of its address."""
        similar = "yes" if self.is_similar else None
        return url.to_params({"id": self.id, "similar": similar, "page": url.unless_default(1, self.page)})


@dataclass(frozen=True, slots=True)
class MapView:
    """The Map page: how the map is drawn, the selected area or box, and the words to search for in the selection."""

    order: MapOrder = "visual"
    colour: MapColour = "area"
    area: int | None = None
    """The number of an area, from 1 on."""
    box: Region | None = None
    """The left, lower, right and upper edge of a part of the map."""
    words: str | None = None
    page: int = 1

    @classmethod
    def of(cls, params: Params) -> Self:
        """Return the view that an address opens."""
        return cls(
            order=cast(MapOrder, url.choice(get_args(MapOrder), params, "by")),
            colour=cast(MapColour, url.choice(get_args(MapColour), params, "colour")),
            area=url.number(params, "area"),
            box=url.box(params, "box"),
            words=url.text(params, "q"),
            page=url.number(params, "page") or 1,
        )

    def params(self) -> dict[str, list[str]]:
        """Return the parameters of its address."""
        return url.to_params(
            {
                "by": url.unless_default("visual", self.order),
                "colour": url.unless_default("area", self.colour),
                "area": self.area,
                "box": url.format_box(self.box),
                "q": self.words,
                "page": url.unless_default(1, self.page),
            }
        )


@dataclass(frozen=True, slots=True)
class CompareView:
    """The page that measures and compares: the weights of side B, and those of side A."""

    weights: LegWeights = ()
    weights_a: LegWeights = ()

    @classmethod
    def of(cls, params: Params) -> Self:
        """Return the view that an address opens."""
        return cls(url.weights(params, "w"), url.weights(params, "a"))

    def params(self) -> dict[str, list[str]]:
        """Return the parameters of its address."""
        return url.to_params({"w": url.format_weights(self.weights), "a": url.format_weights(self.weights_a)})
