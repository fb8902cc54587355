"""The command `stores`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from explorer.cli import render
from explorer.cli.application import app, open_library
from explorer.cli.options import DEFAULT_FOLDER, LibraryOption
from explorer.cli.output import Output, with_json
from explorer.errors import QueryError

if TYPE_CHECKING:
    from explorer.types import StoreComparison, StoreMeasurement

COLUMNS = ("store", "load s", "open s", "disk MB", "memory MB", "p50 ms", "p95 ms", "recall@10", "filters")


@app.command()
@with_json
def stores(
    queries: Annotated[
        Path | None,
        typer.Option(
            help="Use the queries of this JSON Lines file, as for `explorer search --from`, "
            "in place of your search history."
        ),
    ] = None,
    qdrant_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Include the Qdrant server at this address. It gets a collection that is deleted afterwards.",
        ),
    ] = None,
    folder: LibraryOption = DEFAULT_FOLDER,
) -> Output:
    """Compare vector stores with the vectors of this library and your own searches. Nothing of the library changes.

    Each store is loaded and searched in processes of its own. FAISS and LanceDB are included if the extra
    archive-explorer[stores] is installed.
    """
    from explorer.cli.progress import progress_for_stderr

    words, pictures = _read_file(queries) if queries else (None, [])
    with open_library(folder) as library:
        comparison = library.evaluation.compare_stores(
            words, pictures, qdrant_url=qdrant_url, progress=progress_for_stderr()
        )
    return Output([_comparison_json(comparison)], partial(_print_comparison, comparison))


def _read_file(file: Path) -> tuple[list[str], list[Path]]:
    """Return the words and the pictures of a query file. A query with both counts twice; its box is not used."""
    from explorer.cli.query_files import read_queries

    queries = list(read_queries(file))
    words = [query.words for query in queries if query.words and query.words.strip()]
    pictures = [query.image for query in queries if query.image]
    if not words and not pictures:
        raise QueryError(
            f'{file} has no queries. Write {{"query": "words"}} or {{"image": "file.png"}}, a line each.'
        )
    return words, pictures


def _print_comparison(comparison: StoreComparison) -> None:
    render.print_lines([comparison.subject])
    print()
    render.print_table(COLUMNS, _rows(comparison), empty="")
    missing = [
        (result.label, f"not measured: {result.reason}") for result in comparison.stores if result.reason
    ]
    if missing:
        print()
        render.print_pairs(missing)
    print()
    render.print_lines([comparison.advice])


def _rows(comparison: StoreComparison) -> Iterator[tuple[object, ...]]:
    for result in comparison.stores:
        label = f"{result.label} (in use)" if result.name == comparison.used else result.label
        if result.measured:
            yield label, *_cells(result.measured)


def _cells(values: StoreMeasurement) -> tuple[str, ...]:
    recall = values.recall
    return (
        f"{values.load_s:.2f}",
        f"{values.open_s:.2f}",
        _megabytes(values.disk_mb),
        _megabytes(values.memory_mb),
        f"{values.p50_ms:.2f}",
        f"{values.p95_ms:.2f}",
        f"{recall.value:.3f} ({recall.low:.3f} to {recall.high:.3f})",
        "by row number only"
        if values.filtered_p50_ms is None
        else f"yes, p50 {values.filtered_p50_ms:.2f} ms",
    )


def _megabytes(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _comparison_json(comparison: StoreComparison) -> dict[str, Any]:
    record = render.as_json(comparison)
    record["stores"] = [
        {
            "name": result.name,
            "label": result.label,
            "filters": result.has_filters,
            "reason": result.reason,
            **(_measurement_json(result.measured) if result.measured else {}),
        }
        for result in comparison.stores
    ]
    return record


def _measurement_json(measured: StoreMeasurement) -> dict[str, Any]:
    recall = {name: round(value, 4) for name, value in render.as_json(measured.recall).items()}
    values = render.as_json(measured, without=("recall",))
    return {
        "recall@10": recall,
        **{name: None if value is None else round(value, 3) for name, value in values.items()},
    }
