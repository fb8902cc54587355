"""Render the cards of a Ghost post for exports without HTML: pictures, bookmarks, boxes with text.

The fields are those of https://github.com/TryGhost/Koenig/tree/main/packages/kg-default-nodes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from html import escape

from explorer.archive.convert.json_trees import Node, list_at, text_at
from explorer.archive.convert.markdown.convert import markdown_to_html
from explorer.archive.html.caption_marks import figure_html

_TEXT_KEYS = ("heading", "header", "subheader", "calloutText", "textValue", "content", "productTitle", "productDescription",
          "title", "fileTitle", "fileCaption", "disclaimer", "html")  # fmt: skip
_PICTURE_KEYS = (
    "productImageSrc",
    "backgroundImageSrc",
    "backgroundImage",
    "imageUrl",
    "thumbnailSrc",
    "customThumbnailSrc",
)
_TAG = re.compile(r"</?[a-zA-Z]")


def card_html(kind: str, payload: Node) -> str:
    """Return the HTML of a Lexical or Mobiledoc card, "" for a card without content of the author."""
    render = _RENDERERS.get(kind, _other_card)
    return render(payload)


def _image(payload: Node) -> str:
    return _picture(payload, text_at(payload, "caption"))


def _gallery(payload: Node) -> str:
    pictures = "".join(_picture(image, "") for image in list_at(payload, "images") if isinstance(image, dict))
    return f"<figure>{pictures}<figcaption>{text_at(payload, 'caption')}</figcaption></figure>\n"


def _markdown(payload: Node) -> str:
    return markdown_to_html(text_at(payload, "markdown"))[0]


def _html(payload: Node) -> str:
    return text_at(payload, "html")


def _code(payload: Node) -> str:
    return f"<pre><code>{escape(text_at(payload, 'code'))}</code></pre>\n"


def _bookmark(payload: Node) -> str:
    """Return a link to another page with the classes of Ghost, by which its icon and its thumbnail are recognised."""
    metadata = payload.get("metadata")
    page: Node = metadata if isinstance(metadata, Mapping) else {}
    texts = "".join(
        f"<div>{escape(text_at(page, key))}</div>" for key in ("title", "description") if page.get(key)
    )
    pictures = "".join(
        f'<img class="kg-bookmark-{key}" src="{escape(text_at(page, key))}">'
        for key in ("icon", "thumbnail")
        if page.get(key)
    )
    link = f'<a class="kg-bookmark-container" href="{escape(text_at(payload, "url"))}">{texts}{pictures}</a>'
    caption = text_at(payload, "caption")
    return f'<figure class="kg-card kg-bookmark-card">{link}</figure>\n' + (
        f"<p>{caption}</p>\n" if caption else ""
    )


def _other_card(payload: Node) -> str:
    """Return the texts and pictures of any other card."""
    return "\n".join([*_texts(payload), *_pictures(payload), ""])


def _texts(payload: Node) -> Iterator[str]:
    for key in _TEXT_KEYS:
        text = text_at(payload, key).strip()
        if text:
            yield text if _TAG.search(text) else f"<p>{escape(text, quote=False)}</p>"


def _pictures(payload: Node) -> Iterator[str]:
    caption = text_at(payload, "caption")
    for key in _PICTURE_KEYS:
        if text_at(payload, key):
            yield figure_html(text_at(payload, key), text_at(payload, "alt"), caption, str)
            caption = ""


def _picture(payload: Node, caption: str) -> str:
    image = text_at(payload, "src")
    if not image:
        return ""
    return figure_html(image, text_at(payload, "alt"), caption, str, title=text_at(payload, "title"))


def _empty(payload: Node) -> str:  # noqa: ARG001
    return ""


_RENDERERS: dict[str, Callable[[Node], str]] = {
    "image": _image,
    "gallery": _gallery,
    "markdown": _markdown,
    "card-markdown": _markdown,
    "html": _html,
    "bookmark": _bookmark,
    "code": _code,
    "codeblock": _code,
    # Texts of Ghost itself, or content only for emails.
    "email-cta": _empty,
    "email": _empty,
    "paywall": _empty,
    "button": _empty,
    "signup": _empty,
    "hr": _empty,
    "horizontalrule": _empty,
}
