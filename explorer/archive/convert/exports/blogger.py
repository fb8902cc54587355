"""Backups of Blogger: Atom in which template, settings and comments stand among the posts and pages.

Until 2023 the kind of an entry is a category of https://developers.google.com/gdata/docs/2.0/elements, since then it has
elements of its own, `<blogger:type>` and `<blogger:status>`.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from explorer.archive.convert.exports.skipped_entries import NoPost, Unpublished
from explorer.archive.convert.xml_trees import children, text_of_child

_KIND = "kind#"
_SHOWN = frozenset(("post", "page"))
_PLURALS = {"template": "templates", "settings": "settings", "comment": "comments"}


def not_shown(element: Element, title: str, identity: str) -> Unpublished | NoPost | None:
    """Return why the blog does not show an entry of its backup; None of one that it shows, and of any other feed's."""
    kind = _kind(element)
    if kind not in _SHOWN:
        return NoPost(_PLURALS.get(kind, f"entries of the kind {kind}"))
    status = text_of_child(element, "status", "blogger").lower() or "live"
    is_draft = any(text_of_child(child, "draft").lower() == "yes" for child in children(element, "control"))
    if is_draft or status != "live":
        return Unpublished(title, identity, "draft" if is_draft else status)
    return None


def address_of(element: Element) -> str:
    """Return the address of a post from the root of its blog, where its backup says it so; "" elsewhere."""
    return text_of_child(element, "filename", "blogger")


def _kind(element: Element) -> str:
    own = text_of_child(element, "type", "blogger").lower()
    terms = (str(child.get("term")) for child in children(element, "category"))
    by_category = next((term.rpartition("#")[2].lower() for term in terms if _KIND in term), "")
    is_answer = next(children(element, "in-reply-to"), None) is not None
    return own or by_category or ("comment" if is_answer else "post")
