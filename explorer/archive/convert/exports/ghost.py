"""Ghost exports (https://ghost.org/docs/migration/ghost/): published posts and pages.

A post is read from its HTML if the export contains it, else from Lexical (version 5) or Mobiledoc.
"""

from __future__ import annotations

import json
import re
from functools import partial
from html import escape
from typing import Any, BinaryIO

from explorer.archive.convert.exports.ghost_cards import card_html
from explorer.archive.convert.exports.skipped_entries import UnpublishedPost, skipped_members
from explorer.archive.convert.format_kinds import Container, Members
from explorer.archive.convert.html_page import html_page
from explorer.archive.convert.json_trees import Node, list_at, nodes_at, read_json, text_at
from explorer.archive.convert.member_names import member_name
from explorer.archive.html.caption_marks import figure_html
from explorer.system.web_addresses import join_address

MAX_DEPTH = 40  # of a Lexical document: lists in lists in quotes
_EXPORT_START = re.compile(rb'^\W{0,40}"(?:db|meta)"\s*:')
_SITE = "__GHOST_URL__"
_PUBLISHED_STATUSES = ("published", "sent")  # "sent": only as emails


def _recognises(head: bytes) -> bool:
    return bool(_EXPORT_START.match(head)) and (b'"exported_on"' in head or b'"posts"' in head)


def _unpack(stream: BinaryIO, path: str) -> Members:  # noqa: ARG001
    tables = _find_tables(read_json(stream))
    authors, metas, site = _authors(tables), _metadata_by_post(tables), _site_address(tables)
    posts = list(nodes_at(tables, "posts"))
    published = {
        member_name(text_at(post, "slug"), str(post.get("id"))): partial(
            _page, post, metas.get(post.get("id"), {}), authors.get(post.get("id"), ""), site
        )
        for post in posts
        if post.get("status") in _PUBLISHED_STATUSES
    }
    return {
        **skipped_members(
            _unpublished_post(post) for post in posts if post.get("status") not in _PUBLISHED_STATUSES
        ),
        **published,
    }


def _unpublished_post(post: Node) -> UnpublishedPost:
    return UnpublishedPost(
        text_at(post, "slug") or text_at(post, "title"), str(post.get("id")), text_at(post, "status")
    )


# --- the tables -------------------------------------------------------------------------------------------


def _find_tables(export: Any) -> Node:  # noqa: ANN401
    """Return the tables in `{"db": [{"data": {...}}]}`; older exports have no `db`."""
    database = export.get("db") if isinstance(export, dict) else None
    first = database[0] if isinstance(database, list) and database else export
    data = first.get("data") if isinstance(first, dict) else None
    return data if isinstance(data, dict) else {}


def _authors(tables: Node) -> dict[Any, str]:
    """Return the names of the authors of each post, in order, by the id of the post."""
    names = {user.get("id"): text_at(user, "name") for user in nodes_at(tables, "users")}
    authors: dict[Any, str] = {
        post.get("id"): names.get(post.get("author_id"), "") for post in nodes_at(tables, "posts")
    }
    names_by_post: dict[Any, list[str]] = {}
    for row in sorted(nodes_at(tables, "posts_authors"), key=lambda row: str(row.get("sort_order", ""))):
        names_by_post.setdefault(row.get("post_id"), []).append(names.get(row.get("author_id"), ""))
    return authors | {
        post: ", ".join(filter(None, author_names)) for post, author_names in names_by_post.items()
    }


def _metadata_by_post(tables: Node) -> dict[Any, Node]:
    return {row.get("post_id"): row for row in nodes_at(tables, "posts_meta")}


def _site_address(tables: Node) -> str:
    """Return the address of the blog, "" if the export does not contain it."""
    urls = (
        text_at(row, "value") for row in nodes_at(tables, "settings") if row.get("key") in {"url", "site_url"}
    )
    return next(filter(None, urls), "")


# --- a post -----------------------------------------------------------------------------------------------


