"""Rotate pages whose words run upwards or downwards, so that they can be read from left to right."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from explorer.archive.convert.pdf.boxes import Box
from explorer.archive.convert.pdf.pages import Page

SIDEWAYS = (90, 270, 180)
# Of the letters of a page that run in one direction: from this share on the page is rotated.
MIN_LETTER_SHARE = 0.7


def rotate_upright(page: Page) -> Page:
    """Return the page rotated such that most words run from left to right."""
    letter_counts: Counter[int] = Counter()
    for word in page.words:
        letter_counts[word.turn] += len(word.text)
    main_turn = next(
        (turn for turn in SIDEWAYS if letter_counts[turn] > MIN_LETTER_SHARE * letter_counts.total()), 0
    )
    return rotate_page(page, main_turn) if main_turn else page


def rotate_page(page: Page, turn: int) -> Page:
    """Return the page rotated clockwise by `turn` degrees: words with that `turn` then run from left to right."""
    words = tuple(
        replace(
            word,
            box=rotate_box(word.box, page.box, turn),
            turn=word.turn if word.turn < 0 else (word.turn - turn) % 360,
        )
        for word in page.words
    )
    graphics = tuple(
        replace(graphic, box=rotate_box(graphic.box, page.box, turn)) for graphic in page.graphics
    )
    return replace(
        page,
        box=rotate_box(page.box, page.box, turn),
        words=words,
        graphics=graphics,
        turn=(page.turn + turn) % 360,
    )


def box_as_shown(box: Box, page: Page) -> Box:
    """Return a box of a rotated page in the coordinates of the displayed page."""
    return rotate_box(box, page.box, -page.turn % 360)


def rotate_box(box: Box, page: Box, turn: int) -> Box:
    """Return a box of a page after a clockwise rotation of the page by `turn` degrees."""
    width, height = page.width, page.height
    if turn == 90:
        return Box(height - box.bottom, box.left, height - box.top, box.right)
    if turn == 180:
        return Box(width - box.right, height - box.bottom, width - box.left, height - box.top)
    if turn == 270:
        return Box(box.top, width - box.right, box.bottom, width - box.left)
    return box
