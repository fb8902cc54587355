"""Navigators: what somebody likes and dislikes, kept, so that the library can be asked again what is new of it.

A navigator is a small JSON file in the folder `navigators` of its library.
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
from explorer.search.engine import SearchEngine
from explorer.search.hits import Hit
from explorer.search.limits import checked_line
from explorer.search.query import Query
from explorer.system.atomic_write import write_whole

if TYPE_CHECKING:
    from PIL.Image import Image

FOLDER = "navigators"
# What passes beyond so many is not listed, and nobody would look through it.
MOST_PASSING = 500
_NAME = re.compile(r"\w[\w .-]{0,63}")


@dataclass(frozen=True, slots=True)
class Navigator:
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
class Sighting:
    """What passes, best first; `new` are those that no earlier run saw, `gone` what it can no longer look by."""

    navigator: Navigator
    hits: tuple[Hit, ...]
    new: frozenset[str]
    gone: tuple[str, ...]


def saved(folder: Path) -> list[Navigator]:
    """All navigators of the library in `folder`, by name."""
    return [_read(file) for file in sorted((folder / FOLDER).glob("*.json"))]


def named(folder: Path, name: str) -> Navigator:
    """The navigator `name`; LibraryError where there is none."""
    file = _file(folder, name)
    if not file.exists():
        raise LibraryError(f"{folder} has no navigator {name!r}. List them: explorer navigator list")
    return _read(file)


def write(folder: Path, navigator: Navigator) -> None:
    """Keeps a navigator, in one rename: a reader sees the old or the new one."""
    file = _file(folder, navigator.name)
    try:
        file.parent.mkdir(exist_ok=True)
        write_whole(file, json.dumps(asdict(navigator), ensure_ascii=False, indent=1) + "\n")
    except OSError as error:
        raise LibraryError(
            f"{file} cannot be written: {error.strerror}. Check the folder's rights and free space."
        ) from error


def delete(folder: Path, name: str) -> None:
    """Forgets the navigator `name`; LibraryError where there is none."""
    named(folder, name)
    _file(folder, name).unlink(missing_ok=True)


def look(navigator: Navigator, engine: SearchEngine, catalog: Catalog) -> Sighting:
    """What passes now, by as much of the navigator as is still there; QueryError where nothing of it is."""
    query, gone = _query(navigator, catalog)
    if not (query.words or query.like or query.beside):
        raise QueryError(
            f"Nothing is left of what the navigator {navigator.name!r} likes. Save it anew: "
            f'explorer navigator save "{navigator.name}" --like ID'
        )
    hits = tuple(hit for hit in engine.search(query).hits if hit.score >= navigator.threshold)
    return Sighting(navigator, hits, _new(hits, navigator, catalog), gone)


def _new(hits: Sequence[Hit], navigator: Navigator, catalog: Catalog) -> frozenset[str]:
    """The hits that no earlier run saw, of whose pictures it saw no copy either."""
    groups = catalog.groups_of([*navigator.seen, *(hit.id for hit in hits)])
    seen = {*navigator.seen, *(groups[id] for id in navigator.seen if id in groups)}
    return frozenset(hit.id for hit in hits if not {hit.id, groups.get(hit.id)} & seen)


def remembered(sighting: Sighting) -> Navigator:
    """The navigator that has seen what the sighting shows."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    seen = {*sighting.navigator.seen, *sighting.new}
    return replace(sighting.navigator, last_run=now, seen=tuple(sorted(seen)))


def default_threshold(navigator: Navigator, engine: SearchEngine, catalog: Catalog) -> float:
    """The threshold that a navigator has unless somebody says another.

    Each liked figure is left out once and looked for by all the rest, as if it were the news: the threshold is
    what the last of them reaches, so that each would have been found. It is never above what the best of chance
    reaches in a library of that size (sqrt(2 ln n) deviations): examples that are all alike must not keep out
    everything that is not their copy. One that the rest would not even list does not count.
    """
    query, _ = _query(navigator, catalog)
    liked = catalog.figures_by_id(query.like).values()
    reached = [score for figure in liked for score in _left_out(figure, query, engine)]
    by_chance = sqrt(2 * log(max(catalog.count_figures(), 2)))
    return floor(100 * min([by_chance, *reached])) / 100


def _left_out(figure: FigureRecord, query: Query, engine: SearchEngine) -> Iterator[float]:
    """The score of one liked figure, or of its copy that stands for it, by all the rest; none where the rest is
    nothing, or does not list it."""
    rest = replace(query, like=tuple(other for other in query.like if other != figure.id))
    if rest.words or rest.like or rest.beside:
        yield from (hit.score for hit in engine.search(rest).hits if _shows(hit, figure))


def _shows(hit: Hit, figure: FigureRecord) -> bool:
    return hit.id == figure.id or (
        figure.group is not None and getattr(hit.record, "group", None) == figure.group
    )


def _query(navigator: Navigator, catalog: Catalog) -> tuple[Query, tuple[str, ...]]:
    """As much of it as is still there, as a query, and what is not."""
    given = (*navigator.like, *navigator.unlike)
    here = {*catalog.figures_by_id(given), *catalog.items_by_id(given)}
    opened = {path: _opened(path) for path in navigator.pictures}
    query = Query(
        words=navigator.words,
        like=tuple(id for id in navigator.like if id in here),
        unlike=tuple(id for id in navigator.unlike if id in here),
        beside=tuple((picture, 1.0) for picture in opened.values() if picture is not None),
        limit=MOST_PASSING,
    )
    lost = [path for path, picture in opened.items() if picture is None]
    return query, (*(id for id in given if id not in here), *lost)


def _opened(path: str) -> Image | None:
    if not Path(path).is_file():  # a navigator may come from anybody: what is no file may never end
        return None
    try:
        return images.open_picture(Path(path))
    except images.PictureError:
        return None


def _file(folder: Path, name: str) -> Path:
    """Where a navigator lies; QueryError for a name that no file can bear."""
    if not _NAME.fullmatch(name):
        raise QueryError(f"{name!r} is no name for a navigator. Take letters, digits, blanks, dots, - and _.")
    return folder / FOLDER / f"{name}.json"


def _read(file: Path) -> Navigator:
    try:
        plain: Any = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(plain, dict):
            raise TypeError("it holds no object")
        lists = {field: tuple(value) for field, value in plain.items() if isinstance(value, list)}
        return _checked(Navigator(**plain | lists), file)
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise LibraryError(
            f"The navigator {file} cannot be read: {error}. Move it away, and save the navigator anew."
        ) from error


def _checked(read: Navigator, file: Path) -> Navigator:
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
