"""Find the figures of a page: the graphics above, below or beside each caption, and the region that they fill."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from explorer.archive.convert.pdf.blocks import Block
from explorer.archive.convert.pdf.boxes import Box, bounding_box
from explorer.archive.convert.pdf.captions import BodyStyle, is_caption, separates_figures
from explorer.archive.convert.pdf.lines import Columns, Line
from explorer.archive.convert.pdf.pages import Graphic, Page
from explorer.archive.convert.pdf.tables import cluster_boxes, table_boxes

# All lengths in points.
MIN_PICTURE_SIDE = 24
MIN_DRAWING_SIZE = (40, 28)
MAX_SLENDERNESS = 15  # longer to shorter side of a picture without a caption: more is a rule or a ribbon
BACKDROP_SHARE = 0.8  # of the area of the page
MAX_RULE_THICKNESS = 1.6
MAX_TILE_GAP = 3
MAX_PART_GAP = 40  # between the panels of a figure, or between the caption and the nearest part
MAX_LABEL_GAP = 18
MAX_TILES = 500
MIN_SCAN_HEIGHT = 40
MAX_WORDS_ON_PLATE = 15  # a picture that fills its page behind more words is a background or a scan
MIN_TEXT_WIDTH_SHARE = 0.6  # of the page: narrower text does not give the width of a scanned figure
_MARGIN = 3


@dataclass(frozen=True, slots=True)
class PageFigure:
    """A figure of a page. `box` is None if only the caption was found. `is_plain`: the figure is a single picture."""

    box: Box | None
    caption: Block | None = None
    is_plain: bool = False


class FigureFinder:
    """Assigns the graphics of one page to its captions, each graphic once."""

    def __init__(self, page: Page, blocks: list[Block], columns: Columns, body: BodyStyle) -> None:
        self._page, self._columns = page, columns
        self._captions = [block for block in blocks if is_caption(block, body)]
        backdrops = [
            graphic for graphic in page.graphics if graphic.is_picture and _fills_page(graphic.box, page)
        ]
        plates = [graphic for graphic in backdrops if self._is_plate(graphic)]
        self._is_scan = len(plates) < len(backdrops)
        graphics = [graphic for graphic in page.graphics if not _fills_page(graphic.box, page)]
        self._unassigned = [*_drop_separator_rules(graphics), *plates]
        self._tables = table_boxes(blocks, graphics)
        self._barriers = [
            block for block in blocks if separates_figures(block, body) and not self._is_framed(block, body)
        ]
        barrier_line_ids = {id(line) for block in self._barriers for line in block.lines}
        text_boxes = [
            line.box for block in blocks for line in block.lines if id(line) not in barrier_line_ids
        ]
        self._labels = [*text_boxes, *(word.box for word in page.words if not word.upright)]

    def find(self) -> list[PageFigure]:
        """Return the figures with captions, then the pictures without captions."""
        above, below = (
            sum(self._region(caption, up=up) is not None for caption in self._captions)
            for up in (True, False)
        )
        is_above_first = above >= below
        boxes: dict[int, Box] = {}
        for up in (is_above_first, not is_above_first):
            for caption in self._captions:
                box = None if id(caption) in boxes else self._region(caption, up=up)
                if box is not None:
                    boxes[id(caption)] = box
                    self._unassigned = [
                        graphic for graphic in self._unassigned if not box.contains_center(graphic.box)
                    ]
        for caption in self._captions:
            box = None if id(caption) in boxes else self._region_beside(caption)
            if box is not None:
                boxes[id(caption)] = box
                self._unassigned = [
                    graphic for graphic in self._unassigned if not box.contains_center(graphic.box)
                ]
        captioned = [self._figure_in(boxes.get(id(caption)), caption) for caption in self._captions]
        return [*captioned, *(self._figure_in(box) for box in self._uncaptioned_pictures())]

    def _figure_in(self, box: Box | None, caption: Block | None = None) -> PageFigure:
        if box is None:
            return PageFigure(None, caption)
        graphics = [
            graphic
            for graphic in self._page.graphics
            if box.contains_center(graphic.box) or box.intersection(graphic.box).area > 0.5 * graphic.box.area
        ]
        has_words = any(box.contains_center(word.box) for word in self._page.words)
        is_plain = len(graphics) == 1 and graphics[0].is_picture and not has_words
        return PageFigure(box if is_plain else self._with_margin(box, caption), caption, is_plain)

    def _with_margin(self, box: Box, caption: Block | None) -> Box:
        """Return the box with a small margin that does not overlap the caption."""
        expanded = box.expand(_MARGIN).intersection(self._page.box)
        if caption is None:
            return expanded
        if caption.box.center[1] > box.center[1]:
            return replace(expanded, bottom=max(box.bottom, min(expanded.bottom, caption.box.top)))
        return replace(expanded, top=min(box.top, max(expanded.top, caption.box.bottom)))

    # --- captions -----------------------------------------------------------------------------------------

    def _region(self, caption: Block, *, up: bool) -> Box | None:
        """Return the drawn region above (or below) a caption, up to the next text, or None."""
        zone = self._zone(caption, (caption.left, caption.right), up=up)
        if any(
            self._columns.spans(graphic.box) and zone.touches(graphic.box)
            for graphic in self._unassigned
            if _is_large(graphic.box)
        ):
            zone = self._zone(caption, (self._columns.left, self._columns.right), up=up)
        if zone.height <= 0:
            return None
        parts = [graphic for graphic in self._unassigned if zone.contains_center(graphic.box)]
        labels = [box for box in self._labels if zone.contains_center(box)]
        edge = Box(zone.left, caption.box.top, zone.right, caption.box.bottom)
        region = self._region_without_tables(edge, parts, labels) or _region_of(edge, parts, labels)
        if region is None and self._is_scan and not labels and zone.height > MIN_SCAN_HEIGHT:
            return self._scan_region(zone)
        return region

    def _region_without_tables(self, edge: Box, parts: list[Graphic], labels: list[Box]) -> Box | None:
        """Return the region without the tables in it, or None if it has no tables or nothing but tables."""
        if not any(table.contains_center(graphic.box) for table in self._tables for graphic in parts):
            return None
        drawing = [
            graphic
            for graphic in parts
            if not any(table.contains_center(graphic.box) for table in self._tables)
        ]
        text_boxes = [box for box in labels if not any(table.contains_center(box) for table in self._tables)]
        return _region_of(edge, drawing, text_boxes)

    def _scan_region(self, zone: Box) -> Box:
        """Return the zone limited to the width of the text, unless the text is too narrow to tell the width."""
        if self._columns.right - self._columns.left < MIN_TEXT_WIDTH_SHARE * self._page.box.width:
            return zone
        left, right = max(zone.left, self._columns.left), min(zone.right, self._columns.right)
        return Box(left, zone.top, right, zone.bottom)

    def _region_beside(self, caption: Block) -> Box | None:
        """Return the region drawn to the right or left of a caption, between the text above and below it."""
        for zone in self._zones_beside(caption):
            parts = [
                graphic
                for graphic in self._unassigned
                if zone.contains_center(graphic.box) and graphic.box.overlap_y(caption.box) > 0
            ]
            parts += (
                [
                    graphic
                    for graphic in self._unassigned
                    if zone.contains_center(graphic.box) and graphic not in parts
                ]
                if parts
                else []
            )
            labels = [box for box in self._labels if zone.contains_center(box)]
            region = _region_of(caption.box, parts, labels, beside=True)
            if region is not None:
                return region
        return None

    def _zones_beside(self, caption: Block) -> Iterator[Box]:
        other_blocks = [block.box for block in self._barriers if block is not caption]
        sides = ((caption.box.right, self._page.box.right), (0, caption.box.left))
        for left, right in sides:
            column = Box(left, 0, right, self._page.box.bottom)
            limits = [box for box in other_blocks if box.overlap_x(column) > min(20, 0.5 * box.width)]
            if any(box.overlap_y(caption.box) > 0 for box in limits):
                continue
            top = max((box.bottom for box in limits if box.center[1] < caption.box.top), default=0)
            bottom = min(
                (box.top for box in limits if box.center[1] > caption.box.bottom), default=column.bottom
            )
            yield Box(left, top, right, max(top, bottom))

    def _zone(self, caption: Block, edges: tuple[float, float], *, up: bool) -> Box:
        """Return the free part of the column above (or below) a caption. Outer columns extend to the page edge."""
        left = 0 if edges[0] <= self._columns.left else edges[0] - _MARGIN
        right = self._page.box.right if edges[1] >= self._columns.right else edges[1] + _MARGIN
        column = Box(left, 0, right, self._page.box.bottom)
        other_blocks = (block.box for block in self._barriers if block is not caption)
        limits = [box for box in other_blocks if box.overlap_x(column) > min(20, 0.5 * box.width)]
        if up:
            top = max((box.bottom for box in limits if box.center[1] < caption.box.top), default=0)
            return Box(left, top, right, max(top, caption.box.top))
        bottom = min((box.top for box in limits if box.center[1] > caption.box.bottom), default=column.bottom)
        return Box(left, min(bottom, caption.box.bottom), right, bottom)

    def _is_framed(self, block: Block, body: BodyStyle) -> bool:
        """Return whether a block is text in a box of a drawing, such as a listing, not text on a tinted background."""
        if is_caption(block, body) or (body.matches(block) and len(block.lines) > 2):
            return False
        block_box = block.box
        return any(
            block_box.intersection(graphic.box).area > 0.9 * block_box.area
            and graphic.box.height > MAX_RULE_THICKNESS
            for graphic in self._unassigned
        )

    def _is_plate(self, picture: Graphic) -> bool:
        """Return whether a picture that fills its page is a figure: few words on it besides its caption."""
        captions = {id(word) for block in self._captions for line in block.lines for word in line.words}
        words = [
            word
            for word in self._page.words
            if id(word) not in captions and picture.box.contains_center(word.box)
        ]
        if any(word.hidden for word in self._page.words):  # hidden words are the OCR layer of a scan
            return False
        return len(words) <= (MAX_WORDS_ON_PLATE if self._captions else 0)

    # --- without captions ---------------------------------------------------------------------------------

    def _uncaptioned_pictures(self) -> Iterator[Box]:
        pictures = [graphic.box for graphic in self._unassigned if graphic.is_picture][:MAX_TILES]
        for box in cluster_boxes(pictures, MAX_TILE_GAP):
            shorter, longer = sorted((box.width, box.height))
            if shorter >= MIN_PICTURE_SIDE and longer < MAX_SLENDERNESS * shorter:
                yield box


def label_line_ids(figures: Iterable[PageFigure], lines: Iterable[Line]) -> set[int]:
    """Return the `id` of every line that is a label in a figure rather than text."""
    boxes = [(figure.box, figure.caption) for figure in figures if figure.box is not None]
    return {
        id(line)
        for line in lines
        for box, caption in boxes
        if box.contains_center(line.box) and (caption is None or line not in caption.lines)
    }


def _region_of(edge: Box, parts: list[Graphic], labels: list[Box], *, beside: bool = False) -> Box | None:
    """Return the region of the parts at a caption, if it is larger than a rule."""
    region = _grow_region(edge, [graphic.box for graphic in parts], labels, beside=beside)
    is_figure = region is not None and _is_figure_sized(
        [graphic for graphic in parts if region.contains_center(graphic.box)]
    )
    return region if is_figure else None


def _grow_region(edge: Box, parts: list[Box], labels: list[Box], *, beside: bool) -> Box | None:
    """Return the box around the parts next to a caption, the parts next to those, and their labels."""

    def is_near(reach: Box, box: Box) -> bool:
        return reach.touches(box) if beside else reach.overlap_y(box) >= 0

    region: Box | None = None
    frontier = edge
    free_parts, free_labels = parts, labels
    while True:
        reach = frontier.expand(MAX_PART_GAP)
        near_parts = [box for box in free_parts if is_near(reach, box)]
        near_labels = [box for box in free_labels if region and region.expand(MAX_LABEL_GAP).touches(box)]
        # Labels between the caption and the drawing: "(a)", the name of an axis.
        if region is None and not near_parts:
            near_labels = [box for box in free_labels if is_near(reach, box)]
            if not near_labels:
                return None
            frontier = bounding_box([frontier, *near_labels])
        elif not near_parts and not near_labels:
            return region
        else:
            region = bounding_box([*([region] if region else []), *near_parts, *near_labels])
            frontier = region
        used_ids = {id(box) for box in (*near_parts, *near_labels)}
        free_parts = [box for box in free_parts if id(box) not in used_ids]
        free_labels = [box for box in free_labels if id(box) not in used_ids]


def _is_figure_sized(parts: list[Graphic]) -> bool:
    if any(
        graphic.is_picture and min(graphic.box.width, graphic.box.height) >= MIN_PICTURE_SIDE
        for graphic in parts
    ):
        return True
    drawing = bounding_box(graphic.box for graphic in parts) if parts else Box(0, 0, 0, 0)
    return drawing.width >= MIN_DRAWING_SIZE[0] and drawing.height >= MIN_DRAWING_SIZE[1]


def _fills_page(box: Box, page: Page) -> bool:
    return box.area > BACKDROP_SHARE * page.box.area


def _is_large(box: Box) -> bool:
    return box.width >= MIN_DRAWING_SIZE[0] and box.height >= MIN_DRAWING_SIZE[1]


def _drop_separator_rules(graphics: list[Graphic]) -> list[Graphic]:
    """Drop the rules that separate text: above footnotes, in tables, below headers."""
    rules = [
        graphic
        for graphic in graphics
        if graphic.box.height <= MAX_RULE_THICKNESS and graphic.box.width > MIN_DRAWING_SIZE[0]
    ]
    other_boxes = [
        graphic.box
        for graphic in graphics
        if not (graphic.box.height <= MAX_RULE_THICKNESS and graphic.box.width > MIN_DRAWING_SIZE[0])
    ]
    separator_ids = {
        id(rule)
        for rule in rules[:200]
        if not any(rule.box.expand(MAX_TILE_GAP).touches(box) for box in other_boxes)
    }
    return [graphic for graphic in graphics if id(graphic) not in separator_ids]
