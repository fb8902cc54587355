"""Which words of a page are the caption of a picture: those of its figure, those beside it, those below it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from selectolax.lexbor import LexborNode

from explorer.archive.convert.figure_html import PANELS
from explorer.archive.html import caption_marks
from explorer.archive.html.caption_marks import tidy
from explorer.archive.html.caption_tables import CaptionedTable, has_picture, table_of
from explorer.archive.html.labels import Kind, caption_label, label_of, opens_caption, without_label
from explorer.archive.html.runs import (
    CHROME,
    CHROME_NAME,
    HEADINGS,
    Run,
    Words,
    ancestors,
    classes,
    is_within,
)

_FIGURE_TAGS = frozenset(("figure", "d-figure"))
_NAMED_TAGS = frozenset(("div", "dl", "table", "span", "aside", "p", "section", "li"))
_CENTRED_CLASS = re.compile(r"(?:^|[\s_-])(?:ctr|cent(?:er|re)(?:ed)?|text-center)(?:$|\s)")
MIN_ALT_CHARS = 12
# A division with more paragraphs is a page, not a figure.
MAX_RUNS_OF_A_DIVISION = 60
# Nor do more pictures share a caption, or more runs lie between cell and cell.
MAX_SHARING = 100
MAX_RUNS_AWAY = 500
# In how many figures a run stands, on average; beyond it a page nests them to keep its reader busy.
MAX_FIGURES_OF_A_RUN = 8
# Figures in figures in figures: nobody nests deeper.
MAX_FIGURES_AROUND = 8


@dataclass(frozen=True, slots=True)
class _Division:
    """An element around pictures: its runs, those that are marked as captions, where those with pictures stand."""

    runs: list[Run]
    marked: list[Run]
    pictured: list[int]


@dataclass(frozen=True, slots=True)
class Caption:
    """The words of a caption, and those that its page marks as a credit."""

    text: str | None
    credit: str | None = None


class CaptionFinder:
    """Finds captions among the runs of one document, and remembers which runs they were made of."""

    def __init__(self, runs: list[Run]) -> None:
        self._runs = runs
        self._spans: dict[int, list[Run]] = {}  # by element: what was looked up once for all its pictures
        self._divisions: dict[int, _Division] = {}
        self._captioned: dict[int, frozenset[int]] = {}  # by block
        self._tables: dict[int, CaptionedTable] = {}
        self._looks_left = MAX_FIGURES_OF_A_RUN * len(runs)
        self.taken: set[int] = set()  # orders of runs that are captions, so no text of an item

    def caption_of(self, run: Run, picture: LexborNode) -> Caption | None:
        """The caption of a picture of `run`, by the first rule that finds one."""
        # Not kept beside them: a finder that holds its own methods holds its document until garbage is collected.
        rules = (self._in_figure, self._in_run, self._in_table, self._before, self._in_next_run)
        found = (rule(run, picture) for rule in rules)
        return next((caption for caption in found if caption), None)

    def is_marked(self, run: Run, picture: LexborNode) -> bool:
        """Whether the page marks words as the caption of a picture: by an element, by a class, or by a label."""
        for element in islice(figure_elements(picture), MAX_FIGURES_AROUND):
            if self._own(run, self._division(run, element), shared=_is_figure(element)):
                return True
        following = self._runs[run.order + 1] if run.order + 1 < len(self._runs) else None
        beside = [run.text_from(picture), following.text if following and not following.pictures else ""]
        return any(map(opens_caption, beside))

    def take(self, runs: list[Run], first: str = "") -> Caption | None:
        """The words of these runs as a caption; from now on they are no text."""
        self.taken.update(run.order for run in runs)
        parts = [part for run in runs for part in [*run.parts, Words("\n", emphasised=False)]]
        words = [part for part in parts if isinstance(part, Words)]
        text = tidy(first + "\n" + "".join(part.text for part in words if not part.is_credit))
        credit = tidy("".join(part.text for part in words if part.is_credit))
        return Caption(text, credit) if text or credit else None

    # --- in the figure --------------------------------------------------------------------------------

    def _in_figure(self, run: Run, picture: LexborNode) -> Caption | None:
        """A figcaption, a caption class, or whatever else a division set as a figure says."""
        for element in islice(figure_elements(picture), MAX_FIGURES_AROUND):
            if self._looks_left < 0:
                return None
            division = self._division(run, element)
            own = self._own(run, division, shared=_is_figure(element))
            if own:
                return _joined(self.take(own), self._of_all_panels(run, element))
            rest = self._rest_of_division(run, picture, division.runs)
            if rest:
                return rest
        return None

    def _of_all_panels(self, run: Run, panel: LexborNode) -> Caption | None:
        """What the caption of a figure of panels says of all of them, the one given included."""
        outer = next((one for one in ancestors(panel) if one.tag == "figure"), None)
        if outer is None or PANELS not in classes(outer):
            return None
        marked = self._own(run, self._division(run, outer), shared=True)
        return self.take(marked) if marked else None

    def _inside(self, run: Run, element: LexborNode) -> list[Run]:
        """The runs of an element that holds `run`; they stand next to each other."""
        if element.mem_id not in self._spans:
            first = last = run.order
            while first > 0 and is_within(self._runs[first - 1].block, element):
                first -= 1
            while last + 1 < len(self._runs) and is_within(self._runs[last + 1].block, element):
                last += 1
            self._spans[element.mem_id] = self._runs[first : last + 1]
            self._looks_left -= last + 1 - first
        return self._spans[element.mem_id]

    def _division(self, run: Run, element: LexborNode) -> _Division:
        if element.mem_id not in self._divisions:
            inside = self._inside(run, element)
            marked = [
                other
                for other in inside
                if len(other.pictures) <= MAX_SHARING and element.mem_id in self._captioned_by(other.block)
            ]
            pictured = [other.order for other in inside if other.pictures]
            self._divisions[element.mem_id] = _Division(inside, marked, pictured)
        return self._divisions[element.mem_id]

    def _captioned_by(self, block: LexborNode) -> frozenset[int]:
        """The elements that the block is marked as a caption of, by their memory ids."""
        if block.mem_id not in self._captioned:
            self._captioned[block.mem_id] = frozenset(one.mem_id for one in _around_mark(block))
        return self._captioned[block.mem_id]

    @staticmethod
    def _own(run: Run, division: _Division, *, shared: bool) -> list[Run]:
        """Of several captions beside several pictures, the one up to the next picture, or what all share."""
        marked, pictured = division.marked, division.pictured
        if len(pictured) < 2:
            return marked
        following = bisect_right(pictured, run.order)
        end = pictured[following] if following < len(pictured) else division.runs[-1].order + 1
        near = marked[bisect_left(marked, run.order, key=_order_of) : bisect_left(marked, end, key=_order_of)]
        if near or not shared or len(pictured) > MAX_SHARING:
            return near
        # Above the first or below the last.
        return [other for other in marked if not pictured[0] < other.order < pictured[-1]]

    def _rest_of_division(self, run: Run, picture: LexborNode, inside: list[Run]) -> Caption | None:
        """All other words of a division with one picture; with several, the words up to the next one."""
        if (
            len(inside) > MAX_RUNS_OF_A_DIVISION
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
        return self.take(others, run.text_from(picture))

    # --- beside it ------------------------------------------------------------------------------------

    def _in_run(self, run: Run, picture: LexborNode) -> Caption | None:
        """Words after the picture in its own paragraph: set apart by a line break, a label, italics or centring."""
        rest = run.text_from(picture)
        if not rest or len(rest) > caption_marks.MAX_CAPTION_CHARS or not run.opens_with_picture:
            return None
        if opens_caption(rest) or run.is_set_apart or is_centred(run.block) or is_marked_caption(run.block):
            return Caption(tidy(rest))
        return None

    def _in_table(self, run: Run, picture: LexborNode) -> Caption | None:
        """A table that only lays out pictures: its own caption, or the cell under each of them."""
        cell = next((element for element in ancestors(picture) if element.tag in {"td", "th", "table"}), None)
        row = cell.parent if cell is not None and cell.tag != "table" else None
        table = next((one for one in ancestors(row) if one.tag == "table"), None) if row is not None else None
        if cell is None or row is None or table is None:
            return None
        laid_out = self._table(table)
        position = laid_out.places.get(row.mem_id)
        if position in laid_out.over_captions:
            above, below = laid_out.rows[position], laid_out.rows[position + 1]
            column = next(n for n, one in enumerate(above) if one.mem_id == cell.mem_id)
            return self._words_of(run, below[min(column, len(below) - 1)])
        return self._words_of(run, laid_out.title, backwards=True) if laid_out.title is not None else None

    def _table(self, table: LexborNode) -> CaptionedTable:
        if table.mem_id not in self._tables:
            self._tables[table.mem_id] = table_of(table)
        return self._tables[table.mem_id]

    def _words_of(self, run: Run, element: LexborNode, *, backwards: bool = False) -> Caption | None:
        """The words of an element that stands after (or before) the picture's run, near to it."""
        step = -1 if backwards else 1
        orders = range(run.order + step, run.order + step * MAX_RUNS_AWAY, step)
        runs = (self._runs[order] for order in orders if 0 <= order < len(self._runs))
        first = next((other for other in runs if is_within(other.block, element)), None)
        return self.take(self._inside(first, element)) if first else None

    # --- before and below it --------------------------------------------------------------------------

    def _before(self, run: Run, picture: LexborNode) -> Caption | None:
        """A caption above its picture, as in texts that set all of theirs so: not taken, and none is below."""
        if run.order == 0 or not run.opens_with_picture or run.text_from(picture):
            return None
        previous = self._runs[run.order - 1]
        if (
            previous.order in self.taken
            or not _says_it_is_caption(previous)
            or self._belongs_elsewhere(run, previous)
        ):
            return None
        following = self._next_words(run)
        is_followed = following is not None and _says_it_is_caption(following)
        if is_followed and following and not self._stands_above_a_picture(following):
            return None
        return self.take([previous])

    def _in_next_run(self, run: Run, picture: LexborNode) -> Caption | None:
        """A caption paragraph right after: by its class, its label, its italics, or centred like the picture."""
        following = self._next_words(run)
        if run.text_from(picture) or following is None or following.after_rule:
            return None
        text = following.text
        if len(text) > caption_marks.MAX_CAPTION_CHARS or self._belongs_elsewhere(run, following):
            return None
        if _is_notice_of_page(run, following) or self._stands_over_a_table(following):
            return None
        if following.block.tag in HEADINGS and not opens_caption(text):
            return None
        alt = tidy(picture.attributes.get("alt")) or ""
        repeats_alt = len(alt) > MIN_ALT_CHARS and text.lower().startswith(alt.lower().rstrip("."))
        if not repeats_alt and not _reads_as_caption(run, following):
            return None
        return self.take([following, *self._title_after(following)])

    def _title_after(self, label: Run) -> list[Run]:
        """The words after a label that stands in a paragraph of its own, where they are set apart from text."""
        if not label_of(label.text) or without_label(label.text):
            return []
        title = self._next_words(label)
        is_title = title is not None and title.block.tag not in HEADINGS and not title.after_rule
        if title is None or not is_title or len(title.text) > caption_marks.MAX_CAPTION_CHARS:
            return []
        centred = is_centred(label.block) and is_centred(title.block)
        return [title] if title.is_emphasised or centred or is_marked_caption(title.block) else []

    def _next_words(self, run: Run) -> Run | None:
        """The run right after, when it holds words and no picture."""
        following = self._runs[run.order + 1] if run.order + 1 < len(self._runs) else None
        return following if following is not None and following.text and not following.pictures else None

    def _stands_above_a_picture(self, run: Run) -> bool:
        return run.order + 1 < len(self._runs) and bool(self._runs[run.order + 1].pictures)

    def _stands_over_a_table(self, run: Run) -> bool:
        """Whether the words are labelled as a table, and one with no picture in it follows."""
        label = caption_label(run.text)
        after = self._runs[run.order + 1] if run.order + 1 < len(self._runs) else None
        if label is None or label.kind is not Kind.TABLE or after is None or after.pictures:
            return False
        table = next((one for one in ancestors(after.block) if one.tag == "table"), None)
        return table is not None and not is_within(run.block, table) and not has_picture(table)

    @staticmethod
    def _belongs_elsewhere(run: Run, words: Run) -> bool:
        """Whether the words stand in a figure of their own, with another picture."""
        around = (one for one in (words.block, *ancestors(words.block)) if _is_figure(one))
        return any(has_picture(element) and not is_within(run.block, element) for element in around)


