"""The two seams of this package: what turns pictures and texts, or texts alone, into vectors."""

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
    """What an encoder makes of n pictures, in their order."""

    picture: Vectors
    """(n, dim): comparable with the encoder's text vectors."""

    visual: Vectors | None = None
    """(n, looks_dim): for comparing pictures with each other; None when `picture` serves that too."""


class SentenceEncoder(Protocol):
    """Turns texts into vectors whose cosine is nearness in meaning. Usable from several threads.

    Every method raises EncoderError and nothing else of its own.
    """

    @property
    def name(self) -> str:
        """As a user names it."""

    @property
    def fingerprint(self) -> str:
        """Short hex of model, weights and recipe: equal fingerprints make interchangeable vectors."""

    @property
    def dim(self) -> int:
        """Numbers in a text vector."""

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """(n, dim), unit rows; a text beyond the window is the normalised mean of its windows' vectors."""

    def windows(self, text: str) -> list[str]:
        """The text in pieces that fit the context window, no word lost; a short text is one piece."""


class Encoder(SentenceEncoder, Protocol):
    """Turns pictures and texts into vectors of one space. Usable from several threads."""

    @property
    def visual_dim(self) -> int | None:
        """Numbers in a `looks` vector; None when `picture` serves for picture to picture."""

    @property
    def sentences(self) -> SentenceEncoder | None:
        """The sentence encoder whose vectors `encode_texts` returns, where it is one; else None.

        Where its fingerprint equals that of the sentence encoder in use, one vector of a text serves both.
        """

    def encode_pictures(self, pictures: Sequence[Image]) -> PictureVectors:
        """Vectors of RGB pictures, already upright and on a ground; no pictures give shape (0, dim)."""


@runtime_checkable
class Releasable(Protocol):
    """An encoder that can free its weights and load them again within half a second."""

    def release(self) -> None:
        """Free the memory of the weights until they are needed again. Threads may call it at any time."""


def release(encoder: SentenceEncoder) -> None:
    """Free the weights of an encoder that is Releasable. Other encoders keep theirs."""
    if isinstance(encoder, Releasable):
        encoder.release()
