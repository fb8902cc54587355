"""Which files of a folder are the weights of its model: under the usual names, in shards, or the only ones there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from embeddings.errors import WeightsDamagedError, WeightsNotFoundError

HUB_WEIGHTS = ("open_clip_model.safetensors", "open_clip_pytorch_model.bin")
USUAL = (
    *HUB_WEIGHTS,
    "open_clip_pytorch_model.safetensors",
    "open_clip_pytorch_model.pth",
    "model.safetensors",
    "pytorch_model.bin",
    "pytorch_model.pth",
    "model.pth",
)
"""Where open_clip looks, in this order."""
INDEX = ".index.json"
INDEXES = tuple(f"{name}{INDEX}" for name in HUB_WEIGHTS)
OF_TRANSFORMERS = frozenset(("model", "pytorch_model"))
"""What the models of transformers are called, in `models_in`."""
SUFFIXES = (".safetensors", ".bin", ".pt", ".pth")
_SHARD = re.compile(r"(?P<stem>.+)-(?P<number>\d{5})-of-(?P<all>\d{5})(?P<suffix>\.\w+)")
_OF_A_TRAINING = re.compile(
    r"(optimizer|scheduler|scaler|training_args|rng_state|random_states)([_.-].*)?|.*optim.*"
)


def weights_in(folder: Path) -> tuple[Path, ...]:
    """The files that hold the weights, all shards of them; raises WeightsNotFoundError where none or several models do."""
    usual = next((folder / name for name in USUAL if (folder / name).is_file()), None)
    if usual:
        return (usual,)
    files = _files(folder)
    indexes = [path for path in files if path.name.endswith(INDEX) and _is_weights(path.name[: -len(INDEX)])]
    if len(indexes) == 1:
        return shards_of(indexes[0])
    models = _models(files)
    if len(models) == 1:
        return _complete(next(iter(models.values())))
    if models:
        some = ", ".join(path.name for shards in models.values() for path in shards)
        raise WeightsNotFoundError(
            f"{folder} holds the weights of several models: {some}. Name one: local-dir:{folder}/FILE."
        )
    raise WeightsNotFoundError(
        f"{folder} holds no weights: no {', '.join(USUAL[:2])} and no other *{', *'.join(SUFFIXES)}. "
        "Put the file of weights there."
    )


def models_in(folder: Path) -> list[str]:
    """The names of the models whose weights lie in the folder, without what follows the name of the file."""
    return sorted(_models(_files(folder)))


def shards_of(index: Path) -> tuple[Path, ...]:
    """The files that an index of shards names, in their order; raises EncoderError where they are not beside it."""
    return _here(index.with_name(name) for name in named_in(index))


def named_in(index: Path) -> list[str]:
    """The names of the shards in an index; raises WeightsDamagedError where it is none."""
    try:
        named = sorted(set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()))
        outside = [name for name in named if Path(name).name != name or not _is_weights(name)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise WeightsDamagedError(
            f"{index} is no index of shards ({error}). Fetch it again, with the shards."
        ) from error
    if outside or not named:
        raise WeightsDamagedError(
            f"{index} names {outside[0] if outside else 'no file'}, and shards lie beside their index. "
            "Fetch the model again."
        )
    return named


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file())


def _models(files: Iterable[Path]) -> dict[str, list[Path]]:
    """The files of weights by the model that they hold: shards together, safetensors in place of their twins."""
    models: dict[str, list[Path]] = {}
    for path in files:
        if not _is_weights(path.name):
            continue
        shard = _SHARD.fullmatch(path.name)
        stem = f"{shard['stem']} of {shard['all']}" if shard else path.stem
        models.setdefault(stem, []).append(path)
    for stem, paths in models.items():
        best = min((path.suffix for path in paths), key=SUFFIXES.index)
        models[stem] = [path for path in paths if path.suffix == best]
    return models


def _complete(paths: list[Path]) -> tuple[Path, ...]:
    shard = _SHARD.fullmatch(paths[0].name)
    if not shard:
        return tuple(paths)
    total = min(int(shard["all"]), 1000)
    names = [f"{shard['stem']}-{n:05}-of-{shard['all']}{shard['suffix']}" for n in range(1, total + 1)]
    return _here(paths[0].with_name(name) for name in names)


def _here(paths: Iterable[Path]) -> tuple[Path, ...]:
    shards = tuple(paths)
    missing = [path.name for path in shards if not path.is_file()]
    if missing:
        raise WeightsNotFoundError(
            f"{shards[0].parent} lacks shards of its model: {', '.join(missing)}. Put them there."
        )
    return shards


def _is_weights(name: str) -> bool:
    return Path(name).suffix in SUFFIXES and not _OF_A_TRAINING.fullmatch(name)
