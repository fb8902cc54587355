"""Weights from a TorchScript archive, the format of OpenAI's own `.pt` files, without running the program in it.

An archive holds the program, a pickle of the model's modules, and a file for each tensor. `torch.jit.load` compiles the
program and can run it; here the program is not read, and the pickle is read with a table of inert classes: no name in it
leads to code outside this file.
"""

from __future__ import annotations

import io
import pickle
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

PICKLE_BYTES = 64_000_000
"""No pickle of modules is larger: it names tensors and does not hold them."""
MODULES = 100_000
DEPTH = 32
OPENAI = ("input_resolution", "context_length", "vocab_size")
"""What OpenAI's archives hold beside the weights."""


class NotAnArchiveError(Exception):
    """The file is no TorchScript archive whose weights can be read; the message gives the reason."""


def is_torchscript(file: Path) -> bool:
    """Whether the file is a TorchScript archive; False where it cannot be read."""
    try:
        with zipfile.ZipFile(file) as opened:
            return any(name.count("/") == 1 and name.endswith("/constants.pkl") for name in opened.namelist())
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def by_openai(file: Path) -> bool:
    """Whether this is an archive of OpenAI's, whose models were trained with QuickGELU; False where it cannot be read."""
    if not is_torchscript(file):
        return False
    try:
        with zipfile.ZipFile(file) as opened:
            return set(OPENAI) <= _root(opened)[0].attributes.keys()
    except (NotAnArchiveError, OSError, zipfile.BadZipFile):
        return False


def read(file: Path) -> dict[str, torch.Tensor]:
    """The weights, by the names that the modules give them: `visual.conv1.weight`.

    Raises NotAnArchiveError, and BadZipFile or OSError where the file is damaged.
    """
    with zipfile.ZipFile(file) as opened:
        root, folder = _root(opened)
        found = {name: one for name, one in _tensors(root) if name not in OPENAI}
        stored, room = {}, file.stat().st_size
        for key in sorted({one.storage.key for one in found.values()}):
            stored[key] = bytearray(_stored(opened, f"{folder}data/{key}", room))
            room -= len(stored[key])
        return {name: one.tensor(stored[one.storage.key]) for name, one in found.items()}


def _root(opened: zipfile.ZipFile) -> tuple[_Module, str]:
    """The model, and the folder in which its tensors are."""
    pickles = [name for name in opened.namelist() if name.count("/") == 1 and name.endswith("/data.pkl")]
    if len(pickles) != 1:
        raise NotAnArchiveError("it has no data.pkl")
    return _modules(_stored(opened, pickles[0], PICKLE_BYTES)), pickles[0].removesuffix("data.pkl")


@dataclass(frozen=True)
class _Storage:
    dtype: torch.dtype
    key: str


@dataclass(frozen=True)
class _Tensor:
    """A tensor as the pickle describes it."""

    storage: _Storage
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]

    def tensor(self, stored: bytearray) -> torch.Tensor:
        """The tensor over the bytes of its storage; raises NotAnArchiveError where it does not lie within them."""
        import torch

        if not prod(self.size):
            return torch.empty(self.size, dtype=self.storage.dtype)
        try:
            flat = torch.frombuffer(stored, dtype=self.storage.dtype)
            if prod(self.size) > len(flat):
                raise NotAnArchiveError(
                    f"a tensor of {self.size} is larger than its {len(flat)} stored numbers"
                )
            return flat.as_strided(self.size, self.stride, self.offset)
        except (ValueError, RuntimeError, TypeError) as error:
            raise NotAnArchiveError(str(error).partition("\n")[0]) from error


class _Module:
    """A module of the program, of any class, as its attributes."""

    attributes: dict[str, Any]

    def __new__(cls, *_: object) -> _Module:
        module = super().__new__(cls)
        module.attributes = {}
        return module

    def __setstate__(self, state: object) -> None:
        self.attributes = state if isinstance(state, dict) else {}


def _rebuilt(storage: object, offset: object, size: object, stride: object, *_: object) -> _Tensor:
    numbers = (offset, *_tuple(size), *_tuple(stride))
    if not isinstance(storage, _Storage) or not all(type(one) is int and one >= 0 for one in numbers):
        raise pickle.UnpicklingError("a tensor is not described by numbers")
    return _Tensor(storage, numbers[0], _tuple(size), _tuple(stride))


def _tuple(value: object) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else ()


def _first(value: object, *_: object) -> object:
    return value


_INERT: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): dict,
    ("torch._utils", "_rebuild_tensor_v2"): _rebuilt,
    ("torch._utils", "_rebuild_parameter"): _first,
    **{
        ("torch.jit._pickle", name): _first
        for name in (
            "restore_type_tag",
            "build_intlist",
            "build_boollist",
            "build_doublelist",
            "build_tensorlist",
        )
    },
}

_STORAGES = {
    "DoubleStorage": "float64",
    "FloatStorage": "float32",
    "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "int64",
    "IntStorage": "int32",
    "ShortStorage": "int16",
    "CharStorage": "int8",
    "ByteStorage": "uint8",
    "BoolStorage": "bool",
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 (what the table holds)
        import torch

        if module.partition(".")[0] == "__torch__":
            return _Module
        if module == "torch" and name in _STORAGES:
            return getattr(torch, _STORAGES[name])
        try:
            return _INERT[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"it names {module}.{name}, which is no part of a model") from None

    def persistent_load(self, pid: Any) -> _Storage:  # noqa: ANN401 (whatever the file says)
        import torch

        if not (isinstance(pid, tuple) and len(pid) == 5 and isinstance(pid[1], torch.dtype)):
            raise pickle.UnpicklingError("a tensor has no storage")
        return _Storage(pid[1], str(pid[2]))


def _modules(pickled: bytes) -> _Module:
    try:
        root = _Unpickler(io.BytesIO(pickled)).load()
    except Exception as error:  # unpickling raises a dozen kinds for bytes that are no pickle
        raise NotAnArchiveError(str(error)) from error
    if not isinstance(root, _Module):
        raise NotAnArchiveError("its data.pkl holds no module")
    return root


def _tensors(root: _Module) -> Iterator[tuple[str, _Tensor]]:
    """The tensors of all modules, by their names; raises NotAnArchiveError where modules hold themselves."""
    waiting, seen = [("", root)], 0
    while waiting:
        prefix, module = waiting.pop()
        seen += 1
        if seen > MODULES or prefix.count(".") > DEPTH:
            raise NotAnArchiveError("its modules are nested without end")
        for name, value in module.attributes.items():
            if isinstance(value, _Module):
                waiting.append((f"{prefix}{name}.", value))
            elif isinstance(value, _Tensor):
                yield f"{prefix}{name}", value


def _stored(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """The bytes of a record; TorchScript never packs those that are read here, so none is larger than the file."""
    try:
        record = archive.getinfo(name)
    except KeyError:
        raise NotAnArchiveError(f"it has no {name}") from None
    if record.compress_type != zipfile.ZIP_STORED or record.file_size > most:
        raise NotAnArchiveError(f"its {name} is packed or too large")
    return archive.read(record)