def _page(post: Node, meta: Node, author: str, site: str) -> bytes:
    body = _feature_image(post, meta) + _body(post)
    canonical = text_at(post, "canonical_url") or (
        join_address(site, f"/{text_at(post, 'slug')}/") if site else ""
    )
    return html_page(
        title=text_at(post, "title"),
        date=text_at(post, "published_at") or text_at(post, "created_at"),
        author=author,
        address=canonical.replace(_SITE, site) or None,
        language=text_at(post, "locale") or None,
        # Without a site, addresses are relative to its root, where the content folder is.
        body=body.replace(_SITE, site.rstrip("/")),
    )


def _feature_image(post: Node, meta: Node) -> str:
    """Return the picture above the text. Its texts are in `posts_meta`, in older exports in the post."""
    image = text_at(post, "feature_image")
    alt = text_at(meta, "feature_image_alt") or text_at(post, "feature_image_alt")
    caption = text_at(meta, "feature_image_caption") or text_at(post, "feature_image_caption")
    return figure_html(image, alt, caption, str) + "\n" if image else ""


def _body(post: Node) -> str:
    html = text_at(post, "html")
    if html.strip():
        return html
    for key, render in (("lexical", _lexical_html), ("mobiledoc", _mobiledoc_html)):
        try:
            parsed = json.loads(text_at(post, key))
        except (ValueError, RecursionError):
            continue
        if isinstance(parsed, dict):
            return render(parsed)
    return f"<p>{escape(text_at(post, 'plaintext'))}</p>"


def _mobiledoc_html(document: Node) -> str:
    """Return the HTML of the sections, including cards.

    https://github.com/bustle/mobiledoc-kit/blob/main/MOBILEDOC.md
    """
    cards = [card for card in list_at(document, "cards") if isinstance(card, list) and len(card) > 1]
    return "\n".join(_mobiledoc_section(section, cards) for section in list_at(document, "sections"))


def _mobiledoc_section(section: Any, cards: list[list[Any]]) -> str:  # noqa: ANN401
    match section:
        case [10, int(number), *_] if 0 <= number < len(cards) and isinstance(cards[number][1], dict):
            return card_html(str(cards[number][0]), cards[number][1])
        case [1, str(tag), list(markers), *_] if re.fullmatch(r"p|h[1-6]|blockquote|aside", tag):
            return f"<{tag}>{_markers_html(markers)}</{tag}>"
        case [3, str(tag), list(items), *_] if tag in {"ul", "ol"}:
            entries = "".join(f"<li>{_markers_html(item)}</li>" for item in items if isinstance(item, list))
            return f"<{tag}>{entries}</{tag}>"
        case _:
            return ""


def _markers_html(markers: list[Any]) -> str:
    return "".join(
        escape(str(marker[3])) for marker in markers if isinstance(marker, list) and len(marker) > 3
    )


def _lexical_html(document: Node) -> str:
    root = document.get("root")
    return _lexical_children(root, 0) if isinstance(root, dict) else ""


def _lexical_children(node: Node, depth: int) -> str:
    if depth > MAX_DEPTH:
        return ""
    return "".join(
        _lexical_node_html(child, depth) for child in list_at(node, "children") if isinstance(child, dict)
    )


def _lexical_node_html(node: Node, depth: int) -> str:
    kind = text_at(node, "type")
    content = _lexical_children(node, depth + 1)
    match kind:
        case "text" | "extended-text":
            return escape(text_at(node, "text"))
        case "linebreak":
            return "<br>"
        case "heading" | "extended-heading" if re.fullmatch(r"h[1-6]", text_at(node, "tag")):
            return f"<{node['tag']}>{content}</{node['tag']}>\n"
        case "list":
            return f"<ul>{content}</ul>\n"
        case "listitem":
            return f"<li>{content}</li>"
        case "link" | "autolink":
            return content
        case "paragraph" | "quote" | "extended-quote" | "aside":
            return f"<p>{content}</p>\n"
        case _:
            return content or card_html(kind, node)


GHOST = Container(
    "Ghost export",
    "published posts and pages, with the picture each opens with",
    (".json",),
    _unpack,
    _recognises,
    is_text=True,
)
