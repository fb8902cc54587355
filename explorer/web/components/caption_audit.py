"""Captions and alt texts that need attention, each with a link to its figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from explorer import Library
from explorer.types import FigureRecord, Misplaced
from explorer.web.state import audience, links
from explorer.web.state.error_messages import show_errors
from explorer.web.templating import render

SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class FigureLink:
    """A link to a figure."""

    href: str
    name: str


@dataclass(frozen=True, slots=True)
class FigureRow(FigureLink):
    """A figure of one of the lists; `better` is the figure that its caption fits better, for `reason`."""

    document: str
    better: FigureLink | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SharedAltRow:
    """An alt text that several figures have."""

    alt: str
    figures: Sequence[FigureLink]


def show_caption_audit(library: Library) -> None:
    """Show the button that looks for such figures, and below it what it found."""
    if not st.button("Check captions and alt texts", key="audit"):
        return
    with show_errors(), st.spinner("Comparing captions with pictures …"):
        audit = library.editing.audit()
        _show(
            "Captions that fit another picture of their issue better", list(map(_misplaced, audit.misplaced))
        )
        _show("Captions without information", list(map(_row, audit.says_nothing)))
        _show("Figures with a credit but no caption", list(map(_row, audit.only_credit)))
        _show("Figures without alt text", list(map(_row, audit.no_alt)))
        _show("Alt texts without information", list(map(_row, audit.alt_says_nothing)))
        _show("Alt texts that are used by different pictures", list(map(_shared_alt, audit.same_alt)))
        if not audit.compared:
            st.caption("The library has too few captions to compare them with their pictures.")


def _show(title: str, rows: Sequence[FigureRow] | Sequence[SharedAltRow]) -> None:
    if not rows:
        st.html(render("paragraph.html", text=f"{title}: none"))
        return
    with st.expander(f"{title} ({len(rows):,})"):
        st.html(render("caption_audit.html", rows=rows[:SHOWN]))
        if len(rows) > SHOWN and audience.is_owner():
            st.caption("The whole list: explorer audit --json")


def _row(figure: FigureRecord) -> FigureRow:
    name = figure.caption or figure.alt or figure.credit or figure.image or figure.label
    return FigureRow(links.figure(figure.id), name, figure.document)


def _misplaced(caption: Misplaced) -> FigureRow:
    reason = ", ".join(
        f"{fit.own:+.1f} here and {fit.other:+.1f} there by {fit.by}" for fit in caption.evidence
    )
    row = _row(caption.figure)
    return FigureRow(row.href, row.name, row.document, better=_link(caption.other), reason=reason)


def _shared_alt(figures: Sequence[FigureRecord]) -> SharedAltRow:
    return SharedAltRow(figures[0].alt or "", [_link(figure) for figure in figures])


def _link(figure: FigureRecord) -> FigureLink:
    return FigureLink(links.figure(figure.id), figure.image or figure.label)
