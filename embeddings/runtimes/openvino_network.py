"""The runtime of OpenVINO: a network is converted and compiled once, and stored in the user's cache."""

from __future__ import annotations

import ctypes
import os
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from weakref import WeakSet

import numpy as np
import openvino
from numpy.typing import NDArray
from platformdirs import user_cache_path

from embeddings.runtimes.network import NetworkDefinition, Precision
from embeddings.vectors import CORES

CPU = "CPU"
NETWORK, SIZES = "network.xml", "sizes.txt"

# The first use of types makes tables. Two threads that make them at once wait for each other forever, so the tables
# are made here, while this module is imported.
openvino.Type.f32.to_dtype()
_ = openvino.Tensor(np.zeros(1, np.float32), shared_memory=True).data


class OpenVINONetwork:
    """A network that OpenVINO runs on the CPU, with one thread per batch: batches run in parallel."""

    def __init__(self, definition: NetworkDefinition, precision: Precision) -> None:
        """Load the network from the cache, or convert, compile and store it."""
        self._network = _open(definition, precision)
        self._outputs = len(self._network.outputs)
        # Each request has its own memory for a batch. Lists are thread-safe.
        self._idle_requests: list[openvino.InferRequest] = []
        _networks.add(self)

    @property
    def native_objects(self) -> list[object]:
        """The objects of OpenVINO that a forked process must not free."""
        return [self._network, *self._idle_requests]

    def __call__(self, *inputs: NDArray[Any]) -> tuple[NDArray[np.float32], ...]:
        """Run a batch."""
        try:
            request = self._idle_requests.pop()
        except IndexError:
            request = self._network.create_infer_request()
        try:
            results = request.infer(list(inputs), share_inputs=True)
            return tuple(results[number] for number in range(self._outputs))
        finally:
            self._idle_requests.append(request)


_networks: WeakSet[OpenVINONetwork] = WeakSet()


def _keep_networks_of_parent() -> None:
    """Never free the networks of the parent process: that waits for threads which a forked process does not have."""
    for native in (_core(), *(native for network in _networks for native in network.native_objects)):
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(native))
    libc = ctypes.CDLL(None)
    if hasattr(
        libc, "on_exit"
    ):  # glibc: the process ends with its status, but without the destructors of OpenVINO
        libc.on_exit(libc._exit, None)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_keep_networks_of_parent)


def supports_bf16() -> bool:
    """Return whether the processor computes in bf16."""
    return "BF16" in _core().get_property(CPU, "OPTIMIZATION_CAPABILITIES")


@cache
def _core() -> openvino.Core:
    return openvino.Core()


def _open(definition: NetworkDefinition, precision: Precision) -> openvino.CompiledModel:
    # A thread for each request: see embeddings.vectors.CORES.
    config = {"INFERENCE_PRECISION_HINT": precision, "NUM_STREAMS": CORES, "INFERENCE_NUM_THREADS": CORES}
    folder = _networks_folder() / definition.fingerprint
    if not _is_complete(folder):
        model = definition.build_openvino()
        try:
            _save(model, folder)
        except OSError:  # without the cache, only the start is slower
            return _core().compile_model(model, CPU, config)
    # OpenVINO checks that a compiled network fits its own version, the processor and the file.
    compiled = {"CACHE_DIR": str(folder / precision), "CACHE_MODE": "OPTIMIZE_SIZE"}
    return _core().compile_model(folder / NETWORK, CPU, config | compiled)


def _networks_folder() -> Path:
    return user_cache_path("archive-explorer") / "networks"


def _is_complete(folder: Path) -> bool:
    """Return whether the files of a network have their sizes, because OpenVINO crashes on a truncated file."""
    try:
        sizes = (folder / SIZES).read_text(encoding="utf-8")
        return sizes == _sizes(folder)
    except OSError:
        return False


def _sizes(folder: Path) -> str:
    return " ".join(str((folder / NETWORK).with_suffix(suffix).stat().st_size) for suffix in (".xml", ".bin"))


def _save(model: openvino.Model, folder: Path) -> None:
    """Save a network in one step, so that other processes never read a part of it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent) as temporary:
        new = Path(temporary, folder.name)
        openvino.save_model(model, new / NETWORK, compress_to_fp16=False)
        (new / SIZES).write_text(_sizes(new), encoding="utf-8")
        if not _is_complete(folder):
            shutil.rmtree(folder, ignore_errors=True)
            new.rename(folder)
