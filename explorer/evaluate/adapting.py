"""`explorer adapt`: what a library's own figures teach about its pictures, and whether that helps to find others.

The judges are captions of issues that an adapter did not see: each is put to the vectors of all pictures, as they are
and adapted, and asks for its own. Nothing of the issue, no copy of the picture and no copy of the caption was learned.
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
from explorer.archive.html.caption_marks import says_something
from explorer.catalog.records import FigureRecord
from explorer.catalog.store import Catalog
from explorer.evaluate.labels import folded, labels_of
from explorer.evaluate.metrics import Metrics, Summary, summary
from explorer.ingest.embedding import CachedEmbedder
from explorer.ingest.report import Progress
from explorer.representation.fields import caption_and_alt
from explorer.representation.legs import PICTURE, VISUAL

METRICS: Final = ("recall@1", "recall@10", "mrr")
DECIDING_METRIC: Final = "recall@10"

# How much each text counts in what is learned of a figure.
OWN: Final = 1.0
AROUND: Final = {"before": 0.4, "heading": 0.2}
FOLDS = 5
# With fewer captions an interval says little, and luck would be kept.
FEWEST_CAPTIONS = 30

Indices = NDArray[np.intp]
NOBODY: Final[Indices] = np.zeros(0, np.intp)


@dataclass(frozen=True, slots=True)
class Choice:
    """How much a head is held back while it is learned, and how far it moves pictures."""

    penalty: float
    strength: float


PENALTIES: Final = (1.0, 3.0, 10.0, 30.0, 100.0)
STRENGTHS: Final = (0.25, 0.5, 1.0, 2.0)
CHOICES: Final = tuple(Choice(penalty, strength) for penalty in PENALTIES for strength in STRENGTHS)


@dataclass(frozen=True, slots=True)
class Trial:
    """How captions that were not learned from find their pictures, by the picture leg alone."""

    figures: int
    captions: int
    before: Summary
    after: Summary
    difference: Summary

    @property
    def helps(self) -> bool:
        """Whether more pictures are found, beyond what another draw of captions would undo."""
        return self.captions >= FEWEST_CAPTIONS and self.difference.metrics[DECIDING_METRIC].low > 0


@dataclass(frozen=True, slots=True)
class AdaptReport:
    """What a trial told, whether the adapter was kept, and the encoder that the library has now."""

    trial: Trial
    kept: bool
    encoder: str
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What a trial of adapters told, and the one that all figures make, where the trial says that it helps."""

    trial: Trial
    adapter: Adapter | None


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """What there is to learn from, and the captions to judge it by. Rows of `pictures` are pictures, each once."""

    base: str
    """The fingerprint of the encoder."""
    pictures: PictureVectors
    shown: Indices
    """(figures,): the picture that a figure shows."""
    folds: Indices
    """(figures,): issues are dealt out to folds."""
    captions: NDArray[np.str_]
    """(figures,): the caption, or the alt text that stands for it, folded; empty without any."""
    texts: Vectors
    """(figures, dim): what belongs to the figure."""
    asked: Indices
    """(captions,): the figures that are asked for."""
    queries: Vectors
    """(captions, dim)"""

    def adapters(self, figures: Indices) -> list[Adapter]:
        """An adapter for each penalty, learned from these figures."""
        return Adapter.fit(
            self.base, visual_vectors(self.pictures)[self.shown[figures]], self.texts[figures], PENALTIES
        )

    def not_in(self, fold: int) -> Indices:
        """The figures of other folds, but no copies of what is asked for in this one."""
        there = self.folds == fold
        copies = np.isin(self.shown, self.shown[there])
        same = np.isin(self.captions, self.captions[there]) & (self.captions != "")
        return np.flatnonzero(~(there | copies | same))

    def ranks(self, asked: Indices, pictures: Vectors) -> Indices:
        """The place, from 1, at which each of these captions finds its own picture; equals stand before it."""
        similarity = self.queries[asked] @ pictures.T
        own = similarity[np.arange(len(asked)), self.shown[self.asked[asked]]]
        ranks: Indices = (similarity >= own[:, None]).sum(axis=1)
        return ranks


def learn(catalog: Catalog, embedder: CachedEmbedder, progress: Progress) -> Lesson:
    """What the figures of a catalog teach the encoder of `vectors`; always the same for the same figures.

    An adapter is learned for each fold without it, and asked for the pictures of the fold. What is chosen for a fold
    (penalty, strength) is what did best on the others, so the trial owes nothing to a lucky choice.
    """
    embedder.embed_pictures(catalog.pictures.shown(), progress)
    figures = sorted(filter(_teaches, catalog.figures.select()), key=lambda one: one.id)
    pictures = {
        sha256: embedder.picture_vectors(sha256) for sha256 in sorted({one.sha256 or "" for one in figures})
    }
    figures = [one for one in figures if pictures[one.sha256 or ""]]
    if not figures:
        return Lesson(_trial(0, NOBODY, NOBODY), None)
    pairs = _pairs(figures, {sha256: found for sha256, found in pictures.items() if found}, embedder)
    everyone = np.arange(len(pairs.asked))
    before = pairs.ranks(everyone, pairs.pictures.picture)
    after = _held_out(pairs)
    folds = pairs.folds[pairs.asked]
    elsewhere = [_best(after[:, folds != fold]) for fold in range(FOLDS)]
    chosen: Indices = after[np.array(elsewhere)[folds], everyone]
    trial = _trial(len(figures), before, chosen)
    if not trial.helps:
        return Lesson(trial, None)
    best = CHOICES[_best(after)]
    adapter = pairs.adapters(np.arange(len(figures)))[PENALTIES.index(best.penalty)]
    return Lesson(trial, adapter.of_strength(best.strength))


