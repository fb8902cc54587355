"""The fields that filter a search or a list: one for each filter with a label."""

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
_DATE_FORMATS = "2024, 2024-03 or 2024-03-09"


def show(filters: Filters, *, prefix: str, on_change: Callable[[], None]) -> None:
    """Draw the fields, folded away behind a button. The key of a field begins with `prefix`."""
    active = sum(spec in _SHOWN for spec, _ in active_filters(filters))
    for spec in _SHOWN:
        address.fill(f"{prefix}_{spec.url}", _to_field(spec, getattr(filters, spec.name)))
    with st.popover(
        f"Filters ({active})" if active else "Filters", icon=":material/tune:", key=f"{prefix}_filters"
    ):
        for spec in _SHOWN:
            _show_field(spec, f"{prefix}_{spec.url}", on_change)


def chosen(filters: Filters, *, prefix: str) -> Filters:
    """Return the filters with the values of the fields. Filters without a field are unchanged.

    A visitor may type into a field above while these fields are not drawn yet.
    """
    keys = {spec: f"{prefix}_{spec.url}" for spec in _SHOWN}
    values: dict[str, Any] = {
        spec.name: _from_field(spec, st.session_state[key])
        for spec, key in keys.items()
        if key in st.session_state
    }
    return replace(filters, **values)


def _show_field(spec: FilterSpec, key: str, on_change: Callable[[], None]) -> None:
    label = str(spec.label)
    if spec.type is int:
        st.number_input(
            label, value=None, key=key, min_value=1, step=1, placeholder="any", on_change=on_change
        )
    elif spec.choices:
        names = dict(zip(_CHOICES, spec.choices, strict=True))
        st.selectbox(label, list(names), key=key, format_func=names.__getitem__, on_change=on_change)
    else:
        st.text_input(
            label, key=key, placeholder=_DATE_FORMATS if spec.is_date else None, on_change=on_change
        )


def _to_field(spec: FilterSpec, value: FilterValue | None) -> object:
    """Return the content of a field for a value."""
    if spec.type is bool:
        return next(name for name, choice in _CHOICES.items() if choice is value)
    return value if spec.type is int else value or ""


def _from_field(spec: FilterSpec, content: Any) -> FilterValue | None:  # noqa: ANN401  from a field of Streamlit
    """Return the value for the content of a field."""
    if spec.type is bool:
        return _CHOICES[content]
    value: FilterValue | None = content if spec.type is int else content.strip() or None
    return value
