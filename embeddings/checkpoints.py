"""Resolution of the name of an open_clip model to an architecture, preprocessing, weights and a tokenizer.

| name | weights |
| --- | --- |
| `ViT-B-32/laion2b_s34b_b79k` | an architecture and a tag that open_clip knows; from the hub |
| `ViT-B-32:/path/to/weights.safetensors` | an architecture and a file: .safetensors, .pt, .pth or .bin |
| `hf-hub:org/model` | a repository on the hub with open_clip_config.json |
| `local-dir:/path/to/folder` | a folder with open_clip_config.json and weights, or a file of weights in such a folder |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import Any

from embeddings import model_configs, torchscript, weights
from embeddings.companions import Companions, RequiredCompanions, required_companions
from embeddings.errors import UnknownModelError, WeightsNotFoundError
from embeddings.model_configs import CONFIG
from embeddings.model_folders import (
    HUB_WEIGHTS,
    INDEX,
    INDEXES,
    TRANSFORMERS_STEMS,
    models_in,
    shard_names,
    shards_of,
    weights_in,
)
from embeddings.weights import HubFile


@dataclass(frozen=True)
class Checkpoint:
    """All files and settings from which an encoder is built; the files are on this machine."""

    architecture: str | None
    """The name for open_clip.create_model, such as `ViT-B-32`; None if only the configuration describes it."""
    config: Mapping[str, Any]
    """open_clip's configuration of the architecture."""
    preprocess: Mapping[str, Any]
    """The preprocessing of pictures where it differs from open_clip's default."""
    quick_gelu: bool
    """Whether the weights were trained with QuickGELU, OpenAI's approximation of GELU."""
    weights: tuple[Path, ...]
    """One file, or all shards."""
    tokenizer: Path | None
    """The folder of a Hugging Face tokenizer; None if open_clip contains the tokenizer."""
    text_model: Path | None
    """The folder with the configuration of a Hugging Face text model; None if open_clip contains it."""
    described_by: Path | None = None
    """The file with the configuration; None if open_clip contains it."""
    weights_folder: Path | None = None
    """The folder of the weights, which may contain a tokenizer to use instead of open_clip's own."""


def find(name: str, *, allow_download: bool) -> Checkpoint:
    """Find all files and settings of the named model.

    Raises UnknownModelError, WeightsNotFoundError, WeightsDamagedError or DownloadError.
    """
    try:
        return _resolve(name, allow_download=allow_download)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        where = f" at {error.filename}" if error.filename and str(error.filename) not in name else ""
        raise WeightsNotFoundError(
            f"{name[:300]} cannot be read{where}: {reason}. Check the path and its permissions."
        ) from error


def _resolve(name: str, *, allow_download: bool) -> Checkpoint:
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
    config = _config(architecture, name)
    published = open_clip.get_pretrained_cfg(architecture, tag) if tag else {}
    if not published:
        tags = [
            f"{architecture}/{known_tag}"
            for known_tag in open_clip.list_pretrained_tags_by_model(architecture)
        ]
        examples = ", ".join(tags[:6]) + (", ..." if len(tags) > 6 else "")
        raise UnknownModelError(
            f"{name} does not name the weights. Use {examples or 'a file: ARCHITECTURE:PATH'}."
        )
    files, companions = required_companions(config, None).obtain(
        [_hub_file(published["hf_hub"])], model=name, allow_download=allow_download
    )
    return _checkpoint(architecture, config, published, files, companions)


def _in_file(name: str, *, allow_download: bool) -> Checkpoint:
    architecture, _, location = name.partition(":")
    config = _config(architecture, name)
    path = Path(location).expanduser()
    folder = path if path.is_dir() else path.parent
    required = required_companions(config, folder)
    files = _find_local_weights(lambda: _weights_at(path), required, name)
    _, companions = required.obtain([], model=name, allow_download=allow_download)
    checkpoint = _checkpoint(architecture, config, _shared_preprocess(architecture), files, companions)
    return checkpoint if companions.tokenizer else replace(checkpoint, weights_folder=folder)


def _weights_at(path: Path) -> Sequence[Path]:
    if path.is_dir():
        return weights_in(path)
    return shards_of(path) if path.name.endswith(INDEX) else (weights.require_file(path),)


