"""Pictures as HTML. Their bytes are in the page itself, so no picture is missing while the page is shown."""

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
    "remote": "The picture is outside the archive",
    "unreadable": "The picture cannot be read",
}


def picture(library: Library, figure: FigureRecord, size: Literal["small", "large"] = "small") -> Markup:
    """Return the picture of a figure with its label as alternative text, or the reason why there is no picture."""
    if figure.sha256 is None:
        return _no_picture(WHY_NO_PICTURE.get(figure.status, "No picture"))
    path = library.browse.picture_path(figure.sha256, size)
    try:
        webp = path.read_bytes()
    except OSError:
        return _no_picture(
            audience.adapt_message("The picture's file is missing. Restore it: explorer doctor --repair")
        )
    return image(webp, figure.label)


def image(webp: bytes, alt: str) -> Markup:
    """Return an image element that contains the picture itself."""
    return render("image.html", data=base64.b64encode(webp).decode("ascii"), alt=alt)


def _no_picture(reason: str) -> Markup:
    return render("no_picture.html", reason=reason)
