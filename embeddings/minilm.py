"""The bundled sentence encoder: all-MiniLM-L6-v2.

Its vectors equal those of sentence-transformers to float precision; a test checks this.

Wang et al., 2020, "MiniLM: Deep Self-Attention Distillation for Task-Agnostic Compression of Pre-Trained
Transformers"; Reimers and Gurevych, 2019, "Sentence-BERT". Weights: sentence-transformers, Apache-2.0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np

from embeddings.encoder import Vectors
from embeddings.packaged import MINILM, MINILM_TOKENIZER, fingerprint, fingerprint_at
from embeddings.runtimes import F32, Network, NetworkDefinition, Precision, open_network
from embeddings.vectors import CORES, encode_by_window, encode_in_batches, split_into_windows, unit

if TYPE_CHECKING:
    import openvino
    import torch

    from embeddings.runtimes.network import TorchFunction

RECIPE = "minilm numpy 1"
"""The version of this algorithm. Change it whenever the same weights would give other vectors.

The name is that of the first version, whose vectors are the same.
"""

LAYERS, HEADS, WIDTH, FEED_FORWARD = 6, 12, 384, 1536
NORM_EPSILON = 1e-12
WINDOW = 256
"""Tokens, including the two special ones: the length with which the model was trained."""
PIECES_AT_ONCE = 256
"""Pieces of text that are tokenized together."""
TOKENS_AT_ONCE = 1024
"""Tokens of a batch, which takes 25 MB of memory. Larger batches are not faster."""

Tokens = Sequence[int]


class MiniLM:
    """all-MiniLM-L6-v2 as a SentenceEncoder: 384 numbers, windows of 256 tokens, English."""

    name = "all-MiniLM-L6-v2"
    dim = WIDTH

    def __init__(self, *, precision: Precision = F32) -> None:
        """Load the tokenizer. The weights are loaded with the first text.

        Raises WeightsNotFoundError or WeightsDamagedError; the message names the command that reinstalls them.
        """
        from tokenizers import Tokenizer

        MINILM.require_installed()

        self._tokenizer = Tokenizer.from_file(str(MINILM_TOKENIZER.verified_path()))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._definition = definition()
        self._loading = Lock()
        self._network: Network | None = None
        self._precision = precision
        self.fingerprint = fingerprint_at(precision, RECIPE, MINILM.sha256, MINILM_TOKENIZER.sha256)

    def release(self) -> None:
        """Free the weights, 90 MB, until the next text."""
        with self._loading:
            self._network = None

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode texts: (n, 384), unit rows. A text longer than the window is the normalised mean of its windows."""
        return encode_by_window(texts, self.windows, self._encode_pieces)

    def windows(self, text: str) -> list[str]:
        """Split a text after sentences or words into pieces of at most 256 tokens."""
        return split_into_windows(text, self._fits, max_words=WINDOW)

    def _fits(self, text: str) -> bool:
        return len(self._tokenizer.encode(text)) <= WINDOW

    def _encode_pieces(self, pieces: Sequence[str]) -> Vectors:
        return encode_in_batches(pieces, self._encode_some, size=PIECES_AT_ONCE, dim=self.dim)

    def _encode_some(self, pieces: Sequence[str]) -> Vectors:
        """Encode pieces in batches of similar length, because the texts of a batch are padded to the longest."""
        texts = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(list(pieces))]
        order = np.argsort([len(text) for text in texts], kind="stable")
        by_length = [texts[number] for number in order]
        share = -(-sum(map(len, texts)) // CORES)
        batches = list(_batch_by_tokens(by_length, min(TOKENS_AT_ONCE, share)))
        vectors = np.empty((len(texts), self.dim), np.float32)
        vectors[order] = np.concatenate(self._encode_batches(batches))
        return vectors

    def _encode_batches(self, batches: Sequence[Sequence[Tokens]]) -> list[Vectors]:
        network = self._loaded()
        if len(batches) == 1:
            return [_encode(network, batches[0])]
        with ThreadPoolExecutor(CORES) as pool:
            return list(pool.map(lambda batch: _encode(network, batch), batches))

    def _loaded(self) -> Network:
        with self._loading:
            if self._network is None:
                self._network = open_network(self._definition, precision=self._precision)
            return self._network


def _batch_by_tokens(texts: Sequence[Tokens], max_tokens: int) -> Iterator[list[Tokens]]:
    """Yield batches of at most `max_tokens` tokens after padding; texts are ordered by length.

    A text with more tokens is a batch of its own.
    """
    batch: list[Tokens] = []
    for text in texts:
        if batch and len(text) * (len(batch) + 1) > max_tokens:
            yield batch
            batch = []
        batch.append(text)
    yield batch


def _encode(network: Network, texts: Sequence[Tokens]) -> Vectors:
    """Encode texts given as token ids: (n, 384), unit rows."""
    shape = len(texts), max(map(len, texts))
    ids, mask = np.zeros(shape, np.int32), np.zeros(shape, np.float32)
    for row, text in enumerate(texts):
        ids[row, : len(text)] = text
        mask[row, : len(text)] = 1
    (vectors,) = network(ids, mask)
    return unit(vectors)


def definition() -> NetworkDefinition:
    """Return the network: token ids (n, length), mask (n, length) -> means of the token vectors (n, 384)."""
    return NetworkDefinition(fingerprint(RECIPE, MINILM.sha256), _build_openvino, _build_torch)


def _build_openvino() -> openvino.Model:
    from safetensors.numpy import load_file

    from embeddings.minilm_openvino import build

    return build(load_file(MINILM.verified_path()))


def _build_torch(device: str) -> TorchFunction:
    """Build the BERT encoder of transformers with these weights."""
    from safetensors.torch import load_file
    from transformers import BertConfig, BertModel

    config = BertConfig(
        hidden_size=WIDTH,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        intermediate_size=FEED_FORWARD,
        layer_norm_eps=NORM_EPSILON,
    )
    model: Any = BertModel(config, add_pooling_layer=False)
    tensors = load_file(MINILM.verified_path())
    model.load_state_dict({name: tensors[name] for name in model.state_dict()})
    model.eval().to(device)

    def encode(ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, ...]:
        tokens = model(input_ids=ids, attention_mask=mask).last_hidden_state
        mean = (tokens * mask[:, :, None]).sum(dim=1) / mask.sum(dim=1, keepdim=True)
        return (mean,)

    return encode
