"""Pages whose words run upwards or downwards, as one reads them who turns the sheet."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from explorer.archive.convert.pdf.boxes import Box
from explorer.archive.convert.pdf.pages import Page

SIDEWAYS = (90, 270, 180)
# Of the letters of a page: where so many run one way, the page is read that way.
MOSTLY = 0.7


def upright_page(page: Page) -> Page:
    """The page so turned that most of its words run from left to right."""
    letters: Counter[int] = Counter()
    for word in page.words:
        letters[word.turn] += len(word.text)
    most = next((turn for turn in SIDEWAYS if letters[turn] > MOSTLY * letters.total()), 0)
    return turned_page(page, most) if most else page


def turned_page(page: Page, turn: int) -> Page:
    """The page turned so that words at that angle run from left to right."""
    words = tuple(
        replace(
            word,
            box=turned_box(word.box, page.box, turn),
            turn=word.turn if word.turn < 0 else (word.turn - turn) % 360,
        )
        for word in page.words
    )
    graphics = tuple(replace(it, box=turned_box(it.box, page.box, turn)) for it in page.graphics)
    return replace(
        page,
        box=turned_box(page.box, page.box, turn),
        words=words,
        graphics=graphics,
        turn=(page.turn + turn) % 360,
    )


def box_as_shown(box: Box, page: Page) -> Box:
    """Where a box of a turned page stands on the page as it is shown."""
    return turned_box(box, page.box, -page.turn % 360)


def turned_box(box: Box, page: Box, turn: int) -> Box:
    """A box of a page after the page is turned to the right by so many degrees."""
    width, height = page.width, page.height
    if turn == 90:
        return Box(height - box.bottom, box.left, height - box.top, box.right)
    if turn == 180:
        return Box(width - box.right, height - box.bottom, width - box.left, height - box.top)
    if turn == 270:
        return Box(box.top, width - box.right, box.bottom, width - box.left)
    return box
