"""WordPress exports (WXR): published posts and pages, with what the media library says of their pictures.

The format is RSS with elements of its own: https://wordpress.org/documentation/article/tools-export-screen/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import BinaryIO
from xml.etree.ElementTree import Element

from selectolax.lexbor import LexborHTMLParser

from explorer.archive.convert.exports.builder_data import Piece, pieces_of
from explorer.archive.convert.exports.page_builders import shortcodes_as_html
from explorer.archive.convert.exports.skipped_entries import NoPost, Unpublished, left_out
from explorer.archive.convert.exports.wordpress_media import Attachment, Media, address_path, upload_path
from explorer.archive.convert.figure_html import contains_picture
from explorer.archive.convert.format_kinds import Container, Members
from explorer.archive.convert.html_page import html_page
from explorer.archive.convert.markdown.shortcodes import parse_tag, wordpress_captions
from explorer.archive.convert.member_names import slug
from explorer.archive.convert.paragraphs import paragraphs_of_markup
from explorer.archive.convert.xml_trees import (
    MAX_XML_BYTES,
    children,
    read_elements,
    root_of,
    text_of_child,
)
from explorer.archive.html.runs import parse

_POST_TYPES = frozenset(("post", "page"))
_SAID = frozenset(("publish", "private"))
_NEVER_SAVED = frozenset(("auto-draft", "inherit"))
_GALLERY = re.compile(r"(?<!\[)\[gallery(?P<arguments>\s[^\[\]]{0,2000})?\](?!\])")
# A pattern that several posts show; it is a post of its own in the export.
_SHARED_BLOCK = re.compile(r'<!-- wp:block \{[^{}]{0,200}"ref":(?P<identity>\d{1,18})[^{}]{0,200}\} /-->')
_WP_IMAGE = re.compile(r"\bwp-image-(\d+)\b")


@dataclass(frozen=True, slots=True)
class Author:
    """Who may write: the login that posts name, and the name that readers see."""

    login: str
    name: str


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
    pieces: tuple[Piece, ...]  # what a page builder keeps beside the content


@dataclass(frozen=True, slots=True)
class SharedBlock:
    """What several posts show and keep once."""

    identity: str
    content: str


def _recognises(head: bytes) -> bool:
    root, attributes = root_of(head)
    return root == "rss" and "wordpress.org/export" in attributes


def _unpack(stream: BinaryIO, path: str) -> Members:  # noqa: ARG001
    root, found = read_elements(stream.read(MAX_XML_BYTES + 1), frozenset(("item", "author")), _read)
    channel = next(children(root, "channel"), root)
    language = text_of_child(channel, "language")
    media = Media.of(one for one in found if isinstance(one, Attachment))
    names = {one.login: one.name for one in found if isinstance(one, Author)}
    shared = {one.identity: one.content for one in found if isinstance(one, SharedBlock)}
    posts = [_with_shared_blocks(one, shared) for one in found if isinstance(one, Post)]
    pages = {
        f"{post.name}-{post.identity}.html".lstrip("-"): partial(_page, post, media, names, language)
        for post in posts
    }
    return {**left_out(one for one in found if isinstance(one, Unpublished | NoPost)), **pages}


def _with_shared_blocks(post: Post, shared: Mapping[str, str]) -> Post:
    """The post with each block that it shares in its place, once."""
    left = dict(shared) if "<!-- wp:block " in post.content else {}
    if not left:
        return post
    content = _SHARED_BLOCK.sub(lambda found: left.pop(found["identity"], ""), post.content)
    return replace(post, content=content)


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


def _read(element: Element) -> Author | Attachment | Post | SharedBlock | Unpublished | NoPost | None:
    login = text_of_child(element, "author_login")
    if login:
        return Author(login, text_of_child(element, "author_display_name"))
    kind, identity = text_of_child(element, "post_type"), text_of_child(element, "post_id")
    if kind == "attachment":
        return _attachment(element, identity)
    status = text_of_child(element, "status")
    if kind == "wp_block" and status == "publish":
        return SharedBlock(identity, text_of_child(element, "encoded", "/content/"))
    if kind not in _POST_TYPES:
        return NoPost(f"entries of the type {slug(kind)}") if kind and status in _SAID else None
    if status == "publish":
        return _post(element, identity)
    return (
        Unpublished(text_of_child(element, "title"), identity, status) if status not in _NEVER_SAVED else None
    )


def _attachment(element: Element, identity: str) -> Attachment:
    return Attachment(
        identity,
        text_of_child(element, "attachment_url") or text_of_child(element, "guid"),
        alt=_meta(element, "_wp_attachment_image_alt"),
        caption=text_of_child(element, "encoded", "/excerpt/"),
        parent=text_of_child(element, "post_parent"),
        place=int(place) if (place := text_of_child(element, "menu_order")).isdecimal() else 0,
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
        tuple(piece for key, value in _metas(element) for piece in pieces_of(key, value)),
    )


def _meta(element: Element, key: str) -> str:
    return next((value for name, value in _metas(element) if name == key), "")


def _metas(element: Element) -> Iterator[tuple[str, str]]:
    for meta in children(element, "postmeta"):
        yield text_of_child(meta, "meta_key"), text_of_child(meta, "meta_value")


# --- what its readers saw ---------------------------------------------------------------------------------


def _body(post: Post, media: Media) -> str:
    written = shortcodes_as_html(_with_galleries(wordpress_captions(post.content), post, media), media)
    is_of_blocks = "<!-- wp:" in written
    body = written if is_of_blocks else paragraphs_of_markup(written)
    body = _with_known_pictures(_with_pieces(body, post.pieces), media)
    opening = media.by_identity.get(post.opening)
    if opening and upload_path(opening.address).rpartition("/")[2].rpartition(".")[0] not in body:
        return opening.figure() + body
    return body


def _with_pieces(body: str, pieces: Sequence[Piece]) -> str:
    """The content with what a page builder shows beside it; where there is none, all that the builder keeps."""
    if not pieces:
        return body
    if not LexborHTMLParser(f"<p>{body}").text().strip() and "<img" not in body:
        return body + "\n".join(piece.markup for piece in pieces)
    shown = {piece.address: piece.markup for piece in pieces if piece.address}
    return "\n".join(
        [body, *(markup for address, markup in shown.items() if not contains_picture(body, address))]
    )


def _with_galleries(content: str, post: Post, media: Media) -> str:
    """`[gallery ids="4,7"]` as the pictures that it shows; without numbers those uploaded to the post."""

    def figures(found: re.Match[str]) -> str:
        named = parse_tag("gallery" + (found["arguments"] or "")).named
        numbers = {key: re.findall(r"\d+", named.get(key, "")) for key in ("ids", "include", "exclude", "id")}
        chosen = numbers["ids"] or numbers["include"]
        attached = media.by_parent.get(next(iter(numbers["id"]), post.identity), [])
        known = media.known(chosen) if chosen else attached
        shown = [one.figure() for one in known if one.identity not in numbers["exclude"]]
        return "\n\n" + "\n".join(shown) + "\n\n"

    return _GALLERY.sub(figures, content)


def _with_known_pictures(body: str, media: Media) -> str:
    """The pictures of a post with the alt text and caption of the media library where they have none of their own."""
    if not media.by_identity or "<img" not in body:
        return body
    page = parse(f"<body>{body}</body>")
    for picture in page.css("img"):
        attributes = picture.attributes
        written = _WP_IMAGE.search(attributes.get("class") or "")
        known = media.by_identity.get(written[1]) if written else None
        known = known or media.by_address.get(upload_path(attributes.get("src") or ""))
        if known is None:
            continue
        caption = LexborHTMLParser(f"<p>{known.caption}").text().strip()
        if known.alt and not attributes.get("alt"):
            picture.attrs["alt"] = known.alt
        if caption:  # the extractor takes a title as the caption of a picture that has no other
            picture.attrs["title"] = caption
        # The file that was uploaded, which the copy in the text may have left behind.
        picture.attrs["data-orig-file"] = address_path(known.address)
    return page.body.html or "" if page.body is not None else body


WORDPRESS = Container(
    "WordPress export",
    "published posts and pages, with the captions and alt texts of the media library",
    (".xml",),
    _unpack,
    _recognises,
    is_text=True,
)
