"""Export of a library to files that any program can read, and import of such an export into a new library.

catalog/TABLE.jsonl    the rows of a table of the catalog, one per line (docs/export.md describes the columns)
pictures/ab12...       the original pictures, by SHA-256
vectors.parquet        all cached vectors, by key
captions.csv           all figures with their texts, for a spreadsheet
library.json           the encoder
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import images
from embeddings import VectorCache
from explorer.catalog.picture_store import PictureStore
from explorer.catalog.records import FigureRecord
from explorer.catalog.store import Catalog
from explorer.errors import LibraryError
from explorer.ingest.embedding import batched
from explorer.ingest.report import Progress
from explorer.ingest.vector_tables import schema, table_of, vectors_of
from explorer.library.manifest import check_encoder_name
from explorer.maintain.parquet_check import VECTORS_AT_ONCE, require_readable
from explorer.maintain.whole_folder import whole_folder
from explorer.representation.encoders import encoder_errors
from explorer.system.csv_cells import escape_formula

if TYPE_CHECKING:
    from pyarrow.parquet import FileMetaData

ROWS_AT_ONCE = 1000
MAX_NUMBERS_PER_GROUP = 256 << 20
"""In one row group of a Parquet file: 1 GiB. The groups of an export have VECTORS_AT_ONCE vectors."""
OPTIONAL_TABLES = (
    "search",
    "mentioned",
    "collection",
    "collected_figure",
)  # exports of older versions do not have them
CAPTION_COLUMNS = (
    "id",
    "issue",
    "number",
    "date",
    "document",
    "image",
    "caption",
    "alt",
    "credit",
    "heading",
    "sha256",
)


def export(
    catalog: Catalog, pictures: PictureStore, cache: Path, encoder: str, folder: Path, progress: Progress
) -> None:
    """Write an export to `folder`, which must be empty or new. The folder appears only when it is complete.

    Raises LibraryError if it cannot be written.
    """
    with whole_folder(folder, "Name a new folder to export into.") as new:
        _write_all(catalog, pictures, cache, new, progress)
        (new / "library.json").write_text(json.dumps({"encoder": encoder}) + "\n", encoding="utf-8")


def _write_all(
    catalog: Catalog, pictures: PictureStore, cache: Path, folder: Path, progress: Progress
) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700)  # for the owner only, like the library itself
    (folder / "catalog").mkdir()
    for table, columns, rows in catalog.content.tables():
        with (folder / "catalog" / f"{table}.jsonl").open("w", encoding="utf-8") as file:
            for row in rows:
                file.write(json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) + "\n")
    write_captions(catalog.figures.select(), folder / "captions.csv")
    (folder / "pictures").mkdir()
    with progress.track(catalog.pictures.shown(), "Copying pictures") as work:
        for sha256 in work:
            if pictures.has(sha256):
                shutil.copyfile(pictures.original(sha256), folder / "pictures" / sha256)
    with encoder_errors(), VectorCache(cache, allow_read_only=True) as vectors:
        _write_vectors(vectors, folder / "vectors.parquet")


def write_captions(figures: Sequence[FigureRecord], file: Path) -> None:
    """Write figures with their texts as CSV. No cell is a formula."""
    with file.open("w", encoding="utf-8", newline="") as csv_file:
        writer = csv.writer(csv_file)
        writer.writerow(CAPTION_COLUMNS)
        for figure in figures:
            row = (
                figure.id, figure.issue_title, figure.issue_number, figure.date, figure.document, figure.image,
                figure.caption, figure.alt, figure.credit, figure.heading, figure.sha256,
            )  # fmt: skip
            writer.writerow([escape_formula(value) for value in row])


def import_from(
    folder: Path, catalog: Catalog, pictures: PictureStore, cache: Path, progress: Progress
) -> str:
    """Fill an empty library from an export and return the encoder of the export.

    Raises LibraryError if the export is invalid.
    """
    try:
        encoder = json.loads((folder / "library.json").read_text(encoding="utf-8"))["encoder"]
        check_encoder_name(encoder)
        for table, _, _ in catalog.content.tables():
            file = folder / "catalog" / f"{table}.jsonl"
            if table not in OPTIONAL_TABLES or file.exists():
                _fill_table(catalog, table, file)
        with progress.track(sorted((folder / "pictures").iterdir()), "Copying pictures") as work:
            for file in work:
                _store_picture(file, pictures)
        with encoder_errors(), VectorCache(cache) as vectors:
            _read_vectors(vectors, folder / "vectors.parquet")
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        OverflowError,
        RecursionError,
        images.PictureError,
    ) as error:
        raise LibraryError(
            f"{folder} is not a readable export: {error}. Check the path, or export the library again."
        ) from error
    return str(encoder)


def _fill_table(catalog: Catalog, table: str, file: Path) -> None:
    with file.open(encoding="utf-8") as lines:
        rows = (_parse_row(line) for line in lines)
        for batch in batched(rows, ROWS_AT_ONCE):
            columns = list(batch[0])
            catalog.content.fill(table, columns, [[row[name] for name in columns] for row in batch])


def _parse_row(line: str) -> dict[str, object]:
    row = json.loads(line)
    if not isinstance(row, dict):
        raise TypeError("a line is not a JSON object")
    return row


def _store_picture(file: Path, pictures: PictureStore) -> None:
    if not file.is_file():
        raise ValueError(f"{file} is not a file")
    data = file.read_bytes()
    picture = images.read_picture(data)
    if picture.facts.sha256 != file.name:
        raise ValueError(f"{file} does not have the SHA-256 of its name")
    pictures.keep(file.name, data, images.thumbnails(picture.image))


def _write_vectors(vectors: VectorCache, file: Path) -> None:
    from pyarrow import parquet  # here, because it takes a tenth of a second that other commands do not need

    with parquet.ParquetWriter(file, schema()) as writer:
        for batch in batched(vectors.items(), VECTORS_AT_ONCE):
            writer.write_table(table_of(dict(batch)))


def _read_vectors(vectors: VectorCache, file: Path) -> None:
    from pyarrow import ArrowException, parquet

    try:
        with parquet.ParquetFile(file) as parquet_file:
            _check_size(parquet_file.metadata)
            require_readable(file)
            for batch in parquet_file.iter_batches(VECTORS_AT_ONCE):
                vectors.put_many(vectors_of(batch))
    except ArrowException as error:
        raise ValueError(f"{file}: {error}") from error


def _check_size(metadata: FileMetaData) -> None:
    """Raise ValueError for a row group that is too large for memory: a small file can contain many equal numbers."""
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        if (
            max((group.column(n).num_values for n in range(group.num_columns)), default=0)
            > MAX_NUMBERS_PER_GROUP
        ):
            raise ValueError(f"a row group has more than {MAX_NUMBERS_PER_GROUP:,} numbers")
