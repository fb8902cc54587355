"""What was measured, as a table: means with their intervals."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any, Final

from explorer.web.components.attributes import attribute

_METRIC_WORDS: Final = {
    "recall@1": ("First", "Share of the questions whose answer stands first"),
    "recall@5": ("Among 5", "Share of the questions with an answer among the first five"),
    "recall@10": ("Among 10", "Share of the questions with an answer among the first ten"),
    "mrr": ("MRR", "Mean of 1 / place of the first answer"),
    "ndcg@10": (
        "nDCG@10",
        "Gain of the first ten, each discounted by its place, over the best there could be",
    ),
    "overlap@10": ("Stay", "Share of A’s first ten hits that are among the first ten of B"),
    "rbo": ("RBO", "Rank-biased overlap of the first ten: the first places count most"),
}


def table(rows: Mapping[str, Mapping[str, Any]], *, of: str) -> str:
    """HTML; the rows are summaries as Summary.plain gives them, by name. `of` names the table to a screen reader."""
    metrics = [name for name in _METRIC_WORDS if all(name in row for row in rows.values())]
    heads = "".join(
        f'<th scope="col"><abbr title="{attribute(_METRIC_WORDS[name][1])}">{_METRIC_WORDS[name][0]}</abbr></th>'
        for name in metrics
    )
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>{"".join(_cell(row[metric]) for metric in metrics)}</tr>'
        for name, row in rows.items()
    )
    # Wider than a narrow screen: it is scrolled within itself, with the keyboard as well.
    return (
        f'<div class="ax-scroll" role="region" tabindex="0" aria-label="{attribute(of)}"><table class="ax-measured">'
        f'<thead><tr><th scope="col"></th>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _cell(estimate: Mapping[str, float]) -> str:
    low, high = estimate["low"], estimate["high"]
    return f'<td>{estimate["value"]:.3f} <span class="ax-quiet">{low:.3f} to {high:.3f}</span></td>'
