"""The bundled sentence encoder: all-MiniLM-L6-v2, computed with NumPy.

The model is small (6 layers, 22 million weights), so torch and its slow import are not needed. A search in a new
process has its query vector in well under a second, and in bulk NumPy is as fast as torch on a CPU. The vectors equal
those of sentence-transformers to float precision; a test checks this.

Wang et al., 2020, "MiniLM: Deep Self-Attention Distillation for Task-Agnostic Compression of Pre-Trained
Transformers"; Reimers and Gurevych, 2019, "Sentence-BERT". Weights: sentence-transformers, Apache-2.0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from threading import Lock
from typing import cast

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from embeddings.encoder import Vectors
from embeddings.fingerprints import fingerprint
from embeddings.packaged import MINILM, MINILM_TOKENIZER
from embeddings.vectors import CORES, encode_by_window, encode_in_batches, unit
from embeddings.windows import split

RECIPE = "minilm numpy 1"
"""The version of this algorithm. Change it whenever the same weights would give other vectors."""

LAYERS, HEADS, WIDTH = 6, 12, 384
WINDOW = 256
"""Tokens, including the two special ones: the length with which the model was trained."""
PIECES_AT_ONCE = 256
"""Pieces of text that are tokenized together."""
TOKENS_AT_ONCE = 1024
"""Tokens of several texts in a batch of a thread, which takes 25 MB of memory. Larger batches are not faster."""
TOKENS_IN_CACHE = 256
"""Rows of the widest layer that are processed together; more would not fit the cache of a processor."""

Matrix = NDArray[np.float32]
Span = tuple[int, int]


class MiniLM:
    """all-MiniLM-L6-v2 as a SentenceEncoder: 384 numbers, windows of 256 tokens, English."""

    name = "all-MiniLM-L6-v2"
    dim = WIDTH
    fingerprint = fingerprint(RECIPE, MINILM.sha256, MINILM_TOKENIZER.sha256)

    def __init__(self) -> None:
        """Verify the bundled weights, which are loaded with the first text.

        Raises WeightsNotFoundError or WeightsDamagedError; the message names the command that reinstalls them.
        """
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(MINILM_TOKENIZER.verified_path()))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._weights = MINILM.verified_path()
        self._loading = Lock()
        self._network: Network | None = None

    def release(self) -> None:
        """Free the weights, 90 MB, until the next text."""
        with self._loading:
            self._network = None

    def _loaded(self) -> Network:
        from safetensors.numpy import load_file

        with self._loading:
            if self._network is None:
                self._network = Network.of(load_file(self._weights))
            return self._network

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode texts: (n, 384), unit rows. A text longer than the window is the normalised mean of its windows."""
        return encode_by_window(texts, self.windows, self._encode_pieces)

    def windows(self, text: str) -> list[str]:
        """Split a text after sentences or words into pieces of at most 256 tokens."""
        return split(text, self._fits, max_words=WINDOW)

    def _fits(self, text: str) -> bool:
        return len(self._tokenizer.encode(text)) <= WINDOW

    def _encode_pieces(self, pieces: Sequence[str]) -> Vectors:
        return encode_in_batches(pieces, self._encode_some, size=PIECES_AT_ONCE, dim=self.dim)

    def _encode_some(self, pieces: Sequence[str]) -> Vectors:
        texts = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(list(pieces))]
        network = self._loaded()
        share = -(-sum(map(len, texts)) // CORES)
        batches = list(_batch_by_tokens(texts, min(TOKENS_AT_ONCE, share)))
        with _blas().limit(limits=1, user_api="blas"):
            if len(batches) == 1:
                return network.encode(batches[0])
            with ThreadPoolExecutor(CORES) as pool:
                return np.concatenate(list(pool.map(network.encode, batches)))


def _batch_by_tokens(texts: Sequence[Sequence[int]], max_tokens: int) -> Iterator[list[Sequence[int]]]:
    """Yield batches of texts with at most `max_tokens` tokens in total; a longer text is a batch of its own."""
    batch: list[Sequence[int]] = []
    tokens = 0
    for text in texts:
        if batch and tokens + len(text) > max_tokens:
            yield batch
            batch, tokens = [], 0
        batch.append(text)
        tokens += len(text)
    yield batch


@cache
def _blas() -> ThreadpoolController:
    """Return the controller of BLAS threads; detecting the libraries takes some milliseconds."""
    return ThreadpoolController()


@dataclass(frozen=True)
class Affine:
    """A fully connected layer: x -> x @ weight + bias."""

    weight: Matrix
    bias: Matrix

    @classmethod
    def of(cls, tensors: Mapping[str, Matrix], *names: str) -> Affine:
        """Concatenate the named layers of a checkpoint."""
        weights = np.concatenate([tensors[f"{name}.weight"] for name in names])
        return cls(
            np.ascontiguousarray(weights.T), np.concatenate([tensors[f"{name}.bias"] for name in names])
        )

    def __call__(self, rows: Matrix) -> Matrix:
        """Map (n, in) to (n, out)."""
        result: Matrix = rows @ self.weight
        result += self.bias
        return result


@dataclass(frozen=True)
class Norm:
    """Layer normalisation (Ba et al., 2016)."""

    weight: Matrix
    bias: Matrix

    @classmethod
    def of(cls, tensors: Mapping[str, Matrix], name: str) -> Norm:
        """Return the named layer of a checkpoint."""
        return cls(tensors[f"{name}.weight"], tensors[f"{name}.bias"])

    def __call__(self, rows: Matrix) -> Matrix:
        """Normalise the rows in place and return them."""
        rows -= rows.mean(axis=1, keepdims=True)
        variance = np.einsum("ij,ij->i", rows, rows)[:, None] / np.float32(rows.shape[1])
        rows /= np.sqrt(variance + np.float32(1e-12))
        rows *= self.weight
        rows += self.bias
        return rows


@dataclass(frozen=True)
class Layer:
    """One transformer layer (Vaswani et al., 2017), normalised after each half as in BERT."""

    query_key_value: Affine
    attention_output: Affine
    attention_norm: Norm
    expand: Affine
    contract: Affine
    norm: Norm

    @classmethod
    def of(cls, tensors: Mapping[str, Matrix], prefix: str) -> Layer:
        """Return the layer of a checkpoint under this prefix."""
        attention = f"{prefix}.attention.self"
        return cls(
            query_key_value=Affine.of(
                tensors, f"{attention}.query", f"{attention}.key", f"{attention}.value"
            ),
            attention_output=Affine.of(tensors, f"{prefix}.attention.output.dense"),
            attention_norm=Norm.of(tensors, f"{prefix}.attention.output.LayerNorm"),
            expand=Affine.of(tensors, f"{prefix}.intermediate.dense"),
            contract=Affine.of(tensors, f"{prefix}.output.dense"),
            norm=Norm.of(tensors, f"{prefix}.output.LayerNorm"),
        )

    def __call__(self, tokens: Matrix, spans: Sequence[Span]) -> Matrix:
        """Map the token vectors of all texts, (n, 384), to (n, 384); `spans` are the rows of each text."""
        projected, context = self.query_key_value(tokens), np.empty_like(tokens)
        for start, end in spans:
            context[start:end] = attention(projected[start:end])
        tokens = self.attention_norm(self.attention_output(context) + tokens)
        return self.norm(self._feed_forward(tokens) + tokens)

    def _feed_forward(self, tokens: Matrix) -> Matrix:
        result = np.empty_like(tokens)
        for start in range(0, len(tokens), TOKENS_IN_CACHE):
            rows = slice(start, start + TOKENS_IN_CACHE)
            result[rows] = self.contract(gelu(self.expand(tokens[rows])))
        return result


@dataclass(frozen=True)
class Network:
    """The network from token ids to sentence vectors.

    The tokens of all texts are in one matrix without padding; only attention processes the texts separately.
    """

    token_vectors: Matrix
    positions: Matrix
    norm: Norm
    layers: tuple[Layer, ...]

    @classmethod
    def of(cls, tensors: Mapping[str, Matrix]) -> Network:
        """Return the network of a BERT checkpoint."""
        # All tokens have the first type, because the model is never used with pairs of texts.
        positions = (
            tensors["embeddings.position_embeddings.weight"]
            + tensors["embeddings.token_type_embeddings.weight"][0]
        )
        return cls(
            token_vectors=tensors["embeddings.word_embeddings.weight"],
            positions=positions,
            norm=Norm.of(tensors, "embeddings.LayerNorm"),
            layers=tuple(Layer.of(tensors, f"encoder.layer.{number}") for number in range(LAYERS)),
        )

    def encode(self, texts: Sequence[Sequence[int]]) -> Vectors:
        """Encode texts given as token ids: (n, 384), unit rows, the means of all token vectors."""
        spans = list(pairwise(np.cumsum([0, *map(len, texts)])))
        position_ids = np.concatenate([np.arange(len(text)) for text in texts])
        tokens = self.norm(self.token_vectors[np.concatenate(texts)] + self.positions[position_ids])
        for layer in self.layers:
            tokens = layer(tokens, spans)
        return unit(np.stack([tokens[start:end].mean(axis=0) for start, end in spans]))


def attention(projected: Matrix) -> Matrix:
    """Return the attention output (n, width) of one text from its queries, keys and values (n, 3 x width)."""
    count, size = len(projected), WIDTH // HEADS
    query, key, value = projected.reshape(count, 3, HEADS, size).transpose(1, 2, 0, 3)
    scores = query @ key.transpose(0, 2, 1)
    scores /= np.float32(np.sqrt(size))
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)
    return cast(Matrix, (scores @ value).transpose(1, 0, 2).reshape(count, WIDTH))


ERFC = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)
"""Abramowitz and Stegun 7.1.26: erfc(z) to 1.5e-7 for z >= 0; NumPy has no erf."""


def gelu(x: Matrix) -> Matrix:
    """Multiply x by its normal distribution function in place (Hendrycks and Gimpel, 2016)."""
    magnitude = np.abs(x)
    z = magnitude * np.float32(np.sqrt(0.5))
    t = np.reciprocal(1 + np.float32(0.3275911) * z)
    erfc = np.zeros_like(x)
    for coefficient in ERFC:
        erfc += np.float32(coefficient)
        erfc *= t
    erfc *= np.exp(-np.square(z, out=z), out=z)
    # x * cdf(x) = max(x, 0) - |x| * erfc(|x| / sqrt 2) / 2 for positive and negative x.
    erfc *= magnitude
    erfc *= np.float32(0.5)
    np.maximum(x, 0, out=x)
    x -= erfc
    return x
