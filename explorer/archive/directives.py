"""Blocks between fences that are figures: MyST's directives, Pandoc's divisions, the caption blocks of MkDocs."""

from __future__ import annotations

import re

from explorer.archive.figure_html import RenderInline, figure_html

_DIRECTIVE = re.compile(
    r"^(?P<indent> {0,3})(?P<fence>`{3,}|:{3,}|~{3,})[ \t]*\{(?P<kind>figure|image|figure-md)\}[ \t]*(?P<path>[^\n]*)\n"
    r"(?P<body>.{0,9000}?)^(?P=indent)(?P=fence)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
# Only innermost ones: a body has no fence of its own.
_DIVISION = re.compile(
    r"^:{3,}[ \t]*\{[^{}\n]*#fig[-:][^{}\n]*\}[ \t]*\n(?P<body>(?:(?!:{3}).*\n){0,200}?):{3,}[ \t]*$",
    re.MULTILINE,
)
_CAPTION_BLOCK = re.compile(
    r"^/{3,}[ \t]*(?:figure-|table-)?caption\b[^\n]*\n(?P<body>.{0,4000}?)^/{3,}[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_OTHER_FENCE = re.compile(r"^:{3,}.*$", re.MULTILINE)
_OPTION_LINE = re.compile(r"^:([\w-]+):[ \t]*(.*)$")


def expand(source: str, render_inline: RenderInline) -> str:
    """Markdown with such blocks replaced by the HTML of their figures; the marks of other blocks vanish."""
    source = _DIRECTIVE.sub(lambda found: _directive(found, render_inline), source)
    if ":::" in source:
        source = _OTHER_FENCE.sub("", _DIVISION.sub(_division, source))
    return _CAPTION_BLOCK.sub(
        lambda found: f'<p class="caption">{render_inline(found["body"].strip())}</p>\n', source
    )


def _directive(found: re.Match[str], render_inline: RenderInline) -> str:
    """MyST's figure and image: options first (`:alt: ...` or a YAML block), then the caption, then a legend."""
    options: dict[str, str] = {}
    lines = found["body"].split("\n")
    while lines and (
        not lines[0].strip() or lines[0].strip() == "---" or _directive_option(lines[0], options)
    ):
        if not lines.pop(0).strip() and options:
            break
    path, body = found["path"].strip(), "\n".join(lines).strip()
    if found["kind"] == "figure-md":
        return f"<figure>\n\n{_last_paragraph_as_caption(body)}\n\n</figure>\n"
    caption = body.split("\n\n")[0] if found["kind"] == "figure" else None
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
