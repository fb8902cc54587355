"""What an export holds beside its posts: each draft is told by its name, comments and settings by their number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from explorer.archive.convert.format_kinds import SkippedMember
from explorer.archive.convert.member_names import member_name


@dataclass(frozen=True, slots=True)
class Unpublished:
    """A post or page that is not shown to readers; `status` as the export says it, lower case: draft, scheduled."""

    title: str
    identity: str
    status: str


@dataclass(frozen=True, slots=True)
class NoPost:
    """An entry of another kind, in the plural: comments, settings."""

    kind: str


def left_out(entries: Iterable[Unpublished | NoPost]) -> dict[str, SkippedMember]:
    """Return the members that tell of these entries, by path."""
    told: dict[str, SkippedMember] = {}
    counts: Counter[str] = Counter()
    for entry in entries:
        if isinstance(entry, NoPost):
            counts[entry.kind] += 1
        else:
            told[member_name(entry.title, entry.identity)] = _told(_reason(entry.status))
    return told | {kind: _told(f"{count:,} in number, and no issues") for kind, count in counts.items()}


def _reason(status: str) -> str:
    return "is a draft" if status in {"draft", ""} else f"is {status.replace('_', ' ')}, not published"


def _told(reason: str) -> SkippedMember:
    return SkippedMember(partial(bytes), reason)
