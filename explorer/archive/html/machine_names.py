"""Names made by machines: hashes, identifiers, and the file names of cameras, phones and screenshots.

They do not describe a picture, whether as a caption, an alt text or a title.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

MAX_NAME_CHARS: Final = 300  # a longer text is no name
_MAX_SHARE_OF_WORDS: Final = 0.4  # of the letters and digits of a name; a random name has less by chance
_MIN_RANDOM_CHARS: Final = 8
_WORD: Final = re.compile(r"[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{2,}|[a-zà-öø-ÿ]{3,}|[A-ZÀ-ÖØ-Þ]{3,}|[^\W\d_A-Za-zÀ-ÿ]+")
_VOWEL: Final = re.compile(r"[aeiouyà-öø-ÿ]|[^\x00-\xff]", re.IGNORECASE)
_ALNUM: Final = re.compile(r"[^\W_]")
_HEX: Final = re.compile(r"(?=(?:[^0-9]*[0-9]){2})[0-9a-f]{8,}", re.IGNORECASE)
_SUFFIX: Final = re.compile(r"\.[a-z][a-z0-9]{1,4}$", re.IGNORECASE)
_DATE: Final = r"(?:19|20)\d\d[-_.:/年]?\s?\d{1,2}[-_.:/月]?\s?\d{1,2}日?"
_TIMESTAMP: Final = re.compile(_DATE + r".{0,12}?\d{1,2}[-_.:h時时]?\s?\d{2}[-_.:m分]?\s?\d{2}", re.DOTALL)
_GENERIC_WORDS: Final = frozenset({
    "img", "image", "images", "dsc", "dscn", "dscf", "dscx", "pxl", "mvimg", "pano", "vid", "mov", "gopr", "photo",
    "foto", "pic", "picture", "bild", "scan", "scanned", "screenshot", "screenshots", "screen", "shot", "capture",
    "clip", "clipboard", "snip", "file", "fichier", "datei", "attachment", "download", "unnamed", "received",
    "tumblr", "fb", "whatsapp", "signal", "telegram", "cdn", "http", "https", "www", "com", "net", "org", "jpg",
    "jpeg", "png", "gif", "webp", "svg", "thumb", "thumbnail", "large", "small", "medium", "scaled", "copy",
    "edited", "original", "orig", "full", "media", "upload", "uploads", "asset", "assets", "content", "pasted",
    "unknown",
})  # fmt: skip


def is_machine_name(text: str | None) -> bool:
    """Return whether a text is a generated name: `IMG_1234`, a UUID, `Screenshot 2024-03-01 at 10.12.33`."""
    name = (text or "").strip()
    if not name or len(name) > MAX_NAME_CHARS:
        return False
    stamp = _TIMESTAMP.search(name)
    if stamp and len((name[: stamp.start()] + " " + name[stamp.end() :]).split()) <= 4:
        return True
    tokens = [_without_path(token) for token in name.split()]
    if len(tokens) == 1:
        return _is_random(tokens[0])
    return len(tokens) <= 6 and all(map(_is_meaningless, tokens)) and any(map(_is_random, tokens))


def _without_path(token: str) -> str:
    """Return the last part of an address, the name of the picture."""
    return re.split(r"/|%2f", token.rstrip("/"), flags=re.IGNORECASE)[-1] or token


def _is_random(token: str) -> bool:
    bare = _SUFFIX.sub("", token)
    plain = "".join(_ALNUM.findall(bare))
    digits = sum(char.isdigit() for char in plain)
    if not plain or plain.isdigit():
        return len(plain) >= _MIN_RANDOM_CHARS or (bool(plain) and bare != token)
    if _HEX.fullmatch(plain) or _alternates_randomly(plain):
        return True
    share = sum(map(len, _words(bare))) / len(plain)
    is_long = len(plain) >= _MIN_RANDOM_CHARS and (digits >= 2 or _has_inner_capitals(bare))
    is_numbered = digits >= 1 and _starts_with_generic_word(bare)
    return share < _MAX_SHARE_OF_WORDS and (is_long or is_numbered or (bare != token and digits >= 1))


def _alternates_randomly(plain: str) -> bool:
    """Return whether small letters, capitals and digits alternate as in random strings, more often than in words."""
    kinds = ["0" if char.isdigit() else "A" if char.isupper() else "a" for char in plain]
    changes = sum(kind != next_kind for kind, next_kind in pairwise(kinds))
    return len(plain) > _MIN_RANDOM_CHARS and changes >= len(plain) / 2


def _words(token: str) -> list[str]:
    words = (word for word in _WORD.findall(token) if _VOWEL.search(word))
    return [word for word in words if word.lower() not in _GENERIC_WORDS]


def _has_inner_capitals(token: str) -> bool:
    """Return whether capitals are inside words."""
    return len(re.findall(r"[a-z][A-Z](?![a-z]{2})", token)) >= 2


def _starts_with_generic_word(token: str) -> bool:
    letters = re.match(r"[^\W\d_]+", token)
    return bool(letters and letters[0].lower() in _GENERIC_WORDS)


def _is_meaningless(token: str) -> bool:
    bare = token.strip("()[].,:;#").lower()
    return not bare or bare in _GENERIC_WORDS or len(bare) <= 2 or bare.isdigit() or _is_random(bare)
