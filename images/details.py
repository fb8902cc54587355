"""The details of a picture: small corners and edges that stay what they are when it is cropped, turned or framed.

What a picture looks like as a whole does not tell a crop's original from its neighbours; details in the same
places do. Points and descriptors: ORB (Rublee et al., 2011). Which belong together: the ratio test of Lowe (2004).
That they lie in the same arrangement: RANSAC (Fischler and Bolles, 1981) over shift, turn and scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final

from PIL import Image

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DETAILS_RECIPE: Final = "details-orb-1"
"""Changes whenever this code would find other details in the same picture."""

MOST = 400
SIDE = 640  # px of the longer side that is looked at, whatever the picture has: a crop is small
ROW = [("x", "<f4"), ("y", "<f4"), ("bits", "u1", 32)]

NARROWEST = 64  # px of the shorter side then; ORB looks at 31 px around a detail, at every size

ALIKE_BITS = 64  # of 256: two descriptors further apart show different things
RATIO = 0.8  # the second best must be clearly further away than the best
TOLERANCE = 0.012  # of the longer side: how far a detail may lie from where the arrangement puts it
FEWEST = 4
SMALLEST_SCALE, LARGEST_SCALE = 0.05, 20.0

Box = tuple[float, float, float, float]
Fit = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Details:
    """Where the details of a picture are, in px of the whole picture, and what they look like."""

    points: NDArray[np.float32]
    """(n, 2)"""
    bits: NDArray[np.uint8]
    """(n, 32): 256 bits each."""
    size: tuple[int, int]
    """Width and height of the picture, px."""

    def to_bytes(self) -> bytes:
        """Everything, as a NumPy file: the first row is the size."""
        import numpy as np  # here, as everywhere in this package: its import is not free

        rows = np.zeros(len(self.points) + 1, ROW)
        rows["x"], rows["y"] = np.array([self.size, *self.points]).T
        rows["bits"][1:] = self.bits
        file = BytesIO()
        np.save(file, rows, allow_pickle=False)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Details:
        """What `to_bytes` wrote; ValueError for anything else."""
        import numpy as np

        try:
            rows = np.load(BytesIO(data), allow_pickle=False)
        except (OSError, EOFError) as error:
            raise ValueError("no details of a picture") from error
        if not isinstance(rows, np.ndarray) or rows.dtype != np.dtype(ROW) or not len(rows):
            raise ValueError("no details of a picture")
        points = np.stack([rows["x"], rows["y"]], axis=1)
        width, height = points[0]
        return cls(points[1:], rows["bits"][1:], (int(width), int(height)))


@dataclass(frozen=True, slots=True)
class Match:
    """How well the details of one picture fit those of another."""

    count: int
    """Details in the same arrangement in both."""
    region: Box | None
    """Where in the other picture the first one lies: left, top, right, bottom as fractions; None if nowhere."""
    fit: Fit | None = None
    """What takes a place in the first picture to its place in the other, both in fractions: two rows of a matrix."""


NOTHING = Match(0, None)


def details(image: Image.Image) -> Details:
    """Up to 400 details of an RGB picture; none where it is of one tone, or a strip."""
    import cv2  # here: it takes a tenth of a second, and a search by words needs none of it
    import numpy as np

    scale = SIDE / max(image.size)
    seen = image.convert("L").resize(
        (max(1, round(image.width * scale)), max(1, round(image.height * scale))),
        Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.BICUBIC,
    )
    if min(seen.size) < NARROWEST:
        return Details(np.zeros((0, 2), np.float32), np.zeros((0, 32), np.uint8), image.size)
    # The threshold is low: faint lines of a diagram are details too. Ten sizes in steps of a fifth: to a fifth.
    finder = cv2.ORB.create(nfeatures=MOST, fastThreshold=7, scaleFactor=1.2, nlevels=10)
    found, bits = finder.detectAndCompute(np.asarray(seen), None)
    points = np.array([one.pt for one in found], np.float32).reshape(-1, 2) / np.float32(scale)
    no_bits = np.zeros((0, 32), np.uint8)
    return Details(points, no_bits if bits is None else bits.astype(np.uint8), image.size)


def match(one: Details, other: Details) -> Match:
    """Whether `one` is a part of `other`, or `other` of `one`, or both are the same picture.

    Turned, scaled, cropped, framed, grey or recompressed does not matter; mirrored does.
    """
    import cv2
    import numpy as np

    mine, theirs = _pairs(one, other)
    if len(mine) < FEWEST:
        return NOTHING
    across = TOLERANCE * max(other.size)
    fit, kept = cv2.estimateAffinePartial2D(
        mine, theirs, method=cv2.RANSAC, ransacReprojThreshold=across, maxIters=1000, confidence=0.995
    )
    if fit is None or not SMALLEST_SCALE < float(np.hypot(*fit[:, 0])) < LARGEST_SCALE:
        return NOTHING
    # Details that fall on one another say the same thing once.
    places = np.unique(np.round(theirs[kept.ravel() == 1] / across).astype(int), axis=0)
    fit = np.diag(1 / np.array(other.size)) @ fit @ np.diag([*one.size, 1])
    (a, b, c), (d, e, f) = fit.tolist()
    return Match(len(places), _region(fit), (a, b, c, d, e, f))


def _pairs(one: Details, other: Details) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where details that show the same lie in the first and in the other picture, each (n, 2)."""
    import cv2

    if len(one.bits) < FEWEST or len(other.bits) < FEWEST:
        return one.points[:0], other.points[:0]
    apart, nearest = cv2.batchDistance(one.bits, other.bits, cv2.CV_32S, normType=cv2.NORM_HAMMING, K=2)
    sure = (apart[:, 0] < ALIKE_BITS) & (apart[:, 0] < RATIO * apart[:, 1])
    return one.points[sure], other.points[nearest[sure, 0]]


def _region(fit: NDArray[np.float64]) -> Box | None:
    """What a picture that is laid so covers of the other one; None where that is nothing."""
    import numpy as np

    corners = np.array([(0, 0, 1), (1, 0, 1), (0, 1, 1), (1, 1, 1)]) @ fit.T
    left, top = np.clip(corners.min(axis=0), 0, 1)
    right, bottom = np.clip(corners.max(axis=0), 0, 1)
    return (float(left), float(top), float(right), float(bottom)) if left < right and top < bottom else None
