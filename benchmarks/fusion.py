"""Fit the weights of the legs, and evaluate the fit.

    python benchmarks/fusion.py LIBRARY[=QUERIES.jsonl] ... [--write] [--json]

The queries are the captions of a library, as in `explorer selftest`, or the queries of a file. The odd queries of each
set fit the weights. The even queries give recall@1, recall@10 and MRR of: the best single leg (chosen on the even
queries, which favours it), reciprocal rank fusion (Cormack et al., 2009), the present weights, and the fitted weights.

Text queries and picture queries use different legs, so each kind is fitted separately. A weight is the present one
times a power of the fourth root of two, at most four or a quarter. A coordinate search in steps of 2, then of 2^(1/2)
and 2^(1/4), maximises the mean MRR of the odd queries, with equal weight for every set. No set may become worse than
with the present weights. Sets with fewer than 20 odd queries are ignored. With few queries, a coarse grid around
hand-chosen weights does not overfit as a free fit does: a softmax regression changed four of five weights by a factor
of eight and lost a tenth of one set.

Fitted weights replace those of a kind only if the mean MRR of the even queries is higher, that of no set is lower by
more than a hundredth, and recall@1 and MRR of every set are at least those of rank fusion and of its best leg. --write
stores the weights and their provenance in explorer/search/weights.json.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from measuring import log, table
from numpy.typing import NDArray

from embeddings import VectorCache, split_encoder_name
from explorer.catalog.picture_store import PictureStore
from explorer.catalog.store import Catalog
from explorer.cli.query_files import read_questions
from explorer.errors import QueryError
from explorer.evaluate.caption_ablation import caption_ablation
from explorer.evaluate.labels import labels_of
from explorer.evaluate.questions import EvaluationRunner, picture_of
from explorer.index import open_store
from explorer.ingest.embedding import CachedEmbedder
from explorer.ingest.report import SilentProgress
from explorer.library.library import Library
from explorer.representation.encoders import load_encoders
from explorer.representation.legs import CONTEXT, KEYPOINTS, OCR, PICTURE, REGIONS, SENTENCE, TERMS
from explorer.search.engine import SearchEngine
from explorer.search.fusion import FILE, Weights, weights_for
from explorer.search.query import Query

LEGS: Mapping[str, tuple[str, ...]] = {
    "words": (PICTURE, SENTENCE, OCR, CONTEXT, TERMS),
    "picture": (REGIONS, KEYPOINTS),
}
STEPS, MAX_POWER = (1.0, 0.5, 0.25), 2.0
MIN_ODD_QUESTIONS = 20
"""Minimum number of odd queries of a set in the fit. A smaller set is only reported."""
RRF_CONSTANT = 60
MAX_MRR_LOSS = 0.01  # of one set

Numbers = NDArray[np.float64]
Candidates = Sequence[tuple[str, Mapping[str, float]]]


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A query with the deviations of all candidates: (candidates, legs), NaN if a candidate lacks a leg."""

    deviations: Numbers
    pictures: tuple[str, ...]
    answers: frozenset[str]

    @property
    def is_answer(self) -> NDArray[np.bool_]:
        return np.array([picture in self.answers for picture in self.pictures], bool)

    def rank(self, scores: Numbers) -> float:
        """Return the rank of the first relevant picture, or infinity if there is none."""
        order = np.argsort(-scores, kind="stable")
        ranked = dict.fromkeys(self.pictures[n] for n in order if np.isfinite(scores[n]))
        return next((rank for rank, picture in enumerate(ranked, 1) if picture in self.answers), np.inf)


@dataclass(frozen=True, slots=True, eq=False)
class QuestionSet:
    """The questions of one kind from one file, or from the captions of one library."""

    name: str
    kind: str
    questions: tuple[Question, ...]

    @property
    def odd(self) -> tuple[Question, ...]:
        return self.questions[::2]

    @property
    def even(self) -> tuple[Question, ...]:
        return self.questions[1::2]


# --- collecting ---------------------------------------------------------------------------------------------


def build_question(candidates: Candidates, answers: frozenset[str], kind: str) -> Question:
    rows = [[by_leg.get(leg, np.nan) for leg in LEGS[kind]] for _, by_leg in candidates]
    deviations = np.array(rows, np.float64).reshape(-1, len(LEGS[kind]))
    return Question(deviations, tuple(picture for picture, _ in candidates), answers)


@contextmanager
def parts_of_library(store: Path) -> Iterator[tuple[Catalog, CachedEmbedder, SearchEngine]]:
    """Open the catalog, the vectors and the search engine of a library."""
    with Library.open(store) as library:
        encoder = str(library.status().encoder)
    encoders, pictures = load_encoders(encoder, store), PictureStore(store / "pictures")
    with (
        closing(Catalog(store / "catalog.sqlite")) as catalog,
        VectorCache(store / "vectors.sqlite") as cache,
        closing(open_store(store / "index").open()) as index,
    ):
        engine = SearchEngine(index, catalog, pictures, encoders, weights_for(encoder))
        yield catalog, CachedEmbedder(encoders, cache, pictures), engine


