"""WordPress exports (WXR): published posts and pages, with what the media library says of their pictures.

The format is RSS with elements of its own: https://wordpress.org/documentation/article/tools-export-screen/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from html import escape
from typing import BinaryIO
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from selectolax.lexbor import LexborHTMLParser

from explorer.archive.figure_html import figure_html
from explorer.archive.formats.html_page import html_page
from explorer.archive.formats.kinds import Container, Members
from explorer.archive.formats.member_names import slug
from explorer.archive.formats.paragraphs import paragraphs_of_markup
from explorer.archive.formats.xml_trees import (
    MAX_XML_BYTES,
    children,
    read_elements,
    root_of,
    text_of_child,
)
from explorer.archive.runs import parse
from explorer.archive.templates import parse_tag, wordpress_captions

_POST_TYPES = frozenset(("post", "page"))
_GALLERY = re.compile(r"\[gallery(?P<arguments>\s[^\[\]]{0,2000})?\]")
_WP_IMAGE = re.compile(r"\bwp-image-(\d+)\b")
# WordPress keeps smaller copies of a.jpg as a-300x200.jpg, and the first upload of a large one as a-scaled.jpg.
_COPY = re.compile(r"-(?:\d{1,5}x\d{1,5}|scaled)(?=\.\w{2,5}$)")


@dataclass(frozen=True, slots=True)
class Author:
    """Who may write: the login that posts name, and the name that readers see."""

    login: str
    name: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A picture of the media library; empty words are unknown."""

    identity: str
    address: str
    alt: str
    caption: str


@dataclass(frozen=True, slots=True)
class Post:
    """A post or page as it was written."""

    identity: str
    name: str
    title: str
    link: str
    date: str
    login: str
    content: str
    opening: str  # the identity of the picture that it opens with


@dataclass(frozen=True, slots=True)
class Media:
    """The media library, by identity and by address."""

    by_identity: Mapping[str, Attachment] = field(default_factory=dict)
    by_address: Mapping[str, Attachment] = field(default_factory=dict)

    @staticmethod
    def of(attachments: Iterable[Attachment]) -> Media:
        known = list(attachments)
        return Media({one.identity: one for one in known}, {_upload(one.address): one for one in known})


def _recognises(head: bytes) -> bool:
    root, attributes = root_of(head)
    return root == "rss" and "wordpress.org/export" in attributes


def _unpack(stream: BinaryIO, path: str) -> Members:  # noqa: ARG001
    root, found = read_elements(stream.read(MAX_XML_BYTES + 1), frozenset(("item", "author")), _read)
    channel = next(children(root, "channel"), root)
    language = text_of_child(channel, "language")
    media = Media.of(one for one in found if isinstance(one, Attachment))
    names = {one.login: one.name for one in found if isinstance(one, Author)}
    posts = [one for one in found if isinstance(one, Post)]
    return {
        f"{post.name}-{post.identity}.html".lstrip("-"): partial(_page, post, media, names, language)
        for post in posts
    }


def _page(post: Post, media: Media, names: Mapping[str, str], language: str) -> bytes:
    return html_page(
        title=post.title,
        date=post.date,
        author=names.get(post.login) or post.login,
        address=post.link,
        language=language,
        body=_body(post, media),
    )


# --- what the export holds --------------------------------------------------------------------------------


def _read(element: Element) -> Author | Attachment | Post | None:
    login = text_of_child(element, "author_login")
    if login:
        return Author(login, text_of_child(element, "author_display_name"))
    kind, identity = text_of_child(element, "post_type"), text_of_child(element, "post_id")
    if kind == "attachment":
        return _attachment(element, identity)
    if kind in _POST_TYPES and text_of_child(element, "status") == "publish":
        return _post(element, identity)
    return None


def _attachment(element: Element, identity: str) -> Attachment:
    return Attachment(
        identity,
        text_of_child(element, "attachment_url") or text_of_child(element, "guid"),
        alt=_meta(element, "_wp_attachment_image_alt"),
        caption=text_of_child(element, "encoded", "/excerpt/"),
    )


def _post(element: Element, identity: str) -> Post:
    title = text_of_child(element, "title")
    date = text_of_child(element, "post_date")
    return Post(
        slug(identity),
        slug(text_of_child(element, "post_name")) or slug(title),
        " ".join(LexborHTMLParser(f"<p>{title}").text().split()),
        text_of_child(element, "link"),
        date if not date.startswith("0000") else text_of_child(element, "pubDate"),
        text_of_child(element, "creator"),
        text_of_child(element, "encoded", "/content/"),
        _meta(element, "_thumbnail_id"),
    )


def _meta(element: Element, key: str) -> str:
    metas = children(element, "postmeta")
    return next((text_of_child(it, "meta_value") for it in metas if text_of_child(it, "meta_key") == key), "")


# --- what its readers saw ---------------------------------------------------------------------------------


def _body(post: Post, media: Media) -> str:
    written = _with_galleries(wordpress_captions(post.content), media)
    is_of_blocks = "<!-- wp:" in written
    body = _with_known_pictures(written if is_of_blocks else paragraphs_of_markup(written), media)
    opening = media.by_identity.get(post.opening)
    if opening and _upload(opening.address).rpartition("/")[2].rpartition(".")[0] not in body:
        return _figure(opening) + body
    return body


def _with_galleries(content: str, media: Media) -> str:
    """`[gallery ids="4,7"]` as the pictures that it shows."""

    def figures(found: re.Match[str]) -> str:
        named = parse_tag("gallery" + (found["arguments"] or "")).named
        identities = re.findall(r"\d+", named.get("ids") or named.get("include") or "")
        known = [media.by_identity[it] for it in identities if it in media.by_identity]
        return "\n\n" + "\n".join(map(_figure, known)) + "\n\n"

    return _GALLERY.sub(figures, content)


def _figure(attachment: Attachment) -> str:
    # The caption is HTML: editors set links and italics in it.
    return f"<figure>{figure_html(attachment.address, attachment.alt, None, escape)}<figcaption>" + (
        f"{attachment.caption}</figcaption></figure>\n"
    )


def _with_known_pictures(body: str, media: Media) -> str:
    """The pictures of a post with the alt text and caption of the media library where they have none of their own."""
    if not media.by_identity or "<img" not in body:
        return body
    page = parse(f"<body>{body}</body>")
    for picture in page.css("img"):
        attributes = picture.attributes
        written = _WP_IMAGE.search(attributes.get("class") or "")
        known = media.by_identity.get(written[1]) if written else None
        known = known or media.by_address.get(_upload(attributes.get("src") or ""))
        if known is None:
            continue
        caption = LexborHTMLParser(f"<p>{known.caption}").text().strip()
        if known.alt and not attributes.get("alt"):
            picture.attrs["alt"] = known.alt
        if caption:  # the extractor takes a title as the caption of a picture that has no other
            picture.attrs["title"] = caption
        # The file that was uploaded, which the copy in the text may have left behind.
        picture.attrs["data-orig-file"] = _path(known.address)
    return page.body.html or "" if page.body is not None else body


def _upload(address: str) -> str:
    """What names an uploaded picture, whichever of its copies is meant and from whatever host."""
    return _COPY.sub("", _path(address))


def _path(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return address.partition("?")[0]


WORDPRESS = Container(
    "WordPress export",
    "published posts and pages, with the captions and alt texts of the media library",
    (".xml",),
    _unpack,
    _recognises,
    is_text=True,
)
