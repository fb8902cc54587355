"""The pictures beside the text of an entry: enclosures, Media RSS (https://www.rssboard.org/media-rss), each once.

A feed names one picture many times: in several sizes, in a group, as an enclosure and as a preview. The largest is the
figure; the others are its other sizes.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from urllib.parse import unquote, urlsplit
from xml.etree.ElementTree import Element

from explorer.archive.convert.figure_html import contains_picture, figure_html
from explorer.archive.convert.xml_trees import children, local
from explorer.archive.links.addresses import is_picture_address

MEDIA = "search.yahoo.com/mrss"
MAX_SHARING = 100  # pictures that share a caption
MAX_SIZES = 40  # of one picture
MAX_PICTURES = 2000  # of one entry
# WordPress.com gives the portrait of the author with every entry.
_PORTRAIT = re.compile(r"gravatar\.com/", re.IGNORECASE)
# What tells sizes of a picture apart in its address, and no pictures of a series.
_SIZE_OF_NAME = re.compile(
    r"(?:[-_.@](?:\d{2,5}x\d{0,5}|\d{2,5}[wh]|[1-4]x|scaled|thumb(?:nail)?|small|medium|large|full|original|square))+(?=\.\w+$|$)",
    re.IGNORECASE,
)
_SIZE_OF_FOLDER = re.compile(
    r"(?:[wsh]\d{2,5}(?:-[\w-]*)?|\d{2,4}x\d{0,4}|size|thumbs?|thumbnails?|small|medium|large|full)", re.I
)
_SIZE_IN_NAME = re.compile(r"\d{3,}")
_IN_BODY = re.compile(r"""["'(=]([^"'()<>\s]+\.\w{3,5})(?=[?#"')\s])""")
_UNTYPED = frozenset(("", "application/octet-stream", "binary/octet-stream"))

Speak = Callable[[Element | None], str]


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A picture in one size; empty words are unknown, `area` and `group` are 0 where nothing is said."""

    address: str
    caption: str = ""
    credit: str = ""
    area: float = 0
    width: float = 0
    group: int = 0


def pictures_beside(entry: Element, body: str, speak: Speak) -> Iterator[str]:
    """Yield the HTML of the enclosed pictures that the text does not show, and of what else the ledger has to tell."""
    enclosed = [
        one for one in islice(_enclosed(entry, speak), MAX_PICTURES) if not _PORTRAIT.search(one.address)
    ]
    in_body = {_name_of(found[1]) for found in _IN_BODY.finditer(body)}

    def is_shown(address: str) -> bool:
        return contains_picture(body, address) or _name_of(address) in in_body

    for sizes in _by_picture(enclosed):
        if not any(is_shown(one.address) for one in sizes):
            yield "\n" + _figure(sizes)
    told = {picture_key(one.address) for one in enclosed}
    for address in dict.fromkeys(_previews_and_logos(entry)):
        if picture_key(address) not in told and not _PORTRAIT.search(address) and not is_shown(address):
            yield f'\n<meta itemprop="image" content="{html.escape(address)}">'


