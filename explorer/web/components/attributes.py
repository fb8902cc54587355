"""Text from archives in the attributes of HTML."""

from __future__ import annotations

import re
from html import escape

# What looks like the end of a script, a comment or a CDATA section: the browser's sanitiser throws away the whole
# attribute that holds one, and an <img> would lose its alternative text. A word joiner in it is seen by nobody.
_LOOKS_DANGEROUS = re.compile(r"(<(?=/)|--!?(?=>)|\](?=>))")
_WORD_JOINER = "\u2060"


def attribute(text: str) -> str:
    """The text, escaped so that it survives as an attribute's value."""
    return escape(_LOOKS_DANGEROUS.sub(rf"\1{_WORD_JOINER}", text))
