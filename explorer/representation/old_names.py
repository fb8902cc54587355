"""Indexes of older libraries, whose vector fields have older names of the legs.

They are searched without conversion. The next ingest rebuilds the index with the present names from the cached vectors.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from explorer.index import (
    EVERYTHING,
    Condition,
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

OLD_FIELDS_VERSION: Final = 3
"""The last version of the fields that used the old names."""

PRESENT_LEG_NAMES: Final = {
    "looks": VISUAL,
    "parts": REGIONS,
    "details": KEYPOINTS,
    "words": CLIP_TEXT,
    "meaning": SENTENCE,
    "text": OCR,
}
"""The present names of legs by their old names."""
_OLD_NAMES: Final = {present: old for old, present in PRESENT_LEG_NAMES.items()}

Value = TypeVar("Value")


def with_present_names(index: Index) -> Index:
    """Return the index itself, or a view of an older index with the present names."""
    return OldIndex(index) if index.manifest.config.version == OLD_FIELDS_VERSION else index


class OldIndex:
    """A view, with the present names, of an index whose fields have the old names."""

    def __init__(self, index: Index) -> None:
        self._index = index
        config = index.manifest.config
        vectors = tuple(
            replace(field, name=PRESENT_LEG_NAMES.get(field.name, field.name))
            for field in config.schema.vectors
        )
        present_config = replace(
            config, schema=replace(config.schema, vectors=vectors), version=FIELDS_VERSION
        )
        self.manifest: Manifest = replace(index.manifest, config=present_config)

    def search(self, legs: Sequence[Leg]) -> list[list[ScoredPoint]]:
        """See Index."""
        return self._index.search([_old_leg(leg) for leg in legs])

    def score(self, legs: Sequence[Leg], ids: Collection[str]) -> list[dict[str, float]]:
        """See Index."""
        return self._index.score([_old_leg(leg) for leg in legs], ids)

    def fetch(self, ids: Sequence[str], vectors: Sequence[str] = ()) -> list[StoredPoint]:
        """See Index."""
        points = self._index.fetch(ids, [_OLD_NAMES.get(name, name) for name in vectors])
        return [
            replace(point, payload=_rename_keys(point.payload), vectors=_rename_keys(point.vectors))
            for point in points
        ]

    def sample(self, name: str, size: int, where: Filter = EVERYTHING) -> list[Vector]:
        """See Index."""
        return self._index.sample(_OLD_NAMES.get(name, name), size, _old_filter(where))

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


def _rename_keys(values: Mapping[str, Value]) -> dict[str, Value]:
    return {PRESENT_LEG_NAMES.get(name, name): value for name, value in values.items()}


def _old_leg(leg: Leg) -> Leg:
    return replace(leg, name=_OLD_NAMES.get(leg.name, leg.name), where=_old_filter(leg.where))


def _old_filter(where: Filter) -> Filter:
    must, must_not = (
        tuple(_old_condition(condition) for condition in conditions)
        for conditions in (where.must, where.must_not)
    )
    return Filter(must, must_not)


def _old_condition(condition: Condition) -> Condition:
    if isinstance(condition, HasVector):
        return HasVector(_OLD_NAMES.get(condition.name, condition.name))
    return condition
