"""Backups of Blogger: Atom feeds with the template, settings and comments among the posts and pages.

Until 2023 the kind of an entry is a category (https://developers.google.com/gdata/docs/2.0/elements). Since then there
are separate elements, `<blogger:type>` and `<blogger:status>`.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from explorer.archive.convert.exports.skipped_entries import OtherEntry, UnpublishedPost
from explorer.archive.convert.xml_trees import children, text_of_child

_KIND_SCHEME = "kind#"
_POST_KINDS = frozenset(("post", "page"))
_PLURALS = {"template": "templates", "settings": "settings", "comment": "comments"}


def skipped_entry(element: Element, title: str, identity: str) -> UnpublishedPost | OtherEntry | None:
    """Return an entry that the blog does not show to readers; None for published posts and entries of other feeds."""
    kind = _kind(element)
    if kind not in _POST_KINDS:
        return OtherEntry(_PLURALS.get(kind, f"entries of the kind {kind}"))
    status = text_of_child(element, "status", "blogger").lower() or "live"
    is_draft = any(text_of_child(child, "draft").lower() == "yes" for child in children(element, "control"))
    if is_draft or status != "live":
        return UnpublishedPost(title, identity, "draft" if is_draft else status)
    return None


def address_of(element: Element) -> str:
    """Return the address of a post relative to the root of its blog, "" if the backup does not contain it."""
    return text_of_child(element, "filename", "blogger")


def _kind(element: Element) -> str:
    explicit_kind = text_of_child(element, "type", "blogger").lower()
    terms = (str(child.get("term")) for child in children(element, "category"))
    by_category = next((term.rpartition("#")[2].lower() for term in terms if _KIND_SCHEME in term), "")
    is_reply = next(children(element, "in-reply-to"), None) is not None
    return explicit_kind or by_category or ("comment" if is_reply else "post")
