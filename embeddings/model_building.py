"""The open_clip model that a checkpoint describes, and how pictures are prepared for it."""

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
    """The model with its weights, and the transform of pictures; raises EncoderError."""
    try:
        model = _empty(checkpoint)
        _scale_to_trunk(model)
        transform = _transform(model)
    except Exception as error:  # open_clip, timm and transformers raise a dozen kinds for one bad description
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


def _empty(checkpoint: Checkpoint) -> Any:  # noqa: ANN401 (CLIP, CustomTextCLIP and CoCa share no base)
    import open_clip

    text = {"text_cfg": _local_text(checkpoint)} if checkpoint.text_model else {}
    with TemporaryDirectory() as folder:
        architecture = checkpoint.architecture
        if architecture is None:
            # open_clip reads descriptions from files alone, and the one of the model may hold what it does not know.
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


def _local_text(checkpoint: Checkpoint) -> dict[str, Any]:
    return {
        **checkpoint.config["text_cfg"],
        "hf_model_name": str(checkpoint.text_model),
        "hf_model_pretrained": False,
    }


def _scale_to_trunk(model: Any) -> None:  # noqa: ANN401
    """Pictures of the size that timm's model takes, where the description gives another one."""
    patches = getattr(getattr(model.visual, "trunk", None), "patch_embed", None)
    size = getattr(patches, "img_size", None)
    if size is None or not getattr(patches, "strict_img_size", False):
        return
    described = model.visual.preprocess_cfg["size"]
    if tuple(size) != (tuple(described) if isinstance(described, (list, tuple)) else (described,) * 2):
        model.visual.preprocess_cfg["size"] = tuple(size)


def _transform(model: Any) -> Any:  # noqa: ANN401
    import open_clip
    from open_clip.transform import PreprocessCfg, image_transform_v2
    from PIL import Image

    transform = image_transform_v2(PreprocessCfg(**open_clip.get_model_preprocess_cfg(model)), is_train=False)
    transform(Image.new("RGB", (8, 8)))  # raises where means or sizes are none
    return transform
