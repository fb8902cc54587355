"""Batching and arithmetic of vectors, which are rows."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors

T = TypeVar("T")

# One thread per core, each of which computes alone. The matrices of small models are small, and waiting threads of BLAS
# and OpenMP waste more time than they save, above all on a busy machine: a text of ten words takes 18 ms instead of 830
# if six programs share two cores.
# If several processes run on one machine, OMP_NUM_THREADS is the number of cores of each: Ray sets it for its actors.
CORES = int(os.environ.get("OMP_NUM_THREADS", "").partition(",")[0] or os.cpu_count() or 1)


def unit(vectors: NDArray[np.floating]) -> Vectors:
    """Scale a vector, or each row of several, to length 1, float32; a vector of zeros stays zero."""
    vectors = np.asarray(vectors, dtype=np.float32)
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = vectors / np.maximum(length, np.finfo(np.float32).tiny)
    return scaled


def encode_in_batches(
    items: Sequence[T], encode: Callable[[Sequence[T]], Vectors], *, size: int, dim: int, threads: int = 1
) -> Vectors:
    """Encode items in batches of at most `size`, in `threads` threads. No items give shape (0, dim)."""
    batch_size = max(1, min(size, -(-len(items) // threads)))
    batches = [items[start : start + batch_size] for start in range(0, len(items), batch_size)]
    if not batches:
        return np.zeros((0, dim), dtype=np.float32)
    if threads == 1 or len(batches) == 1:
        return np.concatenate([encode(batch) for batch in batches])
    with ThreadPoolExecutor(threads) as pool:
        return np.concatenate(list(pool.map(encode, batches)))


def encode_by_window(
    texts: Sequence[str], windows: Callable[[str], list[str]], encode: Callable[[Sequence[str]], Vectors]
) -> Vectors:
    """Return a unit vector for each text: the normalised mean of its windows, which have equal weights."""
    pieces = [windows(text) for text in texts]
    encoded = encode([piece for windows_of_text in pieces for piece in windows_of_text])
    offsets = np.cumsum([0, *map(len, pieces)])
    means = [encoded[start:end].mean(axis=0) for start, end in pairwise(offsets)]
    return unit(np.stack(means)) if means else encoded
