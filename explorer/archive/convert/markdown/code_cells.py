"""Cells of code in R Markdown, Quarto, MyST and notebooks: the pictures that they include, and what their options say.

Nothing is run. A cell that includes a file is the figure of that file; the other pictures of a cell are made when it
runs, so that only its caption is there to be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from explorer.archive.convert.figure_html import PANELS, RenderInline, figure_html
from explorer.archive.convert.markdown.front_matter import by_line, parse_yaml
from explorer.archive.convert.markdown.r_expressions import Environment, arguments_of, assignments_in
from explorer.archive.links.picture_suffixes import PICTURE_PATH

Options = Mapping[str, Any]

# `{{r}}` shows how a cell is written.
_HEADER = re.compile(r"\{[ \t]*(?P<engine>[a-zA-Z][\w-]*)(?P<arguments>(?:[ \t,].*)?)\}")
_MYST_HEADER = re.compile(r"\{code-cell\}.*")
_MYST_OPTION = re.compile(r":[\w-]+:.*")
_CODE_FENCE = "`" * 12
# `#|` in R, Python and Julia, `//|` in Observable, `--|` in SQL, `%%|` in Mermaid.
_OPTION_LINE = re.compile(r"[ \t]*(?:#|//|--|%%?)\|(?P<said>.*)")
_INCLUDE = re.compile(r"\binclude_graphics[ \t]*\(")
_SHOWN_FILE = re.compile(
    r"(?<![\w.])(?:(?:IPython\.)?display\.)?(?:Image|SVG|FileAttachment|(?:IRdisplay::)?display_(?:png|jpeg|svg))\("
    r"\s*+(?:(?:filename|url|file)\s*+=\s*+)?r?"
    r"""["'](?P<path>[^"'\n]++)["']"""
)
_INLINE = re.compile(r"`r[ \t]+(?:knitr::)?include_graphics[ \t]*\((?P<arguments>[^`\n]*+)`")
# bookdown keeps long captions in paragraphs, `(ref:boat) The boat.`
_REFERENCE = re.compile(r"^\(ref:(?P<name>[\w-]+)\)[ \t]+(?P<words>.+)$", re.MULTILINE)
_NO = frozenset(("false", "f", "no"))
MAX_PICTURES = 200


@dataclass(frozen=True, slots=True)
class Labels:
    """The captions and alternative texts of the pictures of a cell, and the caption that all of them share."""

    captions: Sequence[str]
    alts: Sequence[str]
    overall: str

    def figure(self, address: str, place: int, render_inline: RenderInline) -> str:
        """Return the HTML of the picture at that place."""
        return figure_html(address, _at(self.alts, place), _at(self.captions, place), render_inline)

    def around(self, pictures: Sequence[str], render_inline: RenderInline) -> str:
        """Return the pictures under the caption that they share, where there is one."""
        if not self.overall or not pictures:
            return "\n".join(pictures)
        shown = "".join(pictures)
        return (
            f'<figure class="{PANELS}">{shown}<figcaption>{render_inline(self.overall)}</figcaption></figure>'
        )


@dataclass(slots=True)
class Cells:
    """The cells of one document: what one of them assigns the others know."""

    render_inline: RenderInline
    references: Mapping[str, str] = field(default_factory=dict)
    known: Environment = field(default_factory=dict)

    def shown(self, info: str, lines: list[str]) -> list[str] | None:
        """What a fence shows in place of its code; None where it is code that is not run."""
        if _MYST_HEADER.fullmatch(info):
            return self._run(*_myst_options_in(lines))
        header = _HEADER.fullmatch(info)
        if header is None:
            return None
        options, code = options_in(lines)
        return self._run({**_header_options(header["arguments"], self.known), **options}, code)

    def _run(self, options: Options, code: list[str]) -> list[str]:
        if _is_off(options, "eval"):
            return _as_code(code)
        text = "\n".join(code)
        assignments_in(text, self.known)
        if _is_off(options, "include"):
            return []
        pictures = list(dict.fromkeys(pictures_in(text, self.known)))[:MAX_PICTURES]
        labels = labels_of(self._resolved(options), len(pictures))
        if pictures:
            shown = [labels.figure(one, place, self.render_inline) for place, one in enumerate(pictures)]
            return [labels.around(shown, self.render_inline)]
        return [*self._missing(labels), *([] if _is_off(options, "echo") else _as_code(code))]

    def _missing(self, labels: Labels) -> list[str]:
        """The captions of pictures that only running the cell would make."""
        captions = [*filter(None, labels.captions), *filter(None, [labels.overall])]
        return [f"<figure><figcaption>{self.render_inline(one)}</figcaption></figure>\n" for one in captions]

    def _resolved(self, options: Options) -> Options:
        return {key: [self._reference(one) for one in _texts(value)] for key, value in options.items()}

    def _reference(self, text: str) -> str:
        found = re.fullmatch(r"\s*\(ref:([\w-]+)\)\s*", text)
        return self.references.get(found[1], text) if found else text


def references_of(source: str) -> tuple[str, dict[str, str]]:
    """Return the source without its paragraphs `(ref:name) words`, and these by name."""
    if "(ref:" not in source:
        return source, {}
    found = {one["name"]: one["words"].strip() for one in _REFERENCE.finditer(source)}
    return _REFERENCE.sub("", source), found


def inline_pictures(text: str) -> str:
    """Return the text with `r knitr::include_graphics("a.png")` in backquotes as the picture that it shows."""

    def picture(found: re.Match[str]) -> str:
        shown = _paths(arguments_of(found["arguments"], {}).positional)
        return " ".join(f"![](<{path}>)" for path in shown) or found[0]

    return _INLINE.sub(picture, text)


def options_in(lines: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Return the options in the lines `#| fig-cap: ...` of a cell, and the lines that are code."""
    said = [found["said"] for line in lines if (found := _OPTION_LINE.fullmatch(line))]
    code = [line for line in lines if not _OPTION_LINE.fullmatch(line)]
    return (_said("\n".join(said)), code) if said else ({}, code)


