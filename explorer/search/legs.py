"""The plan of a search: which legs answer a query, and what each is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from embeddings import Encoder, SentenceEncoder, release
from embeddings.vectors import unit
from explorer.errors import QueryError
from explorer.index import Index, Leg, Nearest, Recommend, Sparse, Stored, TermVectors, Vector
from explorer.representation.fields import (
    CONTEXT,
    FIGURE,
    ITEM,
    LOOKS,
    MEANING,
    PARTS,
    PICTURE,
    TERMS,
    TEXT,
    WORDS,
)
from explorer.search.query import Phrase, Query
from explorer.system.memory import give_back


@dataclass(frozen=True, slots=True)
class Tools:
    """What turns queries into vectors."""

    encoder: Encoder
    sentences: SentenceEncoder
    terms: TermVectors

    @property
    def looks_field(self) -> str:
        """The vector that compares pictures of the library as wholes."""
        return LOOKS if self.encoder.looks_dim else PICTURE

    def release(self) -> None:
        """Free the memory of the encoders that load quickly."""
        release(self.encoder)
        release(self.sentences)
        give_back()

    @property
    def share_texts(self) -> bool:
        """Whether the encoder's text vectors are those of the sentence encoder, so that one serves both."""
        own = self.encoder.sentences
        return own is not None and own.fingerprint == self.sentences.fingerprint


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as vectors; what was not asked for is None or empty."""

    words_in_picture_space: Vector | None
    words_as_sentence: Vector | None
    words: str | None
    terms: Sparse | None
    picture: Vector | None
    looks: Vector | None
    liked: tuple[Stored, ...]
    disliked: tuple[Stored, ...]


def ask(query: Query, tools: Tools, index: Index) -> Asked:
    """Encodes what the query holds, and no more; QueryError for liked ids that the library does not know."""
    words = query.words.strip() if query.words and query.words.strip() else None
    phrases = query.phrases or ((Phrase(words),) if words else ())
    in_picture_space, as_sentence = _encode_words(phrases, tools) if phrases else (None, None)
    picture, looks = _encode_pictures(query, tools)
    wanted = (tools.looks_field, MEANING)
    return Asked(
        words_in_picture_space=in_picture_space,
        words_as_sentence=as_sentence,
        words=" ".join(phrase.text for phrase in phrases) or None,
        terms=_terms(phrases, tools.terms) if phrases else None,
        picture=picture,
        looks=looks,
        liked=_known(index, query.like, wanted),
        disliked=_known(index, query.unlike, wanted),
    )


def plan(query: Query, asked: Asked, tools: Tools, kind: str, limit: int) -> list[Leg]:
    """The legs for figures or for items, each asked for its `limit` best."""
    legs: list[tuple[str, Nearest | Recommend | None]] = []
    if kind == FIGURE:
        legs += [
            (PICTURE, _nearest(asked.words_in_picture_space)),
            (TEXT, _nearest(asked.words_as_sentence)),
            (CONTEXT, _nearest(asked.words_as_sentence)),
            (PARTS, _nearest(asked.looks)),
            (tools.looks_field, _like(asked, tools.looks_field)),
        ]
    if kind == ITEM:
        legs.append((WORDS, _nearest(asked.picture)))
    legs += [(MEANING, _nearest(asked.words_as_sentence)), (MEANING, _like(asked, MEANING))]
    if asked.terms is not None:
        legs.append((TERMS, Nearest(asked.terms)))
    return [Leg(name, one, limit, query.where(kind)) for name, one in legs if one is not None]


def _encode_words(phrases: Sequence[Phrase], tools: Tools) -> tuple[Vector, Vector]:
    texts, weights = [it.text for it in phrases], [it.weight for it in phrases]
    in_picture_space = _mean(tools.encoder.encode_texts(texts), weights)
    if tools.share_texts:
        return in_picture_space, in_picture_space
    return in_picture_space, _mean(tools.sentences.encode_texts(texts), weights)


def _encode_pictures(query: Query, tools: Tools) -> tuple[Vector | None, Vector | None]:
    """What the query's pictures are like together, and how they look."""
    weighed = [*([(query.picture, 1.0)] if query.picture is not None else []), *query.beside]
    if not weighed:
        return None, None
    seen = tools.encoder.encode_pictures([picture for picture, _ in weighed])
    weights = [weight for _, weight in weighed]
    return _mean(seen.picture, weights), _mean(
        seen.looks if seen.looks is not None else seen.picture, weights
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


def _known(index: Index, ids: Sequence[str], vectors: Sequence[str]) -> tuple[Stored, ...]:
    found = tuple(index.fetch(ids, vectors))
    missing = set(ids) - {point.id for point in found}
    if missing:
        raise QueryError(
            f"This library has no figure or item {sorted(missing)[0]!r}. List them: explorer figures --json"
        )
    return found


def _nearest(vector: Vector | None) -> Nearest | None:
    return None if vector is None else Nearest(vector)


def _like(asked: Asked, name: str) -> Recommend | None:
    """Like the liked and unlike the disliked, as far as they have this vector; each may stand alone."""
    liked = [_one(point.vectors[name]) for point in asked.liked if name in point.vectors]
    disliked = [_one(point.vectors[name]) for point in asked.disliked if name in point.vectors]
    return Recommend(tuple(liked), tuple(disliked)) if liked or disliked else None


def _one(vector: Vector) -> Vector:
    """A point's several vectors as one: their normalised mean."""
    if vector.ndim == 1:
        return vector
    return unit(vector.mean(axis=0))
