"""CLIP (Radford et al., 2021) and its relatives, through open_clip (Ilharco et al., 2021)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from embeddings import checkpoints, devices
from embeddings.checkpoints import Checkpoint
from embeddings.encoder import PictureVectors, SentenceEncoder, Vectors
from embeddings.failures import encoding, numbers
from embeddings.fingerprints import file_sha256, fingerprint
from embeddings.model_building import build
from embeddings.quiet import quiet
from embeddings.tokenizers import Tokenizer
from embeddings.vectors import by_window, in_batches, unit
from embeddings.windows import split

if TYPE_CHECKING:
    import torch
    from PIL.Image import Image

    Encoded = torch.Tensor | tuple[torch.Tensor, torch.Tensor]

RECIPE = "open_clip 1"
"""Changes whenever this code would give other vectors from the same weights."""


class OpenClipEncoder:
    """Any open_clip model with its own preprocessing and tokenizer; `picture` serves for looks as well.

    Names: `ARCHITECTURE/TAG`, `ARCHITECTURE:/path/to/weights.safetensors` (or .pt, .pth, .bin),
    `hf-hub:org/model`, `local-dir:/path/to/folder`.
    """

    visual_dim: int | None = None
    sentences: SentenceEncoder | None = None

    def __init__(
        self, name: str, *, device: str | None = None, allow_download: bool = False, batch_size: int = 32
    ) -> None:
        """Loads the weights onto the device (named, else cuda, mps, cpu); raises EncoderError.

        The fingerprint is over the architecture, the SHA-256 of the file of weights and the preprocessing, so
        the same weights have one fingerprint whether named by tag or by path; and over a tokenizer beside the
        weights, where that is another one than the architecture's.
        """
        with quiet():
            checkpoint = checkpoints.find(name, allow_download=allow_download)
            self._device = devices.choose(device)
            model, self._preprocess = build(checkpoint, name)
            self._model = model.to(self._device)
            self._tokenizer = Tokenizer(checkpoint, rows=_known_tokens(model))
        self.name = name
        self.dim = int(checkpoint.config["embed_dim"])
        self.fingerprint = _fingerprint(checkpoint, self._model, self._tokenizer.identity)
        self._batch_size = batch_size
        # Pictures are encoded first, for hours: texts that cannot be are noticed before.
        self._encode_texts(["a"])

    def encode_pictures(self, pictures: Sequence[Image]) -> PictureVectors:
        """(n, dim) of RGB pictures, already turned upright and on a ground."""
        vectors = in_batches(pictures, self._encode_pictures, size=self._batch_size, dim=self.dim)
        return PictureVectors(picture=vectors)

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """(n, dim), unit rows; a text beyond the window is the normalised mean of its windows' vectors."""
        return by_window(texts, self.windows, self._encode_pieces)

    def windows(self, text: str) -> list[str]:
        """The text in pieces that fit the model's context, cut after sentences or words."""
        return split(text, self._tokenizer.fits, most_words=self._tokenizer.length)

    def _encode_pieces(self, pieces: Sequence[str]) -> Vectors:
        return in_batches(pieces, self._encode_texts, size=self._batch_size, dim=self.dim)

    def _encode_pictures(self, pictures: Sequence[Image]) -> Vectors:
        import torch

        batch = torch.stack([self._preprocess(picture) for picture in pictures])
        return self._rows(lambda: self._model.encode_image(batch.to(self._device)), "pictures")

    def _encode_texts(self, pieces: Sequence[str]) -> Vectors:
        return self._rows(lambda: self._model.encode_text(self._tokenizer(pieces).to(self._device)), "texts")

    def _rows(self, encode: Callable[[], Encoded], what: str) -> Vectors:
        """Unit rows; EncodingError where the model makes none."""
        import torch

        with torch.inference_mode(), encoding(self.name, what):
            with self._precision():
                made = _pooled(encode())
            if not made.isfinite().all():
                made = _pooled(encode())  # in full precision: half of it overflows on some pictures
            return unit(numbers(made.float().cpu().numpy()))

    def _precision(self) -> AbstractContextManager[object]:
        """Half precision on CUDA, where it is several times faster; a CPU has no gain from it."""
        import torch

        # Autocast keeps norms and sums in full precision, which holds for every architecture; whole models
        # in half precision do not all stay finite.
        return torch.autocast("cuda", torch.float16) if self._device.startswith("cuda") else nullcontext()


def _pooled(made: Encoded) -> torch.Tensor:
    """Return the vectors of whole pictures or texts. A model with `output_tokens` returns them with its token vectors."""
    return made[0] if isinstance(made, tuple) else made


def _fingerprint(checkpoint: Checkpoint, model: Any, tokenizer: str | None) -> str:  # noqa: ANN401
    import open_clip

    described = [checkpoint.config, open_clip.get_model_preprocess_cfg(model), checkpoint.quick_gelu]
    files = [file_sha256(file) for file in checkpoint.weights]
    return fingerprint(
        RECIPE, json.dumps(described, sort_keys=True), *files, *([tokenizer] if tokenizer else [])
    )


def _known_tokens(model: Any) -> int | None:  # noqa: ANN401
    """How many tokens the model has a vector for; None where it does not say."""
    text = getattr(model, "text", model)
    table = getattr(text, "token_embedding", None)
    if table is None and hasattr(text, "transformer"):
        table = text.transformer.get_input_embeddings()
    return getattr(table, "num_embeddings", None)
