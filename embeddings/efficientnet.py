"""EfficientNet-Lite0 (Tan and Le, 2019) with its published weights, run by ONNX Runtime.

With torch, the same network takes 1.4 GB of memory; here it takes a tenth. It is `tf_efficientnet_lite0` of timm; a
test compares both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from embeddings.onnx_model import Graph
from embeddings.packaged import EFFICIENTNET_LITE0
from embeddings.torch_file import read_tensors

Array = NDArray[np.float32]

SIDE = 224
FEATURES, CLASSES = 1280, 1000
STEM = 32
# For each stage: blocks, stride of the first block, expansion factor, channels. Kernel sizes follow from the weights.
STAGES = (
    (1, 1, 1, 16),
    (2, 2, 6, 24),
    (2, 2, 6, 40),
    (3, 2, 6, 80),
    (3, 1, 6, 112),
    (4, 2, 6, 192),
    (1, 1, 6, 320),
)
NORM_EPSILON = 1e-3


class Classifier:
    """Computes features of pictures and scores of ImageNet's 1,000 classes, on the CPU."""

    def __init__(self) -> None:
        """Verify and load the weights. Raises WeightsNotFoundError or WeightsDamagedError."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # see embeddings.vectors.CORES
        options.enable_cpu_mem_arena = False  # the arena would keep the peak memory of each thread
        network = build_network(read_tensors(EFFICIENTNET_LITE0.verified_path()))
        self._session: Any = onnxruntime.InferenceSession(
            network, options, providers=["CPUExecutionProvider"]
        )

    def __call__(self, pictures: Array) -> tuple[Array, Array]:
        """Return features (n, 1280) and class scores (n, 1000) of pictures (n, 3, 224, 224) from -1 to 1."""
        features, scores = self._session.run(None, {"pictures": pictures})
        return features, scores


def build_network(tensors: Iterable[NDArray[Any]]) -> bytes:
    """Build the network as an ONNX file from its weights, which are in the order of the layers."""
    graph = Graph("EfficientNet-Lite0")
    layers = _Layers(graph, iter(tensors))
    layer, channels = layers.convolution("pictures", stride=2), STEM
    for blocks, stride, expansion, width in STAGES:
        for block in range(blocks):
            before, inner_channels = layer, channels * expansion
            layer = layers.convolution(layer) if expansion > 1 else layer
            layer = layers.convolution(layer, stride=1 if block else stride, groups=inner_channels)
            layer = layers.convolution(layer, is_bounded=False)
            layer = graph.layer("Add", layer, before) if block else layer
            channels = width
    features = graph.layer("Flatten", graph.layer("GlobalAveragePool", layers.convolution(layer)))
    scores = layers.linear(features)
    return graph.model(
        {"pictures": ("n", 3, SIDE, SIDE)}, {features: ("n", FEATURES), scores: ("n", CLASSES)}
    )


@dataclass
class _Layers:
    """Adds layers to a graph; each layer takes the next weights."""

    graph: Graph
    weights: Iterator[NDArray[Any]]

    def convolution(self, layer: str, *, stride: int = 1, groups: int = 1, is_bounded: bool = True) -> str:
        """Add a convolution with ReLU6; its batch normalisation is folded into kernel and bias."""
        kernel, scale, shift, mean, variance = (np.float64(next(self.weights)) for _ in range(5))
        next(self.weights)  # the number of training batches
        scale = scale / np.sqrt(variance + NORM_EPSILON)
        inputs = self._constants(kernel * scale[:, None, None, None], shift - mean * scale)
        strides = (stride, stride)
        layer = self.graph.layer("Conv", layer, *inputs, strides=strides, group=groups, auto_pad="SAME_UPPER")
        return self.graph.layer("Clip", layer, *self._constants(0, 6)) if is_bounded else layer

    def linear(self, layer: str) -> str:
        """Add a fully connected layer."""
        return self.graph.layer(
            "Gemm", layer, *self._constants(next(self.weights), next(self.weights)), transB=1
        )

    def _constants(self, *values: ArrayLike) -> list[str]:
        return [self.graph.weight(np.asarray(value, np.float32)) for value in values]
