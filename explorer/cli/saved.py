"""The commands of `explorer saved`: `save`, `list`, `show`, `run` and `delete`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explorer.cli import render
from explorer.cli.application import app, open_library
from explorer.cli.options import DEFAULT_FOLDER, LibraryOption
from explorer.cli.output import Output, with_json
from explorer.cli.usage import WrongUsageError

if TYPE_CHECKING:
    from explorer.types import SavedSearch, SearchUpdate

saved = typer.Typer(help="Save searches, and find new matches for them.", no_args_is_help=True)
app.add_typer(saved, name="saved")

MIN_DISTINCT_THRESHOLD = 1.0  # standard deviations; below it a figure hardly differs from any other
VAGUE_EXAMPLES = (
    "the examples have little in common, so other figures match too; use fewer, or a higher --threshold"
)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The name of the saved search.")]


LikeOption = Annotated[
    list[str] | None,
    typer.Option(metavar="ID", help="Find figures like this figure or item. May be repeated."),
]
UnlikeOption = Annotated[
    list[str] | None,
    typer.Option(metavar="ID", help="Find figures less like this figure or item. May be repeated."),
]
WordsOption = Annotated[str | None, typer.Option(help="Find figures that match these words.")]
ImageOption = Annotated[
    list[Path] | None, typer.Option(help="Find figures like the picture in this file. May be repeated.")
]
ThresholdOption = Annotated[
    float | None,
    typer.Option(help="Minimum score of a match. Default: computed so that your examples match."),
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
    folder: LibraryOption = DEFAULT_FOLDER,
) -> Output:
    """Save a search under a name, or replace it. Its present matches do not count as new."""
    if not (words or like or image):
        raise WrongUsageError(
            "A saved search needs something to look for. Give words, a picture (--image FILE) or a figure (--like ID)."
        )
    with open_library(folder) as library:
        update = library.saved_searches.save(
            name, words=words, like=like or (), unlike=unlike or (), pictures=image or (), threshold=threshold
        )
    is_vague = threshold is None and update.saved_search.threshold < MIN_DISTINCT_THRESHOLD
    pairs = [
        ("saved search", name),
        ("threshold", f"{update.saved_search.threshold:g}"),
        ("matches", f"{len(update.hits)} figures of the library"),
        ("remark", VAGUE_EXAMPLES if is_vague else None),
        ("next", f'explorer saved run "{name}" --library {folder}'),
    ]
    return Output(
        [_saved_search_json(update.saved_search) | {"passing": len(update.hits)}],
        partial(render.print_pairs, pairs),
    )


@saved.command(name="list")
@with_json
def list_command(folder: LibraryOption = DEFAULT_FOLDER) -> Output:
    """List the saved searches."""
    with open_library(folder) as library:
        searches = library.saved_searches.list()
    return Output.table(
        map(_saved_search_json, searches),
        ("name", "words", "liked", "disliked", "threshold", "last run"),
        (
            (
                search.name,
                search.words or "",
                len(search.like) + len(search.pictures),
                len(search.unlike),
                f"{search.threshold:g}",
                search.last_run or "never",
            )
            for search in searches
        ),
        empty="No saved searches.",
    )


@saved.command()
@with_json
def show(name: NameArgument, folder: LibraryOption = DEFAULT_FOLDER) -> Output:
    """Show everything about one saved search."""
    with open_library(folder) as library:
        return Output.fields(_saved_search_json(library.saved_searches.get(name)))


@saved.command()
@with_json
def run(name: NameArgument, folder: LibraryOption = DEFAULT_FOLDER) -> Output:
    """Run a saved search: list its matches, and which of them are new since the last run."""
    with open_library(folder) as library:
        update = library.saved_searches.run(name)
    for example in update.gone:
        render.note(f"This example no longer exists and is ignored: {example}")
    return Output(
        (render.hit_json(hit) | {"new": hit.id in update.new} for hit in update.hits),
        partial(_print_update, update),
    )


@saved.command()
@with_json
def delete(name: NameArgument, folder: LibraryOption = DEFAULT_FOLDER) -> Output:
    """Delete a saved search."""
    with open_library(folder) as library:
        library.saved_searches.delete(name)
    return Output.sentences({"deleted": name}, f"The saved search {name} is deleted.")


def _print_update(update: SearchUpdate) -> None:
    rows = [
        (
            "new" if hit.id in update.new else "",
            f"{hit.score:.2f}",
            *render.label_and_location(hit),
            hit.id[:8],
        )
        for hit in sorted(update.hits, key=lambda hit: hit.id not in update.new)
    ]
    render.print_table(
        ("", "score", "figure", "where", "id"),
        rows,
        empty=f"Nothing in this library reaches the threshold {update.saved_search.threshold:g}.",
    )
    if rows:
        print(f"{len(rows)} matches, {len(update.new)} of them new.")


def _saved_search_json(search: SavedSearch) -> dict[str, Any]:
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in render.as_json(search).items()
    }
