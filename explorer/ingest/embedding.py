"""The vectors of pictures and texts, each computed once per encoder and stored in the library's cache."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import numpy as np

import images
from embeddings import Encoder, PictureVectors, SentenceEncoder, VectorCache, VectorKey, Vectors
from embeddings.adapter import AdaptedEncoder
from explorer.catalog.picture_store import PictureStore
from explorer.ingest.picture_embedder import (
    BOXES_KIND,
    PICTURE_BATCH,
    PICTURE_KIND,
    REGIONS_KIND,
    VISUAL_KIND,
    WHOLE_KINDS,
    OpenedPicture,
    PictureEmbedder,
)
from explorer.ingest.report import Progress
from explorer.representation.encoders import QueryEncoders
from explorer.representation.legs import PICTURE, VISUAL
from explorer.system.memory import return_free_memory

KEYS_AT_ONCE = 1000
PICTURES_LABEL = "Looking at pictures"

Work = TypeVar("Work")


@dataclass(frozen=True, slots=True, eq=False)
class PictureRegions:
    """The regions of a picture; the first one is the whole picture."""

    boxes: Vectors
    """(n, 4): left, top, right, bottom as fractions."""
    visual: Vectors
    """(n, dim): image-only vectors, comparable with those of whole pictures."""


class CachedEmbedder:
    """Embedder of pictures and texts that takes vectors from the cache and computes and stores the missing ones."""

    def __init__(self, encoders: QueryEncoders, cache: VectorCache, pictures: PictureStore) -> None:
        self.encoders = encoders
        self._cache = cache
        self.pictures = pictures
        encoder = encoders.encoder
        # The cache has the vectors of the base encoder: adapting them takes less time than reading them.
        self._adapter = encoder.adapter if isinstance(encoder, AdaptedEncoder) else None
        self._encoder = encoder.base if isinstance(encoder, AdaptedEncoder) else encoder
        self._visual = PICTURE_KIND if self._encoder.visual_dim is None else VISUAL_KIND
        self.core_seconds = 0.0
        """The processor time of this process while vectors were computed."""

    @property
    def base(self) -> Encoder:
        """The encoder whose vectors are cached, without an adapter."""
        return self._encoder

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the base encoder."""
        return self._encoder.fingerprint

    def release(self) -> None:
        """Free the memory of the encoders. They load their weights again when they need them."""
        self.encoders.release()

    def embed_pictures(self, sha256s: Sequence[str], progress: Progress) -> None:
        """Make sure that the vectors of these pictures and of their regions are in the cache.

        Then free the memory of the encoders: the texts that follow need only one of their networks.
        """
        batches = list(batched(self.missing_pictures(sha256s), PICTURE_BATCH))
        if not batches:
            return
        picture_embedder = PictureEmbedder(self.base, self.pictures)
        with progress.track(batches, PICTURES_LABEL) as work:
            for batch in work:
                with self._timed():
                    vectors = picture_embedder.embed(batch)
                self.store(vectors)
                return_free_memory()
        self.release()

    @contextmanager
    def _timed(self) -> Iterator[None]:
        begin = time.process_time()
        yield
        self.core_seconds += time.process_time() - begin

    def embed_opened(self, opened: Sequence[OpenedPicture]) -> None:
        """Store the vectors of open pictures and of their regions in the cache."""
        if opened:
            self.store(dict(PictureEmbedder(self.base, self.pictures).embed_opened(opened)))

    def missing_pictures(self, sha256s: Sequence[str]) -> list[str]:
        """Return the pictures without vectors, or without vectors of their regions, in the cache."""
        keys = (
            VectorKey(sha256, self.fingerprint, kind)
            for sha256 in sha256s
            for kind in (PICTURE_KIND, REGIONS_KIND)
        )
        return list(dict.fromkeys(key.content for key in self._cache.missing(keys)))

    def store(self, vectors: Mapping[VectorKey, Vectors]) -> None:
        """Store vectors that were computed elsewhere in the cache: all of them or none."""
        self._cache.put_many(vectors)

    def picture_vectors(self, sha256: str) -> dict[str, Vectors]:
        """Return the `picture` and `visual` vectors of a picture by leg, as far as they are in the cache."""
        vectors = self._cache.get_many(self._keys(sha256, WHOLE_KINDS))
        return self._adapt(_by_leg({key.kind: vector for key, vector in vectors.items()}))

    def picture_and_region_vectors(self, sha256: str) -> tuple[dict[str, Vectors], PictureRegions | None]:
        """Return the vectors of a picture by leg, and its regions.

        The regions have vectors of the base encoder; they are None if the picture could not be read.
        """
        boxes = VectorKey(sha256, images.REGIONS_RECIPE, BOXES_KIND)
        cached = self._cache.get_many([*self._keys(sha256, (*WHOLE_KINDS, REGIONS_KIND)), boxes])
        by_kind = {key.kind: vectors for key, vectors in cached.items()}
        return self._adapt(_by_leg(by_kind)), self._regions(by_kind)

    def visual_vectors(self, sha256s: Sequence[str]) -> dict[str, Vectors]:
        """Return the base encoder's `visual` vector of each picture, or its `picture` vector if there is no other."""
        keys = (VectorKey(sha256, self.fingerprint, self._visual) for sha256 in sha256s)
        batches = (self._cache.get_many(batch) for batch in batched(keys, KEYS_AT_ONCE))
        return {key.content: vector for batch in batches for key, vector in batch.items()}

    def clip_and_sentence_vectors(self, texts: Sequence[str]) -> Iterator[tuple[Vectors, Vectors]]:
        """Return for each text the encoder's and the sentence encoder's vectors of its windows: shape (windows, dim)."""
        sentence = self.sentence_vectors(texts)
        clip = sentence if self.encoders.share_texts else self.clip_text_vectors(texts)
        return zip(clip, sentence, strict=True)

    def clip_text_vectors(self, texts: Sequence[str]) -> list[Vectors]:
        """Return for each text the encoder's vectors of its windows: shape (windows, dim)."""
        return self._text_vectors(
            texts, self.encoders.sentences if self.encoders.share_texts else self._encoder
        )

    def sentence_vectors(self, texts: Sequence[str]) -> list[Vectors]:
        """Return for each text the sentence vectors of its windows: shape (windows, dim)."""
        return self._text_vectors(texts, self.encoders.sentences)

    def embed_texts(self, texts: Sequence[str]) -> None:
        """Make sure that the vectors of these texts are in the cache."""
        self.sentence_vectors(texts)
        if not self.encoders.share_texts:
            self.clip_text_vectors(texts)

    def keys_without_vectors(self, keys: Iterable[str]) -> list[str]:
        """Return the keys of texts that have no sentence vectors in the cache, in the given order."""
        return keys_without_vectors(keys, self._cache, self.encoders.sentences.fingerprint)

    def _keys(self, sha256: str, kinds: Iterable[str]) -> list[VectorKey]:
        return [VectorKey(sha256, self.fingerprint, kind) for kind in kinds]

    def _regions(self, by_kind: Mapping[str, Vectors]) -> PictureRegions | None:
        if self._visual not in by_kind:
            return None
        whole_picture = PictureRegions(
            np.array([images.WHOLE_PICTURE], np.float32), by_kind[self._visual][None]
        )
        if REGIONS_KIND not in by_kind or BOXES_KIND not in by_kind:
            return whole_picture
        return PictureRegions(
            np.vstack([whole_picture.boxes, by_kind[BOXES_KIND]]),
            np.vstack([whole_picture.visual, by_kind[REGIONS_KIND]]),
        )

    def _adapt(self, by_leg: dict[str, Vectors]) -> dict[str, Vectors]:
        """Return the vectors of a whole picture, by leg, after the adapter."""
        if self._adapter is None or not by_leg:
            return by_leg
        visual = by_leg[VISUAL][None] if VISUAL in by_leg else None
        adapted = self._adapter.apply(PictureVectors(by_leg[PICTURE][None], visual))
        assert adapted.visual is not None
        return {PICTURE: adapted.picture[0], VISUAL: adapted.visual[0]}

    def _text_vectors(self, texts: Sequence[str], encoder: SentenceEncoder) -> list[Vectors]:
        keys = [VectorKey(text_key(text), encoder.fingerprint, "text") for text in texts]
        vectors = self._cache.get_many(set(keys))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in vectors}
        if missing:
            with self._timed():
                computed = dict(zip(missing, _encode_windows(list(missing.values()), encoder), strict=True))
            self._cache.put_many(computed)
            vectors |= computed
        return [vectors[key] for key in keys]


