"""The tensors in a file of PyTorch before 1.6, read without torch, which takes seconds and 300 MB to import.

Such a file is a row of pickles, then the numbers. Nothing of it is run: the few classes that it may name are those of
this file.
"""

from __future__ import annotations

import pickle
import struct
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

NUMBERS = {"FloatStorage": "<f4", "LongStorage": "<i8"}
HEAD_PICKLES = 3
"""A magic number, the version and the machine."""


@dataclass(frozen=True, slots=True)
class _Tensor:
    storage: str
    start: int
    shape: tuple[int, ...]
    steps: tuple[int, ...]


def tensors_in(path: Path) -> list[NDArray[Any]]:
    """The tensors of a state dict in their order. UnpicklingError where the file is no such thing."""
    with path.open("rb") as file:
        for _ in range(HEAD_PICKLES):
            _Unpickler(file).load()
        unpickler = _Unpickler(file)
        tensors: OrderedDict[str, _Tensor] = unpickler.load()
        order: list[str] = _Unpickler(file).load()
        numbers = {key: _numbers(file, unpickler.kinds[key]) for key in order}
    return [_array(tensor, numbers[tensor.storage]) for tensor in tensors.values()]


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self.kinds: dict[str, str] = {}

    def find_class(self, module: str, name: str) -> object:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor
        if module == "torch" and name in NUMBERS:
            return NUMBERS[name]
        raise pickle.UnpicklingError(f"{module}.{name} is nothing that a file of tensors needs.")

    def persistent_load(self, pid: tuple[str, str, str, str, int]) -> str:
        _, kind, key, *_ = pid
        self.kinds[key] = kind
        return str(key)


def _tensor(storage: str, start: int, shape: tuple[int, ...], steps: tuple[int, ...], *_: object) -> _Tensor:
    return _Tensor(storage, start, shape, steps)


def _numbers(file: IO[bytes], kind: str) -> NDArray[Any]:
    (count,) = struct.unpack("<q", file.read(8))
    return np.frombuffer(file.read(count * np.dtype(kind).itemsize), kind)


def _array(tensor: _Tensor, numbers: NDArray[Any]) -> NDArray[Any]:
    steps = [step * numbers.itemsize for step in tensor.steps]
    return np.ndarray(tensor.shape, numbers.dtype, numbers, tensor.start * numbers.itemsize, steps)
