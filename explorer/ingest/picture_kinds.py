"""The kinds of pictures (photo, plot, map, ...) of a library, determined once for each picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial

import numpy as np
from PIL.Image import Image

import embeddings
import images
from embeddings import Encoder, Vectors
from embeddings.lite import LiteEncoder
from embeddings.picture_kinds import RECIPE, kind_probabilities
from explorer.catalog.picture_store import PictureStore
from explorer.catalog.store import Catalog
from explorer.ingest.embedding import CachedEmbedder, batched
from explorer.ingest.report import Progress

PICTURES_AT_ONCE = 64


def add_kinds(
    pending: Sequence[str],
    catalog: Catalog,
    embedder: CachedEmbedder,
    progress: Progress,
    *,
    only_cached: bool = False,
) -> None:
    """Store the probability of each kind for these pictures, by SHA-256. Pictures that cannot be read get none.

    With `only_cached`, only pictures whose vectors are in the cache: no picture is opened.
    """
    if isinstance(embedder.base, LiteEncoder):
        if not only_cached:
            embedder.embed_pictures(pending, progress)
        visual_vectors = embedder.visual_vectors
    elif only_cached:
        return
    else:
        visual_vectors = partial(_encode, lite=embeddings.load("lite"), pictures=embedder.pictures)
    with progress.track(list(batched(pending, PICTURES_AT_ONCE)), "Finding the kinds of pictures") as batches:
        for batch in batches:
            kinds = _probabilities(visual_vectors(batch))
            catalog.pictures.save_kinds(
                RECIPE, kinds if only_cached else {**dict.fromkeys(batch, ()), **kinds}
            )


def _probabilities(visual: Mapping[str, Vectors]) -> dict[str, Sequence[float]]:
    if not visual:
        return {}
    rows = kind_probabilities(np.stack(list(visual.values()))).astype(float).round(4).tolist()
    return dict(zip(visual, rows, strict=True))


def _encode(sha256s: Sequence[str], *, lite: Encoder, pictures: PictureStore) -> dict[str, Vectors]:
    """Return the `visual` vectors of the large thumbnails: the network takes fewer pixels than they have."""
    opened: dict[str, Image] = {}
    for sha256 in sha256s:
        with suppress(images.PictureError):
            opened[sha256] = images.open_picture(pictures.thumbnail(sha256, "large"))
    visual = lite.encode_pictures(list(opened.values())).visual if opened else None
    return {} if visual is None else dict(zip(opened, visual, strict=True))
