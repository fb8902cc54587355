"""Keypoints of a picture: small corners and edges that survive cropping, rotation and framing.

A vector of the whole picture does not tell the original of a crop from similar pictures; keypoints in the same
arrangement do. Keypoints and descriptors: ORB (Rublee et al., 2011). Matching: the ratio test of Lowe (2004).
Geometric verification: RANSAC (Fischler and Bolles, 1981) over translation, rotation and scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final

from PIL import Image

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

KEYPOINTS_RECIPE: Final = "details-orb-1"
"""The version of this algorithm. Change it whenever other keypoints would be detected in the same picture."""

MAX_KEYPOINTS = 400
SIDE = 640  # px of the longer side to which every picture is scaled, up or down: a crop is small
ROW = [("x", "<f4"), ("y", "<f4"), ("bits", "u1", 32)]

MIN_SHORT_SIDE = 64  # px of the shorter side after scaling; ORB reads 31 px around a keypoint, at every scale

MAX_DISTANCE = 64  # of 256 bits: descriptors that differ in more show different things
RATIO = 0.8  # the nearest descriptor must be clearly nearer than the second nearest
TOLERANCE = 0.012  # of the longer side: how far a keypoint may be from the place that the transform predicts
MIN_MATCHES = 4
MIN_SCALE, MAX_SCALE = 0.05, 20.0

Box = tuple[float, float, float, float]
AffineTransform = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Keypoints:
    """The keypoints of a picture and their descriptors."""

    points: NDArray[np.float32]
    """(n, 2): x and y in px of the original picture."""
    descriptors: NDArray[np.uint8]
    """(n, 32): 256 bits each."""
    size: tuple[int, int]
    """Width and height of the picture, px."""

    def to_bytes(self) -> bytes:
        """Return a NumPy file of all keypoints; its first row is the size of the picture."""
        import numpy as np  # here, as in the whole package, because its import is slow

        rows = np.zeros(len(self.points) + 1, ROW)
        rows["x"], rows["y"] = np.array([self.size, *self.points]).T
        rows["bits"][1:] = self.descriptors
        file = BytesIO()
        np.save(file, rows, allow_pickle=False)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Keypoints:
        """Parse what `to_bytes` wrote. Raises ValueError for anything else."""
        import numpy as np

        try:
            rows = np.load(BytesIO(data), allow_pickle=False)
        except (OSError, EOFError) as error:
            raise ValueError("not a file of keypoints") from error
        if not isinstance(rows, np.ndarray) or rows.dtype != np.dtype(ROW) or not len(rows):
            raise ValueError("not a file of keypoints")
        points = np.stack([rows["x"], rows["y"]], axis=1)
        width, height = points[0]
        return cls(points[1:], rows["bits"][1:], (int(width), int(height)))


@dataclass(frozen=True, slots=True)
class KeypointMatch:
    """The keypoints that two pictures have in the same arrangement."""

    count: int
    """Keypoints in the same arrangement in both pictures."""
    region: Box | None
    """The box of the first picture in the second: left, top, right, bottom as fractions; None if they do not match."""
    transform: AffineTransform | None = None
    """From the first picture to the second, both in fractions: the two rows of a matrix."""


NO_MATCH = KeypointMatch(0, None)


def detect_keypoints(image: Image.Image) -> Keypoints:
    """Detect up to 400 keypoints of an RGB picture; a plain picture or a narrow strip has none."""
    import cv2  # here: importing it takes a tenth of a second, and text searches do not need it
    import numpy as np

    scale = SIDE / max(image.size)
    grey = image.convert("L").resize(
        (max(1, round(image.width * scale)), max(1, round(image.height * scale))),
        Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.BICUBIC,
    )
    if min(grey.size) < MIN_SHORT_SIDE:
        return Keypoints(np.zeros((0, 2), np.float32), np.zeros((0, 32), np.uint8), image.size)
    # The threshold is low, because faint lines of a diagram count. Ten scales in steps of 1.2 reach down to a fifth.
    detector = cv2.ORB.create(nfeatures=MAX_KEYPOINTS, fastThreshold=7, scaleFactor=1.2, nlevels=10)
    keypoints, descriptors = detector.detectAndCompute(np.asarray(grey), None)
    points = np.array([keypoint.pt for keypoint in keypoints], np.float32).reshape(-1, 2) / np.float32(scale)
    no_descriptors = np.zeros((0, 32), np.uint8)
    return Keypoints(
        points, no_descriptors if descriptors is None else descriptors.astype(np.uint8), image.size
    )


def match_keypoints(first: Keypoints, second: Keypoints) -> KeypointMatch:
    """Match two pictures that are the same or of which one is a part of the other.

    The match survives rotation, scaling, cropping, framing, recompression and the loss of colour, but not mirroring.
    """
    import cv2
    import numpy as np

    first_points, second_points = _matching_points(first, second)
    if len(first_points) < MIN_MATCHES:
        return NO_MATCH
    tolerance = TOLERANCE * max(second.size)
    transform, inliers = cv2.estimateAffinePartial2D(
        first_points,
        second_points,
        method=cv2.RANSAC,
        ransacReprojThreshold=tolerance,
        maxIters=1000,
        confidence=0.995,
    )
    if transform is None or not MIN_SCALE < float(np.hypot(*transform[:, 0])) < MAX_SCALE:
        return NO_MATCH
    # Keypoints at the same place count once.
    distinct_points = np.unique(np.round(second_points[inliers.ravel() == 1] / tolerance).astype(int), axis=0)
    transform = np.diag(1 / np.array(second.size)) @ transform @ np.diag([*first.size, 1])
    (a, b, c), (d, e, f) = transform.tolist()
    return KeypointMatch(len(distinct_points), _region(transform), (a, b, c, d, e, f))


def _matching_points(first: Keypoints, second: Keypoints) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the coordinates of matching keypoints in the first and in the second picture, each (n, 2)."""
    import cv2

    if len(first.descriptors) < MIN_MATCHES or len(second.descriptors) < MIN_MATCHES:
        return first.points[:0], second.points[:0]
    distances, nearest = cv2.batchDistance(
        first.descriptors, second.descriptors, cv2.CV_32S, normType=cv2.NORM_HAMMING, K=2
    )
    is_match = (distances[:, 0] < MAX_DISTANCE) & (distances[:, 0] < RATIO * distances[:, 1])
    return first.points[is_match], second.points[nearest[is_match, 0]]


def _region(transform: NDArray[np.float64]) -> Box | None:
    """Return the box that the transformed picture covers in the other one, or None if they do not overlap."""
    import numpy as np

    corners = np.array([(0, 0, 1), (1, 0, 1), (0, 1, 1), (1, 1, 1)]) @ transform.T
    left, top = np.clip(corners.min(axis=0), 0, 1)
    right, bottom = np.clip(corners.max(axis=0), 0, 1)
    return (float(left), float(top), float(right), float(bottom)) if left < right and top < bottom else None
