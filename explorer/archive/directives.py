"""Blocks between fences that are figures: MyST's directives, Pandoc's divisions, the caption blocks of MkDocs."""

from __future__ import annotations

import re

from explorer.archive.enclosed import Enclosure
from explorer.archive.figure_html import RenderInline, figure_html

_FENCE = r"^(?P<indent> {0,3}+)(?P<fence>`{3,}+|:{3,}+|~{3,}+)[ \t]*+"
_DIRECTIVE = Enclosure(
    re.compile(rf"{_FENCE}\{{(?P<kind>figure|image|figure-md)\}}[ \t]*+(?P<path>[^\n]*+)\n", re.MULTILINE),
    re.compile(rf"{_FENCE}$", re.MULTILINE),
    9000,
)
# Only innermost ones: a body has no fence of its own.
_DIVISION = re.compile(
    r"^:{3,}+[ \t]*+\{(?=[^{}\n]*#fig[-:])[^{}\n]*+\}[ \t]*+\n(?P<body>(?:(?!:{3}).*\n){0,200}?):{3,}+[ \t]*+$",
    re.MULTILINE,
)
_CAPTION_BLOCK = Enclosure(
    re.compile(r"^/{3,}+[ \t]*+(?:figure-|table-)?caption\b[^\n]*+\n", re.MULTILINE),
    re.compile(r"^/{3,}+[ \t]*+$", re.MULTILINE),
    4000,
)
_OTHER_FENCE = re.compile(r"^:{3,}.*$", re.MULTILINE)
_OPTION_LINE = re.compile(r"^:([\w-]+):[ \t]*(.*)$")


def expand(source: str, render_inline: RenderInline) -> str:
    """Markdown with such blocks replaced by the HTML of their figures; the marks of other blocks vanish."""
    source = _DIRECTIVE.replaced(source, lambda opening, body: _directive(opening, body, render_inline))
    if ":::" in source:
        source = _OTHER_FENCE.sub("", _DIVISION.sub(_division, source))
    return _CAPTION_BLOCK.replaced(
        source, lambda _, body: f'<p class="caption">{render_inline(body.strip())}</p>\n'
    )


def _directive(opening: re.Match[str], inside: str, render_inline: RenderInline) -> str:
    """MyST's figure and image: options first (`:alt: ...` or a YAML block), then the caption, then a legend."""
    options: dict[str, str] = {}
    lines = inside.split("\n")
    while lines and (
        not lines[0].strip() or lines[0].strip() == "---" or _directive_option(lines[0], options)
    ):
        if not lines.pop(0).strip() and options:
            break
    path, body = opening["path"].strip(), "\n".join(lines).strip()
    if opening["kind"] == "figure-md":
        return f"<figure>\n\n{_last_paragraph_as_caption(body)}\n\n</figure>\n"
    caption = body.split("\n\n")[0] if opening["kind"] == "figure" else None
    return figure_html(path, options.get("alt"), caption, render_inline) + "\n"


def _directive_option(line: str, options: dict[str, str]) -> bool:
    option = _OPTION_LINE.match(line.strip()) or re.match(
        r"^(name|alt|width|height|align|class|scale|target|figclass): (.*)", line
    )
    if option:
        options[option[1]] = option[2].strip().strip("\"'")
    return option is not None


def _division(found: re.Match[str]) -> str:
    return f"<figure>\n\n{_last_paragraph_as_caption(found['body'].strip())}\n\n</figure>\n"


def _last_paragraph_as_caption(body: str) -> str:
    first, _, caption = body.rpartition("\n\n")
    if not first or "![" in caption or "<img" in caption:
        return body
    return f"{first}\n\n<figcaption>\n\n{caption}\n\n</figcaption>"
