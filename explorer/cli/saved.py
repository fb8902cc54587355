"""The verbs of `explorer saved`: save, list, show, run, delete."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explorer.cli import render
from explorer.cli.application import app
from explorer.cli.options import HOME, JsonOption, LibraryOption
from explorer.cli.usage import WrongUsageError

if TYPE_CHECKING:
    from explorer.types import SavedSearch, SearchUpdate

saved = typer.Typer(
    help="Keep what you like and dislike, and ask again what is new of it.", no_args_is_help=True
)
app.add_typer(saved, name="saved")

# Below this many deviations a figure hardly differs from any other.
STANDS_OUT = 1.0
VAGUE = "what you like has little in common, so much else passes too; name fewer, or a higher --threshold"

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The name of the saved search.")]


LikeOption = Annotated[
    list[str] | None, typer.Option(metavar="ID", help="Like this figure or item; may be repeated.")
]
UnlikeOption = Annotated[
    list[str] | None, typer.Option(metavar="ID", help="Unlike this one; may be repeated.")
]
WordsOption = Annotated[str | None, typer.Option(help="And what these words say.")]
ImageOption = Annotated[
    list[Path] | None, typer.Option(help="And like the picture in this file; may be repeated.")
]
ThresholdOption = Annotated[
    float | None,
    typer.Option(help="The score from which on a figure passes; unless said, so that the liked ones would."),
]


@saved.command()
def save(
    name: NameArgument,
    like: LikeOption = None,
    unlike: UnlikeOption = None,
    words: WordsOption = None,
    image: ImageOption = None,
    threshold: ThresholdOption = None,
    library: LibraryOption = HOME,
    json: JsonOption = False,
) -> None:
    """Save a saved search, or replace it. What passes now counts as seen."""
    from explorer import Library

    if not (words or like or image):
        raise WrongUsageError(
            "A saved search needs something to look for. Give words, a picture (--image FILE) or a figure (--like ID)."
        )
    with Library.open(library) as opened:
        seen = opened.saved_searches.save(
            name, words=words, like=like or (), unlike=unlike or (), pictures=image or (), threshold=threshold
        )
    if json:
        render.print_json(_as_json(seen.saved_search) | {"passing": len(seen.hits)})
        return
    render.print_pairs(
        [
            ("saved search", name),
            ("threshold", f"{seen.saved_search.threshold:g}"),
            ("passing", f"{len(seen.hits)} figures of the library"),
            ("remark", VAGUE if threshold is None and seen.saved_search.threshold < STANDS_OUT else None),
            ("next", f'explorer saved run "{name}" --library {library}'),
        ]
    )


@saved.command(name="list")
def list_command(library: LibraryOption = HOME, json: JsonOption = False) -> None:
    """List the saved searches."""
    from explorer import Library

    with Library.open(library) as opened:
        found = opened.saved_searches.list()
    if json:
        render.print_json(*map(_as_json, found))
        return
    rows = [
        (
            one.name,
            one.words or "",
            len(one.like) + len(one.pictures),
            len(one.unlike),
            f"{one.threshold:g}",
            one.last_run or "never",
        )
        for one in found
    ]
    render.print_table(
        ("name", "words", "liked", "disliked", "threshold", "last run"), rows, empty="No saved searches."
    )


@saved.command()
def show(name: NameArgument, library: LibraryOption = HOME, json: JsonOption = False) -> None:
    """Everything about one saved search."""
    from explorer import Library

    with Library.open(library) as opened:
        told = _as_json(opened.saved_searches.get(name))
    if json:
        render.print_json(told)
    else:
        render.print_record(told)


@saved.command()
def run(name: NameArgument, library: LibraryOption = HOME, json: JsonOption = False) -> None:
    """What of the library passes, and what of it is new since the last run."""
    from explorer import Library

    with Library.open(library) as opened:
        seen = opened.saved_searches.run(name)
    for gone in seen.gone:
        render.note(f"Gone, and left out: {gone}")
    if json:
        render.print_json(*(render.hit_json(hit) | {"new": hit.id in seen.new} for hit in seen.hits))
    else:
        _print_update(seen)


@saved.command()
def delete(name: NameArgument, library: LibraryOption = HOME, json: JsonOption = False) -> None:
    """Forget a saved search."""
    from explorer import Library

    with Library.open(library) as opened:
        opened.saved_searches.delete(name)
    if json:
        render.print_json({"deleted": name})
    else:
        print(render.plain(f"The saved search {name} is gone."))


def _print_update(seen: SearchUpdate) -> None:
    rows = [
        ("new" if hit.id in seen.new else "", f"{hit.score:.2f}", *render.named(hit), hit.id[:8])
        for hit in sorted(seen.hits, key=lambda hit: hit.id not in seen.new)
    ]
    render.print_table(
        ("", "score", "figure", "where", "id"),
        rows,
        empty=f"Nothing in this library passes the threshold {seen.saved_search.threshold:g}.",
    )
    if rows:
        print(f"{len(rows)} pass, {len(seen.new)} of them new.")


def _as_json(one: SavedSearch) -> dict[str, Any]:
    return {key: list(it) if isinstance(it, tuple) else it for key, it in render.as_json(one).items()}
