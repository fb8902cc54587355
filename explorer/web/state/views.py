"""What each page shows, as its address says it: a link is a view, and a view is a link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, Self, cast, get_args

from explorer.catalog.records import Order, Selection
from explorer.search.hits import Region
from explorer.search.query import Filters, Kind
from explorer.web.state import params as say
from explorer.web.state.params import LegWeights, Params

Layout = Literal["grid", "list"]

_CAPTIONED: Final = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Restrictions:
    """Which figures a page is about, whether it searches or lists them."""

    date_from: str | None = None
    date_to: str | None = None
    number: int | None = None
    captioned: bool | None = None
    issue: str | None = None

    @classmethod
    def of(cls, params: Params) -> Self:
        """What the address restricts to."""
        return cls(
            date_from=say.text(params, "from"),
            date_to=say.text(params, "to"),
            number=say.number(params, "number"),
            captioned=_CAPTIONED.get(say.text(params, "caption") or ""),
            issue=say.text(params, "issue"),
        )

    def params(self) -> dict[str, list[str]]:
        """The same for an address."""
        captioned = {value: name for name, value in _CAPTIONED.items()}.get(self.captioned)  # type: ignore[arg-type]
        return say.said(
            {
                "from": self.date_from,
                "to": self.date_to,
                "number": self.number,
                "caption": captioned,
                "issue": self.issue,
            }
        )

    def filters(self) -> Filters:
        """The same for a search."""
        return Filters(
            issue_id=self.issue,
            number=self.number,
            date_from=self.date_from,
            date_to=self.date_to,
            has_caption=self.captioned,
        )

    def selection(self, text: str | None) -> Selection:
        """The same for a list, with the words its figures hold; QueryError for a date that is none."""
        self.filters().conditions()  # the one place that knows what a date is
        return Selection(
            issue_id=self.issue,
            number=self.number,
            date_from=self.date_from,
            date_to=self.date_to,
            has_caption=self.captioned,
            text=text,
        )


@dataclass(frozen=True, slots=True)
class SearchView:
    """The Search page."""

    words: str | None = None
    kind: Kind = "figure"
    restrictions: Restrictions = Restrictions()
    page: int = 1
    exact: bool = False
    weights: LegWeights = ()

    @classmethod
    def of(cls, params: Params) -> Self:
        """The view an address opens."""
        return cls(
            words=say.text(params, "q"),
            kind=cast(Kind, say.one_of(get_args(Kind), params, "kind")),
            restrictions=Restrictions.of(params),
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
        return say.said(said) | self.restrictions.params()


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
    order: Order = "date"
    layout: Layout = "grid"
    restrictions: Restrictions = Restrictions()
    page: int = 1

    @classmethod
    def of(cls, params: Params) -> Self:
        """The view an address opens."""
        return cls(
            text=say.text(params, "q"),
            order=cast(Order, say.one_of(get_args(Order), params, "order")),
            layout=cast(Layout, say.one_of(get_args(Layout), params, "as")),
            restrictions=Restrictions.of(params),
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
        return say.said(said) | self.restrictions.params()


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
