"""A program that renders one clean SVG: text on stdin, PNG on stdout. `images.svg` runs it; it is never imported.

    python svg_painter.py SIDE SECONDS [FALLBACK_FONT_FILE FALLBACK_FONT_FAMILY]

It runs in its own process because hostile drawings make resvg overflow its stack, abort on a failed allocation or
render for hours (all three seen with 0.5.0), and no `except` catches these failures.
"""

from __future__ import annotations

import contextlib
import math
import sys
import threading
from functools import partial

MEMORY = 2 << 30
STACK = 256 << 20
DPI = 96.0  # px per inch in CSS


def limit_resources(seconds: float) -> None:
    """Limit memory and CPU time and disable core dumps, if the system supports it.

    The limit of CPU time ends this process even if its parent was killed.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    cpu = math.ceil(seconds) + 1
    for resource_kind, limit in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, cpu),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource_kind, (limit, limit))


def render(svg: str, side: int, font: tuple[str, str] | None) -> bytes:
    """Render an SVG as PNG with a longer side of `side` pixels. Raises ValueError from resvg."""
    import resvg_py

    # dpi is set because the default of 0 turns every size in cm, pt or inches into 0.
    draw = partial(resvg_py.svg_to_bytes, svg_string=svg, width=side, height=side, dpi=DPI)
    if font is None:
        return draw(skip_system_fonts=True)
    file, family = font
    # resvg silently drops text whose font family is not installed, so every generic family is mapped to this font.
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
    """Render the SVG on stdin. On failure, write one line to stderr and exit with status 1."""
    limit_resources(float(seconds))
    try:
        png = render(sys.stdin.buffer.read().decode(), int(side), (font[0], font[1]) if font else None)
    except ValueError as error:
        sys.exit(str(error))
    sys.stdout.buffer.write(png)


def run_with_large_stack() -> int:
    """Run `main` in a thread with a large stack and return the exit status.

    resvg recurses for each nested element: the 8 MiB of the main stack suffice for 250 levels, the 1 MiB of Windows
    for 30.
    """
    status = [1]

    def run() -> None:
        try:
            main(*sys.argv[1:])
            status[0] = 0
        except SystemExit as exit:
            sys.stderr.write(f"{exit}\n")

    threading.stack_size(STACK)
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return status[0]


if __name__ == "__main__":
    sys.exit(run_with_large_stack())
