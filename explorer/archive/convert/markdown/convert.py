"""Convert Markdown of any dialect (Jekyll, Hugo, MyST, Quarto, Obsidian, plain) to HTML, the normal form."""

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

from explorer.archive.convert.decoding import text_of
from explorer.archive.convert.format_kinds import ConvertedDocument, Format
from explorer.archive.convert.markdown import attributes, shortcodes
from explorer.archive.convert.markdown.front_matter import (
    insert_pictures,
    split_front_matter,
    template_variables,
)
from explorer.archive.html.caption_marks import figure_html

# Limits on the growth of a document by reference links: an address may be repeated at each reference.
MAX_GROWTH, MAX_ADDRESS_CHARS = 8, 1_000_000
_RAW_IMAGE = re.compile(
    r"!\[(?P<alt>[^\[\]]*)\]\(\s*<?(?P<src>[^\s()<>]+)>?(?:\s+[\"'](?P<title>[^\"']*)[\"'])?\s*\)"
)

_FENCE_LINE = re.compile(r" {0,3}(?P<fence>`{3,}+|~{3,}+)(?P<rest>.*)")
_BLOCK_OF_HTML = re.compile(
    r"\s*</?(?:details|summary|div|section|figure|center|aside|table|tr|td)\b[^\n]*>\s*", re.IGNORECASE
)

# The attributes of a picture that are passed on: the size distinguishes icons from figures.
_PASSED_ATTRIBUTES = ("class", "width", "height")
# Text after an underscore without an end is skipped at once: the underscores in it have no end either.
_RAW_ITALIC_LINES = re.compile(
    r"^[ \t]*+(?:\*(?P<starred>[^\s*_<>][^*<>]*+)\*|_(?P<underscored>[^\s*_<>][^*<>]*?)(?:_|(?P<open>(?=(?:^[ \t]*+)?[*<>]|\Z))))"
    r"(?(open)|[ \t]*+$)",
    re.MULTILINE,
)


def markdown_to_html(source: str, *, alt_is_caption: bool = False) -> tuple[str, dict[str, Any]]:
    """Return the HTML of a Markdown document and its front matter, which is empty if it cannot be parsed.

    Args:
        source: The Markdown.
        alt_is_caption: Whether the text in the brackets of a lone picture is its caption, as in Pandoc and Quarto.
    """
    front_matter, body = split_front_matter(source)
    variables = template_variables(front_matter)
    expanded = body
    if shortcodes.MARKS.search(body):
        expanded = shortcodes.expand(body, variables, _render_inline, of_cells=alt_is_caption)
    has_attributes = attributes.MARKS.search(expanded) is not None
    if has_attributes:
        expanded = attributes.remove_reference_attributes(expanded)
    expanded = _separate_fences_from_html(expanded)
    environment = {"alt_is_caption": alt_is_caption}
    parser = _parser(has_attributes)
    tokens = parser.parse(expanded, environment)
    _limit_addresses(tokens, MAX_GROWTH * len(expanded) + MAX_ADDRESS_CHARS)
    rendered = str(parser.renderer.render(tokens, parser.options, environment))
    return insert_pictures(rendered, front_matter, _render_inline), front_matter


def _separate_fences_from_html(source: str) -> str:
    """Return the source with a blank line between a line of HTML and a code fence below it.

    Pandoc needs no blank line. In CommonMark the opening fence would be part of the HTML, and the closing fence would
    open code that never ends.
    """
    lines: list[str] = []
    fence = ""
    for line in source.split("\n"):
        match = _FENCE_LINE.match(line)
        if match and not fence:
            if lines and _BLOCK_OF_HTML.fullmatch(lines[-1]):
                lines.append("")
            fence = match["fence"]
        elif match and match["fence"].startswith(fence) and not match["rest"].strip():
            fence = ""
        lines.append(line)
    return "\n".join(lines)


def _limit_addresses(tokens: list[Token], remaining_chars: int) -> None:
    """Empty the addresses and titles beyond `remaining_chars` characters in total, since references can repeat them."""
    for token in (child for block in tokens for child in block.children or ()):
        for name in ("href", "src", "title"):
            remaining_chars -= len(str(token.attrs.get(name, "")))
            if remaining_chars < 0 and name in token.attrs:
                token.attrs[name] = ""


