"""The HTML with which every reader passes a figure to the extractor."""

from __future__ import annotations

import html
from collections.abc import Callable

RenderInline = Callable[[str], str]

PANELS = "figure-of-panels"
"""The HTML class of a figure whose caption describes all the figures inside it."""


def figure_html(
    image: str,
    alt: str | None,
    caption: str | None,
    render_inline: RenderInline,
    title: str | None = None,
    credit: str | None = None,
) -> str:
    """Return one line of HTML: a `<figure>` if there is a caption or credit, else an `<img>`.

    An `<img>` can be placed in a `<figure>` of the author.
    """
    attributes = {"src": image, "alt": alt, "title": title}
    attribute_text = " ".join(f'{name}="{html.escape(value)}"' for name, value in attributes.items() if value)
    picture = f"<img {attribute_text}>"
    words = render_inline(" ".join((caption or "").split()))
    if credit:
        words += f' <span class="credit">{render_inline(credit)}</span>'
    return f"<figure>{picture}<figcaption>{words}</figcaption></figure>" if words else picture


def contains_picture(body: str, address: str) -> bool:
    """Return whether the HTML contains the file name of the picture, and so shows it in some size."""
    return (address.partition("?")[0].rpartition("/")[2] or address) in body
