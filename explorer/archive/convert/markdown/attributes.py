"""Attributes in braces: `{#fig-x .wide width=50% fig-alt="..."}` after pictures, links, spans, code and headings.

The forms are those of Pandoc (https://pandoc.org/MANUAL.html#extension-attributes), Quarto, Kramdown, attr_list of
Python-Markdown, Goldmark and MyST. They agree on identifiers, classes and pairs, and differ in what may be a bare word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

MARKS = re.compile(r"\{|[)\]}]\\")
"""In a document without any of these, there are no attributes, and no lone pictures with a backslash."""
MAX_ATTRIBUTE_CHARS = 8000
_ENTRY = re.compile(
    r"#(?P<identifier>[^\s{}\"'=]++)"
    r"|\.(?P<name>[^\s{}\"'=]++)"
    r"|(?P<key>[\w@:][\w.@:-]*+)\s*+=\s*+"
    r"""(?:"(?P<double>(?:\\.|[^"\\])*+)"|'(?P<single>(?:\\.|[^'\\])*+)'|(?P<bare>(?:[^\s"'{}]|(?<=\S)["'](?![\s}]))++))"""
    r"|(?P<mark>=\w++|-(?=\s*+\}))"  # a raw format, or `-` for an unnumbered heading
    r"|(?P<other>[^\s{}]++)",
    re.DOTALL,
)
_SPACE = re.compile(r"[ \t]*+(?:\n[ \t]*+)?+(?!\n)")
_REFERENCE = re.compile(r"^(?P<definition> {0,3}\[[^\[\]\n]++\]:[^\n{]*+)\{[^{}\n]*+\}[ \t]*+$", re.MULTILINE)
_TOKENS_WITH_ATTRIBUTES = frozenset(("image", "code_inline", "link_close", "span_close"))
# The element itself has these.
_IGNORED_KEYS = frozenset(("src", "href"))


@dataclass(slots=True)
class Attributes:
    """The content of the braces. In `pairs`, the identifier has the key `id`, the classes have the key `class`."""

    pairs: dict[str, str] = field(default_factory=dict)

    def add(self, entry: re.Match[str]) -> bool:
        """Add an entry, and return whether it is an attribute in any dialect."""
        if entry["identifier"]:
            self.pairs["id"] = entry["identifier"]
        elif entry["name"]:
            self.pairs["class"] = f"{self.pairs.get('class', '')} {entry['name']}".strip()
        elif entry["key"]:
            value = next(
                text for text in (entry["double"], entry["single"], entry["bare"]) if text is not None
            )
            self.pairs[entry["key"]] = re.sub(r"\\([\\\"'])", r"\1", value)
        return not entry["other"]


def parse_attributes(text: str, start: int = 0) -> tuple[Attributes, int] | None:
    """Return the attributes in the braces at `start` and the position after them, or None if there are none."""
    if not text.startswith("{", start) or text.startswith(("{{", "{%"), start):
        return None
    text = text[start : start + MAX_ATTRIBUTE_CHARS]
    attributes = Attributes()
    has_colon = text.startswith("{:")
    position = _SPACE.match(text, 2 if has_colon else 1)
    is_recognised = has_colon or text[1:].lstrip(" \t").startswith("}")
    while position:
        if text.startswith("}", position.end()):
            return (attributes, start + position.end() + 1) if is_recognised else None
        entry = _ENTRY.match(text, position.end())
        if entry is None:
            return None
        is_recognised = attributes.add(entry) or is_recognised
        position = _SPACE.match(text, entry.end())
    return None


def remove_reference_attributes(text: str) -> str:
    """Return the text with `[cat]: a.png {width=50%}` as `[cat]: a.png`."""
    return _REFERENCE.sub(lambda match: match["definition"].rstrip(), text)


def attributes_plugin(parser: MarkdownIt) -> None:
    """Parse attributes after inline elements, at the end of headings and paragraphs, and on a line above a block."""
    parser.inline.ruler.push("attributes", _parse_after_inline)
    parser.inline.ruler.after("link", "span", _parse_span)
    parser.block.ruler.before("fence", "attributes", _parse_own_line)
    parser.core.ruler.after("block", "attributes", _apply_to_blocks)


def _parse_after_inline(state: StateInline, silent: bool) -> bool:
    if state.pending or not state.tokens or not _takes_attributes(state.tokens[-1]):
        return False
    parsed = parse_attributes(state.src, state.pos)
    if parsed is None:
        return False
    attributes, state.pos = parsed
    if not silent:
        _set_attributes(_opening_token(state.tokens), attributes)
    return True


def _takes_attributes(token: Token) -> bool:
    is_picture = token.type == "html_inline" and token.content[:4].lower() == "<img"
    return token.type in _TOKENS_WITH_ATTRIBUTES or is_picture


def _parse_span(state: StateInline, silent: bool) -> bool:
    """Parse `[words]{.small}`."""
    if state.src[state.pos] != "[":
        return False
    start, position_max = state.pos + 1, state.posMax
    end = state.md.helpers.parseLinkLabel(state, state.pos, False)
    parsed = parse_attributes(state.src, end + 1) if 0 <= end < position_max - 1 else None
    if parsed is None:
        return False
    attributes, position_after = parsed
    if not silent:
        _set_attributes(state.push("span_open", "span", 1), attributes)
        state.pos, state.posMax = start, end
        state.md.inline.tokenize(state)
        state.push("span_close", "span", -1)
    state.pos, state.posMax = position_after, position_max
    return True


def _parse_own_line(state: StateBlock, line: int, _end: int, silent: bool) -> bool:
    if state.is_code_block(line):
        return False
    text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()
    parsed = parse_attributes(text)
    if parsed is None or parsed[1] != len(text):
        return False
    if not silent:
        token = state.push("attributes", "", 0)
        token.attrs = dict(parsed[0].pairs)
        state.line = line + 1
    return True


def _apply_to_blocks(state: StateCore) -> None:
    """Apply attributes on a line of their own to the block below, and those at the end of a block to it."""
    tokens: list[Token] = []
    pending = Attributes()
    for token in state.tokens:
        if token.type == "attributes":
            pending.pairs.update({key: str(value) for key, value in token.attrs.items()})
            continue
        if token.type == "inline" and tokens:
            _apply_trailing(token, tokens[-1])
        if pending.pairs and token.nesting >= 0 and token.type != "inline":
            _set_attributes(token, pending)
            pending = Attributes()
        tokens.append(token)
    state.tokens = tokens


def _apply_trailing(inline: Token, block: Token) -> None:
    """Apply the attributes at the end of a heading (`# Heading {#sec-x}`) or in the last line of a paragraph."""
    content = inline.content.rstrip()
    if content.endswith((")\\", "]\\", "}\\")):
        # In Pandoc, a backslash after a lone picture means that it is not a figure.
        inline.content = f"{content[:-1]}<!-- -->"
    if not content.endswith("}"):
        return
    start = content.rfind("{" if block.type == "heading_open" else "\n{") + (block.type != "heading_open")
    parsed = parse_attributes(content, start) if start > 0 else None
    if parsed is not None and parsed[1] == len(content):
        inline.content = content[:start].rstrip()
        _set_attributes(block, parsed[0])


def _opening_token(tokens: list[Token]) -> Token:
    """Return the token to which attributes after the last token belong."""
    level = 0
    for token in reversed(tokens):
        level += token.nesting
        if level == 0:
            return token
    return tokens[-1]


def _set_attributes(token: Token, attributes: Attributes) -> None:
    for key, value in attributes.pairs.items():
        if key == "class" and token.attrs.get("class"):
            token.attrs["class"] = f"{token.attrs['class']} {value}"
        elif key not in _IGNORED_KEYS:
            token.attrs["fig-alt" if key == "alt" else key] = value
