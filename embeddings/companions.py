"""What a model needs beside its weights: a tokenizer, the configuration of a text model of Hugging Face.

They are taken from the model's own folder where they are there, else from the hub.
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
"""What a tokenizer of Hugging Face is made from; without one of these its library makes an empty one."""
BPE = "bpe_simple_vocab_16e6.txt.gz"
"""The vocabulary of CLIP's own tokenizer."""
TEXT_CONFIG = "config.json"


@dataclass(frozen=True)
class Companions:
    """Where the companions of a model are; None where the model needs none."""

    tokenizer: Path | None
    text_model: Path | None


@dataclass(frozen=True)
class Needed:
    """The companions that a configuration asks for, and which of them are in the model's folder."""

    tokenizer_repo: str | None
    text_repo: str | None
    tokenizer: Path | None
    text_model: Path | None

    def files(self) -> list[HubFile]:
        """Those that must come from the hub."""
        files: list[HubFile] = []
        if self.tokenizer_repo and not self.tokenizer:
            files += [HubFile(self.tokenizer_repo, (name,)) for name in TOKENIZER_FILES]
        if self.text_repo and not self.text_model:
            files.append(HubFile(self.text_repo, (TEXT_CONFIG,)))
        return files

    def obtain(
        self, others: Sequence[HubFile], *, model: str, allow_download: bool
    ) -> tuple[list[Path], Companions]:
        """The other files of the model and the companions; raises one error that names all that are missing."""
        found = weights.obtain_all([*others, *self.files()], model=model, allow_download=allow_download)
        paths = dict(zip(self.files(), found[len(others) :], strict=True))
        folders = {file.repo + file.names[0]: path.parent for file, path in paths.items()}
        return found[: len(others)], Companions(
            self.tokenizer or folders.get(f"{self.tokenizer_repo}{TOKENIZER_FILES[0]}"),
            self.text_model or folders.get(f"{self.text_repo}{TEXT_CONFIG}"),
        )


def needed(config: Mapping[str, Any], folder: Path | None) -> Needed:
    """What the configuration asks for; `folder` is that of the model, where it has one."""
    text = config["text_cfg"]
    tokenizer, model = text.get("hf_tokenizer_name"), text.get("hf_model_name")
    return Needed(
        tokenizer,
        model,
        folder if tokenizer and folder and has_tokenizer(folder) else None,
        folder if model and folder and _describes_text_model(folder / TEXT_CONFIG) else None,
    )


def has_tokenizer(folder: Path) -> bool:
    """Whether a tokenizer of Hugging Face can be made from the folder's files."""
    described = (folder / TOKENIZER_FILES[0]).is_file() or (folder / TEXT_CONFIG).is_file()
    return any(
        all((folder / name).is_file() for name in names) and (described or names == ("tokenizer.json",))
        for names in VOCABULARIES
    )


def _describes_text_model(config: Path) -> bool:
    """Whether open_clip can make the text model that the file describes; many repositories have other ones there."""
    from open_clip.hf_configs import arch_dict

    try:
        return json.loads(config.read_text(encoding="utf-8"))["model_type"] in arch_dict
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return False
