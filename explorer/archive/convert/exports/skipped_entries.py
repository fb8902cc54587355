"""Entries of an export that are not issues: drafts are listed by name, comments and settings are counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from explorer.archive.convert.format_kinds import SkippedMember
from explorer.archive.convert.member_names import member_name


@dataclass(frozen=True, slots=True)
class UnpublishedPost:
    """A post or page that readers do not see. `status` is that of the export, lower case: draft, scheduled, ..."""

    title: str
    identity: str
    status: str


@dataclass(frozen=True, slots=True)
class OtherEntry:
    """An entry that is not a post. `kind` is a plural: comments, settings, ..."""

    kind: str


def skipped_members(entries: Iterable[UnpublishedPost | OtherEntry]) -> dict[str, SkippedMember]:
    """Return members for the ledger by path: one for each unpublished post, one for each other kind of entry."""
    members: dict[str, SkippedMember] = {}
    counts: Counter[str] = Counter()
    for entry in entries:
        if isinstance(entry, OtherEntry):
            counts[entry.kind] += 1
        else:
            members[member_name(entry.title, entry.identity)] = _skipped(_reason(entry.status))
    return members | {
        kind: _skipped(f"{count:,} of this kind, which are not issues") for kind, count in counts.items()
    }


def _reason(status: str) -> str:
    return "is a draft" if status in {"draft", ""} else f"is {status.replace('_', ' ')}, not published"


def _skipped(reason: str) -> SkippedMember:
    return SkippedMember(partial(bytes), reason)
