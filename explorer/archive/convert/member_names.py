"""Names for the documents of an export: readable, and stable when the export grows."""

from __future__ import annotations

import re
from hashlib import sha256

MAX_SLUG_CHARS = 60
_NON_WORD_CHARACTERS = re.compile(r"[\W_]+")


def member_name(words: str, identity: str, suffix: str = ".html") -> str:
    """Return a file name: "The Mill" with the identity "tag:x,2024:7" becomes "the-mill-5e8f7c1a.html"."""
    key = sha256(identity.encode(errors="replace")).hexdigest()[:8]
    return f"{slug(words)}-{key}{suffix}".lstrip("-")


def slug(words: str) -> str:
    """Return the words as one component of a path, in any script."""
    return _NON_WORD_CHARACTERS.sub("-", words.casefold()).strip("-")[:MAX_SLUG_CHARS].rstrip("-")


def slug_from_url(address: str) -> str:
    """Return the last readable part of an address, which stays when the title of a post is corrected."""
    parts = [part for part in re.split(r"[/?#]", address.partition("//")[2])[1:] if part]
    readable_parts = [part for part in parts if re.search(r"[^\W\d]{3}", part) and "=" not in part]
    return re.sub(r"\.\w{2,5}$", "", readable_parts[-1]) if readable_parts else ""
