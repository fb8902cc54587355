"""The contents of issues for indexing, in portions.

Short issues share a portion, so that the encoders get full batches. Of a long issue, only ids and the sentences
that refer to figures stay in memory: its records are read again while its points are made. `explorer enrich`
encodes the texts of very long issues.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from embeddings import VectorCache
from explorer.catalog.records import FigureRecord, IssueRecord, ItemRecord, Selection
from explorer.catalog.store import Catalog
from explorer.ingest.embedding import CachedEmbedder, batched, keys_without_vectors, text_key
from explorer.ingest.references import find_references
from explorer.ingest.report import Progress
from explorer.representation import fields

LONG_CHARS = 1_000_000
"""Characters without vectors above which an issue is long: a minute of encoding on two cores, more than most books."""
FIRST_CHARS = 40_000
"""Characters of a long issue that an ingest encodes."""
TEXTS_AT_ONCE = 64
"""Texts that are encoded and cached together: the work that is lost when `encode_postponed` is stopped."""


def postponed_keys(contents: Contents, embedder: CachedEmbedder) -> Collection[str]:
    """Return the keys (see `text_key`) of the texts that an ingest does not encode. Most issues have none."""
    if contents.chars <= LONG_CHARS:
        return ()
    sizes = {text_key(text): len(text) for text in contents.texts()}
    missing = embedder.keys_without_vectors(sizes)
    if sum(sizes[key] for key in missing) <= LONG_CHARS:
        return ()
    budget, postponed = FIRST_CHARS, set()
    for key in missing:
        if sizes[key] > budget:
            postponed.add(key)
        else:
            budget -= sizes[key]
    return postponed


def count_postponed(catalog: Catalog, cache: VectorCache, fingerprint: str) -> int:
    """Return how many texts of the long issues have no vectors of the sentence encoder with this fingerprint.

    The sentences that refer to figures are encoded last, and finding them takes long: they are counted only where all
    other texts are encoded.
    """
    count = 0
    for issue_id in catalog.issues.longer_than(LONG_CHARS):
        contents = contents_without_references(issue_id, catalog)
        count += _count_without_vectors(contents, cache, fingerprint) or _count_without_vectors(
            with_references(contents), cache, fingerprint
        )
    return count


def _count_without_vectors(contents: Contents, cache: VectorCache, fingerprint: str) -> int:
    return len(keys_without_vectors(set(map(text_key, contents.texts())), cache, fingerprint))


def encode_postponed(catalog: Catalog, embedder: CachedEmbedder, progress: Progress) -> int:
    """Encode the postponed texts, mark their issues for indexing, and return the number of these texts.

    Each batch is cached: after a stopped run, the next run continues there.
    """
    count = 0
    for contents in _long_issues(catalog):
        missing = _texts_without_vectors(contents, embedder)
        if not missing:
            continue
        with progress.track(list(batched(missing.values(), TEXTS_AT_ONCE)), "Encoding long issues") as work:
            for texts in work:
                embedder.embed_texts(texts)
        catalog.changes.touch_issues([(contents.figures or contents.items)[0].issue_id])
        count += len(missing)
    return count


def _long_issues(catalog: Catalog) -> Iterator[Contents]:
    for issue_id in catalog.issues.longer_than(LONG_CHARS):
        yield contents_of(issue_id, catalog)


def _texts_without_vectors(contents: Contents, embedder: CachedEmbedder) -> dict[str, str]:
    """Return the texts without vectors, by key."""
    texts = {text_key(text): text for text in contents.texts()}
    return {key: texts[key] for key in embedder.keys_without_vectors(texts)}


MAX_FIGURES_WITH_REGIONS = 20
"""Figures of one issue with the same picture that get vectors of its regions."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The figures and items of an issue. `referring` maps the id of a figure to the sentences that refer to it."""

    figures: Sequence[FigureRecord]
    items: Sequence[ItemRecord]
    referring: Mapping[str, str]

    @property
    def chars(self) -> int:
        """The number of characters of all texts. A repeated text is counted each time."""
        figure_texts = (
            (figure.caption, figure.alt, figure.heading, figure.before, figure.after, figure.picture_text)
            for figure in self.figures
        )
        item_texts = ((item.heading, item.text) for item in self.items)
        return sum(len(text or "") for texts in (*figure_texts, *item_texts) for text in texts)

    @property
    def repeated(self) -> frozenset[str]:
        """The ids of figures whose picture appears in MAX_FIGURES_WITH_REGIONS earlier figures of the issue."""
        counts: Counter[str | None] = Counter()
        ids = set()
        for figure in self.figures:
            counts[figure.sha256] += 1
            if counts[figure.sha256] > MAX_FIGURES_WITH_REGIONS:
                ids.add(figure.id)
        return frozenset(ids)

    def texts(self) -> Iterator[str]:
        """Yield every text that gets vectors, the most important first. A text may occur more than once."""
        yield from filter(None, map(fields.caption_and_alt, self.figures))
        yield from filter(None, map(fields.ocr_text, self.figures))
        yield from filter(None, map(fields.heading_and_text, self.items))
        for figure in self.figures:
            yield from fields.context_texts(figure, self.referring.get(figure.id)).values()


