"""A reader of tensors in files of PyTorch before 1.6, without torch, whose import takes seconds and 300 MB.

Such a file is a sequence of pickles, followed by the numbers. No code from the file is run: it may only refer to the
few classes listed here.
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

DTYPES = {"FloatStorage": "<f4", "LongStorage": "<i8"}
HEADER_PICKLES = 3
"""Pickles before the tensors: a magic number, the version and the machine."""


@dataclass(frozen=True, slots=True)
class _Tensor:
    storage: str
    start: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def read_tensors(path: Path) -> list[NDArray[Any]]:
    """Return the tensors of a state dict, in order. Raises UnpicklingError for any other file."""
    with path.open("rb") as file:
        for _ in range(HEADER_PICKLES):
            _Unpickler(file).load()
        unpickler = _Unpickler(file)
        tensors: OrderedDict[str, _Tensor] = unpickler.load()
        order: list[str] = _Unpickler(file).load()
        numbers = {key: _read_numbers(file, unpickler.kinds[key]) for key in order}
    return [_to_array(tensor, numbers[tensor.storage]) for tensor in tensors.values()]


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self.kinds: dict[str, str] = {}

    def find_class(self, module: str, name: str) -> object:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild_tensor
        if module == "torch" and name in DTYPES:
            return DTYPES[name]
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed in a file of tensors.")

    def persistent_load(self, pid: tuple[str, str, str, str, int]) -> str:
        _, kind, key, *_ = pid
        self.kinds[key] = kind
        return str(key)


def _rebuild_tensor(
    storage: str, start: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: object
) -> _Tensor:
    return _Tensor(storage, start, shape, strides)


def _read_numbers(file: IO[bytes], kind: str) -> NDArray[Any]:
    (count,) = struct.unpack("<q", file.read(8))
    return np.frombuffer(file.read(count * np.dtype(kind).itemsize), kind)


def _to_array(tensor: _Tensor, numbers: NDArray[Any]) -> NDArray[Any]:
    strides = [stride * numbers.itemsize for stride in tensor.strides]
    return np.ndarray(tensor.shape, numbers.dtype, numbers, tensor.start * numbers.itemsize, strides)
