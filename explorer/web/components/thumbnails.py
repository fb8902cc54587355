"""Pictures as HTML: the bytes stand in the page itself, so each one shown has surely arrived."""

from __future__ import annotations

import base64
from html import escape
from typing import Literal

from explorer import Library
from explorer.types import FigureRecord, Region
from explorer.web.components.attributes import attribute
from explorer.web.state import audience

WHY_NO_PICTURE = {
    "missing": "The picture is not in the archive",
    "remote": "The picture lies outside the archive",
    "unreadable": "The picture cannot be read",
}


def picture(library: Library, figure: FigureRecord, size: Literal["small", "large"] = "small") -> str:
    """The figure's picture, its alternative text the caption; words in its place where there is none."""
    if figure.sha256 is None:
        return _in_its_place(WHY_NO_PICTURE.get(figure.status, "No picture"))
    path = library.browse.picture_path(figure.sha256, size)
    try:
        webp = path.read_bytes()
    except OSError:
        return _in_its_place(
            audience.told("The picture's file is gone. Make it again: explorer doctor --repair")
        )
    return image(webp, figure.label)


def image(webp: bytes, alt: str) -> str:
    """An <img> that needs no further request."""
    data = base64.b64encode(webp).decode("ascii")
    return f'<img src="data:image/webp;base64,{data}" alt="{attribute(alt)}" decoding="async">'


def frame(part: Region, said: str) -> str:
    """A frame around a part of a picture, to be laid over it; `said` is its title."""
    left, top, right, bottom = (100 * edge for edge in part)
    place = f"left:{left:.2f}%;top:{top:.2f}%;width:{right - left:.2f}%;height:{bottom - top:.2f}%"
    return f'<span class="ax-read" style="{place}" title="{attribute(said)}"></span>'


def _in_its_place(words: str) -> str:
    return f'<span class="ax-no-picture">{escape(words)}</span>'
