"""The plan of a search: which legs answer a query, and what each is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from embeddings.vectors import unit
from explorer.errors import QueryError
from explorer.index import Index, Leg, Nearest, Recommend, Sparse, StoredPoint, TermVectors, Vector
from explorer.representation.encoders import QueryEncoders
from explorer.representation.legs import LEG_SPECS, SENTENCE, VISUAL
from explorer.search.query import Phrase, Query


@dataclass(frozen=True, slots=True)
class EncodedQuery:
    """A query as vectors; what was not asked for is None or empty."""

    words_as_clip: Vector | None
    words_as_sentence: Vector | None
    words: str | None
    terms: Sparse | None
    picture: Vector | None
    visual: Vector | None
    liked: tuple[StoredPoint, ...]
    disliked: tuple[StoredPoint, ...]


def encode_query(query: Query, encoders: QueryEncoders, index: Index) -> EncodedQuery:
    """Encodes what the query holds, and no more; QueryError for liked ids that the library does not know."""
    words = query.words.strip() if query.words and query.words.strip() else None
    phrases = query.phrases or ((Phrase(words),) if words else ())
    as_clip, as_sentence = _encode_words(phrases, encoders) if phrases else (None, None)
    picture, visual = _encode_pictures(query, encoders)
    wanted = (encoders.visual_field, SENTENCE)
    return EncodedQuery(
        words_as_clip=as_clip,
        words_as_sentence=as_sentence,
        words=" ".join(phrase.text for phrase in phrases) or None,
        terms=_terms(phrases, encoders.terms) if phrases else None,
        picture=picture,
        visual=visual,
        liked=_known(index, query.like, wanted),
        disliked=_known(index, query.unlike, wanted),
    )


def plan_legs(
    query: Query, encoded: EncodedQuery, encoders: QueryEncoders, kind: str, limit: int
) -> list[Leg]:
    """The legs for figures or for items, each asked for its `limit` best."""
    legs: list[tuple[str, Nearest | Recommend | None]] = []
    for leg in LEG_SPECS:
        if kind in leg.kinds and leg.query is not None:
            legs.append((leg.name, _nearest(getattr(encoded, leg.query))))
        if kind in leg.kinds and leg.compares_liked:
            name = encoders.visual_field if leg.name == VISUAL else leg.name
            legs.append((name, _like(encoded, name)))
    return [Leg(name, one, limit, query.where(kind)) for name, one in legs if one is not None]


def _encode_words(phrases: Sequence[Phrase], encoders: QueryEncoders) -> tuple[Vector, Vector]:
    texts, weights = [it.text for it in phrases], [it.weight for it in phrases]
    as_clip = _mean(encoders.encoder.encode_texts(texts), weights)
    if encoders.share_texts:
        return as_clip, as_clip
    return as_clip, _mean(encoders.sentences.encode_texts(texts), weights)


def _encode_pictures(query: Query, encoders: QueryEncoders) -> tuple[Vector | None, Vector | None]:
    """What the query's pictures are like together, and how they look."""
    weighed = [*([(query.picture, 1.0)] if query.picture is not None else []), *query.extra_images]
    if not weighed:
        return None, None
    seen = encoders.encoder.encode_pictures([picture for picture, _ in weighed])
    weights = [weight for _, weight in weighed]
    return _mean(seen.picture, weights), _mean(
        seen.visual if seen.visual is not None else seen.picture, weights
    )


def _mean(rows: Vector, weights: Sequence[float]) -> Vector:
    """Unit rows, weighted, as one unit vector."""
    if len(rows) == 1 and weights[0] > 0:
        only: Vector = rows[0]
        return only
    return unit(np.asarray(weights, dtype=np.float32) @ rows)


def _terms(phrases: Sequence[Phrase], terms: TermVectors) -> Sparse:
    """The terms of all phrases, each as heavy as in the phrase that weighs most."""
    heaviest: dict[int, float] = {}
    for phrase in phrases:
        found = terms.query(phrase.text)
        for index, value in zip(found.indices, found.values, strict=True):
            heaviest[index] = max(heaviest.get(index, 0.0), value * phrase.weight)
    indices = sorted(heaviest)
    return Sparse(tuple(indices), tuple(heaviest[index] for index in indices))


def _known(index: Index, ids: Sequence[str], vectors: Sequence[str]) -> tuple[StoredPoint, ...]:
    found = tuple(index.fetch(ids, vectors))
    missing = set(ids) - {point.id for point in found}
    if missing:
        raise QueryError(
            f"This library has no figure or item {sorted(missing)[0]!r}. List them: explorer figures --json"
        )
    return found


def _nearest(vector: Vector | Sparse | None) -> Nearest | None:
    return None if vector is None else Nearest(vector)


def _like(encoded: EncodedQuery, name: str) -> Recommend | None:
    """Like the liked and unlike the disliked, as far as they have this vector; each may stand alone."""
    liked = [_one(point.vectors[name]) for point in encoded.liked if name in point.vectors]
    disliked = [_one(point.vectors[name]) for point in encoded.disliked if name in point.vectors]
    return Recommend(tuple(liked), tuple(disliked)) if liked or disliked else None


def _one(vector: Vector) -> Vector:
    """A point's several vectors as one: their normalised mean."""
    if vector.ndim == 1:
        return vector
    return unit(vector.mean(axis=0))