@cache
def _parser(has_attributes: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": 50}).enable(["table", "strikethrough"])
    parser.use(footnote_plugin).use(deflist_plugin).use(dollarmath_plugin)
    if has_attributes:
        parser.use(attributes.attributes_plugin)
    # Addresses are resolved but never requested: accept data: URIs and unusual schemes.
    parser.validateLink = lambda _: True  # type: ignore[assignment, method-assign]
    parser.add_render_rule("html_block", _render_html_block)
    parser.add_render_rule("image", _render_image)
    return parser


def _render_inline(text: str) -> str:
    return str(_parser(attributes.MARKS.search(text) is not None).renderInline(text))


def _render_html_block(
    _renderer: RendererHTML, tokens: list[Token], index: int, _options: OptionsDict, _env: EnvType
) -> str:
    """Render pictures and lines in italics inside HTML blocks, as many dialects do but CommonMark does not."""
    return _RAW_ITALIC_LINES.sub(_italic_html, _replace_raw_images(tokens[index].content))


def _replace_raw_images(content: str) -> str:
    parts: list[str] = []
    position = 0
    for match in _RAW_IMAGE.finditer(content):
        parsed = attributes.parse_attributes(content, match.end())
        found, end = parsed or (attributes.Attributes(), match.end())
        picture = _picture_html(
            html.unescape(match["src"]), match["alt"], match["title"], found.pairs, is_figure=False
        )
        parts += [content[position : match.start()], picture]
        position = end
    return "".join([*parts, content[position:]])


def _italic_html(match: re.Match[str]) -> str:
    if match["open"] is not None:
        return match[0]
    return f"<em>{match['starred'] or match['underscored']}</em>"


def _render_image(
    renderer: RendererHTML, tokens: list[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    """Render a picture like the parser's own rule, but with the captions of Pandoc's figures (`{#fig-x}` or alone)."""
    token = tokens[index]
    label = renderer.renderInlineAsText(token.children, options, env) if token.children else ""
    # The parser adds an empty `alt` to every picture.
    pairs = {key: str(value) for key, value in token.attrs.items() if key != "alt"}
    is_figure = bool(env.get("alt_is_caption")) and _is_alone(tokens)
    return _picture_html(pairs["src"], label, pairs.get("title"), pairs, is_figure=is_figure)


def _picture_html(
    address: str, label: str, title: str | None, pairs: Mapping[str, str], *, is_figure: bool
) -> str:
    """Return the HTML of a picture. `label`, the text in its brackets, is its caption or its alt text."""
    explicit_alt = pairs.get("fig-alt", pairs.get("alt"))
    # With an alt text among the attributes, the brackets contain the caption.
    is_figure = is_figure or explicit_alt is not None or pairs.get("id", "").startswith(("fig-", "fig:"))
    caption = pairs.get("fig-cap") or (label if is_figure else "")
    alt = label if explicit_alt is None else explicit_alt
    picture = figure_html(address, alt, caption or None, html.escape, title or None)
    passed_on = "".join(
        f' {name}="{html.escape(pairs[name])}"' for name in _PASSED_ATTRIBUTES if pairs.get(name)
    )
    return picture.replace("<img", f"<img{passed_on}", 1)


def _is_alone(tokens: list[Token]) -> bool:
    """Return whether the tokens are a single picture, possibly in a link."""
    return [token.type for token in tokens] in (["image"], ["link_open", "image", "link_close"])


def _from_markdown(data: bytes, document: str) -> ConvertedDocument:  # noqa: ARG001
    source = text_of(data)
    return ConvertedDocument(*markdown_to_html(source), sources=(source,))


def _from_pandoc(data: bytes, document: str) -> ConvertedDocument:  # noqa: ARG001
    source = text_of(data)
    return ConvertedDocument(*markdown_to_html(source, alt_is_caption=True), sources=(source,))


MARKDOWN = Format(
    "Markdown",
    "Jekyll, Hugo, MyST, Obsidian or plain, with its front matter",
    (".md", ".markdown", ".mdown", ".mkd", ".mdx", ".myst"),
    _from_markdown,
)
PANDOC = Format(
    "Pandoc or Quarto",
    "as Markdown; the text of a picture without other text in its paragraph is its caption",
    (".qmd", ".rmd", ".pandoc"),
    _from_pandoc,
)