def _in_repository(name: str, *, allow_download: bool) -> Checkpoint:
    config, file = (
        HubFile(name.removeprefix("hf-hub:"), names) for names in ((CONFIG,), (*HUB_WEIGHTS, *INDEXES))
    )
    cached = config.cached()
    # Repositories also contain weights for transformers, which may be cached without those for open_clip.
    if cached is None or set(models_in(cached.parent)) <= TRANSFORMERS_STEMS:
        cached, weights_file = weights.obtain_all([config, file], model=name, allow_download=allow_download)
        if weights_file.name.endswith(INDEX):
            shards = [HubFile(file.repo, (shard,)) for shard in shard_names(weights_file)]
            weights.obtain_all(shards, model=name, allow_download=allow_download)
    return _in_folder(name, cached.parent, allow_download=allow_download)


def _in_folder(name: str, path: Path, *, allow_download: bool) -> Checkpoint:
    folder = path.parent if path.is_file() else path
    description = model_configs.read(folder / CONFIG)
    required = required_companions(description.config, folder)
    files = _find_local_weights(lambda: (path,) if path.is_file() else weights_in(folder), required, name)
    _, companions = required.obtain([], model=name, allow_download=allow_download)
    checkpoint = _checkpoint(None, description.config, description.preprocess, files, companions)
    return replace(checkpoint, described_by=folder / CONFIG)


def _find_local_weights(
    find_files: Callable[[], Sequence[Path]], required: RequiredCompanions, name: str
) -> Sequence[Path]:
    """Return the files of weights. If they are missing, the error also names missing companions."""
    try:
        return find_files()
    except WeightsNotFoundError as error:
        absent = [file for file in required.files() if file.cached() is None]
        if not absent:
            raise
        raise WeightsNotFoundError(f"{error} Also, {weights.missing_files_message(absent, name)}") from error


def _checkpoint(
    architecture: str | None,
    config: Mapping[str, Any],
    published: Mapping[str, Any],
    files: Sequence[Path],
    companions: Companions,
) -> Checkpoint:
    return Checkpoint(
        architecture=architecture,
        config=config,
        preprocess={
            key: value for key, value in published.items() if key not in ("url", "hf_hub", "quick_gelu")
        },
        quick_gelu=bool(published.get("quick_gelu", False)) or any(map(torchscript.is_openai_archive, files)),
        weights=tuple(files),
        tokenizer=companions.tokenizer,
        text_model=companions.text_model,
    )


def _config(architecture: str, name: str) -> Mapping[str, Any]:
    import open_clip

    config: Mapping[str, Any] | None = open_clip.get_model_config(architecture)
    if config is None:
        path = Path(name).expanduser()
        if name and path.is_dir():
            raise UnknownModelError(f"{name} is a folder: use the name local-dir:{name}.")
        if name and path.is_file():
            raise UnknownModelError(
                f"{name} is a file of weights: add its architecture to the name, as in ViT-B-32:{name}."
            )
        similar = get_close_matches(architecture, open_clip.list_models(), n=3)
        suggestion = f" Did you mean {' or '.join(similar)}?" if similar else ""
        raise UnknownModelError(
            f"There is no model {architecture!r}.{suggestion} Names look like ViT-B-32/laion2b_s34b_b79k."
        )
    return config


def _hub_file(address: str) -> HubFile:
    """Parse `org/repo/`, the usual weights, or `org/repo/file.bin`: that file or its safetensors version."""
    repo, file = address.rsplit("/", 1)
    if not file:
        return HubFile(repo, HUB_WEIGHTS)
    return HubFile(repo, tuple(dict.fromkeys((str(PurePosixPath(file).with_suffix(".safetensors")), file))))


def _shared_preprocess(architecture: str) -> Mapping[str, Any]:
    """Return the preprocessing of all published weights of the architecture, or {} if they differ.

    A file of weights alone does not state its preprocessing.
    """
    import open_clip

    tags = open_clip.list_pretrained_tags_by_model(architecture)
    published = [open_clip.get_pretrained_cfg(architecture, tag) for tag in tags]
    variants = [
        {key: variant[key] for key in variant if key not in ("url", "hf_hub")} for variant in published
    ]
    return variants[0] if variants and all(variant == variants[0] for variant in variants) else {}
