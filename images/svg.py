"""Decoding of SVG: cleaned here, rendered by resvg in a child process with limits of time and memory."""

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

from images.decoded import DecodedPicture
from images.errors import UnreadablePictureError, translate_decoder_errors
from images.limits import Limits
from images.raster import decode_raster
from images.svg_clean import CleanedSvg, clean_and_inspect

PAINTER = Path(__file__).with_name("svg_painter.py")
SIMPLIFY = "simplify it, or save it as PNG"


def decode_svg(data: bytes, limits: Limits) -> DecodedPicture:
    """Render an SVG so that its longer side has `limits.svg_side` pixels. Raises only PictureError."""
    with translate_decoder_errors():
        svg = clean_and_inspect(data)
        with _fallback_font(svg.text) as font:
            png = _render(svg.text, limits, font)
        _check_not_blank(png, svg)
    return decode_raster(png, "png", limits)


def _check_not_blank(png: bytes, svg: CleanedSvg) -> None:
    """Raise UnreadablePictureError for a blank rendering: the content is in another file, or resvg cannot render it."""
    with PngImageFile(BytesIO(png)) as rendered:
        lowest, highest = _extrema(rendered.convert("RGBA"))
    if highest[3] == 0:
        raise UnreadablePictureError(f"draws nothing{_blank_reason(svg)}; export it again as PNG")
    if svg.external_references and lowest == highest:
        raise UnreadablePictureError(
            f"draws nothing but its background{_blank_reason(svg)}; export it again as PNG"
        )


def _extrema(rendered: Image.Image) -> tuple[tuple[int, ...], tuple[int, ...]]:
    extrema = [band.getextrema() for band in rendered.split()]
    return tuple(int(low) for low, _ in extrema), tuple(int(high) for _, high in extrema)  # type: ignore[arg-type]


def _blank_reason(svg: CleanedSvg) -> str:
    if svg.external_references:
        return f": it refers to {svg.external_references[0]}, which is not part of it"
    return "" if svg.shapes else ": it contains no shape"


def _render(svg: str, limits: Limits, font: tuple[str, ...]) -> bytes:
    # -P: the painter must not import a file resvg_py.py from the current folder.
    command = [sys.executable, "-P", str(PAINTER), str(limits.svg_side), str(limits.svg_seconds), *font]
    try:
        process = subprocess.run(  # noqa: S603  our own program with fixed arguments; the SVG comes on stdin
            command, input=svg.encode(), capture_output=True, timeout=limits.svg_seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadablePictureError(
            f"takes more than {limits.svg_seconds:g} s to draw; {SIMPLIFY}"
        ) from error
    if process.returncode == 0:
        return process.stdout
    raise UnreadablePictureError(f"cannot be drawn ({_failure_reason(process)}); {SIMPLIFY}")


def _failure_reason(process: subprocess.CompletedProcess[bytes]) -> str:
    """Return the last error line of resvg, or a general reason if the process was killed."""
    if process.returncode == 1:
        lines = process.stderr.decode("utf-8", "replace").splitlines()
        return lines[-1][:160] if lines else "no reason given"
    return "it is too complex for the renderer"


@contextmanager
def _fallback_font(svg: str) -> Iterator[tuple[str, ...]]:
    """Yield file and family of a font that is always available (part of Pillow); () for an SVG without text."""
    font = ImageFont.load_default(10) if "text" in svg else None
    if not isinstance(font, ImageFont.FreeTypeFont):
        yield ()
        return
    with TemporaryDirectory() as folder:
        file = Path(folder, "fallback.ttf")
        file.write_bytes(font.font_bytes)
        yield str(file), str(font.getname()[0])
