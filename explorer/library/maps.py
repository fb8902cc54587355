"""Maps of all figures, arranged by what the pictures show or by what is written about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, get_args

import numpy as np

from embeddings import Vectors
from embeddings.vectors import unit
from explorer.catalog.records import FigureRecord
from explorer.curate.figure_map import FigureMap, MapOrder, MapPoint, read_map, write_map
from explorer.errors import QueryError
from explorer.ingest.embedding import batched
from explorer.ingest.report import Progress, SilentProgress
from explorer.library.browse import LibraryBrowser
from explorer.library.context import LibraryContext
from explorer.library.search import LibrarySearch
from explorer.representation.fields import CONTEXT_WEIGHTS, caption_and_alt, context_texts
from explorer.search.arguments import as_ids, check_one_of, checked_line
from explorer.search.hits import Result
from explorer.search.query import Query

if TYPE_CHECKING:
    from explorer.curate.map_layout import Positions
    from explorer.ingest.embedding import CachedEmbedder

MAPS_FOLDER: Final = "maps"
MAX_ARRANGED: Final = 20_000
"""Figures that are arranged together, which takes two minutes. In a larger library they are a random choice, and the
others are placed among them."""
FIGURES_AT_ONCE: Final = 500
DECIMALS: Final = 5
"""Decimals of a position on a map."""
CAPTION_WEIGHT: Final = 1.0
"""The weight of a caption beside CONTEXT_WEIGHTS."""


class LibraryMaps:
    """The maps of a library: one for each MapOrder."""

    def __init__(self, context: LibraryContext, browser: LibraryBrowser, searches: LibrarySearch) -> None:
        self._context = context
        self._browser = browser
        self._searches = searches

    def get(self, by: MapOrder = "visual") -> FigureMap | None:
        """Return the stored map; None if there is none yet. Figures that are gone are left out.

        Raises QueryError for another order than those of MapOrder.
        """
        check_one_of("by", by, get_args(MapOrder))
        stored = read_map(self._folder, by)
        if stored is None or stored.revision == self._context.catalog.changes.revision():
            return stored
        present = set(self._context.catalog.figures.ids_with_picture())
        return replace(stored, points=tuple(it for it in stored.points if it.figure in present))

    def is_current(self, figure_map: FigureMap) -> bool:
        """Return whether a map has all figures of the library, with the vectors of its encoder."""
        with self._context.vectors(to_read=True) as embedder:
            fingerprint = _fingerprint(figure_map.order, embedder)
        return (figure_map.revision, figure_map.vectors) == (
            self._context.catalog.changes.revision(),
            fingerprint,
        )

    def update(
        self, by: MapOrder = "visual", *, rearrange: bool = False, progress: Progress | None = None
    ) -> FigureMap:
        """Make the map, or place the new figures on it, and store it. Figures that were on it do not move.

        Args:
            by: What the figures are arranged by.
            rearrange: Whether to arrange all figures anew. A map of another encoder's vectors is always arranged anew.
            progress: Receives the progress of each step.

        Raises:
            QueryError: For another order than those of MapOrder.
            LibraryError: If the map cannot be written.
        """
        progress = progress or SilentProgress()
        old = None if rearrange else self.get(by)
        revision = self._context.catalog.changes.revision()
        with self._context.vectors(to_read=True) as embedder:
            fingerprint = _fingerprint(by, embedder)
            if old is None or old.vectors != fingerprint or not old.points:
                figure_map = self._arranged(by, embedder, progress)
            else:
                figure_map = self._with_new_figures(old, embedder, progress)
        figure_map = replace(figure_map, revision=revision)
        write_map(figure_map, self._folder)
        return figure_map

    def figures(self, ids: Sequence[str]) -> Sequence[FigureRecord]:
        """Return the figures of these ids, newest issue first. Ids of figures that are gone are left out."""
        figures = self._context.catalog.figures.by_id(ids).values()
        return sorted(figures, key=lambda figure: (figure.date or "", figure.id), reverse=True)

    def search(self, figures: Sequence[str], words: str, *, limit: int = 20, offset: int = 0) -> Result:
        """Find those of these figures, given by their ids, that fit words, best first.

        Raises QueryError for words that are not valid.
        """
        words = checked_line(words)
        if not words.strip():
            raise QueryError("Type what to search for within these figures.")
        ids = frozenset(as_ids("figures", figures))
        return self._searches.search(Query(words=words, include_ids=ids, limit=limit, offset=offset))

    @property
    def _folder(self) -> Path:
        return self._context.path / MAPS_FOLDER

    def _arranged(self, order: MapOrder, embedder: CachedEmbedder, progress: Progress) -> FigureMap:
        """Return a new map of all figures."""
        from explorer.curate.map_areas import find_areas, nearest_areas
        from explorer.curate.map_layout import arrange, place

        # In the order of their ids, so that two libraries of one archive have the same map. Ids are random.
        ids = sorted(self._context.catalog.figures.ids_with_picture())
        chosen, vectors, texts = self._vectors(order, ids[:MAX_ARRANGED], embedder, progress)
        positions = arrange(vectors, progress)
        areas, numbers = find_areas(positions, texts)
        points = _points(chosen, positions, numbers)
        for batch in batched(ids[MAX_ARRANGED:], MAX_ARRANGED):
            others, other_vectors, _ = self._vectors(order, batch, embedder, progress)
            placed = place(other_vectors, vectors, positions)
            points += _points(others, placed, nearest_areas(placed, areas))
        return FigureMap(order, _fingerprint(order, embedder), "", tuple(points), tuple(areas))

    def _with_new_figures(self, old: FigureMap, embedder: CachedEmbedder, progress: Progress) -> FigureMap:
        """Return a map with the figures that it does not have yet, at places among the figures that they resemble."""
        from explorer.curate.map_areas import nearest_areas
        from explorer.curate.map_layout import place

        known = {point.figure: point for point in old.points}
        new = sorted(set(self._context.catalog.figures.ids_with_picture()).difference(known))
        new, new_vectors, _ = self._vectors(old.order, new, embedder, progress)
        if not new:
            return old
        chosen, vectors, _ = self._vectors(old.order, sorted(known)[:MAX_ARRANGED], embedder, progress)
        positions = np.array([(known[id].x, known[id].y) for id in chosen], np.float32)
        placed = place(new_vectors, vectors, positions)
        numbers = nearest_areas(placed, old.areas)
        return replace(old, points=(*old.points, *_points(new, placed, numbers)))

    def _vectors(
        self, order: MapOrder, ids: Sequence[str], embedder: CachedEmbedder, progress: Progress
    ) -> tuple[list[str], Vectors, list[str]]:
        """Return the figures that have a vector, these vectors (n, dim), and the texts of the figures."""
        chosen: list[str] = []
        rows: list[Vectors] = []
        texts: list[str] = []
        with progress.track(list(batched(ids, FIGURES_AT_ONCE)), "Reading vectors") as batches:
            for batch in batches:
                by_id = self._context.catalog.figures.by_id(batch)
                figures = [by_id[id] for id in batch if id in by_id]
                vectors = _visual(figures, embedder) if order == "visual" else _meaning(figures, embedder)
                with_vector = [figure for figure in figures if figure.id in vectors]
                chosen += [figure.id for figure in with_vector]
                rows += [vectors[figure.id] for figure in with_vector]
                texts += [f"{caption_and_alt(figure)} {figure.heading or ''}" for figure in with_vector]
        return chosen, np.array(rows, np.float32), texts


def _fingerprint(order: MapOrder, embedder: CachedEmbedder) -> str:
    return embedder.fingerprint if order == "visual" else embedder.encoders.sentences.fingerprint


def _visual(figures: Sequence[FigureRecord], embedder: CachedEmbedder) -> dict[str, Vectors]:
    """Return the vector of the picture of each figure."""
    by_picture = embedder.visual_vectors([figure.sha256 for figure in figures if figure.sha256])
    return {figure.id: by_picture[figure.sha256] for figure in figures if figure.sha256 in by_picture}


def _meaning(figures: Sequence[FigureRecord], embedder: CachedEmbedder) -> dict[str, Vectors]:
    """Return for each figure with texts the weighted mean of their sentence vectors."""
    weights = {"caption": CAPTION_WEIGHT, **CONTEXT_WEIGHTS}
    texts = {
        figure.id: {"caption": caption_and_alt(figure), **context_texts(figure, None)} for figure in figures
    }
    distinct = list(dict.fromkeys(text for named in texts.values() for text in named.values() if text))
    vectors = dict(zip(distinct, embedder.sentence_vectors(distinct), strict=True))
    return {
        id: unit(
            np.sum(
                [weights[name] * vectors[text].mean(axis=0) for name, text in named.items() if text], axis=0
            )
        )
        for id, named in texts.items()
        if any(named.values())
    }


def _points(ids: Sequence[str], positions: Positions, areas: Sequence[int]) -> list[MapPoint]:
    places = np.asarray(positions, np.float64).round(DECIMALS).tolist()
    return [MapPoint(id, x, y, area) for id, (x, y), area in zip(ids, places, areas, strict=True)]
