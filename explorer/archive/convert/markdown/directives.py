"""Render the blocks of Markdown: directives of MyST, divisions of Pandoc, admonitions of MkDocs, callouts.

Blocks with Markdown become Markdown under their titles, blocks with pictures become figures, code stays code.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from explorer.archive.convert.markdown.attributes import parse_attributes
from explorer.archive.convert.markdown.blocks import Block, Style, expand_blocks
from explorer.archive.convert.markdown.code_cells import Cells, split_references
from explorer.archive.html.caption_marks import PANELS, RenderInline, figure_html
from explorer.archive.links.picture_suffixes import PICTURE_PATH

_DIRECTIVE = re.compile(r"\{(?P<name>[a-zA-Z][\w:+.-]*)\}[ \t]*(?P<argument>.*)")
_DIVISION = re.compile(r"(?P<name>[a-zA-Z][\w:-]*)[ \t]*(?:\[(?P<label>.*)\])?[ \t]*(?P<rest>.*?)[ \t]*:*")
_SLASH_BLOCK = re.compile(r"(?P<name>[\w-]+)[ \t]*(?:\|[ \t]*(?P<title>.*))?")
_OPTION = re.compile(r":(?P<key>[\w-]+):[ \t]*(?P<value>.*)")
_YAML_OPTION = re.compile(r"(?P<key>[\w-]+):[ \t]+(?P<value>.*)")
_HEADING = re.compile(r"#{1,6}[ \t]+(?P<words>.*?)(?:[ \t]*\{[^{}]*\})?[ \t#]*")
_SEPARATOR = re.compile(r"(?:\^{3,}|\+{3,})[ \t]*")
_PICTURE = re.compile(r"!\[|<(?:img|figure|svg)\b")

_CODE_DIRECTIVES = frozenset((
    "code", "code-block", "code-cell", "sourcecode", "highlight", "math", "parsed-literal",
    "prompt", "doctest", "testcode", "testsetup", "testoutput", "productionlist", "eval-rst", "raw",
    "jupyter-execute", "jupyter-input", "jupyter-output", "thebe-button", "ipython", "mermaid", "graphviz",
    "plantuml", "uml", "diagram", "dot", "digraph", "graph", "vega", "vegalite", "csv-table", "r", "python",
    "python3", "py", "julia", "ojs", "observable", "bash", "sh", "zsh", "shell", "console", "sql", "stan", "rcpp",
    "cpp", "c", "cuda", "css", "scss", "js", "javascript", "typescript", "ts", "html", "xml", "json", "yaml",
    "toml", "d2", "cat", "powershell", "sas", "stata", "awk", "perl", "ruby", "go", "rust", "haskell", "scala",
    "java", "kotlin", "node", "fortran", "fortran95", "tikz", "typst", "latex", "tex", "embed", "exec", "verbatim",
    "comment", "targets", "webr", "webr-r", "pyodide", "pyodide-python", "shinylive", "shinylive-r",
    "shinylive-python", "octave", "matlab", "mathematica", "lua", "php", "swift", "coffee", "groovy", "lein",
    "psql", "mysql", "sed", "gawk", "dart", "elixir", "erlang", "ocaml", "fsharp", "csharp", "makefile", "text",
    "plain", "diff",
))  # fmt: skip
# Directives that list or run something else and have no text of their own.
_EMPTY_DIRECTIVES = frozenset((
    "toctree", "bibliography", "contents", "tableofcontents", "index", "include", "literalinclude", "iframe", "video", "embed",
    "autosummary", "automodule", "autoclass", "autofunction", "automethod", "meta", "tags", "sectionauthor",
    "codeauthor", "currentmodule", "program", "option", "nb-exec-table",
))  # fmt: skip
# Directives whose argument is a setting, not a title.
_UNTITLED_DIRECTIVES = frozenset((
    "grid", "grid-item", "div", "container", "class", "rst-class", "only", "ifconfig", "table", "list-table",
    "carousel", "card-carousel", "tab-set", "glossary", "hlist", "centered",
))  # fmt: skip
_FIGURE_DIRECTIVES = frozenset(("figure", "subfigure", "figure-md"))


@dataclass(frozen=True, slots=True)
class Directive:
    """A directive: its name, the argument after the name, its options, and its other lines."""

    name: str
    argument: str
    options: Mapping[str, str] = field(default_factory=dict)
    body: list[str] = field(default_factory=list)


RenderInner = Callable[[list[str]], list[str]]


def expand(source: str, render_inline: RenderInline, *, of_cells: bool = False) -> str:
    """Return the source with its blocks rendered.

    `of_cells`: whether a fence `{name}` is a code cell, as in Quarto, and not a directive.
    """
    source, references = split_references(source)
    cells = Cells(render_inline, references)

    def render(block: Block, render_inner: RenderInner) -> list[str] | None:
        match block.style:
            case Style.CODE:
                return _render_code_fence(block, render_inner, render_inline, cells, of_cells=of_cells)
            case Style.COLONS:
                return _render_colons(block, render_inner, render_inline)
            case Style.SLASHES:
                return _render_slashes(block, render_inner, render_inline)
        lines = render_inner(block.lines)
        if block.style is Style.CALLOUT and not block.info and lines == block.lines:
            return None  # a quotation, or the `>}}` that ends a shortcode
        return [*_title_lines(block.title), *lines]

    return expand_blocks(source, render)


def _render_code_fence(
    block: Block, render_inner: RenderInner, render_inline: RenderInline, cells: Cells, *, of_cells: bool
) -> list[str] | None:
    opening = _DIRECTIVE.fullmatch(block.info)
    if of_cells or opening is None or opening["name"].lower() in _CODE_DIRECTIVES:
        return cells.render(block.info, block.lines)
    return _render_directive(
        _parse_directive(opening["name"], opening["argument"], block.lines), render_inner, render_inline
    )


def _render_colons(block: Block, render_inner: RenderInner, render_inline: RenderInline) -> list[str] | None:
    opening = _DIRECTIVE.fullmatch(block.info)
    if opening:
        if opening["name"].lower() in _CODE_DIRECTIVES:
            return ["```", *block.lines, "```"]
        return _render_directive(
            _parse_directive(opening["name"], opening["argument"], block.lines), render_inner, render_inline
        )
    start = block.info.find("{")
    parsed = parse_attributes(block.info, start) if start >= 0 else None
    attributes = parsed[0].pairs if parsed else {}
    if start == 0:
        return _render_division(
            attributes, render_inner(_with_callout_title(block.lines, attributes.get("class", "")))
        )
    plain = _DIVISION.fullmatch(block.info[:start].strip() if start > 0 else block.info)
    title = (plain["label"] or plain["rest"]) if plain else ""
    return [
        *_title_lines(attributes.get("title") or title),
        *render_inner(_with_callout_title(block.lines, block.info)),
    ]


def _with_callout_title(lines: list[str], classes: str) -> list[str]:
    """Return the lines of a block. In a Quarto callout, the first heading is replaced by a title without a section."""
    first_index = next((index for index, line in enumerate(lines) if line.strip()), None)
    heading = (
        _HEADING.fullmatch(lines[first_index]) if first_index is not None and "callout-" in classes else None
    )
    return [*_title_lines(heading["words"]), *lines[(first_index or 0) + 1 :]] if heading else lines


def _render_division(attributes: Mapping[str, str], body: list[str]) -> list[str]:
    """Render Pandoc's `::: {#fig-x layout-ncol=2}` and `::: {.callout-note title="..."}`."""
    if attributes.get("id", "").startswith(("fig-", "fig:")):
        return _figure_around(body, attributes.get("fig-cap", ""))
    classes = html.escape(attributes.get("class", ""))
    return [f'<div class="{classes}">', "", *_title_lines(attributes.get("title", "")), *body, "", "</div>"]


