"""What the blocks of Markdown show: directives of MyST, divisions of Pandoc, admonitions of MkDocs, callouts.

What holds Markdown is read as Markdown, under its title; what shows a picture is a figure; code stays code.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from explorer.archive.convert.figure_html import PANELS, RenderInline, figure_html
from explorer.archive.convert.markdown.attributes import parse_attributes
from explorer.archive.convert.markdown.blocks import Block, Style, expand_blocks
from explorer.archive.convert.markdown.code_cells import Cells, references_of
from explorer.archive.links.picture_suffixes import PICTURE_PATH

_DIRECTIVE = re.compile(r"\{(?P<name>[a-zA-Z][\w:+.-]*)\}[ \t]*(?P<argument>.*)")
_PLAIN = re.compile(r"(?P<name>[a-zA-Z][\w:-]*)[ \t]*(?:\[(?P<label>.*)\])?[ \t]*(?P<rest>.*?)[ \t]*:*")
_SLASHED = re.compile(r"(?P<name>[\w-]+)[ \t]*(?:\|[ \t]*(?P<title>.*))?")
_OPTION = re.compile(r":(?P<key>[\w-]+):[ \t]*(?P<value>.*)")
_YAML_OPTION = re.compile(r"(?P<key>[\w-]+):[ \t]+(?P<value>.*)")
_HEADING = re.compile(r"#{1,6}[ \t]+(?P<words>.*?)(?:[ \t]*\{[^{}]*\})?[ \t#]*")
_SEPARATOR = re.compile(r"(?:\^{3,}|\+{3,})[ \t]*")
_PICTURE = re.compile(r"!\[|<(?:img|figure|svg)\b")

_SHOWN_AS_CODE = frozenset((
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
# What lists or runs something else, and has no words of its own.
_NO_CONTENT = frozenset((
    "toctree", "bibliography", "contents", "tableofcontents", "index", "include", "literalinclude", "iframe", "video", "embed",
    "autosummary", "automodule", "autoclass", "autofunction", "automethod", "meta", "tags", "sectionauthor",
    "codeauthor", "currentmodule", "program", "option", "nb-exec-table",
))  # fmt: skip
# Whose argument is a setting and no title.
_UNTITLED = frozenset((
    "grid", "grid-item", "div", "container", "class", "rst-class", "only", "ifconfig", "table", "list-table",
    "carousel", "card-carousel", "tab-set", "glossary", "hlist", "centered",
))  # fmt: skip
_FIGURES = frozenset(("figure", "subfigure", "figure-md"))


@dataclass(frozen=True, slots=True)
class Directive:
    """A block with its name, what stands behind it, its options, and the lines that are left."""

    name: str
    argument: str
    options: Mapping[str, str] = field(default_factory=dict)
    body: list[str] = field(default_factory=list)


Inner = Callable[[list[str]], list[str]]


def expand(source: str, render_inline: RenderInline, *, of_cells: bool = False) -> str:
    """Return the source with its blocks as what they show. `of_cells`: a fence `{name}` is a cell of code, as in Quarto."""
    source, references = references_of(source)
    cells = Cells(render_inline, references)

    def render(block: Block, inner: Inner) -> list[str] | None:
        match block.style:
            case Style.CODE:
                return _of_code_fence(block, inner, render_inline, cells, of_cells=of_cells)
            case Style.COLONS:
                return _of_colons(block, inner, render_inline)
            case Style.SLASHES:
                return _of_slashes(block, inner, render_inline)
        shown = inner(block.lines)
        if block.style is Style.CALLOUT and not block.info and shown == block.lines:
            return None  # a quotation, or the `>}}` of a shortcode
        return [*_title(block.title), *shown]

    return expand_blocks(source, render)


def _of_code_fence(
    block: Block, inner: Inner, render_inline: RenderInline, cells: Cells, *, of_cells: bool
) -> list[str] | None:
    found = _DIRECTIVE.fullmatch(block.info)
    if of_cells or found is None or found["name"].lower() in _SHOWN_AS_CODE:
        return cells.shown(block.info, block.lines)
    return _shown(_directive(found["name"], found["argument"], block.lines), inner, render_inline)


def _of_colons(block: Block, inner: Inner, render_inline: RenderInline) -> list[str] | None:
    found = _DIRECTIVE.fullmatch(block.info)
    if found:
        if found["name"].lower() in _SHOWN_AS_CODE:
            return ["```", *block.lines, "```"]
        return _shown(_directive(found["name"], found["argument"], block.lines), inner, render_inline)
    start = block.info.find("{")
    parsed = parse_attributes(block.info, start) if start >= 0 else None
    said = parsed[0].pairs if parsed else {}
    if start == 0:
        return _division(said, inner(_with_title(block.lines, said.get("class", ""))))
    plain = _PLAIN.fullmatch(block.info[:start].strip() if start > 0 else block.info)
    title = (plain["label"] or plain["rest"]) if plain else ""
    return [*_title(said.get("title") or title), *inner(_with_title(block.lines, block.info))]


def _with_title(lines: list[str], names: str) -> list[str]:
    """The lines of a callout of Quarto, whose first heading is its title and begins no section."""
    first = next((place for place, line in enumerate(lines) if line.strip()), None)
    heading = _HEADING.fullmatch(lines[first]) if first is not None and "callout-" in names else None
    return [*_title(heading["words"]), *lines[(first or 0) + 1 :]] if heading else lines


def _division(said: Mapping[str, str], body: list[str]) -> list[str]:
    """Pandoc's `::: {#fig-x layout-ncol=2}` and `::: {.callout-note title="..."}`."""
    if said.get("id", "").startswith(("fig-", "fig:")):
        return _figure_of(body, said.get("fig-cap", ""))
    names = html.escape(said.get("class", ""))
    return [f'<div class="{names}">', "", *_title(said.get("title", "")), *body, "", "</div>"]


