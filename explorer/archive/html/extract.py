"""The extractor of items and figures from a document. Every format arrives here as HTML."""

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
from explorer.archive.html.drawings import PageDrawings, outline_of, sole_picture
from explorer.archive.html.figure_captions import Caption, CaptionFinder
from explorer.archive.html.figure_filters import LINK_CARD, Candidate, exclusion_reason
from explorer.archive.html.hidden_content import MAY_HIDE, drop_hidden
from explorer.archive.html.metadata import PageMetadata, page_metadata
from explorer.archive.html.picture_styles import SHEETS, PictureStyles
from explorer.archive.html.pictures import (
    ShownPicture,
    drop_noscript_duplicates,
    shown_picture,
    sources_beside,
)
from explorer.archive.html.pictures_without_img import (
    BACKGROUND,
    PICTURE_MARKS,
    VML_MARK,
    conditional_pictures,
    show_as_images,
)
from explorer.archive.html.runs import (
    CHROME,
    CHROME_NAME,
    CHROME_ROLES,
    HEADINGS,
    Run,
    TextPart,
    ancestors,
    classes,
    parse,
    runs_of,
)
from explorer.archive.links.addresses import AddressResolver, is_picture_address, is_remote
from explorer.archive.model import ExcludedPicture, Figure, Item, Status

# A paragraph farther from a figure is not related to it.
MAX_PARAGRAPHS_AWAY = 40
# Longer texts, as in pages without paragraphs, are cut to the part nearest to the picture. Few paragraphs are longer.
MAX_CHARS = 4000
MIN_CHARS = 20
MAX_PARTS_AWAY = 200
_SENTENCE_END = re.compile(r"[.!?…]['\"»”’)\]]*\s+|[。！？]\s*")


class Surroundings:
    """The paragraphs around figures; `captions` are the orders of the runs that are captions."""

    def __init__(self, runs: Sequence[Run], captions: Set[int]) -> None:
        self._runs = runs
        self._captions = captions

    def before(self, run: Run, picture: LexborNode) -> str | None:
        """Return the paragraph of a picture, else the nearest one before it in the same item."""
        is_text = run.block.tag not in HEADINGS and run.order not in self._captions
        own_text = run.text if is_text else ""
        if len(own_text) > MAX_CHARS:
            own_text = _text_before(run, picture)
        paragraph = own_text or self._nearest(run.order, -1)
        return _last_sentences(paragraph) if paragraph else None

    def after(self, run: Run, picture: LexborNode) -> str | None:
        """Return the nearest paragraph after a picture in the same item; without paragraphs, the next text."""
        own_text = run.text_from(picture) if len(run.text) > MAX_CHARS else ""
        paragraph = " ".join(own_text.split()) if len(own_text) > MIN_CHARS else self._nearest(run.order, +1)
        return _first_sentences(paragraph) if paragraph else None

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


def _text_before(run: Run, picture: LexborNode) -> str:
    """Return the text before a picture in its run, back to the previous picture if there is text between."""
    words: list[str] = []
    count = 0
    for part in run.parts_before(picture, MAX_PARTS_AWAY):
        if isinstance(part, TextPart):
            words.append(part.text)
            count += len(part.text)
        if count > MAX_CHARS or (count > MIN_CHARS and not isinstance(part, TextPart)):
            break
    return " ".join("".join(reversed(words)).split())


