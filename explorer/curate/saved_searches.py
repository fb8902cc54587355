"""Saved searches: what somebody likes and dislikes, kept, so that the library can be asked again what is new of it.

A saved search is a small JSON file in the folder `navigators` of its library.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from math import floor, isfinite, log, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import images
from explorer.catalog.records import FigureRecord
from explorer.catalog.store import Catalog
from explorer.errors import LibraryError, QueryError
from explorer.search.arguments import checked_line
from explorer.search.engine import SearchEngine
from explorer.search.hits import Hit
from explorer.search.query import Query
from explorer.system.atomic_write import write_atomically

if TYPE_CHECKING:
    from PIL.Image import Image

FOLDER = "navigators"
# What passes beyond so many is not listed, and nobody would look through it.
MOST_PASSING = 500
_NAME = re.compile(r"\w[\w .-]{0,63}")


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """What is looked for, how near it must come, and what was seen already."""

    name: str
    words: str | None = None
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    """Files that are liked as well; absolute paths."""
    threshold: float = 0.0
    """The score from which on a figure passes: standard deviations above the background, as of any search."""
    last_run: str | None = None
    seen: tuple[str, ...] = ()
    """The figures that passed in any run until now."""


@dataclass(frozen=True, slots=True)
class SearchUpdate:
    """What passes, best first; `new` are those that no earlier run saw, `gone` what it can no longer look by."""

    saved_search: SavedSearch
    hits: tuple[Hit, ...]
    new: frozenset[str]
    gone: tuple[str, ...]


def saved(folder: Path) -> list[SavedSearch]:
    """All saved searches of the library in `folder`, by name."""
    return [_read(file) for file in sorted((folder / FOLDER).glob("*.json"))]


def named(folder: Path, name: str) -> SavedSearch:
    """The saved search `name`; LibraryError where there is none."""
    file = _file(folder, name)
    if not file.exists():
        raise LibraryError(f"{folder} has no saved search {name!r}. List them: explorer saved list")
    return _read(file)


def write(folder: Path, saved: SavedSearch) -> None:
    """Keeps a saved search, in one rename: a reader sees the old or the new one."""
    file = _file(folder, saved.name)
    try:
        file.parent.mkdir(exist_ok=True)
        write_atomically(file, json.dumps(asdict(saved), ensure_ascii=False, indent=1) + "\n")
    except OSError as error:
        raise LibraryError(
            f"{file} cannot be written: {error.strerror}. Check the folder's rights and free space."
        ) from error


def delete(folder: Path, name: str) -> None:
    """Forgets the saved search `name`; LibraryError where there is none."""
    named(folder, name)
    _file(folder, name).unlink(missing_ok=True)


def look(saved: SavedSearch, engine: SearchEngine, catalog: Catalog) -> SearchUpdate:
    """What passes now, by as much of the saved search as is still there; QueryError where nothing of it is."""
    query, gone = _query(saved, catalog)
    if not (query.words or query.like or query.extra_images):
        raise QueryError(
            f"Nothing is left of what the saved search {saved.name!r} likes. Save it anew: "
            f'explorer saved save "{saved.name}" --like ID'
        )
    hits = tuple(hit for hit in engine.search(query).hits if hit.score >= saved.threshold)
    return SearchUpdate(saved, hits, _new(hits, saved, catalog), gone)


def _new(hits: Sequence[Hit], saved: SavedSearch, catalog: Catalog) -> frozenset[str]:
    """The hits that no earlier run saw, of whose pictures it saw no copy either."""
    groups = catalog.duplicates.groups_of([*saved.seen, *(hit.id for hit in hits)])
    seen = {*saved.seen, *(groups[id] for id in saved.seen if id in groups)}
    return frozenset(hit.id for hit in hits if not {hit.id, groups.get(hit.id)} & seen)


def remembered(update: SearchUpdate) -> SavedSearch:
    """The saved search that has seen what the update shows."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    seen = {*update.saved_search.seen, *update.new}
    return replace(update.saved_search, last_run=now, seen=tuple(sorted(seen)))


