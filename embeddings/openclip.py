"""CLIP (Radford et al., 2021) and related models, through open_clip (Ilharco et al., 2021)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from embeddings import checkpoints, devices
from embeddings.checkpoints import Checkpoint
from embeddings.encoder import PictureVectors, SentenceEncoder, Vectors
from embeddings.failures import require_finite, translate_encoding_errors
from embeddings.model_building import build
from embeddings.packaged import file_sha256, fingerprint, fingerprint_at
from embeddings.quiet import silence_libraries
from embeddings.runtimes import F32, Network, Precision, has_openvino, open_network
from embeddings.tokenizers import Tokenizer
from embeddings.towers import picture_tower, text_tower
from embeddings.vectors import CORES, encode_by_window, encode_in_batches, split_into_windows, unit

T = TypeVar("T")

RECIPE = "open_clip 1"
"""The version of this algorithm. Change it whenever the same weights would give other vectors."""


class OpenClipEncoder:
    """Any open_clip model with its own preprocessing and tokenizer; it has no separate `visual` vectors.

    Names: `ARCHITECTURE/TAG`, `ARCHITECTURE:/path/to/weights.safetensors` (or .pt, .pth, .bin),
    `hf-hub:org/model`, `local-dir:/path/to/folder`.
    """

    visual_dim: int | None = None
    sentences: SentenceEncoder | None = None

    def __init__(
        self,
        name: str,
        *,
        device: str | None = None,
        allow_download: bool = False,
        precision: Precision = F32,
        batch_size: int = 32,
    ) -> None:
        """Load the weights onto the device: the given one, otherwise cuda, mps or cpu. Raises EncoderError.

        The fingerprint depends on the architecture, the SHA-256 of the weights and the preprocessing. Therefore the
        same weights have the same fingerprint under a tag and under a path. A tokenizer next to the weights also
        counts if it differs from the architecture's own.
        """
        with silence_libraries():
            checkpoint = checkpoints.find(name, allow_download=allow_download)
            device = devices.choose(device)
            model, self._preprocess = build(checkpoint, name)
            self._tokenizer = Tokenizer(checkpoint, vocabulary_size=_vocabulary_size(model))
        self.name = name
        self.dim = int(checkpoint.config["embed_dim"])
        parts = _fingerprint_parts(checkpoint, model, self._tokenizer.identity)
        base = fingerprint(*parts)
        self.fingerprint = fingerprint_at(precision, *parts)
        self._batch_size = batch_size
        self._threads = CORES if device == "cpu" and has_openvino() else 1
        with translate_encoding_errors(name, "pictures"):
            size = self._preprocess(Image.new("RGB", (8, 8))).shape[1:]
            self._pictures = open_network(
                picture_tower(model, size, base), precision=precision, device=device
            )
        with translate_encoding_errors(name, "texts"):
            tokens = self._tokenizer(["a", "a picture of a whale"])
            self._texts = open_network(text_tower(model, tokens, base), precision=precision, device=device)
        # An ingest encodes pictures first, for hours. Encode a text now, so that a broken text encoder fails at once.
        self._encode_texts(["a"])

    def encode_pictures(self, pictures: Sequence[Image.Image]) -> PictureVectors:
        """Encode RGB pictures that are upright and without transparency: (n, dim)."""
        return PictureVectors(self._in_batches(pictures, self._encode_pictures))

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode texts: (n, dim), unit rows. A text longer than the window is the normalised mean of its windows."""
        return encode_by_window(texts, self.windows, self._encode_pieces)

    def windows(self, text: str) -> list[str]:
        """Split a text after sentences or words into pieces that fit the context of the model."""
        return split_into_windows(text, self._tokenizer.fits, max_words=self._tokenizer.length)

    def _encode_pieces(self, pieces: Sequence[str]) -> Vectors:
        return self._in_batches(pieces, self._encode_texts)

    def _in_batches(self, items: Sequence[T], encode: Callable[[Sequence[T]], Vectors]) -> Vectors:
        return encode_in_batches(items, encode, size=self._batch_size, dim=self.dim, threads=self._threads)

    def _encode_pictures(self, pictures: Sequence[Image.Image]) -> Vectors:
        batch = np.stack([self._preprocess(picture).numpy() for picture in pictures])
        return self._encode(self._pictures, batch, "pictures")

    def _encode_texts(self, pieces: Sequence[str]) -> Vectors:
        return self._encode(self._texts, self._tokenizer(pieces).numpy(), "texts")

    def _encode(self, network: Network, batch: NDArray[Any], input_kind: str) -> Vectors:
        """Return unit rows. Raises EncodingError if the model fails."""
        with translate_encoding_errors(self.name, input_kind):
            (vectors,) = network(batch)
            return unit(require_finite(vectors))


def _fingerprint_parts(checkpoint: Checkpoint, model: Any, tokenizer: str | None) -> list[str]:  # noqa: ANN401
    import open_clip

    description = [checkpoint.config, open_clip.get_model_preprocess_cfg(model), checkpoint.quick_gelu]
    files = [file_sha256(file) for file in checkpoint.weights]
    return [RECIPE, json.dumps(description, sort_keys=True), *files, *([tokenizer] if tokenizer else [])]


def _vocabulary_size(model: Any) -> int | None:  # noqa: ANN401
    """Return the number of token vectors of the model, or None if it is unknown."""
    text = getattr(model, "text", model)
    table = getattr(text, "token_embedding", None)
    if table is None and hasattr(text, "transformer"):
        table = text.transformer.get_input_embeddings()
    return getattr(table, "num_embeddings", None)
