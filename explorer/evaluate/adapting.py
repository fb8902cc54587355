"""`explorer adapt`: training of an adapter on a library's own figures, and the test of whether it improves search.

The test uses captions of issues that were held out of training: each caption is a query to the vectors of all pictures,
with and without the adapter, and its own picture is the answer. Neither the issue nor copies of the picture or of the
caption were in the training data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from embeddings import PictureVectors, Vectors
from embeddings.adapter import Adapter, visual_vectors
from embeddings.vectors import unit
from explorer.archive.html.caption_marks import is_descriptive
from explorer.catalog.records import FigureRecord
from explorer.catalog.store import Catalog
from explorer.evaluate.labels import labels_of, normalize
from explorer.evaluate.metrics import Metrics, Summary, summarize
from explorer.ingest.embedding import CachedEmbedder
from explorer.ingest.report import Progress
from explorer.representation.fields import caption_and_alt
from explorer.representation.legs import PICTURE, VISUAL

METRICS: Final = ("recall@1", "recall@10", "mrr")
DECIDING_METRIC: Final = "recall@10"

# The weights of the texts of a figure in its training target.
OWN_TEXT_WEIGHT: Final = 1.0
CONTEXT_TEXT_WEIGHTS: Final = {"before": 0.4, "heading": 0.2}
FOLDS = 5
# With fewer captions an interval is too wide, and an adapter could pass by luck.
MIN_CAPTIONS = 30

Indices = NDArray[np.intp]
NO_INDICES: Final[Indices] = np.zeros(0, np.intp)


@dataclass(frozen=True, slots=True)
class HyperParameters:
    """The hyperparameters of an adapter: the penalty in training, and the strength with which it moves pictures."""

    penalty: float
    strength: float


PENALTIES: Final = (1.0, 3.0, 10.0, 30.0, 100.0)
STRENGTHS: Final = (0.25, 0.5, 1.0, 2.0)
GRID: Final = tuple(HyperParameters(penalty, strength) for penalty in PENALTIES for strength in STRENGTHS)


@dataclass(frozen=True, slots=True)
class Trial:
    """How well held-out captions find their pictures, by the picture leg alone, before and after the adapter."""

    figures: int
    captions: int
    before: Summary
    after: Summary
    difference: Summary

    @property
    def helps(self) -> bool:
        """Whether significantly more pictures are found: the confidence interval is above 0."""
        return self.captions >= MIN_CAPTIONS and self.difference.metrics[DECIDING_METRIC].low > 0


@dataclass(frozen=True, slots=True)
class AdaptReport:
    """The trial, whether the adapter was stored, and the present encoder of the library."""

    trial: Trial
    kept: bool
    encoder: str
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class TrainingResult:
    """The trial, and the adapter that was trained on all figures if the trial shows that it helps."""

    trial: Trial
    adapter: Adapter | None


@dataclass(frozen=True, slots=True, eq=False)
class TrainingPairs:
    """The training data, and the captions for the test. Each row of `pictures` is a different picture."""

    base: str
    """The fingerprint of the encoder."""
    pictures: PictureVectors
    shown: Indices
    """(figures,): the row of the picture that a figure shows."""
    folds: Indices
    """(figures,): the fold of a figure; all figures of an issue are in the same fold."""
    captions: NDArray[np.str_]
    """(figures,): the normalized caption or, without one, alt text; empty without either."""
    texts: Vectors
    """(figures, dim): the training targets."""
    query_figures: Indices
    """(captions,): the figures whose captions are queries."""
    queries: Vectors
    """(captions, dim): the vectors of the captions."""

    def adapters(self, figures: Indices) -> list[Adapter]:
        """Train an adapter for each penalty on these figures."""
        return Adapter.fit(
            self.base, visual_vectors(self.pictures)[self.shown[figures]], self.texts[figures], PENALTIES
        )

    def training_figures_for(self, fold: int) -> Indices:
        """Return the figures of other folds without copies of the pictures and captions of this fold."""
        held_out = self.folds == fold
        same_picture = np.isin(self.shown, self.shown[held_out])
        same_caption = np.isin(self.captions, self.captions[held_out]) & (self.captions != "")
        return np.flatnonzero(~(held_out | same_picture | same_caption))

    def ranks(self, captions: Indices, pictures: Vectors) -> Indices:
        """Return the rank, from 1, of the own picture of each of these captions. Ties count against it."""
        similarity = self.queries[captions] @ pictures.T
        own = similarity[np.arange(len(captions)), self.shown[self.query_figures[captions]]]
        ranks: Indices = (similarity >= own[:, None]).sum(axis=1)
        return ranks


def learn_adapter(catalog: Catalog, embedder: CachedEmbedder, progress: Progress) -> TrainingResult:
    """Train and test an adapter on the figures of a catalog. The result is deterministic.

    For each fold, adapters are trained on the other folds and tested on the fold. The hyperparameters for a fold
    (penalty, strength) are those that are best on the other folds, so that a lucky choice does not improve the
    test.
    """
    embedder.embed_pictures(catalog.pictures.shown(), progress)
    figures = sorted(filter(_is_usable, catalog.figures.select()), key=lambda figure: figure.id)
    pictures = {
        sha256: embedder.picture_vectors(sha256)
        for sha256 in sorted({figure.sha256 or "" for figure in figures})
    }
    figures = [figure for figure in figures if pictures[figure.sha256 or ""]]
    if not figures:
        return TrainingResult(_trial(0, NO_INDICES, NO_INDICES), None)
    pairs = _pairs(figures, {sha256: by_leg for sha256, by_leg in pictures.items() if by_leg}, embedder)
    all_captions = np.arange(len(pairs.query_figures))
    before = pairs.ranks(all_captions, pairs.pictures.picture)
    after = _held_out_ranks(pairs)
    folds = pairs.folds[pairs.query_figures]
    best_of_fold = [_best_choice(after[:, folds != fold]) for fold in range(FOLDS)]
    chosen: Indices = after[np.array(best_of_fold)[folds], all_captions]
    trial = _trial(len(figures), before, chosen)
    if not trial.helps:
        return TrainingResult(trial, None)
    best = GRID[_best_choice(after)]
    adapter = pairs.adapters(np.arange(len(figures)))[PENALTIES.index(best.penalty)]
    return TrainingResult(trial, adapter.with_strength(best.strength))


def _held_out_ranks(pairs: TrainingPairs) -> Indices:
    """Return (choices, captions): the ranks with adapters that were not trained on the captions' issues."""
    ranks = np.zeros((len(GRID), len(pairs.query_figures)), np.intp)
    for fold in range(FOLDS):
        captions = np.flatnonzero(pairs.folds[pairs.query_figures] == fold)
        training = pairs.training_figures_for(fold)
        if not len(captions):
            continue
        if not len(training):
            ranks[:, captions] = pairs.ranks(captions, pairs.pictures.picture)
            continue
        visual = visual_vectors(pairs.pictures)
        heads = {
            penalty: adapter.head(visual)
            for penalty, adapter in zip(PENALTIES, pairs.adapters(training), strict=True)
        }
        for n, choice in enumerate(GRID):
            moved = unit(pairs.pictures.picture + choice.strength * heads[choice.penalty])
            ranks[n, captions] = pairs.ranks(captions, moved)
    return ranks


