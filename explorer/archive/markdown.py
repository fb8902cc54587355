"""Markdown of any house (Jekyll, Hugo, MyST, Quarto, Obsidian, plain) into HTML, the normal form."""

from __future__ import annotations

import html
import json
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.attrs import attrs_block_plugin, attrs_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from explorer.archive import templates
from explorer.archive.figure_html import figure_html

# Enough for any real front matter; a YAML parser asked for more is being attacked.
MAX_FRONT_MATTER = 64 * 1024
MAX_BRACKETS = 2000  # nested, they cost the YAML parser their square
MAX_VARIABLE_CHARS = 4000
# What a document may grow by the addresses that it refers to again and again.
MAX_GROWTH, MAX_ADDRESS_CHARS = 8, 1_000_000
# The parser of TOML takes the square of a key's depth.
_DEEP_KEY = re.compile(r"^(?:[^=.\n]*\.){100}", re.MULTILINE)
_FRONT_MATTER = re.compile(
    r"\A\s*(?P<fence>---|\+\+\+)[ \t]*\n(?P<body>.*?)\n?^(?:(?P=fence)|\.\.\.)[ \t]*$\n?",
    re.MULTILINE | re.DOTALL,
)
# Pelican and MultiMarkdown: lines of `Key: value` up to the first empty one.
_BARE_LINES = re.compile(
    r"\A(?:title|date|author|authors|slug|category|tags):[^\n]*\n(?:[A-Za-z][\w -]*:[^\n]*\n|[ \t]+\S[^\n]*\n)*\n",
    re.I,
)
_RAW_IMAGE = re.compile(
    r"!\[(?P<alt>[^\[\]]*)\]\(\s*<?(?P<src>[^\s()<>]+)>?(?:\s+[\"'](?P<title>[^\"']*)[\"'])?\s*\)"
)

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
    expanded = templates.expand(body, _scalars(front_matter), _render_inline)
    environment = {"alt_is_caption": alt_is_caption}
    parser = _parser()
    tokens = parser.parse(expanded, environment)
    _bound_addresses(tokens, MAX_GROWTH * len(expanded) + MAX_ADDRESS_CHARS)
    return str(parser.renderer.render(tokens, parser.options, environment)), front_matter


def _bound_addresses(tokens: list[Token], room: int) -> None:
    """Empties the addresses and titles that are beyond `room` characters together: one may be referred to everywhere."""
    for token in (child for block in tokens for child in block.children or ()):
        for name in ("href", "src", "title"):
            room -= len(str(token.attrs.get(name, "")))
            if room < 0 and name in token.attrs:
                token.attrs[name] = ""


def split_front_matter(source: str) -> tuple[dict[str, Any], str]:
    """The data at the head of a document (YAML, TOML, JSON or bare lines), and the rest."""
    source = source.lstrip("\ufeff")
    if source.startswith("{"):
        return _json_head(source)
    bare = _BARE_LINES.match(source)
    if bare:
        return {key.lower(): value for key, value in _by_line(bare[0]).items()}, source[bare.end() :]
    found = _FRONT_MATTER.match(source)
    if not found or len(found["body"]) > MAX_FRONT_MATTER:
        return {}, source
    rest = source[found.end() :]
    brackets = found["body"].count("[") + found["body"].count("{")
    if brackets > MAX_BRACKETS or (found["fence"] == "+++" and _DEEP_KEY.search(found["body"])):
        return _by_line(found["body"]), rest
    try:
        parsed = (
            tomllib.loads(found["body"])
            if found["fence"] == "+++"
            else yaml.load(found["body"], _FrontMatter)  # noqa: S506  it makes nothing but strings
        )
    except (yaml.YAMLError, tomllib.TOMLDecodeError, ValueError, RecursionError):
        return _by_line(found["body"]), rest
    return (parsed, rest) if isinstance(parsed, dict) else ({}, source)


def _json_head(source: str) -> tuple[dict[str, Any], str]:
    try:
        parsed, end = json.JSONDecoder().raw_decode(source[:MAX_FRONT_MATTER])
    except (ValueError, RecursionError):
        return {}, source
    return (parsed, source[end:]) if isinstance(parsed, dict) else ({}, source)


class _FrontMatter(yaml.BaseLoader):
    """Plain strings only: dates stay as written, nothing is constructed, and aliases cannot grow into a bomb."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:  # noqa: ANN401
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("aliases are not read in front matter")
        return super().compose_node(parent, index)


def _by_line(block: str) -> dict[str, Any]:
    """What can be saved of front matter with a mistake in it: the simple `key: value` lines."""
    lines = (re.match(r"^([A-Za-z_][\w-]*)\s*[:=]\s*(\S.*)$", line) for line in block.split("\n"))
    return {found[1]: found[2].strip().strip("\"'") for found in lines if found}


def _scalars(front_matter: Mapping[str, Any]) -> dict[str, str]:
    """What templates may put anywhere, and as often as they like: nothing long."""
    said = {key: str(value) for key, value in front_matter.items() if isinstance(value, str | int | float)}
    return {key: value for key, value in said.items() if len(value) <= MAX_VARIABLE_CHARS}


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": 50}).enable(["table", "strikethrough"])
    parser.use(footnote_plugin).use(deflist_plugin).use(dollarmath_plugin).use(attrs_plugin).use(
        attrs_block_plugin
    )
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
    content = _RAW_IMAGE.sub(
        lambda found: figure_html(
            html.unescape(found["src"]), found["alt"], None, html.escape, found["title"]
        ),
        tokens[index].content,
    )
    return _RAW_ITALIC_LINES.sub(_italic, content)


def _italic(line: re.Match[str]) -> str:
    if line["open"] is not None:
        return line[0]
    return f"<em>{line['starred'] or line['underscored']}</em>"


def _image(
    renderer: RendererHTML, tokens: list[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    """As the parser's own rule, but Pandoc's figures (`{#fig-x}`, or a lone picture) get their caption."""
    token = tokens[index]
    alt = renderer.renderInlineAsText(token.children, options, env) if token.children else ""
    is_figure = str(token.attrs.get("id", "")).startswith(("fig-", "fig:")) or (
        env.get("alt_is_caption") and len(tokens) == 1
    )
    caption = str(token.attrs.get("fig-cap", "")) or (alt if is_figure else "")
    written_alt = str(token.attrs.get("fig-alt") or token.attrs.get("alt") or "")
    if token.attrs.get("alt"):
        caption = caption or alt  # a picture that says its alt apart says its caption in brackets
    title = str(token.attrs.get("title", "")) or None
    classes = html.escape(str(token.attrs.get("class", "")))
    picture = figure_html(str(token.attrs["src"]), written_alt or alt, caption or None, html.escape, title)
    return picture.replace("<img ", f'<img class="{classes}" ', 1) if classes else picture
