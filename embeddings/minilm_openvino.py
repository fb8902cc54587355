"""all-MiniLM-L6-v2 for OpenVINO, built from its weights without torch."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from openvino import Model, Node, opset13

from embeddings.minilm import HEADS, LAYERS, NORM_EPSILON, WIDTH
from embeddings.runtimes.openvino_layers import constant, integers, layer_norm, linear

Matrix = NDArray[np.float32]


def build(tensors: Mapping[str, Matrix]) -> Model:
    """Build a BERT encoder (Devlin et al., 2019) for OpenVINO from a checkpoint."""
    ids = opset13.parameter([-1, -1], np.int32, name="ids")
    mask = opset13.parameter([-1, -1], np.float32, name="mask")
    layers = _BertLayers(tensors)
    tokens = layers.embed(ids)
    # Padding gets no attention: its score is lowered by more than any score is high.
    padding = opset13.multiply(opset13.subtract(mask, constant(1)), constant(1e9))
    for number in range(LAYERS):
        tokens = layers.transform(tokens, opset13.unsqueeze(padding, integers(1, 2)), number)
    weights = opset13.unsqueeze(mask, integers(2))
    total = opset13.reduce_sum(opset13.multiply(tokens, weights), integers(1))
    mean = opset13.divide(total, opset13.reduce_sum(weights, integers(1)))
    return Model([mean], [ids, mask], "all-MiniLM-L6-v2")


class _BertLayers:
    """Builds the layers of BERT from the tensors of a checkpoint."""

    def __init__(self, tensors: Mapping[str, Matrix]) -> None:
        self._tensors = tensors

    def embed(self, ids: Node) -> Node:
        """Map token ids to the sum of token vectors and position vectors."""
        words = opset13.gather(constant(self._tensors["embeddings.word_embeddings.weight"]), ids, integers(0))
        # All tokens have the first type, because the model is never used with pairs of texts.
        positions = (
            self._tensors["embeddings.position_embeddings.weight"]
            + self._tensors["embeddings.token_type_embeddings.weight"][0]
        )
        length = opset13.gather(opset13.shape_of(ids), integers(1), integers(0))
        used = opset13.slice(constant(positions), integers(0), length, integers(1), integers(0))
        return self._norm(opset13.add(words, used), "embeddings.LayerNorm")

    def transform(self, tokens: Node, padding: Node, number: int) -> Node:
        """Add a transformer layer (Vaswani et al., 2017), normalised after each half."""
        layer = f"encoder.layer.{number}"
        query, key, value = (
            self._heads(self._linear(tokens, f"{layer}.attention.self.{name}"))
            for name in ("query", "key", "value")
        )
        attended = opset13.scaled_dot_product_attention(query, key, value, padding)
        joined = opset13.reshape(
            opset13.transpose(attended, integers(0, 2, 1, 3)), integers(0, 0, WIDTH), special_zero=True
        )
        output = self._linear(joined, f"{layer}.attention.output.dense")
        tokens = self._norm(opset13.add(output, tokens), f"{layer}.attention.output.LayerNorm")
        inner = opset13.gelu(self._linear(tokens, f"{layer}.intermediate.dense"), "erf")
        output = self._linear(inner, f"{layer}.output.dense")
        return self._norm(opset13.add(output, tokens), f"{layer}.output.LayerNorm")

    def _heads(self, tokens: Node) -> Node:
        """Reshape (n, length, width) to (n, heads, length, width per head)."""
        split_width = opset13.reshape(tokens, integers(0, 0, HEADS, WIDTH // HEADS), special_zero=True)
        return opset13.transpose(split_width, integers(0, 2, 1, 3))

    def _linear(self, layer: Node, name: str) -> Node:
        return linear(layer, self._tensors[f"{name}.weight"], self._tensors[f"{name}.bias"])

    def _norm(self, layer: Node, name: str) -> Node:
        return layer_norm(layer, self._tensors[f"{name}.weight"], self._tensors[f"{name}.bias"], NORM_EPSILON)
