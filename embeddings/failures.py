"""Handling of models that load but fail to encode."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import EncodingError


@contextmanager
def translate_encoding_errors(model: str, input_kind: str) -> Iterator[None]:
    """Convert exceptions of the model's libraries to EncodingError with the model and the kind of its input."""
    try:
        yield
    except (RuntimeError, ValueError, IndexError, AssertionError, MemoryError) as error:
        reason = str(error).partition("\n")[0][:200].rstrip(". ") or type(error).__name__
        raise EncodingError(
            f"{model} cannot encode {input_kind} ({reason}). Name another model, or fetch its files again."
        ) from error


def require_finite(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the rows unchanged. Raises ValueError for NaN and infinite values."""
    if not np.isfinite(rows).all():
        raise ValueError("it returns values that are NaN or infinite")
    return rows
