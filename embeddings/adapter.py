"""An encoder fitted to one collection: a head learned from the texts that stand with its own pictures.

Ridge regression (Hoerl and Kennard, 1970) from what a picture looks like to the vectors of those texts has a closed
form: nothing is trained in steps, and the same pairs always give the same head. Its direction is added to the base
encoder's vector, so what the base knows stays, and texts keep the vectors that they have.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoder, PictureVectors, SentenceEncoder, Vectors, release
from embeddings.errors import WeightsDamagedError, WeightsNotFoundError
from embeddings.fingerprints import fingerprint
from embeddings.vectors import unit

if TYPE_CHECKING:
    from PIL.Image import Image

RECIPE = "ridge 1"
"""Changes whenever this code would give other vectors from the same numbers."""

MOST_DEVIATIONS = 4.0
"""A feature counts for no more standard deviations than this: a picture unlike all others must not decide alone."""

_NAME = re.compile(r"(?P<base>.+)\+adapter:(?P<adapter>[0-9a-f]{16})")
_TENSORS: Final = ("centre", "spread", "weights")


@dataclass(frozen=True, slots=True, eq=False)
class Adapter:
    """A learned head for the encoder whose fingerprint is `base`."""

    base: str
    centre: NDArray[np.float32]
    """(features,): the means of the pictures it was learned on."""
    spread: NDArray[np.float32]
    """(features,): their standard deviations."""
    weights: NDArray[np.float32]
    """(features, dim): from deviations to the direction in which a picture's vector is moved."""
    strength: float
    """How far, where the vector itself has length 1."""

    @classmethod
    def fit(cls, base: str, features: Vectors, texts: Vectors, penalties: Sequence[float]) -> list[Adapter]:
        """An adapter of strength 1 for each penalty, from features (n, features) and vectors (n, dim) of texts.

        It minimises the mean squared error plus the penalty times the squared weights. Texts are centred: what
        all of them share tells no picture from another.
        """
        centre, spread = features.mean(axis=0), features.std(axis=0)
        spread = np.where(spread > 0, spread, 1).astype(np.float32)
        deviations = _deviations(features, centre, spread).astype(np.float64)
        targets = (texts - texts.mean(axis=0)).astype(np.float64)
        return [cls(base, centre, spread, one, 1.0) for one in _ridge(deviations, targets, penalties)]

    @classmethod
    def load(cls, file: Path) -> Adapter:
        """Raises WeightsNotFoundError where there is no such file, WeightsDamagedError where it holds no adapter."""
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(file, framework="numpy") as opened:
                metadata = opened.metadata() or {}
                base, strength = metadata["base"], float(metadata["strength"])
                tensors = [opened.get_tensor(name) for name in _TENSORS]
        except FileNotFoundError as error:
            raise WeightsNotFoundError(f"There is no adapter at {file}.") from error
        except (SafetensorError, OSError, KeyError, TypeError, ValueError) as error:
            raise WeightsDamagedError(f"{file} is no adapter: {error}.") from error
        centre, spread, weights = tensors
        adapter = cls(base, centre, spread, weights, strength)
        if not adapter._is_sound():
            raise WeightsDamagedError(f"{file} is no adapter: its numbers do not fit together.")
        return adapter

    def save(self, file: Path) -> None:
        """Writes it in one rename, with the folder it stands in; raises OSError."""
        from safetensors.numpy import save

        file.parent.mkdir(parents=True, exist_ok=True)
        new = file.with_name(f"{file.name}.{os.getpid()}")
        tensors = {name: np.ascontiguousarray(getattr(self, name)) for name in _TENSORS}
        new.write_bytes(save(tensors, {"base": self.base, "strength": str(self.strength)}))
        new.replace(file)

    @property
    def fingerprint(self) -> str:
        """Short hex of base, numbers and recipe."""
        numbers = [
            hashlib.sha256(getattr(self, name).astype("<f4").tobytes()).hexdigest() for name in _TENSORS
        ]
        return fingerprint(RECIPE, self.base, str(self.strength), *numbers)

    def of_strength(self, strength: float) -> Adapter:
        """The same, moving pictures so far."""
        return replace(self, strength=strength)

    def head(self, features: Vectors) -> Vectors:
        """(n, dim), unit rows: where pictures that look so are moved."""
        return unit(_deviations(features, self.centre, self.spread) @ self.weights)

    def apply(self, vectors: PictureVectors) -> PictureVectors:
        """What the base made of n pictures, with `picture` moved; `looks` stays what it was."""
        visual = visual_vectors(vectors)
        return PictureVectors(unit(vectors.picture + self.strength * self.head(visual)), visual)

    def _is_sound(self) -> bool:
        tensors = self.centre, self.spread, self.weights
        shapes = self.weights.ndim == 2 and self.centre.shape == self.spread.shape == self.weights.shape[:1]
        return (
            shapes
            and 0 < self.strength < inf
            and all(one.dtype == np.float32 and np.isfinite(one).all() for one in tensors)
            and bool((self.spread > 0).all())
        )


