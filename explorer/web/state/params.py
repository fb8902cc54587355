"""Parse and format the parameters of an address, value by value.

An invalid value (a page that is not a number, an unknown kind) counts as missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from explorer import active_filters
from explorer.types import FILTERS, LEGS, PRESENT_LEG_NAMES, Filters, FilterSpec, FilterValue, Region

Params = Mapping[str, Sequence[str]]
LegWeights = tuple[tuple[str, float], ...]
"""The weights that differ from the fitted ones, in the order of LEGS, each leg once."""

MOST_WEIGHT: Final = 3.0
_MIN_PART = 0.01
_MAX_NUMBER = 10**9  # a larger number is a typing error; SQLite would refuse one of more than 64 bits


def texts(params: Params, name: str) -> tuple[str, ...]:
    """Return all values of a name, stripped."""
    return tuple(text.strip() for text in params.get(name, ()) if text.strip())


def text(params: Params, name: str) -> str | None:
    """Return the first value of a name."""
    return next(iter(texts(params, name)), None)


def number(params: Params, name: str) -> int | None:
    """Return a whole number from 1 on."""
    digits = text(params, name) or ""
    # isdecimal and the length first: int() accepts "1_0" as well, and raises an error for thousands of digits.
    value = int(digits) if digits.isdecimal() and len(digits) < 12 else 0
    return value if 0 < value <= _MAX_NUMBER else None


def choice(choices: Sequence[str], params: Params, name: str) -> str:
    """Return the choice that the address names, or the first one."""
    value = text(params, name)
    return value if value is not None and value in choices else choices[0]


def weights(params: Params, name: str) -> LegWeights:
    """Return weights written as `picture:0.5,terms:1`. Old links may have older names of legs."""
    pairs = (pair.partition(":") for pair in (text(params, name) or "").split(","))
    by_leg = {PRESENT_LEG_NAMES.get(leg, leg): weight for leg, _, weight in pairs}
    parsed = ((leg, _fraction(by_leg[leg])) for leg in LEGS if leg in by_leg)
    return tuple((leg, weight) for leg, weight in parsed if weight is not None and 0 <= weight <= MOST_WEIGHT)


def format_weights(weights: LegWeights) -> str | None:
    """Return weights as `weights` parses them."""
    return ",".join(f"{leg}:{weight:g}" for leg, weight in weights) or None


def filters(params: Params) -> Filters:
    """Return the filters of the address."""
    values: dict[str, Any] = {spec.name: _value(params, spec) for spec in FILTERS if spec.url}
    return Filters(**values)


def _value(params: Params, spec: FilterSpec) -> FilterValue | None:
    assert spec.url
    if spec.type is int:
        return number(params, spec.url)
    value = text(params, spec.url)
    return {"yes": True, "no": False}.get(value or "") if spec.type is bool else value


def format_filters(filters: Filters) -> dict[str, list[str]]:
    """Return filters as `filters` parses them."""
    names: dict[FilterValue, str] = {True: "yes", False: "no"}
    return to_params(
        {
            spec.url: names[value] if spec.type is bool else value
            for spec, value in active_filters(filters)
            if spec.url
        }
    )


def box(params: Params, name: str) -> Region | None:
    """Return `0.1,0.2,0.6,0.8`: left, top, right, bottom as fractions of the width and height of a picture."""
    edges = [_fraction(edge) for edge in (text(params, name) or "").split(",")]
    valid_edges = [edge for edge in edges if edge is not None]
    if len(edges) != 4 or len(valid_edges) != 4:
        return None
    left, top, right, bottom = valid_edges
    is_inside = min(valid_edges) >= 0 and max(valid_edges) <= 1
    is_large_enough = min(right - left, bottom - top) >= _MIN_PART
    return (left, top, right, bottom) if is_inside and is_large_enough else None


def format_box(box: Region | None) -> str | None:
    """Return a box as `box` parses it."""
    return box and ",".join(f"{edge:g}" for edge in box)


def unless_default(default: object, value: object) -> object:
    """Return the value, or None if it is the default."""
    return None if value == default else value


def to_params(values: Mapping[str, object]) -> dict[str, list[str]]:
    """Return the values that are not None as parameters of an address."""
    return {name: [str(value)] for name, value in values.items() if value is not None}


def _fraction(digits: str) -> float | None:
    """Return a number rounded to four decimal places, so that formatting and parsing give it again."""
    with suppress(ValueError):
        return round(float(digits), 4)
    return None