def _best_choice(ranks: Indices) -> int:
    """Return the choice with the best recall at 10; among equals, the one with the higher mean reciprocal rank."""
    metrics = _metric_arrays(ranks)
    return max(range(len(ranks)), key=lambda n: (metrics[DECIDING_METRIC][n].sum(), metrics["mrr"][n].sum()))


def _trial(figures: int, before: Indices, after: Indices) -> Trial:
    metrics_before, metrics_after = _metrics_of_ranks(before), _metrics_of_ranks(after)
    differences = [
        {name: b[name] - a[name] for name in METRICS}
        for a, b in zip(metrics_before, metrics_after, strict=True)
    ]
    return Trial(
        figures=figures,
        captions=len(before),
        before=summarize(metrics_before, METRICS),
        after=summarize(metrics_after, METRICS),
        difference=summarize(differences, METRICS),
    )


def _metrics_of_ranks(ranks: Indices) -> list[Metrics]:
    arrays = _metric_arrays(ranks)
    return [{name: float(arrays[name][n]) for name in METRICS} for n in range(len(ranks))]


def _metric_arrays(ranks: Indices) -> dict[str, NDArray[np.floating]]:
    """Return the metrics of metrics.py for rankings with one relevant picture of known rank."""
    return {"recall@1": (ranks <= 1) * 1.0, "recall@10": (ranks <= 10) * 1.0, "mrr": 1.0 / ranks}


