"""What an address says, value by value.

Whatever it says wrongly (a page that is no number, a kind there is not) counts as not said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from explorer import active_filters
from explorer.types import FILTERS, LEGS, PRESENT_LEG_NAMES, Filters, FilterSpec, FilterValue, Region

Params = Mapping[str, Sequence[str]]
LegWeights = tuple[tuple[str, float], ...]
"""How much legs count, where that is not what was fitted: in the order of LEGS, each once."""

MOST_WEIGHT: Final = 3.0
_SMALLEST_PART = 0.01
_MAX_NUMBER = 10**9  # an issue or a page beyond it is a slip; SQLite would refuse what exceeds 64 bits


def texts(params: Params, name: str) -> tuple[str, ...]:
    """Every value of a name, without blanks around it."""
    return tuple(text.strip() for text in params.get(name, ()) if text.strip())


def text(params: Params, name: str) -> str | None:
    """The first value of a name."""
    return next(iter(texts(params, name)), None)


def number(params: Params, name: str) -> int | None:
    """A whole number from 1 on."""
    written = text(params, name) or ""
    # isdecimal and the length first: int() takes "1_0" as well, and refuses thousands of digits with a traceback.
    found = int(written) if written.isdecimal() and len(written) < 12 else 0
    return found if 0 < found <= _MAX_NUMBER else None


def one_of(choices: Sequence[str], params: Params, name: str) -> str:
    """The choice that the address names, else the first."""
    said = text(params, name)
    return said if said is not None and said in choices else choices[0]


def weights(params: Params, name: str) -> LegWeights:
    """`picture:0.5,terms:1`."""
    written = (one.partition(":") for one in (text(params, name) or "").split(","))
    said = {
        PRESENT_LEG_NAMES.get(leg, leg): weight for leg, _, weight in written
    }  # links may have older names
    found = ((leg, _fraction(said[leg])) for leg in LEGS if leg in said)
    return tuple((leg, weight) for leg, weight in found if weight is not None and 0 <= weight <= MOST_WEIGHT)


def written_weights(weights: LegWeights) -> str | None:
    """The same for an address."""
    return ",".join(f"{leg}:{weight:g}" for leg, weight in weights) or None


def filters(params: Params) -> Filters:
    """The filters that the address names."""
    values: dict[str, Any] = {spec.name: _value(params, spec) for spec in FILTERS if spec.url}
    return Filters(**values)


def _value(params: Params, spec: FilterSpec) -> FilterValue | None:
    assert spec.url
    if spec.type is int:
        return number(params, spec.url)
    written = text(params, spec.url)
    return {"yes": True, "no": False}.get(written or "") if spec.type is bool else written


def written_filters(filters: Filters) -> dict[str, list[str]]:
    """The same for an address."""
    names: dict[FilterValue, str] = {True: "yes", False: "no"}
    return said(
        {
            spec.url: names[value] if spec.type is bool else value
            for spec, value in active_filters(filters)
            if spec.url
        }
    )


def box(params: Params, name: str) -> Region | None:
    """`0.1,0.2,0.6,0.8`: left, top, right, bottom in fractions of a picture's width and height."""
    edges = [_fraction(edge) for edge in (text(params, name) or "").split(",")]
    known = [edge for edge in edges if edge is not None]
    if len(edges) != 4 or len(known) != 4:
        return None
    left, top, right, bottom = known
    is_inside = min(known) >= 0 and max(known) <= 1
    is_a_part = min(right - left, bottom - top) >= _SMALLEST_PART
    return (left, top, right, bottom) if is_inside and is_a_part else None


def written_box(box: Region | None) -> str | None:
    """The same for an address."""
    return box and ",".join(f"{edge:g}" for edge in box)


def unless(default: object, value: object) -> object:
    """None where the value need not be said."""
    return None if value == default else value


def said(values: Mapping[str, object]) -> dict[str, list[str]]:
    """The values that are not None, for an address."""
    return {name: [str(value)] for name, value in values.items() if value is not None}


def _fraction(written: str) -> float | None:
    """A number, to four digits behind the point: what an address can say again."""
    with suppress(ValueError):
        return round(float(written), 4)
    return None
