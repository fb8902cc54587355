"""Jupyter notebooks, format 3 and 4 (https://nbformat.readthedocs.io): what they say and the pictures they made."""

from __future__ import annotations

import binascii
import html
import json
from base64 import b64decode
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

from explorer.archive.convert.format_kinds import Converted, Format
from explorer.archive.convert.markdown.code_cells import labels_of, myst_options, options_in, pictures_in
from explorer.archive.convert.markdown.convert import markdown_to_html
from explorer.archive.convert.markdown.front_matter import split_front_matter
from explorer.archive.model import Read
from explorer.errors import ArchiveError

MAX_NOTEBOOK_BYTES = 128 * 1024 * 1024
# The forms of one output, best first: the first looks the same everywhere. Format 3 has the short names as keys.
_PICTURES = (
    ("image/png", "png"),
    ("image/jpeg", "jpeg"),
    ("image/svg+xml", "svg"),
    ("image/webp", "webp"),
    ("image/gif", "gif"),
)
_IN_ADDRESSES = ";/?:@&=+$,-_.!~*'()#"  # characters that Markdown leaves as they are
_OPTIONS = ("fig-cap", "fig-alt", "fig-subcap", "fig.cap", "fig.alt", "fig.subcap")

Json = Mapping[str, Any]


def _from_notebook(data: bytes, document: str) -> Converted:  # noqa: ARG001
    notebook = _parsed(data)
    cells = list(_cells(notebook))
    parts: dict[str, Read] = {}
    stretches = [_cell_html(cell, _name(cell, number), parts) for number, cell in enumerate(cells, 1)]
    source = data.decode("utf-8", errors="replace")
    return Converted("\n".join(stretches), _said_by(notebook, cells), parts, (source,))


def _parsed(data: bytes) -> Json:
    if len(data) > MAX_NOTEBOOK_BYTES:
        raise ArchiveError(
            f"has {len(data):,} bytes, more than the {MAX_NOTEBOOK_BYTES:,} of a notebook. Clear some of its outputs."
        )
    try:
        notebook = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ArchiveError(f"is no notebook: {error}. Save it in Jupyter anew.") from error
    if not isinstance(notebook, dict) or not {"cells", "worksheets"} & notebook.keys():
        raise ArchiveError("is no notebook: it has no cells. Save it in Jupyter anew.")
    return notebook


def _cells(notebook: Json) -> Iterator[Json]:
    """The cells in order; format 3 has them in worksheets."""
    for sheet in [notebook, *_mappings(notebook.get("worksheets"))]:
        yield from _mappings(sheet.get("cells"))


def _name(cell: Json, number: int) -> str:
    """What the cell is called, where it has a name: then another one may be put before it."""
    return quote(_text(cell.get("id")), safe="") or f"cell-{number}"


def _said_by(notebook: Json, cells: list[Json]) -> dict[str, Any]:
    """The data of the notebook, under those that Quarto keeps at the head of its first cell."""
    metadata = _mapping(notebook.get("metadata"))
    said = {key: metadata[key] for key in ("title", "authors", "author", "date", "lang") if key in metadata}
    head = _source(cells[0]) if cells and cells[0].get("cell_type") in {"raw", "markdown"} else ""
    return {**said, **(split_front_matter(head)[0] if head.lstrip().startswith("---") else {})}


def _cell_html(cell: Json, name: str, parts: dict[str, Read]) -> str:
    """What is shown of a cell; the pictures that it brings along are put into `parts`."""
    kind = cell.get("cell_type")
    if kind == "markdown":
        parts.update(_attachments(cell, name))
        return markdown_to_html(_source(cell).replace("attachment:", f"{name}/"))[0]
    if kind == "heading":
        level = cell.get("level")
        tag = f"h{level if level in range(1, 7) else 1}"
        return f"<{tag}>{html.escape(_source(cell))}</{tag}>"
    return _outputs_html(cell, name, parts) if kind == "code" else ""


def _attachments(cell: Json, name: str) -> Iterator[tuple[str, Read]]:
    """The pictures of a Markdown cell, by both ways of writing their names."""
    for file, forms in _mapping(cell.get("attachments")).items():
        found = _picture(_mapping(forms))
        if found:
            yield f"{name}/{file}", found[1]
            yield f"{name}/{quote(file, safe=_IN_ADDRESSES)}", found[1]


def _outputs_html(cell: Json, name: str, parts: dict[str, Read]) -> str:
    """The pictures that the code of a cell made, else those that it shows; what caption it has they share."""
    options, code = options_in(_source(cell).split("\n"))
    options = {**_options_of_metadata(_mapping(cell.get("metadata"))), **options}
    made = list(_made(cell, name, parts))
    if not any(made):
        made = list(dict.fromkeys(pictures_in("\n".join(code), {})))
    labels = labels_of(options, len(made))
    shown = [
        f"<p>{labels.figure(one, place, html.escape)}</p>" if not one.startswith("<") else one
        for place, one in enumerate(made)
    ]
    return labels.around(shown, html.escape)


def _made(cell: Json, name: str, parts: dict[str, Read]) -> Iterator[str]:
    """The addresses of the pictures in the outputs, which are put into `parts`, and markup with pictures."""
    for number, output in enumerate(_mappings(cell.get("outputs")), 1):
        forms = _mapping(output.get("data")) or output
        found = _picture(forms)
        markup = _text(forms.get("text/html"))
        if found:
            address = f"{name}/output-{number}.{found[0]}"
            parts[address] = found[1]
            yield address
        elif "<img" in markup or "<svg" in markup:
            yield f"<div>{markup}</div>"


def _options_of_metadata(metadata: Json) -> dict[str, Any]:
    """What the metadata of a cell say, as MyST-NB has it, or under the names of Quarto and knitr."""
    own = {key.replace(".", "-"): metadata[key] for key in _OPTIONS if metadata.get(key)}
    return {**myst_options(metadata), **own}


def _picture(forms: Json) -> tuple[str, Read] | None:
    """The best form of an output that is a picture: its suffix, and how to read it."""
    for kind, suffix in _PICTURES:
        written = _text(forms.get(kind) or forms.get(suffix))
        if written:
            return suffix, (written.encode if suffix == "svg" else partial(_decoded, written))
    return None


def _decoded(written: str) -> bytes:
    try:
        return b64decode(written)
    except (binascii.Error, ValueError) as error:
        raise ArchiveError(f"a picture of the notebook is damaged: {error}. Run its cell again.") from error


def _source(cell: Json) -> str:
    return _text(cell.get("source") or cell.get("input"))


def _text(written: Any) -> str:  # noqa: ANN401
    """A text, which may be written as a list of its lines."""
    lines = written if isinstance(written, list) else [written]
    return "".join(line for line in lines if isinstance(line, str)).replace("\x00", "")


def _mapping(written: Any) -> Json:  # noqa: ANN401
    return written if isinstance(written, dict) else {}


def _mappings(written: Any) -> list[Json]:  # noqa: ANN401
    return [one for one in written if isinstance(one, dict)] if isinstance(written, list) else []


NOTEBOOK = Format(
    "Jupyter notebook",
    "its Markdown, the pictures in it and those that its code made, with their captions",
    (".ipynb",),
    _from_notebook,
)
