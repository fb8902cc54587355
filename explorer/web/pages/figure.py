"""The Figure page: one figure with all that is known of it, and where else and beside what its picture stands."""

from __future__ import annotations

import mimetypes
from html import escape
from pathlib import Path, PurePosixPath

import streamlit as st

from explorer import Library
from explorer.types import Confidence, FigureRecord, ItemRecord, PictureRecord
from explorer.web.components import cards, page_layout, picture_part, picture_text
from explorer.web.components.correction_form import correct_words
from explorer.web.components.thumbnails import picture
from explorer.web.state import links
from explorer.web.state.views import SimilarView

SIMILAR_FIGURES = 6
DISCUSSING_ITEMS = 4
MAX_APPEARANCES = 24


def page(library: Library) -> None:
    """The figure that the address names."""
    id = st.query_params.get("id")
    way = links.back_to(st.query_params.get("back"))
    st.html(
        f'<p class="ax-back">{links.anchor(way or links.CAPTIONS, "← Back" if way else "← All figures")}</p>'
    )
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
        st.html(_portrait(library, figure, picture_text.boxes(lines, matched)))
        if figure.sha256 and known:
            _offer_download(library.browse.picture_path(figure.sha256, "original"), figure, known)
            picture_part.offer(picture(library, figure, "large"), SimilarView(figure=figure.id))
    right.html(_facts(figure, known) + _surroundings(figure) + picture_text.listed(lines, matched))
    correct_words(library, figure)
    _show_appearances(library, figure)
    _show_similar(library, figure)
    _show_discussed(library, figure)


def _portrait(library: Library, figure: FigureRecord, boxes: str) -> str:
    shown = f'<div class="ax-under">{picture(library, figure, "large")}{boxes}</div>'
    return (
        f'<figure class="ax-portrait"><div class="ax-ground">{shown}</div>'
        f"<figcaption>{escape(figure.label)}</figcaption></figure>"
    )


def _facts(figure: FigureRecord, known: PictureRecord | None) -> str:
    facts = {
        "Caption": _escaped(figure.caption) or "none",
        "Alt text": _escaped(figure.alt),
        "Credit": _escaped(figure.credit),
        "Issue": links.anchor(links.issue(figure.issue_id), figure.issue_title or figure.document),
        "Number": str(figure.issue_number) if figure.issue_number is not None else None,
        "Date": _escaped(figure.date),
        "Document": escape(figure.document),
        "Image": _escaped(figure.image),
        "Picture": _described(known) if known else escape(figure.status),
    }
    listed = "".join(f"<dt>{name}</dt><dd>{html}</dd>" for name, html in facts.items() if html)
    return f'<dl class="ax-facts">{listed}</dl>'


def _escaped(text: str | None) -> str | None:
    return escape(text) if text else None


def _described(known: PictureRecord) -> str:
    frames = f", {known.frames} frames" if known.frames > 1 else ""
    return (
        f"{known.width:,} × {known.height:,} px, {escape(known.format.upper())}{frames}, {_size(known.bytes)}"
    )


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(count / 1e3, 0.1):.1f} kB"


def _surroundings(figure: FigureRecord) -> str:
    """The text around the figure, in its order."""
    heading = f"<h2>{escape(figure.heading)}</h2>" if figure.heading else "<h2>Where it stands</h2>"
    paragraphs = [
        f"<p>{escape(figure.before)}</p>" if figure.before else "",
        f'<p class="ax-here">{escape(figure.label)}</p>',
        f"<p>{escape(figure.after)}</p>" if figure.after else "",
    ]
    return f'<section class="ax-around">{heading}{"".join(paragraphs)}</section>'


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
        st.html("<h2>The same picture elsewhere</h2>" + cards.grid(others, of="The same picture elsewhere"))


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
        st.html(f"<h2>Similar figures</h2>{cards.grid(near, of='Similar figures')}<p>{more}</p>")


def _show_discussed(library: Library, figure: FigureRecord) -> None:
    with st.spinner("Looking for where it is discussed …"):
        found = library.editing.related_texts(figure.id, limit=DISCUSSING_ITEMS)
    listed = [
        cards.item_card(one.hit.record, hit=one.hit, quote=one.passage)
        for one in found
        if isinstance(one.hit.record, ItemRecord) and one.hit.confidence is not Confidence.WEAK
    ]
    if listed:
        grid = cards.grid(listed, of="Discussed in other issues", layout="items")
        st.html(f"<h2>Discussed in other issues</h2>{grid}")


if __name__ == "__main__":
    page_layout.show("Figure", page)
