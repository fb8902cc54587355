"""The precision of an encoder, chosen by measurement."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from embeddings.encoder import Vectors
from embeddings.errors import DeviceUnavailableError
from embeddings.runtimes import PRECISIONS, Precision, supported_precisions

MIN_COSINE = 0.999
"""The cosine to f32 that every vector must reach: less would change the order of close hits."""


def checked_precision(name: str) -> Precision:
    """Return the precision of this name if this processor computes in it. Raises DeviceUnavailableError."""
    supported = supported_precisions()
    for precision in PRECISIONS:
        if precision == name and precision in supported:
            return precision
    raise DeviceUnavailableError(
        f"This machine does not compute in {name!r}. Choose one of: {', '.join(supported)}."
    )


def fastest_precision(vectors_at: Callable[[Precision], Sequence[Vectors]]) -> Precision:
    """Return the fastest precision of this processor whose vectors all have MIN_COSINE to those of f32.

    A precision that gives exactly the vectors of f32 was not used: torch runs the network.

    Args:
        vectors_at: Returns the vectors of the same samples at a precision: arrays of unit rows.
    """
    *faster, exact = supported_precisions()
    if not faster:
        return exact
    expected = vectors_at(exact)
    for precision in faster:
        pairs = list(zip(vectors_at(precision), expected, strict=True))
        is_used = not all(np.array_equal(vectors, exact_vectors) for vectors, exact_vectors in pairs)
        if is_used and all((fast * full).sum(axis=1).min() >= MIN_COSINE for fast, full in pairs):
            return precision
    return exact
