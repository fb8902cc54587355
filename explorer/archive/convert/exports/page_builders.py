"""What page builders of WordPress keep in posts: shortcodes around text, with pictures as addresses or numbers.

Divi, WPBakery, Avada, Enfold, Cornerstone and their kin have hundreds of shortcodes with names of their own. No name
matters here but by its form: pictures are what an attribute or the body names, words are what stands between.
"""

from __future__ import annotations

import binascii
import html
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from explorer.archive.convert.exports.wordpress_media import Media
from explorer.archive.convert.figure_html import figure_html
from explorer.archive.convert.markdown.shortcodes import parse_tag
from explorer.archive.links.picture_suffixes import PICTURE_PATH

_TAG = re.compile(
    r"(?<!\[)\[(?P<end>/)?(?P<name>[a-zA-Z][\w-]{0,60})"
    r"""(?P<arguments>\s(?:[^\[\]"'<>]++|"[^"<]*+"|'[^'<]*+'|["'](?=[^"'\[\]<>]*+\]))*+)?/?\](?!\])"""
)
# Typographers set the quotation marks of shortcodes too.
_CURLY = re.compile("[“”„″]")
# Divi's way to write what would end an attribute.
_ENCODED = {"%22": '"', "%91": "[", "%93": "]"}
_ANY_ENCODED = re.compile("|".join(_ENCODED))
_INLINE = re.compile(
    r"dropcap|highlight|tooltip|popover|button|btn|icon|label|badge|abbr|span|footnote", re.I
)
_SHOWS_PICTURE = re.compile(r"image|img|photo|picture|gallery|slide|carousel|media", re.I)
_NUMBERS_KEY = re.compile(
    r"(?:\w*_)?(?:images?|img|photos?|pictures?|attachments?|media|gallery|thumbnail)(?:_?ids?)?|ids|include",
    re.I,
)
_NUMBERS = re.compile(r"\d+(?:\|\w*)?(?:\s*,\s*\d+(?:\|\w*)?)*")
_BEHIND = re.compile(
    r"background|(?:^|_)bg(?:_|$)|link|url$|href|lightbox|hover|logo|mask|pattern|icon", re.I
)
_OWN_ADDRESS = frozenset(("src", "url", "image_url", "img_url", "source", "image", "photo_url"))
_ALTS = ("alt", "alt_text", "image_alt", "img_alt", "image_alt_text")
_CAPTIONS = ("caption", "image_caption", "figcaption", "caption_text")
_WORDS = ("title", "heading", "subtitle", "subhead", "text", "content", "custom_title", "question", "quote")
# Their bodies are HTML in Base64, so that no editor changes it.
_PACKED = frozenset(("vc_raw_html", "fusion_code"))
_NO_WORDS = frozenset(("vc_raw_js", "script"))


@dataclass(frozen=True, slots=True)
class _Shortcode:
    name: str
    said: Mapping[str, str]


def shortcodes_as_html(content: str, media: Media) -> str:
    """Return a post with its shortcodes as the pictures and words that they show."""
    tags = [tag for tag in _TAG.finditer(content) if "[" in content]
    ended = {tag["name"] for tag in tags if tag["end"]}
    tags = [tag for tag in tags if _is_shortcode(tag, ended)]
    parts: list[str] = []
    position = 0
    for place, tag in enumerate(tags):
        after = tags[place + 1] if place + 1 < len(tags) else None
        if tag.start() < position:
            continue
        parts.append(content[position : tag.start()])
        position = tag.end()
        gap = "" if _INLINE.search(tag["name"]) else "\n\n"
        if tag["end"]:
            parts.append(gap)
            continue
        is_enclosing = after is not None and after["end"] and after["name"] == tag["name"]
        body = content[tag.end() : after.start()] if after is not None and is_enclosing else None
        shown, is_used = _shown(_parsed(tag), body, media)
        parts += [gap, shown, gap if shown else ""]
        if is_used and after is not None:
            position = after.start()
    return "".join([*parts, content[position:]])


