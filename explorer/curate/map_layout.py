"""Positions on a map: similar vectors are close to each other. New vectors are placed without moving the others.

The positions are those of t-SNE (van der Maaten and Hinton, 2008) as openTSNE computes them, with the settings of Kobak and
Berens, "The art of using t-SNE for single-cell transcriptomics" (2019): 50 principal components, of which the first two
are the start. The same vectors give the same positions.
"""

from __future__ import annotations

from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from embeddings import Vectors
from explorer.ingest.report import Progress

Positions = NDArray[np.float32]

COMPONENTS: Final = 50
PERPLEXITY: Final = 30.0
MIN_FIGURES: Final = 12
"""Fewer figures have no neighbourhoods: their first two principal components are their positions."""
EARLY_STEPS: Final = 250
STEPS: Final = 500
STEPS_AT_ONCE: Final = 50
MAX_BARNES_HUT: Final = 2_000
"""Up to this many figures, Barnes and Hut's method takes less time than interpolation."""
SAME: Final = 1e-6
"""Vectors within this distance are copies of one vector."""
NEIGHBOURS: Final = 10
PLACED_AT_ONCE: Final = 1_000
SEED: Final = 0


def arrange(vectors: Vectors, progress: Progress) -> Positions:
    """Return a position from 0 to 1 for each unit vector: (n, 2)."""
    if len(vectors) < 2:
        return np.full((len(vectors), 2), 0.5, np.float32)
    components = _principal_components(vectors)
    if np.ptp(components) < SAME:
        return np.full((len(vectors), 2), 0.5, np.float32)
    if len(vectors) < MIN_FIGURES:
        return _scaled(components[:, :2])
    return _scaled(_tsne(components, progress))


def place(vectors: Vectors, arranged: Vectors, positions: Positions) -> Positions:
    """Return a position for each new vector: the median position of its nearest neighbours among those of a map.

    openTSNE places new points in the same way before it optimises them (Poličar, Stražar and Zupan, 2023). They are not
    optimised here: a new figure lies among the figures that it resembles, and two orders of reading give one map.
    """
    placed = np.empty((len(vectors), 2), np.float32)
    for start in range(0, len(vectors), PLACED_AT_ONCE):
        cosines = vectors[start : start + PLACED_AT_ONCE] @ arranged.T
        count = min(NEIGHBOURS, len(arranged))
        nearest = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
        placed[start : start + PLACED_AT_ONCE] = np.median(positions[nearest], axis=1)
    return placed


def _principal_components(vectors: Vectors) -> NDArray[np.float64]:
    """Return the coordinates of vectors along their principal components, at most COMPONENTS, at least 2."""
    from sklearn.decomposition import PCA

    count = min(COMPONENTS, *vectors.shape)
    solver = "full" if count < COMPONENTS else "covariance_eigh"
    with np.errstate(
        invalid="ignore"
    ):  # the explained variance of copies of one vector, which nobody asks for
        components = PCA(count, svd_solver=solver).fit_transform(vectors.astype(np.float64))
    return np.pad(components, ((0, 0), (0, max(0, 2 - count))))


def _tsne(components: NDArray[np.float64], progress: Progress) -> NDArray[np.float64]:
    from openTSNE import TSNE
    from openTSNE.initialization import rescale

    with progress.track(range((EARLY_STEPS + STEPS) // STEPS_AT_ONCE), "Arranging the map") as steps:
        remaining = iter(steps)

        def report(*_: object) -> bool:
            """Count the steps; a job that is stopped raises its exception here."""
            next(remaining, None)
            return False

        tsne = TSNE(
            perplexity=min(PERPLEXITY, (len(components) - 1) / 3),
            early_exaggeration_iter=EARLY_STEPS,
            n_iter=STEPS,
            initialization=rescale(components[:, :2]),
            metric="euclidean",
            negative_gradient_method="bh" if len(components) <= MAX_BARNES_HUT else "fft",
            neighbors="exact",
            random_state=SEED,
            n_jobs=1,  # threads would add numbers in another order each time
            callbacks=[report],
            callbacks_every_iters=STEPS_AT_ONCE,
        )
        return np.asarray(tsne.fit(components), np.float64)


def _scaled(positions: NDArray[Any]) -> Positions:
    """Return positions from 0 to 1 in each direction: only who is near whom has a meaning."""
    low, high = positions.min(axis=0), positions.max(axis=0)
    return cast(Positions, ((positions - low) / np.maximum(high - low, 1e-9)).astype(np.float32))