def picture_key(address: str) -> str:
    """Return what the addresses of all sizes of a picture have in common."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    *folders, name = unquote(parts.path).lower().split("/")
    if "." not in name:
        return f"{parts.path}?{parts.query}"  # a script: the query says which picture
    kept = [folder for folder in folders if not _SIZE_OF_FOLDER.fullmatch(folder)]
    return "/".join([*kept, _SIZE_OF_NAME.sub("", name)])


def _name_of(address: str) -> str:
    return picture_key(html.unescape(address)).rpartition("/")[2]


def _figure(sizes: list[Enclosed]) -> str:
    largest = max(sizes, key=lambda one: one.area)
    caption, credit = (
        next((said for said in (getattr(largest, name), *(getattr(it, name) for it in sizes)) if said), "")
        for name in ("caption", "credit")
    )
    shown = figure_html(largest.address, None, caption, partial(html.escape, quote=False), credit=credit)
    others = [it for it in sizes if it.address != largest.address][:MAX_SIZES]
    if not others:
        return shown
    listed = ", ".join(f"{_in_list(it.address)} {max(1, int(it.width))}w" for it in others)
    return shown.replace("<img ", f'<img srcset="{html.escape(listed)}" ', 1)


def _in_list(address: str) -> str:
    return address.replace(",", "%2C").replace(" ", "%20")


def _by_picture(enclosed: Iterable[Enclosed]) -> list[list[Enclosed]]:
    """The sizes of each picture, in the order of the first."""
    found: dict[str, list[Enclosed]] = {}
    known: dict[str, str] = {}
    of_group: dict[tuple[int, str], str] = {}
    for one in enclosed:
        own = picture_key(one.address)
        key = known.get(own, own)
        if one.group:
            key = of_group.setdefault((one.group, _within_group(one)), key)
        known[own] = key
        found.setdefault(key, []).append(one)
    return list(found.values())


def _within_group(one: Enclosed) -> str:
    """What the sizes of a picture in a group share: all of it, unless they say different things or no size.

    A group is one thing in several forms, but some feeds put all the pictures of an entry into one.
    """
    return one.caption if one.area else _SIZE_IN_NAME.sub("", picture_key(one.address)) + one.caption


def _enclosed(entry: Element, speak: Speak) -> Iterator[Enclosed]:
    """Every enclosed picture of an entry; previews where there is nothing else."""
    groups = [entry, *children(entry, "group", MEDIA)]
    contents = [
        (one, group, number)
        for number, group in enumerate(groups)
        for one in children(group, "content", MEDIA)
    ]
    pictures = [it for it in contents if is_picture(it[0], "url")]
    for one, group, number in pictures:
        caption = _said(one, group, "description", speak) or _said(one, group, "title", speak)
        yield Enclosed(str(one.get("url")), caption, _said(one, group, "credit", speak), *_size(one), number)
    for enclosure in children(entry, "enclosure"):
        if is_picture(enclosure, "url"):
            yield Enclosed(str(enclosure.get("url")))
    for link in children(entry, "link"):
        if link.get("rel") == "enclosure" and is_picture(link, "href"):
            yield Enclosed(str(link.get("href")), " ".join(link.get("title", "").split()))
    for group in [] if pictures else [*groups, *(one for one, _, _ in contents)]:
        yield from _previews(group, speak)


def _previews(group: Element, speak: Speak) -> Iterator[Enclosed]:
    previews = [one for one in children(group, "thumbnail", MEDIA) if one.get("url")]
    is_told = 0 < len(previews) <= MAX_SHARING
    caption, credit = (_said(group, group, it, speak) if is_told else "" for it in ("description", "credit"))
    for preview in previews:
        yield Enclosed(str(preview.get("url")), caption, credit, *_size(preview))


def _previews_and_logos(entry: Element) -> Iterator[str]:
    """The addresses that an entry has for lists and players: previews beside pictures, the logo of a podcast."""
    for element in islice(entry.iter(), MAX_PICTURES * 4):
        address = element.get("url") or element.get("href") or ""
        if local(element) in {"thumbnail", "image"} and address:
            yield address


def _said(media: Element, group: Element, name: str, speak: Speak) -> str:
    """What is said of a medium, by itself or by the group that it stands in alone."""
    own = speak(next(children(media, name, MEDIA), None))
    if own:
        return own
    beside = sum(1 for _ in islice(children(group, "content", MEDIA), MAX_SHARING + 1))
    is_alone = beside <= (MAX_SHARING if local(group) == "group" else 1)
    return speak(next(children(group, name, MEDIA), None)) if is_alone else ""


def _size(media: Element) -> tuple[float, float]:
    """Area and width; where only one side is said, a square of it, and by its bytes where none is."""
    width, height = (_number(media.get(name)) for name in ("width", "height"))
    area = (width or height) * (height or width)
    return area or _number(media.get("fileSize")) / 1e6, width


def _number(written: str | None) -> float:
    found = re.match(r"\d{1,9}", (written or "").strip())
    return float(found[0]) if found else 0.0


def is_picture(element: Element, address: str) -> bool:
    """Return whether an element that encloses something encloses a picture, whose address is in that attribute."""
    kind, medium = element.get("type", "").strip().lower(), element.get("medium", "").lower()
    written = element.get(address, "")
    says_picture = kind.partition("/")[0] == "image" or medium == "image"
    return bool(written) and (
        says_picture or (kind in _UNTYPED and not medium and is_picture_address(written))
    )
