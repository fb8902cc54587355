"""The vectors of pictures and texts, each computed once per encoder and kept in the library's cache."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL.Image import Image

import images
from embeddings import PictureVectors, SentenceEncoder, VectorCache, VectorKey, Vectors
from embeddings.adapter import AdaptedEncoder, looks_of
from explorer.catalog.pictures import PictureStore
from explorer.ingest.report import Progress
from explorer.search.legs import Tools

PICTURE_BATCH = 16
KEYS_AT_ONCE = 1000
LOOKS_OF_PARTS = f"looks of {images.PARTS_RECIPE}"

Work = TypeVar("Work")


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """A picture as a whole, which stands first, and in parts."""

    boxes: Vectors
    """(n, 4): left, top, right, bottom as fractions."""
    looks: Vectors
    """(n, dim): what each looks like, comparable with what whole pictures look like."""


class VectorSource:
    """Vectors by content: from the cache where they are, computed and kept where not."""

    def __init__(self, tools: Tools, cache: VectorCache, pictures: PictureStore) -> None:
        self.tools = tools
        self._cache = cache
        self.pictures = pictures
        encoder = tools.encoder
        # What is kept are the base's vectors: to adapt them costs less than to read them.
        self._adapter = encoder.adapter if isinstance(encoder, AdaptedEncoder) else None
        self._encoder = encoder.base if isinstance(encoder, AdaptedEncoder) else encoder
        self._looks = "picture" if self._encoder.looks_dim is None else "looks"

    @property
    def fingerprint(self) -> str:
        """That of the encoder whose vectors are kept, adapted or not."""
        return self._encoder.fingerprint

    def embed_pictures(self, sha256s: Sequence[str], progress: Progress) -> None:
        """Makes sure that the vectors of these pictures and of their parts are in the cache."""
        self._embed(sha256s, "picture", self._embed_wholes, progress, "Looking at pictures")
        self._embed(sha256s, LOOKS_OF_PARTS, self._embed_parts, progress, "Looking at parts of pictures")

    def _embed(
        self,
        sha256s: Sequence[str],
        kind: str,
        embed: Callable[[Sequence[str]], None],
        progress: Progress,
        what: str,
    ) -> None:
        missing = self._cache.missing(VectorKey(sha256, self.fingerprint, kind) for sha256 in sha256s)
        batches = list(batched([key.content for key in missing], PICTURE_BATCH))
        if not batches:
            return
        with progress.track(batches, what) as work:
            for batch in work:
                embed(batch)

    def picture(self, sha256: str) -> dict[str, Vectors]:
        """The `picture` and `looks` vectors of a picture, as far as there are any."""
        keys = [VectorKey(sha256, self.fingerprint, kind) for kind in ("picture", "looks")]
        found = self._cache.get_many(keys)
        return self._adapted({key.kind: vector for key, vector in found.items()})

    def looks(self, sha256s: Sequence[str]) -> dict[str, Vectors]:
        """What each picture looks like: its `looks` vector, or `picture` where the encoder has no other; not adapted."""
        keys = (VectorKey(sha256, self.fingerprint, self._looks) for sha256 in sha256s)
        found = (self._cache.get_many(some) for some in batched(keys, KEYS_AT_ONCE))
        return {key.content: vector for some in found for key, vector in some.items()}

    def parts(self, sha256: str) -> Parts | None:
        """What a picture looks like as a whole and in parts, not adapted; None where it could not be looked at."""
        whole = VectorKey(sha256, self.fingerprint, self._looks)
        boxes = VectorKey(sha256, images.PARTS_RECIPE, "boxes")
        looks = VectorKey(sha256, self.fingerprint, LOOKS_OF_PARTS)
        found = self._cache.get_many((whole, boxes, looks))
        if whole not in found:
            return None
        wholes = Parts(np.array([images.WHOLE], np.float32), found[whole][None])
        if looks not in found or boxes not in found:
            return wholes
        return Parts(np.vstack([wholes.boxes, found[boxes]]), np.vstack([wholes.looks, found[looks]]))

    def words_and_meaning(self, texts: Sequence[str]) -> Iterator[tuple[Vectors, Vectors]]:
        """Per text, the encoder's and the sentence encoder's vectors of its windows: shape (windows, dim)."""
        meaning = self.meaning(texts)
        words = meaning if self.tools.share_texts else self.words(texts)
        return zip(words, meaning, strict=True)

    def words(self, texts: Sequence[str]) -> list[Vectors]:
        """Per text, the encoder's vectors of its windows: shape (windows, dim)."""
        return self._texts(texts, self.tools.sentences if self.tools.share_texts else self._encoder)

    def meaning(self, texts: Sequence[str]) -> list[Vectors]:
        """Per text, the sentence vectors of its windows: shape (windows, dim)."""
        return self._texts(texts, self.tools.sentences)

    def _adapted(self, kept: dict[str, Vectors]) -> dict[str, Vectors]:
        if self._adapter is None or not kept:
            return kept
        looks = kept["looks"][None] if "looks" in kept else None
        adapted = self._adapter.apply(PictureVectors(kept["picture"][None], looks))
        assert adapted.looks is not None
        return {"picture": adapted.picture[0], "looks": adapted.looks[0]}

    def _texts(self, texts: Sequence[str], encoder: SentenceEncoder) -> list[Vectors]:
        keys = [VectorKey(_sha256(text), encoder.fingerprint, "text") for text in texts]
        found = self._cache.get_many(set(keys))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        if missing:
            made = dict(zip(missing, _encode_windows(list(missing.values()), encoder), strict=True))
            self._cache.put_many(made)
            found |= made
        return [found[key] for key in keys]

    def _embed_wholes(self, sha256s: Sequence[str]) -> None:
        opened = self._opened(sha256s, self.pictures.original)
        if not opened:
            return
        vectors = self._encoder.encode_pictures([picture for _, picture in opened])
        kinds = {"picture": vectors.picture, "looks": vectors.looks}
        self._cache.put_many(
            {
                VectorKey(sha256, self.fingerprint, kind): rows[n]
                for kind, rows in kinds.items()
                if rows is not None
                for n, (sha256, _) in enumerate(opened)
            }
        )

    def _embed_parts(self, sha256s: Sequence[str]) -> None:
        """Of the large thumbnails: no encoder sees more of a part, and it need not be decoded in full again."""
        opened = self._opened(sha256s, lambda sha256: self.pictures.thumbnail(sha256, "large"))
        boxes = [images.parts(picture) for _, picture in opened]
        shown = [
            images.part(picture, box) for (_, picture), its in zip(opened, boxes, strict=True) for box in its
        ]
        looks = looks_of(self._encoder.encode_pictures(shown))
        kept: dict[VectorKey, Vectors] = {}
        for (sha256, _), its in zip(opened, boxes, strict=True):
            kept[VectorKey(sha256, images.PARTS_RECIPE, "boxes")] = np.array(its, np.float32).reshape(-1, 4)
            kept[VectorKey(sha256, self.fingerprint, LOOKS_OF_PARTS)] = looks[: len(its)]
            looks = looks[len(its) :]
        self._cache.put_many(kept)

    def _opened(self, sha256s: Sequence[str], path: Callable[[str], Path]) -> list[tuple[str, Image]]:
        """The pictures; without a file that was readable when kept and is so no longer: it is found by its words."""
        opened = []
        for sha256 in sha256s:
            with suppress(images.PictureError):
                opened.append((sha256, images.open_picture(path(sha256))))
        return opened


def _encode_windows(texts: Sequence[str], encoder: SentenceEncoder) -> Iterator[Vectors]:
    windows = [encoder.windows(text) for text in texts]
    encoded = encoder.encode_texts([window for one in windows for window in one])
    start = 0
    for one in windows:
        yield encoded[start : start + len(one)]
        start += len(one)


def batched(work: Iterable[Work], size: int) -> Iterator[list[Work]]:
    """The work in lists of `size`, the last one shorter; itertools has it from Python 3.12 on."""
    rest = iter(work)
    while batch := list(islice(rest, size)):
        yield batch


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
