"""Detection of the weights in a folder: files with the usual names, shards, or the only candidates."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from embeddings.errors import WeightsDamagedError, WeightsNotFoundError

HUB_WEIGHTS = ("open_clip_model.safetensors", "open_clip_pytorch_model.bin")
USUAL_NAMES = (
    *HUB_WEIGHTS,
    "open_clip_pytorch_model.safetensors",
    "open_clip_pytorch_model.pth",
    "model.safetensors",
    "pytorch_model.bin",
    "pytorch_model.pth",
    "model.pth",
)
"""The names that open_clip tries, in this order."""
INDEX = ".index.json"
INDEXES = tuple(f"{name}{INDEX}" for name in HUB_WEIGHTS)
TRANSFORMERS_STEMS = frozenset(("model", "pytorch_model"))
"""The stems of files of transformers, as `models_in` returns them."""
SUFFIXES = (".safetensors", ".bin", ".pt", ".pth")
_SHARD = re.compile(r"(?P<stem>.+)-(?P<number>\d{5})-of-(?P<all>\d{5})(?P<suffix>\.\w+)")
_TRAINING_STATE = re.compile(
    r"(optimizer|scheduler|scaler|training_args|rng_state|random_states)([_.-].*)?|.*optim.*"
)


def weights_in(folder: Path) -> tuple[Path, ...]:
    """Return the files of weights of the model in a folder. Raises WeightsNotFoundError for none or several models."""
    preferred = next((folder / name for name in USUAL_NAMES if (folder / name).is_file()), None)
    if preferred:
        return (preferred,)
    files = _list_files(folder)
    indexes = [path for path in files if path.name.endswith(INDEX) and _is_weights(path.name[: -len(INDEX)])]
    if len(indexes) == 1:
        return shards_of(indexes[0])
    models = _group_by_model(files)
    if len(models) == 1:
        return _all_shards(next(iter(models.values())))
    if models:
        examples = ", ".join(path.name for shards in models.values() for path in shards)
        raise WeightsNotFoundError(
            f"{folder} contains the weights of several models: {examples}. Name one: local-dir:{folder}/FILE."
        )
    raise WeightsNotFoundError(
        f"{folder} contains no weights: no {', '.join(USUAL_NAMES[:2])} and no other *{', *'.join(SUFFIXES)}. "
        "Put the file of weights there."
    )


def models_in(folder: Path) -> list[str]:
    """Return the names of the models with weights in the folder: the stems of their files."""
    return sorted(_group_by_model(_list_files(folder)))


def shards_of(index: Path) -> tuple[Path, ...]:
    """Return the files that an index of shards names, in order. Raises EncoderError if one is not next to it."""
    return _require_shards(index.with_name(name) for name in shard_names(index))


def shard_names(index: Path) -> list[str]:
    """Return the names of the shards in an index. Raises WeightsDamagedError for an invalid index."""
    try:
        names = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
        outside = [name for name in names if Path(name).name != name or not _is_weights(name)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise WeightsDamagedError(
            f"{index} is not an index of shards ({error}). Fetch it again, with the shards."
        ) from error
    if outside or not names:
        raise WeightsDamagedError(
            f"{index} names {outside[0] if outside else 'no file'}, but shards must be beside their index. "
            "Fetch the model again."
        )
    return names


def _list_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file())


def _group_by_model(files: Iterable[Path]) -> dict[str, list[Path]]:
    """Group files of weights by model: shards together, and safetensors instead of other formats."""
    models: dict[str, list[Path]] = {}
    for path in files:
        if not _is_weights(path.name):
            continue
        shard = _SHARD.fullmatch(path.name)
        stem = f"{shard['stem']} of {shard['all']}" if shard else path.stem
        models.setdefault(stem, []).append(path)
    for stem, paths in models.items():
        best_suffix = min((path.suffix for path in paths), key=SUFFIXES.index)
        models[stem] = [path for path in paths if path.suffix == best_suffix]
    return models


def _all_shards(paths: list[Path]) -> tuple[Path, ...]:
    shard = _SHARD.fullmatch(paths[0].name)
    if not shard:
        return tuple(paths)
    total = min(int(shard["all"]), 1000)
    names = [f"{shard['stem']}-{n:05}-of-{shard['all']}{shard['suffix']}" for n in range(1, total + 1)]
    return _require_shards(paths[0].with_name(name) for name in names)


def _require_shards(paths: Iterable[Path]) -> tuple[Path, ...]:
    shards = tuple(paths)
    missing = [path.name for path in shards if not path.is_file()]
    if missing:
        raise WeightsNotFoundError(
            f"{shards[0].parent} lacks shards of its model: {', '.join(missing)}. Put them there."
        )
    return shards


def _is_weights(name: str) -> bool:
    return Path(name).suffix in SUFFIXES and not _TRAINING_STATE.fullmatch(name)
