"""The one place where items and figures are read out of a document. Every format comes here as HTML."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial
from itertools import takewhile

from selectolax.lexbor import LexborNode

from explorer.archive.html.caption_marks import split_credit, tidy
from explorer.archive.html.caption_tables import rows_of
from explorer.archive.html.drawings import PageDrawings, is_drawing, outline_of
from explorer.archive.html.figure_captions import Caption, CaptionFinder
from explorer.archive.html.figure_filters import LINK_CARD, Candidate, reason_to_leave_out
from explorer.archive.html.hidden_content import drop_hidden
from explorer.archive.html.metadata import base_address, page_address
from explorer.archive.html.picture_styles import PictureStyles
from explorer.archive.html.pictures import Shown, drop_noscript_duplicates, shown_picture, sources_beside
from explorer.archive.html.pictures_without_img import BACKGROUND, conditional_pictures, show_as_images
from explorer.archive.html.runs import (
    CHROME,
    CHROME_NAME,
    CHROME_ROLES,
    HEADINGS,
    Run,
    Words,
    ancestors,
    classes,
    parse,
    runs_of,
)
from explorer.archive.links.addresses import AddressResolver, is_picture_address, is_remote
from explorer.archive.model import ExcludedPicture, Figure, Item, Status

# A paragraph farther from a figure than that says nothing of it.
MAX_PARAGRAPHS_AWAY = 40
# Of a longer text, as of a page without paragraphs, what stands nearest to the picture. Hardly any paragraph is longer.
MAX_CHARS = 4000
MIN_CHARS = 20
MAX_PARTS_AWAY = 200
_SENTENCE_END = re.compile(r"[.!?…]['\"»”’)\]]*\s+|[。！？]\s*")


class Surroundings:
    """The paragraphs of a document; captions, by the orders of their runs, are none."""

    def __init__(self, runs: Sequence[Run], captions: Set[int]) -> None:
        self._runs = runs
        self._captions = captions

    def before(self, run: Run, picture: LexborNode) -> str | None:
        """The paragraph that a picture stands in, else the nearest one before it, within the same item."""
        is_text = run.block.tag not in HEADINGS and run.order not in self._captions
        own = run.text if is_text else ""
        if len(own) > MAX_CHARS:
            own = _words_before(run, picture)
        found = own or self._nearest(run.order, -1)
        return _ending(found) if found else None

    def after(self, run: Run, picture: LexborNode) -> str | None:
        """The nearest paragraph after a picture, within the same item; of a page without paragraphs its next words."""
        own = run.text_from(picture) if len(run.text) > MAX_CHARS else ""
        found = " ".join(own.split()) if len(own) > MIN_CHARS else self._nearest(run.order, +1)
        return _beginning(found) if found else None

    def _nearest(self, order: int, step: int) -> str | None:
        for position in range(order + step, order + step * (MAX_PARAGRAPHS_AWAY + 1), step):
            if not 0 <= position < len(self._runs):
                return None
            run = self._runs[position]
            if run.block.tag in HEADINGS:
                return None
            if run.text and position not in self._captions and len(run.text) > MIN_CHARS:
                return run.text
        return None


def _words_before(run: Run, picture: LexborNode) -> str:
    """The words before a picture in its run, back to the picture before where there are some."""
    words: list[str] = []
    count = 0
    for part in run.parts_before(picture, MAX_PARTS_AWAY):
        if isinstance(part, Words):
            words.append(part.text)
            count += len(part.text)
        if count > MAX_CHARS or (count > MIN_CHARS and not isinstance(part, Words)):
            break
    return " ".join("".join(reversed(words)).split())


def _ending(text: str) -> str:
    """The last sentences of a text, or its last words."""
    if len(text) <= MAX_CHARS:
        return text
    end = text[-MAX_CHARS:]
    found = _SENTENCE_END.search(end, 0, MAX_CHARS // 2)
    return end[found.end() :] if found else end.partition(" ")[2] or end


def _beginning(text: str) -> str:
    """The first sentences of a text, or its first words."""
    if len(text) <= MAX_CHARS:
        return text
    begin = text[:MAX_CHARS]
    ends = [found.end() for found in _SENTENCE_END.finditer(begin, MAX_CHARS // 2)]
    return begin[: ends[-1]].rstrip() if ends else begin.rpartition(" ")[0] or begin


_NUMBER = re.compile(r"^\(?#?(\d{1,3})[.):]\s+\S")
MAX_LINK_CHARS = 500
MAX_CARD_DEPTH = 8
_CELLS = frozenset(("td", "th", "li", "dt"))
_HEADING_TAIL = re.compile(r"\s*(?:\{[#.:][^{}]*\}|¶|🔗|#)\s*$")


@dataclass(frozen=True, slots=True)
class Extracted:
    """The items, figures and left-out pictures of one document, in document order."""

    items: tuple[Item, ...]
    figures: tuple[Figure, ...]
    left_out: tuple[ExcludedPicture, ...]


def extract(html: str, document: str, addresses: AddressResolver) -> Extracted:
    """Reads a document in HTML, the normal form of all formats. Never raises on what a page may hold."""
    tree = parse(conditional_pictures(html))
    drop_noscript_duplicates(tree)
    root = tree.body or tree.root
    if root is None:
        return Extracted((), (), ())
    at_page_address = addresses.at_page_address(page_address(tree), base_address(tree))
    styles = PictureStyles(tree, partial(at_page_address.sheet, document=document))
    hidden = drop_hidden(tree, styles, document, at_page_address)
    show_as_images(tree, styles)
    drawings = PageDrawings(tree, styles, partial(at_page_address.content, document=document))
    extracted = _Reading(runs_of(root), document, at_page_address, drawings).read()
    return replace(extracted, left_out=(*extracted.left_out, *hidden))


class _Reading:
    """One document being read: runs in, items and figures out."""

    def __init__(
        self, runs: list[Run], document: str, addresses: AddressResolver, drawings: PageDrawings
    ) -> None:
        self._drawings = drawings
        self._runs = runs
        self._document = document
        self._addresses = addresses
        self._captions = CaptionFinder(runs)
        self._figures: list[tuple[Run, LexborNode, Figure]] = []
        self._starts = [0]
        self._left_out: list[ExcludedPicture] = []
        self._bare: dict[
            int, bool
        ] = {}  # figures by element: looked at once, however many captions they have
        self._data_tables: dict[int, bool] = {}
        self._count = 0
        self._times = Counter(node.attributes.get("src") for run in runs for node in run.pictures)
        self._drawings_left_out: Counter[str] = Counter()

    def read(self) -> Extracted:
        for run in self._runs:
            for picture in run.pictures:
                self._read_picture(run, picture)
            self._read_missing_picture(run)
        items = self._items()
        for reason, count in self._drawings_left_out.items():
            self._left_out.append(
                ExcludedPicture(f"{self._document}#svg ({count} drawn in the page)", reason)
            )
        return Extracted(items, tuple(self._placed(items)), tuple(self._left_out))

    def _read_picture(self, run: Run, node: LexborNode) -> None:
        shown = shown_picture(node, self._document, self._addresses, self._count, self._drawings)
        if shown is None:
            return
        reason = reason_to_leave_out(self._candidate(run, node, shown))
        self._account_for(node, is_figure=reason is None)
        if reason and is_drawing(node):  # a page may hold hundreds of icons: one line tells of them
            self._drawings_left_out[reason] += 1
            return
        self._count += 1
        if reason:
            self._left_out.append(ExcludedPicture(shown.image, reason))
        else:
            self._figures.append((run, node, self._figure(run, node, shown)))

    def _account_for(self, node: LexborNode, *, is_figure: bool) -> None:
        """What else an element names: the same picture in other sizes, and what it leads to.

        A spacer that is left out may stand in for a picture that was not found: only what it showed is accounted for.
        """
        accounted = self._addresses.accounted
        link = next((element for element in ancestors(node) if element.tag == "a"), None)
        if link is not None:
            accounted.add_attributes(link)
        for source in sources_beside(node) if is_figure else ():
            accounted.add_attributes(source)

    def _figure(self, run: Run, node: LexborNode, shown: Shown) -> Figure:
        found = self._captions.caption_of(run, node) or Caption(shown.title)
        caption, credit = _with_credit(found)
        return Figure(
            order=len(self._figures),
            image=shown.image,
            status=_status(shown),
            caption=caption,
            alt=shown.alt,
            credit=credit,
            candidates=shown.candidates,
            data=shown.data,
        )

    def _read_missing_picture(self, run: Run) -> None:
        """A caption whose picture is gone is a figure still: it can be found and browsed."""
        if run.block.tag != "figcaption" or run.order in self._captions.taken:
            return
        figure = next((element for element in ancestors(run.block) if element.tag == "figure"), None)
        if figure is None or not self._is_bare(figure):
            return
        caption, credit = _with_credit(self._captions.take([run]))
        missing = Figure(len(self._figures), None, Status.MISSING, caption, credit=credit)
        self._figures.append((run, run.block, missing))

    def _is_bare(self, figure: LexborNode) -> bool:
        """Whether nothing is in a figure that could be what its caption speaks of."""
        if figure.mem_id not in self._bare:
            shown = figure.css_first("img, svg, picture, object, table, video, iframe, pre")
            self._bare[figure.mem_id] = shown is None and not _holds_no_picture(figure)
        return self._bare[figure.mem_id]

    # --- where a figure stands ------------------------------------------------------------------------

    def _candidate(self, run: Run, node: LexborNode, shown: Shown) -> Candidate:
        around = list(ancestors(node))
        text, rest = run.text, " ".join(run.text_from(node).split())
        return Candidate(
            address=shown.image,
            alt=shown.alt,
            classes=" ".join(
                [
                    classes(node),
                    *(classes(element) for element in around[:2] if element.tag in {"a", "span", "i"}),
                ]
            ),
            width=shown.width,
            height=shown.height,
            in_chrome=_is_chrome(around),
            in_link_card=any(
                LINK_CARD.search(classes(element)) for element in [node, *around[:MAX_CARD_DEPTH]]
            ),
            background=node.attributes.get(BACKGROUND) or "",
            in_figure=any(element.tag in {"figure", "d-figure"} for element in around),
            in_data_table=self._is_in_data_table(around),
            in_sentence=bool(rest) and len(text) > len(rest),
            has_words_beside=bool(text) or run.block.tag in _CELLS,
            times=self._times[node.attributes.get("src")],
            link=_link_of(around, shown.alt),
            around=" ".join(map(classes, takewhile(_is_no_section, around[:6]))),
            outline=outline_of(node) if is_drawing(node) else None,
            is_captioned=partial(self._captions.is_marked, run, node),
            actual_size=partial(self._addresses.sizes.of, shown.image, shown.candidates, shown.data),
        )

    def _is_in_data_table(self, around: list[LexborNode]) -> bool:
        is_head = any(element.tag == "th" for element in around[:4])
        table = next((element for element in around if element.tag == "table"), None) if is_head else None
        if table is None:
            return False
        if table.mem_id not in self._data_tables:
            self._data_tables[table.mem_id] = len(rows_of(table)) > 2
        return self._data_tables[table.mem_id]

    def _items(self) -> tuple[Item, ...]:
        """The sections of the document; figures are given the number of theirs afterwards."""
        items: list[Item] = []
        heading: str | None = None
        level = 0
        texts: list[str] = []

        def close(next_start: int) -> None:
            if heading or texts:
                items.append(Item(len(items), heading, "\n\n".join(texts), _number(heading), level))
                self._starts.append(next_start)
            else:
                self._starts[-1] = next_start

        for run in self._runs:
            if run.block.tag in HEADINGS and run.text and run.order not in self._captions.taken:
                close(run.order)
                heading, level, texts = _heading(run.text), int(run.block.tag[1]), []
            elif (
                run.text
                and run.order not in self._captions.taken
                and not _is_chrome([run.block, *ancestors(run.block)])
            ):
                texts.append(run.text)
        close(len(self._runs))
        return tuple(items)

    def _placed(self, items: tuple[Item, ...]) -> Iterator[Figure]:
        around = Surroundings(self._runs, self._captions.taken)
        for run, node, figure in self._figures:
            item = max(0, bisect_right(self._starts, run.order, hi=len(items)) - 1)
            yield replace(
                figure,
                item=item,
                heading=items[item].heading if items else None,
                before=around.before(run, node),
                after=around.after(run, node),
            )


def _holds_no_picture(figure: LexborNode) -> bool:
    """Whether a figure shows something else: a quotation, code, sound, a file, the card of another page."""
    return bool(LINK_CARD.search(classes(figure))) or any(
        (node.tag != "a" or _leads_elsewhere(node))
        and all(element.tag != "figcaption" for element in takewhile(_is_no_section, ancestors(node)))
        for node in figure.css("blockquote, audio, code, math, canvas, embed, a[href]")
    )


def _leads_elsewhere(link: LexborNode) -> bool:
    """Whether a link with words leads to something other than a picture."""
    return bool(link.text().strip()) and not is_picture_address(link.attributes.get("href") or "")


def _link_of(around: list[LexborNode], alt: str | None) -> str:
    """Where the nearest link leads and what it says of that, a line each; "" where there is none."""
    link = next((element for element in around if element.tag == "a"), None)
    if link is None:
        return ""
    said = [link.attributes.get(name) for name in ("href", "aria-label", "title")]
    return "\n".join((line or "")[:MAX_LINK_CHARS].strip() for line in (*said, alt))


def _is_no_section(element: LexborNode) -> bool:
    return element.tag not in {"body", "article", "main", "section", "figure"}


def _with_credit(found: Caption | None) -> tuple[str | None, str | None]:
    """Caption and credit apart: as the page marks it, else as the words tell."""
    if found is None:
        return None, None
    return (found.text, found.credit) if found.credit else split_credit(found.text)


def _status(shown: Shown) -> Status:
    if shown.data is not None or shown.candidates:
        return Status.KEPT
    return Status.REMOTE if is_remote(shown.image) else Status.MISSING


def _is_chrome(around: list[LexborNode]) -> bool:
    """Navigation, and headers and footers of the page rather than of an article in it."""
    for position, element in enumerate(around):
        if element.tag == "nav" or element.attributes.get("role") in CHROME_ROLES:
            return True
        is_named = element.tag in {"div", "aside", "ul"} and CHROME_NAME.search(classes(element))
        if element.tag not in CHROME and not is_named:
            continue
        in_article = any(outer.tag in {"article", "main", "section", "figure"} for outer in around[position:])
        # A figure in the header is what the page opens with; logos are no figures.
        is_opening = element.tag != "footer" and any(inner.tag == "figure" for inner in around[:position])
        if not in_article and not is_opening:
            return True
    return False


def _heading(text: str) -> str | None:
    return tidy(_HEADING_TAIL.sub("", text))


def _number(heading: str | None) -> int | None:
    found = _NUMBER.match(heading or "")
    return int(found[1]) if found else None
