"""The caption of a picture: text in its figure, in its paragraph, in its table, above it or below it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from selectolax.lexbor import LexborNode

from explorer.archive.html import caption_marks
from explorer.archive.html.caption_marks import PANELS, tidy
from explorer.archive.html.caption_tables import CaptionedTable, table_of
from explorer.archive.html.labels import Kind, caption_label, label_of, opens_caption, without_label
from explorer.archive.html.runs import (
    CHROME,
    CHROME_NAME,
    HEADINGS,
    Run,
    TextPart,
    ancestors,
    classes,
    has_picture,
    is_within,
)

_FIGURE_TAGS = frozenset(("figure", "d-figure"))
_NAMED_TAGS = frozenset(("div", "dl", "table", "span", "aside", "p", "section", "li"))
_CENTRED_CLASS = re.compile(r"(?:^|[\s_-])(?:ctr|cent(?:er|re)(?:ed)?|text-center)(?:$|\s)")
MIN_ALT_CHARS = 12
# An element with more paragraphs is a page, not a figure.
MAX_RUNS_IN_FIGURE = 60
# The most pictures that share a caption, and the most runs between a picture and its caption cell.
MAX_SHARING = 100
MAX_RUNS_AWAY = 500
# The average number of figures around a run; a page with more is hostile.
MAX_FIGURES_PER_RUN = 8
# The depth of nested figures; real pages nest no deeper.
MAX_FIGURES_AROUND = 8


@dataclass(frozen=True, slots=True)
class _FigureElement:
    """An element around pictures: its runs, those marked as captions, and the orders of those with pictures."""

    runs: list[Run]
    marked: list[Run]
    pictured: list[int]


@dataclass(frozen=True, slots=True)
class Caption:
    """The text of a caption, and the text that its page marks as a credit."""

    text: str | None
    credit: str | None = None


class CaptionFinder:
    """A finder of captions among the runs of one document, which records the runs that are captions."""

    def __init__(self, runs: list[Run]) -> None:
        self._runs = runs
        self._spans: dict[int, list[Run]] = {}  # by element; computed once for all its pictures
        self._figure_elements: dict[int, _FigureElement] = {}
        self._captioned: dict[int, frozenset[int]] = {}  # by block
        self._tables: dict[int, CaptionedTable] = {}
        self._lookups_left = MAX_FIGURES_PER_RUN * len(runs)
        self.caption_runs: set[int] = set()  # orders of the runs that are captions, and so no text of an item

    def caption_of(self, run: Run, picture: LexborNode) -> Caption | None:
        """Return the caption of a picture of `run`, from the first rule that finds one."""
        # Not an attribute: a reference cycle through bound methods would keep the document until garbage collection.
        rules = (self._in_figure, self._in_run, self._in_table, self._in_previous_run, self._in_next_run)
        captions = (rule(run, picture) for rule in rules)
        return next((caption for caption in captions if caption), None)

    def is_marked(self, run: Run, picture: LexborNode) -> bool:
        """Return whether the page marks a caption of a picture: by an element, a class or a label."""
        for element in islice(figure_elements(picture), MAX_FIGURES_AROUND):
            if self._marked_runs(run, self._figure_element(run, element), shared=_is_figure(element)):
                return True
        following = self._runs[run.order + 1] if run.order + 1 < len(self._runs) else None
        next_text = following.text if following and not following.pictures else ""
        return opens_caption(run.text_from(picture)) or opens_caption(next_text)

    def caption_from(self, runs: list[Run], prefix: str = "") -> Caption | None:
        """Return the text of runs as a caption, and record that they are no text of an item."""
        self.caption_runs.update(run.order for run in runs)
        parts = [part for run in runs for part in [*run.parts, TextPart("\n", emphasised=False)]]
        words = [part for part in parts if isinstance(part, TextPart)]
        text = tidy(prefix + "\n" + "".join(part.text for part in words if not part.is_credit))
        credit = tidy("".join(part.text for part in words if part.is_credit))
        return Caption(text, credit) if text or credit else None

    # --- in the figure --------------------------------------------------------------------------------

    def _in_figure(self, run: Run, picture: LexborNode) -> Caption | None:
        """Return the caption in a figure: a figcaption, a caption class, or the other text of the figure."""
        for element in islice(figure_elements(picture), MAX_FIGURES_AROUND):
            if self._lookups_left < 0:
                return None
            figure = self._figure_element(run, element)
            marked = self._marked_runs(run, figure, shared=_is_figure(element))
            if marked:
                return _join_captions(self.caption_from(marked), self._caption_of_panels(run, element))
            unmarked = self._other_text(run, picture, figure.runs)
            if unmarked:
                return unmarked
        return None

    def _caption_of_panels(self, run: Run, panel: LexborNode) -> Caption | None:
        """Return the caption that a figure of panels has for all of them."""
        outer = next((element for element in ancestors(panel) if element.tag == "figure"), None)
        if outer is None or PANELS not in classes(outer):
            return None
        marked = self._marked_runs(run, self._figure_element(run, outer), shared=True)
        return self.caption_from(marked) if marked else None

    def _runs_inside(self, run: Run, element: LexborNode) -> list[Run]:
        """Return the runs of an element around `run`; they are contiguous."""
        if element.mem_id not in self._spans:
            first = last = run.order
            while first > 0 and is_within(self._runs[first - 1].block, element):
                first -= 1
            while last + 1 < len(self._runs) and is_within(self._runs[last + 1].block, element):
                last += 1
            self._spans[element.mem_id] = self._runs[first : last + 1]
            self._lookups_left -= last + 1 - first
        return self._spans[element.mem_id]

    def _figure_element(self, run: Run, element: LexborNode) -> _FigureElement:
        if element.mem_id not in self._figure_elements:
            inside = self._runs_inside(run, element)
            marked = [
                other
                for other in inside
                if len(other.pictures) <= MAX_SHARING and element.mem_id in self._captioned_by(other.block)
            ]
            pictured = [other.order for other in inside if other.pictures]
            self._figure_elements[element.mem_id] = _FigureElement(inside, marked, pictured)
        return self._figure_elements[element.mem_id]

    def _captioned_by(self, block: LexborNode) -> frozenset[int]:
        """Return the memory ids of the elements that the block is marked as a caption of."""
        if block.mem_id not in self._captioned:
            self._captioned[block.mem_id] = frozenset(outer.mem_id for outer in _captioned_elements(block))
        return self._captioned[block.mem_id]

    @staticmethod
    def _marked_runs(run: Run, figure: _FigureElement, *, shared: bool) -> list[Run]:
        """Return the marked runs up to the next picture, else those that all pictures share."""
        marked, pictured = figure.marked, figure.pictured
        if len(pictured) < 2:
            return marked
        following = bisect_right(pictured, run.order)
        end = pictured[following] if following < len(pictured) else figure.runs[-1].order + 1
        first, last = (bisect_left(marked, order, key=_run_order) for order in (run.order, end))
        if first < last or not shared or len(pictured) > MAX_SHARING:
            return marked[first:last]  # up to the next picture
        # Shared captions are above the first or below the last picture.
        return [other for other in marked if not pictured[0] < other.order < pictured[-1]]

    def _other_text(self, run: Run, picture: LexborNode, inside: list[Run]) -> Caption | None:
        """Return the other text of an element with one picture; with several, the text up to the next one."""
        if (
            len(inside) > MAX_RUNS_IN_FIGURE
            or sum(len(other.text) for other in inside) > caption_marks.MAX_CAPTION_CHARS
        ):
            return None
        others = [other for other in inside if other.order != run.order and not other.pictures]
        if sum(len(other.pictures) for other in inside) > 1:
            next_picture = next(
                (other.order for other in inside if other.order > run.order and other.pictures),
                len(self._runs),
            )
            others = [other for other in others if run.order < other.order < next_picture]
        if any(other.block.tag in HEADINGS for other in others):
            return None
        return self.caption_from(others, run.text_from(picture))

    # --- in its paragraph or table --------------------------------------------------------------------

    def _in_run(self, run: Run, picture: LexborNode) -> Caption | None:
        """Return the text after the picture in its paragraph, if a break, a label, italics or centring sets it off."""
        text_after = run.text_from(picture)
        if not text_after or len(text_after) > caption_marks.MAX_CAPTION_CHARS or not run.opens_with_picture:
            return None
        is_set_off = run.is_set_apart or is_centred(run.block) or is_marked_caption(run.block)
        if is_set_off or opens_caption(text_after):
            return Caption(tidy(text_after))
        return None

    def _in_table(self, run: Run, picture: LexborNode) -> Caption | None:
        """Return the caption in a layout table: the cell under the picture, else the caption of the table."""
        cell = next((element for element in ancestors(picture) if element.tag in {"td", "th", "table"}), None)
        row = cell.parent if cell is not None and cell.tag != "table" else None
        table = _table_around(row) if row is not None else None
        if cell is None or row is None or table is None:
            return None
        layout = self._table(table)
        index = layout.index_of_row.get(row.mem_id)
        if index in layout.over_captions:
            above, below = layout.rows[index], layout.rows[index + 1]
            column = next(n for n, candidate in enumerate(above) if candidate.mem_id == cell.mem_id)
            return self._text_of(run, below[min(column, len(below) - 1)])
        return self._text_of(run, layout.title, backwards=True) if layout.title is not None else None

    def _table(self, table: LexborNode) -> CaptionedTable:
        if table.mem_id not in self._tables:
            self._tables[table.mem_id] = table_of(table)
        return self._tables[table.mem_id]

    def _text_of(self, run: Run, element: LexborNode, *, backwards: bool = False) -> Caption | None:
        """Return the text of an element shortly after (or before) the run of the picture."""
        step = -1 if backwards else 1
        orders = range(run.order + step, run.order + step * MAX_RUNS_AWAY, step)
        runs = (self._runs[order] for order in orders if 0 <= order < len(self._runs))
        first = next((other for other in runs if is_within(other.block, element)), None)
        return self.caption_from(self._runs_inside(first, element)) if first else None

    # --- above and below it ---------------------------------------------------------------------------

    def _in_previous_run(self, run: Run, picture: LexborNode) -> Caption | None:
        """Return an unused caption above its picture, if there is none below."""
        if run.order == 0 or not run.opens_with_picture or run.text_from(picture):
            return None
        previous = self._runs[run.order - 1]
        if (
            previous.order in self.caption_runs
            or not _is_explicit_caption(previous)
            or self._is_in_other_figure(run, previous)
        ):
            return None
        following = self._next_text_run(run)
        is_followed = following is not None and _is_explicit_caption(following)
        if is_followed and following and not self._precedes_picture(following):
            return None
        return self.caption_from([previous])

    def _in_next_run(self, run: Run, picture: LexborNode) -> Caption | None:
        """Return the next paragraph, if its class, label, italics or centring shows that it is a caption."""
        following = self._next_text_run(run)
        if run.text_from(picture) or following is None or following.after_rule:
            return None
        text = following.text
        if len(text) > caption_marks.MAX_CAPTION_CHARS or self._is_in_other_figure(run, following):
            return None
        if _is_notice_of_page(run, following) or self._is_label_of_table(following):
            return None
        if following.block.tag in HEADINGS and not opens_caption(text):
            return None
        alt = tidy(picture.attributes.get("alt")) or ""
        repeats_alt = len(alt) > MIN_ALT_CHARS and text.lower().startswith(alt.lower().rstrip("."))
        if not repeats_alt and not _reads_as_caption(run, following):
            return None
        return self.caption_from([following, *self._title_after_label(following)])

    def _title_after_label(self, label: Run) -> list[Run]:
        """Return the title after a label with a paragraph of its own, if its style differs from text."""
        if not label_of(label.text) or without_label(label.text):
            return []
        title = self._next_text_run(label)
        is_title = title is not None and title.block.tag not in HEADINGS and not title.after_rule
        if title is None or not is_title or len(title.text) > caption_marks.MAX_CAPTION_CHARS:
            return []
        are_centred = is_centred(label.block) and is_centred(title.block)
        return [title] if title.is_emphasised or are_centred or is_marked_caption(title.block) else []

    def _next_text_run(self, run: Run) -> Run | None:
        """Return the next run, if it has text and no picture."""
        following = self._runs[run.order + 1] if run.order + 1 < len(self._runs) else None
        return following if following is not None and following.text and not following.pictures else None

    def _precedes_picture(self, run: Run) -> bool:
        return run.order + 1 < len(self._runs) and bool(self._runs[run.order + 1].pictures)

    def _is_label_of_table(self, run: Run) -> bool:
        """Return whether a run is labelled as a table and precedes a table without pictures."""
        label = caption_label(run.text)
        after = self._runs[run.order + 1] if run.order + 1 < len(self._runs) else None
        if label is None or label.kind is not Kind.TABLE or after is None or after.pictures:
            return False
        table = _table_around(after.block)
        return table is not None and not is_within(run.block, table) and not has_picture(table)

    @staticmethod
    def _is_in_other_figure(run: Run, words: Run) -> bool:
        """Return whether the words are in another figure, which has a picture."""
        figures = (element for element in (words.block, *ancestors(words.block)) if _is_figure(element))
        return any(has_picture(figure) and not is_within(run.block, figure) for figure in figures)


def _table_around(element: LexborNode) -> LexborNode | None:
    return next((ancestor for ancestor in ancestors(element) if ancestor.tag == "table"), None)


def _join_captions(panel: Caption | None, figure: Caption | None) -> Caption | None:
    """Join the caption of a panel and that of the figure around it."""
    if panel is None or panel.text is None or figure is None or figure.text is None:
        return panel or figure
    return Caption(caption_marks.join_sentences(panel.text, figure.text), panel.credit or figure.credit)


def figure_elements(picture: LexborNode) -> Iterator[LexborNode]:
    """Yield the figure elements around a picture, nearest first: `<figure>`, or a named or centred `<div>`."""
    for element in ancestors(picture):
        if _is_figure(element) or (element.tag == "div" and is_centred(element)):
            yield element


def is_marked_caption(block: LexborNode) -> bool:
    """Return whether the block, or an element around it in its section, is marked as a caption."""
    for element in (block, *ancestors(block)):
        if _is_caption_element(element):
            return True
        if element.tag in {"body", "article", "section", "main", "table"}:
            return False
    return False


def is_centred(block: LexborNode) -> bool:
    for element in (block, *islice(ancestors(block), 1)):
        attributes = element.attributes
        style = (attributes.get("style") or "").replace(" ", "").lower()
        if element.tag == "center" or (attributes.get("align") or "").lower() == "center":
            return True
        if "text-align:center" in style or _CENTRED_CLASS.search(classes(element)):
            return True
    return False


def _is_figure(element: LexborNode) -> bool:
    return element.tag in _FIGURE_TAGS or (
        element.tag in _NAMED_TAGS and bool(caption_marks.FIGURE_CLASS.search(classes(element)))
    )


def _is_caption_element(element: LexborNode) -> bool:
    return element.tag in {"figcaption", "caption"} or bool(
        caption_marks.CAPTION_CLASS.search(classes(element))
    )


def _captioned_elements(block: LexborNode) -> Iterator[LexborNode]:
    """Yield the elements around the caption mark of a block, up to the nearest figure: it is the caption of these."""
    is_past_mark = False
    for element in (block, *ancestors(block)):
        if is_past_mark:
            yield element
            if _is_figure(element) and has_picture(element):
                return
        is_past_mark = is_past_mark or _is_caption_element(element)


def _is_explicit_caption(run: Run) -> bool:
    """Return whether a run is a caption by its class or label, at any position."""
    if len(run.text) > caption_marks.MAX_CAPTION_CHARS or run.pictures or not run.text:
        return False
    return is_marked_caption(run.block) or opens_caption(run.text)


def _reads_as_caption(run: Run, following: Run) -> bool:
    if _is_explicit_caption(following):
        return True
    are_centred = is_centred(run.block) and is_centred(following.block)
    return not run.text and (following.is_emphasised or are_centred or _is_credit_line(following))


def _is_credit_line(run: Run) -> bool:
    """Return whether a run is only a credit: `Photo: Ann Lee`."""
    caption, credit = caption_marks.split_credit(run.text)
    words = [part for part in run.parts if isinstance(part, TextPart) and part.text.strip()]
    return (credit is not None and caption is None) or all(part.is_credit for part in words)


def _is_notice_of_page(run: Run, words: Run) -> bool:
    """Return whether words are the copyright notice of the page: by their text, or in a footer without the picture."""
    parts = (element for element in (words.block, *ancestors(words.block)) if _is_page_part(element))
    page_part = next(parts, None)
    is_in_page_part = page_part is not None and not is_within(run.block, page_part)
    return is_in_page_part or bool(caption_marks.NOTICE.search(words.text))


def _is_page_part(element: LexborNode) -> bool:
    is_named = element.tag in {"div", "p", "table", "td"} and bool(CHROME_NAME.search(classes(element)))
    return is_named or element.tag in CHROME


def _run_order(run: Run) -> int:
    return run.order
