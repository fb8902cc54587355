"""The tokenizer of an open_clip model: the one that its architecture names, or the one beside its weights."""

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
from embeddings.fingerprints import file_sha256, fingerprint

if TYPE_CHECKING:
    import torch

PROBES = ("A red barn on a hill, 1892.", "Über the moon & back: 3.5 km", "山の上の赤い納屋 it's")
"""Texts that tokenizers of different vocabularies cut differently."""
SPARE = 1000
"""How many special tokens a tokenizer may have beyond those of its model: T5's have a hundred."""
VOCABULARY_BYTES = 16_000_000
"""No vocabulary of CLIP is larger when it is unpacked: 3 MB."""


class Tokenizer:
    """A model's own tokenizer, for several threads."""

    def __init__(self, checkpoint: Checkpoint, *, rows: int | None = None) -> None:
        """Raises EncoderError where it cannot be made, or has more tokens than the `rows` that the model knows."""
        text = checkpoint.config["text_cfg"]
        self.length = int(text.get("context_length", 77))
        self._tokenizer, folder, self.identity = _tokenizer(checkpoint)
        # Hugging Face's fast tokenizers set their truncation on each call and refuse to do so in two threads.
        self._lock = Lock()
        if folder and rows:
            self._check_rows(folder, rows)

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

    def _check_rows(self, folder: Path, rows: int) -> None:
        try:
            highest = int(self(PROBES).max())
        except Exception as error:  # the libraries raise a dozen kinds where a special token is missing
            raise _unusable(folder, error) from error
        size = getattr(self._tokenizer, "tokenizer", self._tokenizer).vocab_size
        if highest >= rows or size > rows + SPARE:
            raise WeightsDamagedError(
                f"The tokenizer in {folder} has {size} tokens and the model knows {rows}: they do not belong together. "
                "Put the weights into a folder of their own, with the tokenizer of the model where it has one."
            )


def _tokenizer(checkpoint: Checkpoint) -> tuple[Any, Path | None, str | None]:
    """The tokenizer, the folder of the model in which it is, and what tells it from the architecture's own."""
    import open_clip

    text = checkpoint.config["text_cfg"]
    options = text.get("tokenizer_kwargs") or {}
    if checkpoint.tokenizer:
        return _of_hugging_face(checkpoint.tokenizer, text), checkpoint.tokenizer, None
    try:
        if checkpoint.architecture:
            usual = open_clip.get_tokenizer(checkpoint.architecture)
        else:
            usual = open_clip.SimpleTokenizer(context_length=text.get("context_length", 77), **options)
    except Exception as error:
        raise WeightsDamagedError(
            f"{checkpoint.described_by} describes no tokenizer of open_clip: tokenizer_kwargs {options} "
            f"({error}). Compare it with the page of the model."
        ) from error
    beside = checkpoint.beside
    found = _beside(beside, text) if beside else None
    if beside is None or found is None or _same(found[0], usual):
        return usual, None, None
    if len(model_folders.models_in(beside)) > 1:
        raise WeightsNotFoundError(
            f"{beside} holds several files of weights and a tokenizer, and which it belongs to is not known. "
            "Put the weights into a folder of their own, with the tokenizer where it is theirs."
        )
    return found[0], beside, fingerprint(*map(file_sha256, found[1]))


def _of_hugging_face(folder: Path, text: dict[str, Any]) -> Any:  # noqa: ANN401
    from open_clip.tokenizer import HFTokenizer

    # A description that somebody else wrote may not ask for programs of the folder, nor for the network.
    options = {**(text.get("tokenizer_kwargs") or {}), "trust_remote_code": False, "local_files_only": True}
    try:
        # Built here: get_tokenizer would name the hub's repository and ask the network about it.
        return HFTokenizer(
            str(folder),
            context_length=text.get("context_length", 77),
            tokenizer_mode=text.get("tokenizer_mode"),
            **options,
        )
    except Exception as error:  # transformers raises a dozen kinds for files that are not whole
        raise _unusable(folder, error) from error


def _beside(folder: Path, text: dict[str, Any]) -> tuple[Any, list[Path]] | None:
    """The tokenizer that the folder holds, and its vocabulary."""
    import open_clip

    vocabulary = folder / BPE
    if vocabulary.is_file():
        try:
            with gzip.open(vocabulary) as opened:
                if not 0 < len(opened.read(VOCABULARY_BYTES + 1)) <= VOCABULARY_BYTES:
                    raise ValueError("it is empty or too large")
            return open_clip.SimpleTokenizer(str(vocabulary)), [vocabulary]
        except (OSError, EOFError, ValueError, LookupError) as error:
            raise _unusable(vocabulary, error) from error
    if not has_tokenizer(folder):
        return None
    names = next(names for names in VOCABULARIES if all((folder / name).is_file() for name in names))
    return _of_hugging_face(folder, text), [folder / name for name in names]


def _same(one: Any, usual: Any) -> bool:  # noqa: ANN401
    """Whether both make the same tokens of the probes: LAION's folders hold CLIP's own tokenizer in another form."""
    if hasattr(one, "encode") and hasattr(usual, "encode"):
        return bool(one.encoder == usual.encoder and one.bpe_ranks == usual.bpe_ranks)
    if not hasattr(usual, "encode"):
        return False
    around = usual.sot_token_id, usual.eot_token_id
    return all(
        one.tokenizer(text).input_ids == [around[0], *usual.encode(text), around[1]] for text in PROBES
    )


def _unusable(path: Path, error: Exception) -> WeightsDamagedError:
    reason = str(error).partition("\n")[0][:200].rstrip(". ") or type(error).__name__
    return WeightsDamagedError(
        f"The tokenizer in {path} cannot be used ({reason}). Fetch its files again, with the model."
    )
