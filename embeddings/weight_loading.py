"""Loading of weights into an open_clip model: converted and resized like open_clip does, and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embeddings.errors import WeightsDamagedError
from embeddings.state_dicts import StateDict

if TYPE_CHECKING:
    import torch

BIG_VISION = ".npz"
POSITIONS = "text.transformer.embeddings.position_ids"


def load_into(model: Any, state: StateDict, files: Sequence[Path], name: str) -> None:  # noqa: ANN401 (as open_clip)
    """Load weights into the model. Raises WeightsDamagedError for weights of another architecture or NaN values."""
    source = ", ".join(map(str, files))
    try:
        adapted = _convert(model, state)
    except Exception as error:  # open_clip fails in many ways for other shapes
        raise _other_architecture_error(source, name, None) from error
    try:
        model.load_state_dict(adapted)
    except RuntimeError as error:
        raise _other_architecture_error(source, name, _difference(model.state_dict(), adapted)) from error
    check_finite(model, source)


def load_big_vision(model: Any, file: Path, name: str) -> None:  # noqa: ANN401
    """Load arrays of Google's big_vision into the model. Raises WeightsDamagedError like `load_into`."""
    from open_clip.convert import load_big_vision_weights

    try:
        load_big_vision_weights(model, str(file))
    except Exception as error:  # open_clip does not check the arrays
        raise _other_architecture_error(str(file), name, str(error).partition("\n")[0][:200]) from error
    check_finite(model, str(file))


def check_finite(model: Any, source: str) -> None:  # noqa: ANN401
    """Raise WeightsDamagedError if a weight of the model from `source` is NaN or infinite."""
    tensor_name = first_not_finite(model.state_dict())
    if tensor_name:
        raise WeightsDamagedError(
            f"{source} is not a usable model: {tensor_name} contains values that are NaN or infinite. "
            "Use an earlier checkpoint of its training, or fetch it again."
        )


def _other_architecture_error(source: str, name: str, difference: str | None) -> WeightsDamagedError:
    detail = f": {difference}" if difference else ""
    return WeightsDamagedError(
        f"{source} contains weights of another architecture than {name}{detail}. Name the right architecture."
    )


def first_not_finite(state: Mapping[str, torch.Tensor]) -> str | None:
    """Return the name of the first tensor with NaN or infinite values, or None."""
    return next(
        (
            name
            for name, tensor in state.items()
            if tensor.is_floating_point() and not bool(tensor.isfinite().all())
        ),
        None,
    )


def _convert(model: Any, state: StateDict) -> StateDict:  # noqa: ANN401
    """Convert names and shapes of the weights to those of the model, like open_clip.load_checkpoint."""
    import torch
    from open_clip.convert import convert_state_dict
    from open_clip.model import (
        convert_to_custom_text_state_dict,
        resize_pos_embed,
        resize_text_pos_embed,
    )

    state = convert_state_dict(model, state)
    if "positional_embedding" in state and not hasattr(model, "positional_embedding"):
        state = convert_to_custom_text_state_dict(state)
    model_state = model.state_dict()
    for scalar in ("logit_scale", "logit_bias"):
        if scalar in state and scalar in model_state:
            state[scalar] = state[scalar].reshape(model_state[scalar].shape)
    if "logit_bias" in model_state and "logit_bias" not in state:
        state["logit_bias"] = torch.zeros_like(state["logit_scale"])
    # Older versions saved values that the model computes itself: masks and position ids.
    computed = {name for name, _ in model.named_buffers()} - model_state.keys() | {
        POSITIONS
    } - model_state.keys()
    state = {key: tensor for key, tensor in state.items() if key not in computed}
    resize_pos_embed(state, model)
    resize_text_pos_embed(state, model)
    return state


def _difference(model_state: Mapping[str, torch.Tensor], loaded: StateDict) -> str | None:
    """Describe the first difference of names or shapes, or return None."""
    for name, tensor in model_state.items():
        if name not in loaded:
            return f"{name} is missing"
        if tensor.shape != loaded[name].shape:
            return f"{name} is {_shape(loaded[name])} instead of {_shape(tensor)}"
    unexpected = sorted(loaded.keys() - model_state.keys())
    return f"it has no {unexpected[0]}" if unexpected else None


def _shape(tensor: torch.Tensor) -> str:
    return "×".join(map(str, tensor.shape)) or "one number"
