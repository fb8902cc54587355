"""The process that reads PDFs: `python -m explorer.archive.convert.pdf.worker [pictures]`, the file on standard input.

Without pictures it writes the document as one line of JSON; with them (a JSON list) each picture as one line in
base64, as soon as it is drawn, so that what kills it at one picture leaves those before it.
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from explorer.archive.convert.pdf import limits
from explorer.archive.convert.pdf.boxes import Box
from explorer.archive.convert.pdf.document import Picture, read_document
from explorer.archive.convert.pdf.drawing import draw
from explorer.errors import ArchiveError

ENCRYPTED = "is encrypted. Save it without a password."
BROKEN = "is damaged, or no PDF in spite of its name. Save it anew, or leave it out."


def document(data: bytes) -> dict[str, Any]:
    """The document as plain data, or what is the problem with it."""
    try:
        pdf = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        return {"problem": ENCRYPTED if error.err_code == raw.FPDF_ERR_PASSWORD else BROKEN}
    try:
        return asdict(read_document(pdf, before_page=limits.allow_page))
    except ArchiveError as problem:
        return {"problem": str(problem)}
    finally:
        pdf.close()


def pictures(data: bytes, wanted: list[dict[str, Any]]) -> Iterator[bytes]:
    """The pictures one after the other; of those that cannot be drawn, nothing."""
    pdf = pdfium.PdfDocument(data)
    try:
        for one in wanted:
            limits.allow_page()
            try:
                yield draw(pdf, Picture(one["page"], Box(**one["box"]), one["is_plain"], one["turn"]))
            except (pdfium.PdfiumError, ValueError, MemoryError):
                yield b""
    finally:
        pdf.close()


def main() -> None:
    limits.confine()
    data = sys.stdin.buffer.read()
    if len(sys.argv) > 1:
        for picture in pictures(data, json.loads(sys.argv[1])):
            _write(base64.b64encode(picture))
    else:
        _write(json.dumps(document(data)).encode())


def _write(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
