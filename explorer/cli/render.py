"""Printing of results: aligned columns for people, JSON Lines with stable keys for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from explorer.types import FigureRecord, Hit, IssueRecord, ItemRecord, Reason, Result

if TYPE_CHECKING:
    from explorer.types import Answer

FIGURE_KEYS = (
    "id",
    "issue_id",
    "document",
    "order",
    "image",
    "sha256",
    "status",
    "caption",
    "alt",
    "credit",
    "heading",
    "width",
    "height",
    "picture_kind",
)
ITEM_KEYS = ("id", "issue_id", "document", "order", "number", "heading", "text")
ISSUE_KEYS = ("id", "document", "title", "number", "date", "author", "items", "figures")
# Wide enough that nothing is cut when a program reads the output. A terminal has a width of its own.
PIPE_COLUMNS = 200


def print_json(records: Iterable[Mapping[str, Any]]) -> None:
    """Print one object per line on stdout."""
    for record in records:
        # At once: `sync --watch --json` prints an object whenever something changed.
        print(json.dumps(record, ensure_ascii=False, allow_nan=False), flush=True)


def print_lines(lines: Iterable[str]) -> None:
    """Print sentences, a line each."""
    for line in lines:
        print(printable(line))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """Print aligned columns on stdout, or the sentence `empty` if there is no row."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        is_number = column in {"#", "items", "figures", "score", "size"}
        table.add_column(column, justify="right" if is_number else "left", overflow="fold", no_wrap=is_number)
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    if not table.row_count:
        print(empty)
        return
    console = Console(width=None if sys.stdout.isatty() else PIPE_COLUMNS)
    with console.capture() as capture:
        console.print(table)
    print(capture.get(), end="")  # rich itself would exit with 1 if the reader closes the pipe


def print_pairs(pairs: Iterable[tuple[str, object]]) -> None:
    """Print names and values, aligned, without a heading. Empty values are left out."""
    lines = [(name, str(value)) for name, value in pairs if value not in (None, "", ())]
    width = max((len(name) for name, _ in lines), default=0)
    for name, value in lines:
        for number, line in enumerate(value.split("\n")):
            print(f"{name if number == 0 else '':<{width}}  {printable(line)}".rstrip())


def count_phrase(count: int, phrase: str) -> str | None:
    """Return a phrase such as `7 pictures are missing`, or None for a count of 0."""
    return f"{count} {phrase}" if count else None


def note(line: str) -> None:
    """Print a line on stderr. Errors are ignored: the work goes on if stderr cannot be written."""
    with suppress(OSError):
        print(printable(line), file=sys.stderr, flush=True)


def print_record(record: Mapping[str, Any]) -> None:
    """Print one object for people: lists on one line, objects with a line per field."""
    print_pairs((name, _cell_value(value)) for name, value in record.items())


def _cell_value(value: object) -> object:
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, dict):
        return "\n".join(f"{name}: {text or 'none'}" for name, text in value.items())
    return value


def printable(value: object) -> str:
    """Return a value as text with spaces in place of control characters, which could command a terminal.

    Captions come from archives, and archives come from anywhere.
    """
    text = "" if value is None else str(value)
    return "".join(letter if letter.isprintable() else " " for letter in text)


def figure_json(figure: FigureRecord) -> dict[str, Any]:
    return {key: getattr(figure, key) for key in FIGURE_KEYS}


def item_json(item: ItemRecord) -> dict[str, Any]:
    return {key: getattr(item, key) for key in ITEM_KEYS}


def issue_json(issue: IssueRecord) -> dict[str, Any]:
    return {key: getattr(issue, key) for key in ISSUE_KEYS}


def hit_json(hit: Hit) -> dict[str, Any]:
    """Return a hit as an object. An item has no image, picture or caption of its own."""
    record = hit.record
    return {
        "rank": hit.rank,
        "kind": hit.kind,
        "id": hit.id,
        "document": record.document,
        "image": getattr(record, "image", None),
        "sha256": getattr(record, "sha256", None),
        "group": getattr(record, "group", None),
        "caption": getattr(record, "caption", None),
        "heading": record.heading,
        "score": round(hit.score, 4),
        "confidence": str(hit.confidence),
        "copies": hit.copies,
        "also_in": list(dict.fromkeys(figure.document for figure in hit.also_in)),
        "why": {leg: _reason_json(reason) for leg, reason in hit.why.items()},
    }


def _reason_json(reason: Reason) -> dict[str, Any]:
    record: dict[str, Any] = {"rank": reason.rank, "similarity": round(reason.similarity, 4)}
    if reason.region:
        record["region"] = [round(side, 4) for side in reason.region]
    return record


def print_answer(answer: Answer, *, explain: bool, show_all: bool) -> None:
    """Print the hits for people.

    How the line was parsed is printed on stderr, if it is more than plain words or if spelling was corrected.
    """
    if not answer.asked.is_plain:
        note(answer.asked.shown())
    if answer.corrected:
        corrections = ", ".join(answer.corrected.values())
        note(f"Also showing results for {corrections}. To search only for what you wrote: --exact")
    if explain and answer.result.omitted:
        note(f"Left out to stay within the budget: {', '.join(answer.result.omitted)}")
    _print_hits(answer.result, explain=explain, show_all=show_all)


def _print_hits(result: Result, *, explain: bool, show_all: bool) -> None:
    """Print the hits that match well, or a sentence that nothing does."""
    shown = [hit for hit in result.hits if show_all or hit.confidence != "weak"]
    if result.hits and not shown:
        print(f"Nothing in this library matches well. To show the {len(result.hits)} nearest anyway: --all")
        return
    rows = [
        (
            hit.rank,
            hit.confidence,
            _label(hit),
            _location(hit) + (f"; also in {hit.other_issues}" if hit.other_issues else ""),
            _explanation(hit) if explain else hit.id[:8],
        )
        for hit in shown
    ]
    print_table(
        ("#", "confidence", "figure or item", "where", "why" if explain else "id"),
        rows,
        empty="Nothing found.",
    )
    hidden = len(result.hits) - len(shown)
    if hidden:
        print(f"{hidden} weaker hits are not shown: --all")


def as_json(record: Any, *, without: Sequence[str] = ()) -> dict[str, Any]:  # noqa: ANN401
    """Return a dataclass as an object, with the fields of its nested dataclasses."""
    names = {field.name for field in fields(record)} - set(without)
    return {name: value for name, value in asdict(record).items() if name in names}


def label_and_location(hit: Hit) -> tuple[str, str]:
    """Return the label of a figure or the heading of an item, and where it is."""
    label = _label(hit) if isinstance(hit.record, FigureRecord) else hit.record.heading or ""
    return label, _location(hit)


def _label(hit: Hit) -> str:
    record = hit.record
    label = (
        record.label if isinstance(record, FigureRecord) else f"{record.heading or ''}: {record.text[:120]}"
    )
    return label if len(label) <= 160 else label[:159] + "…"


def _location(hit: Hit) -> str:
    record = hit.record
    return f"{getattr(record, 'image', None) or record.document}" + (
        f" ({record.date})" if record.date else ""
    )


def _explanation(hit: Hit) -> str:
    legs = ", ".join(
        f"{leg} #{reason.rank} {reason.similarity:.2f} ({reason.deviation:+.1f} sd)"
        for leg, reason in sorted(hit.why.items(), key=lambda pair: -pair[1].deviation)
    )
    matched = ", ".join(sorted({word for words in hit.matched.values() for word in words}))
    return legs + (f"; matching words: {matched}" if matched else "")
