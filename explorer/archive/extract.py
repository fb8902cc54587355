"""The one place where items and figures are read out of a document. Every format comes here as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from selectolax.lexbor import LexborNode

from explorer.archive import captions
from explorer.archive.addresses import Addresses, is_remote
from explorer.archive.captions import tidy
from explorer.archive.leftout import Candidate, reason_to_leave_out
from explorer.archive.model import Figure, Item, Seen, Status
from explorer.archive.pictures import Shown, shown_picture
from explorer.archive.runs import CHROME, HEADINGS, Run, ancestors, classes, is_within, parse, runs_of

_NUMBER = re.compile(r"^\(?#?(\d{1,3})[.):]\s+\S")
_HEADING_TAIL = re.compile(r"\s*(?:\{[#.:][^{}]*\}|¶|🔗|#)\s*$")


@dataclass(frozen=True, slots=True)
class Extracted:
    """The items, figures and left-out pictures of one document, in document order."""

    items: tuple[Item, ...]
    figures: tuple[Figure, ...]
    left_out: tuple[Seen, ...]


def extract(html: str, document: str, addresses: Addresses) -> Extracted:
    """Reads a document in HTML, the normal form of all formats. Never raises on what a page may hold."""
    tree = parse(html)
    root = tree.body or tree.root
    if root is None:
        return Extracted((), (), ())
    return _Reading(runs_of(root), document, addresses).read()


class _Reading:
    """One document being read: runs in, items and figures out."""

    def __init__(self, runs: list[Run], document: str, addresses: Addresses) -> None:
        self._runs = runs
        self._document = document
        self._addresses = addresses
        self._caption_runs: set[int] = set()  # runs that were read as captions, so are no text of an item
        self._figures: list[tuple[Run, Figure]] = []
        self._left_out: list[Seen] = []
        self._addresses_in_order: list[str] = []

    def read(self) -> Extracted:
        for run in self._runs:
            for picture in run.pictures:
                self._read_picture(run, picture)
            self._read_missing_picture(run)
        items = self._items()
        return Extracted(items, tuple(self._placed(items)), tuple(self._left_out))

    def _read_picture(self, run: Run, node: LexborNode) -> None:
        shown = shown_picture(node, self._document, self._addresses, len(self._addresses_in_order))
        if shown is None:
            return
        if shown.is_fallback and shown.image in self._addresses_in_order[-2:]:
            return  # the <noscript> twin of a lazy picture
        self._addresses_in_order.append(shown.image)
        reason = reason_to_leave_out(self._candidate(run, node, shown))
        if reason:
            self._left_out.append(Seen(shown.image, reason))
        else:
            self._figures.append((run, self._figure(run, node, shown)))

    def _figure(self, run: Run, node: LexborNode, shown: Shown) -> Figure:
        caption, credit = captions.split_credit(self._caption_of(run, node) or shown.title)
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
        figure = next(
            (element for element in (run.block, *ancestors(run.block)) if element.tag == "figure"), None
        )
        if (
            figure is None
            or run.order in self._caption_runs
            or figure.css_first("img, svg, picture, object, table, video, iframe, pre")
        ):
            return
        if run.block.tag != "figcaption":
            return
        self._caption_runs.add(run.order)
        caption, credit = captions.split_credit(run.text)
        missing = Figure(len(self._figures), None, Status.MISSING, caption, credit=credit)
        self._figures.append((run, missing))

    # --- captions, best first -------------------------------------------------------------------------

    def _caption_of(self, run: Run, picture: LexborNode) -> str | None:
        return (
            self._caption_in_figure(run, picture)
            or self._caption_in_run(run, picture)
            or self._caption_in_next_run(run, picture)
        )

    def _caption_in_figure(self, run: Run, picture: LexborNode) -> str | None:
        """A figcaption, a caption class, or whatever else a division set as a figure says."""
        for element in _figure_elements(picture):
            inside = [other for other in self._runs if is_within(other.block, element)]
            marked = [other for other in inside if _is_marked_caption(other.block, element)]
            if marked:
                return self._take(marked)
            if (
                element.tag in {"div", "span"}
                and sum(len(other.text) for other in inside) <= captions.MAX_CAPTION_CHARS
            ):
                rest = self._rest_of_division(run, picture, inside)
                if rest:
                    return rest
        return None

    def _rest_of_division(self, run: Run, picture: LexborNode, inside: list[Run]) -> str | None:
        """All other words of a division with one picture; with several, the words up to the next one."""
        others = [other for other in inside if other.order != run.order and not other.pictures]
        if sum(len(other.pictures) for other in inside) > 1:
            next_picture = next(
                (other.order for other in inside if other.order > run.order and other.pictures),
                len(self._runs),
            )
            others = [other for other in others if run.order < other.order < next_picture]
        if any(other.block.tag in HEADINGS for other in others):
            return None
        return self._take(others, run.text_from(picture))

    def _caption_in_run(self, run: Run, picture: LexborNode) -> str | None:
        """Words after the picture in its own paragraph: set apart by a line break, a label, italics or centring."""
        rest = run.text_from(picture)
        if not rest or len(rest) > captions.MAX_CAPTION_CHARS or not run.opens_with_picture:
            return None
        after = [part for part in run.parts if not isinstance(part, LexborNode)]
        emphasised = all(part.emphasised for part in after if part.text.strip(" \n.,"))
        if (
            captions.LABEL.match(rest)
            or emphasised
            or _is_centred(run.block)
            or _is_marked_caption(run.block, None)
        ):
            return tidy(rest)
        return None

    def _caption_in_next_run(self, run: Run, picture: LexborNode) -> str | None:
        """A caption paragraph right after: by its class, its label, its italics, or centred like the picture."""
        if run.text_from(picture) or run.order + 1 >= len(self._runs):
            return None
        following = self._runs[run.order + 1]
        text = following.text
        if following.pictures or not text or len(text) > captions.MAX_CAPTION_CHARS:
            return None
        if following.block.tag in HEADINGS and not captions.LABEL.match(text):
            return None
        alt = tidy(picture.attributes.get("alt")) or ""
        if following.after_rule:
            return None
        if self._reads_as_caption(run, following) or (
            len(alt) > 12 and text.lower().startswith(alt.lower().rstrip("."))
        ):
            return self._take([following])
        return None

    def _reads_as_caption(self, run: Run, following: Run) -> bool:
        if _is_marked_caption(following.block, None) or captions.LABEL.match(following.text):
            return True
        stands_alone = not run.text
        if following.is_emphasised and stands_alone:
            return True
        return stands_alone and _is_centred(run.block) and _is_centred(following.block)

    def _take(self, runs: list[Run], first: str = "") -> str | None:
        self._caption_runs.update(run.order for run in runs)
        return tidy(" ".join([first, *(run.text for run in runs)]))

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
            in_figure=any(element.tag in {"figure", "d-figure"} for element in around),
            in_data_table=any(element.tag == "th" for element in around[:4]),
            in_sentence=bool(rest) and len(text) > len(rest),
        )

    def _items(self) -> tuple[Item, ...]:
        """The sections of the document; figures are given the number of theirs afterwards."""
        items: list[Item] = []
        heading: str | None = None
        level = 0
        texts: list[str] = []
        self._starts = [0]

        def close(next_start: int) -> None:
            if heading or texts:
                items.append(Item(len(items), heading, "\n\n".join(texts), _number(heading), level))
                self._starts.append(next_start)
            else:
                self._starts[-1] = next_start

        for run in self._runs:
            if run.block.tag in HEADINGS and run.text and run.order not in self._caption_runs:
                close(run.order)
                heading, level, texts = _heading(run.text), int(run.block.tag[1]), []
            elif (
                run.text
                and run.order not in self._caption_runs
                and not _is_chrome([run.block, *ancestors(run.block)])
            ):
                texts.append(run.text)
        close(len(self._runs))
        return tuple(items)

    def _placed(self, items: tuple[Item, ...]) -> Iterator[Figure]:
        for run, figure in self._figures:
            item = max(
                (n for n, start in enumerate(self._starts[: len(items)]) if start <= run.order), default=0
            )
            yield replace(
                figure,
                item=item,
                heading=items[item].heading if items else None,
                before=self._paragraph(run.order, -1),
                after=self._paragraph(run.order, +1),
            )

    def _paragraph(self, order: int, step: int) -> str | None:
        """The nearest paragraph before or after, within the same item."""
        here = self._runs[order]
        if here.block.tag not in HEADINGS and here.text and order not in self._caption_runs and step < 0:
            return here.text
        position = order + step
        while 0 <= position < len(self._runs):
            run = self._runs[position]
            if run.block.tag in HEADINGS:
                return None
            if run.text and position not in self._caption_runs and len(run.text) > 20:
                return run.text
            position += step
        return None


def _status(shown: Shown) -> Status:
    if shown.data is not None or shown.candidates:
        return Status.KEPT
    return Status.REMOTE if is_remote(shown.image) else Status.MISSING


def _figure_elements(picture: LexborNode) -> Iterator[LexborNode]:
    """The figure elements around a picture, nearest first: `<figure>`, `<d-figure>`, or a division named so."""
    for element in ancestors(picture):
        is_named = element.tag in {"div", "dl", "table", "span", "aside"} and captions.FIGURE_CLASS.search(
            classes(element)
        )
        if (
            element.tag in {"figure", "d-figure"}
            or is_named
            or (element.tag == "div" and _is_centred(element))
        ):
            yield element


def _is_marked_caption(block: LexborNode, within: LexborNode | None) -> bool:
    """Whether the block, or what surrounds it up to `within`, says that it is a caption."""
    for element in (block, *ancestors(block)):
        if within is not None and element.mem_id == within.mem_id:
            return False
        if element.tag in {"figcaption", "caption"}:
            return True
        if captions.CAPTION_CLASS.search(classes(element)):
            return True
        if within is None and element.tag in {"body", "article", "section", "main", "table"}:
            return False
    return False


def _is_centred(block: LexborNode) -> bool:
    for element in (block, *list(ancestors(block))[:1]):
        attributes = element.attributes
        style = (attributes.get("style") or "").replace(" ", "").lower()
        if element.tag == "center" or (attributes.get("align") or "").lower() == "center":
            return True
        if "text-align:center" in style or re.search(
            r"(?:^|[\s_-])(?:ctr|cent(?:er|re)(?:ed)?|text-center)(?:$|\s)", classes(element)
        ):
            return True
    return False


def _is_chrome(around: list[LexborNode]) -> bool:
    """Navigation, and headers and footers of the page rather than of an article in it."""
    for position, element in enumerate(around):
        role = (element.attributes.get("role") or "").lower()
        if element.tag == "nav" or role in {"navigation", "banner", "contentinfo"}:
            return True
        if element.tag in CHROME and not any(
            outer.tag in {"article", "main", "section", "figure"} for outer in around[position:]
        ):
            return True
    return False


def _heading(text: str) -> str | None:
    return tidy(_HEADING_TAIL.sub("", text))


def _number(heading: str | None) -> int | None:
    found = _NUMBER.match(heading or "")
    return int(found[1]) if found else None
