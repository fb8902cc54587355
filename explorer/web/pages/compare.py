"""The page "Measure and compare": the last self-test, comparisons of two libraries or settings, and of vector stores."""

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
from explorer.web.components import history_comparison, page_layout, store_comparison, weight_sliders
from explorer.web.components.job_progress import show_job_progress
from explorer.web.components.last_selftest import show_last_selftest
from explorer.web.state import address, audience, current, links
from explorer.web.state.comparison_job import ComparisonJob, ComparisonResult, Side, comparison_job_of
from explorer.web.state.error_messages import escape_markdown, show_errors
from explorer.web.state.params import LegWeights
from explorer.web.state.stores_job import stores_job_of
from explorer.web.state.views import CompareView
from explorer.web.templating import render

QUESTION_WORDS = {
    "captions": "Captions of A",
    "history": "Past searches in A",
    "file": "A file of queries",
}
MAX_UPLOAD_MB = 16


def page(library: Library) -> None:
    """Show the last self-test, the comparison of two sides, and that of vector stores."""
    back = render("back_link.html", href=links.LIBRARY, text="← The library")
    st.html(back + render("heading.html", text="The last self-test"))
    show_last_selftest(library)
    st.html(render("heading.html", text="Compare"))
    _show_comparison(library)
    if audience.is_owner():  # measuring takes minutes, and past searches are private
        st.html(render("heading.html", text="Vector stores"))
        store_comparison.show(stores_job_of(current.folder().absolute()))


def _show_comparison(library: Library) -> None:
    job = comparison_job_of(current.folder().absolute())
    is_owner = audience.is_owner()
    if is_owner:
        with show_errors():
            _show_form(library, job)
    else:
        st.info("Only the owner of this library can make comparisons.")
    if job.is_running:
        show_job_progress(job, stop_key="compare_stop")
    elif job.error:
        st.error(escape_markdown(audience.adapt_message(job.error)))
    elif isinstance(job.report, ComparisonResult):
        _show_result(job.report)
    elif job.report and is_owner:  # past searches are private
        history_comparison.show(job.report)


def _show_form(library: Library, job: ComparisonJob) -> None:
    view = CompareView.of(address.params())
    left, right = st.columns(2)
    with left:
        st.html(render("comparison_side.html", path=library.path))
        _show_weights(library, view, "A")
    with right:
        other = st.text_input(
            "B: the folder of another library, or empty for this library with other weights",
            key="compare_other",
            placeholder="/home/you/other-library",
        )
        _show_weights(library, view, "B")
    questions = st.radio(
        "Queries for both",
        list(QUESTION_WORDS),
        key="compare_asked",
        format_func=QUESTION_WORDS.__getitem__,
        horizontal=True,
    )
    file = _upload_questions() if questions == "file" else None
    if st.button("Compare", key="compare_start", type="primary", disabled=job.is_running):
        a = Side(current.folder().absolute(), view.weights_a)
        other_folder = Path(other.strip()).expanduser().absolute() if other.strip() else a.folder
        b = Side(other_folder, view.weights)
        if a == b:
            raise QueryError("A and B are the same. Name another library, or change a weight of B.")
        if questions == "history":
            job.start_with_history(a, b)
        else:
            job.start(a, b, _parse_questions(file) if questions == "file" else None)
        job.wait(0.5)  # most errors occur at once


def _upload_questions() -> UploadedFile | None:
    return st.file_uploader(
        "JSON Lines with query and relevant",
        type=["jsonl", "json", "txt"],
        key="compare_questions",
        max_upload_size=MAX_UPLOAD_MB,
    )


def _show_weights(library: Library, view: CompareView, side: str) -> None:
    present = view.weights_a if side == "A" else view.weights
    fitted = library.encoders.weights()

    def handle_change(weights: LegWeights) -> None:
        address.go(replace(view, weights_a=weights) if side == "A" else replace(view, weights=weights))

    count = f" ({len(present)})" if present else ""
    with st.popover(f"Ranking weights in {side}{count}", icon=":material/balance:", key=f"weights_{side}"):
        for leg in fitted:
            weight_sliders.show_slider(
                leg, fitted, present, prefix=f"compare_{side}", on_change=handle_change
            )


def _parse_questions(file: UploadedFile | None) -> list[Question]:
    if file is None:
        raise QueryError("Upload a file with queries, or choose other queries.")
    try:
        text = file.getvalue().decode("utf-8")
    except UnicodeDecodeError as error:
        raise QueryError(f"{file.name} cannot be read: {error}. Save it as UTF-8.") from error
    return parse_questions(text, file.name, current.folder())


def _show_result(result: ComparisonResult) -> None:
    measured = result.comparison
    rows = {"A": measured.a.plain(), "B": measured.b.plain(), "B − A": measured.difference.plain()}
    facts = {"A": result.a.label, "B": result.b.label, "Queries": f"{measured.a.queries:,}"}
    note = "Means with 95 % confidence intervals. If the interval of B − A contains 0, neither side is certainly better."
    report.show_metrics(facts, rows, label="Search quality", note=note)
    queries = [
        _changed_query(query, *first_hits)
        for query, first_hits in zip(measured.changed, result.first_hits, strict=True)
    ]
    report.show_changed(queries, if_none="No query changed.")
    report.show_skipped([f"Line {skipped.line}: {skipped.reason}" for skipped in measured.skipped])


def _changed_query(query: ChangedQuery, first_a: Markup, first_b: Markup) -> report.ChangedQuery:
    a = report.ShownHit(first_a, f"A: {_place(query.rank_a)}")
    b = report.ShownHit(first_b, f"B: {_place(query.rank_b)}")
    return report.ChangedQuery(query.query, [(a, b)])


def _place(rank: int | None) -> str:
    return f"the answer is {'first' if rank == 1 else f'at rank {rank}'}" if rank else "not found"


if __name__ == "__main__":
    page_layout.show("Measure and compare", page)
