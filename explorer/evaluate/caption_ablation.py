"""An index for measuring: the library once more, with a twin of each labelled figure that lost its caption.

It lies in a temporary folder and takes its vectors from the library's cache; the library's own index is not opened.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import NAMESPACE_OID, uuid5

from explorer.catalog.records import FigureRecord
from explorer.catalog.store import Catalog
from explorer.evaluate.labels import folded, without_caption
from explorer.evaluate.metrics import Ranking
from explorer.evaluate.questions import picture_of
from explorer.index import Equals, Filter, Index, Leg, Nearest, Point, open_store
from explorer.ingest.embedding import CachedEmbedder
from explorer.ingest.indexing import figure_points, points_of
from explorer.ingest.references import find_references
from explorer.ingest.report import Progress
from explorer.representation.encoders import embedding_config_of
from explorer.representation.legs import CLIP_TEXT, FIGURE, PICTURE
from explorer.search.engine import SearchEngine
from explorer.search.fusion import Weights, weights_for
from explorer.search.query import Query

TWIN: Final = "twin"
# Captions asked for when a picture is asked for its own; one that stands behind them counts as not found.
DEPTH = 1000


class CaptionAblation:
    """Searches such an index for figures whose captions are known."""

    def __init__(self, index: Index, engine: SearchEngine, figures: Sequence[FigureRecord]) -> None:
        self._index = index
        self._engine = engine
        self._figures = {figure.id: figure for figure in figures}
        self._showing: dict[str, set[str]] = defaultdict(set)
        for figure in figures:
            self._showing[picture_of(figure)].add(figure.id)

    def caption_to_figure(self, figure: FigureRecord, weights: Weights) -> Ranking:
        """Its caption asked, among all figures as they are; itself without its caption, its copies not at all."""
        twin, picture = twin_id(figure), picture_of(figure)
        query = Query(words=figure.caption, weights=weights)
        found = self._engine.rank_leave_one_out(query, twin, self._showing[picture])
        pictures = (picture if one == twin else picture_of(self._figures[one]) for one in found)
        return Ranking(tuple(dict.fromkeys(pictures)), frozenset({picture}))

    def deviations(self, figure: FigureRecord) -> list[tuple[str, Mapping[str, float]]]:
        """The same question: for each figure that a leg finds, its picture and what each leg says of it."""
        twin, picture = twin_id(figure), picture_of(figure)
        found = self._engine.deviations(Query(words=figure.caption), {twin}, self._showing[picture])
        return [
            (picture if one == twin else picture_of(self._figures[one]), by_leg)
            for one, by_leg in found.items()
        ]

    def figure_to_caption(self, figure: FigureRecord) -> Ranking:
        """Its picture asked, among the words of all captioned figures; a caption counts once."""
        stored = self._index.fetch([figure.id], [PICTURE])
        vectors = [one.vectors[PICTURE] for one in stored if PICTURE in one.vectors]
        where = Filter((Equals("kind", FIGURE), Equals("has_caption", True)))
        rankings = self._index.search([Leg(CLIP_TEXT, Nearest(vector), DEPTH, where) for vector in vectors])
        captions = (folded(self._figures[one.id].caption) for ranking in rankings for one in ranking)
        return Ranking(tuple(dict.fromkeys(captions)), frozenset({folded(figure.caption)}))


@contextmanager
def caption_ablation(
    catalog: Catalog, embedder: CachedEmbedder, labelled: Sequence[FigureRecord], progress: Progress
) -> Iterator[CaptionAblation]:
    """Yield the ablation of a library. Its index is deleted at the end."""
    with TemporaryDirectory(prefix="explorer-selftest-", ignore_cleanup_errors=True) as folder:
        store = open_store(Path(folder) / "index")
        with store.build(embedding_config_of(embedder.encoders)) as build:
            with progress.track(catalog.issues.select(), "Rehearsing issues") as work:
                for points in points_of(work, catalog, embedder):
                    build.upsert(points)
            build.upsert(_twins(labelled, embedder))
            build.commit()
        with closing(store.open()) as index:
            weights: Mapping[str, float] = weights_for(embedder.encoders.encoder.name)
            engine = SearchEngine(index, catalog, embedder.pictures, embedder.encoders, weights)
            yield CaptionAblation(index, engine, catalog.figures.select())


def twin_id(figure: FigureRecord) -> str:
    """The id of a figure's twin."""
    return str(uuid5(NAMESPACE_OID, f"twin of {figure.id}"))


def _twins(figures: Sequence[FigureRecord], embedder: CachedEmbedder) -> list[Point]:
    bare = [without_caption(figure) for figure in figures]
    # Sentences name a figure by the number in its caption, which is hidden: those that point to where it stands stay.
    points = figure_points(bare, embedder, find_references(bare, ()))
    return [
        replace(point, id=twin_id(figure), payload={**point.payload, "kind": TWIN})
        for figure, point in zip(figures, points, strict=True)
    ]
