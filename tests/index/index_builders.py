"""Builders for what an index holds. Vectors are short, so that scores can be worked out by hand."""

from uuid import NAMESPACE_URL, uuid5

import numpy as np

from explorer.index import (
    EmbeddingConfig,
    Index,
    IndexStore,
    Leg,
    Nearest,
    Point,
    Schema,
    Sparse,
    VectorField,
)

SCHEMA = Schema(
    vectors=(VectorField("picture", 3), VectorField("meaning", 3, multi=True)),
    sparse=("terms",),
    fields={"kind": "keyword", "issue": "integer"},
)
RECIPE = EmbeddingConfig("tiny", "weights-1", "sentences-1", SCHEMA)


def uid(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, name))


def point(name: str, *picture: float, meaning=None, terms=None, **payload) -> Point:
    vectors = {}
    if picture:
        vectors["picture"] = np.array(picture, np.float32)
    if meaning:
        vectors["meaning"] = np.array(meaning, np.float32)
    sparse = {"terms": Sparse(tuple(terms), tuple(map(float, terms.values())))} if terms is not None else {}
    return Point(uid(name), vectors, sparse, payload)


def near(*picture: float, limit: int = 10, **more) -> Leg:
    return Leg("picture", Nearest(np.array(picture, np.float32)), limit, **more)


def filled(store: IndexStore, *points: Point, config: EmbeddingConfig = RECIPE) -> Index:
    """The index after a full build of these points."""
    with store.build(config, fresh=True) as build:
        build.upsert(points)
        build.commit()
    return store.open()


def ids(hits) -> list[str]:
    return [hit.id for hit in hits]


def uids(*names: str) -> list[str]:
    return [uid(name) for name in names]
