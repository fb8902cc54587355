"""The cards of a Ghost post as HTML, where the export does not give that: pictures, bookmarks, boxes with words.

Their fields are those of https://github.com/TryGhost/Koenig/tree/main/packages/kg-default-nodes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from html import escape

from explorer.archive.convert.figure_html import figure_html
from explorer.archive.convert.json_trees import Node, list_at, text_at
from explorer.archive.convert.markdown.convert import markdown_to_html

_TEXTS = ("heading", "header", "subheader", "calloutText", "textValue", "content", "productTitle", "productDescription",
          "title", "fileTitle", "fileCaption", "disclaimer", "html")  # fmt: skip
_PICTURES = (
    "productImageSrc",
    "backgroundImageSrc",
    "backgroundImage",
    "imageUrl",
    "thumbnailSrc",
    "customThumbnailSrc",
)
_TAG = re.compile(r"</?[a-zA-Z]")


def card_html(kind: str, payload: Node) -> str:
    """Return a card of either format as HTML; "" of one that shows nothing of the author's."""
    draw = _CARDS.get(kind, _box)
    return draw(payload)


def _image(payload: Node) -> str:
    return _picture(payload, text_at(payload, "caption"))


def _gallery(payload: Node) -> str:
    shown = "".join(_picture(one, "") for one in list_at(payload, "images") if isinstance(one, dict))
    return f"<figure>{shown}<figcaption>{text_at(payload, 'caption')}</figcaption></figure>\n"


def _markdown(payload: Node) -> str:
    return markdown_to_html(text_at(payload, "markdown"))[0]


def _html(payload: Node) -> str:
    return text_at(payload, "html")


def _code(payload: Node) -> str:
    return f"<pre><code>{escape(text_at(payload, 'code'))}</code></pre>\n"


def _bookmark(payload: Node) -> str:
    """What another page is; it is drawn as Ghost draws it, so that its icon and its picture are known for what they are."""
    metadata = payload.get("metadata")
    said: Node = metadata if isinstance(metadata, Mapping) else {}
    words = "".join(
        f"<div>{escape(text_at(said, key))}</div>" for key in ("title", "description") if said.get(key)
    )
    pictures = "".join(
        f'<img class="kg-bookmark-{key}" src="{escape(text_at(said, key))}">'
        for key in ("icon", "thumbnail")
        if said.get(key)
    )
    link = f'<a class="kg-bookmark-container" href="{escape(text_at(payload, "url"))}">{words}{pictures}</a>'
    caption = text_at(payload, "caption")
    return f'<figure class="kg-card kg-bookmark-card">{link}</figure>\n' + (
        f"<p>{caption}</p>\n" if caption else ""
    )


def _box(payload: Node) -> str:
    """Words and pictures of any other card."""
    return "\n".join([*_words(payload), *_shown(payload), ""])


def _words(payload: Node) -> Iterator[str]:
    for key in _TEXTS:
        written = text_at(payload, key).strip()
        if written:
            yield written if _TAG.search(written) else f"<p>{escape(written, quote=False)}</p>"


def _shown(payload: Node) -> Iterator[str]:
    caption = text_at(payload, "caption")
    for key in _PICTURES:
        if text_at(payload, key):
            yield figure_html(text_at(payload, key), text_at(payload, "alt"), caption, str)
            caption = ""


def _picture(payload: Node, caption: str) -> str:
    image = text_at(payload, "src")
    if not image:
        return ""
    return figure_html(image, text_at(payload, "alt"), caption, str, title=text_at(payload, "title"))


def _nothing(payload: Node) -> str:  # noqa: ARG001
    return ""


_CARDS: dict[str, Callable[[Node], str]] = {
    "image": _image,
    "gallery": _gallery,
    "markdown": _markdown,
    "card-markdown": _markdown,
    "html": _html,
    "bookmark": _bookmark,
    "code": _code,
    "codeblock": _code,
    # The words of Ghost's own, or what only letters show.
    "email-cta": _nothing,
    "email": _nothing,
    "paywall": _nothing,
    "button": _nothing,
    "signup": _nothing,
    "hr": _nothing,
    "horizontalrule": _nothing,
}
