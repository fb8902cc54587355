"""The HTML in which every reader writes a figure for the extractor."""

from __future__ import annotations

import html
from collections.abc import Callable

RenderInline = Callable[[str], str]

PANELS = "figure-of-panels"
"""The class of a figure whose caption speaks of all the figures in it."""


def figure_html(
    image: str,
    alt: str | None,
    caption: str | None,
    render_inline: RenderInline,
    title: str | None = None,
    credit: str | None = None,
) -> str:
    """One line of HTML; a `<figure>` only where there is a caption, so that it nests into an author's own."""
    attributes = {"src": image, "alt": alt, "title": title}
    written = " ".join(f'{name}="{html.escape(value)}"' for name, value in attributes.items() if value)
    picture = f"<img {written}>"
    words = render_inline(" ".join((caption or "").split()))
    if credit:
        words += f' <span class="credit">{render_inline(credit)}</span>'
    return f"<figure>{picture}<figcaption>{words}</figcaption></figure>" if words else picture


def shows(body: str, address: str) -> bool:
    """Whether HTML shows a picture already, in whatever size: the name of its file stands in it."""
    return (address.partition("?")[0].rpartition("/")[2] or address) in body
