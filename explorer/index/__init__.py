"""The index: points with named vectors, searched by legs, kept in generations that are replaced whole.

`open_home` is the door; a home opens the current generation for reading and builds the next one. Importing
this imports no engine and no client: the home that is chosen brings its own.
"""

from explorer.index.copying import copy_index
from explorer.index.manifest import Manifest, Recipe
from explorer.index.points import Json, Kept, Point, Schema, Scored, Sparse, Stored, Vector, VectorField
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
from explorer.index.store import Build, Home, Index, open_home
from explorer.index.terms import TermVectors

__all__ = [
    "EVERYTHING",
    "Between",
    "Build",
    "Condition",
    "Equals",
    "Filter",
    "HasId",
    "HasVector",
    "Home",
    "Index",
    "Json",
    "Kept",
    "Leg",
    "Manifest",
    "Nearest",
    "Point",
    "Recipe",
    "Recommend",
    "Schema",
    "Scored",
    "ServerSettings",
    "Sparse",
    "Stored",
    "TermVectors",
    "Vector",
    "VectorField",
    "copy_index",
    "open_home",
    "same_server",
    "server_address",
]
