"""A text that is being written, and the figures of the library that would illustrate it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from explorer.catalog.records import FigureRecord
from explorer.errors import QueryError
from explorer.representation.legs import TERMS
from explorer.search.engine import SearchEngine
from explorer.search.hits import Hit
from explorer.search.query import Query
from explorer.search.sentences import passages_of

# Each passage is a search; of a longer text a passage is several sentences.
MOST_PASSAGES = 24
# Long sentences share words with everything: they are compared by what they mean.
WEIGHTS = {TERMS: 0.0}


@dataclass(frozen=True, slots=True)
class Illustration:
    """A figure for a text, and the passage that it fits best."""

    hit: Hit
    passage: str


def illustrate(text: str, engine: SearchEngine, limit: int) -> tuple[Illustration, ...]:
    """The figures that fit any passage of a text, best first, a picture once; QueryError for an empty text."""
    passages = passages_of(text, MOST_PASSAGES)
    if not passages:
        raise QueryError("The text is empty. Give the paragraph that is to be illustrated.")
    best: dict[str, Illustration] = {}
    for passage in passages:
        for hit in engine.search(Query(words=passage, weights=WEIGHTS, limit=limit)).hits:
            picture = _picture(hit)
            if picture not in best or hit.score > best[picture].hit.score:
                best[picture] = Illustration(hit, passage)
    ranked = sorted(best.values(), key=lambda one: (-one.hit.score, one.hit.id))[:limit]
    return tuple(replace(one, hit=replace(one.hit, rank=rank)) for rank, one in enumerate(ranked, 1))


def _picture(hit: Hit) -> str:
    """The same for figures whose pictures are copies of one."""
    return (hit.record.group if isinstance(hit.record, FigureRecord) else None) or hit.id
