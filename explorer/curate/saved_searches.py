"""Saved searches: words and liked or disliked figures, stored so that the search can be repeated for new results.

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
from explorer.catalog.filters import NO_FILTERS
from explorer.catalog.records import FigureRecord
from explorer.catalog.store import Catalog
from explorer.errors import LibraryError, QueryError
from explorer.representation.legs import FIGURE
from explorer.search.answer import phrases_of
from explorer.search.arguments import checked_line
from explorer.search.engine import SearchEngine
from explorer.search.exact_terms import exact_term_filter
from explorer.search.filtered import list_filtered
from explorer.search.grammar import parse
from explorer.search.hits import Hit
from explorer.search.query import Query
from explorer.system.files import write_atomically

if TYPE_CHECKING:
    from PIL.Image import Image

FOLDER = "navigators"
# Maximum number of hits of a run.
MAX_HITS = 500
MAX_REPORTED = 200
_NAME = re.compile(r"\w[\w .-]{0,63}")


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A saved search: the query, the minimum score of its hits, and the hits of earlier runs."""

    name: str
    words: str | None = None
    """A typed line, in the language of explorer/search/grammar.py. It may have filters."""
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    """Absolute paths of liked picture files."""
    threshold: float = 0.0
    """The minimum score of a hit: standard deviations above the background, as in any search."""
    last_run: str | None = None
    seen: tuple[str, ...] = ()
    """The ids of the hits of all runs so far."""
    reported: tuple[tuple[str, str], ...] = ()
    """The ids of hits that were new after an ingest or a sync, and when they were found (ISO 8601, UTC)."""

    @property
    def unseen(self) -> int:
        """The number of reported hits that nobody has seen."""
        seen = set(self.seen)
        return sum(id not in seen for id, _ in self.reported)


@dataclass(frozen=True, slots=True)
class SearchUpdate:
    """The hits of a run, best first. `new` are the ids that no earlier run had, `gone` the missing examples."""

    saved_search: SavedSearch
    hits: tuple[Hit, ...]
    new: frozenset[str]
    gone: tuple[str, ...]


def read_all(folder: Path) -> list[SavedSearch]:
    """Return all saved searches of the library in `folder`, sorted by name."""
    return [_parse(file) for file in sorted((folder / FOLDER).glob("*.json"))]


def read(folder: Path, name: str) -> SavedSearch:
    """Return the saved search `name`. Raises LibraryError if there is none."""
    file = _file(folder, name)
    if not file.exists():
        raise LibraryError(f"{folder} has no saved search {name!r}. List them: explorer saved list")
    return _parse(file)


def write(folder: Path, saved: SavedSearch) -> None:
    """Store a saved search in one rename: a reader sees the old or the new one."""
    file = _file(folder, saved.name)
    try:
        file.parent.mkdir(exist_ok=True)
        write_atomically(file, json.dumps(asdict(saved), ensure_ascii=False, indent=1) + "\n")
    except OSError as error:
        raise LibraryError(
            f"{file} cannot be written: {error.strerror}. Check the permissions of the folder and the free space."
        ) from error


def delete(folder: Path, name: str) -> None:
    """Delete the saved search `name`. Raises LibraryError if there is none."""
    read(folder, name)
    _file(folder, name).unlink(missing_ok=True)


def run(saved: SavedSearch, engine: SearchEngine, catalog: Catalog) -> SearchUpdate:
    """Run a saved search with the examples that still exist. Raises QueryError if nothing of the query is left."""
    query, gone = _query(saved, catalog)
    if not query.is_asked and query.filters != NO_FILTERS:
        hits = list_filtered(query, catalog).hits
        return SearchUpdate(saved, hits, _new_hits(hits, saved, catalog), gone)
    if not query.is_asked:
        raise QueryError(
            f"All examples of the saved search {saved.name!r} are gone. Save it again: "
            f'explorer saved save "{saved.name}" --like ID'
        )
    hits = tuple(hit for hit in engine.search(query).hits if hit.score >= saved.threshold)
    return SearchUpdate(saved, hits, _new_hits(hits, saved, catalog), gone)


def _new_hits(hits: Sequence[Hit], saved: SavedSearch, catalog: Catalog) -> frozenset[str]:
    """Return the ids of hits that no earlier run had, unless an earlier run had a copy of the picture."""
    groups = catalog.duplicates.groups_of([*saved.seen, *(hit.id for hit in hits)])
    old_ids = {*saved.seen, *(groups[hit_id] for hit_id in saved.seen if hit_id in groups)}
    return frozenset(hit.id for hit in hits if not {hit.id, groups.get(hit.id)} & old_ids)


def mark_seen(update: SearchUpdate) -> SavedSearch:
    """Return the saved search with the hits of the update marked as seen."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    ids = {*update.saved_search.seen, *update.new}
    return replace(update.saved_search, last_run=now, seen=tuple(sorted(ids)))


def mark_reported(update: SearchUpdate) -> SavedSearch:
    """Return the saved search with the new hits of the update marked as reported."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    earlier = {id for id, _ in update.saved_search.reported}
    new = [(hit.id, now) for hit in update.hits if hit.id in update.new - earlier]
    return replace(update.saved_search, reported=(*new, *update.saved_search.reported)[:MAX_REPORTED])