def contents_of(issue_id: str, catalog: Catalog) -> Contents:
    """Return the contents of an issue."""
    return with_references(contents_without_references(issue_id, catalog))


def contents_without_references(issue_id: str, catalog: Catalog) -> Contents:
    """Return the contents of an issue with an empty `referring`: finding those sentences takes most of the time."""
    selection = Selection(issue_id=issue_id)
    return Contents(catalog.figures.select(selection), catalog.items.select(selection), {})


def with_references(contents: Contents) -> Contents:
    """Return the same contents with the sentences that refer to figures."""
    return replace(contents, referring=find_references(contents.figures, contents.items))


ISSUES_PER_PORTION = 16
CHARS_PER_PORTION = 500_000


@dataclass(frozen=True, slots=True)
class Portion:
    """The ids of the figures and items of one or several issues.

    `referring` maps the id of a figure to the sentences that refer to it. `postponed` has the keys (see `text_key`)
    of texts that are not encoded yet. `repeated` has the ids of figures whose picture is frequent in their issue.
    `chars` is the number of characters of all texts.
    """

    figures: Sequence[str]
    items: Sequence[str]
    referring: Mapping[str, str]
    postponed: Collection[str]
    repeated: Collection[str]
    chars: int


def portions_of(
    issues: Iterable[IssueRecord],
    catalog: Catalog,
    embedder: CachedEmbedder,
    unfinished: Collection[str] = (),
) -> Iterator[Portion]:
    """Yield all figures and items of these issues in portions, in order.

    Of the issues whose ids are in `unfinished`, all texts without vectors are postponed.
    """
    pending: list[Portion] = []
    for issue in issues:
        portion = _portion_of(issue.id, catalog, embedder, is_unfinished=issue.id in unfinished)
        chars = sum(portion.chars for portion in pending)
        if pending and (len(pending) == ISSUES_PER_PORTION or chars + portion.chars > CHARS_PER_PORTION):
            yield _merge_portions(pending)
            pending = []
        pending.append(portion)
    if pending:
        yield _merge_portions(pending)


def _portion_of(issue_id: str, catalog: Catalog, embedder: CachedEmbedder, *, is_unfinished: bool) -> Portion:
    contents = contents_of(issue_id, catalog)
    postponed = (
        embedder.keys_without_vectors(set(map(text_key, contents.texts())))
        if is_unfinished
        else postponed_keys(contents, embedder)
    )
    return Portion(
        figures=[figure.id for figure in contents.figures],
        items=[item.id for item in contents.items],
        referring=contents.referring,
        postponed=postponed,
        repeated=contents.repeated,
        chars=contents.chars,
    )


def _merge_portions(portions: Sequence[Portion]) -> Portion:
    if len(portions) == 1:
        return portions[0]
    return Portion(
        figures=[figure_id for portion in portions for figure_id in portion.figures],
        items=[item_id for portion in portions for item_id in portion.items],
        referring={figure_id: text for portion in portions for figure_id, text in portion.referring.items()},
        postponed={key for portion in portions for key in portion.postponed},
        repeated={figure_id for portion in portions for figure_id in portion.repeated},
        chars=sum(portion.chars for portion in portions),
    )
