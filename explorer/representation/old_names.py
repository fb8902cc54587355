"""Indexes of older libraries, whose vector fields have older names of the legs, or whose points have fewer fields.

They are searched without conversion. The next ingest rebuilds the index with the present fields from the cached vectors.
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

PRESENT_LEG_NAMES: Final = {
    "looks": VISUAL,
    "parts": REGIONS,
    "details": KEYPOINTS,
    "words": CLIP_TEXT,
    "meaning": SENTENCE,
    "text": OCR,
}
"""The present names of legs by their old names."""
SEARCHABLE_VERSIONS: Final[Mapping[int, Mapping[str, str]]] = {3: PRESENT_LEG_NAMES, 4: {}}
"""The older versions of the fields that can be searched, each with the present names of its legs."""

Value = TypeVar("Value")


def with_present_names(index: Index) -> Index:
    """Return the index itself, or a view of an older index with the present names."""
    present_names = SEARCHABLE_VERSIONS.get(index.manifest.config.version)
    return index if present_names is None else OldIndex(index, present_names)


class OldIndex:
    """A view, with the present names, of an index whose fields have the old names."""

    def __init__(self, index: Index, present_names: Mapping[str, str]) -> None:
        self._index = index
        self._present_names = present_names
        self._old_names = {present: old for old, present in present_names.items()}
        config = index.manifest.config
        vectors = tuple(
            replace(field, name=present_names.get(field.name, field.name)) for field in config.schema.vectors
        )
        present_config = replace(
            config, schema=replace(config.schema, vectors=vectors), version=FIELDS_VERSION
        )
        self.manifest: Manifest = replace(index.manifest, config=present_config)

    def search(self, legs: Sequence[Leg]) -> list[list[ScoredPoint]]:
        """See Index."""
        return self._index.search([self._old_leg(leg) for leg in legs])

    def score(self, legs: Sequence[Leg], ids: Collection[str]) -> list[dict[str, float]]:
        """See Index."""
        return self._index.score([self._old_leg(leg) for leg in legs], ids)

    def fetch(self, ids: Sequence[str], vectors: Sequence[str] = ()) -> list[StoredPoint]:
        """See Index."""
        points = self._index.fetch(ids, [self._old_names.get(name, name) for name in vectors])
        return [
            replace(point, payload=self._rename_keys(point.payload), vectors=self._rename_keys(point.vectors))
            for point in points
        ]

    def sample(self, name: str, size: int, where: Filter = EVERYTHING) -> list[Vector]:
        """See Index."""
        return self._index.sample(self._old_names.get(name, name), size, self._old_filter(where))

    def count(self, where: Filter = EVERYTHING) -> int:
        """See Index."""
        return self._index.count(self._old_filter(where))

    def facet(
        self, field: str, where: Filter = EVERYTHING, limit: int = 100
    ) -> list[tuple[str | int | bool, int]]:
        """See Index."""
        return self._index.facet(field, self._old_filter(where), limit)

    def digests(self) -> dict[str, str]:
        """See Index."""
        return self._index.digests()

    def raw_points(self, ids: Sequence[str]) -> list[RawPoint]:
        """See Index."""
        return self._index.raw_points(ids)

    def close(self) -> None:
        """See Index."""
        self._index.close()

    def _rename_keys(self, values: Mapping[str, Value]) -> dict[str, Value]:
        return {self._present_names.get(name, name): value for name, value in values.items()}

    def _old_leg(self, leg: Leg) -> Leg:
        return replace(leg, name=self._old_names.get(leg.name, leg.name), where=self._old_filter(leg.where))

    def _old_filter(self, where: Filter) -> Filter:
        must, must_not = (
            tuple(self._old_condition(condition) for condition in conditions)
            for conditions in (where.must, where.must_not)
        )
        return Filter(must, must_not)

    def _old_condition(self, condition: Condition) -> Condition:
        if isinstance(condition, HasVector):
            return HasVector(self._old_names.get(condition.name, condition.name))
        return condition
