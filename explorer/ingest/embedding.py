"""The vectors of pictures and texts, each computed once per encoder and kept in the library's cache."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    STEPS,
    VISUAL_KIND,
    WHOLE_KINDS,
    PictureEmbedder,
)
from explorer.ingest.report import Progress
from explorer.representation.encoders import QueryEncoders
from explorer.representation.legs import PICTURE, VISUAL
from explorer.system.memory import give_back

KEYS_AT_ONCE = 1000

Work = TypeVar("Work")


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """A picture as a whole, which stands first, and in parts."""

    boxes: Vectors
    """(n, 4): left, top, right, bottom as fractions."""
    visual: Vectors
    """(n, dim): what each looks like, comparable with what whole pictures look like."""


class VectorSource:
    """Vectors by content: from the cache where they are, computed and kept where not."""

    def __init__(self, encoders: QueryEncoders, cache: VectorCache, pictures: PictureStore) -> None:
        self.encoders = encoders
        self._cache = cache
        self.pictures = pictures
        encoder = encoders.encoder
        # What is kept are the base's vectors: to adapt them costs less than to read them.
        self._adapter = encoder.adapter if isinstance(encoder, AdaptedEncoder) else None
        self._encoder = encoder.base if isinstance(encoder, AdaptedEncoder) else encoder
        self._visual = PICTURE_KIND if self._encoder.visual_dim is None else VISUAL_KIND

    @property
    def base(self) -> Encoder:
        """The encoder whose vectors are kept, adapted or not."""
        return self._encoder

    @property
    def fingerprint(self) -> str:
        """Its fingerprint."""
        return self._encoder.fingerprint

    def release(self) -> None:
        """Free the memory of the encoders. They load their weights again when they need them."""
        self.encoders.release()

    def embed_pictures(self, sha256s: Sequence[str], progress: Progress) -> None:
        """Makes sure that the vectors of these pictures and of their parts are in the cache."""
        seeing = PictureEmbedder(self.base, self.pictures)
        for kind, what in STEPS:
            batches = list(batched(self.unseen(kind, sha256s), PICTURE_BATCH))
            if not batches:
                continue
            with progress.track(batches, what) as work:
                for batch in work:
                    self.keep(seeing.see(kind, batch))
                    give_back()

    def unseen(self, kind: str, sha256s: Sequence[str]) -> list[str]:
        """Those of the pictures that have no vector of this kind in the cache: WHOLES, LOOKS_OF_PARTS."""
        keys = (VectorKey(sha256, self.fingerprint, kind) for sha256 in sha256s)
        return [key.content for key in self._cache.missing(keys)]

    def keep(self, vectors: Mapping[VectorKey, Vectors]) -> None:
        """Puts what was made elsewhere into the cache, all or nothing."""
        self._cache.put_many(vectors)

    def picture(self, sha256: str) -> dict[str, Vectors]:
        """The `picture` and `visual` vectors of a picture, as far as there are any."""
        found = self._cache.get_many(self._keys(sha256, WHOLE_KINDS))
        return self._adapted(_by_leg({key.kind: vector for key, vector in found.items()}))

    def picture_and_parts(self, sha256: str) -> tuple[dict[str, Vectors], Parts | None]:
        """The same, and what it looks like in parts, not adapted; None where it could not be looked at."""
        boxes = VectorKey(sha256, images.REGIONS_RECIPE, BOXES_KIND)
        found = self._cache.get_many([*self._keys(sha256, (*WHOLE_KINDS, REGIONS_KIND)), boxes])
        kept = {key.kind: vectors for key, vectors in found.items()}
        return self._adapted(_by_leg(kept)), self._parts(kept)

    def visual(self, sha256s: Sequence[str]) -> dict[str, Vectors]:
        """What each picture looks like: its `visual` vector, or `picture` where the encoder has no other; not adapted."""
        keys = (VectorKey(sha256, self.fingerprint, self._visual) for sha256 in sha256s)
        found = (self._cache.get_many(some) for some in batched(keys, KEYS_AT_ONCE))
        return {key.content: vector for some in found for key, vector in some.items()}

    def words_and_meaning(self, texts: Sequence[str]) -> Iterator[tuple[Vectors, Vectors]]:
        """Per text, the encoder's and the sentence encoder's vectors of its windows: shape (windows, dim)."""
        meaning = self.meaning(texts)
        words = meaning if self.encoders.share_texts else self.words(texts)
        return zip(words, meaning, strict=True)

    def words(self, texts: Sequence[str]) -> list[Vectors]:
        """Per text, the encoder's vectors of its windows: shape (windows, dim)."""
        return self._texts(texts, self.encoders.sentences if self.encoders.share_texts else self._encoder)

    def meaning(self, texts: Sequence[str]) -> list[Vectors]:
        """Per text, the sentence vectors of its windows: shape (windows, dim)."""
        return self._texts(texts, self.encoders.sentences)

    def embed_texts(self, texts: Sequence[str]) -> None:
        """Make sure that the vectors of these texts are in the cache."""
        self.meaning(texts)
        if not self.encoders.share_texts:
            self.words(texts)

    def without_vectors(self, keys: Iterable[str]) -> list[str]:
        """Return the keys of texts that have no sentence vectors in the cache, in the given order."""
        return without_vectors(keys, self._cache, self.encoders.sentences.fingerprint)

    def _keys(self, sha256: str, kinds: Iterable[str]) -> list[VectorKey]:
        return [VectorKey(sha256, self.fingerprint, kind) for kind in kinds]

    def _parts(self, kept: Mapping[str, Vectors]) -> Parts | None:
        if self._visual not in kept:
            return None
        wholes = Parts(np.array([images.WHOLE_PICTURE], np.float32), kept[self._visual][None])
        if REGIONS_KIND not in kept or BOXES_KIND not in kept:
            return wholes
        return Parts(
            np.vstack([wholes.boxes, kept[BOXES_KIND]]), np.vstack([wholes.visual, kept[REGIONS_KIND]])
        )

    def _adapted(self, kept: dict[str, Vectors]) -> dict[str, Vectors]:
        """The vectors of a picture as a whole, by leg, as the adapter makes them."""
        if self._adapter is None or not kept:
            return kept
        visual = kept[VISUAL][None] if VISUAL in kept else None
        adapted = self._adapter.apply(PictureVectors(kept[PICTURE][None], visual))
        assert adapted.visual is not None
        return {PICTURE: adapted.picture[0], VISUAL: adapted.visual[0]}

    def _texts(self, texts: Sequence[str], encoder: SentenceEncoder) -> list[Vectors]:
        keys = [VectorKey(key_of(text), encoder.fingerprint, "text") for text in texts]
        found = self._cache.get_many(set(keys))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        if missing:
            made = dict(zip(missing, _encode_windows(list(missing.values()), encoder), strict=True))
            self._cache.put_many(made)
            found |= made
        return [found[key] for key in keys]


