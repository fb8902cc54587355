"""CLIP (Radford et al., 2021) and its relatives, through open_clip (Ilharco et al., 2021)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from embeddings import checkpoints, devices, state_dicts
from embeddings.checkpoints import Checkpoint
from embeddings.encoder import PictureVectors, SentenceEncoder, Vectors
from embeddings.fingerprints import file_sha256, fingerprint
from embeddings.quiet import quiet
from embeddings.vectors import by_window, in_batches, unit
from embeddings.weight_loading import load_into
from embeddings.windows import split

if TYPE_CHECKING:
    import torch
    from PIL.Image import Image

RECIPE = "open_clip 1"
"""Changes whenever this code would give other vectors from the same weights."""


class OpenClipEncoder:
    """Any open_clip model with its own preprocessing and tokenizer; `picture` serves for looks as well.

    Names: `ARCHITECTURE/TAG`, `ARCHITECTURE:/path/to/weights.safetensors` (or .pt, .pth, .bin),
    `hf-hub:org/model`, `local-dir:/path/to/folder`.
    """

    looks_dim: int | None = None
    sentences: SentenceEncoder | None = None

    def __init__(
        self, name: str, *, device: str | None = None, allow_download: bool = False, batch_size: int = 32
    ) -> None:
        """Loads the weights onto the device (named, else cuda, mps, cpu); raises EncoderError.

        The fingerprint is over the architecture, the SHA-256 of the file of weights and the preprocessing, so
        the same weights have one fingerprint whether named by tag or by path.
        """
        with quiet():
            checkpoint = checkpoints.find(name, allow_download=allow_download)
            self._device = devices.choose(device)
            self._model = _model(checkpoint, name).to(self._device)
            self._preprocess = _preprocess(self._model)
            self._tokenizer = Tokenizer(checkpoint)
        self.name = name
        self.dim = int(checkpoint.config["embed_dim"])
        self.fingerprint = _fingerprint(checkpoint, self._model)
        self._batch_size = batch_size

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
        with torch.inference_mode(), self._precision():
            return _rows(self._model.encode_image(batch.to(self._device)))

    def _encode_texts(self, pieces: Sequence[str]) -> Vectors:
        import torch

        with torch.inference_mode(), self._precision():
            return _rows(self._model.encode_text(self._tokenizer(pieces).to(self._device)))

    def _precision(self) -> AbstractContextManager[object]:
        """Half precision on CUDA, where it is several times faster; a CPU has no gain from it."""
        import torch

        # Autocast keeps norms and sums in full precision, which holds for every architecture; whole models
        # in half precision do not all stay finite.
        return torch.autocast("cuda", torch.float16) if self._device.startswith("cuda") else nullcontext()


class Tokenizer:
    """A model's own tokenizer, for several threads."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        text = checkpoint.config["text_cfg"]
        self.length = int(text.get("context_length", 77))
        self._tokenizer = _tokenizer(checkpoint)
        # Hugging Face's fast tokenizers set their truncation on each call and refuse to do so in two threads.
        self._lock = Lock()

    def __call__(self, pieces: Sequence[str]) -> torch.Tensor:
        """(n, length) token numbers of pieces that fit."""
        with self._lock:
            return cast("torch.Tensor", self._tokenizer(list(pieces), context_length=self.length))

    def fits(self, text: str) -> bool:
        """Whether the model sees the whole text."""
        with self._lock:
            return self._count(text) <= self.length

    def _count(self, text: str) -> int:
        """Tokens, those that open_clip adds around a text included."""
        own = self._tokenizer
        if hasattr(own, "encode"):
            return len(own.encode(text)) + len(("start", "end"))
        added = (
            len(("start", "end", "class"))
            if own.tokenizer_mode == "clips"
            else own.tokenizer.num_special_tokens_to_add()
        )
        return len(
            own.tokenizer(own.clean_fn(text), add_special_tokens=False, verbose=False).input_ids
        ) + int(added)


def _model(checkpoint: Checkpoint, name: str) -> Any:  # noqa: ANN401 (CLIP, CustomTextCLIP and CoCa share no base)
    import open_clip

    text = {"text_cfg": _local_text(checkpoint)} if checkpoint.text_model else {}
    model = open_clip.create_model(
        checkpoint.architecture,
        load_weights=False,
        pretrained_text=False,
        force_quick_gelu=checkpoint.quick_gelu,
        force_preprocess_cfg=dict(checkpoint.preprocess),
        **text,
    )
    load_into(model, state_dicts.read([checkpoint.weights]), [checkpoint.weights], name)
    return model.eval()


def _local_text(checkpoint: Checkpoint) -> dict[str, Any]:
    return {
        **checkpoint.config["text_cfg"],
        "hf_model_name": str(checkpoint.text_model),
        "hf_model_pretrained": False,
    }


def _preprocess(model: Any) -> Any:  # noqa: ANN401
    import open_clip
    from open_clip.transform import PreprocessCfg, image_transform_v2

    return image_transform_v2(PreprocessCfg(**open_clip.get_model_preprocess_cfg(model)), is_train=False)


def _tokenizer(checkpoint: Checkpoint) -> Any:  # noqa: ANN401
    import open_clip
    from open_clip.tokenizer import HFTokenizer

    if checkpoint.tokenizer is None:
        return open_clip.get_tokenizer(checkpoint.architecture)
    # Built here, not by get_tokenizer, which would name the hub's repository and ask the network about it.
    text = checkpoint.config["text_cfg"]
    return HFTokenizer(
        str(checkpoint.tokenizer),
        context_length=text.get("context_length", 77),
        tokenizer_mode=text.get("tokenizer_mode"),
        **text.get("tokenizer_kwargs", {}),
    )


def _fingerprint(checkpoint: Checkpoint, model: Any) -> str:  # noqa: ANN401
    import open_clip

    described = [checkpoint.config, open_clip.get_model_preprocess_cfg(model), checkpoint.quick_gelu]
    return fingerprint(RECIPE, json.dumps(described, sort_keys=True), file_sha256(checkpoint.weights))


def _rows(output: torch.Tensor) -> Vectors:
    return unit(cast(NDArray[np.float32], output.float().cpu().numpy()))
