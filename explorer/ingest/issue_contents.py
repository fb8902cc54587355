"""The contents of an issue that are indexed: figures, items, and the sentences that refer to figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from explorer.catalog.records import FigureRecord, ItemRecord, Selection
from explorer.catalog.store import Catalog
from explorer.ingest.references import references
from explorer.representation import fields

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
