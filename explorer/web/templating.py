"""Fill the HTML templates of the app. Every string is escaped, except `Markup`, which is HTML already."""

from __future__ import annotations

import re
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

# What looks like the end of a script, a comment or a CDATA section: the browser's sanitizer removes any attribute that
# contains one, and an <img> would lose its alternative text. An invisible word joiner inside it prevents that.
_LOOKS_DANGEROUS: Final = re.compile(r"(<(?=/)|--!?(?=>)|\](?=>))")
_WORD_JOINER: Final = "\u2060"


def attribute(text: str) -> str:
    """Return the text so that Streamlit's sanitizer keeps the attribute it is the value of. Escape it afterwards."""
    return _LOOKS_DANGEROUS.sub(rf"\1{_WORD_JOINER}", text)


def render(template: str, **values: object) -> Markup:
    """Return the HTML of a file in `templates/`, filled with these values."""
    return Markup(ENVIRONMENT.get_template(template).render(values))  # noqa: S704  the template escapes its values


ENVIRONMENT: Final = Environment(
    loader=PackageLoader("explorer.web"),
    autoescape=True,
    auto_reload=False,  # a card has six templates: no look at the files for each of them
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.filters["attribute"] = attribute
