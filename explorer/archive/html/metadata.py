"""The metadata of an issue: title, number, date, author, language, address."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dateutil import parser as dates
from selectolax.lexbor import LexborHTMLParser

from explorer.archive.html.caption_marks import tidy
from explorer.archive.model import Item, Metadata


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """The metadata in the markup of a page, before its body is changed for reading."""

    title: str | None
    metas: Mapping[str, str]
    """The meta tags by name in lower case; the first of each name."""
    json_ld: Mapping[str, Any]
    """The first JSON-LD object with a date or an author."""
    time: str | None
    """The `datetime` of the first `<time>`."""
    author: str | None
    language: str | None
    address: str | None
    """The address at which the page is published."""
    base_address: str | None
    """The base of its relative addresses."""


def page_metadata(page: LexborHTMLParser) -> PageMetadata:
    """Return the metadata in the markup of a page."""
    metas = _metas(page)
    title, author = page.css_first("head > title"), page.css_first(".p-author")
    time, root, base = page.css_first("time[datetime]"), page.css_first("html"), page.css_first("base[href]")
    canonical = page.css_first("link[rel=canonical], a.p-canonical")  # the latter in exports of Medium
    root_attributes = root.attributes if root is not None else {}
    return PageMetadata(
        title=title.text() if title is not None else None,
        metas=metas,
        json_ld=_json_ld(page),
        time=time.attributes.get("datetime") if time is not None else None,
        author=author.text() if author is not None else None,  # https://microformats.org/wiki/h-entry
        language=root_attributes.get("lang") or root_attributes.get("xml:lang"),
        address=(canonical.attributes.get("href") if canonical is not None else None) or metas.get("og:url"),
        base_address=(base.attributes.get("href") or "").strip() if base is not None else None,
    )


def _metas(page: LexborHTMLParser) -> dict[str, str]:
    metas: dict[str, str] = {}
    for meta in page.css("meta"):
        attributes = meta.attributes
        name = (
            attributes.get("property")
            or attributes.get("name")
            or attributes.get("itemprop")
            or attributes.get("http-equiv")
        )
        if name and attributes.get("content"):
            metas.setdefault(name.lower(), str(attributes["content"]).strip())
    return metas


_NUMBER_PATTERNS = (
    re.compile(r"\b(\d{1,4})(?:st|nd|rd|th)\s+(?:issue|edition)\b", re.I),
    re.compile(
        r"\b(?:issue|edition|number|ausgabe|vol(?:ume)?\.?\s*[\w.]{1,40},?\s*no)\b\.?\s*(?:no\.?|nr\.?|number)?\s*[#№]?\s*(\d{1,4})\b",
        re.I,
    ),
    re.compile(r"\bno\.\s*(\d{1,4})\b|\bnr\.\s*(\d{1,4})\b", re.I),
    re.compile(r"(?:^|[\s(])#(\d{1,4})\b(?!\w)"),
)
_NUMBER_IN_NAME = re.compile(
    r"(?:issue|edition|no|nr|number|newsletter|ausgabe)[-_ ]?0*(\d{1,4})(?!\d)", re.I
)
_DATE_IN_NAME = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[-_/.]?(0[1-9]|1[0-2])(?:[-_/.]?(0[1-9]|[12]\d|3[01]))?(?!\d)"
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
_WRITTEN_DATE = re.compile(
    rf"\b{_MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}\b|\b\d{{1,2}}\.?\s+{_MONTH}\.?,?\s+\d{{4}}\b",
    re.I,
)
SAVED = "date-saved"  # the day on which a page was saved; used if the page has no date
_META_DATES = (
    "article:published_time", "datepublished", "date", "dc.date", "dcterms.created", "pubdate", "publish-date",
    "og:article:published_time", "parsely-pub-date", "sailthru.date",
)  # fmt: skip
_META_AUTHORS = ("author", "article:author", "dc.creator", "parsely-author", "sailthru.author", "byl")


def metadata_of(
    page: PageMetadata, front_matter: Mapping[str, Any], document: str, items: tuple[Item, ...]
) -> Metadata:
    """Return the metadata of an issue: from front matter, else markup, else its text, else its file name."""
    title = _title(front_matter, page, document, items)
    head = "\n".join([title or "", *(f"{item.heading or ''}\n{item.text[:600]}" for item in items[:3])])
    return Metadata(
        title=title,
        number=_number(front_matter, title, head, document),
        date=_date(front_matter, page, f"{title}\n{head}", document),
        author=_author(front_matter, page),
        language=_language(front_matter, page),
        address=_address(front_matter, page),
    )


def _title(
    front_matter: Mapping[str, Any], page: PageMetadata, document: str, items: tuple[Item, ...]
) -> str | None:
    headings = [item.heading for item in items if item.heading and item.level == 1]
    first_line = next((item.text.split("\n")[0] for item in items if item.text), None)
    candidates = (
        _text(front_matter.get("title")),
        page.metas.get("og:title"),
        page.title,
        headings[0] if headings else None,
        items[0].heading if items else None,
        re.split(r"(?<=\w)[.!?](?:\s|$)", first_line or "")[0][:120],
    )
    title = next((tidy(text) for text in candidates if tidy(text)), None)
    return (
        re.sub(r"^The Project Gutenberg e-?Book of\s+", "", title, flags=re.I) if title else _stem(document)
    )


def _number(front_matter: Mapping[str, Any], title: str | None, head: str, document: str) -> int | None:
    for key in ("issue", "number", "edition", "issue_number", "no"):
        match = re.fullmatch(r"\D{0,10}(\d{1,4})", str(front_matter.get(key, "")))
        if match:
            return int(match[1])
    in_name = _NUMBER_IN_NAME.search(document.rpartition("/")[2])
    for text in (title or "", head[:1500]):
        for pattern in _NUMBER_PATTERNS:
            match = pattern.search(text)
            if match:
                return int(next(group for group in match.groups() if group))
    return int(in_name[1]) if in_name else None


def _date(front_matter: Mapping[str, Any], page: PageMetadata, head: str, document: str) -> str | None:
    candidates = [
        *(
            _text(front_matter.get(key))
            for key in ("date", "published", "publishDate", "pubDate", "created", "publish_date")
        ),
        *(page.metas.get(name) for name in _META_DATES),
        _text(page.json_ld.get("datePublished")),
        page.time,
    ]
    for text in candidates:
        if text and (date := _iso_date(text)):
            return date
    in_name = _date_in_name(document)
    in_text = _WRITTEN_DATE.search(head)
    return in_name or _iso_date(in_text[0] if in_text else page.metas.get(SAVED, ""))


def _iso_date(text: str) -> str | None:
    """Return the ISO 8601 date in a text, as precise as the text; None without a date."""
    partial = re.fullmatch(r"\s*((?:1[5-9]|20)\d\d)(?:[-/.](0?[1-9]|1[0-2]))?\s*", text)
    if partial:
        return f"{partial[1]}-{int(partial[2]):02}" if partial[2] else partial[1]
    try:
        return dates.parse(text.strip()[:64], default=datetime(1, 1, 1)).date().isoformat()
    except (ValueError, OverflowError, TypeError, AttributeError):
        return None


def _date_in_name(document: str) -> str | None:
    matches = [match for match in _DATE_IN_NAME.finditer(document) if match[3]] or list(
        _DATE_IN_NAME.finditer(document)
    )
    return "-".join(part for part in matches[-1].groups() if part) if matches else None


def _author(front_matter: Mapping[str, Any], page: PageMetadata) -> str | None:
    params = front_matter.get("params")
    for source in (front_matter, params if isinstance(params, Mapping) else {}):
        for key in ("author", "authors", "by", "creator"):
            names = list(_names(source.get(key)))
            if names:
                return ", ".join(names)
    meta = next((page.metas[name] for name in _META_AUTHORS if page.metas.get(name)), None)
    return tidy(meta) or ", ".join(_names(page.json_ld.get("author"))) or tidy(page.author)


def _names(value: Any) -> Iterator[str]:  # noqa: ANN401
    """Yield the names in a string, a list, or the mappings of some sites."""
    if isinstance(value, str) and tidy(value):
        yield str(tidy(value))
    elif isinstance(value, Mapping):
        yield from _names(value.get("name"))
    elif isinstance(value, list):
        for entry in value:
            yield from _names(entry)


def _language(front_matter: Mapping[str, Any], page: PageMetadata) -> str | None:
    language = (
        _text(front_matter.get("lang")) or _text(front_matter.get("language")) or page.language
        or page.metas.get("content-language") or page.metas.get("og:locale")
    )  # fmt: skip
    match = re.match(r"[a-zA-Z]{2,3}(?:[-_][a-zA-Z0-9]{2,8})*", language or "")
    return match[0].replace("_", "-").lower() if match else None


def _address(front_matter: Mapping[str, Any], page: PageMetadata) -> str | None:
    addresses = (_text(front_matter.get(key)) for key in ("canonical_url", "permalink", "url"))
    return page.address or next((address for address in addresses if address), None)


def _json_ld(page: LexborHTMLParser) -> dict[str, Any]:
    """Return the first JSON-LD object with a date or an author. Broken ones are ignored."""
    for script in page.css('script[type="application/ld+json"]'):
        try:
            parsed = json.loads(script.text())
        except (ValueError, RecursionError):
            continue
        graph = parsed.get("@graph", [parsed]) if isinstance(parsed, dict) else parsed
        for node in graph if isinstance(graph, list) else []:
            if isinstance(node, dict) and ("datePublished" in node or "author" in node):
                return node
    return {}


def _text(value: Any) -> str | None:  # noqa: ANN401
    return tidy(str(value)) if isinstance(value, str | int | float) or hasattr(value, "isoformat") else None


def _stem(document: str) -> str:
    name = posixpath.splitext(posixpath.basename(document))[0]
    folder = posixpath.basename(posixpath.dirname(document))
    return folder if name.lower() in {"index", "readme", "_index"} and folder else name
