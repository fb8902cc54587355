"""What stands in issues, as it is made findable: figures, items, and the sentences that refer to figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from explorer.catalog.records import FigureRecord, ItemRecord, Selection
from explorer.catalog.store import Catalog
from explorer.ingest.references import references
from explorer.search import fields

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Contents:
    """The figures and items of an issue; `referring` has the text that refers to a figure, by its id."""

    figures: Sequence[FigureRecord]
    items: Sequence[ItemRecord]
    referring: Mapping[str, str]

    @property
    def chars(self) -> int:
        """Characters of all texts, a text that stands in several places counted as often."""
        said = ((it.caption, it.alt, it.heading, it.before, it.after, it.picture_text) for it in self.figures)
        written = ((it.heading, it.text) for it in self.items)
        return sum(len(text or "") for texts in (*said, *written) for text in texts)

    @property
    def repeated(self) -> frozenset[str]:
        """The ids of figures that show a picture that their issue has shown MOST_SHOWN times before."""
        shown: Counter[str | None] = Counter()
        found = set()
        for figure in self.figures:
            shown[figure.sha256] += 1
            if shown[figure.sha256] > MOST_SHOWN:
                found.add(figure.id)
        return frozenset(found)

    def texts(self) -> Iterator[str]:
        """Every text that has vectors, in the order in which they count; some occur more than once."""
        yield from filter(None, map(fields.own_words, self.figures))
        yield from filter(None, map(fields.text_in_picture, self.figures))
        yield from filter(None, map(fields.item_words, self.items))
        for figure in self.figures:
            yield from fields.context_texts(figure, self.referring.get(figure.id)).values()


def contents_of(issue_id: str, catalog: Catalog) -> Contents:
    """The contents of an issue."""
    bare = bare_contents_of(issue_id, catalog)
    return replace(bare, referring=references(bare.figures, bare.items))


def bare_contents_of(issue_id: str, catalog: Catalog) -> Contents:
    """The same without the sentences that refer to figures."""
    only = Selection(issue_id=issue_id)
    return Contents(catalog.figures(only), catalog.items(only), {})
