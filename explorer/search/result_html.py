"""Show a result in a notebook: a card for each hit, with its thumbnail inside, so that the page needs no server."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from textwrap import shorten
from typing import TYPE_CHECKING, Final

from explorer.catalog.records import FigureRecord

if TYPE_CHECKING:
    from jinja2 import Template

    from explorer.search.hits import Hit, Result

MAX_CHARS: Final = 200


@dataclass(frozen=True, slots=True)
class _Card:
    """What the template shows of a hit; `thumbnail` is a WebP in base64, empty if there is none."""

    rank: int
    text: str
    issue: str
    confidence: str
    thumbnail: str
    alt: str


def result_as_html(result: Result) -> str:
    """Return the hits as HTML, best first; the template escapes every text of the archive."""
    return _template().render(hits=[_card(hit, result) for hit in result.hits])


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # only a notebook needs it

    loader = PackageLoader("explorer.search", ".")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("result.html")


def _card(hit: Hit, result: Result) -> _Card:
    record = hit.record
    text = record.label if isinstance(record, FigureRecord) else f"{record.heading or ''} {record.text}"
    return _Card(
        rank=hit.rank,
        text=_shortened(text),
        issue=" · ".join(str(part) for part in (record.issue_title or record.document, record.date) if part),
        confidence=hit.confidence.value,
        thumbnail=_thumbnail(hit, result),
        alt=_shortened(record.alt or record.label) if isinstance(record, FigureRecord) else "",
    )


def _thumbnail(hit: Hit, result: Result) -> str:
    record = hit.record
    if not isinstance(record, FigureRecord) or not record.sha256 or not result.thumbnail_of:
        return ""
    webp = result.thumbnail_of(record.sha256)
    return "" if webp is None else b64encode(webp).decode()


def _shortened(text: str) -> str:
    return shorten(text, MAX_CHARS, placeholder=" …")
