"""The Figure page: all data of one figure, other figures with its picture, similar figures and related items."""

from __future__ import annotations

import mimetypes
from collections.abc import Collection, Sequence
from pathlib import Path, PurePosixPath
from textwrap import shorten

import streamlit as st
from markupsafe import Markup

from explorer import Library
from explorer.types import Confidence, FigureRecord, ItemRecord, PictureRecord, Selection
from explorer.web.components import cards, page_layout, picture_part, picture_text
from explorer.web.components.correction_form import show_correction_form
from explorer.web.components.gallery import show_gallery
from explorer.web.components.hits import figures_of
from explorer.web.components.steps import show_steps
from explorer.web.components.thumbnails import picture
from explorer.web.state import links
from explorer.web.state.views import SimilarView
from explorer.web.templating import render

SIMILAR_FIGURES = 6
DISCUSSING_ITEMS = 4
MAX_APPEARANCES = 24
MAX_TITLE_CHARS = 120


def page(library: Library) -> None:
    """Show the figure of the address."""
    id = st.query_params.get("id")
    back = links.decode_back(st.query_params.get("back"))
    st.html(render("back_link.html", href=back or links.CAPTIONS, text="← Back" if back else "← All figures"))
    if not id:
        st.info("No figure is selected. Choose one on the page Captions.", icon=":material/info:")
        return
    figure = library.browse.figure(id)
    record = library.browse.picture(figure.sha256) if figure.sha256 else None
    lines = library.browse.text_in(figure.sha256) if figure.sha256 else ()
    words = links.words_in_back(st.query_params.get("back"))
    matched = library.browse.words_matching(words, figure.picture_text or "") if words else frozenset()
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
        if figure.sha256 and record:
            _show_download(library.browse.picture_path(figure.sha256, "original"), figure, record)
            picture_part.show_part_search(picture(library, figure, "large"), SimilarView(figure=figure.id))
    right.html(
        render("facts.html", facts=_facts(figure, record))
        + _kept(library, figure)
        + render("surroundings.html", figure=figure)
        + picture_text.text_section(lines, matched)
    )
    show_correction_form(library, figure)
    show_steps(_neighbours(library, figure))
    appearances = [other for other in library.browse.appearances(figure) if other.id != figure.id]
    gallery = st.container()
    _show_appearances(library, appearances[:MAX_APPEARANCES])
    similar = _show_similar(library, figure, {other.id for other in appearances})
    with gallery:
        show_gallery(library, [*appearances[:MAX_APPEARANCES], *similar])
    _show_discussed(library, figure)


def _kept(library: Library, figure: FigureRecord) -> Markup:
    """Return the collections that the figure is in, and a button that keeps it in another one."""
    collections = library.collections.with_figure(figure.id)
    names = [(links.collection(collection.id), collection.name) for collection in collections]
    return render("keep_button.html", figure=figure, collections=names)


def _facts(figure: FigureRecord, record: PictureRecord | None) -> dict[str, Markup | str | None]:
    return {
        "Caption": figure.caption or "none",
        "Alt text": figure.alt,
        "Credit": figure.credit,
        "Issue": links.anchor(links.issue(figure.issue_id), figure.issue_title or figure.document),
        "Number": str(figure.issue_number) if figure.issue_number is not None else None,
        "Date": figure.date,
        "Document": links.anchor(links.issue(figure.issue_id, figure.item_id), figure.document),
        "Image": figure.image,
        "Picture": _describe(record) if record else figure.status,
        "Kind": figure.picture_kind,
    }


def _describe(record: PictureRecord) -> str:
    frames = f", {record.frames} frames" if record.frames > 1 else ""
    return f"{record.width:,} × {record.height:,} px, {record.format.upper()}{frames}, {_format_size(record.bytes)}"


def _format_size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{max(size / 1e3, 0.1):.1f} kB"


def _show_download(original: Path, figure: FigureRecord, record: PictureRecord) -> None:
    name = PurePosixPath(figure.image or "").name
    suffix = record.format.lower()
    st.download_button(
        f"Download the original ({record.format.upper()}, {_format_size(record.bytes)})",
        original.read_bytes if original.exists() else b"",
        file_name=name or f"{record.sha256[:12]}.{suffix}",
        mime=mimetypes.guess_type(f"picture.{suffix}")[0] or "application/octet-stream",
        key="figure_download",
        icon=":material/download:",
        on_click="ignore",
        disabled=not original.exists(),
    )


def _neighbours(library: Library, figure: FigureRecord) -> list[tuple[str, str]]:
    """Return links to the figures before and after this one in its issue."""
    ids = [other.id for other in library.browse.figures(Selection(issue_id=figure.issue_id), order="issue")]
    place = ids.index(figure.id)
    before, after = ids[max(0, place - 1) : place], ids[place + 1 : place + 2]
    return [
        *(("← Figure before", links.figure(id)) for id in before),
        *(("Figure after →", links.figure(id)) for id in after),
    ]


def _show_appearances(library: Library, appearances: Sequence[FigureRecord]) -> None:
    figure_cards = [cards.figure_card(library, other, back="") for other in appearances]
    if figure_cards:
        title = "The same picture elsewhere"
        st.html(render("heading.html", text=title) + cards.grid(figure_cards, label=title))


def _show_similar(
    library: Library, figure: FigureRecord, shown_above: Collection[str]
) -> Sequence[FigureRecord]:
    """Show similar figures, and return them."""
    with st.spinner("Looking for similar figures …"):
        result = library.search(
            like=[figure.id], limit=SIMILAR_FIGURES + min(len(shown_above), MAX_APPEARANCES)
        )
    others = [hit for hit in result.hits if hit.record.id not in shown_above]
    good = [hit for hit in others if hit.confidence is not Confidence.WEAK]
    figures = figures_of((good or others)[:SIMILAR_FIGURES])
    figure_cards = [cards.figure_card(library, other, back="") for other in figures]
    more = links.anchor(
        links.similar(SimilarView(figure=figure.id)), "Show more, or add words", about="similar figures"
    )
    if figure_cards:
        title = "Similar figures"
        st.html(
            render("heading.html", text=title)
            + cards.grid(figure_cards, label=title)
            + render("paragraph.html", text=more)
        )
    return figures


def _show_discussed(library: Library, figure: FigureRecord) -> None:
    with st.spinner("Looking for where it is discussed …"):
        mentions = library.editing.related_texts(figure.id, limit=DISCUSSING_ITEMS)
    item_cards = [
        cards.item_card(mention.hit.record, hit=mention.hit, quote=mention.passage)
        for mention in mentions
        if isinstance(mention.hit.record, ItemRecord) and mention.hit.confidence is not Confidence.WEAK
    ]
    if item_cards:
        title = "Discussed in other issues"
        st.html(render("heading.html", text=title) + cards.grid(item_cards, label=title, layout="items"))


def title_of(library: Library) -> str:
    """Return the beginning of the caption of the figure of the address."""
    id = st.query_params.get("id")
    return shorten(library.browse.figure(id).label, MAX_TITLE_CHARS, placeholder=" …") if id else "Figure"


if __name__ == "__main__":
    page_layout.show("Figure", page, title_of)
