"""The encoder that needs no download: pictures and words joined by the names of ImageNet's classes.

ConSE (Norouzi et al., 2013, "Zero-Shot Learning by Convex Combination of Semantic Embeddings"): a classifier
says how much a picture looks like each of 1,000 things, and the picture's vector is the mean of those things'
sentence vectors, weighted so. The classifier is EfficientNet-Lite0 (Tan and Le, 2019; weights Apache-2.0),
the sentence encoder all-MiniLM-L6-v2. Nothing was trained to join them: it knows what ImageNet knows, which
is animals, things and places rather than charts and persons.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from embeddings import class_vectors
from embeddings.efficientnet import FEATURES, SIDE, Classifier
from embeddings.encoder import PictureVectors, SentenceEncoder, Vectors
from embeddings.fingerprints import file_sha256, fingerprint
from embeddings.minilm import MiniLM
from embeddings.packaged import EFFICIENTNET_LITE0
from embeddings.vectors import CORES, in_batches, unit

if TYPE_CHECKING:
    from PIL.Image import Image

RECIPE = "lite conse 2"
"""Changes whenever this code would give other vectors from the same weights."""

TEMPERATURE = 2.0
"""Divides the classifier's scores: above 1, the many half-right classes of a figure count for more."""


class LiteEncoder:
    """The bundled encoder: `picture` and text vectors of 384 numbers, `looks` of 1,280."""

    name = "lite"
    visual_dim: int | None = FEATURES

    def __init__(self, *, batch_size: int = 2) -> None:
        """Loads the text side; the picture side waits for the first picture. Both run on the CPU, without torch.

        Raises WeightsNotFoundError or WeightsDamagedError, which say how to mend it.
        """
        minilm = MiniLM()
        self.sentences: SentenceEncoder | None = minilm
        self.dim = minilm.dim
        self.fingerprint = fingerprint(
            RECIPE, EFFICIENTNET_LITE0.sha256, minilm.fingerprint, file_sha256(class_vectors.FILE)
        )
        self._minilm = minilm
        self._batch_size = batch_size
        self._classes = class_vectors.load()
        self._loading = Lock()
        self._classifier: Classifier | None = None

    def release(self) -> None:
        """Free the weights for pictures and texts, 140 MB with their working memory, until the next picture or text."""
        self._minilm.release()
        with self._loading:
            self._classifier = None

    def encode_pictures(self, pictures: Sequence[Image]) -> PictureVectors:
        """Vectors of RGB pictures, already turned upright and on a ground: (n, 384) and looks (n, 1280)."""
        wide = self.dim + FEATURES
        both = in_batches(pictures, self._encode_batch, size=self._batch_size, dim=wide, threads=CORES)
        return PictureVectors(picture=both[:, : self.dim], visual=both[:, self.dim :])

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """(n, 384), unit rows: the vectors of `sentences`."""
        return self._minilm.encode_texts(texts)

    def windows(self, text: str) -> list[str]:
        """The text in pieces of at most 256 tokens; a short text is one piece."""
        return self._minilm.windows(text)

    def _encode_batch(self, pictures: Sequence[Image]) -> Vectors:
        features, scores = self._loaded_classifier()(np.stack([pixels(picture) for picture in pictures]))
        # The square root keeps a few strong features from drowning the many weak ones in a cosine ("RootSIFT",
        # Arandjelovic and Zisserman, 2012). Changed pictures of three archives: 95 % first, 92 % without it.
        return np.hstack([unit(softmax(scores / TEMPERATURE) @ self._classes), unit(np.sqrt(features))])

    def _loaded_classifier(self) -> Classifier:
        with self._loading:
            if self._classifier is None:
                self._classifier = Classifier()
            return self._classifier


def pixels(picture: Image) -> NDArray[np.float32]:
    """(3, 224, 224) from -1 to 1: the whole figure, squashed, as a crop would lose the axes of a chart."""
    from PIL.Image import Resampling

    squashed = picture.convert("RGB").resize((SIDE, SIDE), Resampling.BICUBIC)
    scaled = np.asarray(squashed, dtype=np.float32) / np.float32(127.5) - np.float32(1)
    return np.ascontiguousarray(scaled.transpose(2, 0, 1))


def softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """The rows as weights that add up to 1."""
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return cast(NDArray[np.float32], weights / weights.sum(axis=1, keepdims=True))
