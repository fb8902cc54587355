"""EfficientNet-Lite0 (Tan and Le, 2019) with its published weights.

It is `tf_efficientnet_lite0` of timm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.packaged import EFFICIENTNET_LITE0, fingerprint
from embeddings.runtimes import NetworkDefinition
from embeddings.torch_file import read_tensors

if TYPE_CHECKING:
    import openvino

    from embeddings.runtimes.network import TorchFunction

RECIPE = "efficientnet-lite0 1"
"""The version of the network. Change it whenever the same weights would give other outputs."""

SIDE = 224
FEATURES, CLASSES = 1280, 1000


def definition() -> NetworkDefinition:
    """Return the network: pictures (n, 3, 224, 224) from -1 to 1 -> features (n, 1280) and class scores (n, 1000)."""
    return NetworkDefinition(fingerprint(RECIPE, EFFICIENTNET_LITE0.sha256), _build_openvino, _build_torch)


def _build_openvino() -> openvino.Model:
    from embeddings.efficientnet_openvino import build

    return build(read_tensors(EFFICIENTNET_LITE0.verified_path()))


def _build_torch(device: str) -> TorchFunction:
    """Build timm's network with these weights."""
    import timm
    import torch

    network: Any = timm.create_model("tf_efficientnet_lite0", pretrained=False)
    tensors = (
        torch.from_numpy(np.array(tensor)) for tensor in read_tensors(EFFICIENTNET_LITE0.verified_path())
    )
    network.load_state_dict(dict(zip(network.state_dict(), tensors, strict=True)))
    network.eval().to(device)

    def classify(pictures: torch.Tensor) -> tuple[torch.Tensor, ...]:
        features = network.forward_head(network.forward_features(pictures), pre_logits=True)
        return features, network.get_classifier()(features)

    return classify
