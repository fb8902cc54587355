"""The copies of one picture: which pictures of a library are the same one, saved another way.

Every pair of pictures is a candidate whose fingerprints are near, whichever way up, or whose vectors are; a candidate
counts when one picture really lies on the other (images/alike.py). Both rules look at the pair alone, so the groups
are the same whether pictures came at once or one by one.
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
from explorer.ingest.embedding import VectorSource, batched
from explorer.ingest.report import Progress

NEAR_BITS = 48  # of 256; unrelated pictures are about 128 apart, drawings on white less
NEAR_COSINE = 0.8
AT_ONCE = 64
"""New pictures that are compared, and kept, together: what a killed ingest compares again."""

Pair = tuple[str, str]


def group_pictures(catalog: Catalog, vectors: VectorSource, progress: Progress) -> None:
    """Finds the copies of pictures that were not compared yet, and names the group of every picture."""
    recipe = f"{images.ALIKE_RECIPE} {images.KEYPOINTS_RECIPE} {vectors.fingerprint}"
    catalog.duplicates.forget_outdated(recipe)
    fingerprints = catalog.pictures.fingerprints()
    compared = catalog.duplicates.compared()
    new = [sha256 for sha256 in fingerprints if sha256 not in compared]
    if new:
        candidates = Candidates(fingerprints, vectors.visual(list(fingerprints)))
        copies = Copies(vectors.pictures)
        with progress.track(list(batched(new, AT_ONCE)), "Comparing pictures") as work:
            for batch in work:
                near = candidates.of(batch, compared)
                catalog.duplicates.save_compared(
                    batch, recipe, [pair for pair, by_bits in near if copies.are(pair, by_bits)]
                )
                compared.update(batch)
    catalog.duplicates.name_groups(_named(catalog.duplicates.pairs()))


class Candidates:
    """Which pairs are worth a look: exact, by packed bits and a product of matrices."""

    def __init__(self, fingerprints: Mapping[str, str], visual: Mapping[str, Vectors]) -> None:
        self._fingerprints = fingerprints
        self._sha256s = np.array(list(fingerprints))
        self._bits = _packed(fingerprints.values())
        self._has_bits = np.array([bool(fingerprint) for fingerprint in fingerprints.values()])
        self._place = {sha256: place for place, sha256 in enumerate(fingerprints)}
        dim = max((len(vector) for vector in visual.values()), default=1)
        self._visual = np.zeros((len(fingerprints), dim), np.float32)
        for sha256, vector in visual.items():
            self._visual[self._place[sha256]] = unit(vector)

    def of(self, sha256s: Sequence[str], compared: set[str]) -> Iterator[tuple[Pair, bool]]:
        """The near ones among these, and between these and the compared ones; and whether their fingerprints are.

        Each pair is met once, the smaller first.
        """
        known = np.array([sha256 in compared for sha256 in self._sha256s])
        known[[self._place[sha256] for sha256 in sha256s]] = True
        cosines = self._visual[[self._place[sha256] for sha256 in sha256s]] @ self._visual.T
        for sha256, cosine in zip(sha256s, cosines, strict=True):
            known[self._place[sha256]] = False  # two new pictures meet when the first of them is asked for
            by_bits = self._by_bits(sha256)
            for place in np.flatnonzero(known & (by_bits | (cosine >= NEAR_COSINE))):
                other = str(self._sha256s[place])
                yield (min(sha256, other), max(sha256, other)), bool(by_bits[place])

    def _by_bits(self, sha256: str) -> NDArray[np.bool_]:
        near = np.zeros(len(self._sha256s), np.bool_)
        for way in _packed(images.turned_fingerprints(self._fingerprints[sha256])):
            near |= np.bitwise_count(self._bits ^ way).sum(axis=1) <= NEAR_BITS
        near &= self._has_bits
        return near


class Copies:
    """Compares the pictures of a library; the last ones stay open."""

    def __init__(self, pictures: PictureStore) -> None:
        self._pictures = pictures
        self._opened = lru_cache(maxsize=32)(self._open)
        self._details = lru_cache(maxsize=2048)(pictures.details)

    def are(self, pair: Pair, near_as_a_whole: bool) -> bool:
        """Whether both are copies of one; not so where one of them cannot be read now.

        Pictures that are not near as a whole are opened only where they share details: most candidates do not.
        """
        one, other = (self._details(sha256) for sha256 in pair)
        if one is None or other is None:
            return False
        match = images.match_keypoints(one, other)
        if match.count < images.ENOUGH_KEYPOINTS and not near_as_a_whole:
            return False
        mine, theirs = (self._opened(sha256) for sha256 in pair)
        return mine is not None and theirs is not None and images.are_copies(mine, theirs, match)

    def _open(self, sha256: str) -> Image | None:
        try:
            return images.open_picture(self._pictures.thumbnail(sha256, "large"))
        except images.PictureError:
            return None


def _named(copies: Sequence[Pair]) -> dict[str, str]:
    """Each picture that has copies, and the smallest SHA-256 of all that are connected with it by pairs."""
    beside: dict[str, list[str]] = {}
    for one, other in copies:
        beside.setdefault(one, []).append(other)
        beside.setdefault(other, []).append(one)
    names: dict[str, str] = {}
    for smallest in sorted(beside):
        reached = [] if smallest in names else [smallest]
        while reached:
            sha256 = reached.pop()
            if sha256 not in names:
                names[sha256] = smallest
                reached += beside[sha256]
    return names


def _packed(fingerprints: Iterable[str]) -> NDArray[np.uint64]:
    """256 bits each: (n, 4); zeros for a picture without one."""
    zeros = "0" * (images.FINGERPRINT_BITS // 4)
    written = "".join(fingerprint or zeros for fingerprint in fingerprints)
    return np.frombuffer(bytes.fromhex(written), np.uint64).reshape(-1, images.FINGERPRINT_BITS // 64)
