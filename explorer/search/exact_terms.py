"""The figures and items whose texts contain the required words of a query, or its excluded words, as they are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from explorer.catalog.derived_tables import TextOwner
from explorer.catalog.full_text import FullText
from explorer.errors import QueryError
from explorer.search.query import Kind

# More ids than this are not sent to the index with every leg.
MOST_IDS = 20_000


@dataclass(frozen=True, slots=True)
class ExactTermFilter:
    """The ids of the figures and items that may be hits (None: all), and of those that may not."""

    include_ids: frozenset[str] | None
    exclude_ids: frozenset[str]


def exact_term_filter(
    full_text: FullText, required: Sequence[str], excluded: Sequence[str], kind: Kind
) -> ExactTermFilter:
    """Return which figures and items contain all `required` phrases and none of the `excluded` ones.

    Raises:
        QueryError: More than MOST_IDS of them do.
    """
    owners: Sequence[TextOwner] = get_args(TextOwner) if kind == "any" else (kind,)
    exclude_ids = {id for phrase in excluded for id in full_text.ids_with(phrase, owners)}
    if not required:
        return ExactTermFilter(None, _limited(exclude_ids, excluded))
    include_ids = set.intersection(*(full_text.ids_with(phrase, owners) for phrase in required)) - exclude_ids
    return ExactTermFilter(_limited(include_ids, required), frozenset())


def _limited(ids: set[str], phrases: Sequence[str]) -> frozenset[str]:
    if len(ids) > MOST_IDS:
        raise QueryError(
            f'"{phrases[0]}" occurs in {len(ids):,} figures and items: too many for an exact filter. '
            "Write it without quotation marks and without a sign, or add a rarer word."
        )
    return frozenset(ids)
