"""The tensors in files of weights, by name: safetensors, torch's own files, TorchScript archives, and shards of these.

What a file is shows its content, not its name. Nothing but tensors, numbers and texts is ever unpickled.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from embeddings import torchscript
from embeddings.damage import unreadable
from embeddings.errors import EncoderError, WeightsDamagedError

if TYPE_CHECKING:
    import torch

StateDict = dict[str, "torch.Tensor"]

WITHIN = ("state_dict", "model_state_dict", "model", "module")
"""Under which of its keys a checkpoint of a training holds the weights."""
PREFIXES = ("module.", "_orig_mod.")
"""What training on several GPUs and torch.compile write before every name."""


def read(files: Sequence[Path]) -> StateDict:
    """The tensors of all files together; raises EncoderError, which names the file and the reason."""
    state: StateDict = {}
    for file in files:
        state.update(_named(_read(file), file))
    return state


def _read(file: Path) -> Mapping[str, Any]:
    try:
        if _is_safetensors(file):
            from safetensors.torch import load_file

            return load_file(file)
        if torchscript.is_torchscript(file):
            return torchscript.read(file)
        return _load(file)
    except EncoderError:
        raise
    except Exception as error:  # torch, safetensors, pickle and zip raise a dozen kinds for one bad file
        raise unreadable(file, error) from error


def _is_safetensors(file: Path) -> bool:
    with file.open("rb") as opened:
        start = opened.read(9)
    return start[8:] == b"{" or (file.suffix == ".safetensors" and not zipfile.is_zipfile(file))


def _load(file: Path) -> Mapping[str, Any]:
    import torch

    with torch.serialization.safe_globals(_NUMPY), file.open("rb") as opened:
        loaded = torch.load(opened, map_location="cpu", weights_only=True)
    if not isinstance(loaded, Mapping):
        raise WeightsDamagedError(
            f"{file} holds a {type(loaded).__name__} and no weights by name. Name the file with the weights."
        )
    return loaded


def _named(loaded: Mapping[str, Any], file: Path) -> StateDict:
    import torch

    candidates = [loaded.get(key) for key in WITHIN]
    found = next((one for one in candidates if isinstance(one, Mapping)), loaded)
    state = {str(name): tensor for name, tensor in found.items() if isinstance(tensor, torch.Tensor)}
    if not state:
        keys = ", ".join(sorted(str(key) for key in loaded)[:6]) or "nothing"
        raise WeightsDamagedError(
            f"{file} holds no weights but {keys}. Name the file with the model's weights."
        )
    for prefix in PREFIXES:
        if all(name.startswith(prefix) for name in state):
            state = {name.removeprefix(prefix): tensor for name, tensor in state.items()}
    return state


class _NumberType:
    """A NumPy dtype in a checkpoint, as its code."""

    KNOWN = frozenset(("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"))

    def __init__(self, code: object, *_: object) -> None:
        self.code = str(code)
        self.order: Literal["=", ">"] = "="

    def __setstate__(self, state: object) -> None:
        if isinstance(state, tuple) and ">" in state[1:2]:
            self.order = ">"


def _number(kind: object, data: object = b"") -> float | None:
    """A NumPy scalar in a checkpoint; None where it is no number: only weights count."""
    if not isinstance(kind, _NumberType) or kind.code not in kind.KNOWN or not isinstance(data, bytes):
        return None
    values = np.frombuffer(data, dtype=np.dtype(kind.code).newbyteorder(kind.order))
    return float(values[0]) if len(values) else None


# A training writes its losses and learning rates as NumPy numbers. They are read by the two functions above: NumPy's
# own rebuild more than numbers.
_NUMPY: list[Any] = [
    (_number, "numpy.core.multiarray.scalar"),
    (_number, "numpy._core.multiarray.scalar"),
    (_NumberType, "numpy.dtype"),
]