def default_threshold(saved: SavedSearch, engine: SearchEngine, catalog: Catalog) -> float:
    """Return the default threshold of a saved search.

    Each liked figure is left out once and searched for by the other examples, as if it were new. The threshold is the
    lowest of their scores, so that each of them would be a hit. It is at most the expected maximum score by chance in a
    library of that size (sqrt(2 ln n) deviations): examples that are nearly equal must not exclude everything but their
    copies. Figures that the other examples do not find are ignored.
    """
    query, _ = _query(saved, catalog)
    liked = catalog.figures.by_id(query.like).values()
    scores = [score for figure in liked for score in _leave_one_out_score(figure, query, engine)]
    expected_max_zscore = sqrt(2 * log(max(catalog.figures.count(), 2)))
    return floor(100 * min([expected_max_zscore, *scores])) / 100


def _leave_one_out_score(figure: FigureRecord, query: Query, engine: SearchEngine) -> Iterator[float]:
    """Yield the score of a liked figure, or of a copy of it, in the search by the other examples.

    Yields nothing if there are no other examples, or they do not find the figure.
    """
    others = replace(query, like=tuple(other for other in query.like if other != figure.id))
    if others.words or others.like or others.extra_images:
        yield from (hit.score for hit in engine.search(others).hits if _is_same_picture(hit, figure))


def _is_same_picture(hit: Hit, figure: FigureRecord) -> bool:
    return hit.id == figure.id or (
        figure.group is not None and getattr(hit.record, "group", None) == figure.group
    )


def _query(saved: SavedSearch, catalog: Catalog) -> tuple[Query, tuple[str, ...]]:
    """Return the query with the examples that still exist, and the examples that do not."""
    line = parse(saved.words or "", files=False)
    examples = (*saved.like, *saved.unlike)
    existing = {*catalog.figures.by_id(examples), *catalog.items.by_id(examples)}
    pictures = {path: _open_picture(path) for path in saved.pictures}
    term_filter = exact_term_filter(catalog.full_text, line.must, line.must_not, FIGURE)
    query = Query(
        words=line.words,
        phrases=phrases_of(line, {}),
        like=(*(id for id in saved.like if id in existing), *_full_ids(line.like, catalog)),
        unlike=(*(id for id in saved.unlike if id in existing), *_full_ids(line.unlike, catalog)),
        extra_images=tuple((picture, 1.0) for picture in pictures.values() if picture is not None),
        filters=line.filters,
        include_ids=term_filter.include_ids,
        exclude_ids=term_filter.exclude_ids,
        limit=MAX_HITS,
    )
    missing_files = [path for path, picture in pictures.items() if picture is None]
    return query, (*(example for example in examples if example not in existing), *missing_files)


def _full_ids(starts: Sequence[str], catalog: Catalog) -> Iterator[str]:
    for start in starts:
        yield from catalog.figures.ids_starting_with(start)[:1]


def _open_picture(path: str) -> Image | None:
    if not Path(path).is_file():  # a saved search may come from a stranger: reading a device may never end
        return None
    try:
        return images.open_picture(Path(path))
    except images.PictureError:
        return None


def _file(folder: Path, name: str) -> Path:
    """Return the file of a saved search. Raises QueryError for an invalid name."""
    if not _NAME.fullmatch(name):
        raise QueryError(
            f"{name!r} is not a valid name for a saved search. Use letters, digits, spaces, dots, - and _."
        )
    return folder / FOLDER / f"{name}.json"


def _parse(file: Path) -> SavedSearch:
    try:
        plain: Any = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(plain, dict):
            raise TypeError("it is not a JSON object")
        lists = {
            field: tuple(tuple(it) if isinstance(it, list) else it for it in value)
            for field, value in plain.items()
            if isinstance(value, list)
        }
        return _checked(SavedSearch(**plain | lists), file)
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise LibraryError(
            f"The saved search {file} cannot be read: {error}. Move the file away, and save the search again."
        ) from error


def _checked(saved: SavedSearch, file: Path) -> SavedSearch:
    """Return the saved search unchanged. Raises ValueError if a field is invalid: the file may come from a stranger."""
    if not all(isinstance(pair, tuple) and len(pair) == 2 for pair in saved.reported):
        raise ValueError("its reported hits are not pairs")
    texts = (saved.name, *saved.like, *saved.unlike, *saved.pictures, *saved.seen)
    texts += tuple(text for pair in saved.reported for text in pair)
    texts += tuple(text for text in (saved.words, saved.last_run) if text is not None)
    if not all(isinstance(text, str) for text in texts) or isinstance(saved.pictures, str):
        raise ValueError("its names, words and ids are not all strings")
    if saved.name != file.stem or not _NAME.fullmatch(saved.name):
        raise ValueError(f"it is called {saved.name[:80]!r}")
    if not isinstance(saved.threshold, int | float) or not isfinite(saved.threshold):
        raise ValueError("its threshold is not a number")
    if saved.words is not None:
        try:
            checked_line(saved.words)
        except QueryError as error:
            raise ValueError(str(error)) from error
    return saved
