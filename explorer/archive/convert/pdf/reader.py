"""The PDF format. A process of its own reads each file (worker.py), as a hostile file may crash it."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import threading
from functools import partial
from typing import Any

from explorer.archive.convert.format_kinds import ConvertedDocument, Format
from explorer.errors import ArchiveError

MAX_SECONDS = 600  # of wall-clock time, enough on a busy machine; limits.py limits the CPU time
PICTURES_AT_ONCE = 16
# The maximum number of failed attempts to draw the pictures of a file.
MAX_FAILURES = 4
_WORKER = "explorer.archive.convert.pdf.worker"
LIMIT_EXCEEDED = (
    "needs more memory or time than a document may use, or crashes the PDF reader. "
    "Save it again, split it, or leave it out."
)


class PictureRenderer:
    """Draws the pictures of one PDF on request, in batches. Thread-safe."""

    def __init__(self, data: bytes, pictures_by_name: dict[str, dict[str, Any]]) -> None:
        self._data = data
        self._names = list(pictures_by_name)
        self._pictures_by_name = pictures_by_name
        self._ahead: dict[str, bytes] = {}
        self._failures = 0
        self._lock = threading.Lock()

    def read(self, name: str) -> bytes:
        """Return the picture `name` as JPEG or PNG.

        Raises:
            ArchiveError: The picture cannot be drawn.
        """
        with self._lock:
            if name not in self._ahead and self._failures < MAX_FAILURES:
                self._ahead = self._draw_batch(self._names.index(name))
                self._failures += name not in self._ahead
            picture = self._ahead.pop(name, b"")
        if not picture:
            raise ArchiveError(f"{name} cannot be drawn: the PDF is damaged there. Save it again.")
        return picture

    def _draw_batch(self, start: int) -> dict[str, bytes]:
        names = self._names[start : start + PICTURES_AT_ONCE]
        lines = _run_worker(self._data, json.dumps([self._pictures_by_name[name] for name in names]))
        return dict(zip(names, map(base64.b64decode, lines), strict=False))


def _convert(data: bytes, document: str) -> ConvertedDocument:  # noqa: ARG001
    lines = _run_worker(data)
    if not lines:
        raise ArchiveError(LIMIT_EXCEEDED)
    document_fields = json.loads(lines[0])
    if "problem" in document_fields:
        raise ArchiveError(document_fields["problem"])
    renderer = PictureRenderer(data, document_fields["pictures"])
    parts = {name: partial(renderer.read, name) for name in document_fields["pictures"]}
    return ConvertedDocument(document_fields["html"], document_fields["front_matter"], parts)


def _run_worker(data: bytes, *arguments: str) -> list[bytes]:
    """Return the complete lines that the worker wrote before it ended or was killed."""
    # -P: never import a module from the folder of an archive.
    command = [sys.executable, "-P", "-m", _WORKER, *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        process = subprocess.run(  # noqa: S603
            command, input=data, capture_output=True, timeout=MAX_SECONDS, env=environment, check=False
        )
        output = process.stdout
    except subprocess.TimeoutExpired as timeout:
        output = timeout.stdout or b""
    return output.split(b"\n")[:-1]


PDF = Format(
    "PDF",
    "figures with their captions, drawn ones too; text of one or more columns, headings, title, author, date",
    (".pdf",),
    _convert,
)
