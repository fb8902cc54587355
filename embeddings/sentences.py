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
from embeddings.failures import encoding, numbers
from embeddings.fingerprints import file_sha256, fingerprint
from embeddings.quiet import quiet
from embeddings.vectors import by_window, in_batches, unit
from embeddings.weight_loading import check_numbers
from embeddings.weights import HubFile
from embeddings.windows import split

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

RECIPE = "sentence-transformers 1"
"""Changes whenever this code would give other vectors from the same weights."""

PATTERNS = ("*.json", "*.txt", "*.model", "*.safetensors")
"""The files that make a model; only weights in the format that holds no code are fetched."""


class SentenceTransformerEncoder:
    """A sentence-transformers model: a folder, or a name on the hub (with or without its organisation)."""

    def __init__(
        self, name: str, *, device: str | None = None, allow_download: bool = False, batch_size: int = 32
    ) -> None:
        """Loads the model; raises EncoderError. The fingerprint is over all files of the model."""
        folder = _folder(name, allow_download=allow_download)
        self._model = _model(folder, name, devices.choose(device))
        self.name = name
        self.fingerprint = _fingerprint(folder)
        self.dim = int(self._model.get_embedding_dimension() or 0)
        self._batch_size = batch_size
        # Hugging Face's fast tokenizers set their truncation on each call and refuse to do so in two threads.
        self._lock = Lock()

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """(n, dim), unit rows; a text beyond the window is the normalised mean of its windows' vectors."""
        return by_window(texts, self.windows, self._encode_pieces)

    def windows(self, text: str) -> list[str]:
        """The text in pieces that fit the model's context, cut after sentences or words."""
        length = self._model.max_seq_length
        if length is None:
            return [text]
        return split(text, lambda piece: self._count(piece) <= length, most_words=length)

    def _count(self, text: str) -> int:
        with self._lock:
            return len(self._model.tokenizer(text, truncation=False, verbose=False).input_ids)

    def _encode_pieces(self, pieces: Sequence[str]) -> Vectors:
        return in_batches(pieces, self._encode_batch, size=self._batch_size, dim=self.dim)

    def _encode_batch(self, pieces: Sequence[str]) -> Vectors:
        with self._lock, encoding(self.name, "texts"):
            made = self._model.encode(list(pieces), batch_size=len(pieces), show_progress_bar=False)
            return unit(numbers(made))


def _folder(name: str, *, allow_download: bool) -> Path:
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
        "or name none to use the bundled all-MiniLM-L6-v2."
    )


def _model(folder: Path, name: str, device: str) -> SentenceTransformer:
    with quiet(), _no_progress_bars():
        from sentence_transformers import SentenceTransformer

        try:
            model = SentenceTransformer(str(folder), device=device, local_files_only=True)
        except Exception as error:  # the library raises a dozen kinds for a folder that is not whole
            raise WeightsDamagedError(
                f"{folder} holds no complete sentence-transformers model ({name}): {error}. Fetch it again."
            ) from error
    check_numbers(model, str(folder))
    return model


def _fingerprint(folder: Path) -> str:
    files = sorted(path for pattern in (*PATTERNS, "*.bin") for path in folder.rglob(pattern))
    return fingerprint(
        RECIPE, *(f"{path.relative_to(folder).as_posix()} {file_sha256(path)}" for path in files)
    )


@contextmanager
def _no_progress_bars() -> Iterator[None]:
    from transformers.utils import logging

    wanted = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if wanted:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]
