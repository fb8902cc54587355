"""The pictures enclosed in an entry: enclosures and Media RSS (https://www.rssboard.org/media-rss), each once.

A feed may name a picture several times: in several sizes, in a group, as an enclosure and as a preview. The largest is
the figure; the others are in its `srcset`.
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

from explorer.archive.convert.xml_trees import children, local_name
from explorer.archive.html.caption_marks import contains_picture, figure_html
from explorer.archive.links.addresses import is_picture_address

MEDIA = "search.yahoo.com/mrss"
MAX_PICTURES_PER_CAPTION = 100  # that share its caption
MAX_SIZES = 40  # of one picture
MAX_PICTURES = 2000  # of one entry
# WordPress.com adds the portrait of the author to every entry.
_PORTRAIT = re.compile(r"gravatar\.com/", re.IGNORECASE)
# Parts of addresses that distinguish the sizes of a picture, but not the pictures of a series.
_SIZE_SUFFIX = re.compile(
    r"(?:[-_.@](?:\d{2,5}x\d{0,5}|\d{2,5}[wh]|[1-4]x|scaled|thumb(?:nail)?|small|medium|large|full|original|square))+(?=\.\w+$|$)",
    re.IGNORECASE,
)
_SIZE_FOLDER = re.compile(
    r"(?:[wsh]\d{2,5}(?:-[\w-]*)?|\d{2,4}x\d{0,4}|size|thumbs?|thumbnails?|small|medium|large|full)", re.I
)
_SIZE_DIGITS = re.compile(r"\d{3,}")
_ADDRESS_IN_BODY = re.compile(r"""["'(=]([^"'()<>\s]+\.\w{3,5})(?=[?#"')\s])""")
_UNSPECIFIC_TYPES = frozenset(("", "application/octet-stream", "binary/octet-stream"))

TextOf = Callable[[Element | None], str]


@dataclass(frozen=True, slots=True)
class EnclosedPicture:
    """An enclosed picture in one size. Unknown texts are empty; unknown `area`, `width` and `group` are 0."""

    address: str
    caption: str = ""
    credit: str = ""
    area: float = 0
    width: float = 0
    group: int = 0


def enclosed_figures(entry: Element, body: str, text_of: TextOf) -> Iterator[str]:
    """Yield the HTML of the enclosed pictures that the text does not show, and `<meta>` of previews for the ledger."""
    enclosed = [
        picture
        for picture in islice(_enclosed_pictures(entry, text_of), MAX_PICTURES)
        if not _PORTRAIT.search(picture.address)
    ]
    in_body = {_file_key(match[1]) for match in _ADDRESS_IN_BODY.finditer(body)}

    def is_shown(address: str) -> bool:
        return contains_picture(body, address) or _file_key(address) in in_body

    for sizes in _group_by_picture(enclosed):
        if not any(is_shown(picture.address) for picture in sizes):
            yield "\n" + _figure(sizes)
    enclosed_keys = {picture_key(picture.address) for picture in enclosed}
    for address in dict.fromkeys(_previews_and_logos(entry)):
        if (
            picture_key(address) not in enclosed_keys
            and not _PORTRAIT.search(address)
            and not is_shown(address)
        ):
            yield f'\n<meta itemprop="image" content="{html.escape(address)}">'


def picture_key(address: str) -> str:
    """Return the part that the addresses of all sizes of a picture have in common."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    *folders, name = unquote(parts.path).lower().split("/")
    if "." not in name:
        return f"{parts.path}?{parts.query}"  # a script: the query identifies the picture
    significant_folders = [folder for folder in folders if not _SIZE_FOLDER.fullmatch(folder)]
    return "/".join([*significant_folders, _SIZE_SUFFIX.sub("", name)])


def _file_key(address: str) -> str:
    return picture_key(html.unescape(address)).rpartition("/")[2]


def _figure(sizes: list[EnclosedPicture]) -> str:
    largest = max(sizes, key=lambda size: size.area)
    caption, credit = (
        next(
            (text for text in (getattr(largest, name), *(getattr(size, name) for size in sizes)) if text), ""
        )
        for name in ("caption", "credit")
    )
    figure = figure_html(largest.address, None, caption, partial(html.escape, quote=False), credit=credit)
    smaller = [size for size in sizes if size.address != largest.address][:MAX_SIZES]
    if not smaller:
        return figure
    srcset = ", ".join(f"{_escape_in_srcset(size.address)} {max(1, int(size.width))}w" for size in smaller)
    return figure.replace("<img ", f'<img srcset="{html.escape(srcset)}" ', 1)


def _escape_in_srcset(address: str) -> str:
    return address.replace(",", "%2C").replace(" ", "%20")


