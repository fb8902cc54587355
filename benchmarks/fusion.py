"""Fits how much each leg counts, and tells what the fit is worth.

    python benchmarks/fusion.py LIBRARY[=QUERIES.jsonl] ... [--write] [--json]

A library alone asks its own captions, as `explorer selftest` does; with a file it asks that file's questions. Of each
set the odd questions are fitted on, the even ones tell recall@1, recall@10 and MRR of: the best leg alone (chosen on the
even ones, which flatters it), reciprocal rank fusion (Cormack et al., 2009), the present weights, the fitted ones.

Words and pictures ask different legs, so each kind is fitted by itself. A weight is the present one times a power of the
fourth root of two, at most four or a quarter. A coordinate search in steps of 2, then of 2^(1/2) and 2^(1/4), maximises
the mean MRR of the odd questions, every set counting alike; no set may do worse than with the present weights, and sets
of fewer than 20 odd questions have no say. On few questions a coarse grid round what was chosen by hand does not overfit
as a free fit does: a softmax regression moved four of five weights by a factor of eight and lost a tenth of one set.

Fitted weights replace those of a kind only where the mean MRR of the even questions is higher, that of no set is lower
by more than a hundredth, and recall@1 and MRR of every set are at least those of rank fusion and of its best leg.
--write keeps them, and how they were found, in explorer/search/weights.json.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import numpy as np
from measuring import say, table
from numpy.typing import NDArray

from embeddings import VectorCache
from embeddings.adapter import parts_of
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
STEPS, MOST_POWER = (1.0, 0.5, 0.25), 2.0
FEWEST = 20
"""Odd questions of a set that is fitted on; a smaller one is told, and has no say."""
RRF_CONSTANT = 60
WORSE = 0.01  # MRR that a set may lose

Numbers = NDArray[np.float64]
Found = Sequence[tuple[str, Mapping[str, float]]]


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """What the legs say of every candidate: (candidates, legs), NaN where a candidate has no such leg."""

    deviations: Numbers
    pictures: tuple[str, ...]
    answers: frozenset[str]

    @property
    def is_answer(self) -> NDArray[np.bool_]:
        return np.array([picture in self.answers for picture in self.pictures], bool)

    def place(self, scores: Numbers) -> float:
        """The place of the first answer among the pictures; infinite where it is not found."""
        order = np.argsort(-scores, kind="stable")
        ranked = dict.fromkeys(self.pictures[n] for n in order if np.isfinite(scores[n]))
        return next((place for place, picture in enumerate(ranked, 1) if picture in self.answers), np.inf)


@dataclass(frozen=True, slots=True, eq=False)
class Set:
    """The questions of one file, or of one library's captions; all of one kind."""

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


def question(found: Found, answers: frozenset[str], kind: str) -> Question:
    rows = [[by_leg.get(leg, np.nan) for leg in LEGS[kind]] for _, by_leg in found]
    deviations = np.array(rows, np.float64).reshape(-1, len(LEGS[kind]))
    return Question(deviations, tuple(picture for picture, _ in found), answers)


@contextmanager
def parts_of_library(store: Path) -> Iterator[tuple[Catalog, CachedEmbedder, SearchEngine]]:
    """What the engine of a library is made of."""
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


def by_captions(store: Path) -> list[Set]:
    with parts_of_library(store) as (catalog, vectors, _):
        figures = labels_of(catalog.figures.select()).figures
        with caption_ablation(catalog, vectors, figures, SilentProgress()) as stage:
            asked = [
                question(stage.deviations(figure), frozenset({picture_of(figure)}), "words")
                for figure in figures
            ]
    return [Set(f"{store.name}, captions", "words", tuple(asked))]


def by_file(store: Path, file: Path) -> list[Set]:
    asked: dict[str, list[Question]] = {}
    with Library.open(store) as library, parts_of_library(store) as (_, _, engine):
        shown = {figure.id: picture_of(figure) for figure in library.browse.figures()}
        asker = EvaluationRunner(library)
        for one in read_questions(file):
            try:
                prepared = asker.prepare(one)
            except QueryError as problem:
                say(f"{file.name}, line {one.line}: {problem}")
                continue
            kind = "words" if prepared.picture is None else "picture"
            found = engine.deviations(Query(words=prepared.words, picture=prepared.picture))
            pairs = [(shown[id], by_leg) for id, by_leg in found.items()]
            if prepared.relevant:
                asked.setdefault(kind, []).append(question(pairs, prepared.relevant, kind))
    return [Set(f"{store.name}, {file.name}", kind, tuple(ones)) for kind, ones in asked.items()]


# --- ranking ------------------------------------------------------------------------------------------------


def fused(one: Question, weights: Numbers) -> Numbers:
    """As explorer/search/fusion.py does it."""
    there = np.isfinite(one.deviations)
    total = np.where(there, one.deviations, 0.0) @ weights
    norm = np.sqrt(there @ weights**2)
    return np.divide(total, norm, out=np.zeros_like(total), where=norm > 0)


def alone(one: Question, leg: int) -> Numbers:
    return np.where(np.isfinite(one.deviations[:, leg]), one.deviations[:, leg], -np.inf)


def by_ranks(one: Question) -> Numbers:
    """Reciprocal rank fusion."""
    scores = np.zeros(len(one.pictures))
    for leg in range(one.deviations.shape[1]):
        column = alone(one, leg)
        order = np.argsort(-column, kind="stable")
        ranks = np.empty(len(order))
        ranks[order] = np.arange(1, len(order) + 1)
        scores += np.where(np.isfinite(column), 1 / (RRF_CONSTANT + ranks), 0.0)
    return scores


