"""Hits as people want to see them: each picture once, whatever number of copies of it were found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from explorer.search.hits import Hit


@dataclass(frozen=True, slots=True)
class Grouped:
    """The best hit of a group, and the others that show the same picture or a copy of it."""

    hit: Hit
    others: tuple[Hit, ...] = ()

    @property
    def also_in(self) -> tuple[str, ...]:
        """The issues in which the others stand, each once."""
        return tuple(
            dict.fromkeys(other.record.issue_title or other.record.document for other in self.others)
        )


def grouped(hits: Iterable[Hit]) -> list[Grouped]:
    """One of each group, in the order of the best of each; items and figures without picture stand alone."""
    groups: dict[str, list[Hit]] = {}
    for hit in hits:
        groups.setdefault(getattr(hit.record, "group", None) or hit.id, []).append(hit)
    return [Grouped(best, tuple(others)) for best, *others in groups.values()]
