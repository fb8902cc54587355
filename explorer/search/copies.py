"""What a hit says of its copies: how many there are of it, and where the newest stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from explorer.catalog.records import Appearance, FigureRecord, ItemRecord
from explorer.catalog.store import Catalog
from explorer.representation.legs import ITEM
from explorer.search.listing import Candidate, Entry

ALSO_IN = 50
"""Copies of a hit that are named to programs."""

Copies = tuple[int, tuple[Appearance, ...]]


def records_of(page: Sequence[Entry[Candidate]], catalog: Catalog) -> dict[str, FigureRecord | ItemRecord]:
    """What stands on a page, and the items that say the same, by id."""
    items = [id for one in page if one.kind == ITEM for id in (one.best.id, *one.others[:ALSO_IN])]
    return {
        **catalog.figures.by_id([one.best.id for one in page if one.kind != ITEM]),
        **catalog.items.by_id(items),
    }


def copies_of(
    page: Sequence[Entry[Candidate]], records: Mapping[str, FigureRecord | ItemRecord], catalog: Catalog
) -> dict[str, Copies]:
    """By the id of each entry of a page."""
    groups = {id: it.group for id, it in records.items() if isinstance(it, FigureRecord) and it.group}
    showing = catalog.duplicates.appearances(set(groups.values()), ALSO_IN)
    return {
        one.best.id: _same(one.others, records)
        if one.kind == ITEM
        else _showing(one.best.id, *showing.get(groups.get(one.best.id, ""), (1, [])))
        for one in page
    }


def _same(others: Sequence[str], records: Mapping[str, FigureRecord | ItemRecord]) -> Copies:
    known = [records[other] for other in others if other in records]
    return len(others), tuple(Appearance(it.id, it.document, it.issue_title) for it in known)


def _showing(id: str, count: int, where: Sequence[Appearance]) -> Copies:
    return max(0, count - 1), tuple(it for it in where if it.id != id)
