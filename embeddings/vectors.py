"""Arithmetic on rows of vectors."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors

T = TypeVar("T")


def unit(rows: NDArray[np.floating]) -> Vectors:
    """The rows scaled to length 1, float32; a row of zeros stays zero."""
    rows = np.asarray(rows, dtype=np.float32)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Vectors = rows / np.maximum(length, np.finfo(np.float32).tiny)
    return scaled


def in_batches(
    items: Sequence[T], encode: Callable[[Sequence[T]], Vectors], *, size: int, dim: int
) -> Vectors:
    """The items encoded `size` at a time; no items give shape (0, dim)."""
    batches = [encode(items[start : start + size]) for start in range(0, len(items), size)]
    return np.concatenate(batches) if batches else np.zeros((0, dim), dtype=np.float32)


def by_window(
    texts: Sequence[str], windows: Callable[[str], list[str]], encode: Callable[[Sequence[str]], Vectors]
) -> Vectors:
    """One unit vector per text: the normalised mean over its windows, each counting the same."""
    pieces = [windows(text) for text in texts]
    encoded = encode([piece for text in pieces for piece in text])
    ends = np.cumsum([0, *map(len, pieces)])
    means = [encoded[start:end].mean(axis=0) for start, end in pairwise(ends)]
    return unit(np.stack(means)) if means else encoded
