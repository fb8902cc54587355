"""Writes the archive, the truth about its figures, and the questions."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from .as_html import page
from .as_markdown import post
from .as_text import letter
from .issues import ISSUES
from .newsletter import Issue
from .pictures import PICTURES, TORN, file_bytes, torn_bytes
from .queries import QUERIES

WRITERS = {".html": page, ".md": post, ".txt": letter}


def write_all(folder: Path) -> None:
    """Writes sample-archive/ and the two lists beside it into the folder."""
    write_pictures(folder / "sample-archive", PICTURES)
    write_texts(folder)


def write_pictures(archive: Path, paths: Iterable[str]) -> None:
    for path in paths:
        write(archive / path, file_bytes(path, PICTURES[path]()))


def write_texts(folder: Path) -> None:
    """All that is not drawn: the issues, the lists, and the picture that is torn."""
    archive = folder / "sample-archive"
    write(archive / TORN, torn_bytes())
    for issue in ISSUES:
        write(archive / issue.document, WRITERS[Path(issue.document).suffix](issue).encode())
    write(folder / "sample-archive-truth.jsonl", lines(row for issue in ISSUES for row in truth(issue)))
    write(folder / "sample-queries.jsonl", lines(questions()))


def truth(issue: Issue) -> Iterator[dict[str, object]]:
    """What a reader should find in the issue: one row per figure."""
    for order, one in enumerate(issue.figures):
        row: dict[str, object] = {
            "document": issue.document,
            "image": one.shown or one.picture,
            "caption": one.caption,
            "credit": one.credit,
            "alt": one.alt,
            "order": order,
            "status": one.status,
        }
        if one.shown:
            row["large"] = one.picture
        yield row


def questions() -> Iterator[dict[str, object]]:
    for query, relevant in QUERIES:
        yield {"query": query, "relevant": list(relevant), "kind": "words"}


def lines(rows: Iterable[dict[str, object]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
