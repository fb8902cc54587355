"""Check the content of a catalog. Its file may come from anybody, and some values become paths and statements."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from importlib import resources
from math import isfinite
from typing import Final

from explorer.archive.model import Status
from explorer.catalog.filters import PICTURE_KINDS

SHA256: Final = re.compile(r"[0-9a-f]{64}")
_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")
_DATE: Final = re.compile(r"\d{1,5}(?:-\d\d?){0,2}(?:[T ][\d:.]+(?:Z|[+-][\d:]+)?)?", re.ASCII)
_FORMAT: Final = re.compile(r"[a-z0-9]{1,16}")
_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")
_WHOLE: Final = range(-(1 << 63), 1 << 63)
# Every connection runs this: foreign views, triggers and defaults cannot call functions of SQLite.
UNTRUSTED: Final = "PRAGMA trusted_schema = OFF"
# What names pictures: how many there are, how many are texts of 64 bytes, and all of them in one text. Bytes are counted,
# for SQLite's own functions on text end at a NUL.
_NAMES: Final = {
    "picture": """SELECT count(*), sum(typeof(sha256) = 'text' AND length(CAST(sha256 AS BLOB)) = 64),
      group_concat(sha256, '') FROM picture""",
    "figure": """SELECT count(*), sum(typeof(sha256) = 'text' AND length(CAST(sha256 AS BLOB)) = 64),
      group_concat(sha256, '') FROM figure WHERE sha256 IS NOT NULL""",
}
# The texts, the words and the other characters of a statement; comments and blanks are none of them.
_TOKEN: Final = re.compile(r"--[^\n]*|\s+|(?P<token>'(?:[^']|'')*'|\w+|[^\s\w])")

Check = Callable[[str], bool]


def schema() -> str:
    """The statements that make a catalog."""
    return resources.files("explorer.catalog").joinpath("schema.sql").read_text(encoding="utf-8")


def foreign_program(database: sqlite3.Connection) -> str | None:
    """Return a description of a foreign trigger or view, which would run when the catalog is used; None if there is none."""
    foreign = [entry for entry in _objects(database) - _own_objects() if entry[0] in {"trigger", "view"}]
    return _named(foreign) if foreign else None


def flaw_of_file(database: sqlite3.Connection) -> str | None:
    """Return why an open catalog of this version was not written by an explorer; None if it was."""
    foreign = _objects(database) - _own_objects()
    if foreign:
        return _named(foreign)
    for table, statement in _NAMES.items():
        count, of_length, joined = database.execute(statement).fetchone()
        if (of_length or 0) != count or not _is_hex(joined or "", count):
            return f"its table {table!r} has a name of a picture that is not a SHA-256"
    return None


def _is_hex(joined: str, count: int) -> bool:
    """Return whether a text consists of `count` SHA-256 in small letters. Seven times as fast as a pattern for each."""
    try:
        return (
            len(joined) == 64 * count
            and len(bytes.fromhex(joined)) == 32 * count
            and joined == joined.lower()
        )
    except ValueError:
        return False


def flaw_of_row(table: str, row: Mapping[str, object]) -> str | None:
    """Return why no explorer writes such a row; None if one may. The caller checks that the columns exist."""
    types = _types()[table]
    for column, value in row.items():
        if value is None:
            continue
        fits = _is_text(value) if types[column] == "TEXT" else _is_whole(value)
        check = _CHECKS.get((table, column))
        if not fits or (check and isinstance(value, str) and not check(value)):
            return f"{table}.{column} cannot be {str(value)[:60]!a}"
    return None


def _named(foreign: Collection[tuple[str, str, str]]) -> str:
    kind, name, _ = min(foreign)
    return f"it has a {kind} {name!r} that no catalog has"


def _is_text(value: object) -> bool:
    """Return whether a value is a text that can be written in UTF-8."""
    return isinstance(value, str) and (value.isascii() or not _SURROGATE.search(value))


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in _WHOLE


def _is_json(fits: Callable[[object], bool]) -> Check:
    def check(text: str) -> bool:
        try:
            return fits(json.loads(text))
        except (ValueError, OverflowError, RecursionError):
            return False

    return check


def _is_list_of_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def _are_colours(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(colour, str) and _COLOUR.fullmatch(colour) for colour in value
    )


def _are_lines(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(line, list)
        and len(line) == 3
        and isinstance(line[0], str)
        and _is_number(line[1])
        and isinstance(line[2], list)
        and len(line[2]) == 4
        and all(_is_number(side) for side in line[2])
        for line in value
    )


def _are_probabilities(value: object) -> bool:
    return isinstance(value, list) and len(value) in {0, len(PICTURE_KINDS)} and all(map(_is_share, value))


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and _is_number(value) and 0 <= value <= 1


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def may_be_trash(rows: str) -> bool:
    """Return whether the rows of an issue in the trash may have been written by an explorer."""
    return _CHECKS["trash", "rows"](rows)


def _are_rows(value: object) -> bool:
    """Return whether a value has rows of tables, each with all columns and with allowed values."""
    return isinstance(value, dict) and all(
        table in _types() and isinstance(rows, list) and all(_is_row(table, row) for row in rows)
        for table, rows in value.items()
    )


def _is_row(table: str, row: object) -> bool:
    columns = list(_types()[table])
    return (
        isinstance(row, Sequence)
        and not isinstance(row, str)
        and len(row) == len(columns)
        and flaw_of_row(table, dict(zip(columns, row, strict=True))) is None
    )


def _matches(pattern: re.Pattern[str]) -> Check:
    return lambda text: bool(pattern.fullmatch(text))


_CHECKS: Final[Mapping[tuple[str, str], Check]] = {
    **dict.fromkeys(
        [
            ("picture", "sha256"), ("figure", "sha256"), ("picture_text", "sha256"), ("picture_kind", "sha256"),
            ("picture_group", "sha256"), ("picture_group", "name"), ("picture_copy", "one"), ("picture_copy", "other"),
        ],
        _matches(SHA256),
    ),
    **dict.fromkeys(
        [
            ("issue", "id"), ("item", "id"), ("figure", "id"), ("item", "issue_id"), ("figure", "issue_id"),
            ("figure", "item_id"), ("correction", "figure_id"), ("left_out", "issue_id"), ("trash", "issue_id"),
            ("restored", "issue_id"), ("collection", "id"), ("collected_figure", "collection_id"),
            ("collected_figure", "figure_id"),
        ],
        _matches(_ID),
    ),
    ("issue", "date"): _matches(_DATE),
    ("picture", "format"): _matches(_FORMAT),
    ("figure", "status"): lambda text: text in set(Status),
    ("picture", "colours"): _is_json(_are_colours),
    ("picture_text", "lines"): _is_json(_are_lines),
    ("picture_kind", "probabilities"): _is_json(_are_probabilities),
    ("reading", "asked"): _is_json(_is_list_of_texts),
    ("trash", "rows"): _is_json(_are_rows),
}  # fmt: skip


def _objects(database: sqlite3.Connection) -> set[tuple[str, str, str]]:
    """Return type, name and normalised statement of all objects of a schema, except those of SQLite itself."""
    rows = database.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {(kind, name, _spelled(sql)) for kind, name, sql in rows if not name.startswith("sqlite_stat")}


def _spelled(statement: str) -> str:
    """Return a statement without comments and blanks. Texts in quotation marks stay as they are."""
    tokens = (match["token"] for match in _TOKEN.finditer(statement))
    return " ".join(token for token in tokens if token).replace("IF NOT EXISTS ", "")


@cache
def _own_objects() -> frozenset[tuple[str, str, str]]:
    database = _empty()
    try:
        return frozenset(_objects(database))
    finally:
        database.close()


@cache
def _types() -> Mapping[str, Mapping[str, str]]:
    """Return the type of each column, by table."""
    database = _empty()
    try:
        tables = [name for kind, name, _ in _objects(database) if kind == "table"]
        return {
            table: {
                row[1]: row[2] for row in database.execute("SELECT * FROM pragma_table_info(?)", (table,))
            }
            for table in tables
        }
    finally:
        database.close()


def _empty() -> sqlite3.Connection:
    database = sqlite3.connect(":memory:")
    database.executescript(schema())
    return database
