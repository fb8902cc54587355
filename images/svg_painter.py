"""Draws one clean SVG: text on stdin, PNG on stdout. A program that `images.svg` runs, never imported.

    python svg_painter.py SIDE SECONDS [FALLBACK_FONT_FILE FALLBACK_FONT_FAMILY]

It is a process of its own because resvg answers hostile drawings by overflowing its stack, by aborting on a
failed allocation or by painting for hours (all three seen with 0.5.0), and no `except` catches those.
"""

from __future__ import annotations

import contextlib
import math
import sys
import threading
from functools import partial

MEMORY = 2 << 30
STACK = 256 << 20
DPI = 96.0  # what CSS says an inch is


def limit_myself(seconds: float) -> None:
    """Where the system can: bounded memory, no core dump, and an end even if the parent was killed."""
    try:
        import resource
    except ImportError:  # Windows
        return
    cpu = math.ceil(seconds) + 1
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_CPU, cpu)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def paint(svg: str, side: int, font: tuple[str, str] | None) -> bytes:
    """PNG, longer side `side` pixels. Raises ValueError from resvg."""
    import resvg_py

    # dpi said aloud, because the default is 0 and makes nothing of every size in cm, pt or inches.
    draw = partial(resvg_py.svg_to_bytes, svg_string=svg, width=side, height=side, dpi=DPI)
    if font is None:
        return draw(skip_system_fonts=True)
    file, family = font
    # resvg leaves out, silently, text whose family is not installed; so every generic family is one that is.
    return draw(
        font_files=[file],
        font_family=family,
        serif_family=family,
        sans_serif_family=family,
        monospace_family=family,
        cursive_family=family,
        fantasy_family=family,
    )


def main(side: str, seconds: str, *font: str) -> None:
    """Paints what is on stdin; a failure is one line on stderr and exit status 1."""
    limit_myself(float(seconds))
    try:
        png = paint(sys.stdin.buffer.read().decode(), int(side), (font[0], font[1]) if font else None)
    except ValueError as error:
        sys.exit(str(error))
    sys.stdout.buffer.write(png)


def in_roomy_thread() -> int:
    """Resvg recurses per nested element: 8 MiB of main stack end at 250 levels, Windows' 1 MiB at 30."""
    status = [1]

    def run() -> None:
        try:
            main(*sys.argv[1:])
            status[0] = 0
        except SystemExit as ending:
            sys.stderr.write(f"{ending}\n")

    threading.stack_size(STACK)
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return status[0]


if __name__ == "__main__":
    sys.exit(in_roomy_thread())
