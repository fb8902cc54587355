"""Where something stands on a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in points (1/72 inch) of the page as it is shown, measured from its top left corner."""

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
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def grown(self, by: float) -> Box:
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def within(self, other: Box) -> Box:
        """What both share; of no width or height where they share nothing."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        return Box(
            left, top, max(left, min(self.right, other.right)), max(top, min(self.bottom, other.bottom))
        )

    def holds(self, other: Box) -> bool:
        """Whether the middle of the other lies in this one."""
        across, down = other.middle
        return self.left <= across <= self.right and self.top <= down <= self.bottom

    def touches(self, other: Box) -> bool:
        return self.shares_across(other) >= 0 and self.shares_down(other) >= 0

    def shares_across(self, other: Box) -> float:
        """The width that both have in common; negative where they stand apart."""
        return min(self.right, other.right) - max(self.left, other.left)

    def shares_down(self, other: Box) -> float:
        """The height that both have in common; negative where they stand apart."""
        return min(self.bottom, other.bottom) - max(self.top, other.top)


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box that holds all of them; there must be one."""
    every = list(boxes)
    return Box(
        min(box.left for box in every),
        min(box.top for box in every),
        max(box.right for box in every),
        max(box.bottom for box in every),
    )
