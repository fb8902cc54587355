"""The two towers of an open_clip model as networks: of pictures and of texts."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

import torch

from embeddings.packaged import fingerprint
from embeddings.runtimes import NetworkDefinition

if TYPE_CHECKING:
    import openvino

    from embeddings.runtimes.network import TorchFunction


def picture_tower(model: Any, size: tuple[int, int], model_fingerprint: str) -> NetworkDefinition:  # noqa: ANN401
    """Return the network: pictures (n, 3, height, width) -> vectors (n, dim), not normalised."""
    pictures = torch.rand((2, 3, *size), generator=torch.Generator().manual_seed(0)) * 2 - 1
    return _definition(_Tower(model, "encode_image"), pictures, fingerprint(model_fingerprint, "pictures"))


def text_tower(model: Any, tokens: torch.Tensor, model_fingerprint: str) -> NetworkDefinition:  # noqa: ANN401
    """Return the network: token ids (n, context length) -> vectors (n, dim), not normalised.

    `tokens` are those of two texts.
    """
    return _definition(_Tower(model, "encode_text"), tokens, fingerprint(model_fingerprint, "texts"))


class _Tower(torch.nn.Module):
    def __init__(self, model: Any, method: str) -> None:  # noqa: ANN401
        super().__init__()
        self.model = model
        self._method = method

    def forward(self, batch: torch.Tensor) -> torch.Tensor:
        """Return the pooled vectors. A model with `output_tokens` returns them in a tuple with its token vectors."""
        output = getattr(self.model, self._method)(batch)
        vectors: torch.Tensor = output[0] if isinstance(output, tuple) else output
        return vectors


def _definition(tower: _Tower, example: torch.Tensor, name: str) -> NetworkDefinition:
    def build_openvino() -> openvino.Model:
        from embeddings.runtimes.conversion import convert

        return convert(tower, example)

    def build_torch(device: str) -> TorchFunction:
        tower.model.to(device)

        def encode(batch: torch.Tensor) -> tuple[torch.Tensor, ...]:
            with _half_precision(device):
                vectors = tower(batch)
            # In full precision: half precision overflows on some pictures.
            return (vectors if vectors.isfinite().all() else tower(batch),)

        return encode

    return NetworkDefinition(name, build_openvino, build_torch)


def _half_precision(device: str) -> AbstractContextManager[object]:
    """Return the context of half precision on CUDA, where it is several times faster; CPUs do not gain from it."""
    # Autocast keeps norms and sums in full precision, which works for every architecture. Models that are entirely
    # in half precision do not always give finite values.
    return torch.autocast("cuda", torch.float16) if device.startswith("cuda") else nullcontext()