def _by_leg(kept: Mapping[str, Vectors]) -> dict[str, Vectors]:
    """The vectors of a picture as a whole, by leg."""
    names = {PICTURE_KIND: PICTURE, VISUAL_KIND: VISUAL}
    return {leg: kept[kind] for kind, leg in names.items() if kind in kept}


def _encode_windows(texts: Sequence[str], encoder: SentenceEncoder) -> Iterator[Vectors]:
    windows = [encoder.windows(text) for text in texts]
    encoded = encoder.encode_texts([window for one in windows for window in one])
    start = 0
    for one in windows:
        yield encoded[start : start + len(one)]
        start += len(one)


def without_vectors(keys: Iterable[str], cache: VectorCache, fingerprint: str) -> list[str]:
    """Return the keys of texts that have no vectors of a text encoder in the cache, in the given order."""
    asked = (VectorKey(key, fingerprint, "text") for key in keys)
    return [key.content for some in batched(asked, KEYS_AT_ONCE) for key in cache.missing(some)]


def batched(work: Iterable[Work], size: int) -> Iterator[list[Work]]:
    """The work in lists of `size`, the last one shorter; itertools has it from Python 3.12 on."""
    rest = iter(work)
    while batch := list(islice(rest, size)):
        yield batch


def key_of(text: str) -> str:
    """Return the key of a text in the vector cache: its SHA-256."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
