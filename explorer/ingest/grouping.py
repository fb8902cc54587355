"""Groups of copies: pictures of a library that are the same picture in different files.

Two pictures are a candidate pair if their fingerprints are similar, in any orientation, or their vectors are. They
are copies if one picture aligns with the other (images/alike.py). Both rules depend on the pair alone, so the
groups are the same whether the pictures were added at once or one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL.Image import Image

import images
from embeddings import Vectors
from embeddings.vectors import unit
from explorer.catalog.picture_store import PictureStore
from explorer.catalog.store import Catalog
from explorer.ingest.embedding import CachedEmbedder, batched
from explorer.ingest.report import Progress

NEAR_BITS = 48  # of 256; unrelated pictures differ in about 128 bits, drawings on white in fewer
NEAR_COSINE = 0.8
AT_ONCE = 64
"""New pictures that are compared and recorded together: a killed ingest compares these again."""

Pair = tuple[str, str]


def group_pictures(catalog: Catalog, embedder: CachedEmbedder, progress: Progress) -> None:
    """Find the copies of pictures that were not compared yet, and store the group of every picture."""
    recipe = f"{images.ALIKE_RECIPE} {images.KEYPOINTS_RECIPE} {embedder.fingerprint}"
    catalog.duplicates.forget_outdated(recipe)
    fingerprints = catalog.pictures.fingerprints()
    compared = catalog.duplicates.compared()
    new = [sha256 for sha256 in fingerprints if sha256 not in compared]
    if new:
        candidates = Candidates(fingerprints, embedder.visual_vectors(list(fingerprints)))
        detector = CopyDetector(embedder.pictures)
        with progress.track(list(batched(new, AT_ONCE)), "Comparing pictures") as work:
            for batch in work:
                pairs = candidates.pairs_of(batch, compared)
                catalog.duplicates.save_compared(
                    batch, recipe, [pair for pair, is_near in pairs if detector.are_copies(pair, is_near)]
                )
                compared.update(batch)
    catalog.duplicates.name_groups(_name_groups(catalog.duplicates.pairs()))


class Candidates:
    """Finder of candidate pairs: exact, by packed bits and a matrix product."""

    def __init__(self, fingerprints: Mapping[str, str], visual: Mapping[str, Vectors]) -> None:
        self._fingerprints = fingerprints
        self._sha256s = np.array(list(fingerprints))
        self._bits = _pack_bits(fingerprints.values())
        self._has_bits = np.array([bool(fingerprint) for fingerprint in fingerprints.values()])
        self._row = {sha256: row for row, sha256 in enumerate(fingerprints)}
        dim = max((len(vector) for vector in visual.values()), default=1)
        self._visual = np.zeros((len(fingerprints), dim), np.float32)
        for sha256, vector in visual.items():
            self._visual[self._row[sha256]] = unit(vector)

    def pairs_of(self, sha256s: Sequence[str], compared: set[str]) -> Iterator[tuple[Pair, bool]]:
        """Yield the near pairs of new pictures with each other and with compared ones, and whether their bits are near.

        Each pair is yielded once, the smaller SHA-256 first.
        """
        eligible = np.array([sha256 in compared for sha256 in self._sha256s])
        eligible[[self._row[sha256] for sha256 in sha256s]] = True
        cosines = self._visual[[self._row[sha256] for sha256 in sha256s]] @ self._visual.T
        for sha256, cosine in zip(sha256s, cosines, strict=True):
            eligible[self._row[sha256]] = False  # a pair of new pictures is yielded for the first of them
            is_near = self._near_by_bits(sha256)
            for row in np.flatnonzero(eligible & (is_near | (cosine >= NEAR_COSINE))):
                other = str(self._sha256s[row])
                yield (min(sha256, other), max(sha256, other)), bool(is_near[row])

    def _near_by_bits(self, sha256: str) -> NDArray[np.bool_]:
        near = np.zeros(len(self._sha256s), np.bool_)
        for turned in _pack_bits(images.turned_fingerprints(self._fingerprints[sha256])):
            near |= np.bitwise_count(self._bits ^ turned).sum(axis=1) <= NEAR_BITS
        near &= self._has_bits
        return near


class CopyDetector:
    """Comparison of pictures of a library; the last ones stay open."""

    def __init__(self, pictures: PictureStore) -> None:
        self._pictures = pictures
        self._picture = lru_cache(maxsize=32)(self._open)
        self._keypoints = lru_cache(maxsize=2048)(pictures.keypoints)

    def are_copies(self, pair: Pair, fingerprints_are_near: bool) -> bool:
        """Whether two pictures are copies of one picture. False if one of them cannot be read.

        Pictures with different fingerprints are opened only if they have common keypoints: most candidates have none.
        """
        first_keypoints, second_keypoints = (self._keypoints(sha256) for sha256 in pair)
        if first_keypoints is None or second_keypoints is None:
            return False
        match = images.match_keypoints(first_keypoints, second_keypoints)
        if match.count < images.ENOUGH_KEYPOINTS and not fingerprints_are_near:
            return False
        first, second = (self._picture(sha256) for sha256 in pair)
        return first is not None and second is not None and images.are_copies(first, second, match)

    def _open(self, sha256: str) -> Image | None:
        try:
            return images.open_picture(self._pictures.thumbnail(sha256, "large"))
        except images.PictureError:
            return None


def _name_groups(copies: Sequence[Pair]) -> dict[str, str]:
    """Return for each picture with copies the smallest SHA-256 of the pictures that pairs connect with it."""
    if not copies:
        return {}
    from scipy.sparse import coo_array  # here: the import takes a third of a second
    from scipy.sparse.csgraph import connected_components

    sha256s, positions = np.unique(np.array(copies), return_inverse=True)
    first, second = positions.reshape(-1, 2).T
    graph = coo_array((np.ones(len(copies), bool), (first, second)), shape=(len(sha256s), len(sha256s)))
    _, groups = connected_components(graph, directed=False)
    # The pictures are sorted: the first one of each group has its smallest SHA-256.
    _, smallest = np.unique(groups, return_index=True)
    return dict(zip(sha256s.tolist(), sha256s[smallest][groups].tolist(), strict=True))


def _pack_bits(fingerprints: Iterable[str]) -> NDArray[np.uint64]:
    """Return fingerprints of 256 bits as an array (n, 4); pictures without a fingerprint get zeros."""
    zeros = "0" * (images.FINGERPRINT_BITS // 4)
    hex_digits = "".join(fingerprint or zeros for fingerprint in fingerprints)
    return np.frombuffer(bytes.fromhex(hex_digits), np.uint64).reshape(-1, images.FINGERPRINT_BITS // 64)
