"""Attributes in braces: `{#fig-x .wide width=50% fig-alt="..."}` behind pictures, links, spans, code and headings.

The forms are those of Pandoc (https://pandoc.org/MANUAL.html#extension-attributes), Quarto, Kramdown, attr_list of
Python-Markdown, Goldmark and MyST. They agree on identifiers, classes and pairs, and differ in what may be bare.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

MAX_ATTRIBUTE_CHARS = 8000
_ENTRY = re.compile(
    r"#(?P<identifier>[^\s{}\"'=]++)"
    r"|\.(?P<name>[^\s{}\"'=]++)"
    r"|(?P<key>[\w@:][\w.@:-]*+)\s*+=\s*+"
    r"""(?:"(?P<double>(?:\\.|[^"\\])*+)"|'(?P<single>(?:\\.|[^'\\])*+)'|(?P<bare>(?:[^\s"'{}]|(?<=\S)["'](?![\s}]))++))"""
    r"|(?P<mark>=\w++|-(?=\s*+\}))"  # a raw format; no number
    r"|(?P<other>[^\s{}]++)",
    re.DOTALL,
)
_SPACE = re.compile(r"[ \t]*+(?:\n[ \t]*+)?+(?!\n)")
_REFERENCE = re.compile(r"^(?P<definition> {0,3}\[[^\[\]\n]++\]:[^\n{]*+)\{[^{}\n]*+\}[ \t]*+$", re.MULTILINE)
_CARRIERS = frozenset(("image", "code_inline", "link_close", "span_close"))
# What an element shows is said by the element itself.
_NOT_TAKEN = frozenset(("src", "href"))


@dataclass(slots=True)
class Attributes:
    """What stands in braces; `pairs` has the identifier and the classes as `id` and `class`."""

    pairs: dict[str, str] = field(default_factory=dict)

    def add(self, found: re.Match[str]) -> bool:
        """Take one entry in; False for a word that no house knows as an attribute."""
        if found["identifier"]:
            self.pairs["id"] = found["identifier"]
        elif found["name"]:
            self.pairs["class"] = f"{self.pairs.get('class', '')} {found['name']}".strip()
        elif found["key"]:
            value = next(it for it in (found["double"], found["single"], found["bare"]) if it is not None)
            self.pairs[found["key"]] = re.sub(r"\\([\\\"'])", r"\1", value)
        return not found["other"]


def parse_attributes(text: str, start: int = 0) -> tuple[Attributes, int] | None:
    """Return the attributes in the braces that open at `start` and the end of the braces, None where there are none."""
    if not text.startswith("{", start) or text.startswith(("{{", "{%"), start):
        return None
    text = text[start : start + MAX_ATTRIBUTE_CHARS]
    found = Attributes()
    is_marked = text.startswith("{:")
    position = _SPACE.match(text, 2 if is_marked else 1)
    known = is_marked or text[1:].lstrip(" \t").startswith("}")
    while position:
        if text.startswith("}", position.end()):
            return (found, start + position.end() + 1) if known else None
        entry = _ENTRY.match(text, position.end())
        if entry is None:
            return None
        known = found.add(entry) or known
        position = _SPACE.match(text, entry.end())
    return None


def without_reference_attributes(text: str) -> str:
    """Return the text with `[cat]: a.png {width=50%}` as `[cat]: a.png`."""
    if "]:" not in text:
        return text
    return _REFERENCE.sub(lambda found: found["definition"].rstrip(), text)


def attributes_plugin(parser: MarkdownIt) -> None:
    """Read attributes behind inline elements, at the end of headings and paragraphs, and on a line above a block."""
    parser.inline.ruler.push("attributes", _behind_inline)
    parser.inline.ruler.after("link", "span", _span)
    parser.block.ruler.before("fence", "attributes", _own_line)
    parser.core.ruler.after("block", "attributes", _of_blocks)


def _behind_inline(state: StateInline, silent: bool) -> bool:
    if state.pending or not state.tokens or not _carries(state.tokens[-1]):
        return False
    parsed = parse_attributes(state.src, state.pos)
    if parsed is None:
        return False
    attributes, state.pos = parsed
    if not silent:
        _give(_opening_of(state.tokens), attributes)
    return True


def _carries(token: Token) -> bool:
    is_picture = token.type == "html_inline" and token.content[:4].lower() == "<img"
    return token.type in _CARRIERS or is_picture


def _span(state: StateInline, silent: bool) -> bool:
    """`[words]{.small}`."""
    if state.src[state.pos] != "[":
        return False
    start, most = state.pos + 1, state.posMax
    end = state.md.helpers.parseLinkLabel(state, state.pos, False)
    parsed = parse_attributes(state.src, end + 1) if 0 <= end < most - 1 else None
    if parsed is None:
        return False
    attributes, after = parsed
    if not silent:
        _give(state.push("span_open", "span", 1), attributes)
        state.pos, state.posMax = start, end
        state.md.inline.tokenize(state)
        state.push("span_close", "span", -1)
    state.pos, state.posMax = after, most
    return True


def _own_line(state: StateBlock, line: int, _end: int, silent: bool) -> bool:
    if state.is_code_block(line):
        return False
    written = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()
    parsed = parse_attributes(written)
    if parsed is None or parsed[1] != len(written):
        return False
    if not silent:
        token = state.push("attributes", "", 0)
        token.attrs = dict(parsed[0].pairs)
        state.line = line + 1
    return True


def _of_blocks(state: StateCore) -> None:
    """Give what stands on a line of its own to the block below, and what ends a block to that block."""
    kept: list[Token] = []
    waiting = Attributes()
    for token in state.tokens:
        if token.type == "attributes":
            waiting.pairs.update({key: str(value) for key, value in token.attrs.items()})
            continue
        if token.type == "inline" and kept:
            _at_the_end(token, kept[-1])
        if waiting.pairs and token.nesting >= 0 and token.type != "inline":
            _give(token, waiting)
            waiting = Attributes()
        kept.append(token)
    state.tokens = kept


def _at_the_end(inline: Token, block: Token) -> None:
    """`# Heading {#sec-x}`, and the last line of a paragraph."""
    content = inline.content.rstrip()
    if content.endswith((")\\", "]\\", "}\\")):
        # Pandoc's way to say that a picture is no figure, though nothing stands beside it.
        inline.content = f"{content[:-1]}<!-- -->"
    if not content.endswith("}"):
        return
    start = content.rfind("{" if block.type == "heading_open" else "\n{") + (block.type != "heading_open")
    parsed = parse_attributes(content, start) if start > 0 else None
    if parsed is not None and parsed[1] == len(content):
        inline.content = content[:start].rstrip()
        _give(block, parsed[0])


def _opening_of(tokens: list[Token]) -> Token:
    """The token to which attributes behind the last one belong."""
    level = 0
    for token in reversed(tokens):
        level += token.nesting
        if level == 0:
            return token
    return tokens[-1]


def _give(token: Token, attributes: Attributes) -> None:
    for key, value in attributes.pairs.items():
        if key == "class" and token.attrs.get("class"):
            token.attrs["class"] = f"{token.attrs['class']} {value}"
        elif key not in _NOT_TAKEN:
            token.attrs["fig-alt" if key == "alt" else key] = value
