"""Indexes of older libraries, whose vector fields have the names that legs had then.

They are searched as they are. The next ingest makes the index anew with the present names, from the cached vectors.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from explorer.index import (
    EVERYTHING,
    Filter,
    HasVector,
    Index,
    Leg,
    Manifest,
    RawPoint,
    ScoredPoint,
    StoredPoint,
    Vector,
)
from explorer.representation.fields import FIELDS_VERSION
from explorer.representation.legs import CLIP_TEXT, KEYPOINTS, OCR, REGIONS, SENTENCE, VISUAL

VERSION: Final = 3
"""The last version of the fields with the old names."""

PRESENT_LEG_NAMES: Final = {
    "looks": VISUAL,
    "parts": REGIONS,
    "details": KEYPOINTS,
    "words": CLIP_TEXT,
    "meaning": SENTENCE,
    "text": OCR,
}
"""The present name of a leg, by its old name."""
_OLD: Final = {present: old for old, present in PRESENT_LEG_NAMES.items()}

Value = TypeVar("Value")


def with_present_names(index: Index) -> Index:
    """Return an index whose fields have the present names: itself, or a view of an older one."""
    return OldIndex(index) if index.manifest.config.version == VERSION else index


class OldIndex:
    """An index with the old names of its fields, seen with the present names."""

    def __init__(self, index: Index) -> None:
        self._index = index
        config = index.manifest.config
        vectors = tuple(
            replace(it, name=PRESENT_LEG_NAMES.get(it.name, it.name)) for it in config.schema.vectors
        )
        renamed = replace(config, schema=replace(config.schema, vectors=vectors), version=FIELDS_VERSION)
        self.manifest: Manifest = replace(index.manifest, config=renamed)

    def search(self, legs: Sequence[Leg]) -> list[list[ScoredPoint]]:
        """See Index."""
        return self._index.search([_old_leg(leg) for leg in legs])

    def score(self, legs: Sequence[Leg], ids: Collection[str]) -> list[dict[str, float]]:
        """See Index."""
        return self._index.score([_old_leg(leg) for leg in legs], ids)

    def fetch(self, ids: Sequence[str], vectors: Sequence[str] = ()) -> list[StoredPoint]:
        """See Index."""
        found = self._index.fetch(ids, [_OLD.get(name, name) for name in vectors])
        return [replace(it, payload=_renamed(it.payload), vectors=_renamed(it.vectors)) for it in found]

    def sample(self, name: str, size: int, where: Filter = EVERYTHING) -> list[Vector]:
        """See Index."""
        return self._index.sample(_OLD.get(name, name), size, _old_filter(where))

    def count(self, where: Filter = EVERYTHING) -> int:
        """See Index."""
        return self._index.count(_old_filter(where))

    def facet(
        self, field: str, where: Filter = EVERYTHING, limit: int = 100
    ) -> list[tuple[str | int | bool, int]]:
        """See Index."""
        return self._index.facet(field, _old_filter(where), limit)

    def digests(self) -> dict[str, str]:
        """See Index."""
        return self._index.digests()

    def raw_points(self, ids: Sequence[str]) -> list[RawPoint]:
        """See Index."""
        return self._index.raw_points(ids)

    def close(self) -> None:
        """See Index."""
        self._index.close()


def _renamed(values: Mapping[str, Value]) -> dict[str, Value]:
    return {PRESENT_LEG_NAMES.get(name, name): value for name, value in values.items()}


def _old_leg(leg: Leg) -> Leg:
    return replace(leg, name=_OLD.get(leg.name, leg.name), where=_old_filter(leg.where))


def _old_filter(where: Filter) -> Filter:
    must, must_not = (
        tuple(HasVector(_OLD.get(it.name, it.name)) if isinstance(it, HasVector) else it for it in some)
        for some in (where.must, where.must_not)
    )
    return Filter(must, must_not)
