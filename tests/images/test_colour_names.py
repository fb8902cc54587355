"""Colours have the names that people give them."""

import pytest

from explorer.catalog.filters import COLOUR_NAMES
from images import colour_name


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ("#ffffff", "white"), ("#f5f6f4", "white"), ("#000000", "black"), ("#1a1c20", "black"),
        ("#808080", "grey"), ("#c8ccd0", "grey"), ("#d62728", "red"), ("#8b0000", "red"), ("#ff7f0e", "orange"),
        ("#8b5a2b", "brown"), ("#ffd700", "yellow"), ("#2ca02c", "green"), ("#6b8e23", "green"),
        ("#1f77b4", "blue"), ("#49a7c9", "blue"), ("#000080", "blue"), ("#9467bd", "purple"), ("#ff69b4", "pink"),
        ("#ffc0cb", "pink"),
    ],
)  # fmt: skip
def test_a_colour_has_its_common_name(colour, name):
    assert colour_name(colour) == name


def test_every_colour_has_a_name_that_can_be_asked_for():
    shades = ("00", "33", "66", "99", "cc", "ff")
    names = {colour_name(f"#{red}{green}{blue}") for red in shades for green in shades for blue in shades}
    assert names == set(COLOUR_NAMES)
