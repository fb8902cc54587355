"""Captions in files beside pictures: a file for each picture, or a table for a folder."""

from __future__ import annotations

import csv
import json
import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from explorer.archive.convert.decoding import text_of
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
    """The descriptions of pictures by path, and the files that contain them."""

    descriptions: dict[str, Description] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)


def sidecars_of(paths: Iterable[str], read: Callable[[str], bytes]) -> Sidecars:
    """Return the sidecars among the paths of an archive; `read` returns the bytes of a path.

    Files of single pictures count if half the pictures of a folder have one. Otherwise a text of the same name may be a
    document, or the data of a chart.
    """
    existing = set(paths)
    sidecars = Sidecars()
    for table in sorted(path for path in existing if posixpath.basename(path).lower() in _TABLES):
        _read_table(table, existing, read, sidecars)
    folders: dict[str, list[str]] = {}
    for picture in sorted(filter(is_picture_file, existing)):
        folders.setdefault(posixpath.dirname(picture), []).append(picture)
    for pictures in folders.values():
        files_of = {picture: files for picture in pictures if (files := _sidecars_beside(picture, existing))}
        if len(files_of) * 2 >= len(pictures):
            for picture, files in files_of.items():
                for path in files:
                    _add(sidecars, picture, path, _read_sidecar(path, picture, read))
    return sidecars


def _sidecars_beside(picture: str, existing: set[str]) -> list[str]:
    """Return the sidecars of a picture, one of each kind: `a.jpg.json` or `a.json` for `a.jpg`."""
    stem = posixpath.splitext(picture)[0]
    kinds = ([name + suffix for name in (picture, stem)] for suffix in (".txt", ".json", ".xmp", ".XMP"))
    files = (next((name for name in names if name in existing), None) for names in kinds)
    return [name for name in files if name]


def _add(sidecars: Sidecars, picture: str, path: str, description: Description) -> None:
    if description != Description():
        sidecars.descriptions[picture] = sidecars.descriptions.get(picture, Description()).or_else(
            description
        )
        sidecars.files.add(path)


def _read_sidecar(path: str, picture: str, read: Callable[[str], bytes]) -> Description:
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
        return _description_of_row(_parse_object(text), posixpath.basename(picture))
    return Description(caption=tidy(text)) if len(text) <= MAX_CAPTION_CHARS else Description()


# --- tables -----------------------------------------------------------------------------------------------


def _read_table(table: str, existing: set[str], read: Callable[[str], bytes], sidecars: Sidecars) -> None:
    folder = posixpath.dirname(table)
    for row in _rows(table, read):
        for key in _FILE_KEYS:
            file_name = row.get(key)
            if not isinstance(file_name, str):
                continue
            picture = posixpath.normpath(posixpath.join(folder, file_name.replace("\\", "/")))
            if picture in existing and is_picture_file(picture):
                _add(sidecars, picture, table, _description_of_row(row, file_name))
                break


def _rows(table: str, read: Callable[[str], bytes]) -> list[Mapping[str, Any]]:
    try:
        data = read(table)
        text = text_of(data) if len(data) <= MAX_TABLE_BYTES else ""
    except ArchiveError:
        return []
    suffix = posixpath.splitext(table)[1].lower()
    if suffix == ".jsonl":
        return [row for line in text.splitlines() if (row := _parse_object(line))]
    if suffix == ".json":
        return list(_rows_of_json(text))
    try:
        lines = csv.DictReader(text.splitlines(keepends=True), delimiter="\t" if suffix == ".tsv" else ",")
        return [{(key or "").strip().lower(): value for key, value in row.items()} for row in lines]
    except csv.Error:
        return []


def _rows_of_json(text: str) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of a list, or of an object that maps file names to rows or captions."""
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return
    if isinstance(parsed, list):
        yield from (row for row in parsed if isinstance(row, dict))
    elif isinstance(parsed, dict):
        for name, row in parsed.items():
            yield {**row, "file_name": name} if isinstance(row, dict) else {"file_name": name, "caption": row}


def _parse_object(text: str) -> Mapping[str, Any]:
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _description_of_row(row: Mapping[str, Any], file_name: str) -> Description:
    """Return the description in a row; the name of the file is no title."""
    lower = {key.lower(): value for key, value in row.items() if isinstance(key, str)}

    def first(keys: tuple[str, ...]) -> str | None:
        texts = (tidy(lower[key]) for key in keys if isinstance(lower.get(key), str))
        return next((text for text in texts if text and text != file_name), None)

    description = Description(**{name: first(keys) for name, keys in _KEYS.items()})
    return description.or_else(Description(taken=_day_of_google(lower.get("phototakentime"))))


def _day_of_google(taken: Any) -> str | None:  # noqa: ANN401
    """Return the day of `{"timestamp": "1552125600"}`, as Google Takeout writes it."""
    seconds = taken.get("timestamp") if isinstance(taken, dict) else None
    if not isinstance(seconds, str) or not seconds.isdecimal() or len(seconds) > 11:
        return None
    return datetime.fromtimestamp(int(seconds), UTC).date().isoformat()
