"""Where words stand as they are written: by the catalog's texts, not by what the index makes of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args
from unicodedata import normalize

from explorer.catalog.full_text import FullText
from explorer.errors import QueryError
from explorer.search.query import Kind

Of: TypeAlias = Literal["figure", "item"]

# More ids than this are not sent to the index with every leg.
MOST_IDS = 20_000
_ACCENTS = re.compile("[\u0300-\u036f]")
_PLAIN = {"’": "'", "‘": "'", "‐": "-", "‑": "-", "–": "-", "—": "-", "−": "-", "\u00ad": ""}
# Scripts that write no spaces: a word of theirs may stand anywhere in a line.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class ExactTermFilter:
    """The figures and items that may be hits (None: all), and those that may not."""

    include_ids: frozenset[str] | None
    exclude_ids: frozenset[str]


def folded(text: str) -> str:
    """A text as it is compared: no capitals, no accents, plain dashes and apostrophes, single spaces."""
    if not text.isascii():
        text = _ACCENTS.sub("", normalize("NFKD", text))
        for typographic, plain in _PLAIN.items():  # twenty times as fast as str.translate
            text = text.replace(typographic, plain)
    return " ".join(text.casefold().split())


def exact_term_filter(
    full_text: FullText, must: Sequence[str], must_not: Sequence[str], kind: Kind
) -> ExactTermFilter:
    """Where all of `must` and none of `must_not` stand; QueryError where that names too many."""
    if not must and not must_not:
        return ExactTermFilter(None, frozenset())
    wanted, unwanted = [_pattern(it) for it in must], [_pattern(it) for it in must_not]
    include_ids: set[str] = set()
    exclude_ids: set[str] = set()
    for of in get_args(Of) if kind == "any" else (kind,):
        for id, *texts in full_text.texts(of):
            text = "\n".join(folded(it) for it in texts if it)
            if any(it.stands_in(text) for it in unwanted):
                exclude_ids.add(str(id))
            elif all(it.stands_in(text) for it in wanted):
                include_ids.add(str(id))
    if must:
        return ExactTermFilter(_few(include_ids, must), frozenset())
    return ExactTermFilter(None, _few(exclude_ids, must_not))


@dataclass(frozen=True, slots=True)
class _Pattern:
    """Folded words, and where a text must not go on before and after them."""

    words: str
    whole: re.Pattern[str]

    def stands_in(self, text: str) -> bool:
        return self.words in text and self.whole.search(text) is not None


def _pattern(words: str) -> _Pattern:
    """The words as a whole: `cat` does not stand in `category`, but 東京 in 東京都."""
    plain = folded(words)
    before = r"(?<!\w)" if _has_edge(plain[:1]) else ""
    after = r"(?!\w)" if _has_edge(plain[-1:]) else ""
    return _Pattern(plain, re.compile(before + re.escape(plain) + after))


def _has_edge(letter: str) -> bool:
    return re.match(r"\w", letter) is not None and not _UNSPACED.match(letter)


def _few(ids: Iterable[str], words: Sequence[str]) -> frozenset[str]:
    found = frozenset(ids)
    if len(found) > MOST_IDS:
        raise QueryError(
            f'"{words[0]}" stands in {len(found):,} figures and items, too many to ask for one by one. '
            "Write it without a sign, or name a rarer word as well."
        )
    return found