def _last_sentences(text: str) -> str:
    """Return the last sentences of a text, or its last words."""
    if len(text) <= MAX_CHARS:
        return text
    tail = text[-MAX_CHARS:]
    match = _SENTENCE_END.search(tail, 0, MAX_CHARS // 2)
    return tail[match.end() :] if match else tail.partition(" ")[2] or tail


def _first_sentences(text: str) -> str:
    """Return the first sentences of a text, or its first words."""
    if len(text) <= MAX_CHARS:
        return text
    head = text[:MAX_CHARS]
    ends = [match.end() for match in _SENTENCE_END.finditer(head, MAX_CHARS // 2)]
    return head[: ends[-1]].rstrip() if ends else head.rpartition(" ")[0] or head


_NUMBER = re.compile(r"^\(?#?(\d{1,3})[.):]\s+\S")
MAX_LINK_CHARS = 500
MAX_CARD_DEPTH = 8
_CELL_TAGS = frozenset(("td", "th", "li", "dt"))
_HEADING_SUFFIX = re.compile(r"\s*(?:\{[#.:][^{}]*\}|¶|🔗|#)\s*$")


@dataclass(frozen=True, slots=True)
class Extracted:
    """The items, figures and excluded pictures of one document, in document order."""

    items: tuple[Item, ...]
    figures: tuple[Figure, ...]
    left_out: tuple[ExcludedPicture, ...]
    page: PageMetadata


def extract(html: str, document: str, resolver: AddressResolver) -> Extracted:
    """Extract items and figures from a document in HTML, the normal form of all formats. No page makes it raise."""
    tree = parse(html)
    page = page_metadata(tree)
    if VML_MARK in html:  # rare: an e-mail with pictures in comments for office programs
        tree = parse(conditional_pictures(html))
    drop_noscript_duplicates(tree)
    root = tree.body or tree.root
    if root is None:
        return Extracted((), (), (), page)
    page_resolver = resolver.at_page_address(page.address, page.base_address)
    styles = PictureStyles(tree, tree.css(SHEETS), partial(page_resolver.sheet, document=document))
    may_hide = styles.sheets or tree.css_first(MAY_HIDE)
    hidden = drop_hidden(tree, styles, document, page_resolver) if may_hide else []
    if styles.sheets or PICTURE_MARKS.search(tree.raw_html):
        show_as_images(tree, styles)
    drawings = PageDrawings(tree, styles, partial(page_resolver.content, document=document))
    items, figures, left_out = _DocumentReader(runs_of(root), document, page_resolver, drawings).read()
    return Extracted(items, figures, (*left_out, *hidden), page)


class _DocumentReader:
    """The extraction of one document: from runs to items and figures."""

    def __init__(
        self, runs: list[Run], document: str, resolver: AddressResolver, drawings: PageDrawings
    ) -> None:
        self._drawings = drawings
        self._runs = runs
        self._document = document
        self._resolver = resolver
        self._captions = CaptionFinder(runs)
        self._figures: list[tuple[Run, LexborNode, Figure]] = []
        self._item_starts = [0]
        self._left_out: list[ExcludedPicture] = []
        # Whether a figure, by element, has no content: checked once for all its captions.
        self._empty_figures: dict[int, bool] = {}
        self._data_tables: dict[int, bool] = {}
        self._count = 0
        self._occurrences = Counter(node.attributes.get("src") for run in runs for node in run.pictures)
        self._drawings_left_out: Counter[str] = Counter()

    def read(self) -> tuple[tuple[Item, ...], tuple[Figure, ...], tuple[ExcludedPicture, ...]]:
        """Return the items, the figures and the excluded pictures."""
        for run in self._runs:
            for picture in run.pictures:
                self._read_picture(run, picture)
            self._read_missing_picture(run)
        items = self._items()
        for reason, count in self._drawings_left_out.items():
            name = f"{self._document}#svg ({count} drawn in the page)"
            self._left_out.append(ExcludedPicture(name, reason))
        return items, tuple(self._with_surroundings(items)), tuple(self._left_out)

    def _read_picture(self, run: Run, node: LexborNode) -> None:
        shown = shown_picture(node, self._document, self._resolver, self._count, self._drawings)
        if shown is None:
            return
        reason = exclusion_reason(candidate := self._candidate(run, node, shown))
        self._account_for(node, is_figure=reason is None)
        if reason and candidate.outline:  # a page may have hundreds of icons: they share one line
            self._drawings_left_out[reason] += 1
            return
        self._count += 1
        if reason:
            self._left_out.append(ExcludedPicture(shown.image, reason))
        else:
            self._figures.append((run, node, self._make_figure(run, node, shown)))

    def _account_for(self, node: LexborNode, *, is_figure: bool) -> None:
        """Account for the other addresses of an element: the picture in other sizes, and the target of its link.

        An excluded spacer may be the placeholder of a picture that was not found: only its own address is
        accounted for.
        """
        accounted = self._resolver.accounted
        link = next((element for element in ancestors(node) if element.tag == "a"), None)
        if link is not None:
            accounted.add_attributes(link)
        for source in sources_beside(node) if is_figure else ():
            accounted.add_attributes(source)

    def _make_figure(self, run: Run, node: LexborNode, shown: ShownPicture) -> Figure:
        marked_caption = self._captions.caption_of(run, node) or Caption(shown.title)
        caption, credit = _caption_and_credit(marked_caption)
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
        """Add a figure for a caption without a picture, so that search and browsing find it."""
        if run.block.tag != "figcaption" or run.order in self._captions.caption_runs:
            return
        figure = next((element for element in ancestors(run.block) if element.tag == "figure"), None)
        if figure is None or not self._is_empty(figure):
            return
        caption, credit = _caption_and_credit(self._captions.caption_from([run]))
        missing = Figure(len(self._figures), None, Status.MISSING, caption, credit=credit)
        self._figures.append((run, run.block, missing))

    def _is_empty(self, figure: LexborNode) -> bool:
        """Return whether a figure has no content that its caption may describe."""
        if figure.mem_id not in self._empty_figures:
            content = figure.css_first("img, svg, picture, object, table, video, iframe, pre")
            self._empty_figures[figure.mem_id] = content is None and not _has_other_content(figure)
        return self._empty_figures[figure.mem_id]

    def _candidate(self, run: Run, node: LexborNode, shown: ShownPicture) -> Candidate:
        outer_elements = list(ancestors(node))
        wrappers = [element for element in outer_elements[:2] if element.tag in {"a", "span", "i"}]
        text, text_after = run.text, " ".join(run.text_from(node).split())
        return Candidate(
            address=shown.image,
            alt=shown.alt,
            classes=" ".join(map(classes, [node, *wrappers])),
            width=shown.width,
            height=shown.height,
            in_chrome=_is_chrome(outer_elements),
            in_link_card=any(
                LINK_CARD.search(classes(element)) for element in [node, *outer_elements[:MAX_CARD_DEPTH]]
            ),
            background=node.attributes.get(BACKGROUND) or "",
            in_figure=any(element.tag in {"figure", "d-figure"} for element in outer_elements),
            in_data_table=self._is_in_data_table(outer_elements),
            in_sentence=bool(text_after) and len(text) > len(text_after),
            has_words_beside=bool(text) or run.block.tag in _CELL_TAGS,
            occurrences=self._occurrences[node.attributes.get("src")],
            link=_link_of(outer_elements, shown.alt),
            outer_classes=" ".join(map(classes, takewhile(_is_inside_section, outer_elements[:6]))),
            outline=outline_of(node) if node.tag == "svg" and sole_picture(node) is None else None,
            is_captioned=partial(self._captions.is_marked, run, node),
            actual_size=partial(self._resolver.sizes.of, shown.image, shown.candidates, shown.data),
        )

    def _is_in_data_table(self, outer_elements: list[LexborNode]) -> bool:
        is_head = any(element.tag == "th" for element in outer_elements[:4])
        table = (
            next((element for element in outer_elements if element.tag == "table"), None) if is_head else None
        )
        if table is None:
            return False
        if table.mem_id not in self._data_tables:
            self._data_tables[table.mem_id] = len(rows_of(table)) > 2
        return self._data_tables[table.mem_id]

    def _items(self) -> tuple[Item, ...]:
        """Return the sections of the document, and record the run with which each starts."""
        items: list[Item] = []
        heading: str | None = None
        level = 0
        texts: list[str] = []

        def close(next_start: int) -> None:
            if heading or texts:
                items.append(Item(len(items), heading, "\n\n".join(texts), _number(heading), level))
                self._item_starts.append(next_start)
            else:
                self._item_starts[-1] = next_start

        for run in self._runs:
            if run.block.tag in HEADINGS and run.text and run.order not in self._captions.caption_runs:
                close(run.order)
                heading, level, texts = _heading(run.text), int(run.block.tag[1]), []
            elif (
                run.text
                and run.order not in self._captions.caption_runs
                and not _is_chrome([run.block, *ancestors(run.block)])
            ):
                texts.append(run.text)
        close(len(self._runs))
        return tuple(items)

    def _with_surroundings(self, items: tuple[Item, ...]) -> Iterator[Figure]:
        surroundings = Surroundings(self._runs, self._captions.caption_runs)
        for run, node, figure in self._figures:
            item = max(0, bisect_right(self._item_starts, run.order, hi=len(items)) - 1)
            yield replace(
                figure,
                item=item,
                heading=items[item].heading if items else None,
                before=surroundings.before(run, node),
                after=surroundings.after(run, node),
            )


def _has_other_content(figure: LexborNode) -> bool:
    """Return whether a figure has other content: a quotation, code, sound, a file, the card of another page."""
    return bool(LINK_CARD.search(classes(figure))) or any(
        (node.tag != "a" or _links_to_document(node))
        and all(element.tag != "figcaption" for element in takewhile(_is_inside_section, ancestors(node)))
        for node in figure.css("blockquote, audio, code, math, canvas, embed, a[href]")
    )


def _links_to_document(link: LexborNode) -> bool:
    """Return whether a link with text leads to something other than a picture."""
    return bool(link.text().strip()) and not is_picture_address(link.attributes.get("href") or "")


def _link_of(outer_elements: list[LexborNode], alt: str | None) -> str:
    """Return address and texts of the nearest link, a line each; "" without a link."""
    link = next((element for element in outer_elements if element.tag == "a"), None)
    if link is None:
        return ""
    attributes = [link.attributes.get(name) for name in ("href", "aria-label", "title")]
    return "\n".join((line or "")[:MAX_LINK_CHARS].strip() for line in (*attributes, alt))


def _is_inside_section(element: LexborNode) -> bool:
    return element.tag not in {"body", "article", "main", "section", "figure"}


def _caption_and_credit(caption: Caption | None) -> tuple[str | None, str | None]:
    """Return caption and credit: as the page marks them, else split by their text."""
    if caption is None:
        return None, None
    return (caption.text, caption.credit) if caption.credit else split_credit(caption.text)


def _status(shown: ShownPicture) -> Status:
    if shown.data is not None or shown.candidates:
        return Status.KEPT
    return Status.REMOTE if is_remote(shown.image) else Status.MISSING


def _is_chrome(outer_elements: list[LexborNode]) -> bool:
    """Return whether an element is in navigation, or in a header or footer of the page, not of an article."""
    for position, element in enumerate(outer_elements):
        if element.tag == "nav" or element.attributes.get("role") in CHROME_ROLES:
            return True
        is_named = element.tag in {"div", "aside", "ul"} and CHROME_NAME.search(classes(element))
        if element.tag not in CHROME and not is_named:
            continue
        in_article = any(
            outer.tag in {"article", "main", "section", "figure"} for outer in outer_elements[position:]
        )
        # A figure in the header is the first picture of the page; logos are not in figures.
        is_opening = element.tag != "footer" and any(
            inner.tag == "figure" for inner in outer_elements[:position]
        )
        if not in_article and not is_opening:
            return True
    return False


def _heading(text: str) -> str | None:
    return tidy(_HEADING_SUFFIX.sub("", text))


def _number(heading: str | None) -> int | None:
    match = _NUMBER.match(heading or "")
    return int(match[1]) if match else None
