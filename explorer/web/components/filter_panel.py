"""The fields that filter a search or a list, one for each filter with a label."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from explorer import active_filters
from explorer.types import FILTERS, Filters, FilterSpec, FilterValue
from explorer.web.state import address

_SHOWN = tuple(spec for spec in FILTERS if spec.label)
_CHOICES: dict[str, bool | None] = {"any": None, "yes": True, "no": False}
_DATE_FORM = "2024, 2024-03 or 2024-03-09"


def show(now: Filters, *, prefix: str, on_change: Callable[[], None]) -> None:
    """Draw the fields, folded away behind a button. The key of a field begins with `prefix`."""
    active = sum(spec in _SHOWN for spec, _ in active_filters(now))
    for spec in _SHOWN:
        address.fill(f"{prefix}_{spec.url}", _in_field(spec, getattr(now, spec.name)))
    with st.popover(
        f"Filters ({active})" if active else "Filters", icon=":material/tune:", key=f"{prefix}_filters"
    ):
        for spec in _SHOWN:
            _field(spec, f"{prefix}_{spec.url}", on_change)


def chosen(now: Filters, *, prefix: str) -> Filters:
    """Return the filters that the fields hold. Filters without a field stay as they were."""
    values: dict[str, Any] = {
        spec.name: _value(spec, st.session_state[f"{prefix}_{spec.url}"]) for spec in _SHOWN
    }
    return replace(now, **values)


def _field(spec: FilterSpec, key: str, on_change: Callable[[], None]) -> None:
    label = str(spec.label)
    if spec.type is int:
        st.number_input(
            label, value=None, key=key, min_value=1, step=1, placeholder="any", on_change=on_change
        )
    elif spec.choices:
        names = dict(zip(_CHOICES, spec.choices, strict=True))
        st.selectbox(label, list(names), key=key, format_func=names.__getitem__, on_change=on_change)
    else:
        st.text_input(label, key=key, placeholder=_DATE_FORM if spec.is_date else None, on_change=on_change)


def _in_field(spec: FilterSpec, value: FilterValue | None) -> object:
    """What a field holds for a value."""
    if spec.type is bool:
        return next(name for name, choice in _CHOICES.items() if choice is value)
    return value if spec.type is int else value or ""


def _value(spec: FilterSpec, field: Any) -> FilterValue | None:  # noqa: ANN401  a field of Streamlit
    """The value that a field holds."""
    if spec.type is bool:
        return _CHOICES[field]
    found: FilterValue | None = field if spec.type is int else field.strip() or None
    return found
