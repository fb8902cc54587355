"""Markdown of any house (Jekyll, Hugo, MyST, Quarto, Obsidian, plain) into HTML, the normal form."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from explorer.archive.convert.figure_html import figure_html
from explorer.archive.convert.markdown import shortcodes
from explorer.archive.convert.markdown.attributes import (
    Attributes,
    attributes_plugin,
    parse_attributes,
    without_reference_attributes,
)
from explorer.archive.convert.markdown.front_matter import split_front_matter, variables_of, with_pictures

# What a document may grow by the addresses that it refers to again and again.
MAX_GROWTH, MAX_ADDRESS_CHARS = 8, 1_000_000
_RAW_IMAGE = re.compile(
    r"!\[(?P<alt>[^\[\]]*)\]\(\s*<?(?P<src>[^\s()<>]+)>?(?:\s+[\"'](?P<title>[^\"']*)[\"'])?\s*\)"
)

_FENCE_LINE = re.compile(r" {0,3}(?P<fence>`{3,}+|~{3,}+)(?P<rest>.*)")
_BLOCK_OF_HTML = re.compile(
    r"\s*</?(?:details|summary|div|section|figure|center|aside|table|tr|td)\b[^\n]*>\s*", re.IGNORECASE
)

# What is passed on of a picture's attributes: how large it is shown tells icons from figures.
_KEPT_ATTRIBUTES = ("class", "width", "height")
# Underscores that have no end are read over in one go, for those between them have none either.
_RAW_ITALIC_LINES = re.compile(
    r"^[ \t]*+(?:\*(?P<starred>[^\s*_<>][^*<>]*+)\*|_(?P<underscored>[^\s*_<>][^*<>]*?)(?:_|(?P<open>(?=(?:^[ \t]*+)?[*<>]|\Z))))"
    r"(?(open)|[ \t]*+$)",
    re.MULTILINE,
)


def markdown_to_html(source: str, *, alt_is_caption: bool = False) -> tuple[str, dict[str, Any]]:
    """HTML of a Markdown document, and its front matter (empty when there is none, or it cannot be parsed).

    `alt_is_caption`: as Pandoc and Quarto do, the text of a picture that stands alone is its caption.
    """
    front_matter, body = split_front_matter(source)
    variables = variables_of(front_matter)
    expanded = shortcodes.expand(body, variables, _render_inline, of_cells=alt_is_caption)
    expanded = _fences_apart(without_reference_attributes(expanded))
    environment = {"alt_is_caption": alt_is_caption}
    parser = _parser()
    tokens = parser.parse(expanded, environment)
    _bound_addresses(tokens, MAX_GROWTH * len(expanded) + MAX_ADDRESS_CHARS)
    shown = str(parser.renderer.render(tokens, parser.options, environment))
    return with_pictures(shown, front_matter, _render_inline), front_matter


def _fences_apart(source: str) -> str:
    """The source with a blank line between a line of HTML and the code that follows it.

    CommonMark takes the fence for a part of the HTML, Pandoc does not; its closing fence would then open code without end.
    """
    lines: list[str] = []
    fence = ""
    for line in source.split("\n"):
        found = _FENCE_LINE.match(line)
        if found and not fence:
            if lines and _BLOCK_OF_HTML.fullmatch(lines[-1]):
                lines.append("")
            fence = found["fence"]
        elif found and found["fence"].startswith(fence) and not found["rest"].strip():
            fence = ""
        lines.append(line)
    return "\n".join(lines)


def _bound_addresses(tokens: list[Token], room: int) -> None:
    """Empties the addresses and titles that are beyond `room` characters together: one may be referred to everywhere."""
    for token in (child for block in tokens for child in block.children or ()):
        for name in ("href", "src", "title"):
            room -= len(str(token.attrs.get(name, "")))
            if room < 0 and name in token.attrs:
                token.attrs[name] = ""


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": 50}).enable(["table", "strikethrough"])
    parser.use(footnote_plugin).use(deflist_plugin).use(dollarmath_plugin).use(attributes_plugin)
    # The addresses are resolved, never followed: a picture in a data: URI or with an odd scheme is read as written.
    parser.validateLink = lambda _: True  # type: ignore[assignment, method-assign]
    parser.add_render_rule("html_block", _html_block)
    parser.add_render_rule("image", _image)
    return parser


def _render_inline(text: str) -> str:
    return str(_parser().renderInline(text))


def _html_block(
    _renderer: RendererHTML, tokens: list[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    """Many houses render Markdown's pictures and lines in italics inside HTML blocks, where CommonMark does not."""
    return _RAW_ITALIC_LINES.sub(_italic, _with_raw_images(tokens[index].content))


def _with_raw_images(content: str) -> str:
    parts: list[str] = []
    position = 0
    for found in _RAW_IMAGE.finditer(content):
        attributes, end = parse_attributes(content, found.end()) or (Attributes(), found.end())
        picture = _picture(
            html.unescape(found["src"]), found["alt"], found["title"], attributes.pairs, is_figure=False
        )
        parts += [content[position : found.start()], picture]
        position = end
    return "".join([*parts, content[position:]])


def _italic(line: re.Match[str]) -> str:
    if line["open"] is not None:
        return line[0]
    return f"<em>{line['starred'] or line['underscored']}</em>"


def _image(
    renderer: RendererHTML, tokens: list[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    """As the parser's own rule, but Pandoc's figures (`{#fig-x}`, or a lone picture) get their caption."""
    token = tokens[index]
    words = renderer.renderInlineAsText(token.children, options, env) if token.children else ""
    # The parser itself gives every picture an empty `alt`.
    said = {key: str(value) for key, value in token.attrs.items() if key != "alt"}
    is_figure = bool(env.get("alt_is_caption")) and _is_alone(tokens)
    return _picture(said["src"], words, said.get("title"), said, is_figure=is_figure)


def _picture(address: str, words: str, title: str | None, said: Mapping[str, str], *, is_figure: bool) -> str:
    """A picture with what its attributes say; the words in its brackets are its caption or its alternative text."""
    written_alt = said.get("fig-alt", said.get("alt"))
    # A picture that says its alternative text apart says its caption in brackets.
    is_figure = is_figure or written_alt is not None or said.get("id", "").startswith(("fig-", "fig:"))
    caption = said.get("fig-cap") or (words if is_figure else "")
    alt = words if written_alt is None else written_alt
    picture = figure_html(address, alt, caption or None, html.escape, title or None)
    kept = "".join(f' {name}="{html.escape(said[name])}"' for name in _KEPT_ATTRIBUTES if said.get(name))
    return picture.replace("<img", f"<img{kept}", 1)


def _is_alone(tokens: list[Token]) -> bool:
    """Whether a picture is all there is, but for the link around it."""
    return [token.type for token in tokens] in (["image"], ["link_open", "image", "link_close"])
