"""What each page shows, as its address says it: a link is a view, and a view is a link.

Whatever an address says wrongly (a page that is no number, a kind there is not) counts as not said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Self, cast, get_args

from explorer.catalog.records import Selection
from explorer.search.query import Filters, Kind

Params = Mapping[str, Sequence[str]]
Order = Literal["date", "issue", "caption"]
Layout = Literal["grid", "list"]

_CAPTIONED: Final = {"yes": True, "no": False}
_MAX_NUMBER = 10**9  # an issue or a page beyond it is a slip; SQLite would refuse what exceeds 64 bits


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
            date_from=_text(params, "from"),
            date_to=_text(params, "to"),
            number=_number(params, "number"),
            captioned=_CAPTIONED.get(_text(params, "caption") or ""),
            issue=_text(params, "issue"),
        )

    def params(self) -> dict[str, list[str]]:
        """The same for an address."""
        captioned = {value: name for name, value in _CAPTIONED.items()}.get(self.captioned)  # type: ignore[arg-type]
        return _said(
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
        """The same for a list, with the words its figures hold; QueryProblem for a date that is none."""
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

    @classmethod
    def of(cls, params: Params) -> Self:
        """The view an address opens."""
        return cls(
            words=_text(params, "q"),
            kind=cast(Kind, _one_of(get_args(Kind), params, "kind")),
            restrictions=Restrictions.of(params),
            page=_number(params, "page") or 1,
            exact=_text(params, "exact") == "yes",
        )

    def params(self) -> dict[str, list[str]]:
        """Its address."""
        said = {
            "q": self.words,
            "kind": _unless("figure", self.kind),
            "page": _unless(1, self.page),
            "exact": "yes" if self.exact else None,
        }
        return _said(said) | self.restrictions.params()


@dataclass(frozen=True, slots=True)
class SimilarView:
    """The Similar page: `upload` names a picture somebody brought, `figure` one of the library."""

    upload: str | None = None
    figure: str | None = None
    words: str | None = None
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    page: int = 1

    @classmethod
    def of(cls, params: Params) -> Self:
        """The view an address opens."""
        return cls(
            upload=_text(params, "picture"),
            figure=_text(params, "figure"),
            words=_text(params, "q"),
            like=_texts(params, "like"),
            unlike=_texts(params, "unlike"),
            page=_number(params, "page") or 1,
        )

    def params(self) -> dict[str, list[str]]:
        """Its address."""
        said = {
            "picture": self.upload,
            "figure": self.figure,
            "q": self.words,
            "page": _unless(1, self.page),
        }
        several = {"like": [*self.like], "unlike": [*self.unlike]}
        return _said(said) | {name: ids for name, ids in several.items() if ids}

    @property
    def liked(self) -> tuple[str, ...]:
        """Every figure or item that hits shall resemble."""
        return tuple(dict.fromkeys((self.figure, *self.like) if self.figure else self.like))

    @property
    def is_asked(self) -> bool:
        """Whether there is anything to search by."""
        return bool(self.upload or self.liked or self.words)


@dataclass(frozen=True, slots=True)
class IllustrateView:
    """The Illustrate page: `text` names a text that somebody brought."""

    text: str | None = None

    @classmethod
    def of(cls, params: Params) -> Self:
        """The view an address opens."""
        return cls(_text(params, "text"))

    def params(self) -> dict[str, list[str]]:
        """Its address."""
        return _said({"text": self.text})


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
            text=_text(params, "q"),
            order=cast(Order, _one_of(get_args(Order), params, "order")),
            layout=cast(Layout, _one_of(get_args(Layout), params, "as")),
            restrictions=Restrictions.of(params),
            page=_number(params, "page") or 1,
        )

    def params(self) -> dict[str, list[str]]:
        """Its address."""
        said = {
            "q": self.text,
            "order": _unless("date", self.order),
            "as": _unless("grid", self.layout),
            "page": _unless(1, self.page),
        }
        return _said(said) | self.restrictions.params()


def _texts(params: Params, name: str) -> tuple[str, ...]:
    return tuple(text.strip() for text in params.get(name, ()) if text.strip())


def _text(params: Params, name: str) -> str | None:
    return next(iter(_texts(params, name)), None)


def _number(params: Params, name: str) -> int | None:
    text = _text(params, name) or ""
    # isdecimal and the length first: int() takes "1_0" as well, and refuses thousands of digits with a traceback.
    number = int(text) if text.isdecimal() and len(text) < 12 else 0
    return number if 0 < number <= _MAX_NUMBER else None


def _one_of(choices: Sequence[str], params: Params, name: str) -> str:
    """The choice that the address names, else the first."""
    said = _text(params, name)
    return said if said is not None and said in choices else choices[0]


def _unless(default: object, value: object) -> object:
    return None if value == default else value


def _said(values: Mapping[str, object]) -> dict[str, list[str]]:
    return {name: [str(value)] for name, value in values.items() if value is not None}
