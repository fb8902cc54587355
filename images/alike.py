"""Whether two pictures are copies of one: the same picture, resized, recompressed, greyed, framed, trimmed or turned.

Figures drawn from one template share their details and their arrangement, and are no copies. So one picture is
laid onto the other, and the two are compared place by place: their local means, which tell that something was added
or painted another colour, and their normalised cross-correlation in small windows (Lewis, 1995), which tells that
other letters stand there. The fit is refined before by ECC (Evangelidis and Psarakis, 2008).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PIL import Image

from images.details import Match

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Levels = NDArray[np.float32]
    Fit = NDArray[np.float64]

ALIKE_RECIPE: Final = "alike-1"
"""Changes whenever this code would take other pictures for copies."""

SIDE = 512  # px of the longer side at which pictures are compared
ROUGH = 32  # px at which it is tried whether the whole fits the whole, and which way up
ROUGHLY = 0.6  # correlation then, below which it is not worth a closer look
ENOUGH_DETAILS: Final = 15  # in one arrangement, to lay one picture on the other by them

OVERLAP = 0.57  # of the area of each: cut to 80 % of width and height it is the same picture, a half is a part of it
BLUR = 5.0  # px, of the local means
HOPELESS = 80.0  # grey levels: what is so far apart lies wrong by more than refining mends, or is no copy
APART = 15.0  # grey levels between local means; recompressed pictures stay below
SHARP = 1.0  # px: finer than that is what resizing changes
EDGE = 7  # px: so near to its edge a picture is blurred into what lies around it
FAINT = 8.0  # grey levels: a window with less deviation in both pictures shows nothing
FEW = 0.005  # of the windows may disagree: the edge of a crop, a refined fit that is half a pixel off
AGREES = 0.6  # correlation in a window
GREY = 12  # levels between the channels, at most, in a picture without colours


@dataclass(frozen=True, slots=True)
class Likeness:
    """What is left of two pictures when one lies on the other."""

    overlap: float
    """The share of the larger one that both cover."""
    apart: float
    """The largest difference of local means, grey levels."""
    agreement: float
    """The correlation that all windows but a few have."""

    @property
    def is_copy(self) -> bool:
        return self.overlap >= OVERLAP and self.apart <= APART and self.agreement >= AGREES


def alike(one: Image.Image, other: Image.Image, match: Match) -> bool:
    """Whether both RGB pictures are copies of one; `match` is that of their details."""
    return any(likeness.is_copy for likeness in likenesses(one, other, match))


def likenesses(one: Image.Image, other: Image.Image, match: Match) -> Iterator[Likeness]:
    """How alike they are, for every way in which the first may lie on the other."""
    for fit in _fits(one, other, match):
        yield from _compared(one, other, fit)


def _fits(one: Image.Image, other: Image.Image, match: Match) -> Iterator[Fit]:
    """What takes a place of the first to one of the other, in fractions: the whole, as it fits best, or by details."""
    import numpy as np

    rough, onto = (
        np.asarray(it.convert("L").resize((ROUGH, ROUGH), Image.Resampling.BOX), np.float32)
        for it in (one, other)
    )
    ways = [np.rot90(mirrored, turns) for mirrored in (rough, rough[:, ::-1]) for turns in range(4)]
    fitting = [_correlation(way, onto) for way in ways]
    best = int(np.argmax(fitting))
    if fitting[best] >= ROUGHLY:
        yield _whole(mirrored=best >= 4, turns=best % 4)
    if match.fit is not None and match.count >= ENOUGH_DETAILS:
        yield np.array(match.fit).reshape(2, 3)


def _whole(*, mirrored: bool, turns: int) -> Fit:
    """Lays the whole of the one picture on the whole of the other, mirrored first, then turned leftwards."""
    import numpy as np

    mirror = np.array([[-1, 0, 1], [0, 1, 0], [0, 0, 1.0]]) if mirrored else np.eye(3)
    leftwards = np.array([[0, 1, 0], [-1, 0, 1], [0, 0, 1.0]])
    fit: Fit = np.linalg.matrix_power(leftwards, turns) @ mirror
    return fit[:2]


def _compared(one: Image.Image, other: Image.Image, fit: Fit) -> Iterator[Likeness]:
    """As it lies, and refined: a figure of few lines misleads the refining."""
    import numpy as np

    growth = np.sqrt(abs(np.linalg.det(fit[:, :2])) * other.width * other.height / (one.width * one.height))
    shrink = min(1.0, SIDE / max(other.size), 1 / max(float(growth), 1e-6))
    laid, onto = _levels(one, shrink * float(growth)), _levels(other, shrink)
    if _is_grey(laid) or _is_grey(onto):
        laid, onto = _greyed(laid), _greyed(onto)
    fit = _in_px(fit, laid, onto)
    as_it_lies = _laid(laid, onto, fit)
    yield as_it_lies
    refined = _refined(_greyed(laid), _greyed(onto), fit) if as_it_lies.apart < HOPELESS else None
    if refined is not None:
        yield _laid(laid, onto, refined)


def _laid(laid: Levels, onto: Levels, fit: Fit) -> Likeness:
    """Compares where both are; what lies beside the other picture counts for nothing."""
    import cv2
    import numpy as np

    size = onto.shape[1::-1]
    area = float(np.prod(laid.shape[:2])) * abs(float(np.linalg.det(fit[:, :2])))
    covered = cv2.warpAffine(np.ones(laid.shape[:2], np.float32), fit, size).astype(np.float32)
    overlap = float(covered.sum()) / max(area, float(covered.size))
    if overlap < OVERLAP:
        return Likeness(overlap, 255.0, 0.0)
    covered = (cv2.erode(covered, np.ones((EDGE, EDGE)), borderValue=1.0) > 0.99).astype(np.float32)
    moved = cv2.warpAffine(laid, fit, size).astype(np.float32).reshape(onto.shape)
    mask = covered[:, :, None]
    inside = covered > 0
    weight = np.maximum(_blurred(mask, BLUR), 1e-6)
    apart = np.abs(_blurred(mask * (moved - onto), BLUR) / weight).max(axis=2)[inside].max()
    correlation, shows = _windows(_greyed(moved)[:, :, 0], _greyed(onto)[:, :, 0], covered)
    shows &= inside
    agreement = float(np.quantile(correlation[shows], FEW)) if shows.any() else 1.0
    return Likeness(overlap, float(apart), agreement)


def _windows(one: Levels, other: Levels, covered: Levels) -> tuple[Levels, NDArray[np.bool_]]:
    """The correlation of both in the surroundings of each place, and whether anything is to be seen there."""
    import numpy as np

    weight = np.maximum(_blurred(covered, BLUR), 1e-6)

    def mean(of: Levels) -> Levels:
        return (_blurred(covered * of, BLUR) / weight).astype(np.float32)

    one, other = _blurred(one, SHARP), _blurred(other, SHARP)
    of_one, of_other = mean(one), mean(other)
    spread_one = np.maximum(mean(one * one) - of_one**2, 0)
    spread_other = np.maximum(mean(other * other) - of_other**2, 0)
    together = mean(one * other) - of_one * of_other
    shows = np.maximum(spread_one, spread_other) > FAINT**2
    correlation: Levels = together / np.sqrt(np.maximum(spread_one * spread_other, FAINT**2))
    return correlation, shows


def _refined(laid: Levels, onto: Levels, fit: Fit) -> Fit | None:
    """The fit at which both correlate best; None where the search finds none."""
    import cv2
    import numpy as np

    until = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_COUNT, 30, 1e-4)
    start = cv2.invertAffineTransform(fit).astype(np.float32)  # ECC asks where a place of `onto` is in `laid`
    try:
        _, found = cv2.findTransformECC(onto[:, :, 0], laid[:, :, 0], start, cv2.MOTION_AFFINE, until)
    except cv2.error:
        return None
    return cv2.invertAffineTransform(np.asarray(found, np.float64)).astype(np.float64)


def _in_px(fit: Fit, laid: Levels, onto: Levels) -> Fit:
    """A fit in fractions as one between the centres of pixels."""
    import numpy as np

    centre = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    fractions = np.diag([1 / laid.shape[1], 1 / laid.shape[0], 1.0])
    whole = np.diag([onto.shape[1], onto.shape[0], 1.0])
    between: Fit = np.linalg.inv(centre) @ whole @ np.vstack([fit, [0, 0, 1]]) @ fractions @ centre
    return between[:2]


def _levels(picture: Image.Image, scale: float) -> Levels:
    """The picture made smaller: (height, width, 3), 0 to 255."""
    import numpy as np

    size = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
    return np.asarray(picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0), np.float32)


def _greyed(levels: Levels) -> Levels:
    """(height, width, 1), by the weights of ITU-R 601."""
    import numpy as np

    if levels.shape[2] == 1:
        return levels
    grey: Levels = levels @ np.array([[0.299], [0.587], [0.114]], np.float32)
    return grey


def _is_grey(levels: Levels) -> bool:
    return float((levels.max(axis=2) - levels.min(axis=2)).max()) <= GREY


def _blurred(levels: Levels, radius: float) -> Levels:
    import cv2
    import numpy as np

    blurred = cv2.GaussianBlur(levels, (0, 0), radius, borderType=cv2.BORDER_CONSTANT)
    return blurred.reshape(levels.shape).astype(np.float32)


def _correlation(one: Levels, other: Levels) -> float:
    import numpy as np

    one, other = one - one.mean(), other - other.mean()
    both = float(np.sqrt((one * one).sum() * (other * other).sum()))
    return float((one * other).sum()) / both if both > 0 else 0.0
