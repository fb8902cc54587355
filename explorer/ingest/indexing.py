"""The second half of an ingest: from the catalog to a new generation of the index."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import numpy as np

from embeddings.vectors import unit
from explorer.catalog.records import FigureRecord, IssueRecord, ItemRecord
from explorer.catalog.store import Catalog
from explorer.index import IndexStore, Point, Vector
from explorer.ingest.embedding import VectorSource, batched, key_of
from explorer.ingest.issue_contents import contents_of, portions_of
from explorer.ingest.report import Progress
from explorer.representation import fields, legs
from explorer.representation.encoders import embedding_config_of

POINTS_AT_ONCE = 128
"""Points that are in memory together. A figure takes some 50 KB."""


def build_index(
    store: IndexStore, catalog: Catalog, vectors: VectorSource, progress: Progress, *, fresh: bool = False
) -> int:
    """Makes a generation that holds exactly what the catalog holds; the number of the current one.

    Only issues that changed since the current generation are looked at, and only points that changed are written.
    When none did, the current generation stays.
    """
    config, now = embedding_config_of(vectors.encoders), catalog.changes.revision()
    current = None if fresh else store.manifest()  # a damaged one must not stand in the way of what mends it
    if current and (current.config, current.revision) == (config, now):
        return current.generation
    with store.build(config, fresh=fresh, free_memory=vectors.release) as build:
        known = dict(build.digests)
        issues, gone = _outdated(catalog, build.revision, known)
        vectors.embed_pictures(catalog.pictures.shown([issue.id for issue in issues]), progress)
        met: set[str] = set()
        written = 0
        with progress.track(issues, "Indexing issues") as work:
            for points in points_of(work, catalog, vectors):
                changed = [it for it in points if it.id not in known or known[it.id] != it.digest]
                build.upsert(changed)
                met.update(point.id for point in points)
                written += len(changed)
        gone -= met
        build.delete(gone)
        if current is not None and known and not written and not gone:
            return current.generation
        return build.commit(now).generation


def make_vectors(catalog: Catalog, vectors: VectorSource, progress: Progress) -> None:
    """Make and cache every vector that an index of these encoders needs, so that the index itself is made quickly."""
    vectors.embed_pictures(catalog.pictures.shown(), progress)
    with progress.track(catalog.issues.select(), "Encoding issues") as work:
        for issue in work:
            for texts in batched(contents_of(issue.id, catalog).texts(), POINTS_AT_ONCE):
                vectors.embed_texts(texts)


def _outdated(
    catalog: Catalog, revision: str | None, known: Mapping[str, str]
) -> tuple[list[IssueRecord], set[str]]:
    """The issues whose points may differ from those of an index, and its points that may be gone."""
    changed = catalog.changes.since(revision)
    if changed is None:
        return catalog.issues.select(), set(known)
    issues, gone = changed
    return catalog.issues.by_id(issues), known.keys() & set(gone)


def points_of(
    issues: Iterable[IssueRecord], catalog: Catalog, vectors: VectorSource
) -> Iterator[list[Point]]:
    """The points of these issues, their figures and their items, in lists of at most POINTS_AT_ONCE."""
    for portion in portions_of(issues, catalog, vectors):
        for ids in batched(portion.figures, POINTS_AT_ONCE):
            figures = catalog.figures.by_id(ids)
            shown = [figures[id] for id in ids]
            yield list(figure_points(shown, vectors, portion.referring, portion.later, portion.repeated))
        for ids in batched(portion.items, POINTS_AT_ONCE):
            items = catalog.items.by_id(ids)
            yield list(_item_points([items[id] for id in ids], vectors, portion.later))


def figure_points(
    figures: Sequence[FigureRecord],
    vectors: VectorSource,
    referring: Mapping[str, str],
    later: Collection[str] = (),
    repeated: Collection[str] = (),
) -> Iterator[Point]:
    """Yield a point for each figure, in order.

    `referring` maps the id of a figure to the sentences that refer to it. Texts whose keys are in `later` are not encoded
    yet. Figures whose ids are in `repeated` get no vectors of parts: other figures of their issue show the same picture.
    """
    own = [_unless_later(fields.own_words(figure), later) for figure in figures]
    spoken = [text for text in own if text]
    encoded = dict(zip(spoken, vectors.words_and_meaning(spoken), strict=True))
    read = [_unless_later(fields.text_in_picture(figure), later) for figure in figures]
    found = [text for text in read if text]
    in_pictures = dict(zip(found, vectors.meaning(found), strict=True))
    contexts = _contexts(figures, vectors, referring, later)
    for figure, text, inside, context in zip(figures, own, read, contexts, strict=True):
        named: dict[str, Vector] = {}
        payload = fields.figure_payload(figure)
        if figure.sha256:
            wholes, parts = vectors.picture_and_parts(figure.sha256)
            named |= wholes
            if parts and figure.id not in repeated:
                named[legs.REGIONS] = parts.visual
                payload[legs.REGIONS] = parts.boxes.astype(float).round(4).tolist()
        if text:
            named |= dict(zip((legs.CLIP_TEXT, legs.SENTENCE), encoded[text], strict=True))
        if inside:
            named[legs.OCR] = in_pictures[inside]
        if context is not None:
            named[legs.CONTEXT] = context
        terms = vectors.encoders.terms.document(fields.figure_terms(figure))
        yield Point(figure.id, named, {legs.TERMS: terms}, payload)


def _unless_later(text: str | None, later: Collection[str]) -> str | None:
    """Return the text, or None where it is not encoded yet."""
    return None if text and later and key_of(text) in later else text


def _contexts(
    figures: Sequence[FigureRecord],
    vectors: VectorSource,
    referring: Mapping[str, str],
    later: Collection[str],
) -> Iterator[Vector | None]:
    """The weighted mean of the sentence vectors of what stands around each figure and refers to it."""
    around = [fields.context_texts(figure, referring.get(figure.id)) for figure in figures]
    if later:
        around = [
            parts if all(_unless_later(text, later) for text in parts.values()) else {} for parts in around
        ]
    texts = list(dict.fromkeys(text for parts in around for text in parts.values()))
    encoded = dict(zip(texts, vectors.meaning(texts), strict=True))
    for parts in around:
        weighted = [fields.CONTEXT_WEIGHTS[name] * encoded[text].mean(axis=0) for name, text in parts.items()]
        yield unit(np.sum(weighted, axis=0)) if weighted else None


def _item_points(
    items: Sequence[ItemRecord], vectors: VectorSource, later: Collection[str]
) -> Iterator[Point]:
    texts = [fields.item_words(item) for item in items]
    spoken = list(filter(None, (_unless_later(text, later) for text in texts)))
    encoded = dict(zip(spoken, vectors.words_and_meaning(spoken), strict=True))
    for item, text in zip(items, texts, strict=True):
        if text:
            named = dict(zip((legs.CLIP_TEXT, legs.SENTENCE), encoded.get(text, ()), strict=False))
            terms = {legs.TERMS: vectors.encoders.terms.document(text)}
            yield Point(item.id, named, terms, fields.item_payload(item))
