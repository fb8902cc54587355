"""Arithmetic on rows of vectors."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors

T = TypeVar("T")

# One thread of ours per core, each computing alone: the products of small models are small, and the threads of BLAS
# and OpenMP that wait for one another burn the time they save, many times over on a busy machine (a text of ten
# words: 18 ms instead of 830 where six programs shared two cores).
# Whoever runs several of us on a machine says how many are for each, as for OpenMP: Ray does so for its actors.
CORES = int(os.environ.get("OMP_NUM_THREADS", "").partition(",")[0] or os.cpu_count() or 1)


def unit(vectors: NDArray[np.floating]) -> Vectors:
    """Scale a vector, or each row of several, to length 1, float32; a vector of zeros stays zero."""
    vectors = np.asarray(vectors, dtype=np.float32)
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = vectors / np.maximum(length, np.finfo(np.float32).tiny)
    return scaled


def in_batches(
    items: Sequence[T], encode: Callable[[Sequence[T]], Vectors], *, size: int, dim: int, threads: int = 1
) -> Vectors:
    """The items encoded at most `size` at a time, in so many threads; no items give shape (0, dim)."""
    share = max(1, min(size, -(-len(items) // threads)))
    batches = [items[start : start + share] for start in range(0, len(items), share)]
    if not batches:
        return np.zeros((0, dim), dtype=np.float32)
    if threads == 1 or len(batches) == 1:
        return np.concatenate([encode(batch) for batch in batches])
    with ThreadPoolExecutor(threads) as pool:
        return np.concatenate(list(pool.map(encode, batches)))


def by_window(
    texts: Sequence[str], windows: Callable[[str], list[str]], encode: Callable[[Sequence[str]], Vectors]
) -> Vectors:
    """One unit vector per text: the normalised mean over its windows, each counting the same."""
    pieces = [windows(text) for text in texts]
    encoded = encode([piece for text in pieces for piece in text])
    ends = np.cumsum([0, *map(len, pieces)])
    means = [encoded[start:end].mean(axis=0) for start, end in pairwise(ends)]
    return unit(np.stack(means)) if means else encoded
