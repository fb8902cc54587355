"""The Library page: the content of the library, the picture report, and forms that add and update archives."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from explorer import Library
from explorer.types import Ledger, LibraryStatus
from explorer.web.components import page_layout
from explorer.web.components.add_archive import show_archive_forms
from explorer.web.components.caption_audit import show_caption_audit
from explorer.web.components.enrich_panel import show_enrich_panel
from explorer.web.components.sync_panel import show_sync_panel
from explorer.web.state import audience, links
from explorer.web.templating import render

MAX_PROBLEMS = 2000


def page(library: Library) -> None:
    """Show the counts, the picture report, the problems, and the forms of the owner."""
    status = library.status()
    more = [(links.COMPARE, "Measure and compare"), (links.SAVED, "Saved searches")]
    if audience.is_owner():
        more.append((links.DESK, "Caption desk"))
    st.html(
        _counts(status.ledger)
        + render("facts.html", facts=_facts(status))
        + render("link_list.html", links=more, label="More about the library")
    )
    st.html(render("heading.html", text="Picture report") + _picture_report(status.ledger))
    _show_problems(library)
    if audience.is_owner():
        st.header("Changes in the archives", anchor=False)
        show_sync_panel(library)
    st.header("Captions and alt texts", anchor=False)
    show_caption_audit(library)
    st.header("Text in the pictures", anchor=False)
    show_enrich_panel(library)
    if audience.is_owner():
        st.header("Add an archive", anchor=False)
        show_archive_forms()


def _counts(ledger: Ledger) -> Markup:
    counts = {
        "issues": ledger.issues,
        "figures": ledger.figures,
        "pictures": ledger.pictures,
        "items": ledger.items,
    }
    return render("counts.html", counts=counts)


def _facts(status: LibraryStatus) -> dict[str, str | None]:
    since, until = status.dates
    index = (
        f"generation {status.generation}, {status.points:,} points"
        if status.points is not None
        else ("not available now" if status.problem else "none yet")
    )
    return {
        "Dates": f"{since} to {until}" if since else None,
        "Archives": ", ".join(audience.display_path(location) for _, location in status.archives),
        "Encoder": audience.adapt_message(status.encoder) if status.encoder else None,
        "Index": f"{index}, {_index_location(status)}",
        "Created": (status.created or "").replace("T", " ").removesuffix("+00:00"),
        "Folder": status.path if audience.is_owner() else None,
    }


def _index_location(status: LibraryStatus) -> str:
    if status.qdrant_url is None:
        return "in the library"
    return status.qdrant_url if audience.is_owner() else "on a server"


def _picture_report(ledger: Ledger) -> Markup:
    """Return a table of the numbers of pictures, which add up to all pictures seen."""
    rows = [
        ("kept", ledger.kept, "found, readable and searchable"),
        (
            "missing",
            ledger.missing,
            "the archive has no file at this address; the caption is searchable",
        ),
        ("remote", ledger.remote, "outside the archive: explorer ingest --fetch-remote downloads it"),
        ("unreadable", ledger.unreadable, "the file exists, but cannot be opened as a picture"),
        *(("left out", count, reason) for reason, count in ledger.left_out.items()),
        (
            "mentioned",
            ledger.mentioned,
            "an address in a document that looks like the address of a picture, but is not shown as a picture",
        ),
    ]
    shown = [(name, count, audience.adapt_message(reason)) for name, count, reason in rows if count]
    return render("picture_report.html", rows=shown, seen=ledger.seen)


def _show_problems(library: Library) -> None:
    problems = library.browse.problems(limit=MAX_PROBLEMS)
    if not problems:
        return
    with st.expander(f"All entries ({len(problems):,}{'' if len(problems) < MAX_PROBLEMS else ' and more'})"):
        st.dataframe(
            {
                "what": [entry.kind for entry in problems],
                "document": [entry.document for entry in problems],
                "image": [entry.image or "" for entry in problems],
                "why": [audience.adapt_message(entry.reason) for entry in problems],
            },
            key="library_problems",
            hide_index=True,
        )
        if len(problems) == MAX_PROBLEMS and audience.is_owner():
            st.caption("The whole list: explorer problems")


if __name__ == "__main__":
    page_layout.show("The library", page)
