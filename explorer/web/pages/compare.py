"""The page "Measure and compare": the last self-test, and two libraries or settings put to the same questions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import streamlit as st
from markupsafe import Markup
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer import Library, parse_questions
from explorer.errors import QueryError
from explorer.types import ChangedQuery, Question
from explorer.web.components import comparison_report as report
from explorer.web.components import history_comparison, page_layout, weight_sliders
from explorer.web.components.job_progress import watch
from explorer.web.components.last_selftest import last_selftest
from explorer.web.state import address, audience, current, links
from explorer.web.state.comparison_job import Compared, Comparing, Side, comparing
from explorer.web.state.error_messages import as_text, told
from explorer.web.state.params import LegWeights
from explorer.web.state.views import CompareView
from explorer.web.templating import render

ASKED_WORDS = {
    "captions": "The captions of A",
    "history": "What was searched for in A",
    "file": "Questions of your own",
}
MAX_UPLOAD_MB = 16


def page(library: Library) -> None:
    """The last self-test, the form, and what came of it."""
    back = render("back_link.html", href=links.LIBRARY, text="← The library")
    st.html(back + render("heading.html", text="The last self-test"))
    last_selftest(library)
    st.html(render("heading.html", text="Compare"))
    work = comparing(current.folder().absolute())
    at_home = audience.is_owner()
    if at_home:
        with told():
            _ask(library, work)
    else:
        st.info("Comparisons are made by whoever runs this library.")
    if work.is_running:
        watch(work, stop_key="compare_stop")
    elif work.problem:
        st.error(as_text(audience.told(work.problem)))
    elif isinstance(work.report, Compared):
        _show(work.report)
    elif work.report and at_home:  # what people searched for is for nobody else to read
        history_comparison.show(work.report)


def _ask(library: Library, work: Comparing) -> None:
    view = CompareView.of(address.params())
    left, right = st.columns(2)
    with left:
        st.html(render("comparison_side.html", path=library.path))
        _weigh(library, view, "A")
    with right:
        other = st.text_input(
            "B is another library on this machine, or empty: this one, weighed otherwise",
            key="compare_other",
            placeholder="/home/you/other-library",
        )
        _weigh(library, view, "B")
    asked = st.radio(
        "What to ask both",
        list(ASKED_WORDS),
        key="compare_asked",
        format_func=ASKED_WORDS.__getitem__,
        horizontal=True,
    )
    brought = _bring() if asked == "file" else None
    if st.button("Compare", key="compare_start", type="primary", disabled=work.is_running):
        a = Side(current.folder().absolute(), view.weights_a)
        named = Path(other.strip()).expanduser().absolute() if other.strip() else a.folder
        b = Side(named, view.weights)
        if a == b:
            raise QueryError("A and B are the same. Name another library, or move a weight of B.")
        if asked == "history":
            work.start_with_history(a, b)
        else:
            work.start(a, b, _questions(brought) if asked == "file" else None)
        work.wait(0.5)  # most mistakes show at once


def _bring() -> UploadedFile | None:
    return st.file_uploader(
        "JSON Lines of query and relevant",
        type=["jsonl", "json", "txt"],
        key="compare_questions",
        max_upload_size=MAX_UPLOAD_MB,
    )


def _weigh(library: Library, view: CompareView, side: str) -> None:
    now = view.weights_a if side == "A" else view.weights
    fitted = library.weights()

    def moved(weights: LegWeights) -> None:
        address.go(replace(view, weights_a=weights) if side == "A" else replace(view, weights=weights))

    count = f" ({len(now)})" if now else ""
    with st.popover(f"Ranking weights in {side}{count}", icon=":material/balance:", key=f"weights_{side}"):
        for leg in fitted:
            weight_sliders.slider(leg, fitted, now, prefix=f"compare_{side}", on_change=moved)


def _questions(brought: UploadedFile | None) -> list[Question]:
    if brought is None:
        raise QueryError("Bring a file with the questions, or ask something else.")
    try:
        text = brought.getvalue().decode("utf-8")
    except UnicodeDecodeError as error:
        raise QueryError(f"{brought.name} cannot be read: {error}. Save it as UTF-8.") from error
    return parse_questions(text, brought.name, current.folder())


def _show(done: Compared) -> None:
    measured = done.comparison
    rows = {"A": measured.a.plain(), "B": measured.b.plain(), "B − A": measured.difference.plain()}
    facts = {"A": done.a.named, "B": done.b.named, "Questions": f"{measured.a.queries:,}"}
    note = "Beside each mean the interval that holds 95 %. Where that of B − A holds 0, neither is better."
    report.show_metrics(facts, rows, label="What was measured", note=note)
    queries = [_changed(query, *firsts) for query, firsts in zip(measured.changed, done.firsts, strict=True)]
    report.show_changed(queries, if_none="No question changed.")
    report.show_skipped([f"Line {skipped.line}: {skipped.reason}" for skipped in measured.skipped])


def _changed(query: ChangedQuery, first_a: Markup, first_b: Markup) -> report.ChangedQuery:
    a = report.ShownHit(first_a, f"A: {_place(query.rank_a)}")
    b = report.ShownHit(first_b, f"B: {_place(query.rank_b)}")
    return report.ChangedQuery(query.query, [(a, b)])


def _place(rank: int | None) -> str:
    return f"the answer is {'first' if rank == 1 else f'at place {rank}'}" if rank else "not found"


if __name__ == "__main__":
    page_layout.show("Measure and compare", page)
