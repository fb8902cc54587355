"""An index for evaluation: the library, and for each labelled figure a twin without its caption.

It is in a temporary folder and takes its vectors from the library's cache. The library's own index is not used.
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
from explorer.evaluate.labels import normalize, without_caption
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
# Captions that a search by picture returns; a caption behind them counts as not found.
MAX_CAPTIONS = 1000


class CaptionAblation:
    """Search of such an index for figures with known captions."""

    def __init__(
        self, index: Index, engine: SearchEngine, figures: Sequence[FigureRecord], weights: Weights
    ) -> None:
        self.weights = weights
        self._index = index
        self._engine = engine
        self._figures = {figure.id: figure for figure in figures}
        self._figures_of_picture: dict[str, set[str]] = defaultdict(set)
        for figure in figures:
            self._figures_of_picture[picture_of(figure)].add(figure.id)

    def caption_to_figure(self, figure: FigureRecord, weights: Weights) -> Ranking:
        """Search by the caption among all figures. The figure itself has no caption, and its copies are left out."""
        twin, picture = twin_id(figure), picture_of(figure)
        query = Query(words=figure.caption, weights=weights)
        ids = self._engine.rank_leave_one_out(query, twin, self._figures_of_picture[picture])
        pictures = (
            picture if figure_id == twin else picture_of(self._figures[figure_id]) for figure_id in ids
        )
        return Ranking(tuple(dict.fromkeys(pictures)), frozenset({picture}))

    def deviations(
        self, figure: FigureRecord, *, is_hidden: bool = True
    ) -> list[tuple[str, Mapping[str, float]]]:
        """Search as in `caption_to_figure`; return the picture of each hit, and its deviations by leg.

        Unless `is_hidden`, the figure has its caption.
        """
        twin, picture = twin_id(figure), picture_of(figure)
        instead = ({twin}, self._figures_of_picture[picture]) if is_hidden else ((), ())
        deviations = self._engine.deviations(Query(words=figure.caption), *instead)
        return [
            (picture if figure_id == twin else picture_of(self._figures[figure_id]), by_leg)
            for figure_id, by_leg in deviations.items()
        ]

    def figure_to_caption(self, figure: FigureRecord) -> Ranking:
        """Search by the picture among the texts of all captioned figures. Equal captions count once."""
        stored = self._index.fetch([figure.id], [PICTURE])
        vectors = [point.vectors[PICTURE] for point in stored if PICTURE in point.vectors]
        where = Filter((Equals("kind", FIGURE), Equals("has_caption", True)))
        rankings = self._index.search(
            [Leg(CLIP_TEXT, Nearest(vector), MAX_CAPTIONS, where) for vector in vectors]
        )
        captions = (normalize(self._figures[hit.id].caption) for ranking in rankings for hit in ranking)
        return Ranking(tuple(dict.fromkeys(captions)), frozenset({normalize(figure.caption)}))


@contextmanager
def caption_ablation(
    catalog: Catalog, embedder: CachedEmbedder, labelled: Sequence[FigureRecord], progress: Progress
) -> Iterator[CaptionAblation]:
    """Yield the ablation of a library. Its index is deleted at the end."""
    with TemporaryDirectory(prefix="explorer-selftest-", ignore_cleanup_errors=True) as folder:
        store = open_store(Path(folder) / "index")
        with store.build(embedding_config_of(embedder.encoders)) as build:
            with progress.track(catalog.issues.select(), "Indexing without captions") as work:
                for points in points_of(work, catalog, embedder):
                    build.upsert(points)
            build.upsert(_twin_points(labelled, catalog, embedder))
            build.commit()
        with closing(store.open()) as index:
            weights: Mapping[str, float] = weights_for(embedder.encoders.encoder.name)
            engine = SearchEngine(index, catalog, embedder.pictures, embedder.encoders, weights)
            yield CaptionAblation(index, engine, catalog.figures.select(), weights)


def twin_id(figure: FigureRecord) -> str:
    """Return the id of a figure's twin."""
    return str(uuid5(NAMESPACE_OID, f"twin of {figure.id}"))


def _twin_points(figures: Sequence[FigureRecord], catalog: Catalog, embedder: CachedEmbedder) -> list[Point]:
    uncaptioned = [without_caption(figure) for figure in figures]
    # References by the number in the caption are left out, as the caption is; references by position stay.
    points = figure_points(
        uncaptioned,
        catalog.traits.of([figure.id for figure in figures]),
        embedder,
        find_references(uncaptioned, ()),
    )
    return [
        replace(point, id=twin_id(figure), payload={**point.payload, "kind": TWIN})
        for figure, point in zip(figures, points, strict=True)
    ]
