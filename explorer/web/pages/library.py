"""The Library page: what is in the library, what became of every picture, and how to add more."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from explorer import Library
from explorer.types import Ledger, LibraryStatus
from explorer.web.components import page_layout
from explorer.web.components.add_archive import add_archive
from explorer.web.components.caption_audit import audit_captions
from explorer.web.components.enrich_panel import read_texts
from explorer.web.components.sync_panel import keep_up
from explorer.web.state import audience, links
from explorer.web.templating import render

MAX_PROBLEMS = 2000


def page(library: Library) -> None:
    """Counts, ledger, problems, and the form that adds an archive."""
    status = library.status()
    more = [(links.COMPARE, "Measure and compare"), (links.SAVED, "Saved searches")]
    st.html(
        _counts(status.ledger)
        + render("facts.html", facts=_made_with(status))
        + render("link_list.html", links=more, label="More about the library")
    )
    st.html(render("heading.html", text="Picture report") + _ledger(status.ledger))
    _show_problems(library)
    if audience.is_owner():
        st.header("Changes in the archives", anchor=False)
        keep_up(library)
    st.header("Captions and alt texts", anchor=False)
    audit_captions(library)
    st.header("Text in the pictures", anchor=False)
    read_texts(library)
    if audience.is_owner():
        st.header("Add an archive", anchor=False)
        add_archive()


def _counts(ledger: Ledger) -> Markup:
    counts = {
        "issues": ledger.issues,
        "figures": ledger.figures,
        "pictures": ledger.pictures,
        "items": ledger.items,
    }
    return render("counts.html", counts=counts)


def _made_with(status: LibraryStatus) -> dict[str, str | None]:
    since, until = status.dates
    index = (
        f"generation {status.generation}, {status.points:,} points"
        if status.points is not None
        else ("cannot be asked now" if status.problem else "none yet")
    )
    return {
        "Dates": f"{since} to {until}" if since else None,
        "Archives": ", ".join(audience.name_of(location) for _, location in status.archives),
        "Encoder": audience.told(status.encoder) if status.encoder else None,
        "Index": f"{index}, {_home(status)}",
        "Made": (status.created or "").replace("T", " ").removesuffix("+00:00"),
        "Folder": status.path if audience.is_owner() else None,
    }


def _home(status: LibraryStatus) -> str:
    if status.qdrant_url is None:
        return "in the library"
    return status.qdrant_url if audience.is_owner() else "on a server"


def _ledger(ledger: Ledger) -> Markup:
    """Every picture seen, counted, as a table that adds up."""
    rows = [
        ("kept", ledger.kept, "found, readable and searchable"),
        (
            "missing",
            ledger.missing,
            "no file of the archive answers to the address; the caption is searchable",
        ),
        ("remote", ledger.remote, "lies outside the archive: explorer ingest --fetch-remote gets it"),
        ("unreadable", ledger.unreadable, "the file is there but is no picture that can be opened"),
        *(("left out", count, reason) for reason, count in ledger.left_out.items()),
        (
            "mentioned",
            ledger.mentioned,
            "an address in a document that looks like a picture's; nothing shows it",
        ),
    ]
    shown = [(name, count, audience.told(reason)) for name, count, reason in rows if count]
    return render("picture_report.html", rows=shown, seen=ledger.seen)


def _show_problems(library: Library) -> None:
    problems = library.browse.problems(limit=MAX_PROBLEMS)
    if not problems:
        return
    with st.expander(f"One by one ({len(problems):,}{'' if len(problems) < MAX_PROBLEMS else ' and more'})"):
        st.dataframe(
            {
                "what": [one.kind for one in problems],
                "document": [one.document for one in problems],
                "image": [one.image or "" for one in problems],
                "why": [audience.told(one.reason) for one in problems],
            },
            key="library_problems",
            hide_index=True,
        )
        if len(problems) == MAX_PROBLEMS and audience.is_owner():
            st.caption("The whole list: explorer problems")


if __name__ == "__main__":
    page_layout.show("The library", page)
