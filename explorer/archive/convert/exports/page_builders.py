"""Shortcodes that page builders of WordPress store in posts, with pictures as addresses or attachment ids.

Divi, WPBakery, Avada, Enfold, Cornerstone and others have hundreds of shortcodes. They are recognised by their form:
pictures are named by an attribute or the body, texts are between the tags.
"""

from __future__ import annotations

import binascii
import html
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from explorer.archive.convert.exports.wordpress_media import MediaLibrary
from explorer.archive.convert.markdown.shortcodes import parse_tag
from explorer.archive.html.caption_marks import figure_html
from explorer.archive.links.picture_suffixes import PICTURE_PATH

_TAG = re.compile(
    r"(?<!\[)\[(?P<end>/)?(?P<name>[a-zA-Z][\w-]{0,60})"
    r"""(?P<arguments>\s(?:[^\[\]"'<>]++|"[^"<]*+"|'[^'<]*+'|["'](?=[^"'\[\]<>]*+\]))*+)?/?\](?!\])"""
)
# Typographic filters also change the quotation marks of shortcodes.
_CURLY_QUOTES = re.compile("[“”„″]")
# Divi escapes characters that would end an attribute.
_ESCAPES = {"%22": '"', "%91": "[", "%93": "]"}
_ANY_ESCAPE = re.compile("|".join(_ESCAPES))
_INLINE_SHORTCODE = re.compile(
    r"dropcap|highlight|tooltip|popover|button|btn|icon|label|badge|abbr|span|footnote", re.I
)
_PICTURE_SHORTCODE = re.compile(r"image|img|photo|picture|gallery|slide|carousel|media", re.I)
_ID_KEY = re.compile(
    r"(?:\w*_)?(?:images?|img|photos?|pictures?|attachments?|media|gallery|thumbnail)(?:_?ids?)?|ids|include",
    re.I,
)
_ID_LIST = re.compile(r"\d+(?:\|\w*)?(?:\s*,\s*\d+(?:\|\w*)?)*")
_BACKGROUND_OR_LINK_KEY = re.compile(
    r"background|(?:^|_)bg(?:_|$)|link|url$|href|lightbox|hover|logo|mask|pattern|icon", re.I
)
_ADDRESS_KEYS = frozenset(("src", "url", "image_url", "img_url", "source", "image", "photo_url"))
_ALT_KEYS = ("alt", "alt_text", "image_alt", "img_alt", "image_alt_text")
_CAPTION_KEYS = ("caption", "image_caption", "figcaption", "caption_text")
_TEXT_KEYS = (
    "title",
    "heading",
    "subtitle",
    "subhead",
    "text",
    "content",
    "custom_title",
    "question",
    "quote",
)
# Shortcodes whose body is HTML in Base64, so that editors do not change it.
_BASE64_SHORTCODES = frozenset(("vc_raw_html", "fusion_code"))
_SCRIPT_SHORTCODES = frozenset(("vc_raw_js", "script"))


@dataclass(frozen=True, slots=True)
class _Shortcode:
    """A shortcode by its opening tag. `name` is lower case; the attributes are unescaped."""

    name: str
    attributes: Mapping[str, str]


def shortcodes_as_html(content: str, media: MediaLibrary) -> str:
    """Return the post with its shortcodes replaced by the pictures and texts that they show."""
    tags = [tag for tag in _TAG.finditer(content) if "[" in content]
    closed_names = {tag["name"] for tag in tags if tag["end"]}
    tags = [tag for tag in tags if _is_shortcode(tag, closed_names)]
    parts: list[str] = []
    position = 0
    for index, tag in enumerate(tags):
        next_tag = tags[index + 1] if index + 1 < len(tags) else None
        if tag.start() < position:
            continue
        parts.append(content[position : tag.start()])
        position = tag.end()
        gap = "" if _INLINE_SHORTCODE.search(tag["name"]) else "\n\n"
        if tag["end"]:
            parts.append(gap)
            continue
        is_enclosing = next_tag is not None and next_tag["end"] and next_tag["name"] == tag["name"]
        body = content[tag.end() : next_tag.start()] if next_tag is not None and is_enclosing else None
        rendered, is_body_rendered = _render_opening(_parse(tag), body, media)
        parts += [gap, rendered, gap if rendered else ""]
        if is_body_rendered and next_tag is not None:
            position = next_tag.start()
    return "".join([*parts, content[position:]])


def _is_shortcode(tag: re.Match[str], closed_names: set[str]) -> bool:
    """Return whether a tag is a shortcode: it is closed, has attributes or an underscore; not `[sic]`, `x[i_j]`."""
    if tag["name"] in closed_names or "=" in (tag["arguments"] or ""):
        return True
    return "_" in tag["name"] and not tag.string[tag.start() - 1 : tag.start()].isalnum()


