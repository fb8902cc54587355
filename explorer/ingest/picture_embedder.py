"""Embedding of pictures of a library: vectors by cache key, for the caller to store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path

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
STEPS = ((PICTURE_KIND, "Looking at pictures"), (REGIONS_KIND, "Looking at parts of pictures"))


class PictureEmbedder:
    """Embedder that opens pictures and encodes them. A file that cannot be read any more gets no vectors."""

    def __init__(self, encoder: Encoder, pictures: PictureStore) -> None:
        self._encoder = encoder
        self._pictures = pictures

    def embed(self, kind: str, sha256s: Sequence[str]) -> dict[VectorKey, Vectors]:
        """Return the vectors of pictures (PICTURE_KIND), or the vectors and boxes of regions (REGIONS_KIND)."""
        if kind == PICTURE_KIND:
            vectors = map(self._embed_whole_pictures, _open_in_batches(sha256s, self._pictures.original))
        else:  # large thumbnails: no encoder takes more pixels of a region, and they are quicker to decode
            vectors = map(self._embed_regions, _open_in_batches(sha256s, self._large_thumbnail))
        return dict(chain.from_iterable(vectors))

    def _large_thumbnail(self, sha256: str) -> Path:
        return self._pictures.thumbnail(sha256, "large")

    def _embed_whole_pictures(self, opened: Sequence[OpenedPicture]) -> Iterator[tuple[VectorKey, Vectors]]:
        vectors = self._encoder.encode_pictures([picture for _, picture in opened])
        for kind, rows in ((PICTURE_KIND, vectors.picture), (VISUAL_KIND, vectors.visual)):
            if rows is not None:
                for (sha256, _), row in zip(opened, rows, strict=True):
                    yield VectorKey(sha256, self._encoder.fingerprint, kind), row

    def _embed_regions(self, opened: Sequence[OpenedPicture]) -> Iterator[tuple[VectorKey, Vectors]]:
        boxes_of_pictures = [images.find_regions(picture) for _, picture in opened]
        regions = [
            images.crop_region(picture, box)
            for (_, picture), boxes in zip(opened, boxes_of_pictures, strict=True)
            for box in boxes
        ]
        visual = visual_vectors(self._encoder.encode_pictures(regions))
        for (sha256, _), boxes in zip(opened, boxes_of_pictures, strict=True):
            box_rows = np.array(boxes, np.float32).reshape(-1, 4)
            yield VectorKey(sha256, images.REGIONS_RECIPE, BOXES_KIND), box_rows
            yield VectorKey(sha256, self._encoder.fingerprint, REGIONS_KIND), visual[: len(boxes)]
            visual = visual[len(boxes) :]


def _open_in_batches(sha256s: Sequence[str], path_of: Callable[[str], Path]) -> Iterator[list[OpenedPicture]]:
    """Yield the readable pictures in batches of at most PIXELS_AT_ONCE pixels, with at least one picture each."""
    opened: list[OpenedPicture] = []
    pixels = 0
    for sha256 in sha256s:
        try:
            picture = images.open_picture(path_of(sha256))
        except images.PictureError:
            continue
        if opened and pixels + picture.width * picture.height > PIXELS_AT_ONCE:
            yield opened
            opened, pixels = [], 0
        opened.append((sha256, picture))
        pixels += picture.width * picture.height
    if opened:
        yield opened
