"""Measure how well the explorer refuses queries without an answer, and fit the bounds of confidence.

    python benchmarks/confidence.py LIBRARY QUERIES.jsonl [--without benchmarks/queries/not-there.jsonl] [--json]

The queries of QUERIES have answers in the library ("query" and "relevant", as for `explorer eval`). The queries of
--without have none. The odd lines of both files fit a logistic regression of "this hit is relevant" on the cosines of a
hit, and the bound that keeps 95 % of the queries with an answer. The even lines evaluate both, and the present bounds
of explorer/search/confidence.py.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from measuring import table
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from explorer.library.library import Library
from explorer.search.confidence import EVIDENCE, MAYBE_FROM, STRONG_FROM, expected_max_zscore

NOT_THERE = Path(__file__).parent / "queries" / "not-there.jsonl"
HITS = 20
KEPT = 0.95
LEGS = tuple(EVIDENCE)


@dataclass(frozen=True, slots=True)
class EvaluatedQuery:
    """A query with the cosines of those first hits that exceed the chance level, one row each."""

    odd: bool
    has_answer: bool
    cosines: NDArray[np.float64]
    answers: NDArray[np.bool_]
    confidences: frozenset[str]
    """The confidences of its hits."""


def evaluate_queries(library: Library, file: Path) -> list[EvaluatedQuery]:
    """Run all text queries of a file."""
    queries = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        query = json.loads(line)
        if "query" not in query:
            continue
        all_hits = library.search(query["query"], limit=HITS).hits
        hits = [hit for hit in all_hits if hit.score >= expected_max_zscore(library.browse.count_figures())]
        rows = [
            [max(0.0, hit.why[leg].similarity) if leg in hit.why else 0.0 for leg in LEGS] for hit in hits
        ]
        answers = [getattr(hit.record, "image", None) in query["relevant"] for hit in hits]
        queries.append(
            EvaluatedQuery(
                number % 2 == 1,
                bool(query["relevant"]),
                np.array(rows).reshape(-1, len(LEGS)),
                np.array(answers, bool),
                frozenset(str(hit.confidence) for hit in all_hits),
            )
        )
    return queries


def fit(queries: list[EvaluatedQuery]) -> NDArray[np.float64]:
    """Fit the weight of each cosine relative to the first."""
    model = LogisticRegression(C=100.0, class_weight="balanced")
    model.fit(
        np.concatenate([query.cosines for query in queries]),
        np.concatenate([query.answers for query in queries]),
    )
    weights: NDArray[np.float64] = model.coef_[0] / model.coef_[0][0]
    return weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("library", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("--without", type=Path, default=NOT_THERE)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with Library.open(options.library) as library:
        queries = evaluate_queries(library, options.queries) + evaluate_queries(library, options.without)
    odd = [query for query in queries if query.odd]
    even = [query for query in queries if not query.odd]
    weights = fit(odd)

    def best(query: EvaluatedQuery) -> float:
        return float((query.cosines @ weights).max(initial=0.0))

    bound = float(np.quantile([best(query) for query in odd if query.has_answer], 1 - KEPT))
    bounds = {f"fitted, {bound:.2f}": bound, **{f"{value:.2f}": value for value in np.arange(0.2, 0.5, 0.04)}}
    rows = [
        {
            "bound": name,
            "kept": np.mean([best(query) >= threshold for query in even if query.has_answer]),
            "refused": np.mean([best(query) < threshold for query in even if not query.has_answer]),
        }
        for name, threshold in bounds.items()
    ]
    present = {
        "kept": np.mean([query.confidences != {"weak"} for query in even if query.has_answer]),
        "refused": np.mean([query.confidences == {"weak"} for query in even if not query.has_answer]),
    }
    auc = roc_auc_score([query.has_answer for query in even], [best(query) for query in even])
    fitted = dict(zip(LEGS, weights.round(2).tolist(), strict=True))
    if options.json:
        report = {"fitted": fitted, "bound": bound, "auc": auc, "held": present, "roc": rows}
        print(json.dumps(report, default=float))
        return
    print(
        f"fitted on {len(odd)} odd lines: {fitted}; present: {dict(EVIDENCE)}, {MAYBE_FROM} and {STRONG_FROM}"
    )
    print(f"on {len(even)} even lines: area under the ROC {auc:.3f}\n")
    rows.append({"bound": "the explorer's decision", **present})
    print(
        table(
            ("bound", "kept", "refused"),
            [[value if isinstance(value, str) else f"{value:.2f}" for value in row.values()] for row in rows],
        )
    )


if __name__ == "__main__":
    main()
