"""The process that reads PDFs: `python -m explorer.archive.convert.pdf.worker [pictures]`, the file on standard input.

Without `pictures` it writes the document as one line of JSON. With `pictures` (a JSON list) it writes each picture
as one line of base64 as soon as it is drawn: a crash at one picture does not lose those before it.
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
BROKEN = "is damaged, or is not a PDF in spite of its name. Save it again, or leave it out."


def document_as_dict(data: bytes) -> dict[str, Any]:
    """Return the document as a dict for JSON, or `{"problem": message}`."""
    try:
        pdf = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        return {"problem": ENCRYPTED if error.err_code == raw.FPDF_ERR_PASSWORD else BROKEN}
    try:
        return asdict(read_document(pdf, before_page=limits.allow_page))
    except ArchiveError as error:
        return {"problem": str(error)}
    finally:
        pdf.close()


def draw_pictures(data: bytes, pictures: list[dict[str, Any]]) -> Iterator[bytes]:
    """Yield the bytes of each picture, or b"" for a picture that cannot be drawn."""
    pdf = pdfium.PdfDocument(data)
    try:
        for fields in pictures:
            limits.allow_page()
            try:
                yield draw(
                    pdf, Picture(fields["page"], Box(**fields["box"]), fields["is_plain"], fields["turn"])
                )
            except (pdfium.PdfiumError, ValueError, MemoryError):
                yield b""
    finally:
        pdf.close()


def main() -> None:
    limits.limit_process()
    data = sys.stdin.buffer.read()
    if len(sys.argv) > 1:
        for picture in draw_pictures(data, json.loads(sys.argv[1])):
            _write(base64.b64encode(picture))
    else:
        _write(json.dumps(document_as_dict(data)).encode())


def _write(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
