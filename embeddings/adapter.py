"""Adaptation of an encoder to one collection: a linear head learned from the collection's own pictures and texts.

The head is a ridge regression (Hoerl and Kennard, 1970) from the visual vectors of pictures to the vectors of their
texts. It has a closed form, so there is no iterative training, and the same pairs always give the same head. Its
output is added to the base encoder's picture vector. Therefore the knowledge of the base is preserved, and the vectors
of texts do not change.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoder, PictureVectors, Releasable, SentenceEncoder, Vectors
from embeddings.errors import WeightsDamagedError, WeightsNotFoundError
from embeddings.packaged import fingerprint
from embeddings.vectors import unit

if TYPE_CHECKING:
    from PIL.Image import Image

RECIPE = "ridge 1"
"""The version of this algorithm. Change it whenever the same weights would give other vectors."""

MAX_DEVIATIONS = 4.0
"""Deviations are clipped at this number of standard deviations, so that one unusual picture cannot dominate."""

_TENSORS: Final = ("centre", "spread", "weights")


@dataclass(frozen=True, slots=True, eq=False)
class Adapter:
    """A learned head for a base encoder."""

    base: str
    """The fingerprint of the base encoder."""
    centre: NDArray[np.float32]
    """(features,): the means of the training pictures."""
    spread: NDArray[np.float32]
    """(features,): their standard deviations."""
    weights: NDArray[np.float32]
    """(features, dim): from standardised features to the direction in which a picture vector is moved."""
    strength: float
    """How far picture vectors, which have length 1, are moved."""

    @classmethod
    def fit(cls, base: str, features: Vectors, texts: Vectors, penalties: Sequence[float]) -> list[Adapter]:
        """Fit an adapter of strength 1 for each penalty, from features (n, features) and text vectors (n, dim).

        The fit minimises the mean squared error plus the penalty times the squared weights. Text vectors are centred,
        because what they all share does not distinguish pictures.
        """
        centre, spread = features.mean(axis=0), features.std(axis=0)
        spread = np.where(spread > 0, spread, 1).astype(np.float32)
        deviations = _standardise(features, centre, spread).astype(np.float64)
        targets = (texts - texts.mean(axis=0)).astype(np.float64)
        return [
            cls(base, centre, spread, weights, 1.0)
            for weights in _solve_ridge(deviations, targets, penalties)
        ]

    @classmethod
    def load(cls, file: Path) -> Adapter:
        """Load an adapter. Raises WeightsNotFoundError for a missing file, WeightsDamagedError for an invalid one."""
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(file, framework="numpy") as tensors_file:
                metadata = tensors_file.metadata() or {}
                base, strength = metadata["base"], float(metadata["strength"])
                tensors = [tensors_file.get_tensor(name) for name in _TENSORS]
        except FileNotFoundError as error:
            raise WeightsNotFoundError(f"There is no adapter at {file}.") from error
        except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
            raise WeightsDamagedError(f"{file} is not an adapter: {error}.") from error
        centre, spread, weights = tensors
        adapter = cls(base, centre, spread, weights, strength)
        if not adapter._is_sound():
            raise WeightsDamagedError(
                f"{file} is not an adapter: the shapes or values of its tensors are invalid."
            )
        return adapter

    def save(self, file: Path) -> None:
        """Save the adapter atomically, and create its folder if needed. Raises OSError."""
        from safetensors.numpy import save

        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.with_name(f"{file.name}.{os.getpid()}")
        tensors = {name: np.ascontiguousarray(getattr(self, name)) for name in _TENSORS}
        temporary.write_bytes(save(tensors, {"base": self.base, "strength": str(self.strength)}))
        temporary.replace(file)

    @property
    def fingerprint(self) -> str:
        """A short hash of the recipe, the base encoder, the strength and the weights."""
        checksums = [
            hashlib.sha256(getattr(self, name).astype("<f4").tobytes()).hexdigest() for name in _TENSORS
        ]
        return fingerprint(RECIPE, self.base, str(self.strength), *checksums)

    def with_strength(self, strength: float) -> Adapter:
        """Return this adapter with another strength."""
        return replace(self, strength=strength)

    def head(self, features: Vectors) -> Vectors:
        """Return (n, dim), unit rows: the directions in which pictures with these features are moved."""
        return unit(_standardise(features, self.centre, self.spread) @ self.weights)

    def apply(self, vectors: PictureVectors) -> PictureVectors:
        """Return the vectors of the base encoder with `picture` moved; `visual` does not change."""
        visual = visual_vectors(vectors)
        return PictureVectors(unit(vectors.picture + self.strength * self.head(visual)), visual)

    def _is_sound(self) -> bool:
        tensors = self.centre, self.spread, self.weights
        shapes_fit = (
            self.weights.ndim == 2 and self.centre.shape == self.spread.shape == self.weights.shape[:1]
        )
        return (
            shapes_fit
            and 0 < self.strength < inf
            and all(tensor.dtype == np.float32 and np.isfinite(tensor).all() for tensor in tensors)
            and bool((self.spread > 0).all())
        )


class AdaptedEncoder:
    """A base encoder with an adapter. Pictures are compared with pictures by the base encoder's own vectors."""

    def __init__(self, base: Encoder, adapter: Adapter) -> None:
        """Raise WeightsDamagedError if the adapter belongs to another encoder or to other weights of it."""
        features = base.visual_dim or base.dim
        if adapter.base != base.fingerprint or adapter.weights.shape != (features, base.dim):
            raise WeightsDamagedError(
                f"The adapter {adapter.fingerprint} was trained for another encoder than {base.name}."
            )
        self.base = base
        self.adapter = adapter
        self.name = f"{base.name}+adapter:{adapter.fingerprint}"
        self.fingerprint = fingerprint(base.fingerprint, adapter.fingerprint)
        self.dim = base.dim
        self.visual_dim: int | None = features
        self.sentences: SentenceEncoder | None = base.sentences

    def release(self) -> None:
        """Free the weights of the base encoder if it is Releasable."""
        if isinstance(self.base, Releasable):
            self.base.release()

    def encode_pictures(self, pictures: Sequence[Image]) -> PictureVectors:
        """Encode RGB pictures with the base encoder and move `picture` by the adapter."""
        return self.adapter.apply(self.base.encode_pictures(pictures))

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode texts with the base encoder: (n, dim), unit rows."""
        return self.base.encode_texts(texts)

    def windows(self, text: str) -> list[str]:
        """Split a text into the windows of the base encoder."""
        return self.base.windows(text)


def visual_vectors(vectors: PictureVectors) -> Vectors:
    """Return the vectors that compare pictures with pictures: `visual`, or `picture` if there is no `visual`."""
    return vectors.picture if vectors.visual is None else vectors.visual


def _standardise(features: Vectors, centre: Vectors, spread: Vectors) -> Vectors:
    deviations: Vectors = np.clip((features - centre) / spread, -MAX_DEVIATIONS, MAX_DEVIATIONS)
    return deviations


def _solve_ridge(
    deviations: NDArray[np.float64], targets: NDArray[np.float64], penalties: Sequence[float]
) -> list[NDArray[np.float32]]:
    """Solve the ridge regression for each penalty.

    The weights are (Z'Z + penalty n I)^-1 Z'Y, or the dual form Z'(ZZ' + penalty n I)^-1 Y if its matrix is smaller.
    """
    pairs, features = deviations.shape
    use_dual = pairs < features
    gram = deviations @ deviations.T if use_dual else deviations.T @ deviations
    right_side = targets if use_dual else deviations.T @ targets
    solutions = [
        np.linalg.solve(gram + penalty * pairs * np.eye(len(gram)), right_side) for penalty in penalties
    ]
    return [(deviations.T @ solution if use_dual else solution).astype(np.float32) for solution in solutions]
