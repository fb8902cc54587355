"""The Issue page: the text and the figures of an issue in reading order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import urlsplit

import streamlit as st
from markupsafe import Markup

from explorer import Library
from explorer.types import FigureRecord, IssueRecord, Section
from explorer.web.components import page_layout
from explorer.web.components.scripts import run_script
from explorer.web.components.steps import show_steps
from explorer.web.components.thumbnails import picture
from explorer.web.state import address, audience, links
from explorer.web.state.error_messages import escape_markdown
from explorer.web.state.views import IssuesView, IssueView
from explorer.web.templating import render

# Comments, because Streamlit shows a text that stands alone in the file of a page.
# Characters on one page: 20,000 words. Longer issues have several pages.
MAX_CHARS: Final = 120_000
# Large pictures on one page. Further ones are small, so that a page of a hundred pictures is drawn soon.
LARGE_PICTURES: Final = 24


def page(library: Library) -> None:
    """Show the issue of the address."""
    view = IssueView.of(address.params())
    st.html(render("back_link.html", href=links.issues(IssuesView()), text="← All issues"))
    if not view.id:
        st.info("No issue is selected. Choose one on the page Issues.", icon=":material/info:")
        return
    issue = library.issues.get(view.id)
    parts = list(_in_parts(library.issues.sections(issue.id)))
    number = next(
        (n for n, part in enumerate(parts) if any(_id_of(section) == view.item for section in part)), 0
    )
    st.html(
        render(
            "issue_head.html",
            issue=issue,
            original=_web_address(issue),
            figures=links.figures_of_issue(issue.id),
        )
    )
    if audience.is_owner():
        _show_original(library, issue)
    contents, text = st.columns([1, 3], gap="large")
    headings = _headings(issue, parts)
    if headings:
        contents.html(render("contents.html", headings=headings))
    back = links.encode_back(links.ISSUE, view.params())
    text.html(_text(library, issue, parts[number] if parts else [], back))
    show_steps(_steps(library, issue, parts, number))
    run_script("scroll_to_item.js")


def _in_parts(sections: Sequence[Section]) -> Iterator[list[Section]]:
    """Yield the sections of each page."""
    part: list[Section] = []
    chars = 0
    for section in sections:
        length = len(section.item.text) if section.item else 0
        if part and chars + length > MAX_CHARS:
            yield part
            part, chars = [], 0
        part.append(section)
        chars += length
    if part:
        yield part


def _id_of(section: Section) -> str | None:
    return section.item.id if section.item else None


def _headings(issue: IssueRecord, parts: Sequence[Sequence[Section]]) -> list[tuple[str, str, str]]:
    """Return the address, the id and the heading of each item for the table of contents."""
    items = [section.item for part in parts for section in part if section.item]
    return [
        (links.issue(issue.id, item.id), item.id, item.heading)
        for item in items
        if item.heading and item.heading != issue.title
    ]


def _text(library: Library, issue: IssueRecord, sections: Sequence[Section], back: str) -> Markup:
    figures = [part for section in sections for part in section.content if isinstance(part, FigureRecord)]
    large = {figure.id for figure in figures[:LARGE_PICTURES]}
    return render(
        "issue_text.html",
        title=issue.title,  # is above the text, so it is no heading in it
        sections=[
            (section.item, [_block(library, part, large, back) for part in section.content])
            for section in sections
        ],
    )


def _block(library: Library, part: str | FigureRecord, large: set[str], back: str) -> Markup:
    if isinstance(part, str):
        return render("paragraph.html", text=part, style="ax-text")
    return render(
        "issue_figure.html",
        figure=part,
        picture=picture(library, part, "large" if part.id in large else "small"),
        href=links.figure(part.id, back),
    )


def _steps(
    library: Library, issue: IssueRecord, parts: Sequence[Sequence[Section]], number: int
) -> list[tuple[str, str]]:
    """Return links to the previous and next page of the issue, and to the issues before and after it."""
    older, newer = library.issues.neighbours(issue.id)
    pages = {
        "← Earlier in this issue": _first_item(parts[number - 1]) if number > 0 else None,
        "Later in this issue →": _first_item(parts[number + 1]) if number + 1 < len(parts) else None,
    }
    steps = [(text, links.issue(issue.id, item)) for text, item in pages.items() if item]
    for text, id in (("← Issue before", older), ("Issue after →", newer)):
        if id:
            title = library.issues.get(id).title
            steps.append((f"{text}: {title}" if title else text, links.issue(id)))
    return steps


def _first_item(part: Sequence[Section]) -> str | None:
    return next((section.item.id for section in part if section.item), None)


def _web_address(issue: IssueRecord) -> tuple[str, str] | None:
    """Return the address of the issue on the web and its host; None if it has none."""
    try:
        parts = urlsplit(issue.address or "")
    except ValueError:
        return None
    return (
        (issue.address or "", parts.hostname)
        if parts.scheme in {"http", "https"} and parts.hostname
        else None
    )


def _show_original(library: Library, issue: IssueRecord) -> None:
    lost = library.issues.lost_archive(issue.id)
    if lost:
        st.caption(
            escape_markdown(
                f"The original document is not there any more: {lost} was moved or deleted. Bring it back, or ingest it "
                "at its new place."
            )
        )
        return
    st.download_button(
        "Download the original document",
        lambda: library.issues.original(issue.id),
        file_name=PurePosixPath(issue.document).name,
        mime="application/octet-stream",
        key="issue_original",
        icon=":material/download:",
        on_click="ignore",
    )


def title_of(library: Library) -> str:
    """Return the title of the issue of the address."""
    view = IssueView.of(address.params())
    issue = library.issues.get(view.id) if view.id else None
    return (issue.title or issue.document) if issue else "Issue"


if __name__ == "__main__":
    page_layout.show("Issue", page, title_of)