def pictures_in(code: str, known: Environment) -> Iterator[str]:
    """Yield the addresses of the files that the code shows."""
    code = "\n".join(line for line in code.split("\n") if not line.lstrip().startswith("#"))
    for found in islice(_INCLUDE.finditer(code), MAX_PICTURES):
        call = arguments_of(code[found.end() : found.end() + 8000], known)
        yield from _paths([*call.positional[:1], call.named.get("path")])
    for shown in _SHOWN_FILE.finditer(code):
        if PICTURE_PATH.search(shown["path"]):
            yield shown["path"]


def myst_options(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a cell of MyST-NB (https://myst-nb.readthedocs.io) under the names of Quarto."""
    own = said.get("mystnb")
    own = own if isinstance(own, Mapping) else {}
    names = {"fig-cap": ("figure", "caption"), "fig-alt": ("image", "alt")}
    found = {name: own[key].get(it) for name, (key, it) in names.items() if isinstance(own.get(key), Mapping)}
    return {name: value for name, value in found.items() if value}


def labels_of(options: Options, pictures: int) -> Labels:
    """Return what the options say of so many pictures: one caption for each, or one for all."""
    captions, alts = _texts(options.get("fig-cap")), _texts(options.get("fig-alt"))
    own = [it for it in _texts(options.get("fig-subcap")) if it.lower() != "true"]
    if len(alts) == 1:
        alts *= pictures
    if own:
        return Labels(own, alts, captions[0] if captions else "")
    if len(captions) == 1 and pictures > 1:
        return Labels([], alts, captions[0])
    return Labels(captions, alts, "")


def _header_options(arguments: str, known: Environment) -> dict[str, Any]:
    """`fig.cap="..."` in the header of a chunk, under the names that Quarto has for them."""
    call = arguments_of(arguments.lstrip(" \t,"), known)
    return {_option_name(key): value for key, value in call.named.items() if value is not None}


def _myst_options_in(lines: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Options of a `{code-cell}`, between lines of `---` or as `:key: value`, and the lines that are code."""
    if lines and lines[0].strip() == "---" and "---" in map(str.strip, lines[1:]):
        end = 1 + next(place for place, line in enumerate(lines[1:]) if line.strip() == "---")
        said = _said("\n".join(lines[1:end]))
        return myst_options(said), lines[end + 1 :]
    start = next((n for n, line in enumerate(lines) if not _MYST_OPTION.fullmatch(line.strip())), len(lines))
    return {}, lines[start:]


def _said(block: str) -> dict[str, Any]:
    """Options as YAML; as knitr's own `key = value` where they are written so."""
    try:
        parsed = parse_yaml(block)
    except ValueError:
        parsed = by_line("\n".join(line.strip() for line in block.split("\n")))
    if isinstance(parsed, dict):
        return {_option_name(str(key)): value for key, value in parsed.items()}
    return _header_options(block.replace("\n", " "), {})


def _is_off(options: Options, name: str) -> bool:
    said = _texts(options.get(name))
    return bool(said) and said[0].lower() in _NO


def _as_code(lines: list[str]) -> list[str]:
    return [_CODE_FENCE, *lines, _CODE_FENCE] if any(line.strip() for line in lines) else []


def _option_name(name: str) -> str:
    return name.strip().lower().replace(".", "-").replace("_", "-")


def _paths(values: Sequence[list[str] | None]) -> list[str]:
    return [path for value in values for path in value or () if path not in {"", "NULL", "NA"}][:MAX_PICTURES]


def _texts(value: Any) -> list[str]:  # noqa: ANN401
    found = value if isinstance(value, list) else [value]
    texts = [" ".join(str(one).split()) for one in found if isinstance(one, str | int | float)]
    return [] if texts in (["NULL"], ["NA"], [""]) else texts


def _at(texts: Sequence[str], place: int) -> str | None:
    return texts[place] if place < len(texts) else None
