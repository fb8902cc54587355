"""Captions that fit another picture of their issue clearly better than their own.

Captions are compared with pictures in the joint space of the encoder, and with the text in pictures as sentences.
The reliability of these comparisons differs between encoders and libraries, so it is estimated from the library
itself: most captions are at the right picture, and their deviations there limit what a deviation can prove. With an
encoder that hardly distinguishes pictures, no caption is ever reported.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from embeddings import Vectors
from embeddings.vectors import unit
from explorer.catalog.records import FigureRecord
from explorer.ingest.embedding import CachedEmbedder
from explorer.representation.fields import ocr_text
from explorer.representation.legs import PICTURE
from explorer.search.calibration import median_and_deviation

# With fewer captions the usual deviation cannot be estimated.
MIN_CAPTIONS = 30
# Pictures in a caption's background sample: drawn evenly from all.
BACKGROUND_SIZE = 512
# The prior is one misplaced caption in 100. A report must be right with a probability of 0.99, if deviations are normal.
# Both determine how much evidence is needed.
ONE_MISPLACED_IN = 100
MIN_PROBABILITY = 0.99
# Minimum difference of the deviations of one caption: with any encoder, a smaller one is not clear enough.
MIN_DIFFERENCE = 3.0


@dataclass(frozen=True, slots=True)
class Fit:
    """The deviations of a caption at its own picture and at another, in standard deviations, in one comparison."""

    by: str  # "picture", or "text" for the text in it
    own: float
    other: float


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A figure whose caption fits the picture of `other`, in the same issue, clearly better, with the evidence."""

    figure: FigureRecord
    other: FigureRecord
    evidence: tuple[Fit, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Comparison:
    """One way to compare captions with pictures: the rows of figures, their vectors, and the background of each caption.

    `weight` is the logarithm of the likelihood ratio for a difference of one deviation between two pictures.
    """

    by: str
    row: Mapping[str, int]
    captions: Vectors
    pictures: Vectors
    median: NDArray[np.float64]
    spread: NDArray[np.float64]
    weight: float

    def deviation(self, caption: FigureRecord, picture: FigureRecord) -> float:
        m, n = self.row[caption.id], self.row[picture.id]
        return (float(self.captions[m] @ self.pictures[n]) - float(self.median[m])) / float(self.spread[m])


def find_misplaced(figures: Sequence[FigureRecord], embedder: CachedEmbedder) -> tuple[int, list[Misplaced]]:
    """Return the number of captions that were compared, and the misplaced ones."""
    captioned = [figure for figure in figures if figure.caption and figure.sha256]
    comparisons = [
        comparison
        for comparison in (_compare_pictures(captioned, embedder), _compare_texts(captioned, embedder))
        if comparison is not None
    ]
    compared = {figure_id for comparison in comparisons for figure_id in comparison.row}
    by_issue: dict[str, list[FigureRecord]] = defaultdict(list)
    for figure in captioned:
        by_issue[figure.issue_id].append(figure)
    misplaced = [
        finding
        for issue_figures in by_issue.values()
        for finding in _misplaced_in_issue(issue_figures, comparisons)
    ]
    return len(compared), misplaced


def _misplaced_in_issue(
    figures: Sequence[FigureRecord], comparisons: Sequence[_Comparison]
) -> Iterator[Misplaced]:
    """Yield the misplaced captions of an issue, each with the picture with the most evidence."""
    threshold = log(ONE_MISPLACED_IN * max(len(figures) - 1, 1)) + log(
        MIN_PROBABILITY / (1 - MIN_PROBABILITY)
    )
    for figure in figures:
        others = [
            other for other in figures if other.group != figure.group and other.caption != figure.caption
        ]
        weighed = [(_log_evidence(figure, other, comparisons), other) for other in others]
        log_evidence, other = max(weighed, key=lambda pair: pair[0], default=(0.0, figure))
        fits = _fits(figure, other, comparisons)
        if log_evidence >= threshold and max(fit.other - fit.own for fit in fits) >= MIN_DIFFERENCE:
            yield Misplaced(figure, other, fits)


def _log_evidence(figure: FigureRecord, other: FigureRecord, comparisons: Sequence[_Comparison]) -> float:
    """Return the evidence for the caption at the other picture, plus that for the other's caption at this picture.

    Two captions that were exchanged confirm each other.
    """
    forward = sum(_log_likelihood_ratio(comparison, figure, other) for comparison in comparisons)
    backward = sum(_log_likelihood_ratio(comparison, other, figure) for comparison in comparisons)
    return forward + max(0.0, backward) if forward > 0 else 0.0


def _log_likelihood_ratio(comparison: _Comparison, caption: FigureRecord, other: FigureRecord) -> float:
    if caption.id not in comparison.row or other.id not in comparison.row:
        return 0.0
    return comparison.weight * (comparison.deviation(caption, other) - comparison.deviation(caption, caption))


def _fits(figure: FigureRecord, other: FigureRecord, comparisons: Sequence[_Comparison]) -> tuple[Fit, ...]:
    return tuple(
        Fit(comparison.by, comparison.deviation(figure, figure), comparison.deviation(figure, other))
        for comparison in comparisons
        if figure.id in comparison.row and other.id in comparison.row
    )


def _compare_pictures(figures: Sequence[FigureRecord], embedder: CachedEmbedder) -> _Comparison | None:
    pictures = {figure.id: embedder.picture_vectors(str(figure.sha256)).get(PICTURE) for figure in figures}
    embedded = [figure for figure in figures if pictures[figure.id] is not None]
    captions = [
        windows.mean(axis=0)
        for windows in embedder.clip_text_vectors([str(figure.caption) for figure in embedded])
    ]
    return _comparison("picture", embedded, captions, [pictures[figure.id] for figure in embedded])


def _compare_texts(figures: Sequence[FigureRecord], embedder: CachedEmbedder) -> _Comparison | None:
    with_text = [figure for figure in figures if ocr_text(figure)]
    texts = [
        windows.mean(axis=0)
        for windows in embedder.sentence_vectors([str(ocr_text(figure)) for figure in with_text])
    ]
    captions = [
        windows.mean(axis=0)
        for windows in embedder.sentence_vectors([str(figure.caption) for figure in with_text])
    ]
    return _comparison("text", with_text, captions, texts)


def _comparison(
    by: str,
    figures: Sequence[FigureRecord],
    captions: Sequence[Vectors | None],
    pictures: Sequence[Vectors | None],
) -> _Comparison | None:
    """Return the comparison of captions with pictures (rows are figures).

    Returns None if there are too few figures, or if captions fit their own pictures no better than others.
    """
    if len(figures) < MIN_CAPTIONS:
        return None
    texts, targets = _centre(captions), _centre(pictures)
    sample = np.linspace(0, len(targets) - 1, min(BACKGROUND_SIZE, len(targets)), dtype=int)
    background = texts @ targets[sample].T
    median = np.median(background, axis=1).astype(np.float64)
    spread = np.maximum(background.std(axis=1).astype(np.float64), 1e-6)
    own = (np.einsum("md,md->m", texts, targets) - median) / spread
    usual, variation = median_and_deviation(own)
    if usual <= 0:
        return None
    # Deviations at own pictures are normal around `usual`, at others around 0, both with the larger of the two standard
    # deviations: the logarithm of their likelihood ratio is linear in the deviation, with this slope.
    weight = usual / max(1.0, variation) ** 2
    row = {figure.id: n for n, figure in enumerate(figures)}
    return _Comparison(by, row, texts, targets, median, spread, weight)


def _centre(rows: Sequence[Vectors | None]) -> Vectors:
    """Return unit rows, centred on their mean: pictures and texts are in separate regions of the space."""
    stacked = np.asarray(rows, dtype=np.float32)
    return unit(stacked - stacked.mean(axis=0))
