"""What the name of an open_clip model stands for: an architecture, preprocessing, weights, a tokenizer.

| name | weights |
| --- | --- |
| `ViT-B-32/laion2b_s34b_b79k` | an architecture and a tag that open_clip knows; from the hub |
| `ViT-B-32:/path/to/weights.safetensors` | an architecture and a file: .safetensors, .pt, .pth or .bin |
| `hf-hub:org/model` | a repository on the hub with open_clip_config.json |
| `local-dir:/path/to/folder` | a folder with open_clip_config.json and the weights beside it, or one file of weights there |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import Any

from embeddings import model_configs, torchscript, weights
from embeddings.companions import Companions, Needed, needed
from embeddings.errors import UnknownModelError, WeightsNotFoundError
from embeddings.model_configs import CONFIG
from embeddings.model_folders import (
    HUB_WEIGHTS,
    INDEX,
    INDEXES,
    OF_TRANSFORMERS,
    models_in,
    named_in,
    shards_of,
    weights_in,
)
from embeddings.weights import HubFile


@dataclass(frozen=True)
class Checkpoint:
    """Everything an encoder is built from, found on this machine."""

    architecture: str | None
    """As open_clip.create_model takes it: `ViT-B-32`; None where only the configuration describes it."""
    config: Mapping[str, Any]
    """open_clip's description of the architecture."""
    preprocess: Mapping[str, Any]
    """How pictures are prepared, where that is not open_clip's default."""
    quick_gelu: bool
    """Whether the weights were trained with the approximation that OpenAI used."""
    weights: tuple[Path, ...]
    """A file, or all shards."""
    tokenizer: Path | None
    """The folder of a Hugging Face tokenizer; None where open_clip brings its own."""
    text_model: Path | None
    """The folder with the configuration of a Hugging Face text model; None where open_clip has it."""
    described_by: Path | None = None
    """The file with the configuration; None where open_clip has it."""
    beside: Path | None = None
    """The folder of the weights, which may hold a tokenizer of theirs in place of the one that open_clip brings."""


def find(name: str, *, allow_download: bool) -> Checkpoint:
    """Return everything that the named model is built from.

    Raises UnknownModelError, WeightsNotFoundError, WeightsDamagedError or DownloadError.
    """
    try:
        return _found(name, allow_download=allow_download)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        where = f" at {error.filename}" if error.filename and str(error.filename) not in name else ""
        raise WeightsNotFoundError(
            f"{name[:300]} cannot be read{where}: {reason}. Check the path and its permissions."
        ) from error


def _found(name: str, *, allow_download: bool) -> Checkpoint:
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
        tags = [f"{architecture}/{known}" for known in open_clip.list_pretrained_tags_by_model(architecture)]
        some = ", ".join(tags[:6]) + (", ..." if len(tags) > 6 else "")
        raise UnknownModelError(
            f"{name} does not say which weights. Name {some or 'a file: ARCHITECTURE:PATH'}."
        )
    files, companions = needed(config, None).obtain(
        [_hub_file(published["hf_hub"])], model=name, allow_download=allow_download
    )
    return _checkpoint(architecture, config, published, files, companions)


def _in_file(name: str, *, allow_download: bool) -> Checkpoint:
    architecture, _, path = name.partition(":")
    config = _config(architecture, name)
    given = Path(path).expanduser()
    folder = given if given.is_dir() else given.parent
    need = needed(config, folder)
    files = _local(lambda: _given(given), need, name)
    _, companions = need.obtain([], model=name, allow_download=allow_download)
    found = _checkpoint(architecture, config, _shared_preprocess(architecture), files, companions)
    return found if companions.tokenizer else replace(found, beside=folder)


def _given(path: Path) -> Sequence[Path]:
    if path.is_dir():
        return weights_in(path)
    return shards_of(path) if path.name.endswith(INDEX) else (weights.given(path),)


def _in_repository(name: str, *, allow_download: bool) -> Checkpoint:
    config, file = (
        HubFile(name.removeprefix("hf-hub:"), names) for names in ((CONFIG,), (*HUB_WEIGHTS, *INDEXES))
    )
    cached = config.cached()
    # Beside those of open_clip, repositories have the weights of transformers, which may be there without the others.
    if cached is None or set(models_in(cached.parent)) <= OF_TRANSFORMERS:
        cached, found = weights.obtain_all([config, file], model=name, allow_download=allow_download)
        if found.name.endswith(INDEX):
            shards = [HubFile(file.repo, (shard,)) for shard in named_in(found)]
            weights.obtain_all(shards, model=name, allow_download=allow_download)
    return _in_folder(name, cached.parent, allow_download=allow_download)


def _in_folder(name: str, path: Path, *, allow_download: bool) -> Checkpoint:
    folder = path.parent if path.is_file() else path
    described = model_configs.read(folder / CONFIG)
    need = needed(described.config, folder)
    files = _local(lambda: (path,) if path.is_file() else weights_in(folder), need, name)
    _, companions = need.obtain([], model=name, allow_download=allow_download)
    found = _checkpoint(None, described.config, described.preprocess, files, companions)
    return replace(found, described_by=folder / CONFIG)


def _local(files: Callable[[], Sequence[Path]], need: Needed, name: str) -> Sequence[Path]:
    """The files of weights; where they are missing, the message names the missing companions as well."""
    try:
        return files()
    except WeightsNotFoundError as error:
        absent = [file for file in need.files() if file.cached() is None]
        if not absent:
            raise
        raise WeightsNotFoundError(f"{error} Besides, {weights.absence(absent, name)}") from error


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
        quick_gelu=bool(published.get("quick_gelu", False)) or any(map(torchscript.by_openai, files)),
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
            raise UnknownModelError(f"{name} is a folder: name it as local-dir:{name}.")
        if name and path.is_file():
            raise UnknownModelError(
                f"{name} is a file of weights: name its architecture too, as in ViT-B-32:{name}."
            )
        near = get_close_matches(architecture, open_clip.list_models(), n=3)
        meant = f" Did you mean {' or '.join(near)}?" if near else ""
        raise UnknownModelError(
            f"No model is called {architecture!r}.{meant} Names look like ViT-B-32/laion2b_s34b_b79k."
        )
    return config


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
