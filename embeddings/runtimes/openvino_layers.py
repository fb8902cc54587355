"""Layers for the networks that are built for OpenVINO from their weights."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from openvino import Node, opset13


def constant(values: ArrayLike) -> Node:
    """Return a constant of float32."""
    return opset13.constant(np.ascontiguousarray(values, np.float32))


def integers(*values: int) -> Node:
    """Return a constant list of integers: axes, sizes or positions."""
    return opset13.constant(np.array(values, np.int64))


def linear(layer: Node, weight: NDArray[Any], bias: NDArray[Any]) -> Node:
    """Add a fully connected layer with `weight` (out, in): x -> x @ weight.T + bias."""
    return opset13.add(opset13.matmul(layer, constant(weight), False, True), constant(bias))


def layer_norm(layer: Node, weight: NDArray[Any], bias: NDArray[Any], epsilon: float) -> Node:
    """Add a layer normalisation over the last axis (Ba et al., 2016)."""
    normalised = opset13.mvn(layer, integers(-1), True, epsilon, "inside_sqrt")
    return opset13.add(opset13.multiply(normalised, constant(weight)), constant(bias))
