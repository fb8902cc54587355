"""Embedding of pictures of a library: vectors by cache key, for the caller to store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np
from PIL.Image import Image

import images
from embeddings import Encoder, VectorKey, Vectors
from embeddings.adapter import visual_vectors
from explorer.catalog.picture_store import PictureStore

PICTURE_BATCH = 16
# The kinds of vectors in the cache, with the names of the first version of the explorer.
PICTURE_KIND = "picture"
VISUAL_KIND = "looks"
WHOLE_KINDS = (PICTURE_KIND, VISUAL_KIND)
REGIONS_KIND = f"looks of {images.REGIONS_RECIPE}"
BOXES_KIND = "boxes"
PIXELS_AT_ONCE = 4_000_000
"""Pixels of the pictures that are open together: 12 MB, and twice as much for their regions."""

OpenedPicture = tuple[str, Image]
"""The SHA-256 of a picture, and the picture as `images.open_picture` returns it."""


class PictureEmbedder:
    """Embedder of pictures and their regions. A file that cannot be read any more gets no vectors."""

    def __init__(self, encoder: Encoder, pictures: PictureStore) -> None:
        self._encoder = encoder
        self._pictures = pictures

    def embed(self, sha256s: Sequence[str]) -> dict[VectorKey, Vectors]:
        """Return the vectors of stored pictures and of their regions, and the boxes of the regions."""
        batches = _open_in_batches(sha256s, self._pictures)
        return dict(chain.from_iterable(map(self.embed_opened, batches)))

    def embed_opened(self, opened: Sequence[OpenedPicture]) -> Iterator[tuple[VectorKey, Vectors]]:
        """Yield the vectors of open pictures like `embed`."""
        fingerprint = self._encoder.fingerprint
        regions = [self._regions_of(sha256) for sha256, _ in opened]
        crops = [crop for boxes_and_crops in regions for _, crop in boxes_and_crops]
        vectors = self._encoder.encode_pictures([*(picture for _, picture in opened), *crops])
        for kind, rows in ((PICTURE_KIND, vectors.picture), (VISUAL_KIND, vectors.visual)):
            if rows is not None:
                for (sha256, _), row in zip(opened, rows[: len(opened)], strict=True):
                    yield VectorKey(sha256, fingerprint, kind), row
        visual = visual_vectors(vectors)[len(opened) :]
        for (sha256, _), boxes_and_crops in zip(opened, regions, strict=True):
            boxes = np.array([box for box, _ in boxes_and_crops], np.float32).reshape(-1, 4)
            yield VectorKey(sha256, images.REGIONS_RECIPE, BOXES_KIND), boxes
            yield VectorKey(sha256, fingerprint, REGIONS_KIND), visual[: len(boxes)]
            visual = visual[len(boxes) :]

    def _regions_of(self, sha256: str) -> list[tuple[images.Box, Image]]:
        """Return the boxes and contents of the regions, from the large thumbnail.

        No encoder takes more pixels of a region. In the original, the noise of JPEG hides the gaps between panels.
        """
        try:
            large = images.open_picture(self._pictures.thumbnail(sha256, "large"))
        except images.PictureError:
            return []
        return [(box, images.crop_region(large, box)) for box in images.find_regions(large)]


def _open_in_batches(sha256s: Sequence[str], pictures: PictureStore) -> Iterator[list[OpenedPicture]]:
    """Yield the readable pictures in batches of at most PIXELS_AT_ONCE pixels, with at least one picture each."""
    opened: list[OpenedPicture] = []
    pixels = 0
    for sha256 in sha256s:
        try:
            picture = images.open_picture(pictures.original(sha256))
        except images.PictureError:
            continue
        if opened and pixels + picture.width * picture.height > PIXELS_AT_ONCE:
            yield opened
            opened, pixels = [], 0
        opened.append((sha256, picture))
        pixels += picture.width * picture.height
    if opened:
        yield opened
