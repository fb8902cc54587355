"""The second half of an ingest: from the catalog to a new generation of the index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from embeddings import Vectors
from explorer.catalog.records import FigureRecord, IssueRecord, ItemRecord, Selection
from explorer.catalog.store import Catalog
from explorer.index import Home, Point, Recipe, Vector
from explorer.ingest.embedding import VectorSource, batched
from explorer.ingest.report import Progress, Silent
from explorer.search import fields
from explorer.search.legs import Tools

# Short issues together keep the sentence encoder's batches full; what is encoded is kept group by group.
ISSUES_AT_ONCE = 16


def recipe_of(tools: Tools) -> Recipe:
    """What vectors of these tools are made with."""
    encoder = tools.encoder
    return Recipe(
        encoder=encoder.name,
        fingerprint=encoder.fingerprint,
        sentences=tools.sentences.fingerprint,
        schema=fields.schema(encoder.dim, encoder.looks_dim, tools.sentences.dim),
        version=fields.FIELDS_VERSION,
    )


def build_index(
    home: Home, catalog: Catalog, vectors: VectorSource, progress: Progress, *, fresh: bool = False
) -> int:
    """Makes a generation that holds exactly what the catalog holds; the number of the current one.

    Only points that changed are written. When nothing changed, the current generation stays.
    """
    vectors.embed_pictures(catalog.pictures(), progress)
    current = home.current_generation()
    with home.build(recipe_of(vectors.tools), fresh=fresh) as build:
        known = dict(build.digests)
        met: set[str] = set()
        written = 0
        with progress.track(catalog.issues(), "Indexing issues") as work:
            for group in batched(work, ISSUES_AT_ONCE):
                points = points_of(group, catalog, vectors)
                changed = [point for point in points if known.get(point.id) != point.digest]
                build.upsert(changed)
                met.update(point.id for point in points)
                written += len(changed)
        gone = known.keys() - met
        build.delete(gone)
        if current is not None and known and not written and not gone:
            return current
        return build.commit().generation


def reindex_figures(home: Home, figures: Sequence[FigureRecord], vectors: VectorSource) -> None:
    """Makes the next generation out of the current one and these figures as they are now, if they changed."""
    vectors.embed_pictures([figure.sha256 for figure in figures if figure.sha256], Silent())
    with home.build(recipe_of(vectors.tools)) as build:
        changed = [one for one in figure_points(figures, vectors) if build.digests.get(one.id) != one.digest]
        if changed:
            build.upsert(changed)
            build.commit()


def points_of(issues: Sequence[IssueRecord], catalog: Catalog, vectors: VectorSource) -> list[Point]:
    """The points of these issues: their figures and their items."""
    selections = [Selection(issue_id=issue.id) for issue in issues]
    figures = [figure for only in selections for figure in catalog.figures(only)]
    items = [item for only in selections for item in catalog.items(only)]
    return [*figure_points(figures, vectors), *_item_points(items, vectors)]


def figure_points(figures: Sequence[FigureRecord], vectors: VectorSource) -> Iterator[Point]:
    """A point for each figure, in their order."""
    own = [fields.own_words(figure) for figure in figures]
    spoken = [text for text in own if text]
    encoded = dict(zip(spoken, vectors.words_and_meaning(spoken), strict=True))
    read = [fields.text_in_picture(figure) for figure in figures]
    found = [text for text in read if text]
    in_pictures = dict(zip(found, vectors.meaning(found), strict=True))
    contexts = _contexts(figures, vectors)
    for figure, text, inside, context in zip(figures, own, read, contexts, strict=True):
        named: dict[str, Vector] = {}
        if figure.sha256:
            named |= vectors.picture(figure.sha256)
        if text:
            named |= dict(zip((fields.WORDS, fields.MEANING), encoded[text], strict=True))
        if inside:
            named[fields.TEXT] = in_pictures[inside]
        if context is not None:
            named[fields.CONTEXT] = context
        terms = vectors.tools.terms.document(fields.figure_terms(figure))
        yield Point(figure.id, named, {fields.TERMS: terms}, fields.figure_payload(figure))


def _contexts(figures: Sequence[FigureRecord], vectors: VectorSource) -> Iterator[Vector | None]:
    """The weighted mean of the sentence vectors of what stands around each figure."""
    around = [fields.surroundings(figure) for figure in figures]
    texts = list(dict.fromkeys(text for parts in around for text in parts.values()))
    encoded = dict(zip(texts, vectors.meaning(texts), strict=True))
    for parts in around:
        weighted = [fields.CONTEXT_WEIGHTS[name] * encoded[text].mean(axis=0) for name, text in parts.items()]
        yield _unit(np.sum(weighted, axis=0)) if weighted else None


def _item_points(items: Sequence[ItemRecord], vectors: VectorSource) -> Iterator[Point]:
    texts = [fields.item_words(item) for item in items]
    spoken = [(item, text) for item, text in zip(items, texts, strict=True) if text]
    encoded = vectors.words_and_meaning([text for _, text in spoken])
    for (item, text), (words, meaning) in zip(spoken, encoded, strict=True):
        named = {fields.WORDS: words, fields.MEANING: meaning}
        yield Point(
            item.id, named, {fields.TERMS: vectors.tools.terms.document(text)}, fields.item_payload(item)
        )


def _unit(vector: Vectors) -> Vector:
    return (vector / max(float(np.linalg.norm(vector)), 1e-12)).astype(np.float32)