def _is_shortcode(tag: re.Match[str], ended: set[str]) -> bool:
    """`[sic]` and `x[i_j]` are words; what is ended, has attributes or a name made of parts is none."""
    if tag["name"] in ended or "=" in (tag["arguments"] or ""):
        return True
    return "_" in tag["name"] and not tag.string[tag.start() - 1 : tag.start()].isalnum()


def _parsed(tag: re.Match[str]) -> _Shortcode:
    named = parse_tag("x " + _CURLY.sub('"', tag["arguments"] or "")).named
    said = {key: _ANY_ENCODED.sub(lambda found: _ENCODED[found[0]], value) for key, value in named.items()}
    return _Shortcode(tag["name"].lower(), {key: html.unescape(value).strip() for key, value in said.items()})


def _shown(shortcode: _Shortcode, body: str | None, media: Media) -> tuple[str, bool]:
    """What an opening shows, and whether that is its body too."""
    if shortcode.name in _NO_WORDS:
        return "", True
    if shortcode.name in _PACKED and body is not None:
        return _unpacked(body), True
    address = (body or "").strip()
    if PICTURE_PATH.search(address) and not re.search(r"[\s<>\"]", address):
        return _figure(address, shortcode, media), True
    is_picture_in_body = "<img" in (body or "")
    pictures = "" if is_picture_in_body else _pictures(shortcode, media)
    return pictures + _behind(shortcode, media) + _words(shortcode), False


def _pictures(shortcode: _Shortcode, media: Media) -> str:
    """The pictures that attributes name, by address or else by number."""
    addresses = [
        value
        for key, value in shortcode.said.items()
        if PICTURE_PATH.search(value) and (not _BEHIND.search(key) or _is_own(shortcode, key))
    ]
    if addresses:
        return "".join(_figure(address, shortcode, media) for address in dict.fromkeys(addresses))
    numbers = [
        number
        for key, value in shortcode.said.items()
        if _NUMBERS_KEY.fullmatch(key) and not _BEHIND.search(key) and _NUMBERS.fullmatch(value)
        for number in re.findall(r"(\d+)(?:\|\w*)?", value)
    ]
    return "".join(one.figure() for one in media.known(numbers))


def _is_own(shortcode: _Shortcode, key: str) -> bool:
    """Whether an attribute such as `url` is the picture itself: of Divi's image it is where `src` leads to."""
    return key in _OWN_ADDRESS and not any(shortcode.said.get(other) for other in ("src", "image"))


def _figure(address: str, shortcode: _Shortcode, media: Media) -> str:
    known = media.by_identity.get(re.match(r"\d*", shortcode.said.get("image_id", ""))[0])  # type: ignore[index]
    alt = next(filter(None, (shortcode.said.get(key) for key in _ALTS)), known.alt if known else "")
    caption = next(filter(None, (shortcode.said.get(key) for key in _CAPTIONS)), "")
    is_picture = bool(_SHOWS_PICTURE.search(shortcode.name))
    title = shortcode.said.get("title_text") or (shortcode.said.get("title") if is_picture else "")
    return figure_html(address, alt, caption, lambda words: words, title or None) + "\n"


def _behind(shortcode: _Shortcode, media: Media) -> str:
    """What lies behind words, or a link leads to, as the style that a page would have."""
    found = []
    for key, value in shortcode.said.items():
        if not _BEHIND.search(key) or _is_own(shortcode, key):
            continue
        number = media.by_identity.get(value) if "image" in key else None
        address = number.address if number else value
        if PICTURE_PATH.search(address):
            found.append(f"<div style=\"background-image: url('{html.escape(address)}')\"></div>")
    return "".join(found)


def _words(shortcode: _Shortcode) -> str:
    is_picture = bool(_SHOWS_PICTURE.search(shortcode.name))
    keys = _WORDS[1:] if is_picture else _WORDS
    words = [shortcode.said[key] for key in keys if re.search(r"[^\W\d_]{2}", shortcode.said.get(key, ""))]
    return "".join(f"<p>{one}</p>\n" for one in dict.fromkeys(words) if "://" not in one.partition(" ")[0])


def _unpacked(body: str) -> str:
    try:
        return unquote(b64decode(re.sub(r"<[^>]*>|\s", "", body), validate=True).decode())
    except (binascii.Error, ValueError):
        return body