class AdaptedEncoder:
    """An encoder with an adapter over it. Pictures are compared with pictures by the base's own vectors."""

    def __init__(self, base: Encoder, adapter: Adapter) -> None:
        """Raises WeightsDamagedError where the adapter was learned for another encoder, or other weights of it."""
        features = base.visual_dim or base.dim
        if adapter.base != base.fingerprint or adapter.weights.shape != (features, base.dim):
            raise WeightsDamagedError(
                f"The adapter {adapter.fingerprint} was learned for another encoder than this {base.name}."
            )
        self.base = base
        self.adapter = adapter
        self.name = f"{base.name}+adapter:{adapter.fingerprint}"
        self.fingerprint = fingerprint(base.fingerprint, adapter.fingerprint)
        self.dim = base.dim
        self.visual_dim: int | None = features
        self.sentences: SentenceEncoder | None = base.sentences

    def release(self) -> None:
        """Free the weights of the base, if it is Releasable."""
        release(self.base)

    def encode_pictures(self, pictures: Sequence[Image]) -> PictureVectors:
        """The base's vectors of RGB pictures, `picture` moved by the adapter."""
        return self.adapter.apply(self.base.encode_pictures(pictures))

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """(n, dim), unit rows: the base's own."""
        return self.base.encode_texts(texts)

    def windows(self, text: str) -> list[str]:
        """The pieces that the base encodes."""
        return self.base.windows(text)


def visual_vectors(vectors: PictureVectors) -> Vectors:
    """What compares pictures with pictures: `looks`, or the `picture` that serves for both."""
    return vectors.picture if vectors.visual is None else vectors.visual


def parts_of(name: str) -> tuple[str, str | None]:
    """The name of the base encoder and the adapter's fingerprint, None where the name is that of no adapted one."""
    found = _NAME.fullmatch(name)
    return (found["base"], found["adapter"]) if found else (name, None)


def _deviations(features: Vectors, centre: Vectors, spread: Vectors) -> Vectors:
    off: Vectors = np.clip((features - centre) / spread, -MOST_DEVIATIONS, MOST_DEVIATIONS)
    return off


def _ridge(
    deviations: NDArray[np.float64], targets: NDArray[np.float64], penalties: Sequence[float]
) -> list[NDArray[np.float32]]:
    """For each penalty (Z'Z + penalty n I)^-1 Z'Y, or its dual Z'(ZZ' + penalty n I)^-1 Y, whichever is smaller."""
    pairs, features = deviations.shape
    dual = pairs < features
    gram = deviations @ deviations.T if dual else deviations.T @ deviations
    right = targets if dual else deviations.T @ targets
    solved = [np.linalg.solve(gram + penalty * pairs * np.eye(len(gram)), right) for penalty in penalties]
    return [(deviations.T @ one if dual else one).astype(np.float32) for one in solved]
