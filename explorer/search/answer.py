"""What a typed line was answered with: how it was understood, what was forgiven, and the hits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from explorer.search.grammar import Liked, Parsed, Restriction, Token
from explorer.search.hits import Result
from explorer.search.query import Filters, Kind, Phrase
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


def merge_filters(said: Filters, options: Filters) -> Filters:
    """The filters of a line and those beside it together; where both say something, what stands beside wins."""
    return Filters(
        issue_id=options.issue_id or said.issue_id,
        number=said.number if options.number is None else options.number,
        document=options.document or said.document,
        date_from=options.date_from or said.date_from,
        date_to=options.date_to or said.date_to,
        has_caption=said.has_caption if options.has_caption is None else options.has_caption,
    )


def with_options(
    line: str, kind: Kind | None, filters: Filters, like: Sequence[str], unlike: Sequence[str]
) -> str:
    """One line that asks what a line and the options beside it ask together; of the filters all but `issue_id`."""
    said = {
        "kind": kind,
        "issue": filters.number,
        "document": filters.document,
        "after": filters.date_from,
        "before": filters.date_to,
    }
    tokens: list[Token] = [
        *map(Liked, like),
        *(Liked(id, without=True) for id in unlike),
        # Behind the line, whose last word on a thing holds: so here too the options win.
        *(Restriction(name, str(value)) for name, value in said.items() if value is not None),
    ]
    if filters.has_caption is not None:
        tokens.append(Restriction("has" if filters.has_caption else "no", "caption"))
    return " ".join([*([line] if line else []), *(token.written() for token in tokens)])
