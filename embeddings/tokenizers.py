"""The tokenizer of an open_clip model: of its architecture, or from the folder of its weights."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

from embeddings import model_folders
from embeddings.checkpoints import Checkpoint
from embeddings.companions import BPE, VOCABULARIES, has_tokenizer
from embeddings.errors import WeightsDamagedError, WeightsNotFoundError
from embeddings.packaged import file_sha256, fingerprint

if TYPE_CHECKING:
    import torch

PROBES = ("A red barn on a hill, 1892.", "Über the moon & back: 3.5 km", "山の上の赤い納屋 it's")
"""Texts that tokenizers with different vocabularies split differently."""
MAX_EXTRA_TOKENS = 1000
"""How many special tokens a tokenizer may have beyond those of its model. T5 has a hundred."""
MAX_VOCABULARY_BYTES = 16_000_000
"""The limit of a decompressed CLIP vocabulary. The original has 3 MB."""


class Tokenizer:
    """The tokenizer of a model. Usable from several threads."""

    def __init__(self, checkpoint: Checkpoint, *, vocabulary_size: int | None = None) -> None:
        """Load the tokenizer. Raises EncoderError if it is unusable or has more tokens than the model's vocabulary."""
        text_config = checkpoint.config["text_cfg"]
        self.length = int(text_config.get("context_length", 77))
        self._tokenizer, folder, self.identity = _load_tokenizer(checkpoint)
        # Fast tokenizers of Hugging Face set their truncation in each call, which fails in two threads at once.
        self._lock = Lock()
        if folder and vocabulary_size:
            self._check_vocabulary_size(folder, vocabulary_size)

    def __call__(self, pieces: Sequence[str]) -> torch.Tensor:
        """Return the token ids (n, length) of pieces that fit."""
        with self._lock:
            return cast("torch.Tensor", self._tokenizer(list(pieces), context_length=self.length))

    def fits(self, text: str) -> bool:
        """Return whether the text fits into the context of the model."""
        with self._lock:
            return self._count_tokens(text) <= self.length

    def _count_tokens(self, text: str) -> int:
        """Count the tokens, including those that open_clip adds around a text."""
        tokenizer = self._tokenizer
        if hasattr(tokenizer, "encode"):
            return len(tokenizer.encode(text)) + len(("start", "end"))
        added_tokens = (
            len(("start", "end", "class"))
            if tokenizer.tokenizer_mode == "clips"
            else tokenizer.tokenizer.num_special_tokens_to_add()
        )
        return len(
            tokenizer.tokenizer(tokenizer.clean_fn(text), add_special_tokens=False, verbose=False).input_ids
        ) + int(added_tokens)

    def _check_vocabulary_size(self, folder: Path, vocabulary_size: int) -> None:
        try:
            max_token = int(self(PROBES).max())
        except Exception as error:  # the libraries raise many types if a special token is missing
            raise _unusable_error(folder, error) from error
        size = getattr(self._tokenizer, "tokenizer", self._tokenizer).vocab_size
        if max_token >= vocabulary_size or size > vocabulary_size + MAX_EXTRA_TOKENS:
            raise WeightsDamagedError(
                f"The tokenizer in {folder} has {size} tokens, but the model has {vocabulary_size}: "
                "they do not belong together. Put the weights into a folder of their own, with the tokenizer of the model, "
                "if it has one."
            )


def _load_tokenizer(checkpoint: Checkpoint) -> tuple[Any, Path | None, str | None]:
    """Return the tokenizer, its folder if it is local, and its fingerprint if it is not the architecture's own."""
    import open_clip

    text_config = checkpoint.config["text_cfg"]
    options = text_config.get("tokenizer_kwargs") or {}
    if checkpoint.tokenizer:
        return _hugging_face_tokenizer(checkpoint.tokenizer, text_config), checkpoint.tokenizer, None
    try:
        if checkpoint.architecture:
            default = open_clip.get_tokenizer(checkpoint.architecture)
        else:
            default = open_clip.SimpleTokenizer(
                context_length=text_config.get("context_length", 77), **options
            )
    except Exception as error:
        raise WeightsDamagedError(
            f"{checkpoint.described_by} describes no tokenizer of open_clip: tokenizer_kwargs {options} "
            f"({error}). Compare it with the page of the model."
        ) from error
    weights_folder = checkpoint.weights_folder
    local = _local_tokenizer(weights_folder, text_config) if weights_folder else None
    if weights_folder is None or local is None or _are_equivalent(local[0], default):
        return default, None, None
    if len(model_folders.models_in(weights_folder)) > 1:
        raise WeightsNotFoundError(
            f"{weights_folder} contains a tokenizer and several files of weights. It is unknown to which it belongs. "
            "Put the weights into a folder of their own, together with the tokenizer if it is theirs."
        )
    return local[0], weights_folder, fingerprint(*map(file_sha256, local[1]))


def _hugging_face_tokenizer(folder: Path, text_config: dict[str, Any]) -> Any:  # noqa: ANN401
    from open_clip.tokenizer import HFTokenizer

    # A foreign configuration must not run code from the folder or use the network.
    options = {
        **(text_config.get("tokenizer_kwargs") or {}),
        "trust_remote_code": False,
        "local_files_only": True,
    }
    try:
        # Not get_tokenizer, which would use the name of the repository and connect to the hub.
        return HFTokenizer(
            str(folder),
            context_length=text_config.get("context_length", 77),
            tokenizer_mode=text_config.get("tokenizer_mode"),
            **options,
        )
    except Exception as error:  # transformers raises many types for incomplete files
        raise _unusable_error(folder, error) from error


def _local_tokenizer(folder: Path, text_config: dict[str, Any]) -> tuple[Any, list[Path]] | None:
    """Return the tokenizer in the folder and the files of its vocabulary, or None."""
    import open_clip

    vocabulary = folder / BPE
    if vocabulary.is_file():
        try:
            with gzip.open(vocabulary) as file:
                if not 0 < len(file.read(MAX_VOCABULARY_BYTES + 1)) <= MAX_VOCABULARY_BYTES:
                    raise ValueError("it is empty or too large")
            return open_clip.SimpleTokenizer(str(vocabulary)), [vocabulary]
        except (OSError, EOFError, ValueError, LookupError) as error:
            raise _unusable_error(vocabulary, error) from error
    if not has_tokenizer(folder):
        return None
    names = next(names for names in VOCABULARIES if all((folder / name).is_file() for name in names))
    return _hugging_face_tokenizer(folder, text_config), [folder / name for name in names]


def _are_equivalent(tokenizer: Any, default: Any) -> bool:  # noqa: ANN401
    """Return whether both tokenizers give the same tokens for the probes.

    Folders of LAION contain CLIP's own tokenizer in another format.
    """
    if hasattr(tokenizer, "encode") and hasattr(default, "encode"):
        return bool(tokenizer.encoder == default.encoder and tokenizer.bpe_ranks == default.bpe_ranks)
    if not hasattr(default, "encode"):
        return False
    special_tokens = default.sot_token_id, default.eot_token_id
    return all(
        tokenizer.tokenizer(text).input_ids == [special_tokens[0], *default.encode(text), special_tokens[1]]
        for text in PROBES
    )


def _unusable_error(path: Path, error: Exception) -> WeightsDamagedError:
    reason = str(error).partition("\n")[0][:200].rstrip(". ") or type(error).__name__
    return WeightsDamagedError(
        f"The tokenizer in {path} cannot be used ({reason}). Fetch its files again, with the model."
    )
