"""A question of nothing but filters: all figures or items that pass, the newest issue first, of copies one."""

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
    """The page of a query that names no words and shows nothing: what passes its filters is what was asked for."""
    started = time.perf_counter()
    conditions(query.filters)  # raises for a date that is not valid
    listing: Listing[FigureRecord | ItemRecord] = Listing()
    for kind in (FIGURE, ITEM) if query.kind == "any" else (query.kind,):
        _fill(listing, kind, query, catalog)
    page = listing.first(query.offset + query.limit)[query.offset :]
    copies = copies_of(page, {one.best.id: one.best for one in page}, catalog)
    hits = tuple(
        Hit(rank, one.kind, one.best.id, 0.0, Confidence.STRONG, {}, one.best, {}, *copies[one.best.id])
        for rank, one in enumerate(page, query.offset + 1)
    )
    return Result(hits, (time.perf_counter() - started) * 1000)


def _fill(listing: Listing[FigureRecord | ItemRecord], kind: str, query: Query, catalog: Catalog) -> None:
    """Adds what passes, some at a time, until the page is full."""
    selection = Selection.of(query.filters)
    wanted = query.offset + query.limit
    offset = 0
    while len(listing) < wanted:
        some: list[FigureRecord] | list[ItemRecord] = (
            catalog.figures.select(selection, limit=AT_ONCE, offset=offset)
            if kind == FIGURE
            else catalog.items.select(selection, limit=AT_ONCE, offset=offset)
        )
        passing = [(kind, one) for one in some if one.id not in query.exclude_ids]
        listing.take(passing, catalog.duplicates.groups_of([one.id for _, one in passing]), wanted)
        if len(some) < AT_ONCE:
            return
        offset += AT_ONCE
