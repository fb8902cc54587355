"""Pictures made of shapes: cleaned here, drawn by resvg in a child process with a time and memory limit."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import ImageFont

from images.decoded import Decoded
from images.errors import UnreadablePicture, only_picture_errors
from images.limits import Limits
from images.raster import decode_raster
from images.svg_clean import clean_svg

PAINTER = Path(__file__).with_name("svg_painter.py")
SIMPLIFY = "simplify it, or save it as PNG"


def decode_svg(data: bytes, limits: Limits) -> Decoded:
    """Drawn with its longer side `limits.svg_side` pixels. Raises PictureError and nothing else."""
    with only_picture_errors():
        svg = clean_svg(data)
        with _fallback_font(svg) as font:
            png = _painted(svg, limits, font)
    return decode_raster(png, "png", limits)


def _painted(svg: str, limits: Limits, font: tuple[str, ...]) -> bytes:
    # -P: a file called resvg_py.py in the reader's current folder is not the painter's business.
    command = [sys.executable, "-P", str(PAINTER), str(limits.svg_side), str(limits.svg_seconds), *font]
    try:
        painter = subprocess.run(  # noqa: S603  our own program, fixed arguments, the SVG comes on stdin
            command, input=svg.encode(), capture_output=True, timeout=limits.svg_seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadablePicture(f"takes more than {limits.svg_seconds:g} s to draw; {SIMPLIFY}") from error
    if painter.returncode == 0:
        return painter.stdout
    raise UnreadablePicture(f"cannot be drawn ({_complaint(painter)}); {SIMPLIFY}")


def _complaint(painter: subprocess.CompletedProcess[bytes]) -> str:
    """resvg's own word if it had one; a painter that died had none worth reading."""
    if painter.returncode == 1:
        lines = painter.stderr.decode("utf-8", "replace").splitlines()
        return lines[-1][:160] if lines else "no reason given"
    return "it overwhelms the renderer"


@contextmanager
def _fallback_font(svg: str) -> Iterator[tuple[str, ...]]:
    """File and family of a font that is always there (Pillow carries it); nothing where no text is drawn."""
    font = ImageFont.load_default(10) if "text" in svg else None
    if not isinstance(font, ImageFont.FreeTypeFont):
        yield ()
        return
    with TemporaryDirectory() as folder:
        file = Path(folder, "fallback.ttf")
        file.write_bytes(font.font_bytes)
        yield str(file), str(font.getname()[0])