# --- training data ----------------------------------------------------------------------------------------


def _pairs(
    figures: Sequence[FigureRecord], pictures: Mapping[str, Mapping[str, Vectors]], embedder: CachedEmbedder
) -> TrainingPairs:
    rows = {sha256: row for row, sha256 in enumerate(pictures)}
    places = {figure.id: place for place, figure in enumerate(figures)}
    issues = sorted({figure.issue_id for figure in figures})
    folds = {issue: number % FOLDS for number, issue in enumerate(issues)}
    labelled = [replace(figure, caption=_caption(figure)) for figure in figures]
    labels = labels_of(labelled).figures
    return TrainingPairs(
        base=embedder.encoders.encoder.fingerprint,
        pictures=_stack(list(pictures.values())),
        shown=np.array([rows[figure.sha256 or ""] for figure in figures], np.intp),
        folds=np.array([folds[figure.issue_id] for figure in figures], np.intp),
        captions=np.array([normalize(figure.caption) for figure in labelled], np.str_),
        texts=_texts(figures, embedder),
        query_figures=np.array([places[figure.id] for figure in labels], np.intp),
        queries=_encode_texts([figure.caption or "" for figure in labels], embedder),
    )


def _is_usable(figure: FigureRecord) -> bool:
    return figure.sha256 is not None and bool(_text_weights(figure))


def _caption(figure: FigureRecord) -> str | None:
    """Return a text that could be a query: the caption, or else an informative alt text."""
    return figure.caption or (figure.alt if is_descriptive(figure.alt) else None)


def _text_weights(figure: FigureRecord) -> dict[str, float]:
    """Return the texts of a figure with their weights."""
    context = {"before": figure.before, "heading": figure.heading}
    weights = {text: CONTEXT_TEXT_WEIGHTS[name] for name, text in context.items() if text}
    own_text = caption_and_alt(figure)
    return {**weights, **({own_text: OWN_TEXT_WEIGHT} if own_text else {})}


def _texts(figures: Sequence[FigureRecord], embedder: CachedEmbedder) -> Vectors:
    """Return (figures, dim), unit rows: the weighted mean of the text vectors of each figure."""
    weights_of_figures = [_text_weights(figure) for figure in figures]
    texts = list(dict.fromkeys(text for weights in weights_of_figures for text in weights))
    vectors = dict(zip(texts, _encode_texts(texts, embedder), strict=True))
    rows = [
        np.sum([weight * vectors[text] for text, weight in weights.items()], axis=0)
        for weights in weights_of_figures
    ]
    return unit(np.stack(rows))


def _encode_texts(texts: Sequence[str], embedder: CachedEmbedder) -> Vectors:
    """Return (texts, dim), unit rows: the encoder's vectors, from the cache if possible."""
    rows = [windows.mean(axis=0) for windows in embedder.clip_text_vectors(texts)]
    return unit(np.stack(rows) if rows else np.zeros((0, embedder.encoders.encoder.dim)))


def _stack(pictures: Sequence[Mapping[str, Vectors]]) -> PictureVectors:
    visual = np.stack([by_leg[VISUAL] for by_leg in pictures]) if VISUAL in pictures[0] else None
    return PictureVectors(np.stack([by_leg[PICTURE] for by_leg in pictures]), visual)
