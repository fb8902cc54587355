"""The Caption desk: the figures whose words need attention, one after the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import streamlit as st

from explorer import Library
from explorer.types import DeskEntry, FigureRecord
from explorer.web.components import page_layout
from explorer.web.components.correction_form import FIELDS
from explorer.web.components.thumbnails import picture
from explorer.web.state import audience, links
from explorer.web.templating import render

KEY: Final = "caption_desk"


@dataclass(slots=True)
class Desk:
    """The queue of this session, the number of the present entry, and the changes that can be undone."""

    entries: list[DeskEntry]
    position: int = 0
    changes: list[tuple[int, FigureRecord, bool]] = field(default_factory=list)
    """The position, the figure as it was before, and whether it was corrected then."""


def page(library: Library) -> None:
    """Show the present entry with its form, and the progress."""
    st.html(render("back_link.html", href=links.LIBRARY, text="← The library"))
    if not audience.is_owner():
        st.info(audience.NOT_POSSIBLE_HERE, icon=":material/info:")
        return
    desk = _desk(library)
    if not desk.entries:
        st.success("No caption and no alt text needs attention.")
        return
    done = min(desk.position, len(desk.entries))
    st.progress(done / len(desk.entries), f"{done:,} of {len(desk.entries):,} done")
    if desk.position < len(desk.entries):
        _show_entry(library, desk, desk.entries[desk.position])
    else:
        st.success("All figures of the queue are done.")
    _show_controls(library, desk)


def _desk(library: Library) -> Desk:
    if KEY not in st.session_state:
        with st.spinner("Comparing captions with pictures …"):
            st.session_state[KEY] = Desk(library.editing.desk())
    desk: Desk = st.session_state[KEY]
    return desk


def _show_entry(library: Library, desk: Desk, entry: DeskEntry) -> None:
    figure = library.browse.figure(entry.figure.id)
    left, right = st.columns([3, 2], gap="large")
    left.html(
        render("portrait.html", picture=picture(library, figure, "large"), frames=(), label=figure.label)
        + render("paragraph.html", text=links.anchor(links.figure(figure.id), "The page of the figure"))
    )
    with right:
        st.html(render("desk_problems.html", problems=entry.problems, better=_better(entry)))
        _show_form(library, desk, figure, entry)


def _better(entry: DeskEntry) -> tuple[str, str] | None:
    return (links.figure(entry.better.id), entry.better.label) if entry.better else None


def _show_form(library: Library, desk: Desk, figure: FigureRecord, entry: DeskEntry) -> None:
    present = {name: getattr(figure, name) or "" for name in FIELDS}
    with st.form(f"desk_{figure.id}_{hash(tuple(present.values()))}", border=False):
        edited = {}
        for name, label in FIELDS.items():
            suggested = getattr(entry.suggestion, name)
            edited[name] = st.text_area(label, suggested if suggested is not None else present[name])
            if suggested is not None:
                st.caption("A suggestion, not saved yet.")
        saves = st.form_submit_button("Save and next", type="primary")
    if not saves:
        return
    changed = {name: text for name, text in edited.items() if text.strip() != present[name]}
    if changed:
        is_corrected = bool(library.editing.archive_says(figure.id))
        library.editing.correct(figure.id, **changed)
        desk.changes.append((desk.position, figure, is_corrected))
    desk.position += 1
    st.rerun()


def _show_controls(library: Library, desk: Desk) -> None:
    with st.container(horizontal=True):
        if desk.position < len(desk.entries) and st.button("Skip", icon=":material/skip_next:"):
            desk.position += 1
            st.rerun()
        if desk.position > 0 and st.button("Back", icon=":material/arrow_back:"):
            desk.position -= 1
            st.rerun()
        if desk.changes and st.button("Undo the last change", icon=":material/undo:"):
            _undo(library, desk)
            st.rerun()
        if st.button("Check again", icon=":material/refresh:"):
            del st.session_state[KEY]
            st.rerun()


def _undo(library: Library, desk: Desk) -> None:
    """Restore the words of the figure that was changed last, and show it."""
    position, figure, was_corrected = desk.changes.pop()
    library.editing.reset_correction(figure.id)
    if was_corrected:
        words = {name: getattr(figure, name) or "" for name in FIELDS}
        library.editing.correct(figure.id, **words)
    desk.position = position


if __name__ == "__main__":
    page_layout.show("Caption desk", page)