def _of_slashes(block: Block, inner: Inner, render_inline: RenderInline) -> list[str] | None:
    """The blocks of PyMdown; their options are indented lines at the top."""
    found = _SLASHED.match(block.info)
    if found is None:
        return None
    lines = list(block.lines)
    while lines and lines[0].startswith("    ") and lines[0].strip():
        lines.pop(0)
    if found["name"].endswith("caption"):
        words = " ".join(lines).strip()
        return [f'<p class="caption">{render_inline(words)}</p>']
    title = (found["title"] or "").strip() if found["name"] != "html" else ""
    return [*_title(title), *inner(lines)]


# --- directives of MyST -----------------------------------------------------------------------------------


def _directive(name: str, argument: str, lines: list[str]) -> Directive:
    options, body = _options_of(lines)
    return Directive(name.lower(), argument.strip(), options, body)


def _options_of(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    """The options at the top, as `:key: value` or between lines of `---`, and the lines below them."""
    start = next((n for n, line in enumerate(lines) if line.strip()), len(lines))
    rest = lines[start:]
    if not rest:
        return {}, []
    in_yaml = rest[0].strip() == "---"
    pattern, position = (_YAML_OPTION, 1) if in_yaml else (_OPTION, 0)
    options: dict[str, str] = {}
    key = ""
    for line in rest[position:]:
        found = pattern.fullmatch(line.strip())
        if in_yaml and line.strip() == "---":
            position += 1
            break
        if found:
            key = found["key"]
            options[key] = found["value"].strip().strip("\"'")
        elif key and line.startswith((" ", "\t")) and line.strip():
            options[key] = f"{options[key]} {line.strip()}".lstrip("|> ")
        elif not in_yaml:
            break
        position += 1
    return options, rest[position:]


def _shown(directive: Directive, inner: Inner, render_inline: RenderInline) -> list[str]:
    if directive.name in _NO_CONTENT:
        return []
    if directive.name == "image":
        return [figure_html(directive.argument, directive.options.get("alt"), None, render_inline)]
    if directive.name in _FIGURES:
        return _figure(directive, inner, render_inline)
    pictures = [
        figure_html(value, directive.options.get("img-alt"), None, render_inline)
        for value in dict.fromkeys(directive.options.values())
        if PICTURE_PATH.search(value)
    ]
    title = "" if directive.name in _UNTITLED else directive.argument
    body = ["" if _SEPARATOR.fullmatch(line) else line for line in directive.body]
    return [*pictures, "", *_title(title), *inner(body)]


def _figure(directive: Directive, inner: Inner, render_inline: RenderInline) -> list[str]:
    """A picture with its caption and legend, or a body that holds the pictures and their caption."""
    if directive.name != "figure" or not directive.argument:
        return _figure_of(inner(directive.body))
    caption, legend = _first_paragraph(directive.body)
    alt = directive.options.get("alt")
    return [figure_html(directive.argument, alt, caption, render_inline), "", *inner(legend)]


def _first_paragraph(lines: list[str]) -> tuple[str, list[str]]:
    lines = lines[next((n for n, line in enumerate(lines) if line.strip()), len(lines)) :]
    end = next((n for n, line in enumerate(lines) if not line.strip()), len(lines))
    return " ".join(lines[:end]), lines[end:]


def _figure_of(body: list[str], caption: str = "") -> list[str]:
    """A figure around a body whose last paragraph is its caption, unless that is a picture itself."""
    paragraphs = "\n".join(body).strip().split("\n\n")
    if not any(map(_PICTURE.search, paragraphs)):
        return body
    if not caption and len(paragraphs) > 1 and not _is_marked_up(paragraphs[-1]):
        caption = paragraphs.pop()
    closing = ["<figcaption>", "", caption.strip(), "", "</figcaption>"] if caption else []
    return [f'<figure class="{PANELS}">', "", "\n\n".join(paragraphs), "", *closing, "</figure>"]


def _is_marked_up(paragraph: str) -> bool:
    return bool(_PICTURE.search(paragraph)) or paragraph.lstrip().startswith(("<", "```", "~~~", "|"))


def _title(words: str) -> list[str]:
    return [f"**{words.strip()}**", ""] if words.strip() else []
