"""Rectangles on a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the displayed page, in points (1/72 inch) from the top left corner."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def area(self) -> float:
        return max(self.width, 0.0) * max(self.height, 0.0)

    @property
    def center(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def expand(self, margin: float) -> Box:
        return Box(self.left - margin, self.top - margin, self.right + margin, self.bottom + margin)

    def intersection(self, other: Box) -> Box:
        """Return the intersection. Its width or height is 0 if the boxes do not overlap."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        return Box(
            left, top, max(left, min(self.right, other.right)), max(top, min(self.bottom, other.bottom))
        )

    def contains_center(self, other: Box) -> bool:
        """Return whether the center of `other` lies in this box."""
        x, y = other.center
        return self.left <= x <= self.right and self.top <= y <= self.bottom

    def touches(self, other: Box) -> bool:
        return self.overlap_x(other) >= 0 and self.overlap_y(other) >= 0

    def overlap_x(self, other: Box) -> float:
        """Return the width of the horizontal overlap. A negative value is the gap."""
        return min(self.right, other.right) - max(self.left, other.left)

    def overlap_y(self, other: Box) -> float:
        """Return the height of the vertical overlap. A negative value is the gap."""
        return min(self.bottom, other.bottom) - max(self.top, other.top)


def bounding_box(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around all `boxes`, of which there must be at least one."""
    box_list = list(boxes)
    return Box(
        min(box.left for box in box_list),
        min(box.top for box in box_list),
        max(box.right for box in box_list),
        max(box.bottom for box in box_list),
    )
