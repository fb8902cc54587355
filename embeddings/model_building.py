"""Building of the open_clip model of a checkpoint, and of its preprocessing of pictures."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from embeddings import state_dicts
from embeddings.checkpoints import Checkpoint
from embeddings.errors import WeightsDamagedError
from embeddings.model_configs import CONFIG
from embeddings.weight_loading import BIG_VISION, load_big_vision, load_into


def build(checkpoint: Checkpoint, name: str) -> tuple[Any, Any]:
    """Build the model with its weights and the transform of pictures. Raises EncoderError."""
    try:
        model = _create_without_weights(checkpoint)
        _use_size_of_trunk(model)
        transform = _transform(model)
    except Exception as error:  # the libraries raise many types for an invalid configuration
        reason = str(error).partition("\n")[0][:200].rstrip(". ") or type(error).__name__
        raise WeightsDamagedError(
            f"{checkpoint.described_by or name} describes no model that open_clip {version('open_clip_torch')} "
            f"can build ({reason}). Compare it with the page of the model, or name another model."
        ) from error
    files = checkpoint.weights
    if files[0].suffix == BIG_VISION:
        load_big_vision(model, files[0], name)
    else:
        load_into(model, state_dicts.read(files), files, name)
    return model.eval(), transform


def _create_without_weights(checkpoint: Checkpoint) -> Any:  # noqa: ANN401 (CLIP and CoCa share no base)
    import open_clip

    text = {"text_cfg": _local_text_config(checkpoint)} if checkpoint.text_model else {}
    with TemporaryDirectory() as folder:
        architecture = checkpoint.architecture
        if architecture is None:
            # open_clip reads configurations only from files, and the original may contain unsupported keys.
            Path(folder, CONFIG).write_text(json.dumps({"model_cfg": checkpoint.config}), encoding="utf-8")
            architecture = f"local-dir:{folder}"
        return open_clip.create_model(
            architecture,
            load_weights=False,
            pretrained_text=False,
            force_quick_gelu=checkpoint.quick_gelu,
            force_preprocess_cfg=dict(checkpoint.preprocess),
            **text,
        )


def _local_text_config(checkpoint: Checkpoint) -> dict[str, Any]:
    return {
        **checkpoint.config["text_cfg"],
        "hf_model_name": str(checkpoint.text_model),
        "hf_model_pretrained": False,
    }


def _use_size_of_trunk(model: Any) -> None:  # noqa: ANN401
    """Set the picture size to that of timm's model if the configuration states another one."""
    patches = getattr(getattr(model.visual, "trunk", None), "patch_embed", None)
    size = getattr(patches, "img_size", None)
    if size is None or not getattr(patches, "strict_img_size", False):
        return
    configured = model.visual.preprocess_cfg["size"]
    if tuple(size) != (tuple(configured) if isinstance(configured, (list, tuple)) else (configured,) * 2):
        model.visual.preprocess_cfg["size"] = tuple(size)


def _transform(model: Any) -> Any:  # noqa: ANN401
    import open_clip
    from open_clip.transform import PreprocessCfg, image_transform_v2
    from PIL import Image

    transform = image_transform_v2(PreprocessCfg(**open_clip.get_model_preprocess_cfg(model)), is_train=False)
    transform(Image.new("RGB", (8, 8)))  # raises an error for invalid means or sizes
    return transform
