"""What an encoder sees in pictures of a library: vectors by their key, for whoever asked to keep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from PIL.Image import Image

import images
from embeddings import Encoder, VectorKey, Vectors
from embeddings.adapter import looks_of
from explorer.catalog.pictures import PictureStore

PICTURE_BATCH = 16
WHOLES = "picture"
OF_WHOLES = (WHOLES, "looks")
LOOKS_OF_PARTS = f"looks of {images.PARTS_RECIPE}"
BOXES = "boxes"
STEPS = ((WHOLES, "Looking at pictures"), (LOOKS_OF_PARTS, "Looking at parts of pictures"))


class Seeing:
    """Opens pictures and encodes them. A file that is not readable any more has no vector: it is found by its words."""

    def __init__(self, encoder: Encoder, pictures: PictureStore) -> None:
        self._encoder = encoder
        self._pictures = pictures

    def see(self, kind: str, sha256s: Sequence[str]) -> dict[VectorKey, Vectors]:
        """What there is to see of these pictures: as wholes (WHOLES) or in parts (LOOKS_OF_PARTS)."""
        return self._wholes(sha256s) if kind == WHOLES else self._parts(sha256s)

    def _wholes(self, sha256s: Sequence[str]) -> dict[VectorKey, Vectors]:
        opened = _opened(sha256s, self._pictures.original)
        if not opened:
            return {}
        vectors = self._encoder.encode_pictures([picture for _, picture in opened])
        kinds = {WHOLES: vectors.picture, "looks": vectors.looks}
        return {
            VectorKey(sha256, self._encoder.fingerprint, kind): rows[n]
            for kind, rows in kinds.items()
            if rows is not None
            for n, (sha256, _) in enumerate(opened)
        }

    def _parts(self, sha256s: Sequence[str]) -> dict[VectorKey, Vectors]:
        """Of the large thumbnails: no encoder sees more of a part, and it need not be decoded in full again."""
        opened = _opened(sha256s, lambda sha256: self._pictures.thumbnail(sha256, "large"))
        boxes = [images.parts(picture) for _, picture in opened]
        shown = [
            images.part(picture, box) for (_, picture), its in zip(opened, boxes, strict=True) for box in its
        ]
        looks = looks_of(self._encoder.encode_pictures(shown))
        kept: dict[VectorKey, Vectors] = {}
        for (sha256, _), its in zip(opened, boxes, strict=True):
            kept[VectorKey(sha256, images.PARTS_RECIPE, BOXES)] = np.array(its, np.float32).reshape(-1, 4)
            kept[VectorKey(sha256, self._encoder.fingerprint, LOOKS_OF_PARTS)] = looks[: len(its)]
            looks = looks[len(its) :]
        return kept


def _opened(sha256s: Sequence[str], path: Callable[[str], Path]) -> list[tuple[str, Image]]:
    opened = []
    for sha256 in sha256s:
        with suppress(images.PictureError):
            opened.append((sha256, images.open_picture(path(sha256))))
    return opened