def _held_out(pairs: Pairs) -> Indices:
    """(choices, captions): the ranks with adapters that did not learn from the captions' issues."""
    ranks = np.zeros((len(CHOICES), len(pairs.asked)), np.intp)
    for fold in range(FOLDS):
        asked = np.flatnonzero(pairs.folds[pairs.asked] == fold)
        learned = pairs.not_in(fold)
        if not len(asked):
            continue
        if not len(learned):
            ranks[:, asked] = pairs.ranks(asked, pairs.pictures.picture)
            continue
        visual = visual_vectors(pairs.pictures)
        heads = {one: it.head(visual) for one, it in zip(PENALTIES, pairs.adapters(learned), strict=True)}
        for n, choice in enumerate(CHOICES):
            moved = unit(pairs.pictures.picture + choice.strength * heads[choice.penalty])
            ranks[n, asked] = pairs.ranks(asked, moved)
    return ranks


def _best(ranks: Indices) -> int:
    """The choice that finds most pictures among the first ten; of equals, the one with the higher mean 1 / rank."""
    found = _by_metric(ranks)
    return max(range(len(ranks)), key=lambda n: (found[DECIDING_METRIC][n].sum(), found["mrr"][n].sum()))


def _trial(figures: int, before: Indices, after: Indices) -> Trial:
    marks, others = _marks(before), _marks(after)
    differences = [{name: b[name] - a[name] for name in METRICS} for a, b in zip(marks, others, strict=True)]
    return Trial(
        figures=figures,
        captions=len(before),
        before=summary(marks, METRICS),
        after=summary(others, METRICS),
        difference=summary(differences, METRICS),
    )


def _marks(ranks: Indices) -> list[Metrics]:
    by_metric = _by_metric(ranks)
    return [{name: float(by_metric[name][n]) for name in METRICS} for n in range(len(ranks))]


def _by_metric(ranks: Indices) -> dict[str, NDArray[np.floating]]:
    """What marks.py makes of rankings, where one picture is relevant and its place is known."""
    return {"recall@1": (ranks <= 1) * 1.0, "recall@10": (ranks <= 10) * 1.0, "mrr": 1.0 / ranks}


# --- what is learned from ---------------------------------------------------------------------------------


def _pairs(
    figures: Sequence[FigureRecord], pictures: Mapping[str, Mapping[str, Vectors]], embedder: CachedEmbedder
) -> Pairs:
    rows = {sha256: row for row, sha256 in enumerate(pictures)}
    places = {figure.id: place for place, figure in enumerate(figures)}
    issues = sorted({figure.issue_id for figure in figures})
    folds = {issue: number % FOLDS for number, issue in enumerate(issues)}
    labelled = [replace(figure, caption=_caption(figure)) for figure in figures]
    labels = labels_of(labelled).figures
    return Pairs(
        base=embedder.encoders.encoder.fingerprint,
        pictures=_stacked(list(pictures.values())),
        shown=np.array([rows[figure.sha256 or ""] for figure in figures], np.intp),
        folds=np.array([folds[figure.issue_id] for figure in figures], np.intp),
        captions=np.array([folded(figure.caption) for figure in labelled], np.str_),
        texts=_texts(figures, embedder),
        asked=np.array([places[figure.id] for figure in labels], np.intp),
        queries=_encoded([figure.caption or "" for figure in labels], embedder),
    )


def _teaches(figure: FigureRecord) -> bool:
    return figure.sha256 is not None and bool(_weighed(figure))


def _caption(figure: FigureRecord) -> str | None:
    """What somebody might ask for: the caption, or an alt text that says something."""
    return figure.caption or (figure.alt if says_something(figure.alt) else None)


def _weighed(figure: FigureRecord) -> dict[str, float]:
    """The texts that belong to a figure, and how much each counts."""
    around = {"before": figure.before, "heading": figure.heading}
    texts = {text: AROUND[name] for name, text in around.items() if text}
    own = caption_and_alt(figure)
    return {**texts, **({own: OWN} if own else {})}


def _texts(figures: Sequence[FigureRecord], embedder: CachedEmbedder) -> Vectors:
    """(figures, dim), unit rows: the weighted mean of what belongs to each figure."""
    weighed = [_weighed(figure) for figure in figures]
    texts = list(dict.fromkeys(text for weights in weighed for text in weights))
    encoded = dict(zip(texts, _encoded(texts, embedder), strict=True))
    rows = [np.sum([weight * encoded[text] for text, weight in it.items()], axis=0) for it in weighed]
    return unit(np.stack(rows))


def _encoded(texts: Sequence[str], embedder: CachedEmbedder) -> Vectors:
    """(texts, dim), unit rows: the encoder's vectors, from the cache where they are."""
    rows = [windows.mean(axis=0) for windows in embedder.clip_text_vectors(texts)]
    return unit(np.stack(rows) if rows else np.zeros((0, embedder.encoders.encoder.dim)))


def _stacked(pictures: Sequence[Mapping[str, Vectors]]) -> PictureVectors:
    visual = np.stack([one[VISUAL] for one in pictures]) if VISUAL in pictures[0] else None
    return PictureVectors(np.stack([one[PICTURE] for one in pictures]), visual)
