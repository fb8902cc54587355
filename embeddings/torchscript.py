"""A reader of weights in TorchScript archives, the format of OpenAI's `.pt` files, without running their code.

An archive contains a program, a pickle of the model's modules, and a file for each tensor. `torch.jit.load` compiles
the program and can run it. Here the program is not read, and the pickle is read with a table of inert classes: no name
in it leads to code outside this file.
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

MAX_PICKLE_BYTES = 64_000_000
"""The limit of the pickle of modules, which refers to tensors and does not contain them."""
MAX_MODULES = 100_000
MAX_DEPTH = 32
OPENAI_ATTRIBUTES = ("input_resolution", "context_length", "vocab_size")
"""Attributes of OpenAI's archives besides the weights."""


class NotAnArchiveError(Exception):
    """The file is not a TorchScript archive with readable weights; the message is the reason."""


def is_torchscript(file: Path) -> bool:
    """Return whether the file is a TorchScript archive; False if it cannot be read."""
    try:
        with zipfile.ZipFile(file) as archive:
            return any(
                name.count("/") == 1 and name.endswith("/constants.pkl") for name in archive.namelist()
            )
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def is_openai_archive(file: Path) -> bool:
    """Return whether this is an archive of OpenAI, whose models use QuickGELU; False if it cannot be read."""
    if not is_torchscript(file):
        return False
    try:
        with zipfile.ZipFile(file) as archive:
            return set(OPENAI_ATTRIBUTES) <= _read_root(archive)[0].attributes.keys()
    except (NotAnArchiveError, OSError, zipfile.BadZipFile):
        return False


def read(file: Path) -> dict[str, torch.Tensor]:
    """Return the weights by name, such as `visual.conv1.weight`.

    Raises NotAnArchiveError, or BadZipFile and OSError for a damaged file.
    """
    with zipfile.ZipFile(file) as archive:
        root, folder = _read_root(archive)
        tensors = {name: tensor for name, tensor in _named_tensors(root) if name not in OPENAI_ATTRIBUTES}
        stored, remaining_bytes = {}, file.stat().st_size
        for key in sorted({tensor.storage.key for tensor in tensors.values()}):
            stored[key] = bytearray(_read_record(archive, f"{folder}data/{key}", remaining_bytes))
            remaining_bytes -= len(stored[key])
        return {name: tensor.tensor(stored[tensor.storage.key]) for name, tensor in tensors.items()}


def _read_root(archive: zipfile.ZipFile) -> tuple[_Module, str]:
    """Return the root module of the model, and the folder of its tensors."""
    pickles = [name for name in archive.namelist() if name.count("/") == 1 and name.endswith("/data.pkl")]
    if len(pickles) != 1:
        raise NotAnArchiveError("it has no data.pkl")
    return _unpickle_modules(_read_record(archive, pickles[0], MAX_PICKLE_BYTES)), pickles[0].removesuffix(
        "data.pkl"
    )


@dataclass(frozen=True)
class _Storage:
    dtype: torch.dtype
    key: str


@dataclass(frozen=True)
class _Tensor:
    """The description of a tensor in the pickle."""

    storage: _Storage
    offset: int
    size: tuple[int, ...]
    stride: tuple[int, ...]

    def tensor(self, stored: bytearray) -> torch.Tensor:
        """Return the tensor as a view of its storage. Raises NotAnArchiveError if it exceeds the storage."""
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
    """A module of any class, reduced to its attributes."""

    attributes: dict[str, Any]

    def __new__(cls, *_: object) -> _Module:
        module = super().__new__(cls)
        module.attributes = {}
        return module

    def __setstate__(self, state: object) -> None:
        self.attributes = state if isinstance(state, dict) else {}


def _rebuild_tensor(storage: object, offset: object, size: object, stride: object, *_: object) -> _Tensor:
    numbers = (offset, *_as_tuple(size), *_as_tuple(stride))
    if not isinstance(storage, _Storage) or not all(
        type(number) is int and number >= 0 for number in numbers
    ):
        raise pickle.UnpicklingError("a tensor is not described by numbers")
    return _Tensor(storage, numbers[0], _as_tuple(size), _as_tuple(stride))


def _as_tuple(value: object) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else ()


def _return_first(value: object, *_: object) -> object:
    return value


_INERT: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): dict,
    ("torch._utils", "_rebuild_tensor_v2"): _rebuild_tensor,
    ("torch._utils", "_rebuild_parameter"): _return_first,
    **{
        ("torch.jit._pickle", name): _return_first
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
    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 (the values of the table)
        import torch

        if module.partition(".")[0] == "__torch__":
            return _Module
        if module == "torch" and name in _STORAGES:
            return getattr(torch, _STORAGES[name])
        try:
            return _INERT[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"it names {module}.{name}, which is not part of a model") from None

    def persistent_load(self, pid: Any) -> _Storage:  # noqa: ANN401 (any content of the file)
        import torch

        if not (isinstance(pid, tuple) and len(pid) == 5 and isinstance(pid[1], torch.dtype)):
            raise pickle.UnpicklingError("a tensor has no storage")
        return _Storage(pid[1], str(pid[2]))


def _unpickle_modules(pickled: bytes) -> _Module:
    try:
        root = _Unpickler(io.BytesIO(pickled)).load()
    except Exception as error:  # unpickling raises many types for bytes that are no pickle
        raise NotAnArchiveError(str(error)) from error
    if not isinstance(root, _Module):
        raise NotAnArchiveError("its data.pkl contains no module")
    return root


def _named_tensors(root: _Module) -> Iterator[tuple[str, _Tensor]]:
    """Yield the tensors of all modules with their names. Raises NotAnArchiveError for recursive modules."""
    stack, module_count = [("", root)], 0
    while stack:
        prefix, module = stack.pop()
        module_count += 1
        if module_count > MAX_MODULES or prefix.count(".") > MAX_DEPTH:
            raise NotAnArchiveError("its modules are nested endlessly")
        for name, value in module.attributes.items():
            if isinstance(value, _Module):
                stack.append((f"{prefix}{name}.", value))
            elif isinstance(value, _Tensor):
                yield f"{prefix}{name}", value


def _read_record(archive: zipfile.ZipFile, name: str, max_bytes: int) -> bytes:
    """Return the bytes of a record. TorchScript does not compress these records, so none is larger than the file."""
    try:
        record = archive.getinfo(name)
    except KeyError:
        raise NotAnArchiveError(f"it has no {name}") from None
    if record.compress_type != zipfile.ZIP_STORED or record.file_size > max_bytes:
        raise NotAnArchiveError(f"its {name} is compressed or too large")
    return archive.read(record)
