"""A table of metrics: means with their confidence intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from markupsafe import Markup

from explorer.web.templating import render

_METRIC_WORDS: Final = {
    "recall@1": ("Recall@1", "Share of the queries with a relevant picture at rank 1"),
    "recall@5": ("Recall@5", "Share of the queries with a relevant picture among the first five"),
    "recall@10": ("Recall@10", "Share of the queries with a relevant picture among the first ten"),
    "mrr": ("MRR", "Mean of 1 / rank of the first relevant picture"),
    "ndcg@10": (
        "nDCG@10",
        "Gain of the first ten, discounted by rank, divided by the best possible gain",
    ),
    "overlap@10": ("Overlap@10", "Share of A’s first ten hits that are among the first ten of B"),
    "rbo": ("RBO", "Rank-biased overlap of the first ten: the first ranks count most"),
}


def table(rows: Mapping[str, Mapping[str, Any]], *, label: str) -> Markup:
    """Return a table of summaries, as `Summary.plain` returns them, by name. `label` names it to a screen reader."""
    metrics = [
        (metric, *words)
        for metric, words in _METRIC_WORDS.items()
        if all(metric in row for row in rows.values())
    ]
    return render("metrics_table.html", metrics=metrics, rows=rows, label=label)
