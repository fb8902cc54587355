"""Sentence encoders of the sentence-transformers library (Reimers and Gurevych, 2019)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from embeddings import devices, weights
from embeddings.encoder import Vectors
from embeddings.errors import WeightsDamagedError, WeightsNotFoundError
from embeddings.failures import require_finite, translate_encoding_errors
from embeddings.packaged import file_sha256, fingerprint
from embeddings.quiet import silence_libraries
from embeddings.vectors import encode_by_window, encode_in_batches, split_into_windows, unit
from embeddings.weight_loading import check_finite
from embeddings.weights import HubFile

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

RECIPE = "sentence-transformers 1"
"""The version of this algorithm. Change it whenever the same weights would give other vectors."""

PATTERNS = ("*.json", "*.txt", "*.model", "*.safetensors")
"""The files of a model that are downloaded; of weights, only the format that cannot contain code."""


class SentenceTransformerEncoder:
    """A model of sentence-transformers: a folder, or a name on the hub (with or without its organisation)."""

    def __init__(
        self, name: str, *, device: str | None = None, allow_download: bool = False, batch_size: int = 32
    ) -> None:
        """Load the model; its fingerprint depends on all its files. Raises EncoderError."""
        folder = _find_folder(name, allow_download=allow_download)
        self._model = _load_model(folder, name, devices.choose(device))
        self.name = name
        self.fingerprint = _fingerprint(folder)
        self.dim = int(self._model.get_embedding_dimension() or 0)
        self._batch_size = batch_size
        # Fast tokenizers of Hugging Face set their truncation in each call, which fails in two threads at once.
        self._lock = Lock()

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode texts: (n, dim), unit rows. A text longer than the window is the normalised mean of its windows."""
        return encode_by_window(texts, self.windows, self._encode_pieces)

    def windows(self, text: str) -> list[str]:
        """Split a text after sentences or words into pieces that fit the context of the model."""
        length = self._model.max_seq_length
        if length is None:
            return [text]
        return split_into_windows(text, lambda piece: self._count_tokens(piece) <= length, max_words=length)

    def _count_tokens(self, text: str) -> int:
        with self._lock:
            return len(self._model.tokenizer(text, truncation=False, verbose=False).input_ids)

    def _encode_pieces(self, pieces: Sequence[str]) -> Vectors:
        return encode_in_batches(pieces, self._encode_batch, size=self._batch_size, dim=self.dim)

    def _encode_batch(self, pieces: Sequence[str]) -> Vectors:
        with self._lock, translate_encoding_errors(self.name, "texts"):
            vectors = self._model.encode(list(pieces), batch_size=len(pieces), show_progress_bar=False)
            return unit(require_finite(vectors))


def _find_folder(name: str, *, allow_download: bool) -> Path:
    path = Path(name).expanduser()
    if path.is_dir():
        return path
    repo = name if "/" in name else f"sentence-transformers/{name}"
    cached = HubFile(repo, ("modules.json",)).cached()
    if cached is not None:
        return cached.parent
    if allow_download:
        return weights.fetch(repo, PATTERNS, model=name)
    raise WeightsNotFoundError(
        f"The sentence encoder {name} is not on this machine: fetch it with `hf download {repo}`, "
        "or omit its name to use the bundled all-MiniLM-L6-v2."
    )


def _load_model(folder: Path, name: str, device: str) -> SentenceTransformer:
    with silence_libraries(), _no_progress_bars():
        from sentence_transformers import SentenceTransformer

        try:
            model = SentenceTransformer(str(folder), device=device, local_files_only=True)
        except Exception as error:  # the library raises many types for an incomplete folder
            raise WeightsDamagedError(
                f"{folder} does not contain a complete sentence-transformers model ({name}): {error}. Fetch it again."
            ) from error
    check_finite(model, str(folder))
    return model


def _fingerprint(folder: Path) -> str:
    files = sorted(path for pattern in (*PATTERNS, "*.bin") for path in folder.rglob(pattern))
    return fingerprint(
        RECIPE, *(f"{path.relative_to(folder).as_posix()} {file_sha256(path)}" for path in files)
    )


@contextmanager
def _no_progress_bars() -> Iterator[None]:
    from transformers.utils import logging

    was_enabled = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if was_enabled:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]
