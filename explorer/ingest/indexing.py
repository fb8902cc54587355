"""The second half of an ingest: from the catalog to a new generation of the index."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import numpy as np

from embeddings.picture_kinds import RECIPE
from embeddings.vectors import unit
from explorer.catalog.records import FigureRecord, IssueRecord, ItemRecord
from explorer.catalog.store import Catalog
from explorer.index import Build, IndexStore, Point, Vector
from explorer.ingest.embedding import CachedEmbedder, batched, text_key
from explorer.ingest.issue_contents import contents_of, portions_of
from explorer.ingest.picture_kinds import add_kinds
from explorer.ingest.report import Progress
from explorer.representation import fields, legs
from explorer.representation.encoders import embedding_config_of

POINTS_AT_ONCE = 128
"""Points that are in memory together. A figure takes some 50 KB."""


def build_index(
    store: IndexStore,
    catalog: Catalog,
    embedder: CachedEmbedder,
    progress: Progress,
    *,
    fresh: bool = False,
    finished: Collection[str] | None = None,
) -> int:
    """Bring the index up to date with the catalog, and return the number of its current generation.

    Only issues that changed since the current generation are read, and only points that changed are written. Without
    changes the current generation stays.

    `finished` has the ids of issues whose vectors are all in the cache. Of the others, only vectors in the cache are
    used, and the next generation completes them. With None, all missing vectors are computed.
    """
    config = embedding_config_of(embedder.encoders)
    pending = catalog.pictures.without_kinds(RECIPE)
    if pending:
        add_kinds(pending, catalog, embedder, progress, only_cached=finished is not None)
    revision = catalog.changes.revision()
    current = None if fresh else store.manifest()  # a damaged generation must not prevent its repair
    if current and (current.config, current.revision) == (config, revision):
        return current.generation
    with store.build(config, fresh=fresh, free_memory=embedder.release) as build:
        digests_before = dict(build.digests)
        issues, gone = _outdated(catalog, build.revision, digests_before)
        unfinished: set[str] = set()
        if finished is None:
            embedder.embed_pictures(catalog.pictures.shown([issue.id for issue in issues]), progress)
        else:
            unfinished = {issue.id for issue in issues}.difference(finished)
            # Before the generation is committed: after a crash, the next one must complete these issues.
            catalog.changes.touch_issues(sorted(unfinished))
        current_ids, written = _write_points(issues, catalog, embedder, build, progress, unfinished)
        gone -= current_ids
        build.delete(gone)
        if current is not None and digests_before and not written and not gone:
            return current.generation
        return build.commit(revision).generation


def _write_points(
    issues: Sequence[IssueRecord],
    catalog: Catalog,
    embedder: CachedEmbedder,
    build: Build,
    progress: Progress,
    unfinished: Collection[str],
) -> tuple[set[str], int]:
    """Write the points of these issues that changed. Return the ids of all their points, and how many were written."""
    current_ids: set[str] = set()
    written = 0
    with progress.track(issues, "Indexing issues") as work:
        for points in points_of(work, catalog, embedder, unfinished):
            changed = [
                point
                for point in points
                if point.id not in build.digests or build.digests[point.id] != point.digest
            ]
            build.upsert(changed)
            current_ids.update(point.id for point in points)
            written += len(changed)
    return current_ids, written


def make_vectors(catalog: Catalog, embedder: CachedEmbedder, progress: Progress) -> None:
    """Compute and cache every vector that an index of these encoders needs, so that building the index is quick."""
    embedder.embed_pictures(catalog.pictures.shown(), progress)
    with progress.track(catalog.issues.select(), "Encoding issues") as work:
        for issue in work:
            for texts in batched(contents_of(issue.id, catalog).texts(), POINTS_AT_ONCE):
                embedder.embed_texts(texts)


def _outdated(
    catalog: Catalog, revision: str | None, digests_before: Mapping[str, str]
) -> tuple[list[IssueRecord], set[str]]:
    """Return the issues whose points may differ from those of an index, and the ids of its points that may be gone."""
    changed = catalog.changes.since(revision)
    if changed is None:
        return catalog.issues.select(), set(digests_before)
    issues, gone = changed
    return catalog.issues.by_id(issues), digests_before.keys() & set(gone)


def points_of(
    issues: Iterable[IssueRecord],
    catalog: Catalog,
    embedder: CachedEmbedder,
    unfinished: Collection[str] = (),
) -> Iterator[list[Point]]:
    """Yield the points of the figures and items of these issues in lists of at most POINTS_AT_ONCE.

    Texts of issues whose ids are in `unfinished` are not encoded: only vectors in the cache are used.
    """
    for portion in portions_of(issues, catalog, embedder, unfinished):
        for ids in batched(portion.figures, POINTS_AT_ONCE):
            figures = catalog.figures.by_id(ids)
            batch = [figures[figure_id] for figure_id in ids]
            traits = catalog.traits.of(ids)
            yield list(
                figure_points(batch, traits, embedder, portion.referring, portion.postponed, portion.repeated)
            )
        for ids in batched(portion.items, POINTS_AT_ONCE):
            items = catalog.items.by_id(ids)
            yield list(_item_points([items[item_id] for item_id in ids], embedder, portion.postponed))


def figure_points(
    figures: Sequence[FigureRecord],
    traits: Mapping[str, Mapping[str, Sequence[str]]],
    embedder: CachedEmbedder,
    referring: Mapping[str, str],
    postponed: Collection[str] = (),
    repeated: Collection[str] = (),
) -> Iterator[Point]:
    """Yield a point for each figure, in order.

    `traits` has the traits of each figure, by id.
    `referring` maps the id of a figure to the sentences that refer to it. Texts whose keys are in `postponed` are not
    encoded yet. Figures whose ids are in `repeated` get no vectors of regions: other figures of their issue show the
    same picture.
    """
    captions = [_unless_postponed(fields.caption_and_alt(figure), postponed) for figure in figures]
    to_encode = [text for text in captions if text]
    caption_vectors = dict(zip(to_encode, embedder.clip_and_sentence_vectors(to_encode), strict=True))
    ocr_texts = [_unless_postponed(fields.ocr_text(figure), postponed) for figure in figures]
    to_encode = [text for text in ocr_texts if text]
    ocr_vectors = dict(zip(to_encode, embedder.sentence_vectors(to_encode), strict=True))
    contexts = _context_vectors(figures, embedder, referring, postponed)
    for figure, caption, ocr_text, context in zip(figures, captions, ocr_texts, contexts, strict=True):
        vectors: dict[str, Vector] = {}
        payload = fields.figure_payload(figure, traits[figure.id])
        if figure.sha256:
            picture_vectors, regions = embedder.picture_and_region_vectors(figure.sha256)
            vectors |= picture_vectors
            if regions and figure.id not in repeated:
                vectors[legs.REGIONS] = regions.visual
                payload[legs.REGIONS] = regions.boxes.astype(float).round(4).tolist()
        if caption:
            vectors |= dict(zip((legs.CLIP_TEXT, legs.SENTENCE), caption_vectors[caption], strict=True))
        if ocr_text:
            vectors[legs.OCR] = ocr_vectors[ocr_text]
        if context is not None:
            vectors[legs.CONTEXT] = context
        terms = embedder.encoders.terms.document(fields.figure_terms(figure))
        yield Point(figure.id, vectors, {legs.TERMS: terms}, payload)


def _unless_postponed(text: str | None, postponed: Collection[str]) -> str | None:
    """Return the text, or None if it is not encoded yet."""
    return None if text and postponed and text_key(text) in postponed else text


def _context_vectors(
    figures: Sequence[FigureRecord],
    embedder: CachedEmbedder,
    referring: Mapping[str, str],
    postponed: Collection[str],
) -> Iterator[Vector | None]:
    """Yield for each figure the weighted mean of the sentence vectors of its context, or None."""
    contexts = [fields.context_texts(figure, referring.get(figure.id)) for figure in figures]
    if postponed:
        contexts = [
            context if all(_unless_postponed(text, postponed) for text in context.values()) else {}
            for context in contexts
        ]
    texts = list(dict.fromkeys(text for context in contexts for text in context.values()))
    vectors = dict(zip(texts, embedder.sentence_vectors(texts), strict=True))
    for context in contexts:
        weighted = [
            fields.CONTEXT_WEIGHTS[name] * vectors[text].mean(axis=0) for name, text in context.items()
        ]
        yield unit(np.sum(weighted, axis=0)) if weighted else None


def _item_points(
    items: Sequence[ItemRecord], embedder: CachedEmbedder, postponed: Collection[str]
) -> Iterator[Point]:
    texts = [fields.heading_and_text(item) for item in items]
    to_encode = list(filter(None, (_unless_postponed(text, postponed) for text in texts)))
    vectors_of_text = dict(zip(to_encode, embedder.clip_and_sentence_vectors(to_encode), strict=True))
    for item, text in zip(items, texts, strict=True):
        if text:
            vectors = dict(zip((legs.CLIP_TEXT, legs.SENTENCE), vectors_of_text.get(text, ()), strict=False))
            terms = {legs.TERMS: embedder.encoders.terms.document(text)}
            yield Point(item.id, vectors, terms, fields.item_payload(item))
