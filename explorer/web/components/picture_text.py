"""The text in a picture as HTML: its lines as words, and boxes on the picture around those that were asked for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from html import escape

from explorer.types import TextLine
from explorer.web.components.passages import marked
from explorer.web.components.thumbnails import frame


def listed(lines: Sequence[TextLine], matched: Collection[str]) -> str:
    """HTML of all lines, the matched words in them marked; nothing where there are none."""
    if not lines:
        return ""
    body = "<br>".join(marked(line.text, matched) for line in lines)
    return f'<section class="ax-around"><h2>Text in the picture</h2><p>{body}</p></section>'


def boxes(lines: Sequence[TextLine], matched: Collection[str]) -> str:
    """HTML of a box for each line that holds a matched word, to be laid over the picture."""
    return "".join(
        frame(line.box, line.text) for line in lines if marked(line.text, matched) != escape(line.text)
    )