def _parse(tag: re.Match[str]) -> _Shortcode:
    named = parse_tag("x " + _CURLY_QUOTES.sub('"', tag["arguments"] or "")).named
    attributes = {
        key: _ANY_ESCAPE.sub(lambda match: _ESCAPES[match[0]], value) for key, value in named.items()
    }
    return _Shortcode(
        tag["name"].lower(), {key: html.unescape(value).strip() for key, value in attributes.items()}
    )


def _render_opening(shortcode: _Shortcode, body: str | None, media: MediaLibrary) -> tuple[str, bool]:
    """Return the HTML of an opening tag, and whether it includes the body."""
    if shortcode.name in _SCRIPT_SHORTCODES:
        return "", True
    if shortcode.name in _BASE64_SHORTCODES and body is not None:
        return _decode_body(body), True
    address = (body or "").strip()
    if PICTURE_PATH.search(address) and not re.search(r"[\s<>\"]", address):
        return _figure_html(address, shortcode, media), True
    is_picture_in_body = "<img" in (body or "")
    pictures = "" if is_picture_in_body else _pictures_html(shortcode, media)
    return pictures + _background_html(shortcode, media) + _texts_html(shortcode), False


def _pictures_html(shortcode: _Shortcode, media: MediaLibrary) -> str:
    """Return the HTML of the pictures that attributes name by address, else by attachment id."""
    addresses = [
        value
        for key, value in shortcode.attributes.items()
        if PICTURE_PATH.search(value)
        and (not _BACKGROUND_OR_LINK_KEY.search(key) or _is_own_picture(shortcode, key))
    ]
    if addresses:
        return "".join(_figure_html(address, shortcode, media) for address in dict.fromkeys(addresses))
    numbers = [
        number
        for key, value in shortcode.attributes.items()
        if _ID_KEY.fullmatch(key) and not _BACKGROUND_OR_LINK_KEY.search(key) and _ID_LIST.fullmatch(value)
        for number in re.findall(r"(\d+)(?:\|\w*)?", value)
    ]
    return "".join(attachment.figure() for attachment in media.find(numbers))


def _is_own_picture(shortcode: _Shortcode, key: str) -> bool:
    """Return whether an attribute such as `url` is the picture. Beside `src`, as in Divi's image, `url` is a link."""
    return key in _ADDRESS_KEYS and not any(shortcode.attributes.get(other) for other in ("src", "image"))


def _figure_html(address: str, shortcode: _Shortcode, media: MediaLibrary) -> str:
    attributes = shortcode.attributes
    attachment = media.by_identity.get(re.match(r"\d*", attributes.get("image_id", ""))[0])  # type: ignore[index]
    alt = next(
        filter(None, (attributes.get(key) for key in _ALT_KEYS)),
        attachment.alt if attachment else "",
    )
    caption = next(filter(None, (attributes.get(key) for key in _CAPTION_KEYS)), "")
    shows_picture = bool(_PICTURE_SHORTCODE.search(shortcode.name))
    title = attributes.get("title_text") or (attributes.get("title") if shows_picture else "")
    return figure_html(address, alt, caption, lambda words: words, title or None) + "\n"


def _background_html(shortcode: _Shortcode, media: MediaLibrary) -> str:
    """Return pictures in the background or behind links as `background-image` styles, as on the page."""
    parts = []
    for key, value in shortcode.attributes.items():
        if not _BACKGROUND_OR_LINK_KEY.search(key) or _is_own_picture(shortcode, key):
            continue
        attachment = media.by_identity.get(value) if "image" in key else None
        address = attachment.address if attachment else value
        if PICTURE_PATH.search(address):
            parts.append(f"<div style=\"background-image: url('{html.escape(address)}')\"></div>")
    return "".join(parts)


def _texts_html(shortcode: _Shortcode) -> str:
    shows_picture = bool(_PICTURE_SHORTCODE.search(shortcode.name))
    keys = _TEXT_KEYS[1:] if shows_picture else _TEXT_KEYS
    texts = [
        shortcode.attributes[key]
        for key in keys
        if re.search(r"[^\W\d_]{2}", shortcode.attributes.get(key, ""))
    ]
    return "".join(f"<p>{text}</p>\n" for text in dict.fromkeys(texts) if "://" not in text.partition(" ")[0])


def _decode_body(body: str) -> str:
    try:
        return unquote(b64decode(re.sub(r"<[^>]*>|\s", "", body), validate=True).decode())
    except (binascii.Error, ValueError):
        return body
