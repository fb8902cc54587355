"""Pictures made of shapes: cleaned here, drawn by resvg in a child process with a time and memory limit."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image, ImageFont
from PIL.PngImagePlugin import PngImageFile

from images.decoded import Decoded
from images.errors import UnreadablePictureError, only_picture_errors
from images.limits import Limits
from images.raster import decode_raster
from images.svg_clean import Cleaned, cleaned_svg

PAINTER = Path(__file__).with_name("svg_painter.py")
SIMPLIFY = "simplify it, or save it as PNG"


def decode_svg(data: bytes, limits: Limits) -> Decoded:
    """Drawn with its longer side `limits.svg_side` pixels. Raises PictureError and nothing else."""
    with only_picture_errors():
        svg = cleaned_svg(data)
        with _fallback_font(svg.text) as font:
            png = _painted(svg.text, limits, font)
        _check_something_is_seen(png, svg)
    return decode_raster(png, "png", limits)


def _check_something_is_seen(png: bytes, svg: Cleaned) -> None:
    """A blank picture is no drawing: what it should show lies elsewhere, or nobody draws it."""
    with PngImageFile(BytesIO(png)) as painted:
        lowest, highest = _extrema(painted.convert("RGBA"))
    if highest[3] == 0:
        raise UnreadablePictureError(f"draws nothing{_why(svg)}; export it again as PNG")
    if svg.outside and lowest == highest:
        raise UnreadablePictureError(f"draws nothing but its ground{_why(svg)}; export it again as PNG")


def _extrema(painted: Image.Image) -> tuple[tuple[int, ...], tuple[int, ...]]:
    extrema = [band.getextrema() for band in painted.split()]
    return tuple(int(low) for low, _ in extrema), tuple(int(high) for _, high in extrema)  # type: ignore[arg-type]


def _why(svg: Cleaned) -> str:
    if svg.outside:
        return f": it refers to {svg.outside[0]}, which is not part of it"
    return "" if svg.drawn else ": it holds no shape"


def _painted(svg: str, limits: Limits, font: tuple[str, ...]) -> bytes:
    # -P: a file called resvg_py.py in the reader's current folder is not the painter's business.
    command = [sys.executable, "-P", str(PAINTER), str(limits.svg_side), str(limits.svg_seconds), *font]
    try:
        painter = subprocess.run(  # noqa: S603  our own program, fixed arguments, the SVG comes on stdin
            command, input=svg.encode(), capture_output=True, timeout=limits.svg_seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadablePictureError(
            f"takes more than {limits.svg_seconds:g} s to draw; {SIMPLIFY}"
        ) from error
    if painter.returncode == 0:
        return painter.stdout
    raise UnreadablePictureError(f"cannot be drawn ({_complaint(painter)}); {SIMPLIFY}")


def _complaint(painter: subprocess.CompletedProcess[bytes]) -> str:
    """Resvg's own word if it had one; a painter that died had none worth reading."""
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