def caption_questions(store: Path) -> list[QuestionSet]:
    with parts_of_library(store) as (catalog, vectors, _):
        figures = labels_of(catalog.figures.select()).figures
        with caption_ablation(catalog, vectors, figures, SilentProgress()) as ablation:
            questions = [
                build_question(ablation.deviations(figure), frozenset({picture_of(figure)}), "words")
                for figure in figures
            ]
    return [QuestionSet(f"{store.name}, captions", "words", tuple(questions))]


def file_questions(store: Path, file: Path) -> list[QuestionSet]:
    questions: dict[str, list[Question]] = {}
    with Library.open(store) as library, parts_of_library(store) as (_, _, engine):
        pictures = {figure.id: picture_of(figure) for figure in library.browse.figures()}
        runner = EvaluationRunner(library)
        for file_question in read_questions(file):
            try:
                prepared = runner.prepare(file_question)
            except QueryError as error:
                log(f"{file.name}, line {file_question.line}: {error}")
                continue
            kind = "words" if prepared.picture is None else "picture"
            deviations = engine.deviations(Query(words=prepared.words, picture=prepared.picture))
            candidates = [(pictures[id], by_leg) for id, by_leg in deviations.items()]
            if prepared.relevant:
                questions.setdefault(kind, []).append(build_question(candidates, prepared.relevant, kind))
    name = f"{store.name}, {file.name}"
    return [QuestionSet(name, kind, tuple(of_kind)) for kind, of_kind in questions.items()]


# --- ranking ------------------------------------------------------------------------------------------------


def fused_scores(question: Question, weights: Numbers) -> Numbers:
    """Return the fused scores, computed as in explorer/search/fusion.py."""
    has_leg = np.isfinite(question.deviations)
    total = np.where(has_leg, question.deviations, 0.0) @ weights
    norm = np.sqrt(has_leg @ weights**2)
    return np.divide(total, norm, out=np.zeros_like(total), where=norm > 0)


def single_leg_scores(question: Question, leg: int) -> Numbers:
    return np.where(np.isfinite(question.deviations[:, leg]), question.deviations[:, leg], -np.inf)


def rank_fusion_scores(question: Question) -> Numbers:
    """Return the scores of reciprocal rank fusion."""
    scores = np.zeros(len(question.pictures))
    for leg in range(question.deviations.shape[1]):
        column = single_leg_scores(question, leg)
        order = np.argsort(-column, kind="stable")
        ranks = np.empty(len(order))
        ranks[order] = np.arange(1, len(order) + 1)
        scores += np.where(np.isfinite(column), 1 / (RRF_CONSTANT + ranks), 0.0)
    return scores


def metrics_of_ranks(ranks: Iterable[float]) -> dict[str, float]:
    """Return recall@1, recall@10 and MRR."""
    array = np.array([*ranks])
    return {
        "recall@1": float((array <= 1).mean()),
        "recall@10": float((array <= 10).mean()),
        "mrr": float((1 / array).mean()),
    }


def compare_rankings(
    questions: QuestionSet, present: Numbers, fitted: Numbers
) -> dict[str, dict[str, float]]:
    """Return the metrics of each ranking method on the even questions."""

    def metrics(scores: Callable[[Question], Numbers]) -> dict[str, float]:
        return metrics_of_ranks(question.rank(scores(question)) for question in questions.even)

    legs = {
        leg: metrics(partial(single_leg_scores, leg=column))
        for column, leg in enumerate(LEGS[questions.kind])
    }
    best = max(legs, key=lambda leg: legs[leg]["mrr"])
    return {
        f"best leg: {best}": legs[best],
        "rank fusion": metrics(rank_fusion_scores),
        "present": metrics(partial(fused_scores, weights=present)),
        "fitted": metrics(partial(fused_scores, weights=fitted)),
    }


# --- fitting ------------------------------------------------------------------------------------------------


def mean_reciprocal_rank(questions: Sequence[Question], weights: Numbers) -> float:
    return float(np.mean([1 / question.rank(fused_scores(question, weights)) for question in questions]))


