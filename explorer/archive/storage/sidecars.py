"""Captions that stand in files beside pictures: one for each picture, or a table for a folder."""

from __future__ import annotations

import csv
import json
import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from explorer.archive.convert.texts import text_of
from explorer.archive.html.caption_marks import MAX_CAPTION_CHARS, tidy
from explorer.archive.links.addresses import is_picture_file
from explorer.errors import ArchiveError
from images.description import Description, parse_xmp

MAX_SIDECAR_BYTES = 256 * 1024
MAX_TABLE_BYTES = 32 * 1024 * 1024
_TABLES = frozenset(
    f"{name}.{suffix}"
    for name in ("captions", "metadata", "descriptions")
    for suffix in ("csv", "tsv", "jsonl", "json")
)
_KEYS = {
    "caption": ("caption", "description", "text", "legend"),
    "alt": ("alt", "alt_text", "alttext"),
    "title": ("title", "headline"),
    "author": ("author", "creator", "photographer", "artist", "byline"),
    "credit": ("credit", "credits", "copyright", "attribution", "source"),
    "taken": ("date", "taken", "datetaken", "date_taken", "created"),
}
_FILE_KEYS = ("file_name", "filename", "file", "image", "path", "name", "picture", "photo")


@dataclass(frozen=True, slots=True)
class Sidecars:
    """What is said beside pictures, by their paths, and the files that say it."""

    said: dict[str, Description] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)


def sidecars_of(paths: Iterable[str], read: Callable[[str], bytes]) -> Sidecars:
    """The sidecars among the paths of an archive; `read` gives the bytes of a path.

    Files of single pictures count where half the pictures of a folder have one: a note beside one picture of the
    same name is a document, and a chart may lie beside its data.
    """
    there = set(paths)
    found = Sidecars()
    for table in sorted(path for path in there if posixpath.basename(path).lower() in _TABLES):
        _read_table(table, there, read, found)
    folders: dict[str, list[str]] = {}
    for picture in sorted(filter(is_picture_file, there)):
        folders.setdefault(posixpath.dirname(picture), []).append(picture)
    for pictures in folders.values():
        beside = {picture: files for picture in pictures if (files := _beside(picture, there))}
        if len(beside) * 2 >= len(pictures):
            for picture, files in beside.items():
                for path in files:
                    _add(found, picture, path, _read_one(path, picture, read))
    return found


def _beside(picture: str, there: set[str]) -> list[str]:
    """`a.jpg.json` or `a.json` beside `a.jpg`, one of each kind."""
    stem = posixpath.splitext(picture)[0]
    kinds = ([name + suffix for name in (picture, stem)] for suffix in (".txt", ".json", ".xmp", ".XMP"))
    found = (next((name for name in names if name in there), None) for names in kinds)
    return [name for name in found if name]


def _add(found: Sidecars, picture: str, path: str, told: Description) -> None:
    if told != Description():
        found.said[picture] = found.said.get(picture, Description()).or_else(told)
        found.files.add(path)


def _read_one(path: str, picture: str, read: Callable[[str], bytes]) -> Description:
    try:
        data = read(path)
        if len(data) > MAX_SIDECAR_BYTES:
            return Description()
        if path.lower().endswith(".xmp"):
            return parse_xmp(data)
        text = text_of(data)
    except ArchiveError:
        return Description()
    if path.endswith(".json"):
        return _of_row(_json(text), posixpath.basename(picture))
    return Description(caption=tidy(text)) if len(text) <= MAX_CAPTION_CHARS else Description()


# --- tables -----------------------------------------------------------------------------------------------


def _read_table(table: str, there: set[str], read: Callable[[str], bytes], found: Sidecars) -> None:
    folder = posixpath.dirname(table)
    for row in _rows(table, read):
        for key in _FILE_KEYS:
            written = row.get(key)
            if not isinstance(written, str):
                continue
            picture = posixpath.normpath(posixpath.join(folder, written.replace("\\", "/")))
            if picture in there and is_picture_file(picture):
                _add(found, picture, table, _of_row(row, written))
                break


def _rows(table: str, read: Callable[[str], bytes]) -> list[Mapping[str, Any]]:
    try:
        data = read(table)
        text = text_of(data) if len(data) <= MAX_TABLE_BYTES else ""
    except ArchiveError:
        return []
    suffix = posixpath.splitext(table)[1].lower()
    if suffix == ".jsonl":
        return [row for line in text.splitlines() if (row := _json(line))]
    if suffix == ".json":
        return list(_rows_of_json(text))
    try:
        lines = csv.DictReader(text.splitlines(keepends=True), delimiter="\t" if suffix == ".tsv" else ",")
        return [{(key or "").strip().lower(): value for key, value in row.items()} for row in lines]
    except csv.Error:
        return []


def _rows_of_json(text: str) -> Iterator[Mapping[str, Any]]:
    """A list of rows, or an object of a row, or a caption, for each file name."""
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return
    if isinstance(parsed, list):
        yield from (row for row in parsed if isinstance(row, dict))
    elif isinstance(parsed, dict):
        for name, row in parsed.items():
            yield {**row, "file_name": name} if isinstance(row, dict) else {"file_name": name, "caption": row}


def _json(text: str) -> Mapping[str, Any]:
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _of_row(row: Mapping[str, Any], file_name: str) -> Description:
    """What a row says; the name of the file is no title."""
    lower = {key.lower(): value for key, value in row.items() if isinstance(key, str)}

    def first(keys: tuple[str, ...]) -> str | None:
        texts = (tidy(lower[key]) for key in keys if isinstance(lower.get(key), str))
        return next((text for text in texts if text and text != file_name), None)

    told = Description(**{name: first(keys) for name, keys in _KEYS.items()})
    return told.or_else(Description(taken=_day_of_google(lower.get("phototakentime"))))


def _day_of_google(taken: Any) -> str | None:  # noqa: ANN401
    """Google Takeout writes `{"timestamp": "1552125600"}`."""
    seconds = taken.get("timestamp") if isinstance(taken, dict) else None
    if not isinstance(seconds, str) or not seconds.isdecimal() or len(seconds) > 11:
        return None
    return datetime.fromtimestamp(int(seconds), UTC).date().isoformat()
