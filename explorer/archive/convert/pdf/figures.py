"""The figures of a page: which graphics stand over (or under) which caption, and the region they fill together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from explorer.archive.convert.pdf.blocks import Block
from explorer.archive.convert.pdf.boxes import Box, around
from explorer.archive.convert.pdf.captions import Body, is_caption, parts_figures
from explorer.archive.convert.pdf.lines import Columns, Line
from explorer.archive.convert.pdf.pages import Graphic, Page
from explorer.archive.convert.pdf.tables import clusters, table_boxes

# All lengths in points.
MIN_PICTURE_SIDE = 24
MIN_DRAWING = (40, 28)
MAX_SLENDERNESS = 15  # of a picture without a caption: longer ones are rules and ribbons
BACKDROP = 0.8  # of the page
RULE = 1.6  # a line no thicker than that
TILES_APART = 3
PARTS_APART = 40  # panels of one figure, or its nearest part and the caption
LABELS_APART = 18
MAX_TILES = 500
MIN_SCANNED = 40
MAX_WORDS_ON_PLATE = 15  # a picture that fills its page under more of them is its ground, or a scan
NARROW = 0.6  # of the page: less is no width of a column that a scan shows
_MARGIN = 3


@dataclass(frozen=True, slots=True)
class Found:
    """A figure of a page. `box` is None where only its caption was found; `is_plain` says it is one picture alone."""

    box: Box | None
    caption: Block | None = None
    is_plain: bool = False


class FigureFinder:
    """Gives the graphics of one page to its captions; each graphic once."""

    def __init__(self, page: Page, blocks: list[Block], columns: Columns, body: Body) -> None:
        self._page, self._columns = page, columns
        self._captions = [block for block in blocks if is_caption(block, body)]
        backdrops = [it for it in page.graphics if it.is_picture and _fills(it.box, page)]
        plates = [it for it in backdrops if self._is_plate(it)]
        self._is_scan = len(plates) < len(backdrops)
        graphics = [it for it in page.graphics if not _fills(it.box, page)]
        self._free = [*_without_lonely_rules(graphics), *plates]
        self._tables = table_boxes(blocks, graphics)
        self._barriers = [
            block for block in blocks if parts_figures(block, body) and not self._is_framed(block, body)
        ]
        barred = {id(line) for block in self._barriers for line in block.lines}
        spoken = [line.box for block in blocks for line in block.lines if id(line) not in barred]
        self._labels = [*spoken, *(word.box for word in page.words if not word.upright)]

    def find(self) -> list[Found]:
        """The figures with a caption, then the pictures that have none."""
        above, below = (
            sum(self._region(one, up=up) is not None for one in self._captions) for up in (True, False)
        )
        first = above >= below
        boxes: dict[int, Box] = {}
        for up in (first, not first):
            for caption in self._captions:
                box = None if id(caption) in boxes else self._region(caption, up=up)
                if box is not None:
                    boxes[id(caption)] = box
                    self._free = [it for it in self._free if not box.holds(it.box)]
        for caption in self._captions:
            box = None if id(caption) in boxes else self._region_beside(caption)
            if box is not None:
                boxes[id(caption)] = box
                self._free = [it for it in self._free if not box.holds(it.box)]
        captioned = [self._found(boxes.get(id(caption)), caption) for caption in self._captions]
        return [*captioned, *(self._found(box) for box in self._bare_pictures())]

    def _found(self, box: Box | None, caption: Block | None = None) -> Found:
        if box is None:
            return Found(None, caption)
        seen = [
            it
            for it in self._page.graphics
            if box.holds(it.box) or box.within(it.box).area > 0.5 * it.box.area
        ]
        has_words = any(box.holds(word.box) for word in self._page.words)
        is_plain = len(seen) == 1 and seen[0].is_picture and not has_words
        return Found(box if is_plain else self._with_margin(box, caption), caption, is_plain)

    def _with_margin(self, box: Box, caption: Block | None) -> Box:
        """A little more than the box, but nothing of the caption."""
        grown = box.grown(_MARGIN).within(self._page.box)
        if caption is None:
            return grown
        if caption.box.middle[1] > box.middle[1]:
            return replace(grown, bottom=max(box.bottom, min(grown.bottom, caption.box.top)))
        return replace(grown, top=min(box.top, max(grown.top, caption.box.bottom)))

    # --- captions -----------------------------------------------------------------------------------------

    def _region(self, caption: Block, *, up: bool) -> Box | None:
        """What is drawn over (or under) a caption, up to the next text; None where nothing is."""
        zone = self._zone(caption, (caption.left, caption.right), up=up)
        if any(
            self._columns.spans(it.box) and zone.touches(it.box) for it in self._free if _is_large(it.box)
        ):
            zone = self._zone(caption, (self._columns.left, self._columns.right), up=up)
        if zone.height <= 0:
            return None
        parts = [it for it in self._free if zone.holds(it.box)]
        labels = [box for box in self._labels if zone.holds(box)]
        edge = Box(zone.left, caption.box.top, zone.right, caption.box.bottom)
        region = self._without_tables(edge, parts, labels) or _region_of(edge, parts, labels)
        if region is None and self._is_scan and not labels and zone.height > MIN_SCANNED:
            return self._scanned(zone)
        return region

    def _without_tables(self, edge: Box, parts: list[Graphic], labels: list[Box]) -> Box | None:
        """A region beside which tables stand; None where there are none, or nothing but tables."""
        if not any(table.holds(it.box) for table in self._tables for it in parts):
            return None
        drawn = [it for it in parts if not any(table.holds(it.box) for table in self._tables)]
        spoken = [box for box in labels if not any(table.holds(box) for table in self._tables)]
        return _region_of(edge, drawn, spoken)

    def _scanned(self, zone: Box) -> Box:
        """A part of a scan as wide as the text, where there is more of it than a caption."""
        if self._columns.right - self._columns.left < NARROW * self._page.box.width:
            return zone
        left, right = max(zone.left, self._columns.left), min(zone.right, self._columns.right)
        return Box(left, zone.top, right, zone.bottom)

    def _region_beside(self, caption: Block) -> Box | None:
        """What is drawn to the right or left of a caption, between the text over and under it."""
        for zone in self._zones_beside(caption):
            parts = [it for it in self._free if zone.holds(it.box) and it.box.shares_down(caption.box) > 0]
            parts += [it for it in self._free if zone.holds(it.box) and it not in parts] if parts else []
            labels = [box for box in self._labels if zone.holds(box)]
            region = _region_of(caption.box, parts, labels, beside=True)
            if region is not None:
                return region
        return None

    def _zones_beside(self, caption: Block) -> Iterator[Box]:
        others = [block.box for block in self._barriers if block is not caption]
        sides = ((caption.box.right, self._page.box.right), (0, caption.box.left))
        for left, right in sides:
            column = Box(left, 0, right, self._page.box.bottom)
            limits = [box for box in others if box.shares_across(column) > min(20, 0.5 * box.width)]
            if any(box.shares_down(caption.box) > 0 for box in limits):
                continue
            top = max((box.bottom for box in limits if box.middle[1] < caption.box.top), default=0)
            bottom = min(
                (box.top for box in limits if box.middle[1] > caption.box.bottom), default=column.bottom
            )
            yield Box(left, top, right, max(top, bottom))

    def _zone(self, caption: Block, edges: tuple[float, float], *, up: bool) -> Box:
        """The free part of the column over (or under) a caption; the outer columns reach to the edge of the page."""
        left = 0 if edges[0] <= self._columns.left else edges[0] - _MARGIN
        right = self._page.box.right if edges[1] >= self._columns.right else edges[1] + _MARGIN
        column = Box(left, 0, right, self._page.box.bottom)
        others = (block.box for block in self._barriers if block is not caption)
        limits = [box for box in others if box.shares_across(column) > min(20, 0.5 * box.width)]
        if up:
            top = max((box.bottom for box in limits if box.middle[1] < caption.box.top), default=0)
            return Box(left, top, right, max(top, caption.box.top))
        bottom = min((box.top for box in limits if box.middle[1] > caption.box.bottom), default=column.bottom)
        return Box(left, min(bottom, caption.box.bottom), right, bottom)

    def _is_framed(self, block: Block, body: Body) -> bool:
        """Words in a box of a drawing, such as a listing; not running text on a tinted ground."""
        if is_caption(block, body) or (body.sets(block) and len(block.lines) > 2):
            return False
        inside = block.box
        return any(
            inside.within(it.box).area > 0.9 * inside.area and it.box.height > RULE for it in self._free
        )

    def _is_plate(self, picture: Graphic) -> bool:
        """Whether a picture that fills its page is a figure: with no words on it but its caption and few others."""
        captions = {id(word) for block in self._captions for line in block.lines for word in line.words}
        words = [
            word for word in self._page.words if id(word) not in captions and picture.box.holds(word.box)
        ]
        if any(word.hidden for word in self._page.words):  # read from a scan
            return False
        return len(words) <= (MAX_WORDS_ON_PLATE if self._captions else 0)

    # --- without captions ---------------------------------------------------------------------------------

    def _bare_pictures(self) -> Iterator[Box]:
        pictures = [it.box for it in self._free if it.is_picture][:MAX_TILES]
        for box in clusters(pictures, TILES_APART):
            shorter, longer = sorted((box.width, box.height))
            if shorter >= MIN_PICTURE_SIDE and longer < MAX_SLENDERNESS * shorter:
                yield box


def lines_in(found: Iterable[Found], lines: Iterable[Line]) -> set[int]:
    """The `id` of every line that is a label in a figure rather than text."""
    boxes = [(one.box, one.caption) for one in found if one.box is not None]
    return {
        id(line)
        for line in lines
        for box, caption in boxes
        if box.holds(line.box) and (caption is None or line not in caption.lines)
    }


def _region_of(edge: Box, parts: list[Graphic], labels: list[Box], *, beside: bool = False) -> Box | None:
    """The region of parts at a caption, if they are more than a rule."""
    region = _grown_from(edge, [it.box for it in parts], labels, beside=beside)
    is_figure = region is not None and _has_substance([it for it in parts if region.holds(it.box)])
    return region if is_figure else None


def _grown_from(edge: Box, parts: list[Box], labels: list[Box], *, beside: bool) -> Box | None:
    """The parts that a caption stands next to, those next to them, and the words at them."""

    def is_near(reach: Box, box: Box) -> bool:
        return reach.touches(box) if beside else reach.shares_down(box) >= 0

    region: Box | None = None
    near = edge
    waiting, words = parts, labels
    while True:
        reach = near.grown(PARTS_APART)
        joined = [box for box in waiting if is_near(reach, box)]
        spoken = [box for box in words if region and region.grown(LABELS_APART).touches(box)]
        # Words between the caption and the drawing: "(a)", the name of an axis.
        if region is None and not joined:
            spoken = [box for box in words if is_near(reach, box)]
            if not spoken:
                return None
            near = around([near, *spoken])
        elif not joined and not spoken:
            return region
        else:
            region = around([*([region] if region else []), *joined, *spoken])
            near = region
        taken = {id(box) for box in (*joined, *spoken)}
        waiting = [box for box in waiting if id(box) not in taken]
        words = [box for box in words if id(box) not in taken]


def _has_substance(parts: list[Graphic]) -> bool:
    if any(it.is_picture and min(it.box.width, it.box.height) >= MIN_PICTURE_SIDE for it in parts):
        return True
    drawn = around(it.box for it in parts) if parts else Box(0, 0, 0, 0)
    return drawn.width >= MIN_DRAWING[0] and drawn.height >= MIN_DRAWING[1]


def _fills(box: Box, page: Page) -> bool:
    return box.area > BACKDROP * page.box.area


def _is_large(box: Box) -> bool:
    return box.width >= MIN_DRAWING[0] and box.height >= MIN_DRAWING[1]


def _without_lonely_rules(graphics: list[Graphic]) -> list[Graphic]:
    """Without the lines that part text: over footnotes, in tables, under heads."""
    rules = [it for it in graphics if it.box.height <= RULE and it.box.width > MIN_DRAWING[0]]
    others = [it.box for it in graphics if not (it.box.height <= RULE and it.box.width > MIN_DRAWING[0])]
    lonely = {
        id(rule)
        for rule in rules[:200]
        if not any(rule.box.grown(TILES_APART).touches(box) for box in others)
    }
    return [it for it in graphics if id(it) not in lonely]
