"""Networks that run on any runtime, and the choice of the runtime."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import DeviceUnavailableError

if TYPE_CHECKING:
    import openvino
    import torch

Precision = Literal["f32", "bf16"]
"""The format of numbers inside a network. Inputs and outputs are always float32."""
F32: Final = "f32"
PRECISIONS: tuple[Precision, ...] = ("bf16", "f32")
"""All precisions, the fastest first."""

OPENVINO, TORCH = "openvino", "torch"
RUNTIME_VARIABLE = "EXPLORER_RUNTIME"
"""The environment variable that chooses the runtime of the CPU: openvino or torch."""

TorchFunction = Callable[..., "tuple[torch.Tensor, ...]"]


@dataclass(frozen=True, slots=True)
class EncoderPrecision:
    """The precision of an encoder and of its sentence encoder."""

    encoder: Precision = F32
    sentences: Precision = F32

    def __str__(self) -> str:
        """Return the precision for people: "f32", or "f32, sentences bf16"."""
        same = self.encoder == self.sentences
        return self.encoder if same else f"{self.encoder}, sentences {self.sentences}"


class ConversionError(Exception):
    """OpenVINO cannot run this network."""


class Network(Protocol):
    """A network with its weights, ready to run. Usable from several threads."""

    def __call__(self, *inputs: NDArray[Any]) -> tuple[NDArray[np.float32], ...]:
        """Run a batch: the first dimension of all inputs and outputs is the batch."""


@dataclass(frozen=True)
class NetworkDefinition:
    """A network that is not loaded yet, for each runtime. All runtimes give the same outputs to float precision."""

    fingerprint: str
    """A hash of structure and weights: it names the compiled network in the cache."""
    build_openvino: Callable[[], openvino.Model]
    """Return the network for OpenVINO. The first dimension of inputs is variable."""
    build_torch: Callable[[str], TorchFunction]
    """Return the network for torch on a device."""


def has_openvino() -> bool:
    """Return whether OpenVINO runs networks on the CPU: it is installed, and no other runtime is requested."""
    requested = os.environ.get(RUNTIME_VARIABLE) or OPENVINO
    if requested not in (OPENVINO, TORCH):
        raise DeviceUnavailableError(
            f"There is no runtime {requested!r}. Set {RUNTIME_VARIABLE} to {OPENVINO} or {TORCH}, or unset it."
        )
    return requested == OPENVINO and find_spec("openvino") is not None


def cpu_runtime() -> str:
    """Return the runtime of the CPU for people, with the reason if it is not OpenVINO."""
    if has_openvino():
        return "OpenVINO"
    return f"torch ({RUNTIME_VARIABLE})" if os.environ.get(RUNTIME_VARIABLE) else "torch (no OpenVINO here)"


def supported_precisions() -> tuple[Precision, ...]:
    """Return the precisions that are fast on this processor, the fastest first; f32 is always the last."""
    if not has_openvino():
        return (F32,)
    from embeddings.runtimes.openvino_network import supports_bf16

    return PRECISIONS if supports_bf16() else (F32,)


def open_network(
    definition: NetworkDefinition, *, precision: Precision = F32, device: str = "cpu"
) -> Network:
    """Open a network on a device: OpenVINO on the CPU, torch elsewhere, and where OpenVINO cannot run the network.

    A precision that this processor does not support is computed in f32, which is as near as MIN_COSINE of
    `embeddings.precision` to it. With torch, `precision` is always f32.
    """
    if device == "cpu" and has_openvino():
        from embeddings.runtimes.openvino_network import OpenVINONetwork

        with suppress(ConversionError):
            return OpenVINONetwork(
                definition, precision if precision == F32 or precision in supported_precisions() else F32
            )
    from embeddings.runtimes.torch_network import TorchNetwork

    return TorchNetwork(definition, device)
