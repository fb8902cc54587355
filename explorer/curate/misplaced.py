"""Captions that fit another picture of their issue clearly better than their own.

Captions and pictures are compared where the encoder has both in one space, and captions and the text that was read
in pictures as sentences. How much such a comparison is worth differs between encoders and libraries, so the library
itself tells: most captions stand where they belong, and how far these stand out at their own pictures bounds what any
can say. With an encoder that hardly tells pictures apart no caption is ever called misplaced.
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

# With fewer captions nobody can tell what is usual.
FEWEST = 30
# Pictures that a caption is held against to see how near it comes to any: drawn evenly from all.
BACKGROUND = 512
# One caption in so many stands at another picture; what is said is right in so many of so many cases, if the
# deviations are normal. Both decide how much evidence is asked for.
RARE = 100
SURE = 0.99
# Evidence of one caption alone, in deviations: however good the encoder, less is not clearly better.
CLEARLY = 3.0


@dataclass(frozen=True, slots=True)
class Fit:
    """How far a caption stands out at its own picture and at another, in standard deviations, by one comparison."""

    by: str  # "picture", or "text": what was read in it
    own: float
    other: float


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A figure whose caption fits the picture of `other`, of the same issue, clearly better, and the evidence."""

    figure: FigureRecord
    other: FigureRecord
    evidence: tuple[Fit, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Comparison:
    """One way to compare: figures by their row, and how far caption m stands out at picture n.

    `worth` is what one deviation more at one picture than at another says: the logarithm of a likelihood ratio.
    """

    by: str
    row: Mapping[str, int]
    captions: Vectors
    pictures: Vectors
    middle: NDArray[np.float64]
    spread: NDArray[np.float64]
    worth: float

    def deviation(self, caption: FigureRecord, picture: FigureRecord) -> float:
        m, n = self.row[caption.id], self.row[picture.id]
        return (float(self.captions[m] @ self.pictures[n]) - float(self.middle[m])) / float(self.spread[m])


def misplaced(figures: Sequence[FigureRecord], embedder: CachedEmbedder) -> tuple[int, list[Misplaced]]:
    """How many captions were compared, and those that stand at another picture than they should."""
    captioned = [figure for figure in figures if figure.caption and figure.sha256]
    comparisons = [
        one for one in (_by_picture(captioned, embedder), _by_text(captioned, embedder)) if one is not None
    ]
    compared = {id for one in comparisons for id in one.row}
    by_issue: dict[str, list[FigureRecord]] = defaultdict(list)
    for figure in captioned:
        by_issue[figure.issue_id].append(figure)
    found = [one for together in by_issue.values() for one in _misplaced_in(together, comparisons)]
    return len(compared), found


def _misplaced_in(figures: Sequence[FigureRecord], comparisons: Sequence[_Comparison]) -> Iterator[Misplaced]:
    """Those of one issue, each with the picture for which most speaks."""
    needed = log(RARE * max(len(figures) - 1, 1)) + log(SURE / (1 - SURE))
    for figure in figures:
        others = [one for one in figures if one.group != figure.group and one.caption != figure.caption]
        told = [(_evidence(figure, other, comparisons), other) for other in others]
        weight, other = max(told, key=lambda pair: pair[0], default=(0.0, figure))
        evidence = _fits(figure, other, comparisons)
        if weight >= needed and max(fit.other - fit.own for fit in evidence) >= CLEARLY:
            yield Misplaced(figure, other, evidence)


def _evidence(figure: FigureRecord, other: FigureRecord, comparisons: Sequence[_Comparison]) -> float:
    """What speaks for the caption at the other picture, and for the other's caption here.

    Two captions that were exchanged confirm each other.
    """
    there = sum(_worth(one, figure, other) for one in comparisons)
    back = sum(_worth(one, other, figure) for one in comparisons)
    return there + max(0.0, back) if there > 0 else 0.0


def _worth(one: _Comparison, caption: FigureRecord, other: FigureRecord) -> float:
    if caption.id not in one.row or other.id not in one.row:
        return 0.0
    return one.worth * (one.deviation(caption, other) - one.deviation(caption, caption))


def _fits(figure: FigureRecord, other: FigureRecord, comparisons: Sequence[_Comparison]) -> tuple[Fit, ...]:
    return tuple(
        Fit(one.by, one.deviation(figure, figure), one.deviation(figure, other))
        for one in comparisons
        if figure.id in one.row and other.id in one.row
    )


def _by_picture(figures: Sequence[FigureRecord], embedder: CachedEmbedder) -> _Comparison | None:
    pictures = {figure.id: embedder.picture_vectors(str(figure.sha256)).get(PICTURE) for figure in figures}
    seen = [figure for figure in figures if pictures[figure.id] is not None]
    captions = [
        one.mean(axis=0) for one in embedder.clip_text_vectors([str(figure.caption) for figure in seen])
    ]
    return _comparison("picture", seen, captions, [pictures[figure.id] for figure in seen])


def _by_text(figures: Sequence[FigureRecord], embedder: CachedEmbedder) -> _Comparison | None:
    read = [figure for figure in figures if ocr_text(figure)]
    texts = [
        one.mean(axis=0) for one in embedder.sentence_vectors([str(ocr_text(figure)) for figure in read])
    ]
    captions = [
        one.mean(axis=0) for one in embedder.sentence_vectors([str(figure.caption) for figure in read])
    ]
    return _comparison("text", read, captions, texts)


def _comparison(
    by: str,
    figures: Sequence[FigureRecord],
    captions: Sequence[Vectors | None],
    pictures: Sequence[Vectors | None],
) -> _Comparison | None:
    """None where the figures are too few, or the captions stand out at their own pictures no more than at any."""
    if len(figures) < FEWEST:
        return None
    texts, seen = _centred(captions), _centred(pictures)
    background = texts @ seen[np.linspace(0, len(seen) - 1, min(BACKGROUND, len(seen)), dtype=int)].T
    middle = np.median(background, axis=1).astype(np.float64)
    spread = np.maximum(background.std(axis=1).astype(np.float64), 1e-6)
    own = (np.einsum("md,md->m", texts, seen) - middle) / spread
    usual, varies = median_and_deviation(own)
    if usual <= 0:
        return None
    # Own pictures are normal around `usual`, others around 0, both with the wider of the two spreads: the ratio of
    # their likelihoods grows with the deviation, by so much for each.
    worth = usual / max(1.0, varies) ** 2
    row = {figure.id: n for n, figure in enumerate(figures)}
    return _Comparison(by, row, texts, seen, middle, spread, worth)


def _centred(rows: Sequence[Vectors | None]) -> Vectors:
    """Unit rows around what all of them share: pictures lie in one corner of the space and texts in another."""
    stacked = np.asarray(rows, dtype=np.float32)
    return unit(stacked - stacked.mean(axis=0))
