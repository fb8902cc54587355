"""The contents of issues that are indexed, in batches.

Short issues share a batch, so that the encoders get full batches. Of a long issue only ids and the sentences that refer to
figures stay in memory: its records are read again while its points are made. Texts of very long issues are encoded later,
by `explorer enrich`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from embeddings import VectorCache
from explorer.catalog.records import FigureRecord, IssueRecord, ItemRecord, Selection
from explorer.catalog.store import Catalog
from explorer.ingest.embedding import VectorSource, batched, key_of, without_vectors
from explorer.ingest.references import references
from explorer.ingest.report import Progress
from explorer.representation import fields

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


MOST_SHOWN = 20
"""Figures of one issue with the same picture that get vectors of its parts."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The figures and items of an issue. `referring` maps the id of a figure to the sentences that refer to it."""

    figures: Sequence[FigureRecord]
    items: Sequence[ItemRecord]
    referring: Mapping[str, str]

    @property
    def chars(self) -> int:
        """The number of characters of all texts. A repeated text is counted each time."""
        said = ((it.caption, it.alt, it.heading, it.before, it.after, it.picture_text) for it in self.figures)
        written = ((it.heading, it.text) for it in self.items)
        return sum(len(text or "") for texts in (*said, *written) for text in texts)

    @property
    def repeated(self) -> frozenset[str]:
        """The ids of the figures whose picture appears in MOST_SHOWN earlier figures of the issue."""
        shown: Counter[str | None] = Counter()
        found = set()
        for figure in self.figures:
            shown[figure.sha256] += 1
            if shown[figure.sha256] > MOST_SHOWN:
                found.add(figure.id)
        return frozenset(found)

    def texts(self) -> Iterator[str]:
        """Yield every text that gets vectors, the most important first. A text may occur more than once."""
        yield from filter(None, map(fields.own_words, self.figures))
        yield from filter(None, map(fields.text_in_picture, self.figures))
        yield from filter(None, map(fields.item_words, self.items))
        for figure in self.figures:
            yield from fields.context_texts(figure, self.referring.get(figure.id)).values()


def contents_of(issue_id: str, catalog: Catalog) -> Contents:
    """Return the contents of an issue."""
    return with_references(contents_without_references(issue_id, catalog))


def contents_without_references(issue_id: str, catalog: Catalog) -> Contents:
    """Return the contents of an issue with `referring` left empty: to find those sentences takes most of the time."""
    only = Selection(issue_id=issue_id)
    return Contents(catalog.figures.select(only), catalog.items.select(only), {})


def with_references(contents: Contents) -> Contents:
    """Return the same contents with the sentences that refer to figures."""
    return replace(contents, referring=references(contents.figures, contents.items))


ISSUES_AT_ONCE = 16
CHARS_AT_ONCE = 500_000


@dataclass(frozen=True, slots=True)
class Portion:
    """The ids of the figures and items of one or several issues.

    `referring` maps the id of a figure to the sentences that refer to it. `later` has the keys (see `key_of`) of texts that
    are not encoded yet. `repeated` has the ids of figures whose picture is frequent in their issue. `chars` is the number of
    characters of all texts.
    """

    figures: Sequence[str]
    items: Sequence[str]
    referring: Mapping[str, str]
    later: Collection[str]
    repeated: Collection[str]
    chars: int


def portions_of(issues: Iterable[IssueRecord], catalog: Catalog, vectors: VectorSource) -> Iterator[Portion]:
    """Yield all figures and items of these issues in portions, in order."""
    waiting: list[Portion] = []
    for issue in issues:
        portion = _of_issue(issue.id, catalog, vectors)
        chars = sum(one.chars for one in waiting)
        if waiting and (len(waiting) == ISSUES_AT_ONCE or chars + portion.chars > CHARS_AT_ONCE):
            yield _together(waiting)
            waiting = []
        waiting.append(portion)
    if waiting:
        yield _together(waiting)


def _of_issue(issue_id: str, catalog: Catalog, vectors: VectorSource) -> Portion:
    contents = contents_of(issue_id, catalog)
    return Portion(
        figures=[figure.id for figure in contents.figures],
        items=[item.id for item in contents.items],
        referring=contents.referring,
        later=put_off(contents, vectors),
        repeated=contents.repeated,
        chars=contents.chars,
    )


def _together(portions: Sequence[Portion]) -> Portion:
    if len(portions) == 1:
        return portions[0]
    return Portion(
        figures=[id for one in portions for id in one.figures],
        items=[id for one in portions for id in one.items],
        referring={id: text for one in portions for id, text in one.referring.items()},
        later={key for one in portions for key in one.later},
        repeated={id for one in portions for id in one.repeated},
        chars=sum(one.chars for one in portions),
    )
