"""What an encoder sees in pictures of a library: vectors by their key, for whoever asked to keep."""

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
# The kinds of vectors in the cache, as the first version of the explorer named them.
PICTURE_KIND = "picture"
VISUAL_KIND = "looks"
WHOLE_KINDS = (PICTURE_KIND, VISUAL_KIND)
REGIONS_KIND = f"looks of {images.REGIONS_RECIPE}"
BOXES_KIND = "boxes"
PIXELS_AT_ONCE = 4_000_000
"""Of pictures that are open together: 12 MB, and twice as much for their parts."""

Opened = tuple[str, Image]
STEPS = ((PICTURE_KIND, "Looking at pictures"), (REGIONS_KIND, "Looking at parts of pictures"))


class PictureEmbedder:
    """Opens pictures and encodes them. A file that is not readable any more has no vector: it is found by its words."""

    def __init__(self, encoder: Encoder, pictures: PictureStore) -> None:
        self._encoder = encoder
        self._pictures = pictures

    def see(self, kind: str, sha256s: Sequence[str]) -> dict[VectorKey, Vectors]:
        """What there is to see of these pictures: as wholes (WHOLES) or in parts (LOOKS_OF_PARTS)."""
        if kind == PICTURE_KIND:
            seen = map(self._wholes, _opened(sha256s, self._pictures.original))
        else:  # the large thumbnails: no encoder sees more of a part, and they need not be decoded in full again
            seen = map(self._parts, _opened(sha256s, lambda it: self._pictures.thumbnail(it, "large")))
        return dict(chain.from_iterable(seen))

    def _wholes(self, opened: Sequence[Opened]) -> Iterator[tuple[VectorKey, Vectors]]:
        vectors = self._encoder.encode_pictures([picture for _, picture in opened])
        for kind, rows in ((PICTURE_KIND, vectors.picture), (VISUAL_KIND, vectors.visual)):
            if rows is not None:
                for (sha256, _), row in zip(opened, rows, strict=True):
                    yield VectorKey(sha256, self._encoder.fingerprint, kind), row

    def _parts(self, opened: Sequence[Opened]) -> Iterator[tuple[VectorKey, Vectors]]:
        boxes = [images.find_regions(picture) for _, picture in opened]
        shown = [
            images.crop_region(picture, box)
            for (_, picture), its in zip(opened, boxes, strict=True)
            for box in its
        ]
        visual = visual_vectors(self._encoder.encode_pictures(shown))
        for (sha256, _), its in zip(opened, boxes, strict=True):
            yield (
                VectorKey(sha256, images.REGIONS_RECIPE, BOXES_KIND),
                np.array(its, np.float32).reshape(-1, 4),
            )
            yield VectorKey(sha256, self._encoder.fingerprint, REGIONS_KIND), visual[: len(its)]
            visual = visual[len(its) :]


def _opened(sha256s: Sequence[str], path: Callable[[str], Path]) -> Iterator[list[Opened]]:
    """The pictures that can be read, as many at a time as PIXELS_AT_ONCE allows, at least one."""
    opened: list[Opened] = []
    pixels = 0
    for sha256 in sha256s:
        try:
            picture = images.open_picture(path(sha256))
        except images.PictureError:
            continue
        if opened and pixels + picture.width * picture.height > PIXELS_AT_ONCE:
            yield opened
            opened, pixels = [], 0
        opened.append((sha256, picture))
        pixels += picture.width * picture.height
    if opened:
        yield opened
