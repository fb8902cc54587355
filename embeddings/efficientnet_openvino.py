"""EfficientNet-Lite0 for OpenVINO, built from its weights without torch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from openvino import Model, Node, opset13

from embeddings.efficientnet import SIDE
from embeddings.runtimes.openvino_layers import constant, integers, linear

# For each stage: blocks, stride of the first block, expansion factor. All other sizes follow from the weights.
STAGES = (
    (1, 1, 1),
    (2, 2, 6),
    (2, 2, 6),
    (3, 2, 6),
    (3, 1, 6),
    (4, 2, 6),
    (1, 1, 6),
)
NORM_EPSILON = 1e-3


def build(tensors: Iterable[NDArray[Any]]) -> Model:
    """Build the network for OpenVINO from its weights, which are in the order of the layers."""
    pictures = opset13.parameter([-1, 3, SIDE, SIDE], np.float32, name="pictures")
    weights = iter(tensors)
    layers = _Convolutions(weights)
    layer = layers.add(pictures, stride=2)
    for blocks, stride, expansion in STAGES:
        for block in range(blocks):
            before = layer
            layer = layers.add(layer) if expansion > 1 else layer
            layer = layers.add(layer, stride=1 if block else stride, is_depthwise=True)
            layer = layers.add(layer, is_bounded=False)
            layer = opset13.add(layer, before) if block else layer
    features = opset13.reduce_mean(layers.add(layer), integers(2, 3))
    return Model([features, linear(features, next(weights), next(weights))], [pictures], "EfficientNet-Lite0")


@dataclass
class _Convolutions:
    """Adds convolutions to a network; each takes the next weights."""

    weights: Iterator[NDArray[Any]]

    def add(
        self, layer: Node, *, stride: int = 1, is_depthwise: bool = False, is_bounded: bool = True
    ) -> Node:
        """Add a convolution with ReLU6; its batch normalisation is folded into kernel and bias."""
        kernel, scale, shift, mean, variance = (np.float64(next(self.weights)) for _ in range(5))
        next(self.weights)  # the number of training batches
        scale = scale / np.sqrt(variance + NORM_EPSILON)
        kernel = kernel * scale[:, None, None, None]
        geometry = ([stride, stride], [0, 0], [0, 0], [1, 1], "same_upper")
        if is_depthwise:
            layer = opset13.group_convolution(layer, constant(kernel[:, None]), *geometry)
        else:
            layer = opset13.convolution(layer, constant(kernel), *geometry)
        layer = opset13.add(layer, constant((shift - mean * scale)[None, :, None, None]))
        return opset13.clamp(layer, 0.0, 6.0) if is_bounded else layer
