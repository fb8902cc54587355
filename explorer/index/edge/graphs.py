"""Graphs (HNSW, Malkov and Yashunin 2018) for large vector fields: which fields need one, and what the graphs find."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Final

import numpy as np
import qdrant_edge as edge

from explorer.index.edge.requests import exact_request, search_request, to_filter
from explorer.index.points import Schema, Vector, stored_point
from explorer.index.query import Filter, HasVector, Leg, Nearest
from explorer.index.store import Graph, Manifest

if TYPE_CHECKING:
    from explorer.index.edge.shard import EdgeIndex, EdgeStore

GROWTH: Final = 1.5
"""A graph is built again when the index has this many times as many points: the new ones are compared without it."""
SAMPLES: Final = 200
"""Points whose vectors tell the mean size of a field."""
QUERIES: Final = 25
"""Queries from each field, by which a graph is measured."""
TOP: Final = 20
ROUNDING: Final = 1e-5
"""The difference of equal scores."""
CANDIDATES: Final = (64, 128, 256, 512, 1024)
"""The numbers of candidates that a search may follow. The first that finds ENOUGH is used."""
ENOUGH: Final = 0.99
"""More than MIN_RECALL, because real queries differ from the measured ones."""


def build_graphs(store: EdgeStore, tell: Callable[[str], None], compared_kb: int) -> Manifest | None:
    """Make a generation in which all fields larger than `compared_kb` have a graph. None if no field needs one."""
    with closing(store.open()) as index:
        names = fields_that_need_graphs(index, compared_kb)
        config = index.manifest.config
    if not names:
        return None
    tell(
        f"Everything can be searched. Building a graph for faster searches ({', '.join(names)}): this takes minutes, and "
        "nothing is lost if it is stopped."
    )
    with store.build(config) as build:
        build.add_graphs(dict.fromkeys(names, compared_kb))
        return build.commit(build.revision)


def fields_that_need_graphs(index: EdgeIndex, compared_kb: int) -> list[str]:
    """Return the dense fields larger than `compared_kb` without a graph, or with one from before the index grew."""
    manifest = index.manifest
    return [
        field.name
        for field in manifest.config.schema.vectors
        if _is_outdated(manifest.graphs.get(field.name), manifest.points)
        and _field_bytes(index, field.name) > compared_kb << 10
    ]


def measure_graphs(
    shard: edge.EdgeShard, schema: Schema, compared_kb: Mapping[str, int], points: int
) -> dict[str, Graph]:
    """Return the new graphs of a shard, each with the fewest candidates that find enough.

    The queries are vectors of every field of the same length, because words also search pictures.
    """
    graphs: dict[str, Graph] = {}
    for name, kb in compared_kb.items():
        legs = [Leg(name, Nearest(query), TOP) for query in _queries(shard, schema, name)]
        best = [shard.query(exact_request(schema, leg)) for leg in legs]
        for ef in CANDIDATES:
            found = [shard.query(search_request(schema, leg, Graph(points, kb, ef, 1.0))) for leg in legs]
            recall = float(np.mean([_recall(*pair) for pair in zip(found, best, strict=True)]))
            graphs[name] = Graph(points, kb, ef, round(recall, 4))
            if recall >= ENOUGH:
                break
    return graphs


def _is_outdated(graph: Graph | None, points: int) -> bool:
    return graph is None or points > GROWTH * graph.points


def _field_bytes(index: EdgeIndex, name: str) -> float:
    """Return the bytes of a field as float32, estimated from a sample."""
    sizes = [vector.nbytes for vector in index.sample(name, SAMPLES)]
    return float(np.mean(sizes)) * index.count(Filter((HasVector(name),))) if sizes else 0.0


def _queries(shard: edge.EdgeShard, schema: Schema, name: str) -> list[Vector]:
    """Return vectors of every field that can be compared with this one."""
    field = schema.vector(name)
    same_length = [other.name for other in schema.vectors if field and other.dim == field.dim]
    return [query for other in same_length for query in _sample(shard, other)]


def _sample(shard: edge.EdgeShard, name: str) -> list[Vector]:
    """Return the first vector of some points: ids are evenly distributed, so the lowest ones are a random sample."""
    has_vector = to_filter(Filter((HasVector(name),)))
    records, _ = shard.scroll(
        edge.ScrollRequest(limit=QUERIES, filter=has_vector, with_payload=False, with_vector=[name])
    )
    vectors = [stored_point(record.id, None, record.vector).vectors[name] for record in records]
    return [np.atleast_2d(vector)[0] for vector in vectors]


def _recall(found: Sequence[edge.ScoredPoint], best: Sequence[edge.ScoredPoint]) -> float:
    """Return the share of the best that was found. Points of equal score replace each other."""
    lowest = best[-1].score - ROUNDING
    return sum(hit.score >= lowest for hit in found) / len(best)
