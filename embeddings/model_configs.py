"""Reading of open_clip_config.json, for the installed versions of open_clip and timm."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from importlib.metadata import version
from pathlib import Path
from typing import Any

from embeddings.errors import UnknownModelError, WeightsDamagedError, WeightsNotFoundError

CONFIG = "open_clip_config.json"

RENAMED = {
    "text_cfg": {"proj": "hf_proj_type", "pooler_type": "hf_pooler_type"},
    "vision_cfg": {"n_queries": "attn_pooler_queries"},
}
"""Old and new names of keys that open_clip 2.23 renamed, by section of the configuration."""
INFORMATIVE_KEYS = frozenset(
    {
        "name",
        "description",
        "comment",
        "license",
        "author",
        "version",
        "tags",
        "url",
        "date",
        "architecture",
        "model_name",
        "model_type",
    }
)
"""Keys that inform people and do not change the model."""


@dataclass(frozen=True)
class ModelDescription:
    """The configuration of a model and its preprocessing."""

    config: dict[str, Any]
    """For open_clip: embed_dim, vision_cfg, text_cfg."""
    preprocess: dict[str, Any]


def read(file: Path) -> ModelDescription:
    """Read the description of a model from a file.

    Raises:
        WeightsNotFoundError: The file is missing or unreadable.
        WeightsDamagedError: It does not describe an open_clip model.
        UnknownModelError: The installed open_clip or timm does not support the model.
    """
    document = _load_json(file)
    config = document.get("model_cfg", document)
    preprocess = document.get("preprocess_cfg") or {}
    missing = [key for key in ("embed_dim", "vision_cfg", "text_cfg") if not _has(config, key)]
    if missing or not isinstance(preprocess, dict):
        missing_keys = ", ".join(missing) or "a preprocess_cfg of keys and values"
        raise WeightsDamagedError(
            f"{file} does not describe an open_clip model: it lacks {missing_keys}. Fetch the model again."
        )
    config = _normalise(config, file)
    _check_names(config["text_cfg"], file)
    _check_timm(config["vision_cfg"], file)
    return ModelDescription(config, _drop_other_size(preprocess, config["vision_cfg"]))


def _load_json(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        is_other_model = (file.parent / "config.json").is_file()
        raise WeightsNotFoundError(
            f"There is no {file}. "
            + ("The folder contains a model of another library. " if is_other_model else "")
            + "Name a folder with an open_clip model."
        ) from None
    except OSError as error:
        raise WeightsNotFoundError(
            f"{file} cannot be read: {error.strerror}. Check its permissions."
        ) from error
    except (ValueError, RecursionError) as error:
        raise WeightsDamagedError(
            f"{file} does not describe an open_clip model ({error}). Fetch the model again."
        ) from error
    return document if isinstance(document, dict) else {}


def _has(config: object, key: str) -> bool:
    if not isinstance(config, dict) or key not in config:
        return False
    return isinstance(config[key], int if key == "embed_dim" else dict)


def _check_names(text: Mapping[str, Any], file: Path) -> None:
    for key in ("hf_tokenizer_name", "hf_model_name"):
        if not isinstance(text.get(key), str | None):
            raise WeightsDamagedError(
                f"{file} describes a text model whose {key} is not a name but {text[key]!r:.80}. Fetch the model again."
            )


def _normalise(config: Mapping[str, Any], file: Path) -> dict[str, Any]:
    """Return a copy with current key names, without empty unsupported keys and informative keys.

    Raises UnknownModelError for other unsupported keys.
    """
    known_keys = _supported_keys()
    unknown: list[str] = []
    normalised = _section(config, known_keys[""], {}, "", unknown)
    for part, keys in known_keys.items():
        if part and isinstance(normalised.get(part), dict):
            normalised[part] = _section(normalised[part], keys, RENAMED.get(part, {}), f"{part}.", unknown)
    if unknown:
        raise UnknownModelError(
            f"{file} describes a model with keys that open_clip {version('open_clip_torch')} does not know: "
            f"{', '.join(unknown)}. Install the newest (pip install --upgrade open_clip_torch), "
            "or remove the keys if they do not change the model."
        )
    return normalised


def _section(
    config: Mapping[str, Any],
    known_keys: frozenset[str],
    renamed: Mapping[str, str],
    prefix: str,
    unknown: list[str],
) -> dict[str, Any]:
    normalised: dict[str, Any] = {}
    for key, value in config.items():
        name = key if key in known_keys else renamed.get(key, key)
        if name in known_keys:
            normalised.setdefault(name, value)
        elif value and not key.startswith("_") and key not in INFORMATIVE_KEYS:
            unknown.append(f"{prefix}{key}")
    return normalised


def _supported_keys() -> dict[str, frozenset[str]]:
    """Return the keys that open_clip supports, by section of the configuration."""
    from open_clip.coca_model import CoCa, MultimodalCfg
    from open_clip.model import CLIP, CLIPTextCfg, CLIPVisionCfg

    top_level = {name for cls in (CLIP, CoCa) for name in inspect.signature(cls).parameters}
    sections = {"vision_cfg": CLIPVisionCfg, "text_cfg": CLIPTextCfg, "multimodal_cfg": MultimodalCfg}
    section_keys = {
        section: frozenset(field.name for field in fields(cls)) for section, cls in sections.items()
    }
    return {"": frozenset(top_level - {"cast_dtype"} | {"custom_text"}), **section_keys}


def _check_timm(vision: dict[str, Any], file: Path) -> None:
    """Replace the name of timm's model by one of the installed timm. Raises UnknownModelError."""
    import timm

    name = vision.get("timm_model_name")
    if not name:
        return
    short_name = str(name).rpartition("/")[2]
    architecture = short_name.partition(".")[0]
    if not timm.is_model(architecture):
        similar = get_close_matches(architecture, timm.list_models(), n=3)
        raise UnknownModelError(
            f"{file} names {name}, a model that timm {version('timm')} does not have. "
            + (f"Similar models: {', '.join(similar)}. " if similar else "")
            + "Install the newest (pip install --upgrade timm), or name another model."
        )
    # The tag names pretrained weights of timm, which are not needed: the weights of the file are loaded.
    vision["timm_model_name"] = (
        short_name if short_name in timm.list_models(pretrained=True) else architecture
    )


def _drop_other_size(preprocess: dict[str, Any], vision: Mapping[str, Any]) -> dict[str, Any]:
    """Drop the size from the preprocessing if it is not that of the model: pictures are scaled to the model."""
    if _pair(preprocess.get("size")) == _pair(vision.get("image_size", 224)):
        return preprocess
    return {key: value for key, value in preprocess.items() if key != "size"}


def _pair(size: object) -> tuple[object, ...]:
    return tuple(size) if isinstance(size, list) and len(size) == 2 else (size, size)
