"""What the name of an open_clip model stands for: an architecture, preprocessing, weights, a tokenizer.

| name | weights |
| --- | --- |
| `ViT-B-32/laion2b_s34b_b79k` | an architecture and a tag that open_clip knows; from the hub |
| `ViT-B-32:/path/to/weights.safetensors` | an architecture and a file: .safetensors, .pt, .pth or .bin |
| `hf-hub:org/model` | a repository on the hub with open_clip_config.json |
| `local-dir:/path/to/folder` | a folder with open_clip_config.json and the weights beside it |
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import Any

from embeddings import torchscript, weights
from embeddings.errors import UnknownModel, WeightsDamaged, WeightsNotFound
from embeddings.weights import HubFile

CONFIG = "open_clip_config.json"
HUB_WEIGHTS = ("open_clip_model.safetensors", "open_clip_pytorch_model.bin")
FOLDER_WEIGHTS = (
    *HUB_WEIGHTS,
    "open_clip_pytorch_model.safetensors",
    "model.safetensors",
    "pytorch_model.bin",
)
TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json")


@dataclass(frozen=True)
class Checkpoint:
    """Everything an encoder is built from, found on this machine."""

    architecture: str
    """As open_clip.create_model takes it: `ViT-B-32`, or `local-dir:` and a folder."""
    config: Mapping[str, Any]
    """open_clip's description of the architecture."""
    preprocess: Mapping[str, Any]
    """How pictures are prepared, where that is not open_clip's default."""
    quick_gelu: bool
    """Whether the weights were trained with the approximation that OpenAI used."""
    weights: Path
    tokenizer: Path | None
    """The folder of a Hugging Face tokenizer; None where open_clip brings its own."""
    text_model: Path | None
    """The folder with the configuration of a Hugging Face text model; None where open_clip has it."""


def find(name: str, *, allow_download: bool) -> Checkpoint:
    """What the name stands for; raises UnknownModel, WeightsNotFound, WeightsDamaged or DownloadFailed."""
    if name.startswith("hf-hub:"):
        return _in_repository(name, allow_download=allow_download)
    if name.startswith("local-dir:"):
        return _in_folder(
            name, Path(name.removeprefix("local-dir:")).expanduser(), allow_download=allow_download
        )
    if ":" in name:
        return _in_file(name, allow_download=allow_download)
    return _with_tag(name, allow_download=allow_download)


def _with_tag(name: str, *, allow_download: bool) -> Checkpoint:
    import open_clip

    architecture, _, tag = name.partition("/")
    config = _config(architecture)
    published = open_clip.get_pretrained_cfg(architecture, tag) if tag else {}
    if not published:
        tags = [f"{architecture}/{known}" for known in open_clip.list_pretrained_tags_by_model(architecture)]
        some = ", ".join(tags[:6]) + (", ..." if len(tags) > 6 else "")
        raise UnknownModel(f"{name} does not say which weights. Name {some or 'a file: ARCHITECTURE:PATH'}.")
    file = _hub_file(published["hf_hub"])
    path = weights.obtain(file, model=name, allow_download=allow_download)
    return _checkpoint(name, architecture, config, published, path, allow_download=allow_download)


def _in_file(name: str, *, allow_download: bool) -> Checkpoint:
    architecture, _, path = name.partition(":")
    config = _config(architecture)
    file = weights.given(Path(path).expanduser())
    return _checkpoint(
        name, architecture, config, _shared_preprocess(architecture), file, allow_download=allow_download
    )


def _in_repository(name: str, *, allow_download: bool) -> Checkpoint:
    repo = name.removeprefix("hf-hub:")
    config = weights.obtain(HubFile(repo, (CONFIG,)), model=name, allow_download=allow_download)
    weights.obtain(HubFile(repo, HUB_WEIGHTS), model=name, allow_download=allow_download)
    return _in_folder(name, config.parent, allow_download=allow_download)


def _in_folder(name: str, folder: Path, *, allow_download: bool) -> Checkpoint:
    description = _description(folder / CONFIG)
    path = next((folder / file for file in FOLDER_WEIGHTS if (folder / file).is_file()), None)
    if path is None:
        raise WeightsNotFound(f"{folder} has none of {', '.join(FOLDER_WEIGHTS)}. Put the weights there.")
    return _checkpoint(
        name,
        f"local-dir:{folder}",
        description["model_cfg"],
        description.get("preprocess_cfg", {}),
        path,
        allow_download=allow_download,
        folder=folder,
    )


def _checkpoint(
    name: str,
    architecture: str,
    config: Mapping[str, Any],
    published: Mapping[str, Any],
    path: Path,
    *,
    allow_download: bool,
    folder: Path | None = None,
) -> Checkpoint:
    def companion(key: str, files: tuple[str, ...]) -> Path | None:
        return _companion(
            config["text_cfg"].get(key), files, folder, model=name, allow_download=allow_download
        )

    return Checkpoint(
        architecture=architecture,
        config=config,
        preprocess={
            key: value for key, value in published.items() if key not in ("url", "hf_hub", "quick_gelu")
        },
        quick_gelu=bool(published.get("quick_gelu", False)) or torchscript.by_openai(path),
        weights=path,
        tokenizer=companion("hf_tokenizer_name", TOKENIZER_FILES),
        text_model=companion("hf_model_name", ("config.json",)),
    )


def _companion(
    repo: str | None, files: tuple[str, ...], folder: Path | None, *, model: str, allow_download: bool
) -> Path | None:
    """The folder of what Hugging Face's libraries are to load: the model's own, else the hub's."""
    if repo is None:
        return None
    if folder is not None and all((folder / file).is_file() for file in files):
        return folder
    found = [
        weights.obtain(HubFile(repo, (file,)), model=model, allow_download=allow_download) for file in files
    ]
    return found[0].parent


def _config(architecture: str) -> Mapping[str, Any]:
    import open_clip

    config: Mapping[str, Any] | None = open_clip.get_model_config(architecture)
    if config is None:
        near = get_close_matches(architecture, open_clip.list_models(), n=3)
        meant = f" Did you mean {' or '.join(near)}?" if near else ""
        raise UnknownModel(
            f"No model is called {architecture!r}.{meant} Names look like ViT-B-32/laion2b_s34b_b79k."
        )
    return config


def _description(path: Path) -> dict[str, Any]:
    try:
        description: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        _ = description["model_cfg"]["text_cfg"], description["model_cfg"]["embed_dim"]
    except FileNotFoundError:
        raise WeightsNotFound(f"There is no {path}. Name a folder with an open_clip model.") from None
    except (ValueError, KeyError, TypeError) as error:
        raise WeightsDamaged(
            f"{path} does not describe an open_clip model ({error}). Fetch the model again."
        ) from error
    return description


def _hub_file(address: str) -> HubFile:
    """`org/repo/` stands for the usual weights, `org/repo/file.bin` for that file or its safetensors twin."""
    repo, file = address.rsplit("/", 1)
    if not file:
        return HubFile(repo, HUB_WEIGHTS)
    return HubFile(repo, tuple(dict.fromkeys((str(PurePosixPath(file).with_suffix(".safetensors")), file))))


def _shared_preprocess(architecture: str) -> Mapping[str, Any]:
    """How all published weights of the architecture see pictures, if they agree: a file does not say."""
    import open_clip

    tags = open_clip.list_pretrained_tags_by_model(architecture)
    published = [open_clip.get_pretrained_cfg(architecture, tag) for tag in tags]
    ways = [{key: way[key] for key in way if key not in ("url", "hf_hub")} for way in published]
    return ways[0] if ways and all(way == ways[0] for way in ways) else {}
