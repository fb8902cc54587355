"""The index: points with named vectors, searched by legs and stored in generations, each of which replaces the last.

`open_store` is the entry point: a store opens the current generation for reading and builds the next one. Importing
this package imports neither an engine nor a client: each store imports its own.
"""

from explorer.index.copying import copy_index
from explorer.index.points import (
    Json,
    Point,
    RawPoint,
    Schema,
    ScoredPoint,
    Sparse,
    StoredPoint,
    Vector,
    VectorField,
)
from explorer.index.query import (
    EVERYTHING,
    Between,
    Condition,
    Equals,
    Filter,
    HasId,
    HasVector,
    Leg,
    Nearest,
    Recommend,
)
from explorer.index.server.address import same_server, server_address
from explorer.index.server.settings import ServerSettings
from explorer.index.store import Build, EmbeddingConfig, Index, IndexStore, Manifest, open_store
from explorer.index.terms import TermVectors

__all__ = [
    "EVERYTHING",
    "Between",
    "Build",
    "Condition",
    "EmbeddingConfig",
    "Equals",
    "Filter",
    "HasId",
    "HasVector",
    "Index",
    "IndexStore",
    "Json",
    "Leg",
    "Manifest",
    "Nearest",
    "Point",
    "RawPoint",
    "Recommend",
    "Schema",
    "ScoredPoint",
    "ServerSettings",
    "Sparse",
    "StoredPoint",
    "TermVectors",
    "Vector",
    "VectorField",
    "copy_index",
    "open_store",
    "same_server",
    "server_address",
]
