"""What a typed line was answered with: how it was understood, what was forgiven, and the hits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from explorer.search.grammar import Parsed
from explorer.search.hits import Result
from explorer.search.query import Filters, Phrase
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


def narrowed(said: Filters, options: Filters) -> Filters:
    """The filters of a line and those beside it together; where both say something, what stands beside wins."""
    return Filters(
        issue_id=options.issue_id or said.issue_id,
        number=said.number if options.number is None else options.number,
        document=options.document or said.document,
        date_from=options.date_from or said.date_from,
        date_to=options.date_to or said.date_to,
        has_caption=said.has_caption if options.has_caption is None else options.has_caption,
    )
