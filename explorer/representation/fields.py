"""The indexed content of figures and items: the texts that become vectors, their sentences, the payload for filters."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from math import ceil

from explorer.archive.html.caption_marks import is_descriptive
from explorer.archive.html.labels import written_abbreviations
from explorer.catalog.derived_tables import has_words
from explorer.catalog.records import FigureRecord, ItemRecord
from explorer.index import Json, Schema, VectorField
from explorer.representation.legs import FIGURE, ITEM, LEG_SPECS, TERMS, VISUAL

# Increase it when a change here makes other points from the same catalog: indexes are then rebuilt.
FIELDS_VERSION = 6

# Weights of the surrounding texts in `context`: the cosine of a weighted sum of unit vectors is the weighted sum of
# their cosines. Chosen on the odd-numbered queries of one archive; docs/decisions.md.
CONTEXT_WEIGHTS = {"before": 0.4, "after": 0.3, "heading": 0.2, "title": 0.2, "referring": 0.4}

# A long text in a picture would lower the weight of all other words of its figure.
MAX_OCR_TERMS = 100


def caption_and_alt(figure: FigureRecord) -> str:
    """Return caption and alt text, without repetition. Credits are not content."""
    alt = figure.alt if is_descriptive(figure.alt) else None
    return _join_distinct([figure.caption, alt])


def ocr_text(figure: FigureRecord) -> str | None:
    """Return the text read by OCR, or None without a few real words: OCR reads texture as letters too."""
    return figure.picture_text if figure.picture_text and has_words(figure.picture_text) else None


def surrounding_texts(figure: FigureRecord) -> dict[str, str]:
    """Return the texts around a figure that exist, by the names of CONTEXT_WEIGHTS."""
    texts = {
        "before": figure.before,
        "after": figure.after,
        "heading": figure.heading,
        "title": figure.issue_title,
    }
    return {name: text for name, text in texts.items() if text}


def context_texts(figure: FigureRecord, referring: str | None) -> dict[str, str]:
    """Return the texts of `context`: those around the figure, and the sentences that refer to it."""
    texts = surrounding_texts(figure)
    return {**texts, "referring": referring} if referring else texts


def figure_terms(figure: FigureRecord) -> str:
    """Return all texts by whose words a figure is found, including the credit."""
    ocr_terms = " ".join((figure.picture_text or "").split()[:MAX_OCR_TERMS])
    return _join_distinct(
        [figure.caption, figure.alt, figure.credit, *surrounding_texts(figure).values(), ocr_terms]
    )


def heading_and_text(item: ItemRecord) -> str:
    """Return heading and text of an item."""
    return _join_distinct([item.heading, item.text])


def figure_payload(figure: FigureRecord, traits: Mapping[str, Sequence[str]]) -> dict[str, Json]:
    """Return the payload of a figure with its traits."""
    return {
        "kind": FIGURE,
        "issue_id": figure.issue_id,
        "document": figure.document,
        "number": figure.issue_number,
        "day": day_number(figure.date),
        "has_caption": figure.caption is not None,
        "has_text": "yes" in traits.get("text", ()),
        "colours": list(traits.get("colour", ())),
        "orientation": next(iter(traits.get("orientation", ())), None),
        "picture_kind": next(iter(traits.get("picture_kind", ())), None),
        "credit": next(iter(traits.get("credit", ())), None),
        "status": figure.status,
        "sha256": figure.sha256,
    }


def item_payload(item: ItemRecord) -> dict[str, Json]:
    """Return the payload of an item."""
    return {
        "kind": ITEM,
        "issue_id": item.issue_id,
        "document": item.document,
        "number": item.issue_number,
        "day": day_number(item.date),
    }


def day_number(date: str | None, missing: str = "00") -> int | None:
    """Return a date as a number: `2024-03-09` -> 20240309. Returns None for a date that does not exist.

    Missing parts of a shorter date are replaced by `missing`: "00" for its first day, "99" for its last.
    """
    match = re.fullmatch(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?", date or "")
    if not match or not _is_in_calendar(*match.groups("01")):
        return None
    return int(match[1] + (match[2] or missing) + (match[3] or missing))


def _is_in_calendar(year: str, month: str, day: str) -> bool:
    try:
        datetime.date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def _join_distinct(texts: Iterable[str | None]) -> str:
    """Join texts as sentences. A text that an earlier one contains is left out."""
    distinct: list[str] = []
    for text in texts:
        if text and not any(text.casefold() in earlier.casefold() for earlier in distinct):
            distinct.append(text)
    return ". ".join(text.rstrip(". ") for text in distinct) + ("." if distinct else "")


def index_schema(clip_dim: int, visual_dim: int | None, sentence_dim: int) -> Schema:
    """Return the schema of an index for encoders of these dimensions."""
    return Schema(
        vectors=_vector_fields(clip_dim, visual_dim, sentence_dim),
        sparse=(TERMS,),
        fields={
            "kind": "keyword",
            "issue_id": "keyword",
            "document": "keyword",
            "number": "integer",
            "day": "integer",
            "has_caption": "bool",
            "has_text": "bool",
            "colours": "keyword",
            "orientation": "keyword",
            "picture_kind": "keyword",
            "credit": "keyword",
            "status": "keyword",
            "sha256": "keyword",
        },
    )


def _vector_fields(clip_dim: int, visual_dim: int | None, sentence_dim: int) -> tuple[VectorField, ...]:
    """Return the dense vector fields for encoders of these dimensions.

    Without image-only vectors `visual` has no field, and `regions` holds vectors of `picture`.
    """
    dims = {"clip": clip_dim, "visual": visual_dim or clip_dim, "sentence": sentence_dim}
    return tuple(
        VectorField(leg.name, dims[leg.space], leg.multi)
        for leg in LEG_SPECS
        if leg.space in dims and (leg.name != VISUAL or visual_dim)
    )


# A shorter sentence, in characters, means too little by itself ("It grew."): it is joined with the next one.
SHORTEST = 40


def _not_after(words: Iterable[str]) -> str:
    """Return a pattern for a place that none of the words with a stop precedes. `re` wants look-behinds of one length."""
    lengths = groupby(sorted(words, key=lambda word: (len(word), word)), key=len)
    return "".join(rf"(?<!\b(?:{'|'.join(map(re.escape, same))})\.)" for _, same in lengths)


# A stop, perhaps a quotation mark or bracket, a blank, and the beginning of a sentence. "J. Smith" and "e.g. this" go on.
_END = re.compile(
    r"(?:(?<=[.!?…])|(?<=[.!?…][\"'»”’)\]]))(?<!\b[A-Z]\.)(?<!\b(?:Dr|Mr|St|No|vs|cf)\.)(?<!\b(?:Mrs|Fig|FIG|fig|Abb|etc|Vol)\.)(?<!\b(?:Figs|FIGS|figs)\.)"
    # "см. рис. 3" and "viz obr. 2" go on if a number follows.
    rf"(?:(?!\s+\d)|{_not_after(word for word in written_abbreviations() if ' ' not in word)})"
    r"\s+(?=[\"'«“‘(\[]?[^\Wa-z_])"
    r"|(?<=[。！？])\s*"
)
_PARAGRAPH = re.compile(r"\n\s*\n")


def sentences_of(text: str) -> list[str]:
    """Return the sentences in their order, with single spaces. Short sentences are joined with the next one."""
    sentences: list[str] = []
    for paragraph in _PARAGRAPH.split(text):
        joined = ""
        for sentence in _END.split(" ".join(paragraph.split())):
            joined = f"{joined} {sentence}".strip()
            if len(joined) >= SHORTEST:
                sentences.append(joined)
                joined = ""
        if joined:
            sentences.append(joined)
    return sentences


def passages_of(text: str, most: int) -> list[str]:
    """Split a text into passages, at most `most`. Each is one sentence if the text has no more than `most`."""
    sentences = sentences_of(text)
    at_once = max(1, ceil(len(sentences) / most))
    return [" ".join(sentences[start : start + at_once]) for start in range(0, len(sentences), at_once)]
