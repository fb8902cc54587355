"""The contents of a library: lists, single figures and items, the ledger, and the status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Final, Literal, TypeVar, get_args

import images
from explorer.archive.model import Status as PictureStatus
from explorer.catalog.filters import FILTERS
from explorer.catalog.records import (
    ALL,
    FacetValue,
    FigureOrder,
    FigureRecord,
    IssueRecord,
    ItemRecord,
    Ledger,
    LedgerRecord,
    PictureRecord,
    Selection,
    TextLine,
)
from explorer.errors import QueryError, SearchIndexError
from explorer.index import TermVectors
from explorer.library.context import LibraryContext
from explorer.representation.encoders import precision_of, runtime_name
from explorer.search.arguments import as_ids, check_fields, check_one_of
from explorer.search.query import check_dates

Record = TypeVar("Record")
FACETS: Final = {
    "year": ("date_from", "date_to"),
    "issue_id": ("issue_id",),
    "text": ("has_text",),
    **{spec.name: (spec.name,) for spec in FILTERS if spec.is_facet},
}
"""The filters of each facet."""


@dataclass(frozen=True, slots=True)
class LibraryStatus:
    """The contents of a library and the settings of its index.

    `precision` is that of the index, and `runtime` computes encoders on the CPU of this machine.
    `generation` and `points` are None before the first index, and if the index cannot be reached. `problem` has the
    reason. `graphs` has the large vector fields that are searched by a graph, each with its recall@20.
    """

    path: str
    encoder: str | None
    precision: str | None
    runtime: str
    qdrant_url: str | None
    generation: int | None
    points: int | None
    created: str | None
    encoders: tuple[str, ...]  # each has an index; searches use the index of `encoder`
    archives: tuple[tuple[str, str], ...]
    dates: tuple[str | None, str | None]
    ledger: Ledger
    problem: str | None = None
    graphs: Mapping[str, float] = field(default_factory=dict)


class LibraryBrowser:
    """Lists and single records of a library."""

    def __init__(self, context: LibraryContext) -> None:
        self._context = context

    def issues(self, selection: Selection = ALL, *, limit: int = -1, offset: int = 0) -> list[IssueRecord]:
        """Return issues, newest first."""
        return self._context.catalog.issues.select(_check_selection(selection), limit=limit, offset=offset)

    def items(self, selection: Selection = ALL, *, limit: int = -1, offset: int = 0) -> list[ItemRecord]:
        """Return items, newest issue first, in the order of their issue."""
        return self._context.catalog.items.select(_check_selection(selection), limit=limit, offset=offset)

    def figures(
        self,
        selection: Selection = ALL,
        *,
        order: FigureOrder = "date",
        limit: int = -1,
        offset: int = 0,
    ) -> list[FigureRecord]:
        """Return figures.

        Args:
            selection: Which figures; by default all.
            order: By date (newest issue first), by issue number or by caption.
            limit: Maximum number of figures; -1 for all.
            offset: Number of figures to skip.

        Raises:
            QueryError: If the selection or the order is not valid.
        """
        check_one_of("order", order, get_args(FigureOrder))
        return self._context.catalog.figures.select(
            _check_selection(selection), order=order, limit=limit, offset=offset
        )

    def surprise(self, seed: int, *, limit: int = 12) -> list[FigureRecord]:
        """Return randomly chosen figures with pictures. The same seed chooses the same figures of the same library."""
        ids = self._context.catalog.figures.ids_with_picture()
        chosen = Random(seed).sample(ids, min(limit, len(ids)))  # noqa: S311  nothing depends on its secrecy
        figures = self._context.catalog.figures.by_id(chosen)
        return [figures[id] for id in chosen]

    def this_month_in_earlier_years(self, today: date, *, limit: int = 12) -> list[FigureRecord]:
        """Return figures of issues from the calendar month of `today` in earlier years, the newest year first."""
        return self._context.catalog.figures.of_month(today.month, today.year, limit)

    def appearances(self, figure: FigureRecord) -> list[FigureRecord]:
        """Return all figures with the same picture or a copy of it, including `figure`, newest issue first."""
        return (
            self._context.catalog.figures.select(Selection(group=figure.group)) if figure.group else [figure]
        )

    def count_figures(self, selection: Selection = ALL) -> int:
        """Return the number of figures of a selection."""
        return self._context.catalog.figures.count(_check_selection(selection))

    def facets(
        self, selection: Selection = ALL, *, among: Sequence[str] | None = None
    ) -> dict[str, list[FacetValue]]:
        """Return how many figures of a selection have each value, by facet.

        The facets are `year`, `issue_id`, and the filters with `is_facet` and `text`. A facet counts what the other
        filters leave, so that another of its values can be chosen.

        Args:
            selection: Which figures; by default all.
            among: The ids of the figures to count, for example of the hits of a search. None: all figures.
        """
        _check_selection(selection)
        counted: dict[Selection, dict[str, list[FacetValue]]] = {}
        facets: dict[str, list[FacetValue]] = {}
        for name, own_filters in FACETS.items():
            others = replace(selection, **dict.fromkeys(own_filters))
            if others not in counted:
                counted[others] = self._context.catalog.traits.facets(others, among)
            facets[name] = counted[others].get(name, [])
        return facets

    def figure(self, id: str) -> FigureRecord:
        """Return a figure by its full id. Raises QueryError if there is none."""
        return require_record(self._context.catalog.figures.by_id(as_ids("id", id)), id, "figure")

    def item(self, id: str) -> ItemRecord:
        """Return an item by its full id. Raises QueryError if there is none."""
        return require_record(self._context.catalog.items.by_id(as_ids("id", id)), id, "item")

    def find(self, id: str) -> FigureRecord | ItemRecord:
        """Return the figure or item whose id begins with `id`. Raises QueryError if there is none, or more than one."""
        full_ids = [
            full_id
            for prefix in as_ids("id", id)
            for full_id in self._context.catalog.figures.ids_starting_with(prefix)
        ]
        if len(full_ids) != 1:
            number = "more than one figure or item with an id like" if full_ids else "no figure or item"
            raise QueryError(f"This library has {number} {id!r}. List them: explorer figures, explorer items")
        figures = self._context.catalog.figures.by_id(full_ids)
        return figures[full_ids[0]] if figures else self.item(full_ids[0])

    def ids(self, name: str, ids: str | Sequence[str]) -> tuple[str, ...]:
        """Return the full ids of figures or items. `ids` may be the beginnings of ids.

        Raises:
            QueryError: If the library does not have one of them. The message names the argument `name`.
        """
        return tuple(self.find(id).id for id in as_ids(name, ids))

    def picture(self, sha256: str) -> PictureRecord | None:
        """Return the size, format and fingerprint of a picture; None if it is unknown."""
        return self._context.catalog.pictures.get(sha256)

    def picture_path(self, sha256: str, size: Literal["small", "large", "original"] = "small") -> Path:
        """Return the file of a picture: a WebP thumbnail, or the original."""
        return (
            self._context.pictures.original(sha256)
            if size == "original"
            else self._context.pictures.thumbnail(sha256, size)
        )

    def text_in(self, sha256: str) -> tuple[TextLine, ...]:
        """Return the lines of text in a picture; empty if it has no text or was not read yet."""
        return self._context.catalog.pictures.text(sha256)

    def ocr_counts(self) -> tuple[int, int]:
        """Return the number of pictures with text, and the number of pictures that were not read yet."""
        return self._context.catalog.pictures.count_with_text(), len(
            self._context.catalog.pictures.ocr_pending(images.ocr_recipe())
        )

    def words_matching(self, query: str, text: str) -> frozenset[str]:
        """Return the words of a text that match the words of a query, as the text writes them."""
        return frozenset(word for words in self._terms.matches(query, text).values() for word in words)

    @cached_property
    def _terms(self) -> TermVectors:
        return TermVectors()

    def problems(self, *, limit: int = -1) -> list[LedgerRecord]:
        """Return the entries of the ledger: each issue or picture that is not a kept figure, with the reason."""
        return self._context.catalog.ledger.entries(limit=limit)

    def ledger(self) -> Ledger:
        """Return the counts of the ledger: all pictures of the archives, by outcome."""
        return self._context.catalog.ledger.counts()

    def status(self) -> LibraryStatus:
        """Return the contents of the library and the settings of its index, even if the index cannot be reached."""
        manifest, problem = None, None
        try:
            manifest = self._context.index_store.manifest()
        except SearchIndexError as error:
            problem = str(error)
        return LibraryStatus(
            path=str(self._context.path),
            encoder=manifest.config.encoder if manifest else self._context.indexes.encoder,
            precision=str(precision_of(manifest.config)) if manifest else None,
            runtime=runtime_name(),
            qdrant_url=self._context.indexes.manifest.qdrant_url,
            generation=manifest.generation if manifest else None,
            points=manifest.points if manifest else None,
            created=manifest.created if manifest else None,
            encoders=tuple(self._context.indexes.manifest.index_places),
            archives=tuple(self._context.catalog.archives.all()),
            dates=self._context.catalog.issues.date_range(),
            ledger=self._context.catalog.ledger.counts(),
            problem=problem,
            graphs={name: graph.recall for name, graph in manifest.graphs.items()} if manifest else {},
        )


def _check_selection(selection: Selection) -> Selection:
    check_fields("selection", selection, Selection)
    if selection.status is not None:
        check_one_of("status", selection.status, tuple(PictureStatus))
    check_dates(selection.date_from, selection.date_to)
    return selection


def require_record(records: Mapping[str, Record], id: str, kind: str) -> Record:
    """Return the record of an id. Raises QueryError if the library has no such record; `kind` is its name."""
    if id not in records:
        raise QueryError(f"This library has no {kind} {id!r}. List them: explorer {kind}s --json")
    return records[id]


def find_figure(browser: LibraryBrowser, id: str) -> FigureRecord:
    """Return the figure whose id begins with `id`. Raises QueryError if there is none, or it is an item."""
    record = browser.find(id)
    if not isinstance(record, FigureRecord):
        raise QueryError(f"{id!r} is an item. Give the id of a figure; list them: explorer figures")
    return record
