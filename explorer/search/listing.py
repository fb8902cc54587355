"""The list of all pages of a query. Each picture and each text of an item occurs in it once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar


class Ranked(Protocol):
    """A candidate of a search."""

    @property
    def id(self) -> str:
        """The id of the figure or item."""


Candidate = TypeVar("Candidate", bound=Ranked)


@dataclass(slots=True)
class Entry(Generic[Candidate]):
    """The best candidate of a group of copies, and the ids of the others so far."""

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
        """Add ranked candidates until there are `most` entries. Earlier entries keep their places."""
        for kind, candidate in ranked:
            group = groups.get(candidate.id, candidate.id)
            entry = self.entries.get(group)
            if entry is not None and candidate.id != entry.best.id and candidate.id not in entry.others:
                entry.others.append(candidate.id)
            elif entry is None and len(self.entries) < most:
                self.entries[group] = Entry(kind, candidate)

    def first(self, count: int) -> list[Entry[Candidate]]:
        """Return the first entries."""
        return list(self.entries.values())[:count]

    @property
    def ids(self) -> set[str]:
        """The ids of the best candidates."""
        return {entry.best.id for entry in self.entries.values()}
