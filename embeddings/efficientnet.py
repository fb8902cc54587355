"""EfficientNet-Lite0 (Tan and Le, 2019) with its published weights, run by ONNX Runtime.

torch runs it too, and takes 1.4 GB of memory for that; this takes a tenth. The network is the one that timm calls
`tf_efficientnet_lite0`; a test compares both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from embeddings.onnx_model import Graph
from embeddings.packaged import EFFICIENTNET_LITE0
from embeddings.torch_file import tensors_in

Array = NDArray[np.float32]

SIDE = 224
FEATURES, CLASSES = 1280, 1000
STEM = 32
# Of each stage: blocks, stride of the first, how many times wider inside, channels. Kernels say their sides themselves.
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
    """Pictures to features and to scores of ImageNet's 1,000 classes, on the CPU."""

    def __init__(self) -> None:
        """Loads the weights after comparing their checksum; raises WeightsNotFoundError or WeightsDamagedError."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # see embeddings.vectors.CORES
        options.enable_cpu_mem_arena = False  # it keeps the most that ever was needed, for each thread
        network = network_of(tensors_in(EFFICIENTNET_LITE0.verified()))
        self._session: Any = onnxruntime.InferenceSession(
            network, options, providers=["CPUExecutionProvider"]
        )

    def __call__(self, pictures: Array) -> tuple[Array, Array]:
        """(n, 3, 224, 224) from -1 to 1 -> features (n, 1280) and class scores (n, 1000)."""
        features, scores = self._session.run(None, {"pictures": pictures})
        return features, scores


def network_of(tensors: Iterable[NDArray[Any]]) -> bytes:
    """The network as an ONNX file, of its weights in the order in which its layers run."""
    graph = Graph("EfficientNet-Lite0")
    layers = _Layers(graph, iter(tensors))
    layer, channels = layers.convolution("pictures", stride=2), STEM
    for blocks, stride, wider, wide in STAGES:
        for number in range(blocks):
            before, inside = layer, channels * wider
            layer = layers.convolution(layer) if wider > 1 else layer
            layer = layers.convolution(layer, stride=1 if number else stride, groups=inside)
            layer = layers.convolution(layer, is_bounded=False)
            layer = graph.layer("Add", layer, before) if number else layer
            channels = wide
    features = graph.layer("Flatten", graph.layer("GlobalAveragePool", layers.convolution(layer)))
    scores = layers.product(features)
    return graph.model(
        {"pictures": ("n", 3, SIDE, SIDE)}, {features: ("n", FEATURES), scores: ("n", CLASSES)}
    )


@dataclass
class _Layers:
    """Adds layers to a graph, each with the weights that come next."""

    graph: Graph
    weights: Iterator[NDArray[Any]]

    def convolution(self, layer: str, *, stride: int = 1, groups: int = 1, is_bounded: bool = True) -> str:
        """A convolution with its batch normalisation, which is a factor and a summand, and with ReLU6."""
        kernel, scale, shift, mean, variance = (np.float64(next(self.weights)) for _ in range(5))
        next(self.weights)  # in how many batches it was trained
        scale = scale / np.sqrt(variance + NORM_EPSILON)
        inputs = self._kept(kernel * scale[:, None, None, None], shift - mean * scale)
        strides = (stride, stride)
        layer = self.graph.layer("Conv", layer, *inputs, strides=strides, group=groups, auto_pad="SAME_UPPER")
        return self.graph.layer("Clip", layer, *self._kept(0, 6)) if is_bounded else layer

    def product(self, layer: str) -> str:
        """The product with a matrix, and a summand."""
        return self.graph.layer("Gemm", layer, *self._kept(next(self.weights), next(self.weights)), transB=1)

    def _kept(self, *values: ArrayLike) -> list[str]:
        return [self.graph.weight(np.asarray(value, np.float32)) for value in values]
