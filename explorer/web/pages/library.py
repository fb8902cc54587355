"""The Library page: what is in the library, what became of every picture, and how to add more."""

from __future__ import annotations

from html import escape

import streamlit as st

from explorer import Library
from explorer.types import Ledger, LibraryStatus
from explorer.web.components import page_layout
from explorer.web.components.add_archive import add_archive
from explorer.web.components.caption_audit import audit_captions
from explorer.web.components.enrich_panel import read_texts
from explorer.web.components.sync_panel import keep_up
from explorer.web.state import audience, links

MAX_PROBLEMS = 2000


def page(library: Library) -> None:
    """Counts, ledger, problems, and the form that adds an archive."""
    status = library.status()
    st.html(_counts(status) + _made_with(status) + _further())
    st.html("<h2>Picture report</h2>" + _ledger(status.ledger))
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


def _counts(status: LibraryStatus) -> str:
    ledger = status.ledger
    counts = {
        "issues": ledger.issues,
        "figures": ledger.figures,
        "pictures": ledger.pictures,
        "items": ledger.items,
    }
    return (
        '<dl class="ax-counts">'
        + "".join(f"<div><dt>{name}</dt><dd>{count:,}</dd></div>" for name, count in counts.items())
        + "</dl>"
    )


def _made_with(status: LibraryStatus) -> str:
    since, until = status.dates
    index = (
        f"generation {status.generation}, {status.points:,} points"
        if status.points is not None
        else ("cannot be asked now" if status.problem else "none yet")
    )
    facts = {
        "Dates": f"{since} to {until}" if since else None,
        "Archives": ", ".join(audience.name_of(location) for _, location in status.archives),
        "Encoder": audience.told(status.encoder) if status.encoder else None,
        "Index": f"{index}, {_home(status)}",
        "Made": (status.created or "").replace("T", " ").removesuffix("+00:00"),
        "Folder": status.path if audience.is_owner() else None,
    }
    listed = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts.items() if value)
    return f'<dl class="ax-facts">{listed}</dl>'


def _home(status: LibraryStatus) -> str:
    if status.qdrant_url is None:
        return "in the library"
    return status.qdrant_url if audience.is_owner() else "on a server"


def _further() -> str:
    ways = {links.COMPARE: "Measure and compare", links.SAVED: "Saved searches"}
    listed = "".join(f"<li>{links.anchor(href, text)}</li>" for href, text in ways.items())
    return f'<div class="ax-examples"><ul aria-label="More about the library">{listed}</ul></div>'


def _ledger(ledger: Ledger) -> str:
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
    body = "".join(
        f'<tr><th scope="row">{name}</th><td>{count:,}</td><td>{escape(audience.told(why))}</td></tr>'
        for name, count, why in rows
        if count
    )
    return (
        '<table class="ax-table"><thead><tr><th scope="col">What</th><th scope="col">How many</th>'
        f'<th scope="col">Why</th></tr></thead><tbody>{body}</tbody><tfoot><tr><th scope="row">seen</th>'
        f"<td>{ledger.seen:,}</td><td></td></tr></tfoot></table>"
    )


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
