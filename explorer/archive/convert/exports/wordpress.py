"""WordPress exports (WXR): published posts and pages, with the texts of their pictures in the media library.

The format is RSS with additional elements: https://wordpress.org/documentation/article/tools-export-screen/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import BinaryIO
from xml.etree.ElementTree import Element

from selectolax.lexbor import LexborHTMLParser

from explorer.archive.convert.exports.builder_data import Fragment, fragments_of
from explorer.archive.convert.exports.page_builders import shortcodes_as_html
from explorer.archive.convert.exports.skipped_entries import OtherEntry, UnpublishedPost, skipped_members
from explorer.archive.convert.exports.wordpress_media import (
    Attachment,
    MediaLibrary,
    address_path,
    upload_path,
)
from explorer.archive.convert.format_kinds import Container, Members
from explorer.archive.convert.html_page import html_page
from explorer.archive.convert.markdown.shortcodes import expand_wordpress_captions, parse_tag
from explorer.archive.convert.member_names import slug
from explorer.archive.convert.paragraphs import paragraphs_of_markup
from explorer.archive.convert.xml_trees import (
    MAX_XML_BYTES,
    children,
    read_elements,
    root_of,
    text_of_child,
)
from explorer.archive.html.caption_marks import contains_picture
from explorer.archive.html.runs import parse

_POST_TYPES = frozenset(("post", "page"))
_VISIBLE_STATUSES = frozenset(("publish", "private"))
_UNSAVED_STATUSES = frozenset(("auto-draft", "inherit"))
_GALLERY = re.compile(r"(?<!\[)\[gallery(?P<arguments>\s[^\[\]]{0,2000})?\](?!\])")
# A block that several posts share; in the export it is a separate post.
_SHARED_BLOCK = re.compile(r'<!-- wp:block \{[^{}]{0,200}"ref":(?P<identity>\d{1,18})[^{}]{0,200}\} /-->')
_ATTACHMENT_CLASS = re.compile(r"\bwp-image-(\d+)\b")


@dataclass(frozen=True, slots=True)
class Author:
    """An author: the login in the posts, and the displayed name."""

    login: str
    name: str


@dataclass(frozen=True, slots=True)
class Post:
    """A post or page of the export."""

    identity: str
    name: str
    title: str
    link: str
    date: str
    login: str
    content: str
    featured_picture: str  # its identity
    fragments: tuple[Fragment, ...]  # data of a page builder outside the content


@dataclass(frozen=True, slots=True)
class SharedBlock:
    """A block that several posts share."""

    identity: str
    content: str


def _recognises(head: bytes) -> bool:
    root, attributes = root_of(head)
    return root == "rss" and "wordpress.org/export" in attributes


def _unpack(stream: BinaryIO, path: str) -> Members:  # noqa: ARG001
    root, entries = read_elements(stream.read(MAX_XML_BYTES + 1), frozenset(("item", "author")), _parse_entry)
    channel = next(children(root, "channel"), root)
    language = text_of_child(channel, "language")
    media = MediaLibrary.of(entry for entry in entries if isinstance(entry, Attachment))
    author_names = {entry.login: entry.name for entry in entries if isinstance(entry, Author)}
    shared_blocks = {entry.identity: entry.content for entry in entries if isinstance(entry, SharedBlock)}
    posts = [_insert_shared_blocks(entry, shared_blocks) for entry in entries if isinstance(entry, Post)]
    pages = {
        f"{post.name}-{post.identity}.html".lstrip("-"): partial(_page, post, media, author_names, language)
        for post in posts
    }
    return {
        **skipped_members(entry for entry in entries if isinstance(entry, UnpublishedPost | OtherEntry)),
        **pages,
    }


def _insert_shared_blocks(post: Post, shared_blocks: Mapping[str, str]) -> Post:
    """Return the post with each of its shared blocks inserted once."""
    remaining = dict(shared_blocks) if "<!-- wp:block " in post.content else {}
    if not remaining:
        return post
    content = _SHARED_BLOCK.sub(lambda match: remaining.pop(match["identity"], ""), post.content)
    return replace(post, content=content)


def _page(post: Post, media: MediaLibrary, author_names: Mapping[str, str], language: str) -> bytes:
    return html_page(
        title=post.title,
        date=post.date,
        author=author_names.get(post.login) or post.login,
        address=post.link,
        language=language,
        body=_body(post, media),
    )


# --- entries of the export --------------------------------------------------------------------------------


def _parse_entry(
    element: Element,
) -> Author | Attachment | Post | SharedBlock | UnpublishedPost | OtherEntry | None:
    login = text_of_child(element, "author_login")
    if login:
        return Author(login, text_of_child(element, "author_display_name"))
    kind, identity = text_of_child(element, "post_type"), text_of_child(element, "post_id")
    if kind == "attachment":
        return _parse_attachment(element, identity)
    status = text_of_child(element, "status")
    if kind == "wp_block" and status == "publish":
        return SharedBlock(identity, text_of_child(element, "encoded", "/content/"))
    if kind not in _POST_TYPES:
        return (
            OtherEntry(f"entries of the type {slug(kind)}") if kind and status in _VISIBLE_STATUSES else None
        )
    if status == "publish":
        return _parse_post(element, identity)
    return (
        UnpublishedPost(text_of_child(element, "title"), identity, status)
        if status not in _UNSAVED_STATUSES
        else None
    )


def _parse_attachment(element: Element, identity: str) -> Attachment:
    return Attachment(
        identity,
        text_of_child(element, "attachment_url") or text_of_child(element, "guid"),
        alt=_meta(element, "_wp_attachment_image_alt"),
        caption=text_of_child(element, "encoded", "/excerpt/"),
        parent=text_of_child(element, "post_parent"),
        position=int(position) if (position := text_of_child(element, "menu_order")).isdecimal() else 0,
    )


def _parse_post(element: Element, identity: str) -> Post:
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
        tuple(fragment for key, value in _metas(element) for fragment in fragments_of(key, value)),
    )


def _meta(element: Element, key: str) -> str:
    return next((value for name, value in _metas(element) if name == key), "")


def _metas(element: Element) -> Iterator[tuple[str, str]]:
    for meta in children(element, "postmeta"):
        yield text_of_child(meta, "meta_key"), text_of_child(meta, "meta_value")


# --- content of a post ------------------------------------------------------------------------------------


def _body(post: Post, media: MediaLibrary) -> str:
    content = shortcodes_as_html(
        _expand_galleries(expand_wordpress_captions(post.content), post, media), media
    )
    has_blocks = "<!-- wp:" in content
    body = content if has_blocks else paragraphs_of_markup(content)
    body = _add_media_texts(_add_fragments(body, post.fragments), media)
    featured = media.by_identity.get(post.featured_picture)
    if featured and upload_path(featured.address).rpartition("/")[2].rpartition(".")[0] not in body:
        return featured.figure() + body
    return body


def _add_fragments(body: str, fragments: Sequence[Fragment]) -> str:
    """Return the content with the pictures of a page builder that it lacks; without content, all fragments."""
    if not fragments:
        return body
    if not LexborHTMLParser(f"<p>{body}").text().strip() and "<img" not in body:
        return body + "\n".join(fragment.markup for fragment in fragments)
    pictures = {fragment.address: fragment.markup for fragment in fragments if fragment.address}
    return "\n".join(
        [body, *(markup for address, markup in pictures.items() if not contains_picture(body, address))]
    )


def _expand_galleries(content: str, post: Post, media: MediaLibrary) -> str:
    """Replace `[gallery ids="4,7"]` by its pictures; without ids, by those uploaded to the post."""

    def replacement(match: re.Match[str]) -> str:
        arguments = parse_tag("gallery" + (match["arguments"] or "")).named
        ids = {key: re.findall(r"\d+", arguments.get(key, "")) for key in ("ids", "include", "exclude", "id")}
        chosen = ids["ids"] or ids["include"]
        attached = media.by_parent.get(next(iter(ids["id"]), post.identity), [])
        attachments = media.find(chosen) if chosen else attached
        figures = [
            attachment.figure() for attachment in attachments if attachment.identity not in ids["exclude"]
        ]
        return "\n\n" + "\n".join(figures) + "\n\n"

    return _GALLERY.sub(replacement, content)


def _add_media_texts(body: str, media: MediaLibrary) -> str:
    """Add alt texts and captions of the media library to the pictures of a post that have none."""
    if not media.by_identity or "<img" not in body:
        return body
    page = parse(f"<body>{body}</body>")
    for picture in page.css("img"):
        attributes = picture.attributes
        match = _ATTACHMENT_CLASS.search(attributes.get("class") or "")
        attachment = media.by_identity.get(match[1]) if match else None
        attachment = attachment or media.by_address.get(upload_path(attributes.get("src") or ""))
        if attachment is None:
            continue
        caption = LexborHTMLParser(f"<p>{attachment.caption}").text().strip()
        if attachment.alt and not attributes.get("alt"):
            picture.attrs["alt"] = attachment.alt
        if caption:  # the extractor uses a title as the caption of a picture without another
            picture.attrs["title"] = caption
        # The uploaded file, since the export may not contain the copy that the text shows.
        picture.attrs["data-orig-file"] = address_path(attachment.address)
    return page.body.html or "" if page.body is not None else body


WORDPRESS = Container(
    "WordPress export",
    "published posts and pages, with the captions and alt texts of the media library",
    (".xml",),
    _unpack,
    _recognises,
    is_text=True,
)
