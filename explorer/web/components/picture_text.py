"""The text in a picture: its lines, and where the lines that match a search are in the picture."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from markupsafe import Markup

from explorer.types import Region, TextLine
from explorer.web.components.passages import contains_any, marked
from explorer.web.templating import render


def text_section(lines: Sequence[TextLine], matched: Collection[str]) -> Markup:
    """Return all lines with the matched words marked; nothing for a picture without text."""
    if not lines:
        return Markup()
    return render("picture_text.html", lines=[marked(line.text, matched) for line in lines])


def matching_lines(lines: Sequence[TextLine], matched: Collection[str]) -> list[tuple[Region, str]]:
    """Return box and text of each line that contains a matched word."""
    return [(line.box, line.text) for line in lines if contains_any(line.text, matched)]
