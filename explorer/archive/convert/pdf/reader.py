"""PDFs as documents. Another process reads them, which a hostile file may kill: explorer.archive.convert.pdf.worker."""

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

MAX_SECONDS = (
    600  # of patience, on a machine that does much else; limits.py says what processor time there is
)
PICTURES_AT_ONCE = 16
# A file that fails so often to draw its pictures is not tried again.
MAX_FAILURES = 4
_WORKER = "explorer.archive.convert.pdf.worker"
TOO_MUCH = (
    "takes more memory or time to read than a document may, or breaks the PDF reader. "
    "Save it anew, split it, or leave it out."
)


class Pictures:
    """Draws the pictures of one PDF when they are asked for, some ahead; any thread may ask."""

    def __init__(self, data: bytes, wanted: dict[str, dict[str, Any]]) -> None:
        self._data = data
        self._names = list(wanted)
        self._wanted = wanted
        self._ahead: dict[str, bytes] = {}
        self._failures = 0
        self._lock = threading.Lock()

    def read(self, name: str) -> bytes:
        """A JPEG or PNG; ArchiveError when it cannot be drawn."""
        with self._lock:
            if name not in self._ahead and self._failures < MAX_FAILURES:
                self._ahead = self._drawn_from(self._names.index(name))
                self._failures += name not in self._ahead
            picture = self._ahead.pop(name, b"")
        if not picture:
            raise ArchiveError(f"{name} cannot be drawn: the PDF is damaged there. Save it anew.")
        return picture

    def _drawn_from(self, place: int) -> dict[str, bytes]:
        names = self._names[place : place + PICTURES_AT_ONCE]
        written = _run(self._data, json.dumps([self._wanted[name] for name in names]))
        return dict(zip(names, map(base64.b64decode, written), strict=False))


def _convert(data: bytes, document: str) -> ConvertedDocument:  # noqa: ARG001
    written = _run(data)
    if not written:
        raise ArchiveError(TOO_MUCH)
    read = json.loads(written[0])
    if "problem" in read:
        raise ArchiveError(read["problem"])
    pictures = Pictures(data, read["pictures"])
    parts = {name: partial(pictures.read, name) for name in read["pictures"]}
    return ConvertedDocument(read["html"], read["front_matter"], parts)


def _run(data: bytes, *arguments: str) -> list[bytes]:
    """The whole lines that the worker wrote before it ended, or was ended."""
    # -P: nothing that lies in the folder of an archive is ever imported.
    command = [sys.executable, "-P", "-m", _WORKER, *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        ended = subprocess.run(  # noqa: S603
            command, input=data, capture_output=True, timeout=MAX_SECONDS, env=environment, check=False
        )
        written = ended.stdout
    except subprocess.TimeoutExpired as late:
        written = late.stdout or b""
    return written.split(b"\n")[:-1]


PDF = Format(
    "PDF",
    "figures with their captions, drawn ones too; text of one or more columns, headings, title, author, date",
    (".pdf",),
    _convert,
)
