"""An HTML document as a flat list of runs, the form in which figures and captions are read.

A run is the direct content of one block element between two other blocks: text and pictures in order.
The nesting of elements, which is deep in real pages, is reached through the `block` of a run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile

from selectolax.lexbor import LexborHTMLParser, LexborNode

from explorer.archive.html.caption_marks import CREDIT_CLASS, FIGURE_CLASS
from explorer.archive.html.markup_bounds import limit_markup

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
# Readings above Chinese characters (rt, rp) are annotations, not text.
INVISIBLE_TAGS = frozenset(
    ("script", "style", "template", "head", "title", "math", "iframe", "textarea", "select", "button")
) | {"rt", "rp", "rtc"}
PICTURES = frozenset(("img", "amp-img", "amp-anim", "svg", "object", "embed", "image"))
EMPHASIS = frozenset(("em", "i", "small", "cite", "sub", "figcaption", "caption"))
# Remains of a printed page or a script: page numbers, links of headings, text for screen readers.
_INVISIBLE_CLASS = re.compile(
    r"(?:^|\s)(?:pagenum|page-?number|pageno|headerlink|anchorjs-link|sr-only|screen-reader-text|visually-hidden)(?:$|\s)"
)
# A long name of an element around a whole page would be read again for everything inside.
MAX_NAME_CHARS = 2000
# Real pages are some 50 levels deep; more levels would make reading hostile pages take hours.
MAX_DEPTH = 64
CHROME = frozenset(("nav", "header", "footer"))
CHROME_ROLES = frozenset(("navigation", "banner", "contentinfo"))
# Older pages use a class or an id, which must be exactly such a word.
CHROME_NAME = re.compile(
    r"(?:^|\s)(?:(?:site|page|main)-?)?(?:header|footer|sidebar|navbar|navigation|topnav|nav|menu|colophon)(?:$|\s)"
)


@dataclass(slots=True)
class TextPart:
    """A piece of text, and whether it is emphasised or a credit."""

    text: str
    emphasised: bool
    is_credit: bool = False


@dataclass
class Run:
    """The direct content of `block` between two other blocks. The cached properties are for complete runs."""

    block: LexborNode
    parts: list[TextPart | LexborNode] = field(default_factory=list)
    order: int = 0
    after_rule: bool = False  # whether a horizontal rule precedes it

    @cached_property
    def pictures(self) -> list[LexborNode]:
        return [part for part in self.parts if not isinstance(part, TextPart)]

    @cached_property
    def text(self) -> str:
        joined = "".join(part.text for part in self.parts if isinstance(part, TextPart))
        text = " ".join(joined.split())
        return joined if text == joined else text  # saves memory: most runs have one part with the same text

    def text_from(self, picture: LexborNode) -> str:
        """Return the text after a picture of this run, up to the next picture, with its line breaks."""
        start = self._positions.get(picture.mem_id)
        if start is None:
            return ""
        later_parts = (self.parts[position] for position in range(start + 1, len(self.parts)))
        following = takewhile(lambda part: isinstance(part, TextPart), later_parts)
        return "".join(part.text for part in following if isinstance(part, TextPart)).strip()

    def parts_before(self, picture: LexborNode, limit: int) -> Iterator[TextPart | LexborNode]:
        """Yield at most `limit` parts before a picture of this run, the nearest first."""
        start = self._positions.get(picture.mem_id, 0)
        return (self.parts[position] for position in range(start - 1, max(-1, start - 1 - limit), -1))

    @cached_property
    def _positions(self) -> dict[int, int]:
        return {
            part.mem_id: position
            for position, part in enumerate(self.parts)
            if not isinstance(part, TextPart)
        }

    @cached_property
    def opens_with_picture(self) -> bool:
        """Return whether no text precedes its first picture."""
        visible_parts = (part for part in self.parts if not isinstance(part, TextPart) or part.text.strip())
        return not isinstance(next(visible_parts, None), TextPart | None)

    @cached_property
    def is_emphasised(self) -> bool:
        """Return whether it has text, all of it in italics, small print or the like."""
        words = [
            part for part in self.parts if isinstance(part, TextPart) and part.text.strip(" \n.,;:()[]*")
        ]
        return bool(words) and all(part.emphasised for part in words)

    @cached_property
    def is_set_apart(self) -> bool:
        """Return whether only dots and commas are not emphasised."""
        words = (part for part in self.parts if isinstance(part, TextPart) and part.text.strip(" \n.,"))
        return all(part.emphasised for part in words)


def parse(html: str) -> LexborHTMLParser:
    """Parse a document as browsers do (HTML5 tree construction)."""
    return LexborHTMLParser(limit_markup(html))


def runs_of(root: LexborNode) -> list[Run]:
    """Return the runs below `root` that are not empty, in document order."""
    runs: list[Run] = []
    after_rule = False
    for node, block in _leaves(root):
        if node.tag == "hr":
            after_rule = True
            continue
        if not runs or runs[-1].block.mem_id != block.mem_id or (after_rule and not node.is_text_node):
            runs.append(Run(block, after_rule=after_rule))
        runs[-1].parts.append(_text_part(node, block) if node.is_text_node or node.tag == "br" else node)
        after_rule = after_rule and node.is_text_node and not (node.text_content or "").strip()
    filled_runs = [run for run in runs if run.pictures or run.text]
    for order, run in enumerate(filled_runs):
        run.order = order
    return filled_runs


def has_picture(element: LexborNode) -> bool:
    """Return whether an element shows a picture."""
    return element.css_first("img, svg, picture, object, embed, amp-img") is not None


def ancestors(node: LexborNode) -> Iterator[LexborNode]:
    """Yield the elements around `node`, nearest first."""
    parent = node.parent
    for _ in range(MAX_DEPTH):
        if parent is None or parent.tag in {"html", "-undef"}:
            return
        yield parent
        parent = parent.parent


def is_within(node: LexborNode, element: LexborNode) -> bool:
    return (
        any(ancestor.mem_id == element.mem_id for ancestor in ancestors(node))
        or node.mem_id == element.mem_id
    )


def classes(node: LexborNode) -> str:
    """Return class and id of an element in lower case, each cut at MAX_NAME_CHARS."""
    attributes = node.attributes
    class_names, id = (attributes.get(name) or "" for name in ("class", "id"))
    return f"{class_names[:MAX_NAME_CHARS]} {id[:MAX_NAME_CHARS]}".lower().strip()


def is_block(node: LexborNode) -> bool:
    """Return whether an element is a block, by its tag or by a class for figures."""
    return node.tag in BLOCKS or (node.tag == "span" and bool(FIGURE_CLASS.search(classes(node))))


def _leaves(root: LexborNode) -> Iterator[tuple[LexborNode, LexborNode]]:
    """Yield text, line breaks and pictures with their blocks. No recursion: pages may be 10,000 levels deep."""
    node: LexborNode | None = root.first_child
    blocks = [root]
    while node is not None:
        if _is_leaf(node):
            yield node, blocks[-1]
        if _has_visible_content(node):
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


def _has_visible_content(node: LexborNode) -> bool:
    if node.is_text_node or node.tag in INVISIBLE_TAGS or node.tag == "svg":
        return False
    return node.first_child is not None and not (
        node.tag in {"span", "a"} and _INVISIBLE_CLASS.search(classes(node))
    )


def _text_part(node: LexborNode, block: LexborNode) -> TextPart:
    if node.tag == "br":
        return TextPart("\n", emphasised=True)
    text = node.text_content or ""
    return TextPart(
        text if block.tag == "pre" else _fold_white_space(text),
        _is_emphasised(node, block),
        _is_credit(node, block),
    )


def _fold_white_space(text: str) -> str:
    """Fold white space as HTML does; blanks at the edges stay, because words may continue in the next element."""
    inner = " ".join(text.split())
    if not inner:
        return " " if text else ""
    return (" " if text[:1].isspace() else "") + inner + (" " if text[-1:].isspace() else "")


def _is_emphasised(node: LexborNode, block: LexborNode) -> bool:
    for ancestor in ancestors(node):
        if ancestor.tag in EMPHASIS:
            return True
        if ancestor.mem_id == block.mem_id:
            return False
    return False


def _is_credit(node: LexborNode, block: LexborNode) -> bool:
    for ancestor in ancestors(node):
        if CREDIT_CLASS.search((ancestor.attributes.get("class") or "")[:MAX_NAME_CHARS]):
            return True
        if ancestor.mem_id == block.mem_id:
            return False
    return False