def _render_slashes(block: Block, render_inner: RenderInner, render_inline: RenderInline) -> list[str] | None:
    """Render a block of PyMdown. Its options are indented lines at the top."""
    opening = _SLASH_BLOCK.match(block.info)
    if opening is None:
        return None
    lines = list(block.lines)
    while lines and lines[0].startswith("    ") and lines[0].strip():
        lines.pop(0)
    if opening["name"].endswith("caption"):
        words = " ".join(lines).strip()
        return [f'<p class="caption">{render_inline(words)}</p>']
    title = (opening["title"] or "").strip() if opening["name"] != "html" else ""
    return [*_title_lines(title), *render_inner(lines)]


# --- directives of MyST -----------------------------------------------------------------------------------


def _parse_directive(name: str, argument: str, lines: list[str]) -> Directive:
    options, body = _split_options(lines)
    return Directive(name.lower(), argument.strip(), options, body)


def _split_options(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    """Return the options at the top, as `:key: value` or between lines of `---`, and the lines below them."""
    start = next((index for index, line in enumerate(lines) if line.strip()), len(lines))
    content = lines[start:]
    if not content:
        return {}, []
    in_yaml = content[0].strip() == "---"
    pattern, position = (_YAML_OPTION, 1) if in_yaml else (_OPTION, 0)
    options: dict[str, str] = {}
    key = ""
    for line in content[position:]:
        match = pattern.fullmatch(line.strip())
        if in_yaml and line.strip() == "---":
            position += 1
            break
        if match:
            key = match["key"]
            options[key] = match["value"].strip().strip("\"'")
        elif key and line.startswith((" ", "\t")) and line.strip():
            options[key] = f"{options[key]} {line.strip()}".lstrip("|> ")
        elif not in_yaml:
            break
        position += 1
    return options, content[position:]


def _render_directive(
    directive: Directive, render_inner: RenderInner, render_inline: RenderInline
) -> list[str]:
    if directive.name in _EMPTY_DIRECTIVES:
        return []
    if directive.name == "image":
        return [figure_html(directive.argument, directive.options.get("alt"), None, render_inline)]
    if directive.name in _FIGURE_DIRECTIVES:
        return _render_figure(directive, render_inner, render_inline)
    pictures = [
        figure_html(value, directive.options.get("img-alt"), None, render_inline)
        for value in dict.fromkeys(directive.options.values())
        if PICTURE_PATH.search(value)
    ]
    title = "" if directive.name in _UNTITLED_DIRECTIVES else directive.argument
    body = ["" if _SEPARATOR.fullmatch(line) else line for line in directive.body]
    return [*pictures, "", *_title_lines(title), *render_inner(body)]


def _render_figure(directive: Directive, render_inner: RenderInner, render_inline: RenderInline) -> list[str]:
    """Render a picture with its caption and legend, or a body with pictures and their caption."""
    if directive.name != "figure" or not directive.argument:
        return _figure_around(render_inner(directive.body))
    caption, legend = _first_paragraph(directive.body)
    alt = directive.options.get("alt")
    return [figure_html(directive.argument, alt, caption, render_inline), "", *render_inner(legend)]


def _first_paragraph(lines: list[str]) -> tuple[str, list[str]]:
    lines = lines[next((index for index, line in enumerate(lines) if line.strip()), len(lines)) :]
    end = next((index for index, line in enumerate(lines) if not line.strip()), len(lines))
    return " ".join(lines[:end]), lines[end:]


def _figure_around(body: list[str], caption: str = "") -> list[str]:
    """Return a figure around the body. Without `caption`, the last paragraph is the caption if it is only text."""
    paragraphs = "\n".join(body).strip().split("\n\n")
    if not any(map(_PICTURE.search, paragraphs)):
        return body
    if not caption and len(paragraphs) > 1 and not _is_markup(paragraphs[-1]):
        caption = paragraphs.pop()
    closing = ["<figcaption>", "", caption.strip(), "", "</figcaption>"] if caption else []
    return [f'<figure class="{PANELS}">', "", "\n\n".join(paragraphs), "", *closing, "</figure>"]


def _is_markup(paragraph: str) -> bool:
    return bool(_PICTURE.search(paragraph)) or paragraph.lstrip().startswith(("<", "```", "~~~", "|"))


def _title_lines(words: str) -> list[str]:
    return [f"**{words.strip()}**", ""] if words.strip() else []
