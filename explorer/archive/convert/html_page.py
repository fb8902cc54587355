"""HTML pages for the documents of exports and saved sites."""

from __future__ import annotations

from html import escape

from explorer.archive.html.metadata import SAVED


def html_page(
    *,
    title: str | None = None,
    date: str | None = None,
    author: str | None = None,
    address: str | None = None,
    language: str | None = None,
    base: str | None = None,
    body: str,
) -> bytes:
    """Return a page in UTF-8 with this metadata. `body` is HTML, all other arguments are text.

    `base` is the base address of relative addresses in the body.
    """
    head = [
        '<meta charset="utf-8">',
        f"<title>{escape(title)}</title>" if title else "",
        f'<meta name="date" content="{escape(date)}">' if date else "",
        f'<meta name="author" content="{escape(author)}">' if author else "",
        f'<link rel="canonical" href="{escape(address)}">' if address else "",
        f'<base href="{escape(base)}">' if base else "",
    ]
    opening = f'<html lang="{escape(language)}">' if language else "<html>"
    page = f"<!doctype html>\n{opening}<head>{''.join(head)}</head>\n<body>\n{body}\n</body></html>\n"
    return page.replace("\x00", "").encode(errors="replace")


def saved_page(page: str, address: str, saved: str | None) -> str:
    """Return the HTML of a page with its address and the date on which it was saved."""
    link = f'<link rel="canonical" href="{escape(address)}">' if address else ""
    meta = f'<meta name="{SAVED}" content="{escape(saved)}">' if saved else ""
    return link + meta + page
