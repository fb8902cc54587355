"""What a typed line was answered with: how it was understood, what was forgiven, and the hits."""

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
    """The hits of a line. `corrected` holds the words that stand nowhere, and what was also looked for."""

    asked: Parsed
    corrected: Mapping[str, str]
    result: Result


def phrases_of(parsed: Parsed, by_word: Mapping[str, str]) -> tuple[Phrase, ...]:
    """The words to look for in parts: as they were written, and as they were probably meant."""
    written = parsed.phrases
    meant = tuple(replace(phrase, text=corrected(phrase.text, by_word)) for phrase in written)
    return tuple(dict.fromkeys(written + meant))


def with_options(
    line: str, kind: Kind | None, filters: Filters, like: Sequence[str], unlike: Sequence[str]
) -> str:
    """One line that asks what a line and the options beside it ask together; of the filters all but `issue_id`."""
    restrictions = [Restriction("kind", kind)] if kind else []
    for spec, value in active_filters(filters):
        if spec.key and spec.type is bool:
            restrictions.append(Restriction("has" if value else "no", spec.key))
        elif spec.key:
            restrictions.append(Restriction(spec.key, str(value)))
    tokens: list[Token] = [
        *map(Liked, like),
        *(Liked(id, without=True) for id in unlike),
        # Behind the line, whose last word on a thing holds: so here too the options win.
        *restrictions,
    ]
    return " ".join([*([line] if line else []), *(token.written() for token in tokens)])
