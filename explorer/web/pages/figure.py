"""The Figure page: one figure with all that is known of it, and where else and beside what its picture stands."""

from __future__ import annotations

import mimetypes
from pathlib import Path, PurePosixPath

import streamlit as st
from markupsafe import Markup

from explorer import Library
from explorer.types import Confidence, FigureRecord, ItemRecord, PictureRecord
from explorer.web.components import cards, page_layout, picture_part, picture_text
from explorer.web.components.correction_form import correct_words
from explorer.web.components.thumbnails import picture
from explorer.web.state import links
from explorer.web.state.views import SimilarView
from explorer.web.templating import render

SIMILAR_FIGURES = 6
DISCUSSING_ITEMS = 4
MAX_APPEARANCES = 24


def page(library: Library) -> None:
    """The figure that the address names."""
    id = st.query_params.get("id")
    way = links.back_to(st.query_params.get("back"))
    st.html(render("back_link.html", href=way or links.CAPTIONS, text="← Back" if way else "← All figures"))
    if not id:
        st.info("No figure is named. Choose one on the page Captions.", icon=":material/info:")
        return
    figure = library.browse.figure(id)
    known = library.browse.picture(figure.sha256) if figure.sha256 else None
    lines = library.browse.text_in(figure.sha256) if figure.sha256 else ()
    asked = links.words_of(st.query_params.get("back"))
    matched = library.browse.words_matching(asked, figure.picture_text or "") if asked else frozenset()
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.html(
            render(
                "portrait.html",
                picture=picture(library, figure, "large"),
                frames=picture_text.matching_lines(lines, matched),
                label=figure.label,
            )
        )
        if figure.sha256 and known:
            _offer_download(library.browse.picture_path(figure.sha256, "original"), figure, known)
            picture_part.offer(picture(library, figure, "large"), SimilarView(figure=figure.id))
    right.html(
        render("facts.html", facts=_facts(figure, known))
        + render("surroundings.html", figure=figure)
        + picture_text.text_section(lines, matched)
    )
    correct_words(library, figure)
    _show_appearances(library, figure)
    _show_similar(library, figure)
    _show_discussed(library, figure)


def _facts(figure: FigureRecord, known: PictureRecord | None) -> dict[str, Markup | str | None]:
    return {
        "Caption": figure.caption or "none",
        "Alt text": figure.alt,
        "Credit": figure.credit,
        "Issue": links.anchor(links.issue(figure.issue_id), figure.issue_title or figure.document),
        "Number": str(figure.issue_number) if figure.issue_number is not None else None,
        "Date": figure.date,
        "Document": figure.document,
        "Image": figure.image,
        "Picture": _described(known) if known else figure.status,
    }


def _described(known: PictureRecord) -> str:
    frames = f", {known.frames} frames" if known.frames > 1 else ""
    return f"{known.width:,} × {known.height:,} px, {known.format.upper()}{frames}, {_size(known.bytes)}"


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(count / 1e3, 0.1):.1f} kB"


def _offer_download(original: Path, figure: FigureRecord, known: PictureRecord) -> None:
    name = PurePosixPath(figure.image or "").name
    kind = known.format.lower()
    st.download_button(
        f"Download the original ({known.format.upper()}, {_size(known.bytes)})",
        original.read_bytes if original.exists() else b"",
        file_name=name or f"{known.sha256[:12]}.{kind}",
        mime=mimetypes.guess_type(f"picture.{kind}")[0] or "application/octet-stream",
        key="figure_download",
        icon=":material/download:",
        on_click="ignore",
        disabled=not original.exists(),
    )


def _show_appearances(library: Library, figure: FigureRecord) -> None:
    same = [other for other in library.browse.appearances(figure) if other.id != figure.id]
    others = [cards.figure_card(library, other, back="") for other in same[:MAX_APPEARANCES]]
    if others:
        title = "The same picture elsewhere"
        st.html(render("heading.html", text=title) + cards.grid(others, label=title))


def _show_similar(library: Library, figure: FigureRecord) -> None:
    with st.spinner("Looking for similar figures …"):
        result = library.search(like=[figure.id], limit=SIMILAR_FIGURES)
    good = [hit for hit in result.hits if hit.confidence is not Confidence.WEAK]
    near = [
        cards.figure_card(library, hit.record, back="")
        for hit in good or result.hits
        if isinstance(hit.record, FigureRecord)
    ]
    more = links.anchor(
        links.similar(SimilarView(figure=figure.id)), "More, and with words", about="similar figures"
    )
    if near:
        title = "Similar figures"
        st.html(
            render("heading.html", text=title)
            + cards.grid(near, label=title)
            + render("paragraph.html", text=more)
        )


def _show_discussed(library: Library, figure: FigureRecord) -> None:
    with st.spinner("Looking for where it is discussed …"):
        found = library.editing.discussed(figure.id, limit=DISCUSSING_ITEMS)
    listed = [
        cards.item_card(one.hit.record, hit=one.hit, quote=one.passage)
        for one in found
        if isinstance(one.hit.record, ItemRecord) and one.hit.confidence is not Confidence.WEAK
    ]
    if listed:
        title = "Discussed in other issues"
        st.html(render("heading.html", text=title) + cards.grid(listed, label=title, layout="items"))


if __name__ == "__main__":
    page_layout.show("Figure", page)
