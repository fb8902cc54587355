"""What the gallery in the browser asks for: large pictures and originals, and changes of collections."""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any, Final

import streamlit as st

from explorer import Library
from explorer.errors import ExplorerError
from explorer.types import FigureRecord
from explorer.web.state import audience, links

Everything = Callable[[], Sequence[str]]
"""Returns the ids of all results, also of those that the page does not show."""
ALL: Final = "all"
_LAST: Final = "gallery_last_change"
"""The key of the last change of a collection: its number and its answer. A request that comes twice is done once."""


def answer_picture(
    library: Library, request: Mapping[str, Any], figures: Mapping[str, FigureRecord]
) -> dict[str, Any] | None:
    """Return the picture that a request asks for; None for any other request."""
    figure = figures.get(str(request.get("id")))
    what = request.get("what")
    if what not in {"large", "original"} or figure is None or figure.sha256 is None:
        return None
    path = library.browse.picture_path(figure.sha256, what)
    try:
        content = path.read_bytes()
    except OSError:
        return None
    name = PurePosixPath(figure.image or "").name or f"{figure.sha256[:12]}.webp"
    kind = (
        mimetypes.guess_type(name)[0] if what == "original" else "image/webp"
    ) or "application/octet-stream"
    return {
        "number": request.get("number"),
        "id": figure.id,
        "what": what,
        "name": name,
        "source": f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}",
    }


def change_collection(library: Library, request: Mapping[str, Any], everything: Everything | None) -> bool:
    """Do what a request asks of a collection, once. Return whether a collection has changed."""
    change = {"keep": _keep, "remove": _remove, "move": _move}.get(str(request.get("what")))
    number = request.get("number")
    last = last_answer()
    if change is None or not audience.is_owner() or (last and last["number"] == number):
        return False
    try:
        answer = {"isDone": True, **change(library, request, everything)}
    except ExplorerError as error:
        answer = {"isDone": False, "text": audience.adapt_message(error)}
    st.session_state[_LAST] = {"number": number, **answer}
    return bool(answer["isDone"])


def last_answer() -> dict[str, Any] | None:
    """Return the answer to the last change of a collection."""
    return st.session_state.get(_LAST)


def _keep(library: Library, request: Mapping[str, Any], everything: Everything | None) -> dict[str, Any]:
    figures = request.get("figures")
    ids = (everything() if everything else ()) if figures == ALL else _texts(figures)
    if isinstance(request.get("name"), str):
        collection = library.collections.create(request["name"], ids)
        added = collection.figures
    else:
        collection = library.collections.get(str(request.get("collection")))
        added = library.collections.add(collection.id, ids)
    there = "" if added == len(ids) else f"; {len(ids) - added:,} were there already"
    text = f"{_count(added)} kept in “{collection.name}”{there}."
    return {"text": text, "link": links.collection(collection.id)}


def _remove(library: Library, request: Mapping[str, Any], _: Everything | None) -> dict[str, Any]:
    collection = library.collections.get(str(request.get("collection")))
    removed = library.collections.remove(collection.id, _texts(request.get("figures")))
    return {"text": f"{_count(removed)} removed from “{collection.name}”."}


def _move(library: Library, request: Mapping[str, Any], _: Everything | None) -> dict[str, Any]:
    """Move a figure to the place of another one."""
    collection = library.collections.get(str(request.get("collection")))
    ids = [figure.id for figure in library.collections.figures(collection.id)]
    target = str(request.get("to"))
    if target in ids:
        library.collections.move(collection.id, str(request.get("id")), ids.index(target) + 1)
    return {"text": ""}


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _count(figures: int) -> str:
    return f"{figures:,} figure{'' if figures == 1 else 's'}"
