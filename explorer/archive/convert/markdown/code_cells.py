"""Code cells of R Markdown, Quarto, MyST and notebooks: the pictures that they include, and their options.

No code is run. A cell that includes a picture file becomes a figure. Other pictures exist only once the cell has run:
for these, only the caption is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from explorer.archive.convert.markdown.front_matter import parse_lines, parse_yaml
from explorer.archive.convert.markdown.r_expressions import Environment, collect_assignments, parse_arguments
from explorer.archive.html.caption_marks import PANELS, RenderInline, figure_html
from explorer.archive.links.picture_suffixes import PICTURE_PATH

Options = Mapping[str, Any]

# `{{r}}` is an example of a cell, not a cell.
_HEADER = re.compile(r"\{[ \t]*(?P<engine>[a-zA-Z][\w-]*)(?P<arguments>(?:[ \t,].*)?)\}")
_MYST_HEADER = re.compile(r"\{code-cell\}.*")
_MYST_OPTION = re.compile(r":[\w-]+:.*")
_CODE_FENCE = "`" * 12
# `#|` in R, Python and Julia, `//|` in Observable, `--|` in SQL, `%%|` in Mermaid.
_OPTION_LINE = re.compile(r"[ \t]*(?:#|//|--|%%?)\|(?P<option>.*)")
_INCLUDE = re.compile(r"\binclude_graphics[ \t]*\(")
_SHOWN_FILE = re.compile(
    r"(?<![\w.])(?:(?:IPython\.)?display\.)?(?:Image|SVG|FileAttachment|(?:IRdisplay::)?display_(?:png|jpeg|svg))\("
    r"\s*+(?:(?:filename|url|file)\s*+=\s*+)?r?"
    r"""["'](?P<path>[^"'\n]++)["']"""
)
INLINE_MARK = "include_graphics"
"""Text without it has no inline picture."""
_INLINE = re.compile(r"`r[ \t]+(?:knitr::)?include_graphics[ \t]*\((?P<arguments>[^`\n]*+)`")
# bookdown keeps long captions in paragraphs, `(ref:boat) The boat.`
REFERENCE_MARK = "(ref:"
"""A document without it has no references."""
_REFERENCE = re.compile(r"^\(ref:(?P<name>[\w-]+)\)[ \t]+(?P<words>.+)$", re.MULTILINE)
_FALSE_VALUES = frozenset(("false", "f", "no"))
MAX_PICTURES = 200


@dataclass(frozen=True, slots=True)
class Labels:
    """The captions and alt texts of the pictures of a cell, and the caption that all of them share."""

    captions: Sequence[str]
    alts: Sequence[str]
    overall: str

    def figure(self, address: str, index: int, render_inline: RenderInline) -> str:
        """Return the HTML of the picture with this index."""
        return figure_html(
            address, _item_or_none(self.alts, index), _item_or_none(self.captions, index), render_inline
        )

    def wrap(self, pictures: Sequence[str], render_inline: RenderInline) -> str:
        """Return the HTML of the pictures, in one figure if they share a caption."""
        if not self.overall or not pictures:
            return "\n".join(pictures)
        content = "".join(pictures)
        return f'<figure class="{PANELS}">{content}<figcaption>{render_inline(self.overall)}</figcaption></figure>'


@dataclass(slots=True)
class Cells:
    """The cells of one document. They share the variables that they assign."""

    render_inline: RenderInline
    references: Mapping[str, str] = field(default_factory=dict)
    variables: Environment = field(default_factory=dict)

    def render(self, info: str, lines: list[str]) -> list[str] | None:
        """Return the lines that a fence shows in place of its code, or None if it is not a cell."""
        if _MYST_HEADER.fullmatch(info):
            return self._run(*_split_myst_options(lines))
        header = _HEADER.fullmatch(info)
        if header is None:
            return None
        options, code = split_options(lines)
        return self._run({**_header_options(header["arguments"], self.variables), **options}, code)

    def _run(self, options: Options, code: list[str]) -> list[str]:
        if _is_off(options, "eval"):
            return _as_code(code)
        text = "\n".join(code)
        collect_assignments(text, self.variables)
        if _is_off(options, "include"):
            return []
        pictures = list(dict.fromkeys(pictures_in(text, self.variables)))[:MAX_PICTURES]
        labels = labels_of(self._resolve_references(options), len(pictures))
        if pictures:
            figures = [
                labels.figure(picture, index, self.render_inline) for index, picture in enumerate(pictures)
            ]
            return [labels.wrap(figures, self.render_inline)]
        return [*self._missing_figures(labels), *([] if _is_off(options, "echo") else _as_code(code))]

    def _missing_figures(self, labels: Labels) -> list[str]:
        """Return figures without pictures, with the captions of pictures that running the cell would create."""
        captions = [*filter(None, labels.captions), *filter(None, [labels.overall])]
        return [
            f"<figure><figcaption>{self.render_inline(caption)}</figcaption></figure>\n"
            for caption in captions
        ]

    def _resolve_references(self, options: Options) -> Options:
        return {
            key: [self._resolve_reference(text) for text in _texts(value)] for key, value in options.items()
        }

    def _resolve_reference(self, text: str) -> str:
        match = re.fullmatch(r"\s*\(ref:([\w-]+)\)\s*", text)
        return self.references.get(match[1], text) if match else text


def split_references(source: str) -> tuple[str, dict[str, str]]:
    """Return the source without its paragraphs `(ref:name) words`, and their words by name."""
    if REFERENCE_MARK not in source:
        return source, {}
    references = {match["name"]: match["words"].strip() for match in _REFERENCE.finditer(source)}
    return _REFERENCE.sub("", source), references


def replace_inline_pictures(text: str) -> str:
    """Return the text with inline code such as `r knitr::include_graphics("a.png")` replaced by the picture."""

    def picture_markdown(match: re.Match[str]) -> str:
        paths = _paths(parse_arguments(match["arguments"], {}).positional)
        return " ".join(f"![](<{path}>)" for path in paths) or match[0]

    return _INLINE.sub(picture_markdown, text)


def split_options(lines: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Return the options in the lines `#| fig-cap: ...` of a cell, and its other lines."""
    option_lines = [match["option"] for line in lines if (match := _OPTION_LINE.fullmatch(line))]
    code = [line for line in lines if not _OPTION_LINE.fullmatch(line)]
    return (_parse_options("\n".join(option_lines)), code) if option_lines else ({}, code)


