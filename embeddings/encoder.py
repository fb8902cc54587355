"""The interfaces of encoders: of pictures and texts, or of texts alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image

Vectors = NDArray[np.float32]
"""One vector per row, shape (n, dim), each of length 1."""


@dataclass(frozen=True)
class PictureVectors:
    """The vectors of n pictures, in their order."""

    picture: Vectors
    """(n, dim): comparable with the encoder's text vectors."""

    visual: Vectors | None = None
    """(n, visual_dim): for comparing pictures with each other; None if `picture` is used for that."""


class SentenceEncoder(Protocol):
    """Encodes texts into vectors whose cosine measures similarity of meaning. Usable from several threads.

    All methods raise only EncoderError.
    """

    @property
    def name(self) -> str:
        """The name under which users choose it."""

    @property
    def fingerprint(self) -> str:
        """A short hash of model, weights and recipe: encoders with equal fingerprints have interchangeable vectors."""

    @property
    def dim(self) -> int:
        """The dimension of text vectors."""

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode texts: (n, dim), unit rows. A text longer than the window is the normalised mean of its windows."""

    def windows(self, text: str) -> list[str]:
        """Split a text into pieces that fit the context window, without losing words; a short text is one piece."""


class Encoder(SentenceEncoder, Protocol):
    """Encodes pictures and texts into vectors of one joint space. Usable from several threads."""

    @property
    def visual_dim(self) -> int | None:
        """The dimension of `visual` vectors; None if `picture` also compares pictures with pictures."""

    @property
    def sentences(self) -> SentenceEncoder | None:
        """The sentence encoder whose vectors `encode_texts` returns, or None.

        If its fingerprint equals that of the sentence encoder in use, one vector of a text serves both.
        """

    def encode_pictures(self, pictures: Sequence[Image]) -> PictureVectors:
        """Encode RGB pictures that are upright and without transparency. No pictures give shape (0, dim)."""


@runtime_checkable
class Releasable(Protocol):
    """An encoder that can free its weights and load them again within half a second."""

    def release(self) -> None:
        """Free the memory of the weights until they are needed again. Threads may call it at any time."""
