"""Pictures as HTML: the bytes stand in the page itself, so each one shown has surely arrived."""

from __future__ import annotations

import base64
from typing import Literal

from markupsafe import Markup

from explorer import Library
from explorer.types import FigureRecord
from explorer.web.state import audience
from explorer.web.templating import render

WHY_NO_PICTURE = {
    "missing": "The picture is not in the archive",
    "remote": "The picture lies outside the archive",
    "unreadable": "The picture cannot be read",
}


def picture(library: Library, figure: FigureRecord, size: Literal["small", "large"] = "small") -> Markup:
    """The figure's picture, its alternative text the caption; words in its place where there is none."""
    if figure.sha256 is None:
        return _no_picture(WHY_NO_PICTURE.get(figure.status, "No picture"))
    path = library.browse.picture_path(figure.sha256, size)
    try:
        webp = path.read_bytes()
    except OSError:
        return _no_picture(
            audience.told("The picture's file is gone. Make it again: explorer doctor --repair")
        )
    return image(webp, figure.label)


def image(webp: bytes, alt: str) -> Markup:
    """Return an image element that contains the picture itself."""
    return render("image.html", data=base64.b64encode(webp).decode("ascii"), alt=alt)


def _no_picture(reason: str) -> Markup:
    return render("no_picture.html", reason=reason)
