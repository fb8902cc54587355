"""How well the explorer knows that it has no answer, and the bounds by which it does.

    python benchmarks/confidence.py LIBRARY QUERIES.jsonl [--without benchmarks/queries/not-there.jsonl] [--json]

QUERIES have answers in the library ("query" and "relevant", as for `explorer eval`), those of --without have none. On
the odd lines of both files a logistic regression of "this hit answers" on the cosines of a hit is fitted, as is the
bound that keeps 95 % of the questions with an answer; the even lines tell what both are worth, beside the
bounds that explorer/search/confidence.py holds.
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
class Asked:
    """A question and the cosines of its first hits, as far as they stand out, one row each."""

    odd: bool
    has_answer: bool
    cosines: NDArray[np.float64]
    answers: NDArray[np.bool_]
    confident: frozenset[str]
    """The confidences of its hits."""


def ask(library: Library, file: Path) -> list[Asked]:
    """Every question by words of a file."""
    asked = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        question = json.loads(line)
        if "query" not in question:
            continue
        found = library.search(question["query"], limit=HITS).hits
        hits = [hit for hit in found if hit.score >= expected_max_zscore(library.browse.count_figures())]
        rows = [
            [max(0.0, hit.why[leg].similarity) if leg in hit.why else 0.0 for leg in LEGS] for hit in hits
        ]
        answers = [getattr(hit.record, "image", None) in question["relevant"] for hit in hits]
        asked.append(
            Asked(
                number % 2 == 1,
                bool(question["relevant"]),
                np.array(rows).reshape(-1, len(LEGS)),
                np.array(answers, bool),
                frozenset(str(hit.confidence) for hit in found),
            )
        )
    return asked


def fit(asked: list[Asked]) -> NDArray[np.float64]:
    """How much each cosine says, per unit of the first."""
    model = LogisticRegression(C=100.0, class_weight="balanced")
    model.fit(np.concatenate([one.cosines for one in asked]), np.concatenate([one.answers for one in asked]))
    weights: NDArray[np.float64] = model.coef_[0] / model.coef_[0][0]
    return weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("library", type=Path)
    parser.add_argument("queries", type=Path)
    parser.add_argument("--without", type=Path, default=NOT_THERE)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with Library.open(given.library) as library:
        asked = [*ask(library, given.queries), *ask(library, given.without)]
    odd, even = [one for one in asked if one.odd], [one for one in asked if not one.odd]
    weights = fit(odd)

    def best(one: Asked) -> float:
        return float((one.cosines @ weights).max(initial=0.0))

    bound = float(np.quantile([best(one) for one in odd if one.has_answer], 1 - KEPT))
    bounds = {f"fitted, {bound:.2f}": bound, **{f"{at:.2f}": at for at in np.arange(0.2, 0.5, 0.04)}}
    rows = [
        {
            "bound": name,
            "kept": np.mean([best(one) >= at for one in even if one.has_answer]),
            "refused": np.mean([best(one) < at for one in even if not one.has_answer]),
        }
        for name, at in bounds.items()
    ]
    held = {
        "kept": np.mean([one.confident != {"weak"} for one in even if one.has_answer]),
        "refused": np.mean([one.confident == {"weak"} for one in even if not one.has_answer]),
    }
    auc = roc_auc_score([one.has_answer for one in even], [best(one) for one in even])
    fitted = dict(zip(LEGS, weights.round(2).tolist(), strict=True))
    if given.json:
        told = {"fitted": fitted, "bound": bound, "auc": auc, "held": held, "roc": rows}
        print(json.dumps(told, default=float))
        return
    print(f"fitted on {len(odd)} odd lines: {fitted}; held: {dict(EVIDENCE)}, {MAYBE_FROM} and {STRONG_FROM}")
    print(f"on {len(even)} even lines: area under the ROC {auc:.3f}\n")
    rows.append({"bound": "as the explorer decides", **held})
    print(
        table(
            ("bound", "kept", "refused"),
            [[one if isinstance(one, str) else f"{one:.2f}" for one in row.values()] for row in rows],
        )
    )


if __name__ == "__main__":
    main()
