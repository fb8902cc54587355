"""The list that the pages of a query are slices of: of figures that show one picture, and of items that say the same, one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar


class Ranked(Protocol):
    """A candidate of a search."""

    @property
    def id(self) -> str:
        """Of the figure or item."""


Candidate = TypeVar("Candidate", bound=Ranked)


@dataclass(slots=True)
class Entry(Generic[Candidate]):
    """The best of a group, and the others of it that were met."""

    kind: str
    best: Candidate
    others: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Listing(Generic[Candidate]):
    """The entries so far, by group, best first."""

    entries: dict[str, Entry[Candidate]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.entries)

    def take(self, ranked: Iterable[tuple[str, Candidate]], groups: Mapping[str, str], most: int) -> None:
        """Adds candidates that were ranked, until there are `most` entries; what is listed keeps its place."""
        for kind, one in ranked:
            group = groups.get(one.id, one.id)
            entry = self.entries.get(group)
            if entry is not None and one.id != entry.best.id and one.id not in entry.others:
                entry.others.append(one.id)
            elif entry is None and len(self.entries) < most:
                self.entries[group] = Entry(kind, one)

    def first(self, count: int) -> list[Entry[Candidate]]:
        """The best entries."""
        return list(self.entries.values())[:count]

    @property
    def ids(self) -> set[str]:
        """Of the best of each group."""
        return {entry.best.id for entry in self.entries.values()}
