"""Issues so long that to encode their texts takes minutes: several books in one page. They are encoded in two steps.

An ingest encodes the first texts, captions before all else, and puts the others off: until they are encoded, what they
belong to is found by its words (`terms`), its picture and by filters. `explorer enrich` encodes the others whenever the user
likes. Nothing is written down but the vectors themselves: what has none is put off, and what was encoded stays so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from embeddings import VectorCache
from explorer.catalog.store import Catalog
from explorer.ingest.contents import Contents, bare_contents_of, contents_of
from explorer.ingest.embedding import VectorSource, batched, key_of, without_vectors
from explorer.ingest.report import Progress

LONG_CHARS = 1_000_000
"""Of the texts of an issue that have no vectors yet: a minute of work for two cores, and more than most books have."""
FIRST_CHARS = 40_000
"""What an ingest encodes of a longer one."""
TEXTS_AT_ONCE = 64
"""What is lost of `encode_rest` when it is stopped."""


def put_off(contents: Contents, vectors: VectorSource) -> Collection[str]:
    """The keys (see `key_of`) of the texts of an issue that are left for later; of most issues none."""
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
    """How many texts of the long issues of a library have no vectors of this sentence encoder, by its fingerprint.

    The sentences that refer to figures come last and take long to find: they are counted where only they may be left.
    """
    count = 0
    for issue_id in catalog.issues_longer_than(LONG_CHARS):
        for contents in (bare_contents_of, contents_of):
            keys = set(map(key_of, contents(issue_id, catalog).texts()))
            lacking = len(without_vectors(keys, cache, sentences))
            if lacking:
                break
        count += lacking
    return count


def encode_rest(catalog: Catalog, vectors: VectorSource, progress: Progress) -> int:
    """Encodes what was put off, and has it indexed again; how many texts that were. Stopped, it goes on from there."""
    count = 0
    for contents in _long_issues(catalog):
        lacking = _lacking(contents, vectors)
        if not lacking:
            continue
        with progress.track(list(batched(lacking.values(), TEXTS_AT_ONCE)), "Encoding long issues") as work:
            for texts in work:
                vectors.make(texts)
        catalog.touch_issue((contents.figures or contents.items)[0].issue_id)
        count += len(lacking)
    return count


def _long_issues(catalog: Catalog) -> Iterator[Contents]:
    for issue_id in catalog.issues_longer_than(LONG_CHARS):
        yield contents_of(issue_id, catalog)


def _lacking(contents: Contents, vectors: VectorSource) -> dict[str, str]:
    """The texts that have no vectors yet, by their keys."""
    texts = {key_of(text): text for text in contents.texts()}
    return {key: texts[key] for key in vectors.without_vectors(texts)}