def _group_by_picture(enclosed: Iterable[EnclosedPicture]) -> list[list[EnclosedPicture]]:
    """Return the sizes of each picture, in the order of the first size."""
    sizes_by_key: dict[str, list[EnclosedPicture]] = {}
    aliases: dict[str, str] = {}
    key_in_group: dict[tuple[int, str], str] = {}
    for picture in enclosed:
        own_key = picture_key(picture.address)
        key = aliases.get(own_key, own_key)
        if picture.group:
            key = key_in_group.setdefault((picture.group, _key_within_group(picture)), key)
        aliases[own_key] = key
        sizes_by_key.setdefault(key, []).append(picture)
    return list(sizes_by_key.values())


def _key_within_group(picture: EnclosedPicture) -> str:
    """Return the key of a picture within its group, the same for all its sizes.

    A group is one picture in several sizes by the standard, but some feeds put all the pictures of an entry into one
    group: these have different captions, or no sizes.
    """
    return (
        picture.caption
        if picture.area
        else _SIZE_DIGITS.sub("", picture_key(picture.address)) + picture.caption
    )


def _enclosed_pictures(entry: Element, text_of: TextOf) -> Iterator[EnclosedPicture]:
    """Yield the enclosed pictures of an entry; the previews if Media RSS has no other picture."""
    groups = [entry, *children(entry, "group", MEDIA)]
    contents = [
        (content, group, number)
        for number, group in enumerate(groups)
        for content in children(group, "content", MEDIA)
    ]
    pictures = [item for item in contents if is_picture(item[0], "url")]
    for content, group, number in pictures:
        caption = _media_text(content, group, "description", text_of) or _media_text(
            content, group, "title", text_of
        )
        yield EnclosedPicture(
            str(content.get("url")),
            caption,
            _media_text(content, group, "credit", text_of),
            *_size(content),
            number,
        )
    for enclosure in children(entry, "enclosure"):
        if is_picture(enclosure, "url"):
            yield EnclosedPicture(str(enclosure.get("url")))
    for link in children(entry, "link"):
        if link.get("rel") == "enclosure" and is_picture(link, "href"):
            yield EnclosedPicture(str(link.get("href")), " ".join(link.get("title", "").split()))
    for group in [] if pictures else [*groups, *(content for content, _, _ in contents)]:
        yield from _previews(group, text_of)


def _previews(group: Element, text_of: TextOf) -> Iterator[EnclosedPicture]:
    previews = [thumbnail for thumbnail in children(group, "thumbnail", MEDIA) if thumbnail.get("url")]
    has_texts = 0 < len(previews) <= MAX_PICTURES_PER_CAPTION
    caption, credit = (
        _media_text(group, group, name, text_of) if has_texts else "" for name in ("description", "credit")
    )
    for preview in previews:
        yield EnclosedPicture(str(preview.get("url")), caption, credit, *_size(preview))


def _previews_and_logos(entry: Element) -> Iterator[str]:
    """Yield the addresses of pictures for lists and players: previews, and the logo of a podcast."""
    for element in islice(entry.iter(), MAX_PICTURES * 4):
        address = element.get("url") or element.get("href") or ""
        if local_name(element) in {"thumbnail", "image"} and address:
            yield address


def _media_text(media: Element, group: Element, name: str, text_of: TextOf) -> str:
    """Return a text of a medium: its own, else that of its group if it belongs to this medium."""
    own_text = text_of(next(children(media, name, MEDIA), None))
    if own_text:
        return own_text
    content_count = sum(1 for _ in islice(children(group, "content", MEDIA), MAX_PICTURES_PER_CAPTION + 1))
    is_alone = content_count <= (MAX_PICTURES_PER_CAPTION if local_name(group) == "group" else 1)
    return text_of(next(children(group, name, MEDIA), None)) if is_alone else ""


def _size(media: Element) -> tuple[float, float]:
    """Return area and width in pixels. A missing side equals the other; without sides, the file size orders areas."""
    width, height = (_number(media.get(name)) for name in ("width", "height"))
    area = (width or height) * (height or width)
    return area or _number(media.get("fileSize")) / 1e6, width


def _number(text: str | None) -> float:
    match = re.match(r"\d{1,9}", (text or "").strip())
    return float(match[0]) if match else 0.0


def is_picture(element: Element, address_attribute: str) -> bool:
    """Return whether an element encloses a picture, whose address is in the attribute `address_attribute`."""
    kind, medium = element.get("type", "").strip().lower(), element.get("medium", "").lower()
    address = element.get(address_attribute, "")
    is_declared_picture = kind.partition("/")[0] == "image" or medium == "image"
    return bool(address) and (
        is_declared_picture or (kind in _UNSPECIFIC_TYPES and not medium and is_picture_address(address))
    )
