"""The verbs of `explorer saved`: save, list, show, run, delete."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explorer.cli import render
from explorer.cli.application import app
from explorer.cli.options import HOME, LibraryOption
from explorer.cli.output import Output, with_json
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
@with_json
def save(
    name: NameArgument,
    like: LikeOption = None,
    unlike: UnlikeOption = None,
    words: WordsOption = None,
    image: ImageOption = None,
    threshold: ThresholdOption = None,
    library: LibraryOption = HOME,
) -> Output:
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
    pairs = [
        ("saved search", name),
        ("threshold", f"{seen.saved_search.threshold:g}"),
        ("passing", f"{len(seen.hits)} figures of the library"),
        ("remark", VAGUE if threshold is None and seen.saved_search.threshold < STANDS_OUT else None),
        ("next", f'explorer saved run "{name}" --library {library}'),
    ]
    return Output(
        [_as_json(seen.saved_search) | {"passing": len(seen.hits)}], partial(render.print_pairs, pairs)
    )


@saved.command(name="list")
@with_json
def list_command(library: LibraryOption = HOME) -> Output:
    """List the saved searches."""
    from explorer import Library

    with Library.open(library) as opened:
        found = opened.saved_searches.list()
    return Output.table(
        map(_as_json, found),
        ("name", "words", "liked", "disliked", "threshold", "last run"),
        (
            (
                one.name,
                one.words or "",
                len(one.like) + len(one.pictures),
                len(one.unlike),
                f"{one.threshold:g}",
                one.last_run or "never",
            )
            for one in found
        ),
        empty="No saved searches.",
    )


@saved.command()
@with_json
def show(name: NameArgument, library: LibraryOption = HOME) -> Output:
    """Everything about one saved search."""
    from explorer import Library

    with Library.open(library) as opened:
        return Output.fields(_as_json(opened.saved_searches.get(name)))


@saved.command()
@with_json
def run(name: NameArgument, library: LibraryOption = HOME) -> Output:
    """What of the library passes, and what of it is new since the last run."""
    from explorer import Library

    with Library.open(library) as opened:
        seen = opened.saved_searches.run(name)
    for gone in seen.gone:
        render.note(f"Gone, and left out: {gone}")
    return Output(
        (render.hit_json(hit) | {"new": hit.id in seen.new} for hit in seen.hits),
        partial(_print_update, seen),
    )


@saved.command()
@with_json
def delete(name: NameArgument, library: LibraryOption = HOME) -> Output:
    """Forget a saved search."""
    from explorer import Library

    with Library.open(library) as opened:
        opened.saved_searches.delete(name)
    return Output.sentences({"deleted": name}, f"The saved search {name} is gone.")


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