def default_threshold(saved: SavedSearch, engine: SearchEngine, catalog: Catalog) -> float:
    """The threshold that a saved search has unless somebody says another.

    Each liked figure is left out once and looked for by all the rest, as if it were the news: the threshold is
    what the last of them reaches, so that each would have been found. It is never above what the best of chance
    reaches in a library of that size (sqrt(2 ln n) deviations): examples that are all alike must not keep out
    everything that is not their copy. One that the rest would not even list does not count.
    """
    query, _ = _query(saved, catalog)
    liked = catalog.figures.by_id(query.like).values()
    reached = [score for figure in liked for score in _left_out(figure, query, engine)]
    expected_max_zscore = sqrt(2 * log(max(catalog.figures.count(), 2)))
    return floor(100 * min([expected_max_zscore, *reached])) / 100


def _left_out(figure: FigureRecord, query: Query, engine: SearchEngine) -> Iterator[float]:
    """The score of one liked figure, or of its listed copy, by all the others.

    Nothing if there are no others, or they do not list it.
    """
    rest = replace(query, like=tuple(other for other in query.like if other != figure.id))
    if rest.words or rest.like or rest.extra_images:
        yield from (hit.score for hit in engine.search(rest).hits if _shows(hit, figure))


def _shows(hit: Hit, figure: FigureRecord) -> bool:
    return hit.id == figure.id or (
        figure.group is not None and getattr(hit.record, "group", None) == figure.group
    )


def _query(saved: SavedSearch, catalog: Catalog) -> tuple[Query, tuple[str, ...]]:
    """As much of it as is still there, as a query, and what is not."""
    given = (*saved.like, *saved.unlike)
    here = {*catalog.figures.by_id(given), *catalog.items.by_id(given)}
    opened = {path: _opened(path) for path in saved.pictures}
    query = Query(
        words=saved.words,
        like=tuple(id for id in saved.like if id in here),
        unlike=tuple(id for id in saved.unlike if id in here),
        extra_images=tuple((picture, 1.0) for picture in opened.values() if picture is not None),
        limit=MOST_PASSING,
    )
    lost = [path for path, picture in opened.items() if picture is None]
    return query, (*(id for id in given if id not in here), *lost)


def _opened(path: str) -> Image | None:
    if not Path(path).is_file():  # a saved search may come from anybody: what is no file may never end
        return None
    try:
        return images.open_picture(Path(path))
    except images.PictureError:
        return None


def _file(folder: Path, name: str) -> Path:
    """Where a saved search lies; QueryError for a name that no file can bear."""
    if not _NAME.fullmatch(name):
        raise QueryError(
            f"{name!r} is no name for a saved search. Take letters, digits, blanks, dots, - and _."
        )
    return folder / FOLDER / f"{name}.json"


def _read(file: Path) -> SavedSearch:
    try:
        plain: Any = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(plain, dict):
            raise TypeError("it holds no object")
        lists = {field: tuple(value) for field, value in plain.items() if isinstance(value, list)}
        return _checked(SavedSearch(**plain | lists), file)
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise LibraryError(
            f"The saved search {file} cannot be read: {error}. Move it away, and save the saved search anew."
        ) from error


def _checked(read: SavedSearch, file: Path) -> SavedSearch:
    """The same; ValueError where a field holds what it cannot: the file may come from anybody."""
    texts = (read.name, *read.like, *read.unlike, *read.pictures, *read.seen)
    texts += tuple(text for text in (read.words, read.last_run) if text is not None)
    if not all(isinstance(text, str) for text in texts) or isinstance(read.pictures, str):
        raise ValueError("its names, words and ids are not all texts")
    if read.name != file.stem or not _NAME.fullmatch(read.name):
        raise ValueError(f"it is called {read.name[:80]!r}")
    if not isinstance(read.threshold, int | float) or not isfinite(read.threshold):
        raise ValueError("its threshold is no number")
    if read.words is not None:
        try:
            checked_line(read.words)
        except QueryError as problem:
            raise ValueError(str(problem)) from problem
    return read
