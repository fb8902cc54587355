"""Suggestions of figures that illustrate a text."""

from __future__ import annotations

from dataclasses import dataclass, replace

from explorer.catalog.records import FigureRecord
from explorer.errors import QueryError
from explorer.representation.fields import passages_of
from explorer.representation.legs import TERMS
from explorer.search.engine import SearchEngine
from explorer.search.hits import Hit
from explorer.search.query import Query

# Each passage is a search; in a long text, a passage is several sentences.
MAX_PASSAGES = 24
# Long sentences have words in common with most texts: they are compared by meaning only.
WEIGHTS = {TERMS: 0.0}


@dataclass(frozen=True, slots=True)
class Illustration:
    """A figure for a text, and the passage that it matches best."""

    hit: Hit
    passage: str


def illustrate(text: str, engine: SearchEngine, limit: int) -> tuple[Illustration, ...]:
    """Return the figures that match any passage of a text, best first, each picture once.

    Raises QueryError for an empty text.
    """
    passages = passages_of(text, MAX_PASSAGES)
    if not passages:
        raise QueryError("The text is empty. Give the text to illustrate.")
    best_of_picture: dict[str, Illustration] = {}
    for passage in passages:
        for hit in engine.search(Query(words=passage, weights=WEIGHTS, limit=limit)).hits:
            picture = _picture_key(hit)
            if picture not in best_of_picture or hit.score > best_of_picture[picture].hit.score:
                best_of_picture[picture] = Illustration(hit, passage)
    ranked = sorted(
        best_of_picture.values(), key=lambda illustration: (-illustration.hit.score, illustration.hit.id)
    )[:limit]
    return tuple(
        replace(illustration, hit=replace(illustration.hit, rank=rank))
        for rank, illustration in enumerate(ranked, 1)
    )


def _picture_key(hit: Hit) -> str:
    """Return a key that is the same for all copies of a picture."""
    return (hit.record.group if isinstance(hit.record, FigureRecord) else None) or hit.id
