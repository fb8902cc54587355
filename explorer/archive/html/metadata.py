"""What an issue says of itself: title, number, date, author, language, address."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from dateutil import parser as dates
from selectolax.lexbor import LexborHTMLParser

from explorer.archive.html.caption_marks import tidy
from explorer.archive.html.runs import parse
from explorer.archive.model import Item, Metadata


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
SAVED = "date-saved"  # when a page was saved, for one that gives no date itself
_META_DATES = (
    "article:published_time", "datepublished", "date", "dc.date", "dcterms.created", "pubdate", "publish-date",
    "og:article:published_time", "parsely-pub-date", "sailthru.date",
)  # fmt: skip
_META_AUTHORS = ("author", "article:author", "dc.creator", "parsely-author", "sailthru.author", "byl")


def metadata_of(
    html: str, front_matter: Mapping[str, Any], document: str, items: tuple[Item, ...]
) -> Metadata:
    """The data of an issue: front matter first, then its meta tags, then its text, then its file name."""
    page = parse(html)
    metas = metas_of(page)
    linked = _json_ld(page)
    title = _title(front_matter, page, metas, document, items)
    head = "\n".join([title or "", *(f"{item.heading or ''}\n{item.text[:600]}" for item in items[:3])])
    return Metadata(
        title=title,
        number=_number(front_matter, title, head, document),
        date=_date(front_matter, page, metas, linked, f"{title}\n{head}", document),
        author=_author(front_matter, page, metas, linked),
        language=_language(front_matter, page, metas),
        address=_address(front_matter, page),
    )


def _title(
    front_matter: Mapping[str, Any],
    page: LexborHTMLParser,
    metas: Mapping[str, str],
    document: str,
    items: tuple[Item, ...],
) -> str | None:
    element = page.css_first("head > title")
    headings = [item.heading for item in items if item.heading and item.level == 1]
    first_line = next((item.text.split("\n")[0] for item in items if item.text), None)
    written = (
        _text(front_matter.get("title")),
        metas.get("og:title"),
        element.text() if element is not None else None,
        headings[0] if headings else None,
        items[0].heading if items else None,
        re.split(r"(?<=\w)[.!?](?:\s|$)", first_line or "")[0][:120],
    )
    title = next((tidy(text) for text in written if tidy(text)), None)
    return (
        re.sub(r"^The Project Gutenberg e-?Book of\s+", "", title, flags=re.I) if title else _stem(document)
    )


def _number(front_matter: Mapping[str, Any], title: str | None, head: str, document: str) -> int | None:
    for key in ("issue", "number", "edition", "issue_number", "no"):
        found = re.fullmatch(r"\D{0,10}(\d{1,4})", str(front_matter.get(key, "")))
        if found:
            return int(found[1])
    named = _NUMBER_IN_NAME.search(document.rpartition("/")[2])
    for text in (title or "", head[:1500]):
        for pattern in _NUMBER_PATTERNS:
            written = pattern.search(text)
            if written:
                return int(next(group for group in written.groups() if group))
    return int(named[1]) if named else None


def _date(
    front_matter: Mapping[str, Any],
    page: LexborHTMLParser,
    metas: Mapping[str, str],
    linked: Mapping[str, Any],
    head: str,
    document: str,
) -> str | None:
    time = page.css_first("time[datetime]")
    written = [
        *(
            _text(front_matter.get(key))
            for key in ("date", "published", "publishDate", "pubDate", "created", "publish_date")
        ),
        *(metas.get(name) for name in _META_DATES),
        _text(linked.get("datePublished")),
        (time.attributes.get("datetime") if time is not None else None),
    ]
    for text in written:
        if text and (date := _iso(text)):
            return date
    named = _date_in_name(document)
    spoken = _WRITTEN_DATE.search(head)
    return named or _iso(spoken[0] if spoken else metas.get(SAVED, ""))


def _iso(written: str) -> str | None:
    """As much of an ISO 8601 date as the text gives; None when it gives none."""
    partial = re.fullmatch(r"\s*((?:1[5-9]|20)\d\d)(?:[-/.](0?[1-9]|1[0-2]))?\s*", written)
    if partial:
        return f"{partial[1]}-{int(partial[2]):02}" if partial[2] else partial[1]
    try:
        return dates.parse(written.strip()[:64], default=datetime(1, 1, 1)).date().isoformat()
    except (ValueError, OverflowError, TypeError, AttributeError):
        return None


def _date_in_name(document: str) -> str | None:
    found = [match for match in _DATE_IN_NAME.finditer(document) if match[3]] or list(
        _DATE_IN_NAME.finditer(document)
    )
    return "-".join(part for part in found[-1].groups() if part) if found else None


def _author(
    front_matter: Mapping[str, Any],
    page: LexborHTMLParser,
    metas: Mapping[str, str],
    linked: Mapping[str, Any],
) -> str | None:
    params = front_matter.get("params")
    for written in (front_matter, params if isinstance(params, Mapping) else {}):
        for key in ("author", "authors", "by", "creator"):
            names = list(_names(written.get(key)))
            if names:
                return ", ".join(names)
    meta = next((metas[name] for name in _META_AUTHORS if metas.get(name)), None)
    marked = page.css_first(".p-author")  # https://microformats.org/wiki/h-entry
    return (
        tidy(meta)
        or ", ".join(_names(linked.get("author")))
        or (tidy(marked.text()) if marked is not None else None)
    )


def _names(written: Any) -> Iterator[str]:  # noqa: ANN401
    """Names out of a string, a list, or the mappings that some sites write."""
    if isinstance(written, str) and tidy(written):
        yield str(tidy(written))
    elif isinstance(written, Mapping):
        yield from _names(written.get("name"))
    elif isinstance(written, list):
        for one in written:
            yield from _names(one)


def _language(
    front_matter: Mapping[str, Any], page: LexborHTMLParser, metas: Mapping[str, str]
) -> str | None:
    root = page.css_first("html")
    attributes = root.attributes if root is not None else {}
    written = (
        _text(front_matter.get("lang")) or _text(front_matter.get("language")) or attributes.get("lang")
        or attributes.get("xml:lang") or metas.get("content-language") or metas.get("og:locale")
    )  # fmt: skip
    found = re.match(r"[a-zA-Z]{2,3}(?:[-_][a-zA-Z0-9]{2,8})*", written or "")
    return found[0].replace("_", "-").lower() if found else None


def _address(front_matter: Mapping[str, Any], page: LexborHTMLParser) -> str | None:
    written = (_text(front_matter.get(key)) for key in ("canonical_url", "permalink", "url"))
    return page_address(page) or next((address for address in written if address), None)


def _json_ld(page: LexborHTMLParser) -> dict[str, Any]:
    """The first JSON-LD object that has a date or an author; a broken one counts as none."""
    for script in page.css('script[type="application/ld+json"]'):
        try:
            parsed = json.loads(script.text())
        except (ValueError, RecursionError):
            continue
        graph = parsed.get("@graph", [parsed]) if isinstance(parsed, dict) else parsed
        for one in graph if isinstance(graph, list) else []:
            if isinstance(one, dict) and ("datePublished" in one or "author" in one):
                return one
    return {}


def _text(value: Any) -> str | None:  # noqa: ANN401
    return tidy(str(value)) if isinstance(value, str | int | float) or hasattr(value, "isoformat") else None


def _stem(document: str) -> str:
    name = posixpath.splitext(posixpath.basename(document))[0]
    folder = posixpath.basename(posixpath.dirname(document))
    return folder if name.lower() in {"index", "readme", "_index"} and folder else name
