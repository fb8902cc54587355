"""Show a result in a notebook: a card per hit, with its thumbnail inside, so that the page needs no server."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from textwrap import shorten
from typing import TYPE_CHECKING

from explorer.catalog.records import FigureRecord

if TYPE_CHECKING:
    from explorer.search.hits import Hit, Result

LONGEST_TEXT = 200
_GRID = "display:flex;flex-wrap:wrap;gap:12px"
_CARD = "width:200px;margin:0;font-size:13px;line-height:1.35;overflow-wrap:anywhere"
_PICTURE = "max-width:200px;max-height:160px;display:block;margin-bottom:4px"


def result_as_html(result: Result) -> str:
    """Return the hits as HTML, best first; every text of the archive is escaped."""
    if not result.hits:
        return "<p>No hits.</p>"
    cards = "".join(_card(hit, result) for hit in result.hits)
    return f'<div style="{_GRID}">{cards}</div>'


def _card(hit: Hit, result: Result) -> str:
    record = hit.record
    where = " · ".join(str(part) for part in (record.issue_title or record.document, record.date) if part)
    text = record.label if isinstance(record, FigureRecord) else f"{record.heading or ''} {record.text}"
    return (
        f'<figure style="{_CARD}">{_picture(hit, result)}<figcaption><b>{hit.rank}.</b> {_text(text)}'
        f"<br><small>{escape(where)} · {hit.confidence.value}</small></figcaption></figure>"
    )


def _picture(hit: Hit, result: Result) -> str:
    record = hit.record
    if not isinstance(record, FigureRecord) or not record.sha256 or not result.thumbnail_of:
        return ""
    webp = result.thumbnail_of(record.sha256)
    if webp is None:
        return ""
    address = f"data:image/webp;base64,{b64encode(webp).decode()}"
    return f'<img src="{address}" alt="{_text(record.alt or record.label)}" style="{_PICTURE}">'


def _text(text: str) -> str:
    return escape(shorten(text, LONGEST_TEXT, placeholder=" …"))
