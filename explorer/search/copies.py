"""What a hit knows of its copies: their number and the places of the newest ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from explorer.catalog.records import Appearance, FigureRecord, ItemRecord
from explorer.catalog.store import Catalog
from explorer.representation.legs import ITEM
from explorer.search.listing import Candidate, Entry

ALSO_IN = 50
"""The maximum number of copies that a hit names."""

Copies = tuple[int, tuple[Appearance, ...]]


def records_of(page: Sequence[Entry[Candidate]], catalog: Catalog) -> dict[str, FigureRecord | ItemRecord]:
    """Return the records of a page, and those of items with the same text, by id."""
    items = [id for entry in page if entry.kind == ITEM for id in (entry.best.id, *entry.others[:ALSO_IN])]
    return {
        **catalog.figures.by_id([entry.best.id for entry in page if entry.kind != ITEM]),
        **catalog.items.by_id(items),
    }


def copies_of(
    page: Sequence[Entry[Candidate]], records: Mapping[str, FigureRecord | ItemRecord], catalog: Catalog
) -> dict[str, Copies]:
    """Return the number and the places of the copies of each entry of a page, by id."""
    groups = {
        id: record.group
        for id, record in records.items()
        if isinstance(record, FigureRecord) and record.group
    }
    appearances = catalog.duplicates.appearances(set(groups.values()), ALSO_IN)
    return {
        entry.best.id: _same_items(entry.others, records)
        if entry.kind == ITEM
        else _other_figures(entry.best.id, *appearances.get(groups.get(entry.best.id, ""), (1, [])))
        for entry in page
    }


def _same_items(others: Sequence[str], records: Mapping[str, FigureRecord | ItemRecord]) -> Copies:
    items = [records[other] for other in others if other in records]
    return len(others), tuple(Appearance(item.id, item.document, item.issue_title) for item in items)


def _other_figures(id: str, count: int, places: Sequence[Appearance]) -> Copies:
    return max(0, count - 1), tuple(place for place in places if place.id != id)
