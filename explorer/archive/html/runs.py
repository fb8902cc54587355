"""An HTML document as a flat list of runs, the form in which figures and captions are read.

A run is what stands directly in one block element between two other blocks: words and pictures in order.
Nesting, of which real pages have any depth, is behind a run's `block`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile

from selectolax.lexbor import LexborHTMLParser, LexborNode

from explorer.archive.html.caption_marks import CREDIT_CLASS, FIGURE_CLASS
from explorer.archive.html.markup_bounds import bounded

BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "d-figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "noscript",
    ]
)
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
# The readings above Chinese characters (rt, rp) are said of the words, and no words of the text.
UNSEEN = frozenset(
    ("script", "style", "template", "head", "title", "math", "iframe", "textarea", "select", "button")
) | {"rt", "rp", "rtc"}
PICTURES = frozenset(("img", "amp-img", "amp-anim", "svg", "object", "embed", "image"))
EMPHASIS = frozenset(("em", "i", "small", "cite", "sub", "figcaption", "caption"))
# What a printed page or a script left between the words: page numbers, links of headings, words for screen readers.
_UNSEEN_CLASS = re.compile(
    r"(?:^|\s)(?:pagenum|page-?number|pageno|headerlink|anchorjs-link|sr-only|screen-reader-text|visually-hidden)(?:$|\s)"
)
# Names without end, in an element around a whole page, would be read again for all that stands in it.
MAX_NAME_CHARS = 2000
# Real pages nest some 50 deep; looking farther costs a hostile page's reader hours.
MAX_DEPTH = 64
CHROME = frozenset(("nav", "header", "footer"))
CHROME_ROLES = frozenset(("navigation", "banner", "contentinfo"))
# Pages older than those elements say it by a class or an id, which must be just that word.
CHROME_NAME = re.compile(
    r"(?:^|\s)(?:(?:site|page|main)-?)?(?:header|footer|sidebar|navbar|navigation|topnav|nav|menu|colophon)(?:$|\s)"
)


@dataclass(slots=True)
class Words:
    """A stretch of text, and whether it is set apart by emphasis."""

    text: str
    emphasised: bool
    is_credit: bool = False


@dataclass
class Run:
    """What stands directly in `block` between two other blocks. Its views are read once it is complete."""

    block: LexborNode
    parts: list[Words | LexborNode] = field(default_factory=list)
    order: int = 0
    after_rule: bool = False  # a horizontal rule stands before it

    @cached_property
    def pictures(self) -> list[LexborNode]:
        return [part for part in self.parts if not isinstance(part, Words)]

    @cached_property
    def text(self) -> str:
        written = "".join(part.text for part in self.parts if isinstance(part, Words))
        text = " ".join(written.split())
        return written if text == written else text  # most have one part, whose text need not be there twice

    def text_from(self, picture: LexborNode) -> str:
        """The words after a picture of this run, up to the next picture; lines kept."""
        start = self._places.get(picture.mem_id)
        if start is None:
            return ""
        rest = (self.parts[place] for place in range(start + 1, len(self.parts)))
        following = takewhile(lambda part: isinstance(part, Words), rest)
        return "".join(part.text for part in following if isinstance(part, Words)).strip()

    def parts_before(self, picture: LexborNode, most: int) -> Iterator[Words | LexborNode]:
        """At most so many parts of this run that stand before a picture of it, the nearest first."""
        start = self._places.get(picture.mem_id, 0)
        return (self.parts[place] for place in range(start - 1, max(-1, start - 1 - most), -1))

    @cached_property
    def _places(self) -> dict[int, int]:
        return {part.mem_id: place for place, part in enumerate(self.parts) if not isinstance(part, Words)}

    @cached_property
    def opens_with_picture(self) -> bool:
        """Whether no word stands before its first picture."""
        spoken = (part for part in self.parts if not isinstance(part, Words) or part.text.strip())
        return not isinstance(next(spoken, None), Words | None)

    @cached_property
    def is_emphasised(self) -> bool:
        """Whether every word of it is in italics, small print or the like."""
        spoken = [part for part in self.parts if isinstance(part, Words) and part.text.strip(" \n.,;:()[]*")]
        return bool(spoken) and all(part.emphasised for part in spoken)

    @cached_property
    def is_set_apart(self) -> bool:
        """Whether nothing of it but dots and commas is in plain print."""
        spoken = (part for part in self.parts if isinstance(part, Words) and part.text.strip(" \n.,"))
        return all(part.emphasised for part in spoken)


def parse(html: str) -> LexborHTMLParser:
    """The document as a browser would build it (HTML5 tree construction)."""
    return LexborHTMLParser(bounded(html))


def runs_of(root: LexborNode) -> list[Run]:
    """The runs below `root` in document order; empty ones left out."""
    runs: list[Run] = []
    after_rule = False
    for node, block in _leaves(root):
        if node.tag == "hr":
            after_rule = True
            continue
        if not runs or runs[-1].block.mem_id != block.mem_id or (after_rule and not node.is_text_node):
            runs.append(Run(block, after_rule=after_rule))
        runs[-1].parts.append(_words(node, block) if node.is_text_node or node.tag == "br" else node)
        after_rule = after_rule and node.is_text_node and not (node.text_content or "").strip()
    spoken = [run for run in runs if run.pictures or run.text]
    for order, run in enumerate(spoken):
        run.order = order
    return spoken


def ancestors(node: LexborNode) -> Iterator[LexborNode]:
    """The elements around `node`, nearest first."""
    parent = node.parent
    for _ in range(MAX_DEPTH):
        if parent is None or parent.tag in {"html", "-undef"}:
            return
        yield parent
        parent = parent.parent


def is_within(node: LexborNode, element: LexborNode) -> bool:
    return any(around.mem_id == element.mem_id for around in ancestors(node)) or node.mem_id == element.mem_id


def classes(node: LexborNode) -> str:
    """Class and id of an element, lower case; the beginning of those that are longer than any page has them."""
    attributes = node.attributes
    named, id = (attributes.get(name) or "" for name in ("class", "id"))
    return f"{named[:MAX_NAME_CHARS]} {id[:MAX_NAME_CHARS]}".lower().strip()


def is_block(node: LexborNode) -> bool:
    """Whether an element stands on lines of its own: by its tag, or set as a figure by its class."""
    return node.tag in BLOCKS or (node.tag == "span" and bool(FIGURE_CLASS.search(classes(node))))


def _leaves(root: LexborNode) -> Iterator[tuple[LexborNode, LexborNode]]:
    """Text, line breaks and pictures with the block each stands in. No recursion: pages nest 10,000 deep."""
    node: LexborNode | None = root.first_child
    blocks = [root]
    while node is not None:
        if _is_leaf(node):
            yield node, blocks[-1]
        if _is_entered(node):
            if is_block(node):
                blocks.append(node)
            node = node.first_child
            continue
        while node is not None and node.next is None:
            node = node.parent
            if node is None or node.mem_id == root.mem_id:
                return
            if node.mem_id == blocks[-1].mem_id:
                blocks.pop()
        node = node.next if node is not None else None


def _is_leaf(node: LexborNode) -> bool:
    return node.is_text_node or node.tag in PICTURES or node.tag in {"br", "hr"}


def _is_entered(node: LexborNode) -> bool:
    if node.is_text_node or node.tag in UNSEEN or node.tag == "svg":
        return False
    return node.first_child is not None and not (
        node.tag in {"span", "a"} and _UNSEEN_CLASS.search(classes(node))
    )


def _words(node: LexborNode, block: LexborNode) -> Words:
    if node.tag == "br":
        return Words("\n", emphasised=True)
    text = node.text_content or ""
    return Words(
        text if block.tag == "pre" else _folded(text), _is_emphasised(node, block), _is_credit(node, block)
    )


def _folded(text: str) -> str:
    """White space as HTML shows it; the edges matter, for words may continue in the next element."""
    inner = " ".join(text.split())
    if not inner:
        return " " if text else ""
    return (" " if text[:1].isspace() else "") + inner + (" " if text[-1:].isspace() else "")


def _is_emphasised(node: LexborNode, block: LexborNode) -> bool:
    for around in ancestors(node):
        if around.tag in EMPHASIS:
            return True
        if around.mem_id == block.mem_id:
            return False
    return False


def _is_credit(node: LexborNode, block: LexborNode) -> bool:
    for around in ancestors(node):
        if CREDIT_CLASS.search((around.attributes.get("class") or "")[:MAX_NAME_CHARS]):
            return True
        if around.mem_id == block.mem_id:
            return False
    return False
