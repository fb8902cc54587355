"""The answer to a typed line: how the line was parsed, which words were corrected, and the hits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from explorer.catalog.filters import Filters, active_filters
from explorer.search.grammar import Liked, Parsed, Restriction, Token
from explorer.search.hits import Result
from explorer.search.query import Kind, Phrase
from explorer.search.spelling import corrected


@dataclass(frozen=True, slots=True)
class Answer:
    """The hits of a line. `corrected` maps each misspelled word to the word that was also looked for."""

    asked: Parsed
    corrected: Mapping[str, str]
    result: Result


def phrases_of(parsed: Parsed, by_word: Mapping[str, str]) -> tuple[Phrase, ...]:
    """Return the phrases to look for: as they are written, and with corrected words."""
    written = parsed.phrases
    respelled = tuple(replace(phrase, text=corrected(phrase.text, by_word)) for phrase in written)
    return tuple(dict.fromkeys(written + respelled))


def query_line(words: str, filters: Filters) -> str:
    """Return one line for a typed line together with filters. All filters but `issue_id` are included."""
    return with_options(words, None, filters, (), ())


def with_options(
    line: str, kind: Kind | None, filters: Filters, like: Sequence[str], unlike: Sequence[str]
) -> str:
    """Return one line for a line together with options. All filters but `issue_id` are included."""
    restrictions = [Restriction("kind", kind)] if kind else []
    for spec, value in active_filters(filters):
        if spec.key and spec.type is bool:
            restrictions.append(Restriction("has" if value else "no", spec.key))
        elif spec.key:
            restrictions.append(Restriction(spec.key, str(value)))
    tokens: list[Token] = [
        *map(Liked, like),
        *(Liked(id, without=True) for id in unlike),
        # After the line: the last value of a filter is used, so the options win.
        *restrictions,
    ]
    return " ".join([*([line] if line else []), *(token.written() for token in tokens)])
