"""A library's contents in files that any program reads, and a library made of them again.

catalog/TABLE.jsonl    one row a line, as the catalog has it (docs/export.md says what the columns mean)
pictures/ab12...       the pictures' own bytes, by SHA-256
vectors.parquet        every vector that was made, by what it is of
captions.csv           every figure with its words, for a spreadsheet
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

if TYPE_CHECKING:
    from pyarrow.parquet import FileMetaData

ROWS_AT_ONCE = 1000
MOST_NUMBERS = 256 << 20
"""In one group of rows of a Parquet file: 1 GiB. An export's groups hold VECTORS_AT_ONCE vectors."""
ADDED_LATER = ("search", "mentioned")  # what exports of older versions do not have
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
# A spreadsheet takes a cell that begins so for a formula: https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def export(
    catalog: Catalog, pictures: PictureStore, cache: Path, encoder: str, folder: Path, progress: Progress
) -> None:
    """Writes everything into `folder`, which must be empty or new, and is there once all of it is.

    LibraryError when it cannot be written.
    """
    with whole_folder(folder, "Name a new folder to export into.") as new:
        _write_all(catalog, pictures, cache, new, progress)
        (new / "library.json").write_text(json.dumps({"encoder": encoder}) + "\n", encoding="utf-8")


def _write_all(
    catalog: Catalog, pictures: PictureStore, cache: Path, folder: Path, progress: Progress
) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700)  # as the library itself: its owner may open it to others
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
    """Figures with their words as CSV; no cell of it is a formula."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(CAPTION_COLUMNS)
        for figure in figures:
            row = (
                figure.id, figure.issue_title, figure.issue_number, figure.date, figure.document, figure.image,
                figure.caption, figure.alt, figure.credit, figure.heading, figure.sha256,
            )  # fmt: skip
            writer.writerow([_cell(value) for value in row])


def import_from(
    folder: Path, catalog: Catalog, pictures: PictureStore, cache: Path, progress: Progress
) -> str:
    """Fills an empty library from an export; the encoder that the export names. LibraryError when it is none."""
    try:
        encoder = json.loads((folder / "library.json").read_text(encoding="utf-8"))["encoder"]
        check_encoder_name(encoder)
        for table, _, _ in catalog.content.tables():
            file = folder / "catalog" / f"{table}.jsonl"
            if table not in ADDED_LATER or file.exists():
                _fill(catalog, table, file)
        with progress.track(sorted((folder / "pictures").iterdir()), "Copying pictures") as work:
            for file in work:
                _keep(file, pictures)
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
        raise LibraryError(f"{folder} is no export that can be read: {error}. Export it again.") from error
    return str(encoder)


def _fill(catalog: Catalog, table: str, file: Path) -> None:
    with file.open(encoding="utf-8") as lines:
        rows = (_row(line) for line in lines)
        for some in batched(rows, ROWS_AT_ONCE):
            columns = list(some[0])
            catalog.content.fill(table, columns, [[row[name] for name in columns] for row in some])


def _row(line: str) -> dict[str, object]:
    row = json.loads(line)
    if not isinstance(row, dict):
        raise TypeError("a line holds no object")
    return row


def _keep(file: Path, pictures: PictureStore) -> None:
    if not file.is_file():
        raise ValueError(f"{file} is no file")
    data = file.read_bytes()
    picture = images.read_picture(data)
    if picture.facts.sha256 != file.name:
        raise ValueError(f"{file} is not the picture that it is named for")
    pictures.keep(file.name, data, images.thumbnails(picture.image))


def _write_vectors(vectors: VectorCache, file: Path) -> None:
    from pyarrow import parquet  # here: a tenth of a second that other commands need not pay

    with parquet.ParquetWriter(file, schema()) as writer:
        for some in batched(vectors.items(), VECTORS_AT_ONCE):
            writer.write_table(table_of(dict(some)))


def _read_vectors(vectors: VectorCache, file: Path) -> None:
    from pyarrow import ArrowException, parquet

    try:
        with parquet.ParquetFile(file) as opened:
            _check_size(opened.metadata)
            require_readable(file)
            for batch in opened.iter_batches(VECTORS_AT_ONCE):
                vectors.put_many(vectors_of(batch))
    except ArrowException as error:
        raise ValueError(f"{file}: {error}") from error


def _check_size(described: FileMetaData) -> None:
    """ValueError for a group of rows that memory is not made for: a file of a few bytes can hold many of the same number."""
    for number in range(described.num_row_groups):
        group = described.row_group(number)
        if max((group.column(it).num_values for it in range(group.num_columns)), default=0) > MOST_NUMBERS:
            raise ValueError(f"a group of its rows holds more than {MOST_NUMBERS:,} numbers")


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