def pictures_in(code: str, variables: Environment) -> Iterator[str]:
    """Yield the addresses of the files that the code shows."""
    code = "\n".join(line for line in code.split("\n") if not line.lstrip().startswith("#"))
    for opening in islice(_INCLUDE.finditer(code), MAX_PICTURES):
        call = parse_arguments(code[opening.end() : opening.end() + 8000], variables)
        yield from _paths([*call.positional[:1], call.named.get("path")])
    for match in _SHOWN_FILE.finditer(code):
        if PICTURE_PATH.search(match["path"]):
            yield match["path"]


def myst_options(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options in the metadata of a MyST-NB cell (https://myst-nb.readthedocs.io), with Quarto's names."""
    mystnb = metadata.get("mystnb")
    mystnb = mystnb if isinstance(mystnb, Mapping) else {}
    names = {"fig-cap": ("figure", "caption"), "fig-alt": ("image", "alt")}
    options = {
        name: mystnb[section].get(field_name)
        for name, (section, field_name) in names.items()
        if isinstance(mystnb.get(section), Mapping)
    }
    return {name: value for name, value in options.items() if value}


def labels_of(options: Options, picture_count: int) -> Labels:
    """Return the captions and alt texts in the options of a cell: one caption for each picture, or one for all."""
    captions, alts = _texts(options.get("fig-cap")), _texts(options.get("fig-alt"))
    subcaptions = [caption for caption in _texts(options.get("fig-subcap")) if caption.lower() != "true"]
    if len(alts) == 1:
        alts *= picture_count
    if subcaptions:
        return Labels(subcaptions, alts, captions[0] if captions else "")
    if len(captions) == 1 and picture_count > 1:
        return Labels([], alts, captions[0])
    return Labels(captions, alts, "")


def _header_options(arguments: str, variables: Environment) -> dict[str, Any]:
    """Return the options in the header of a chunk (`fig.cap="..."`), with Quarto's names."""
    call = parse_arguments(arguments.lstrip(" \t,"), variables)
    return {_option_name(key): value for key, value in call.named.items() if value is not None}


def _split_myst_options(lines: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Return the options of a `{code-cell}`, between lines of `---` or as `:key: value`, and the lines of code."""
    if lines and lines[0].strip() == "---" and "---" in map(str.strip, lines[1:]):
        end = 1 + next(index for index, line in enumerate(lines[1:]) if line.strip() == "---")
        metadata = _parse_options("\n".join(lines[1:end]))
        return myst_options(metadata), lines[end + 1 :]
    start = next(
        (index for index, line in enumerate(lines) if not _MYST_OPTION.fullmatch(line.strip())), len(lines)
    )
    return {}, lines[start:]


def _parse_options(block: str) -> dict[str, Any]:
    """Parse options as YAML, or as knitr's `key = value`."""
    try:
        parsed = parse_yaml(block)
    except ValueError:
        parsed = parse_lines("\n".join(line.strip() for line in block.split("\n")))
    if isinstance(parsed, dict):
        return {_option_name(str(key)): value for key, value in parsed.items()}
    return _header_options(block.replace("\n", " "), {})


def _is_off(options: Options, name: str) -> bool:
    values = _texts(options.get(name))
    return bool(values) and values[0].lower() in _FALSE_VALUES


def _as_code(lines: list[str]) -> list[str]:
    return [_CODE_FENCE, *lines, _CODE_FENCE] if any(line.strip() for line in lines) else []


def _option_name(name: str) -> str:
    return name.strip().lower().replace(".", "-").replace("_", "-")


def _paths(values: Sequence[list[str] | None]) -> list[str]:
    return [path for value in values for path in value or () if path not in {"", "NULL", "NA"}][:MAX_PICTURES]


def _texts(value: Any) -> list[str]:  # noqa: ANN401
    values = value if isinstance(value, list) else [value]
    texts = [" ".join(str(item).split()) for item in values if isinstance(item, str | int | float)]
    return [] if texts in (["NULL"], ["NA"], [""]) else texts


def _item_or_none(texts: Sequence[str], index: int) -> str | None:
    return texts[index] if index < len(texts) else None
