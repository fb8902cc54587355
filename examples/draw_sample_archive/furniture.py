"""What stands on every page of a site and is no figure: logo, menu button, badge, tracking pixel."""

from PIL import Image

from .canvas import BLUE, INK, PAPER, RED, TEAL, WHITE, YELLOW, Canvas
from .svg import document, tag


def logo() -> str:
    letters = {"font_family": "Georgia, serif", "font_size": 20, "fill": INK}
    parts = [
        tag("rect", x=4, y=26, width=10, height=26, fill=BLUE),
        tag("rect", x=18, y=12, width=10, height=40, fill=RED),
        tag("circle", cx=42, cy=40, r=12, fill=YELLOW),
        tag("text", "Figures Monthly", x=64, y=37, **letters),
    ]
    return document(220, 56, PAPER, parts)


def badge() -> str:
    letters = {"font_family": "sans-serif", "font_size": 11, "fill": WHITE}
    parts = [
        tag("rect", x=74, width=36, height=20, fill=TEAL),
        tag("text", "subscribers", x=6, y=14, **letters),
        tag("text", "412", x=81, y=14, **letters),
    ]
    return document(110, 20, INK, parts)


def menu() -> Image.Image:
    canvas = Canvas(24, 24, "#ffffff")
    for y in (5, 11, 17):
        canvas.rect(3, y, 18, 3, INK, radius=1.5)
    return canvas.finish()


def pixel() -> Image.Image:
    return Image.new("RGB", (1, 1), "white")
