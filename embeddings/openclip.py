"""CLIP (Radford et al., 2021) and related models, through open_clip (Ilharco et al., 2021)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from embeddings import checkpoints, devices
from embeddings.checkpoints import Checkpoint
from embeddings.encoder import PictureVectors, SentenceEncoder, Vectors
from embeddings.failures import require_finite, translate_encoding_errors
from embeddings.model_building import build
from embeddings.packaged import file_sha256, fingerprint
from embeddings.quiet import silence_libraries
from embeddings.tokenizers import Tokenizer
from embeddings.vectors import encode_by_window, encode_in_batches, unit
from embeddings.windows import split

if TYPE_CHECKING:
    import torch
    from PIL.Image import Image

    Encoded = torch.Tensor | tuple[torch.Tensor, torch.Tensor]

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
        self, name: str, *, device: str | None = None, allow_download: bool = False, batch_size: int = 32
    ) -> None:
        """Load the weights onto the device: the given one, otherwise cuda, mps or cpu. Raises EncoderError.

        The fingerprint depends on the architecture, the SHA-256 of the weights and the preprocessing. Therefore the
        same weights have the same fingerprint under a tag and under a path. A tokenizer next to the weights also
        counts if it differs from the architecture's own.
        """
        with silence_libraries():
            checkpoint = checkpoints.find(name, allow_download=allow_download)
            self._device = devices.choose(device)
            model, self._preprocess = build(checkpoint, name)
            self._model = model.to(self._device)
            self._tokenizer = Tokenizer(checkpoint, vocabulary_size=_vocabulary_size(model))
        self.name = name
        self.dim = int(checkpoint.config["embed_dim"])
        self.fingerprint = _fingerprint(checkpoint, self._model, self._tokenizer.identity)
        self._batch_size = batch_size
        # An ingest encodes pictures first, for hours. Encode a text now, so that a broken text encoder fails at once.
        self._encode_texts(["a"])

    def encode_pictures(self, pictures: Sequence[Image]) -> PictureVectors:
        """Encode RGB pictures that are upright and without transparency: (n, dim)."""
        vectors = encode_in_batches(pictures, self._encode_pictures, size=self._batch_size, dim=self.dim)
        return PictureVectors(picture=vectors)

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode texts: (n, dim), unit rows. A text longer than the window is the normalised mean of its windows."""
        return encode_by_window(texts, self.windows, self._encode_pieces)

    def windows(self, text: str) -> list[str]:
        """Split a text after sentences or words into pieces that fit the context of the model."""
        return split(text, self._tokenizer.fits, max_words=self._tokenizer.length)

    def _encode_pieces(self, pieces: Sequence[str]) -> Vectors:
        return encode_in_batches(pieces, self._encode_texts, size=self._batch_size, dim=self.dim)

    def _encode_pictures(self, pictures: Sequence[Image]) -> Vectors:
        import torch

        batch = torch.stack([self._preprocess(picture) for picture in pictures])
        return self._encode(lambda: self._model.encode_image(batch.to(self._device)), "pictures")

    def _encode_texts(self, pieces: Sequence[str]) -> Vectors:
        return self._encode(
            lambda: self._model.encode_text(self._tokenizer(pieces).to(self._device)), "texts"
        )

    def _encode(self, encode: Callable[[], Encoded], input_kind: str) -> Vectors:
        """Return unit rows. Raises EncodingError if the model fails."""
        import torch

        with torch.inference_mode(), translate_encoding_errors(self.name, input_kind):
            with self._precision():
                vectors = _pooled(encode())
            if not vectors.isfinite().all():
                vectors = _pooled(encode())  # in full precision: half precision overflows on some pictures
            return unit(require_finite(vectors.float().cpu().numpy()))

    def _precision(self) -> AbstractContextManager[object]:
        """Return the context of half precision on CUDA, where it is several times faster; CPUs do not gain from it."""
        import torch

        # Autocast keeps norms and sums in full precision, which works for every architecture. Models that are entirely
        # in half precision do not always give finite values.
        return torch.autocast("cuda", torch.float16) if self._device.startswith("cuda") else nullcontext()


def _pooled(output: Encoded) -> torch.Tensor:
    """Return the pooled vectors. A model with `output_tokens` returns them in a tuple with its token vectors."""
    return output[0] if isinstance(output, tuple) else output


def _fingerprint(checkpoint: Checkpoint, model: Any, tokenizer: str | None) -> str:  # noqa: ANN401
    import open_clip

    description = [checkpoint.config, open_clip.get_model_preprocess_cfg(model), checkpoint.quick_gelu]
    files = [file_sha256(file) for file in checkpoint.weights]
    return fingerprint(
        RECIPE, json.dumps(description, sort_keys=True), *files, *([tokenizer] if tokenizer else [])
    )


def _vocabulary_size(model: Any) -> int | None:  # noqa: ANN401
    """Return the number of token vectors of the model, or None if it is unknown."""
    text = getattr(model, "text", model)
    table = getattr(text, "token_embedding", None)
    if table is None and hasattr(text, "transformer"):
        table = text.transformer.get_input_embeddings()
    return getattr(table, "num_embeddings", None)
