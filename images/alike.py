"""Detection of copies: the same picture resized, recompressed, in grey, framed, trimmed, mirrored or rotated.

Figures drawn from one template share keypoints in the same arrangement, and yet they are not copies. Therefore one
picture is aligned with the other, and the two are compared place by place. Different local means show that something
was added or recoloured. A low normalised cross-correlation in a small window (Lewis, 1995) shows different letters or
lines. The alignment is first refined by ECC (Evangelidis and Psarakis, 2008).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PIL import Image

from images.details import KeypointMatch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Levels = NDArray[np.float32]
    Transform = NDArray[np.float64]

ALIKE_RECIPE: Final = "alike-1"
"""The version of this algorithm. Change it whenever other pictures would be recognised as copies."""

SIDE = 512  # px of the longer side at which pictures are compared
ROUGH_SIDE = 32  # px of both sides at which the eight orientations of the whole picture are tried
MIN_ROUGH_CORRELATION = 0.6  # below it, no orientation of the whole picture is examined further
ENOUGH_KEYPOINTS: Final = 15  # matching keypoints that are needed to align two pictures by them

# Share of the area that both pictures cover. A crop to 80 % of width and height is a copy, a half is only a part.
MIN_OVERLAP = 0.57
MEAN_RADIUS = 5.0  # px: standard deviation of the Gaussian of the local means
MAX_REFINABLE_DIFFERENCE = 80.0  # grey levels; above it, the pictures are not copies or refining cannot help
MAX_DIFFERENCE = 15.0  # grey levels between local means; recompressed pictures stay below
SMOOTHING = 1.0  # px: resizing changes finer structures
EDGE = 7  # px: nearer to its edge, a picture is blurred into its surroundings
MIN_DEVIATION = 8.0  # grey levels; a window with less deviation in both pictures is empty
DIFFERING_WINDOWS = (
    0.005  # share of the windows that may differ: edges of a crop, an alignment half a pixel off
)
MIN_CORRELATION = 0.6  # in a window
MAX_CHANNEL_DIFFERENCE = 12  # levels between the colour channels of a grey picture


@dataclass(frozen=True, slots=True)
class AlignmentScore:
    """How well two aligned pictures agree."""

    overlap: float
    """The share of the larger picture that both cover."""
    max_difference: float
    """The largest difference of local means, grey levels."""
    correlation: float
    """The lowest correlation of a window, without the worst `DIFFERING_WINDOWS`."""

    @property
    def is_copy(self) -> bool:
        return (
            self.overlap >= MIN_OVERLAP
            and self.max_difference <= MAX_DIFFERENCE
            and self.correlation >= MIN_CORRELATION
        )


def are_copies(first: Image.Image, second: Image.Image, match: KeypointMatch) -> bool:
    """Return whether two RGB pictures are copies of each other; `match` is the match of their keypoints."""
    return any(score.is_copy for score in alignment_scores(first, second, match))


def alignment_scores(
    first: Image.Image, second: Image.Image, match: KeypointMatch
) -> Iterator[AlignmentScore]:
    """Score every possible alignment of the first picture with the second."""
    for transform in _candidate_transforms(first, second, match):
        yield from _score_alignment(first, second, transform)


def _candidate_transforms(
    first: Image.Image, second: Image.Image, match: KeypointMatch
) -> Iterator[Transform]:
    """Yield transforms from the first picture to the second, in fractions of their sides.

    One aligns the whole pictures in the best of eight orientations, the other aligns the matching keypoints.
    """
    import numpy as np

    small_first, small_second = (
        np.asarray(picture.convert("L").resize((ROUGH_SIDE, ROUGH_SIDE), Image.Resampling.BOX), np.float32)
        for picture in (first, second)
    )
    orientations = [
        np.rot90(mirrored, turns) for mirrored in (small_first, small_first[:, ::-1]) for turns in range(4)
    ]
    correlations = [_correlation(orientation, small_second) for orientation in orientations]
    best = int(np.argmax(correlations))
    if correlations[best] >= MIN_ROUGH_CORRELATION:
        yield _orientation_transform(mirrored=best >= 4, turns=best % 4)
    if match.transform is not None and match.count >= ENOUGH_KEYPOINTS:
        yield np.array(match.transform).reshape(2, 3)


def _orientation_transform(*, mirrored: bool, turns: int) -> Transform:
    """Return the transform that mirrors the whole picture and then turns it counterclockwise by quarters."""
    import numpy as np

    mirror = np.array([[-1, 0, 1], [0, 1, 0], [0, 0, 1.0]]) if mirrored else np.eye(3)
    quarter_turn = np.array([[0, 1, 0], [-1, 0, 1], [0, 0, 1.0]])
    transform: Transform = np.linalg.matrix_power(quarter_turn, turns) @ mirror
    return transform[:2]


def _score_alignment(
    first: Image.Image, second: Image.Image, transform: Transform
) -> Iterator[AlignmentScore]:
    """Score an alignment as it is, and refined. Both count, because few lines in a figure mislead the refinement."""
    import numpy as np

    magnification = np.sqrt(
        abs(np.linalg.det(transform[:, :2])) * second.width * second.height / (first.width * first.height)
    )
    scale = min(1.0, SIDE / max(second.size), 1 / max(float(magnification), 1e-6))
    first_levels, second_levels = _levels(first, scale * float(magnification)), _levels(second, scale)
    if _is_grey(first_levels) or _is_grey(second_levels):
        first_levels, second_levels = _to_grey(first_levels), _to_grey(second_levels)
    transform = _in_pixels(transform, first_levels, second_levels)
    alignment = _score(first_levels, second_levels, transform)
    yield alignment
    if alignment.max_difference >= MAX_REFINABLE_DIFFERENCE:
        return
    refined = _refine(_to_grey(first_levels), _to_grey(second_levels), transform)
    if refined is not None:
        yield _score(first_levels, second_levels, refined)


def _score(first: Levels, second: Levels, transform: Transform) -> AlignmentScore:
    """Compare the first picture with the second where they overlap."""
    import cv2
    import numpy as np

    size = second.shape[1::-1]
    area = float(np.prod(first.shape[:2])) * abs(float(np.linalg.det(transform[:, :2])))
    coverage = cv2.warpAffine(np.ones(first.shape[:2], np.float32), transform, size).astype(np.float32)
    overlap = float(coverage.sum()) / max(area, float(coverage.size))
    if overlap < MIN_OVERLAP:
        return AlignmentScore(overlap, 255.0, 0.0)
    coverage = (cv2.erode(coverage, np.ones((EDGE, EDGE)), borderValue=1.0) > 0.99).astype(np.float32)
    moved = cv2.warpAffine(first, transform, size).astype(np.float32).reshape(second.shape)
    mask = coverage[:, :, None]
    inside = coverage > 0
    weight = np.maximum(_blur(mask, MEAN_RADIUS), 1e-6)
    max_difference = np.abs(_blur(mask * (moved - second), MEAN_RADIUS) / weight).max(axis=2)[inside].max()
    correlation, has_detail = _window_correlations(
        _to_grey(moved)[:, :, 0], _to_grey(second)[:, :, 0], coverage
    )
    has_detail &= inside
    correlation_quantile = (
        float(np.quantile(correlation[has_detail], DIFFERING_WINDOWS)) if has_detail.any() else 1.0
    )
    return AlignmentScore(overlap, float(max_difference), correlation_quantile)


def _window_correlations(first: Levels, second: Levels, coverage: Levels) -> tuple[Levels, NDArray[np.bool_]]:
    """Return the correlation of both pictures around each pixel, and whether either of them has any detail there."""
    import numpy as np

    weight = np.maximum(_blur(coverage, MEAN_RADIUS), 1e-6)

    def mean(levels: Levels) -> Levels:
        return (_blur(coverage * levels, MEAN_RADIUS) / weight).astype(np.float32)

    first, second = _blur(first, SMOOTHING), _blur(second, SMOOTHING)
    mean_first, mean_second = mean(first), mean(second)
    variance_first = np.maximum(mean(first * first) - mean_first**2, 0)
    variance_second = np.maximum(mean(second * second) - mean_second**2, 0)
    covariance = mean(first * second) - mean_first * mean_second
    has_detail = np.maximum(variance_first, variance_second) > MIN_DEVIATION**2
    correlation: Levels = covariance / np.sqrt(np.maximum(variance_first * variance_second, MIN_DEVIATION**2))
    return correlation, has_detail


def _refine(first: Levels, second: Levels, transform: Transform) -> Transform | None:
    """Return the transform with the highest correlation by ECC, or None if the search does not converge."""
    import cv2
    import numpy as np

    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_COUNT, 30, 1e-4)
    start = cv2.invertAffineTransform(transform).astype(
        np.float32
    )  # ECC maps the second picture to the first
    try:
        _, inverse = cv2.findTransformECC(second[:, :, 0], first[:, :, 0], start, cv2.MOTION_AFFINE, criteria)
    except cv2.error:
        return None
    return cv2.invertAffineTransform(np.asarray(inverse, np.float64)).astype(np.float64)


def _in_pixels(transform: Transform, first: Levels, second: Levels) -> Transform:
    """Convert a transform between fractions to one between the centres of pixels."""
    import numpy as np

    half_pixel = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    to_fractions = np.diag([1 / first.shape[1], 1 / first.shape[0], 1.0])
    to_pixels = np.diag([second.shape[1], second.shape[0], 1.0])
    in_pixels: Transform = (
        np.linalg.inv(half_pixel) @ to_pixels @ np.vstack([transform, [0, 0, 1]]) @ to_fractions @ half_pixel
    )
    return in_pixels[:2]


def _levels(picture: Image.Image, scale: float) -> Levels:
    """Return the scaled picture as an array (height, width, 3) from 0 to 255."""
    import numpy as np

    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    return np.asarray(picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0), np.float32)


def _to_grey(levels: Levels) -> Levels:
    """Return the grey picture (height, width, 1), by the weights of ITU-R 601."""
    import numpy as np

    if levels.shape[2] == 1:
        return levels
    grey: Levels = levels @ np.array([[0.299], [0.587], [0.114]], np.float32)
    return grey


def _is_grey(levels: Levels) -> bool:
    return float((levels.max(axis=2) - levels.min(axis=2)).max()) <= MAX_CHANNEL_DIFFERENCE


def _blur(levels: Levels, radius: float) -> Levels:
    import cv2
    import numpy as np

    blurred = cv2.GaussianBlur(levels, (0, 0), radius, borderType=cv2.BORDER_CONSTANT)
    return blurred.reshape(levels.shape).astype(np.float32)


def _correlation(first: Levels, second: Levels) -> float:
    import numpy as np

    first, second = first - first.mean(), second - second.mean()
    norm = float(np.sqrt((first * first).sum() * (second * second).sum()))
    return float((first * second).sum()) / norm if norm > 0 else 0.0
