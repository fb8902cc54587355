"""The precision of an encoder, chosen by measurement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from embeddings.encoder import Vectors
from embeddings.errors import DeviceUnavailableError
from embeddings.runtimes import F32, PRECISIONS, Precision, supported_precisions

MIN_COSINE = 0.999
"""The cosine to f32 that every vector must reach: less would change the order of close hits."""


@dataclass(frozen=True, slots=True)
class EncoderPrecision:
    """The precision of an encoder and of its sentence encoder."""

    encoder: Precision = F32
    sentences: Precision = F32

    def __str__(self) -> str:
        """Return the precision for people: "f32", or "f32, sentences bf16"."""
        same = self.encoder == self.sentences
        return self.encoder if same else f"{self.encoder}, sentences {self.sentences}"


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

    Args:
        vectors_at: Returns the vectors of the same samples at a precision: arrays of unit rows.
    """
    *faster, exact = supported_precisions()
    if not faster:
        return exact
    expected = vectors_at(exact)
    for precision in faster:
        pairs = zip(vectors_at(precision), expected, strict=True)
        if all((vectors * exact_vectors).sum(axis=1).min() >= MIN_COSINE for vectors, exact_vectors in pairs):
            return precision
    return exact