def _by_leg(by_kind: Mapping[str, Vectors]) -> dict[str, Vectors]:
    """Return the vectors of a whole picture by leg."""
    leg_of_kind = {PICTURE_KIND: PICTURE, VISUAL_KIND: VISUAL}
    return {leg: by_kind[kind] for kind, leg in leg_of_kind.items() if kind in by_kind}


def _encode_windows(texts: Sequence[str], encoder: SentenceEncoder) -> Iterator[Vectors]:
    windows_of_texts = [encoder.windows(text) for text in texts]
    vectors = encoder.encode_texts([window for windows in windows_of_texts for window in windows])
    start = 0
    for windows in windows_of_texts:
        yield vectors[start : start + len(windows)]
        start += len(windows)


def keys_without_vectors(keys: Iterable[str], cache: VectorCache, fingerprint: str) -> list[str]:
    """Return the keys of texts that have no vectors of a text encoder in the cache, in the given order."""
    vector_keys = (VectorKey(key, fingerprint, "text") for key in keys)
    return [key.content for batch in batched(vector_keys, KEYS_AT_ONCE) for key in cache.missing(batch)]


def batched(work: Iterable[Work], size: int) -> Iterator[list[Work]]:
    """Yield the work in lists of `size`; the last one may be shorter. itertools has this from Python 3.12 on."""
    remaining = iter(work)
    while batch := list(islice(remaining, size)):
        yield batch


def text_key(text: str) -> str:
    """Return the key of a text in the vector cache: its SHA-256."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
