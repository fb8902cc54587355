"""The bundled encoder, which needs no download: pictures and words are connected by ImageNet's classes.

ConSE (Norouzi et al., 2013, "Zero-Shot Learning by Convex Combination of Semantic Embeddings"): a classifier gives a
picture a probability for each of 1,000 classes, and the picture vector is the mean of the sentence vectors of the
classes, weighted by these probabilities. The classifier is EfficientNet-Lite0 (Tan and Le, 2019; weights Apache-2.0),
the sentence encoder all-MiniLM-L6-v2. There was no joint training: the encoder recognises ImageNet's classes, which
are animals, things and places rather than charts and persons.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from embeddings import efficientnet
from embeddings.efficientnet import CLASSES, FEATURES, SIDE
from embeddings.encoder import PictureVectors, SentenceEncoder, Vectors
from embeddings.minilm import MiniLM
from embeddings.packaged import EFFICIENTNET_LITE0, file_sha256, fingerprint_at
from embeddings.runtimes import EncoderPrecision, Network, open_network
from embeddings.vectors import CORES, encode_in_batches, unit

if TYPE_CHECKING:
    from PIL.Image import Image

CLASS_VECTORS = Path(__file__).with_name("class_vectors.npy")
"""(1000, 384): the sentence vectors of ImageNet's classes, see `class_vectors`."""

RECIPE = "lite conse 2"
"""The version of this algorithm. Change it whenever the same weights would give other vectors."""

TEMPERATURE = 2.0
"""Divides the classifier's scores. Above 1, the many partly matching classes of a figure count more."""


class LiteEncoder:
    """The bundled encoder: `picture` and text vectors have 384 dimensions, `visual` vectors 1,280."""

    name = "lite"
    visual_dim: int | None = FEATURES

    def __init__(self, precision: EncoderPrecision | None = None, *, batch_size: int = 2) -> None:
        """Prepare the text encoder; the classifier is loaded with the first picture. Both run on the CPU.

        Args:
            precision: The precision of the classifier and of the text encoder; None is f32.
            batch_size: Pictures per batch.

        Raises:
            WeightsNotFoundError: If a package with weights is not installed.
            WeightsDamagedError: If weights differ from the published ones. The message states the repair.
        """
        EFFICIENTNET_LITE0.require_installed()
        precision = precision or EncoderPrecision()
        minilm = MiniLM(precision=precision.sentences)
        self._precision = precision.encoder
        self.sentences: SentenceEncoder | None = minilm
        self.dim = minilm.dim
        self.fingerprint = fingerprint_at(
            precision.encoder,
            RECIPE,
            EFFICIENTNET_LITE0.sha256,
            minilm.fingerprint,
            file_sha256(CLASS_VECTORS),
        )
        self._minilm = minilm
        self._batch_size = batch_size
        self._classes = load_class_vectors()
        self._loading = Lock()
        self._classifier: Network | None = None

    def release(self) -> None:
        """Free the weights, 140 MB with their working memory, until the next picture or text."""
        self._minilm.release()
        with self._loading:
            self._classifier = None

    def encode_pictures(self, pictures: Sequence[Image]) -> PictureVectors:
        """Encode RGB pictures that are upright and without transparency: `picture` (n, 384) and `visual` (n, 1280)."""
        outputs = encode_in_batches(
            pictures, self._classify, size=self._batch_size, dim=FEATURES + CLASSES, threads=CORES
        )
        features, scores = outputs[:, :FEATURES], outputs[:, FEATURES:]
        # The square root prevents a few strong features from dominating the cosine ("RootSIFT", Arandjelovic and
        # Zisserman, 2012). Modified pictures of three archives: 95 % at rank 1, 92 % without the square root.
        return PictureVectors(
            picture=unit(softmax(scores / TEMPERATURE) @ self._classes), visual=unit(np.sqrt(features))
        )

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode texts with `sentences`: (n, 384), unit rows."""
        return self._minilm.encode_texts(texts)

    def windows(self, text: str) -> list[str]:
        """Split a text into pieces of at most 256 tokens; a short text is one piece."""
        return self._minilm.windows(text)

    def _classify(self, pictures: Sequence[Image]) -> NDArray[np.float32]:
        """Return features and scores, (n, 2280)."""
        return np.hstack(self._loaded_classifier()(np.stack([preprocess(picture) for picture in pictures])))

    def _loaded_classifier(self) -> Network:
        with self._loading:
            if self._classifier is None:
                self._classifier = open_network(efficientnet.definition(), precision=self._precision)
            return self._classifier


def load_class_vectors() -> Vectors:
    """Load the vectors of ImageNet's classes: (1000, 384), in their order."""
    return cast(Vectors, np.load(CLASS_VECTORS, allow_pickle=False).astype(np.float32))


def preprocess(picture: Image) -> NDArray[np.float32]:
    """Return (3, 224, 224) from -1 to 1. The picture is squashed, because a crop would lose the axes of charts."""
    from PIL.Image import Resampling

    squashed = picture.convert("RGB").resize((SIDE, SIDE), Resampling.BICUBIC)
    scaled = np.asarray(squashed, dtype=np.float32) / np.float32(127.5) - np.float32(1)
    return np.ascontiguousarray(scaled.transpose(2, 0, 1))


def softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Convert rows of scores to probabilities."""
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return cast(NDArray[np.float32], weights / weights.sum(axis=1, keepdims=True))
