"""What of a figure and of an item is indexed: the texts that become vectors, and the payload that is filtered."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable

from explorer.archive.html.caption_marks import is_descriptive
from explorer.catalog.records import FigureRecord, ItemRecord
from explorer.index import Json, Schema
from explorer.representation.legs import FIGURE, ITEM, TERMS, vector_fields

# Raised when a change here gives other points from the same catalog: indexes are then built anew.
FIELDS_VERSION = 4

# How much each part of the surroundings counts in `context`: a vector that is the weighted sum of unit vectors
# has the weighted sum of their cosines. Chosen on the odd-numbered queries of one archive; docs/decisions.md.
CONTEXT_WEIGHTS = {"before": 0.4, "after": 0.3, "heading": 0.2, "title": 0.2, "referring": 0.4}


# Fewer different words than these, read in a picture, do not say what it is about: a logo, a badge, letters that
# somebody wears, the numbers along an axis. They are found as words all the same.
FEWEST_WORDS = 3
_REAL_WORD = re.compile(r"[^\W\d_]{3,}")
# A long text in a picture would make every other word of its figure count for less.
MOST_WORDS_READ = 100


def own_words(figure: FigureRecord) -> str:
    """What the figure says itself: caption and alt text, the same words once. Credits are not content."""
    alt = figure.alt if is_descriptive(figure.alt) else None
    return _joined([figure.caption, alt])


def text_in_picture(figure: FigureRecord) -> str | None:
    """What was read in the picture; None unless it holds some real words, for texture too is read as letters."""
    text = figure.picture_text or ""
    words = {word.casefold() for word in _REAL_WORD.findall(text)}
    return text if len(words) >= FEWEST_WORDS else None


def surroundings(figure: FigureRecord) -> dict[str, str]:
    """The text around a figure by the names of CONTEXT_WEIGHTS; only what there is."""
    parts = {
        "before": figure.before,
        "after": figure.after,
        "heading": figure.heading,
        "title": figure.issue_title,
    }
    return {name: text for name, text in parts.items() if text}


def context_texts(figure: FigureRecord, referring: str | None) -> dict[str, str]:
    """What counts in `context`: the text around the figure, and what refers to it."""
    around = surroundings(figure)
    return {**around, "referring": referring} if referring else around


def figure_terms(figure: FigureRecord) -> str:
    """Every word by which a figure may be asked for, names in the credit included."""
    around = surroundings(figure)
    read = " ".join((figure.picture_text or "").split()[:MOST_WORDS_READ])
    return _joined([figure.caption, figure.alt, figure.credit, *around.values(), read])


def item_words(item: ItemRecord) -> str:
    """An item's heading and text."""
    return _joined([item.heading, item.text])


def figure_payload(figure: FigureRecord) -> dict[str, Json]:
    """What of a figure is filtered and shown."""
    return {
        "kind": FIGURE,
        "issue_id": figure.issue_id,
        "document": figure.document,
        "number": figure.issue_number,
        "day": day_number(figure.date),
        "has_caption": figure.caption is not None,
        "status": figure.status,
        "sha256": figure.sha256,
    }


def item_payload(item: ItemRecord) -> dict[str, Json]:
    """What of an item is filtered and shown."""
    return {
        "kind": ITEM,
        "issue_id": item.issue_id,
        "document": item.document,
        "number": item.issue_number,
        "day": day_number(item.date),
    }


def day_number(date: str | None, missing: str = "00") -> int | None:
    """`2024-03-09` -> 20240309. What a shorter date lacks is filled with `missing`: "00" begins it, "99" ends it.

    None for what is no date of the calendar.
    """
    found = re.fullmatch(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?", date or "")
    if not found or not _is_in_calendar(*found.groups("01")):
        return None
    return int(found[1] + (found[2] or missing) + (found[3] or missing))


def _is_in_calendar(year: str, month: str, day: str) -> bool:
    try:
        datetime.date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def _joined(parts: Iterable[str | None]) -> str:
    """The parts as sentences, each once."""
    raw_points: list[str] = []
    for part in parts:
        if part and not any(part.casefold() in other.casefold() for other in raw_points):
            raw_points.append(part)
    return ". ".join(part.rstrip(". ") for part in raw_points) + ("." if raw_points else "")


def index_schema(clip_dim: int, visual_dim: int | None, sentence_dim: int) -> Schema:
    """Return the schema of an index for encoders of these dimensions."""
    return Schema(
        vectors=vector_fields(clip_dim, visual_dim, sentence_dim),
        sparse=(TERMS,),
        fields={
            "kind": "keyword",
            "issue_id": "keyword",
            "document": "keyword",
            "number": "integer",
            "day": "integer",
            "has_caption": "bool",
            "status": "keyword",
            "sha256": "keyword",
        },
    )
