"""What the tests of the pages share: where the project lies, what the made issues say, and how a page is read."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

from PIL import Image
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "examples" / "sample-archive"
LOST_PLATES = 60
HOSTILE_TITLE = "<b>Trap</b> *issue*"
HOSTILE_CAPTION = "<script>alert(1)</script> **bold** [x](javascript:alert(2)) $x^2$ :red[hot] `code`"
HOSTILE_ALT = '"><img src=x onerror=alert(3)>'


def png(colour: str, size=(64, 48)) -> bytes:
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


def html_of(app: AppTest) -> str:
    """All the HTML of a page, but for the app's own scripts: no word of an archive is let into those."""
    return "\n".join(block.proto.body for block in app.html if not block.proto.unsafe_allow_javascript)


def sentences(app: AppTest) -> list[str]:
    """What a page tells as errors, as a visitor reads it: without the escapes of Markdown."""
    return [re.sub(r"\\(.)", r"\1", error.value) for error in app.error]
