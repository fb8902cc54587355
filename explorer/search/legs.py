"""The plan of a search: the legs that answer a query, and the query vector of each."""

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
    """A query as vectors. Parts that the query does not have are None or empty."""

    words_as_clip: Vector | None
    words_as_sentence: Vector | None
    words: str | None
    terms: Sparse | None
    picture: Vector | None
    visual: Vector | None
    liked: tuple[StoredPoint, ...]
    disliked: tuple[StoredPoint, ...]


def encode_query(query: Query, encoders: QueryEncoders, index: Index) -> EncodedQuery:
    """Encode the parts of a query. Raise QueryError for liked or disliked ids that the library does not have."""
    words = query.words.strip() if query.words and query.words.strip() else None
    phrases = query.phrases or ((Phrase(words),) if words else ())
    as_clip, as_sentence = _encode_words(phrases, encoders) if phrases else (None, None)
    picture, visual = _encode_pictures(query, encoders)
    compared = (encoders.visual_field, SENTENCE)
    return EncodedQuery(
        words_as_clip=as_clip,
        words_as_sentence=as_sentence,
        words=" ".join(phrase.text for phrase in phrases) or None,
        terms=_terms(phrases, encoders.terms) if phrases else None,
        picture=picture,
        visual=visual,
        liked=_stored(index, query.like, compared),
        disliked=_stored(index, query.unlike, compared),
    )


def plan_legs(
    query: Query, encoded: EncodedQuery, encoders: QueryEncoders, kind: str, limit: int
) -> list[Leg]:
    """Return the legs for figures or for items, each with its `limit` best."""
    legs: list[tuple[str, Nearest | Recommend | None]] = []
    for leg in LEG_SPECS:
        if kind in leg.kinds and leg.query is not None:
            legs.append((leg.name, _nearest(getattr(encoded, leg.query))))
        if kind in leg.kinds and leg.compares_liked:
            name = encoders.visual_field if leg.name == VISUAL else leg.name
            legs.append((name, _like(encoded, name)))
    return [Leg(name, vectors, limit, query.where(kind)) for name, vectors in legs if vectors is not None]


def _encode_words(phrases: Sequence[Phrase], encoders: QueryEncoders) -> tuple[Vector, Vector]:
    texts, weights = [phrase.text for phrase in phrases], [phrase.weight for phrase in phrases]
    as_clip = _mean(encoders.encoder.encode_texts(texts), weights)
    if encoders.share_texts:
        return as_clip, as_clip
    return as_clip, _mean(encoders.sentences.encode_texts(texts), weights)


def _encode_pictures(query: Query, encoders: QueryEncoders) -> tuple[Vector | None, Vector | None]:
    """Return the weighted means of the picture vectors and of the visual vectors of the query's pictures."""
    weighted = [*([(query.picture, 1.0)] if query.picture is not None else []), *query.extra_images]
    if not weighted:
        return None, None
    vectors = encoders.encoder.encode_pictures([picture for picture, _ in weighted])
    weights = [weight for _, weight in weighted]
    visual = vectors.visual if vectors.visual is not None else vectors.picture
    return _mean(vectors.picture, weights), _mean(visual, weights)


def _mean(rows: Vector, weights: Sequence[float]) -> Vector:
    """Return the weighted mean of unit rows as one unit vector."""
    if len(rows) == 1 and weights[0] > 0:
        only: Vector = rows[0]
        return only
    return unit(np.asarray(weights, dtype=np.float32) @ rows)


def _terms(phrases: Sequence[Phrase], terms: TermVectors) -> Sparse:
    """Return the terms of all phrases, each with its largest weight."""
    heaviest: dict[int, float] = {}
    for phrase in phrases:
        vector = terms.query(phrase.text)
        for index, value in zip(vector.indices, vector.values, strict=True):
            heaviest[index] = max(heaviest.get(index, 0.0), value * phrase.weight)
    indices = sorted(heaviest)
    return Sparse(tuple(indices), tuple(heaviest[index] for index in indices))


def _stored(index: Index, ids: Sequence[str], vectors: Sequence[str]) -> tuple[StoredPoint, ...]:
    points = tuple(index.fetch(ids, vectors))
    missing = set(ids) - {point.id for point in points}
    if missing:
        raise QueryError(
            f"This library has no figure or item {sorted(missing)[0]!r}. List them: explorer figures --json"
        )
    return points


def _nearest(vector: Vector | Sparse | None) -> Nearest | None:
    return None if vector is None else Nearest(vector)


def _like(encoded: EncodedQuery, name: str) -> Recommend | None:
    """Return the query by liked and disliked points that have this vector; None without any."""
    liked = [_pooled(point.vectors[name]) for point in encoded.liked if name in point.vectors]
    disliked = [_pooled(point.vectors[name]) for point in encoded.disliked if name in point.vectors]
    return Recommend(tuple(liked), tuple(disliked)) if liked or disliked else None


def _pooled(vector: Vector) -> Vector:
    """Return several vectors of a point as one: their normalised mean."""
    if vector.ndim == 1:
        return vector
    return unit(vector.mean(axis=0))
