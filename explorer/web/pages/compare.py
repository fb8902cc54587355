"""The page "Measure and compare": the last self-test, and two libraries or settings put to the same questions."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from pathlib import Path

import streamlit as st
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

ASKED_WORDS = {
    "captions": "The captions of A",
    "history": "What was searched for in A",
    "file": "Questions of your own",
}
MAX_UPLOAD_MB = 16


def page(library: Library) -> None:
    """The last self-test, the form, and what came of it."""
    st.html(
        f'<p class="ax-back">{links.anchor(links.LIBRARY, "← The library")}</p><h2>The last self-test</h2>'
    )
    last_selftest(library)
    st.html("<h2>Compare</h2>")
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
        st.html(f"<p><strong>A</strong> is this library: {escape(str(library.path))}</p>")
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
    report.numbers(facts, rows, of="What was measured", note=note)
    cards = [_changed(one, *firsts) for one, firsts in zip(measured.changed, done.firsts, strict=True)]
    report.changed(cards, none="No question changed.")
    report.not_asked([f"Line {one.line}: {one.reason}" for one in measured.skipped])


def _changed(one: ChangedQuery, first_a: str, first_b: str) -> str:
    sides = (("A", one.rank_a, first_a), ("B", one.rank_b, first_b))
    shown = "".join(
        f'<figure><div class="ax-ground">{first}</div><figcaption>{side}: {_place(rank)}</figcaption></figure>'
        for side, rank, first in sides
    )
    return f"<li><p>{escape(one.query)}</p>{shown}</li>"


def _place(rank: int | None) -> str:
    return f"the answer is {'first' if rank == 1 else f'at place {rank}'}" if rank else "not found"


if __name__ == "__main__":
    page_layout.show("Measure and compare", page)
