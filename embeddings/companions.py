"""Companions, the files of a model besides its weights: tokenizer and configuration of a Hugging Face text model.

They are taken from the folder of the model if it contains them, otherwise from the hub.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from embeddings import weights
from embeddings.weights import HubFile

TOKENIZER_FILES = ("tokenizer_config.json", "tokenizer.json")
VOCABULARIES = (
    ("tokenizer.json",),
    ("vocab.txt",),
    ("vocab.json", "merges.txt"),
    ("spiece.model",),
    ("sentencepiece.bpe.model",),
    ("tokenizer.model",),
)
"""The files of Hugging Face tokenizers. Without one of these sets, the library silently creates an empty tokenizer."""
BPE = "bpe_simple_vocab_16e6.txt.gz"
"""The vocabulary of CLIP's own tokenizer."""
TEXT_CONFIG = "config.json"


@dataclass(frozen=True)
class Companions:
    """The folders of the companions of a model; None for companions that the model does not need."""

    tokenizer: Path | None
    text_model: Path | None


@dataclass(frozen=True)
class RequiredCompanions:
    """The companions that a configuration requires, and those that are in the folder of the model."""

    tokenizer_repo: str | None
    text_repo: str | None
    tokenizer: Path | None
    text_model: Path | None

    def files(self) -> list[HubFile]:
        """Return the files that must come from the hub."""
        files: list[HubFile] = []
        if self.tokenizer_repo and not self.tokenizer:
            files += [HubFile(self.tokenizer_repo, (name,)) for name in TOKENIZER_FILES]
        if self.text_repo and not self.text_model:
            files.append(HubFile(self.text_repo, (TEXT_CONFIG,)))
        return files

    def obtain(
        self, other_files: Sequence[HubFile], *, model: str, allow_download: bool
    ) -> tuple[list[Path], Companions]:
        """Obtain the other files of the model and the companions. One error names all missing files."""
        obtained = weights.obtain_all(
            [*other_files, *self.files()], model=model, allow_download=allow_download
        )
        paths = dict(zip(self.files(), obtained[len(other_files) :], strict=True))
        folders = {file.repo + file.names[0]: path.parent for file, path in paths.items()}
        return obtained[: len(other_files)], Companions(
            self.tokenizer or folders.get(f"{self.tokenizer_repo}{TOKENIZER_FILES[0]}"),
            self.text_model or folders.get(f"{self.text_repo}{TEXT_CONFIG}"),
        )


def required_companions(config: Mapping[str, Any], folder: Path | None) -> RequiredCompanions:
    """Return the companions that a configuration requires; `folder` is the folder of the model, if any."""
    text = config["text_cfg"]
    tokenizer, model = text.get("hf_tokenizer_name"), text.get("hf_model_name")
    return RequiredCompanions(
        tokenizer,
        model,
        folder if tokenizer and folder and has_tokenizer(folder) else None,
        folder if model and folder and _describes_text_model(folder / TEXT_CONFIG) else None,
    )


def has_tokenizer(folder: Path) -> bool:
    """Return whether the folder contains the files of a Hugging Face tokenizer."""
    has_config = (folder / TOKENIZER_FILES[0]).is_file() or (folder / TEXT_CONFIG).is_file()
    return any(
        all((folder / name).is_file() for name in names) and (has_config or names == ("tokenizer.json",))
        for names in VOCABULARIES
    )


def _describes_text_model(config: Path) -> bool:
    """Return whether open_clip can build the text model in the file. Many repositories describe other models in it."""
    from open_clip.hf_configs import arch_dict

    try:
        return json.loads(config.read_text(encoding="utf-8"))["model_type"] in arch_dict
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False
