"""Weights into an open_clip model: renamed and resized as open_clip does it, and compared before they are taken."""

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
    """Fills the model with the weights; raises WeightsDamagedError where they are not its own, or not all numbers."""
    where = ", ".join(map(str, files))
    try:
        adapted = _adapted(model, state)
    except Exception as error:  # open_clip expects the shapes of its own models
        raise _of_another(where, name, None) from error
    try:
        model.load_state_dict(adapted)
    except RuntimeError as error:
        raise _of_another(where, name, _difference(model.state_dict(), adapted)) from error
    check_numbers(model, where)


def load_big_vision(model: Any, file: Path, name: str) -> None:  # noqa: ANN401
    """Fills the model with the arrays of Google's big_vision; raises WeightsDamagedError as `load_into` does."""
    from open_clip.convert import load_big_vision_weights

    try:
        load_big_vision_weights(model, str(file))
    except Exception as error:  # open_clip takes the arrays by name, unseen
        raise _of_another(str(file), name, str(error).partition("\n")[0][:200]) from error
    check_numbers(model, str(file))


def check_numbers(model: Any, where: str) -> None:  # noqa: ANN401
    """Raises WeightsDamagedError where a weight of the model from there is no number."""
    broken = not_finite(model.state_dict())
    if broken:
        raise WeightsDamagedError(
            f"{where} is no usable model: {broken} holds values that are no numbers (NaN or infinite). "
            "Use an earlier checkpoint of its training, or fetch it again."
        )


def _of_another(where: str, name: str, difference: str | None) -> WeightsDamagedError:
    seen = f": {difference}" if difference else ""
    return WeightsDamagedError(
        f"{where} holds weights of another architecture than {name} names{seen}. Name the right one."
    )


def not_finite(state: Mapping[str, torch.Tensor]) -> str | None:
    """The name of the first tensor with values that are no numbers; None where all are."""
    return next(
        (
            name
            for name, tensor in state.items()
            if tensor.is_floating_point() and not bool(tensor.isfinite().all())
        ),
        None,
    )


def _adapted(model: Any, state: StateDict) -> StateDict:  # noqa: ANN401
    """The weights as the model names and shapes them; open_clip.load_checkpoint does the same for the files it reads."""
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
    own = model.state_dict()
    for scalar in ("logit_scale", "logit_bias"):
        if scalar in state and scalar in own:
            state[scalar] = state[scalar].reshape(own[scalar].shape)
    if "logit_bias" in own and "logit_bias" not in state:
        state["logit_bias"] = torch.zeros_like(state["logit_scale"])
    # What the model computes itself, older versions wrote with the weights: masks and the numbers of positions.
    computed = {name for name, _ in model.named_buffers()} - own.keys() | {POSITIONS} - own.keys()
    state = {key: tensor for key, tensor in state.items() if key not in computed}
    resize_pos_embed(state, model)
    resize_text_pos_embed(state, model)
    return state


def _difference(own: Mapping[str, torch.Tensor], given: StateDict) -> str | None:
    """What is first seen to differ, in words; None where names and shapes are the same."""
    for name, tensor in own.items():
        if name not in given:
            return f"{name} is missing"
        if tensor.shape != given[name].shape:
            return f"{name} is {_shape(given[name])} instead of {_shape(tensor)}"
    extra = sorted(given.keys() - own.keys())
    return f"it has no {extra[0]}" if extra else None


def _shape(tensor: torch.Tensor) -> str:
    return "×".join(map(str, tensor.shape)) or "one number"
