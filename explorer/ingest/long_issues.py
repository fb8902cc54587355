"""Very long issues, such as several books in one page: an ingest encodes a part of their texts, `enrich` the rest.

Encoding all texts of such an issue takes minutes. An ingest encodes the first texts, captions before all others. A figure
or item whose text is not encoded yet is found by its terms, its picture and filters. The vector cache is the only record:
a text without vectors is one that was put off.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from embeddings import VectorCache
from explorer.catalog.store import Catalog
from explorer.ingest.embedding import VectorSource, batched, key_of, without_vectors
from explorer.ingest.issue_contents import Contents, contents_of, contents_without_references, with_references
from explorer.ingest.report import Progress

LONG_CHARS = 1_000_000
"""Characters without vectors above which an issue is long: a minute of encoding on two cores, more than most books."""
FIRST_CHARS = 40_000
"""Characters of a long issue that an ingest encodes."""
TEXTS_AT_ONCE = 64
"""Texts that are encoded and kept together: the work that is lost when `encode_rest` is stopped."""


def put_off(contents: Contents, vectors: VectorSource) -> Collection[str]:
    """Return the keys (see `key_of`) of the texts of an issue that this ingest does not encode. Most issues have none."""
    if contents.chars <= LONG_CHARS:
        return ()
    sizes = {key_of(text): len(text) for text in contents.texts()}
    lacking = vectors.without_vectors(sizes)
    if sum(sizes[key] for key in lacking) <= LONG_CHARS:
        return ()
    left, later = FIRST_CHARS, set()
    for key in lacking:
        if sizes[key] > left:
            later.add(key)
        else:
            left -= sizes[key]
    return later


def count_put_off(catalog: Catalog, cache: VectorCache, sentences: str) -> int:
    """Return how many texts of the long issues lack vectors of a sentence encoder, given by its fingerprint.

    The sentences that refer to figures are encoded last, and finding them takes long: they are counted only where all
    other texts are encoded.
    """
    count = 0
    for issue_id in catalog.issues.longer_than(LONG_CHARS):
        contents = contents_without_references(issue_id, catalog)
        count += _count_lacking(contents, cache, sentences) or _count_lacking(
            with_references(contents), cache, sentences
        )
    return count


def _count_lacking(contents: Contents, cache: VectorCache, sentences: str) -> int:
    return len(without_vectors(set(map(key_of, contents.texts())), cache, sentences))


def encode_rest(catalog: Catalog, vectors: VectorSource, progress: Progress) -> int:
    """Encode the texts that were put off, mark their issues for indexing, and return the number of these texts.

    Each batch is kept: a run that was stopped continues there.
    """
    count = 0
    for contents in _long_issues(catalog):
        lacking = _lacking(contents, vectors)
        if not lacking:
            continue
        with progress.track(list(batched(lacking.values(), TEXTS_AT_ONCE)), "Encoding long issues") as work:
            for texts in work:
                vectors.embed_texts(texts)
        catalog.changes.touch_issue((contents.figures or contents.items)[0].issue_id)
        count += len(lacking)
    return count


def _long_issues(catalog: Catalog) -> Iterator[Contents]:
    for issue_id in catalog.issues.longer_than(LONG_CHARS):
        yield contents_of(issue_id, catalog)


def _lacking(contents: Contents, vectors: VectorSource) -> dict[str, str]:
    """Return the texts without vectors, by key."""
    texts = {key_of(text): text for text in contents.texts()}
    return {key: texts[key] for key in vectors.without_vectors(texts)}
