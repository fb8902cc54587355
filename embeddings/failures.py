"""Models that load and make no vectors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from embeddings.errors import EncodingError


@contextmanager
def encoding(model: str, what: str) -> Iterator[None]:
    """What the libraries of models raise inside becomes EncodingError, with the model and what it encoded."""
    try:
        yield
    except (RuntimeError, ValueError, IndexError, AssertionError, MemoryError) as error:
        reason = str(error).partition("\n")[0][:200].rstrip(". ") or type(error).__name__
        raise EncodingError(
            f"{model} cannot encode {what} ({reason}). Name another model, or fetch its files again."
        ) from error


def numbers(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """The rows as they are; ValueError where a value is no number."""
    if not np.isfinite(rows).all():
        raise ValueError("it makes values that are no numbers, NaN or infinite")
    return rows
