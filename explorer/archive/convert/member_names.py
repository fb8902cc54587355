"""Names for the documents of an export: people can read them, and they stay when the export grows."""

from __future__ import annotations

import re
from hashlib import sha256

MAX_SLUG_CHARS = 60
_NO_NAME = re.compile(r"[\W_]+")


def member_name(words: str, identity: str, suffix: str = ".html") -> str:
    """`"The Mill"` of the post `"tag:x,2024:7"` -> `"the-mill-5e8f7c1a.html"`."""
    key = sha256(identity.encode(errors="replace")).hexdigest()[:8]
    return f"{slug(words)}-{key}{suffix}".lstrip("-")


def slug(words: str) -> str:
    """Words as one part of a path, in whatever script they are."""
    return _NO_NAME.sub("-", words.casefold()).strip("-")[:MAX_SLUG_CHARS].rstrip("-")


def slug_from_url(address: str) -> str:
    """What names a post and does not change when its title is mended: the last part of its address that is words."""
    parts = [part for part in re.split(r"[/?#]", address.partition("//")[2])[1:] if part]
    spoken = [part for part in parts if re.search(r"[^\W\d]{3}", part) and "=" not in part]
    return re.sub(r"\.\w{2,5}$", "", spoken[-1]) if spoken else ""