def _joined(own: Caption | None, overall: Caption | None) -> Caption | None:
    """The caption of a panel and that of the figure around it."""
    if own is None or own.text is None or overall is None or overall.text is None:
        return own or overall
    return Caption(caption_marks.as_sentences(own.text, overall.text), own.credit or overall.credit)


def figure_elements(picture: LexborNode) -> Iterator[LexborNode]:
    """The figure elements around a picture, nearest first: `<figure>`, or a division named or centred as one."""
    for element in ancestors(picture):
        if _is_figure(element) or (element.tag == "div" and is_centred(element)):
            yield element


def is_marked_caption(block: LexborNode) -> bool:
    """Whether the block, or what surrounds it in its section, says that it is a caption."""
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


def _around_mark(block: LexborNode) -> Iterator[LexborNode]:
    """The elements around what marks the block as a caption, up to the nearest figure: it is a caption of these."""
    marked = False
    for element in (block, *ancestors(block)):
        if marked:
            yield element
            if _is_figure(element) and has_picture(element):
                return
        marked = marked or _is_caption_element(element)


def _says_it_is_caption(run: Run) -> bool:
    """By a class or a label, wherever it stands."""
    if len(run.text) > caption_marks.MAX_CAPTION_CHARS or run.pictures or not run.text:
        return False
    return is_marked_caption(run.block) or opens_caption(run.text)


def _reads_as_caption(run: Run, following: Run) -> bool:
    if _says_it_is_caption(following):
        return True
    centred = is_centred(run.block) and is_centred(following.block)
    return not run.text and (following.is_emphasised or centred or _is_credit_line(following))


def _is_credit_line(run: Run) -> bool:
    """`Photo: Ann Lee`, and nothing else."""
    caption, credit = caption_marks.split_credit(run.text)
    spoken = [part for part in run.parts if isinstance(part, Words) and part.text.strip()]
    return (credit is not None and caption is None) or all(part.is_credit for part in spoken)


def _is_notice_of_page(run: Run, words: Run) -> bool:
    """Whether words are the copyright line of the page: in its footer, where the picture is not, or by what they say."""
    foot = next((one for one in (words.block, *ancestors(words.block)) if _is_foot(one)), None)
    is_foot = foot is not None and not is_within(run.block, foot)
    return is_foot or bool(caption_marks.NOTICE.search(words.text))


def _is_foot(element: LexborNode) -> bool:
    is_named = element.tag in {"div", "p", "table", "td"} and bool(CHROME_NAME.search(classes(element)))
    return is_named or element.tag in CHROME


def _order_of(run: Run) -> int:
    return run.order