def fit(sets: Sequence[Sequence[Question]], present: Numbers) -> Numbers:
    """Return the weights that a coordinate search finds from the present ones."""
    present_mrr = [mean_reciprocal_rank(questions, present) for questions in sets]

    def mean_mrr(powers: Numbers) -> float:
        """Return the mean MRR, or 0 if a set becomes worse."""
        new_mrr = [mean_reciprocal_rank(questions, present * 2**powers) for questions in sets]
        is_worse = any(new < old for new, old in zip(new_mrr, present_mrr, strict=True))
        return 0.0 if is_worse else float(np.mean(new_mrr))

    powers, best = np.zeros(len(present)), float(np.mean(present_mrr))
    for step in STEPS:
        moved = True
        while moved:
            moved = False
            for leg, change in product(range(len(present)), (-step, step)):
                candidate = powers.copy()
                candidate[leg] += change
                if abs(candidate[leg]) <= MAX_POWER and (mrr := mean_mrr(candidate)) > best + 1e-6:
                    powers, best, moved = candidate, mrr, True
    return present * 2**powers


def is_better(results: Sequence[Mapping[str, Mapping[str, float]]]) -> bool:
    gains = [methods["fitted"]["mrr"] - methods["present"]["mrr"] for methods in results]
    return (
        float(np.mean(gains)) > 0
        and min(gains) >= -MAX_MRR_LOSS
        and all(
            methods["fitted"][metric] >= metrics[metric]
            for methods in results
            for method, metrics in methods.items()
            if method not in {"present", "fitted"}
            for metric in ("recall@1", "mrr")
        )
    )


def fit_kind(kind: str, sets: Sequence[QuestionSet], present: Weights) -> dict[str, object]:
    """Fit the weights of one kind of query, and return them with their evaluation."""
    present_weights = np.array([present[leg] for leg in LEGS[kind]])
    large_sets = [questions for questions in sets if len(questions.odd) >= MIN_ODD_QUESTIONS] or list(sets)
    weights = fit([questions.odd for questions in large_sets], present_weights)
    results = {questions.name: compare_rankings(questions, present_weights, weights) for questions in sets}
    return {
        "fitted": dict(zip(LEGS[kind], weights.round(2).tolist(), strict=True)),
        "taken": is_better([results[questions.name] for questions in large_sets]),
        "odd questions": {questions.name: len(questions.odd) for questions in large_sets},
        "even questions": {name: round_metrics(methods) for name, methods in results.items()},
    }


def round_metrics(methods: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    return {
        method: {name: round(value, 3) for name, value in metrics.items()}
        for method, metrics in methods.items()
    }


def without_folders(argument: str) -> str:
    """Return an argument without the folders of this machine."""
    return "=".join(Path(part).name for part in argument.split("="))


def write(family: str, present: Weights, results: Mapping[str, dict[str, object]]) -> None:
    content = json.loads(FILE.read_text(encoding="utf-8"))
    weights = dict(present)
    for result in results.values():
        if result["taken"]:
            weights |= result["fitted"]
    provenance = {
        "made by": " ".join(["benchmarks/fusion.py", *(without_folders(part) for part in sys.argv[1:])]),
        "date": datetime.now(UTC).date().isoformat(),
        "method": "coordinate search for the mean MRR of the odd questions, from the weights before",
        "before": dict(present),
        **results,
    }
    content[family] = {"weights": weights, "provenance": provenance}
    FILE.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("libraries", nargs="+", metavar="LIBRARY[=QUERIES.jsonl]")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    sets: list[QuestionSet] = []
    encoders = set()
    for argument in options.libraries:
        store, _, file = argument.partition("=")
        sets += file_questions(Path(store), Path(file)) if file else caption_questions(Path(store))
        with Library.open(store) as library:
            encoders.add(split_encoder_name(str(library.status().encoder))[0])
    families = {"lite" if encoder == "lite" else "clip" for encoder in encoders}
    if len(families) != 1:
        raise SystemExit(
            "The encoders of these libraries belong to different families. Fit the weights of one family at a time."
        )
    [family] = families
    present = weights_for(min(encoders))
    results = {
        kind: fit_kind(
            kind,
            [questions for questions in sets if questions.kind == kind and len(questions.questions) > 1],
            present,
        )
        for kind in LEGS
        if any(questions.kind == kind for questions in sets)
    }
    if options.write:
        write(family, present, results)
    if options.json:
        print(json.dumps(results))
        return
    for kind, result in results.items():
        print_result(kind, result)


def print_result(kind: str, result: Mapping[str, Any]) -> None:
    """Print the fitted weights of a kind, and the metrics of each ranking method."""
    taken = "taken" if result["taken"] else "not taken"
    print(f"\n{kind}: {result['fitted']}, {taken}\n")
    rows = [
        [name, method, *(f"{value:.3f}" for value in metrics.values())]
        for name, methods in result["even questions"].items()
        for method, metrics in methods.items()
    ]
    print(table(("even questions of", "ranked by", "recall@1", "recall@10", "mrr"), rows))


if __name__ == "__main__":
    main()