def marks(places: Sequence[float]) -> dict[str, float]:
    at = np.array(places)
    return {
        "recall@1": float((at <= 1).mean()),
        "recall@10": float((at <= 10).mean()),
        "mrr": float((1 / at).mean()),
    }


def compared(asked: Set, present: Numbers, fit: Numbers) -> dict[str, dict[str, float]]:
    """Every way to rank, on the even questions."""
    even = asked.even
    legs = {leg: marks([one.place(alone(one, n)) for one in even]) for n, leg in enumerate(LEGS[asked.kind])}
    best = max(legs, key=lambda leg: legs[leg]["mrr"])
    return {
        f"best leg: {best}": legs[best],
        "rank fusion": marks([one.place(by_ranks(one)) for one in even]),
        "present": marks([one.place(fused(one, present)) for one in even]),
        "fitted": marks([one.place(fused(one, fit)) for one in even]),
    }


# --- fitting ------------------------------------------------------------------------------------------------


def mean_reciprocal_rank(asked: Sequence[Question], weights: Numbers) -> float:
    return float(np.mean([1 / one.place(fused(one, weights)) for one in asked]))


def fit(sets: Sequence[Sequence[Question]], present: Numbers) -> Numbers:
    """The weights that a coordinate search reaches from the present ones."""
    now = [mean_reciprocal_rank(one, present) for one in sets]

    def gain(powers: Numbers) -> float:
        """Mean MRR; that of weights with which a set does worse than now counts nothing."""
        then = [mean_reciprocal_rank(one, present * 2**powers) for one in sets]
        worse = any(one < other for one, other in zip(then, now, strict=True))
        return 0.0 if worse else float(np.mean(then))

    powers, best = np.zeros(len(present)), float(np.mean(now))
    for step in STEPS:
        moved = True
        while moved:
            moved = False
            for leg, way in product(range(len(present)), (-step, step)):
                tried = powers.copy()
                tried[leg] += way
                if abs(tried[leg]) <= MOST_POWER and (reached := gain(tried)) > best + 1e-6:
                    powers, best, moved = tried, reached, True
    return present * 2**powers


def is_better(told: Sequence[Mapping[str, Mapping[str, float]]]) -> bool:
    gains = [ways["fitted"]["mrr"] - ways["present"]["mrr"] for ways in told]
    return (
        float(np.mean(gains)) > 0
        and min(gains) >= -WORSE
        and all(
            ways["fitted"][mark] >= by[mark]
            for ways in told
            for way, by in ways.items()
            if way not in {"present", "fitted"}
            for mark in ("recall@1", "mrr")
        )
    )


def fit_kind(kind: str, sets: Sequence[Set], present: Weights) -> dict[str, object]:
    """What was found for one kind of query."""
    now = np.array([present[leg] for leg in LEGS[kind]])
    large = [each for each in sets if len(each.odd) >= FEWEST] or list(sets)
    weights = fit([each.odd for each in large], now)
    told = {each.name: compared(each, now, weights) for each in sets}
    return {
        "fitted": dict(zip(LEGS[kind], weights.round(2).tolist(), strict=True)),
        "taken": is_better([told[each.name] for each in large]),
        "odd questions": {each.name: len(each.odd) for each in large},
        "even questions": {name: rounded(ways) for name, ways in told.items()},
    }


def rounded(ways: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    return {way: {name: round(value, 3) for name, value in by.items()} for way, by in ways.items()}


def named(argument: str) -> str:
    """An argument without the folders of this machine."""
    return "=".join(Path(part).name for part in argument.split("="))


def write(family: str, present: Weights, found: Mapping[str, dict[str, object]]) -> None:
    written = json.loads(FILE.read_text(encoding="utf-8"))
    weights = dict(present)
    for told in found.values():
        if told["taken"]:
            weights |= told["fitted"]
    provenance = {
        "made by": " ".join(["benchmarks/fusion.py", *(named(part) for part in sys.argv[1:])]),
        "date": datetime.now(UTC).date().isoformat(),
        "method": "coordinate search for the mean MRR of the odd questions, from the weights before",
        "before": dict(present),
        **found,
    }
    written[family] = {"weights": weights, "provenance": provenance}
    FILE.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("asked", nargs="+", metavar="LIBRARY[=QUERIES.jsonl]")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    sets: list[Set] = []
    encoders = set()
    for one in given.asked:
        store, _, file = one.partition("=")
        sets += by_file(Path(store), Path(file)) if file else by_captions(Path(store))
        with Library.open(store) as library:
            encoders.add(parts_of(str(library.status().encoder))[0])
    family = {"lite" if encoder == "lite" else "clip" for encoder in encoders}
    if len(family) != 1:
        raise SystemExit(
            "Libraries of one family of encoders, please: weights of several mean nothing together."
        )
    [name] = family
    present = weights_for(min(encoders))
    found = {
        kind: fit_kind(
            kind, [each for each in sets if each.kind == kind and len(each.questions) > 1], present
        )
        for kind in LEGS
        if any(each.kind == kind for each in sets)
    }
    if given.write:
        write(name, present, found)
    if given.json:
        print(json.dumps(found))
        return
    for kind, told in found.items():
        taken = "taken" if told["taken"] else "not taken"
        print(f"\n{kind}: {told['fitted']}, {taken}\n")
        rows = [
            [asked, way, *(f"{value:.3f}" for value in by.values())]
            for asked, ways in told["even questions"].items()
            for way, by in ways.items()
        ]
        print(table(("even questions of", "ranked by", "recall@1", "recall@10", "mrr"), rows))


if __name__ == "__main__":
    main()
