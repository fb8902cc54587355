"""What the head of a page says: its meta tags and its own address."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser


def metas_of(page: LexborHTMLParser) -> dict[str, str]:
    """The meta tags of a page by name, lower case; the first of each."""
    found: dict[str, str] = {}
    for meta in page.css("meta"):
        attributes = meta.attributes
        name = (
            attributes.get("property")
            or attributes.get("name")
            or attributes.get("itemprop")
            or attributes.get("http-equiv")
        )
        if name and attributes.get("content"):
            found.setdefault(name.lower(), str(attributes["content"]).strip())
    return found


def page_address(page: LexborHTMLParser) -> str | None:
    """Where the page says that it is published."""
    link = page.css_first("link[rel=canonical], a.p-canonical")  # the latter in exports of Medium
    return (link.attributes.get("href") if link is not None else None) or metas_of(page).get("og:url")


def base_address(page: LexborHTMLParser) -> str | None:
    """What the page says that its relative addresses are counted from."""
    base = page.css_first("base[href]")
    return (base.attributes.get("href") or "").strip() if base is not None else None
