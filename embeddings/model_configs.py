"""What open_clip_config.json says of a model, as far as the installed open_clip and timm understand it."""

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
"""Keys of open_clip before 2.23, by the part of the configuration, and what they are called now."""
NOTES = frozenset(
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
"""Keys that describe a model to people."""


@dataclass(frozen=True)
class Description:
    """A model as its configuration describes it."""

    config: dict[str, Any]
    """For open_clip: embed_dim, vision_cfg, text_cfg."""
    preprocess: dict[str, Any]


def read(file: Path) -> Description:
    """The description in the file.

    Raises WeightsNotFoundError, WeightsDamagedError, or UnknownModelError where open_clip does not know its keys.
    """
    described = _json(file)
    config = described.get("model_cfg", described)
    preprocess = described.get("preprocess_cfg") or {}
    missing = [key for key in ("embed_dim", "vision_cfg", "text_cfg") if not _has(config, key)]
    if missing or not isinstance(preprocess, dict):
        lacks = ", ".join(missing) or "a preprocess_cfg of keys and values"
        raise WeightsDamagedError(
            f"{file} does not describe an open_clip model: it lacks {lacks}. Fetch the model again."
        )
    config = _understood(config, file)
    _check_names(config["text_cfg"], file)
    _check_timm(config["vision_cfg"], file)
    return Description(config, _of_its_size(preprocess, config["vision_cfg"]))


def _json(file: Path) -> dict[str, Any]:
    try:
        described = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        other = (file.parent / "config.json").is_file()
        raise WeightsNotFoundError(
            f"There is no {file}. "
            + ("The folder holds a model of another library. " if other else "")
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
    return described if isinstance(described, dict) else {}


def _has(config: object, key: str) -> bool:
    if not isinstance(config, dict) or key not in config:
        return False
    return isinstance(config[key], int if key == "embed_dim" else dict)


def _check_names(text: Mapping[str, Any], file: Path) -> None:
    for key in ("hf_tokenizer_name", "hf_model_name"):
        if not isinstance(text.get(key), str | None):
            raise WeightsDamagedError(
                f"{file} describes a text model whose {key} is no name but {text[key]!r:.80}. Fetch the model again."
            )


def _understood(config: Mapping[str, Any], file: Path) -> dict[str, Any]:
    """The configuration under the names of today, without what is off and what is only said; a copy."""
    known = _known()
    unknown: list[str] = []
    clean = _section(config, known[""], {}, "", unknown)
    for part, keys in known.items():
        if part and isinstance(clean.get(part), dict):
            clean[part] = _section(clean[part], keys, RENAMED.get(part, {}), f"{part}.", unknown)
    if unknown:
        raise UnknownModelError(
            f"{file} describes a model by keys that open_clip {version('open_clip_torch')} does not know: "
            f"{', '.join(unknown)}. Install the newest (pip install --upgrade open_clip_torch), "
            "or take out the keys if they do not change the model."
        )
    return clean


def _section(
    config: Mapping[str, Any],
    known: frozenset[str],
    renamed: Mapping[str, str],
    prefix: str,
    unknown: list[str],
) -> dict[str, Any]:
    clean: dict[str, Any] = {}
    for key, value in config.items():
        name = key if key in known else renamed.get(key, key)
        if name in known:
            clean.setdefault(name, value)
        elif value and not key.startswith("_") and key not in NOTES:
            unknown.append(f"{prefix}{key}")
    return clean


def _known() -> dict[str, frozenset[str]]:
    """The keys that open_clip takes, by the part of the configuration."""
    from open_clip.coca_model import CoCa, MultimodalCfg
    from open_clip.model import CLIP, CLIPTextCfg, CLIPVisionCfg

    top = {name for kind in (CLIP, CoCa) for name in inspect.signature(kind).parameters}
    parts = {"vision_cfg": CLIPVisionCfg, "text_cfg": CLIPTextCfg, "multimodal_cfg": MultimodalCfg}
    known = {part: frozenset(field.name for field in fields(kind)) for part, kind in parts.items()}
    return {"": frozenset(top - {"cast_dtype"} | {"custom_text"}), **known}


def _check_timm(vision: dict[str, Any], file: Path) -> None:
    """Makes the name of timm's model one that the installed timm has; raises UnknownModelError."""
    import timm

    name = vision.get("timm_model_name")
    if not name:
        return
    plain = str(name).rpartition("/")[2]
    architecture = plain.partition(".")[0]
    if not timm.is_model(architecture):
        near = get_close_matches(architecture, timm.list_models(), n=3)
        raise UnknownModelError(
            f"{file} names {name}, a model that timm {version('timm')} does not have. "
            + (f"Similar there: {', '.join(near)}. " if near else "")
            + "Install the newest (pip install --upgrade timm), or name another model."
        )
    # The tag says which weights of timm's; those of the file are loaded.
    vision["timm_model_name"] = plain if plain in timm.list_models(pretrained=True) else architecture


def _of_its_size(preprocess: dict[str, Any], vision: Mapping[str, Any]) -> dict[str, Any]:
    """Without a size that is not the model's own: pictures are scaled to what the model takes."""
    if _pair(preprocess.get("size")) == _pair(vision.get("image_size", 224)):
        return preprocess
    return {key: value for key, value in preprocess.items() if key != "size"}


def _pair(size: object) -> tuple[object, ...]:
    return tuple(size) if isinstance(size, list) and len(size) == 2 else (size, size)
