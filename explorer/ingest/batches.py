"""Portions: the figures and items that are indexed together, and what is known of them only from their whole issues.

Short issues share a portion, so that the encoders get full batches. Of a long issue only ids and the sentences that refer to
figures stay in memory: its records are read again while its points are made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from explorer.catalog.records import IssueRecord
from explorer.catalog.store import Catalog
from explorer.ingest.embedding import VectorSource
from explorer.ingest.issue_contents import contents_of
from explorer.ingest.long_issues import put_off

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
