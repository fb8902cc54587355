"""The runtime of torch, for devices other than the CPU and for platforms without OpenVINO."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.runtimes.network import NetworkDefinition


class TorchNetwork:
    """A network that torch runs in f32."""

    def __init__(self, definition: NetworkDefinition, device: str) -> None:
        self._function = definition.build_torch(device)
        self._device = device

    def __call__(self, *inputs: NDArray[Any]) -> tuple[NDArray[np.float32], ...]:
        """Run a batch."""
        import torch

        with torch.inference_mode():
            outputs = self._function(*(torch.from_numpy(values).to(self._device) for values in inputs))
            return tuple(output.float().cpu().numpy() for output in outputs)
