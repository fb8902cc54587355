"""Reading of state dicts: safetensors, torch files, TorchScript archives, and shards of these.

The format is detected from the content, not from the name. Only tensors, numbers and texts are unpickled.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from embeddings import torchscript
from embeddings.damage import unreadable_error
from embeddings.errors import EncoderError, WeightsDamagedError

if TYPE_CHECKING:
    import torch

StateDict = dict[str, "torch.Tensor"]

WEIGHTS_KEYS = ("state_dict", "model_state_dict", "model", "module")
"""Keys under which training checkpoints contain the weights."""
PREFIXES = ("module.", "_orig_mod.")
"""Prefixes of all names after training on several GPUs or with torch.compile."""


def read(files: Sequence[Path]) -> StateDict:
    """Read the tensors of all files. Raises EncoderError with the file and the reason."""
    state: StateDict = {}
    for file in files:
        state.update(_extract_tensors(_read(file), file))
    return state


def _read(file: Path) -> Mapping[str, Any]:
    try:
        if _is_safetensors(file):
            from safetensors.torch import load_file

            return load_file(file)
        if torchscript.is_torchscript(file):
            return torchscript.read(file)
        return _load_torch_file(file)
    except EncoderError:
        raise
    except Exception as error:  # torch, safetensors, pickle and zip raise many types for a bad file
        raise unreadable_error(file, error) from error


def _is_safetensors(file: Path) -> bool:
    with file.open("rb") as stream:
        start = stream.read(9)
    return start[8:] == b"{" or (file.suffix == ".safetensors" and not zipfile.is_zipfile(file))


def _load_torch_file(file: Path) -> Mapping[str, Any]:
    import torch

    with torch.serialization.safe_globals(_NUMPY), file.open("rb") as stream:
        loaded = torch.load(stream, map_location="cpu", weights_only=True)
    if not isinstance(loaded, Mapping):
        raise WeightsDamagedError(
            f"{file} contains a {type(loaded).__name__} and not a state_dict. Name the file with the weights."
        )
    return loaded


def _extract_tensors(loaded: Mapping[str, Any], file: Path) -> StateDict:
    import torch

    candidates = [loaded.get(key) for key in WEIGHTS_KEYS]
    tensors = next((candidate for candidate in candidates if isinstance(candidate, Mapping)), loaded)
    state = {str(name): tensor for name, tensor in tensors.items() if isinstance(tensor, torch.Tensor)}
    if not state:
        keys = ", ".join(sorted(str(key) for key in loaded)[:6]) or "nothing"
        raise WeightsDamagedError(
            f"{file} does not contain weights but {keys}. Name the file with the weights of the model."
        )
    for prefix in PREFIXES:
        if all(name.startswith(prefix) for name in state):
            state = {name.removeprefix(prefix): tensor for name, tensor in state.items()}
    return state


class _NumpyDtype:
    """A NumPy dtype in a checkpoint, as its code."""

    SUPPORTED = frozenset(("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"))

    def __init__(self, code: object, *_: object) -> None:
        self.code = str(code)
        self.order: Literal["=", ">"] = "="

    def __setstate__(self, state: object) -> None:
        if isinstance(state, tuple) and ">" in state[1:2]:
            self.order = ">"


def _numpy_scalar(dtype: object, data: object = b"") -> float | None:
    """Rebuild a NumPy scalar in a checkpoint, or return None if it is not a number: only weights matter."""
    if not isinstance(dtype, _NumpyDtype) or dtype.code not in dtype.SUPPORTED or not isinstance(data, bytes):
        return None
    values = np.frombuffer(data, dtype=np.dtype(dtype.code).newbyteorder(dtype.order))
    return float(values[0]) if len(values) else None


# Training checkpoints contain losses and learning rates as NumPy scalars. They are read by the two replacements above,
# because NumPy's own functions can rebuild more than numbers.
_NUMPY: list[Any] = [
    (_numpy_scalar, "numpy.core.multiarray.scalar"),
    (_numpy_scalar, "numpy._core.multiarray.scalar"),
    (_NumpyDtype, "numpy.dtype"),
]
