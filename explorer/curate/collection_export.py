"""Export of a collection to a zip file that needs no Archive Explorer.

figures.csv, figures.jsonl    a row per figure: picture file, caption, alt text, credit and source
contact-sheet.html            the figures to look at and to print
pictures/001-a-caption.png    the original pictures, in the order of the collection
previews/001.webp             smaller pictures for the contact sheet, in a format that every browser shows
"""

from __future__ import annotations

import csv
import json
import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from importlib import resources
from io import StringIO
from pathlib import Path
from typing import Final
from urllib.parse import quote

from jinja2 import Environment, StrictUndefined

from explorer.catalog.picture_store import PictureStore
from explorer.catalog.records import Collection, FigureRecord, IssueRecord
from explorer.catalog.store import Catalog
from explorer.errors import LibraryError
from explorer.ingest.report import Progress
from explorer.system.csv_cells import escape_formula
from explorer.system.files import write_errors
from explorer.system.web_addresses import web_address

MAX_SLUG_CHARS: Final = 60
_NO_WORD: Final = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True)
class ExportedFigure:
    """A figure of an exported collection. `file` and `preview` are paths in the zip, "" without a picture."""

    position: int
    file: str
    caption: str | None
    alt: str | None
    credit: str | None
    issue: str | None
    number: int | None
    date: str | None
    document: str
    address: str | None
    """The address of the issue on the web."""
    image: str | None
    """The address of the picture as its issue has it."""
    id: str
    sha256: str | None
    preview: str


def write_collection(
    file: Path,
    collection: Collection,
    figures: Sequence[FigureRecord],
    catalog: Catalog,
    pictures: PictureStore,
    progress: Progress,
) -> int:
    """Write a collection to a zip file and return its size in bytes. The file appears only when it is complete.

    Raises LibraryError if it exists or cannot be written, or if a picture cannot be read.
    """
    rows = list(_rows(figures, catalog))
    with _new_file(file) as new, zipfile.ZipFile(new, "w") as archive:
        _write_text(archive, "figures.csv", _as_csv(rows))
        _write_text(archive, "figures.jsonl", _as_json_lines(rows))
        _write_text(archive, "contact-sheet.html", _contact_sheet(collection, figures, rows))
        with progress.track(rows, "Copying pictures") as work:
            for row in work:
                if row.sha256:  # pictures are compressed already
                    archive.writestr(row.file, pictures.read(row.sha256))
                    archive.write(pictures.thumbnail(row.sha256, "large"), row.preview)
    return file.stat().st_size


@contextmanager
def _new_file(file: Path) -> Iterator[Path]:
    """Yield the path of a temporary file, which becomes `file` at the end."""
    if file.exists():
        raise LibraryError(f"{file} already exists. Name another file, or delete it first.")
    with write_errors(file), tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name}.") as folder:
        new = Path(folder) / "collection.zip"
        yield new
        new.replace(file)


def _rows(figures: Sequence[FigureRecord], catalog: Catalog) -> Iterator[ExportedFigure]:
    issues = {issue.id: issue for issue in catalog.issues.by_id(sorted({it.issue_id for it in figures}))}
    for position, figure in enumerate(figures, start=1):
        yield _row(position, figure, issues, catalog)


def _row(
    position: int, figure: FigureRecord, issues: Mapping[str, IssueRecord], catalog: Catalog
) -> ExportedFigure:
    picture = catalog.pictures.get(figure.sha256) if figure.sha256 else None
    slug = _NO_WORD.sub("-", figure.label.lower())[:MAX_SLUG_CHARS].strip("-")
    return ExportedFigure(
        position=position,
        file=f"pictures/{position:03}-{slug}.{picture.format}" if picture else "",
        caption=figure.caption,
        alt=figure.alt,
        credit=figure.credit,
        issue=figure.issue_title,
        number=figure.issue_number,
        date=figure.date,
        document=figure.document,
        address=issues[figure.issue_id].address,
        image=figure.image,
        id=figure.id,
        sha256=picture.sha256 if picture else None,
        preview=f"previews/{position:03}.webp" if picture else "",
    )


def _as_csv(rows: Sequence[ExportedFigure]) -> str:
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(field.name for field in fields(ExportedFigure))
    writer.writerows(map(escape_formula, asdict(row).values()) for row in rows)
    return text.getvalue()


def _as_json_lines(rows: Sequence[ExportedFigure]) -> str:
    return "".join(f"{json.dumps(asdict(row), ensure_ascii=False)}\n" for row in rows)


def _contact_sheet(
    collection: Collection, figures: Sequence[FigureRecord], rows: Sequence[ExportedFigure]
) -> str:
    template = resources.files("explorer.curate").joinpath("contact_sheet.html").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["path"] = quote
    environment.filters["web_address"] = web_address
    return environment.from_string(template).render(
        collection=collection, figures=list(zip(figures, rows, strict=True))
    )


def _write_text(archive: zipfile.ZipFile, name: str, text: str) -> None:
    archive.writestr(name, text.encode("utf-8"), compress_type=zipfile.ZIP_DEFLATED)
