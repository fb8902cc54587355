"""The modality gap: in a joint space, pictures and texts are in separate regions.

Liang et al., 2022, "Mind the Gap: Understanding the Modality Gap in Multi-modal Contrastive Representation Learning".
Because of it, pictures and texts are never ranked by one cosine: points of the query's own modality would come first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from embeddings import Vectors
from embeddings.vectors import unit
from explorer.index import Equals, Filter, Index
from explorer.representation.legs import CLIP_TEXT, FIGURE, PICTURE

SAMPLE = 512


@dataclass(frozen=True, slots=True)
class MeanCosines:
    """The mean cosine of two different vectors of the joint space."""

    pictures: float
    """Two pictures."""
    texts: float
    """Two texts."""
    across: float
    """A picture and a text."""


@dataclass(frozen=True, slots=True)
class ModalityGap:
    """The mean cosines before and after each modality is centred on its mean."""

    before: MeanCosines
    after: MeanCosines
    distance: float
    """Between the mean picture and the mean text; 0 to 2."""
    sampled: tuple[int, int]
    """The numbers of pictures and texts."""


def gap_of(index: Index) -> ModalityGap | None:
    """Return the gap between the pictures of an index and the texts of its figures."""
    figures = Filter((Equals("kind", FIGURE),))
    pictures, texts = (index.sample(name, SAMPLE, figures) for name in (PICTURE, CLIP_TEXT))
    if not pictures or not texts:
        return None
    return modality_gap(np.stack(pictures), np.stack([np.atleast_2d(windows)[0] for windows in texts]))


def modality_gap(pictures: Vectors, texts: Vectors) -> ModalityGap | None:
    """Return the gap between unit rows (n, dim) and (m, dim), or None with fewer than two of either."""
    if len(pictures) < 2 or len(texts) < 2:
        return None
    return ModalityGap(
        before=_mean_cosines(pictures, texts),
        after=_mean_cosines(_centre(pictures), _centre(texts)),
        distance=float(np.linalg.norm(pictures.mean(axis=0) - texts.mean(axis=0))),
        sampled=(len(pictures), len(texts)),
    )


def _mean_cosines(pictures: Vectors, texts: Vectors) -> MeanCosines:
    return MeanCosines(
        _mean_between_different(pictures), _mean_between_different(texts), float((pictures @ texts.T).mean())
    )


def _mean_between_different(rows: Vectors) -> float:
    count = len(rows)
    return float(((rows @ rows.T).sum() - (rows * rows).sum()) / (count * (count - 1)))


def _centre(rows: Vectors) -> Vectors:
    return unit(rows - rows.mean(axis=0))
