"""Jupyter notebooks, formats 3 and 4 (https://nbformat.readthedocs.io): their Markdown and their pictures."""

from __future__ import annotations

import binascii
import html
import json
from base64 import b64decode
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

from explorer.archive.convert.format_kinds import ConvertedDocument, Format
from explorer.archive.convert.markdown.code_cells import labels_of, myst_options, pictures_in, split_options
from explorer.archive.convert.markdown.convert import markdown_to_html
from explorer.archive.convert.markdown.front_matter import split_front_matter
from explorer.archive.model import Read
from explorer.errors import ArchiveError

MAX_NOTEBOOK_BYTES = 128 * 1024 * 1024
# MIME types of one output, best first: PNG looks the same everywhere. Format 3 has the short names as keys.
_PICTURES = (
    ("image/png", "png"),
    ("image/jpeg", "jpeg"),
    ("image/svg+xml", "svg"),
    ("image/webp", "webp"),
    ("image/gif", "gif"),
)
_UNQUOTED_CHARACTERS = ";/?:@&=+$,-_.!~*'()#"  # characters that Markdown does not percent-encode
_OPTIONS = ("fig-cap", "fig-alt", "fig-subcap", "fig.cap", "fig.alt", "fig.subcap")

Json = Mapping[str, Any]


def _from_notebook(data: bytes, document: str) -> ConvertedDocument:  # noqa: ARG001
    notebook = _parse(data)
    cells = list(_cells(notebook))
    parts: dict[str, Read] = {}
    sections = [_cell_html(cell, _cell_name(cell, number), parts) for number, cell in enumerate(cells, 1)]
    source = data.decode("utf-8", errors="replace")
    return ConvertedDocument("\n".join(sections), _metadata(notebook, cells), parts, (source,))


def _parse(data: bytes) -> Json:
    if len(data) > MAX_NOTEBOOK_BYTES:
        raise ArchiveError(
            f"has {len(data):,} bytes, more than the {MAX_NOTEBOOK_BYTES:,} that are read. Clear some of its outputs."
        )
    try:
        notebook = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ArchiveError(f"is not a notebook: {error}. Save it again in Jupyter.") from error
    if not isinstance(notebook, dict) or not {"cells", "worksheets"} & notebook.keys():
        raise ArchiveError("is not a notebook: it has no cells. Save it again in Jupyter.")
    return notebook


def _cells(notebook: Json) -> Iterator[Json]:
    """Yield the cells in order; format 3 has them in worksheets."""
    for sheet in [notebook, *_mappings(notebook.get("worksheets"))]:
        yield from _mappings(sheet.get("cells"))


def _cell_name(cell: Json, number: int) -> str:
    """Return the id of the cell, which does not change when cells are inserted before it; else its number."""
    return quote(_text(cell.get("id")), safe="") or f"cell-{number}"


def _metadata(notebook: Json, cells: list[Json]) -> dict[str, Any]:
    """Return the metadata of the notebook. Those of Quarto at the start of the first cell take precedence."""
    metadata = _mapping(notebook.get("metadata"))
    notebook_metadata = {
        key: metadata[key] for key in ("title", "authors", "author", "date", "lang") if key in metadata
    }
    first_source = _source(cells[0]) if cells and cells[0].get("cell_type") in {"raw", "markdown"} else ""
    return {
        **notebook_metadata,
        **(split_front_matter(first_source)[0] if first_source.lstrip().startswith("---") else {}),
    }


def _cell_html(cell: Json, name: str, parts: dict[str, Read]) -> str:
    """Return the HTML of a cell, and add its embedded pictures to `parts`."""
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
    """Yield the pictures attached to a Markdown cell by their names, as they are and percent-encoded."""
    for file, forms in _mapping(cell.get("attachments")).items():
        picture = _best_picture(_mapping(forms))
        if picture:
            yield f"{name}/{file}", picture[1]
            yield f"{name}/{quote(file, safe=_UNQUOTED_CHARACTERS)}", picture[1]


def _outputs_html(cell: Json, name: str, parts: dict[str, Read]) -> str:
    """Return the HTML of the pictures in the outputs of a code cell, else of the files that its code shows."""
    options, code = split_options(_source(cell).split("\n"))
    options = {**_options_of_metadata(_mapping(cell.get("metadata"))), **options}
    outputs = list(_output_pictures(cell, name, parts))
    if not any(outputs):
        outputs = list(dict.fromkeys(pictures_in("\n".join(code), {})))
    labels = labels_of(options, len(outputs))
    figures = [
        f"<p>{labels.figure(output, index, html.escape)}</p>" if not output.startswith("<") else output
        for index, output in enumerate(outputs)
    ]
    return labels.wrap(figures, html.escape)


def _output_pictures(cell: Json, name: str, parts: dict[str, Read]) -> Iterator[str]:
    """Yield the addresses of the pictures in the outputs and HTML with pictures. Pictures are added to `parts`."""
    for number, output in enumerate(_mappings(cell.get("outputs")), 1):
        forms = _mapping(output.get("data")) or output
        picture = _best_picture(forms)
        markup = _text(forms.get("text/html"))
        if picture:
            address = f"{name}/output-{number}.{picture[0]}"
            parts[address] = picture[1]
            yield address
        elif "<img" in markup or "<svg" in markup:
            yield f"<div>{markup}</div>"


def _options_of_metadata(metadata: Json) -> dict[str, Any]:
    """Return the options in the metadata of a cell, in the form of MyST-NB or with names of Quarto and knitr."""
    options = {key.replace(".", "-"): metadata[key] for key in _OPTIONS if metadata.get(key)}
    return {**myst_options(metadata), **options}


def _best_picture(forms: Json) -> tuple[str, Read] | None:
    """Return the suffix and the reader of the best picture among the forms of an output, or None."""
    for kind, suffix in _PICTURES:
        text = _text(forms.get(kind) or forms.get(suffix))
        if text:
            return suffix, (text.encode if suffix == "svg" else partial(_decode_base64, text))
    return None


def _decode_base64(text: str) -> bytes:
    try:
        return b64decode(text)
    except (binascii.Error, ValueError) as error:
        raise ArchiveError(f"a picture of the notebook is damaged: {error}. Run its cell again.") from error


def _source(cell: Json) -> str:
    return _text(cell.get("source") or cell.get("input"))


def _text(node: Any) -> str:  # noqa: ANN401
    """Return a text, which may be stored as a list of lines; "" for anything else."""
    lines = node if isinstance(node, list) else [node]
    return "".join(line for line in lines if isinstance(line, str)).replace("\x00", "")


def _mapping(node: Any) -> Json:  # noqa: ANN401
    return node if isinstance(node, dict) else {}


def _mappings(node: Any) -> list[Json]:  # noqa: ANN401
    return [value for value in node if isinstance(value, dict)] if isinstance(node, list) else []


NOTEBOOK = Format(
    "Jupyter notebook",
    "its Markdown, the pictures in it and those that its code made, with their captions",
    (".ipynb",),
    _from_notebook,
)
