"""Answer a query of filters alone: all figures or items that pass, newest issue first, each picture once."""

from __future__ import annotations

import time

from explorer.catalog.records import FigureRecord, ItemRecord, Selection
from explorer.catalog.store import Catalog
from explorer.representation.legs import FIGURE, ITEM
from explorer.search.copies import copies_of
from explorer.search.hits import Confidence, Hit, Result
from explorer.search.listing import Listing
from explorer.search.query import Query, conditions

AT_ONCE = 500


def list_filtered(query: Query, catalog: Catalog) -> Result:
    """Return the page of a query without words and pictures. All that passes its filters is a strong hit."""
    started = time.perf_counter()
    conditions(query.filters)  # raises for a date that is not valid
    listing: Listing[FigureRecord | ItemRecord] = Listing()
    for kind in (FIGURE, ITEM) if query.kind == "any" else (query.kind,):
        _fill(listing, kind, query, catalog)
    page = listing.first(query.offset + query.limit)[query.offset :]
    copies = copies_of(page, {entry.best.id: entry.best for entry in page}, catalog)
    hits = tuple(
        Hit(
            rank,
            entry.kind,
            entry.best.id,
            0.0,
            Confidence.STRONG,
            {},
            entry.best,
            {},
            *copies[entry.best.id],
        )
        for rank, entry in enumerate(page, query.offset + 1)
    )
    return Result(hits, (time.perf_counter() - started) * 1000)


def _fill(listing: Listing[FigureRecord | ItemRecord], kind: str, query: Query, catalog: Catalog) -> None:
    """Add what passes, in batches, until the page is full."""
    selection = Selection.of(query.filters)
    wanted = query.offset + query.limit
    offset = 0
    while len(listing) < wanted:
        records: list[FigureRecord] | list[ItemRecord] = (
            catalog.figures.select(selection, limit=AT_ONCE, offset=offset)
            if kind == FIGURE
            else catalog.items.select(selection, limit=AT_ONCE, offset=offset)
        )
        passing = [(kind, record) for record in records if record.id not in query.exclude_ids]
        listing.take(passing, catalog.duplicates.groups_of([record.id for _, record in passing]), wanted)
        if len(records) < AT_ONCE:
            return
        offset += AT_ONCE
