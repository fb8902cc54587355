"""A canvas with smooth edges (drawn three times too large, then reduced), its colours and its font."""

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

SCALE = 3

PAPER, WHITE, INK, MUTED, GRID = "#faf6ee", "#ffffff", "#26323f", "#7b8794", "#e3ddd0"
BLUE, SKY, TEAL, GREEN, LEAF = "#2f6f9f", "#8cc3dd", "#2a9d8f", "#4f8f5b", "#9cc66b"
YELLOW, ORANGE, RED, PINK, PURPLE = "#f2c14e", "#ef8a3d", "#d1495b", "#eaa6a6", "#7d5ba6"
BROWN, SAND, NIGHT = "#8a5a3b", "#ead7ae", "#1b2440"
SERIES = (BLUE, ORANGE, TEAL, RED, PURPLE, YELLOW)

Point = tuple[float, float]


@lru_cache(maxsize=128)
def font(size: float) -> ImageFont.FreeTypeFont:
    """Pillow's own typeface, so that no font of the system is needed."""
    return ImageFont.load_default(size)


def mix(one: str, other: str, share: float) -> str:
    """The colour `share` of the way from one to the other."""
    pairs = ((int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def around(x: float, y: float, radius: float, degrees: float) -> Point:
    """The point on a circle; 0 degrees is to the right, 90 is down."""
    angle = math.radians(degrees)
    return x + radius * math.cos(angle), y + radius * math.sin(angle)


def smooth(points: Sequence[Point], *, closed: bool = False, steps: int = 16) -> list[Point]:
    """A curve through all the points (Catmull-Rom)."""
    ends = [points[-1], *points, points[0], points[1]] if closed else [points[0], *points, points[-1]]
    curve: list[Point] = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        for step in range(steps):
            t = step / steps
            curve.append(
                tuple(
                    0.5
                    * (
                        2 * b[i]
                        + (c[i] - a[i]) * t
                        + (2 * a[i] - 5 * b[i] + 4 * c[i] - d[i]) * t**2
                        + (3 * b[i] - a[i] - 3 * c[i] + d[i]) * t**3
                    )
                    for i in (0, 1)
                )
            )
    return curve if closed else [*curve, points[-1]]


class Canvas:
    """A picture in the making. All coordinates are in pixels of the finished picture."""

    def __init__(self, width: int, height: int, ground: str = PAPER) -> None:
        self.width, self.height = width, height
        self._image = Image.new("RGB", (width * SCALE, height * SCALE), ground)
        self._draw = ImageDraw.Draw(self._image, "RGBA")

    def finish(self) -> Image.Image:
        return self._image.resize((self.width, self.height), Image.Resampling.LANCZOS)

    def rect(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        fill: str | None = None,
        *,
        outline: str | None = None,
        width: float = 0,
        radius: float = 0,
    ) -> None:
        box = [x * SCALE, y * SCALE, (x + w) * SCALE - 1, (y + h) * SCALE - 1]
        if box[2] < box[0] or box[3] < box[1]:
            return
        self._draw.rounded_rectangle(
            box, radius=radius * SCALE, fill=fill, outline=outline, width=round(width * SCALE)
        )

    def card(self, x: float, y: float, w: float, h: float, fill: str = WHITE, radius: float = 10) -> None:
        """A sheet with a soft shadow under it."""
        for spread in (6, 4, 2):
            self.rect(
                x - spread,
                y - spread + 4,
                w + 2 * spread,
                h + 2 * spread,
                "#26323f10",
                radius=radius + spread,
            )
        self.rect(x, y, w, h, fill, radius=radius)

    def ellipse(
        self,
        x: float,
        y: float,
        rx: float,
        ry: float,
        fill: str | None = None,
        *,
        outline: str | None = None,
        width: float = 0,
    ) -> None:
        box = [(x - rx) * SCALE, (y - ry) * SCALE, (x + rx) * SCALE, (y + ry) * SCALE]
        self._draw.ellipse(box, fill=fill, outline=outline, width=round(width * SCALE))

    def circle(
        self,
        x: float,
        y: float,
        r: float,
        fill: str | None = None,
        *,
        outline: str | None = None,
        width: float = 0,
    ) -> None:
        self.ellipse(x, y, r, r, fill, outline=outline, width=width)

    def polygon(
        self,
        points: Sequence[Point],
        fill: str | None = None,
        *,
        outline: str | None = None,
        width: float = 0,
    ) -> None:
        if fill:
            self._draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=fill)
        if outline:
            self.line([*points, points[0]], outline, width)

    def line(
        self, points: Sequence[Point], fill: str, width: float = 2, *, dash: float = 0, arrow: float = 0
    ) -> None:
        """A line with round ends; dash is the length of a dash, arrow that of the head at the end."""
        points = list(points)
        if arrow:
            (ax, ay), (bx, by) = points[-2], points[-1]
            way = math.degrees(math.atan2(by - ay, bx - ax))
            left, right = around(bx, by, arrow, way + 155), around(bx, by, arrow, way - 155)
            self.polygon([(bx, by), left, right], fill)
            points[-1] = around(bx, by, arrow * 0.8, way + 180)
        if dash:
            for piece in dashes(points, dash):
                self._stroke(piece, fill, width)
        else:
            self._stroke(points, fill, width)

    def _stroke(self, points: Sequence[Point], fill: str, width: float) -> None:
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        thick = max(1, round(width * SCALE))
        self._draw.line(scaled, fill=fill, width=thick, joint="curve")
        # Half-transparent ends would lie darker over the line, and thin ones are not seen.
        if thick > 3 and len(fill) == 7:
            for x, y in (scaled[0], scaled[-1]):
                self._draw.ellipse(
                    [x - thick / 2, y - thick / 2, x + thick / 2 - 1, y + thick / 2 - 1], fill=fill
                )

    def arc(
        self, x: float, y: float, rx: float, ry: float, start: float, end: float, fill: str, width: float = 2
    ) -> None:
        steps = max(8, int(abs(end - start) / 3))
        angles = (math.radians(start + (end - start) * i / steps) for i in range(steps + 1))
        self.line([(x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles], fill, width)

    def slice(self, x: float, y: float, r: float, start: float, end: float, fill: str) -> None:
        box = [(x - r) * SCALE, (y - r) * SCALE, (x + r) * SCALE, (y + r) * SCALE]
        self._draw.pieslice(box, start, end, fill=fill)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float = 16,
        fill: str = INK,
        *,
        anchor: str = "la",
        bold: bool = False,
    ) -> None:
        self._draw.text(
            (x * SCALE, y * SCALE),
            words,
            fill=fill,
            font=font(size * SCALE),
            anchor=anchor,
            stroke_width=round(size * SCALE / 34) if bold else 0,
            stroke_fill=fill,
        )

    def text_width(self, words: str, size: float) -> float:
        return font(size * SCALE).getlength(words) / SCALE

    def upright_text(self, x: float, y: float, words: str, size: float = 16, fill: str = INK) -> None:
        """Text that reads upwards, centred at (x, y)."""
        left, top, right, bottom = font(size * SCALE).getbbox(words)
        mask = Image.new("L", (int(right) + 4, int(bottom) + 4))
        ImageDraw.Draw(mask).text((0, 0), words, fill=255, font=font(size * SCALE))
        mask = mask.crop((int(left), int(top), int(right) + 2, int(bottom) + 2)).rotate(90, expand=True)
        corner = (round(x * SCALE - mask.width / 2), round(y * SCALE - mask.height / 2))
        self._image.paste(Image.new("RGB", mask.size, fill), corner, mask)

    def gradient(self, y: float, h: float, stops: Sequence[str]) -> None:
        """Fills a band of the whole width from the first colour at the top to the last at the bottom."""
        rows = max(1, round(h * SCALE))
        colours = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in stops], dtype=float)
        place = np.linspace(0, len(stops) - 1, rows)
        band = np.stack(
            [np.interp(place, range(len(stops)), colours[:, i]) for i in range(3)], axis=1
        ).round()
        strip = Image.fromarray(band.astype(np.uint8)[:, None, :])
        self._image.paste(strip.resize((self._image.width, rows)), (0, round(y * SCALE)))

    def glow(self, x: float, y: float, radius: float, colour: str, strength: float = 0.8) -> None:
        """A light that fades away from its middle."""
        r = round(radius * SCALE)
        side = np.linspace(-1, 1, 128)
        far = np.minimum(1, np.hypot(side[:, None], side[None, :]))
        mask = Image.fromarray(((1 - far) ** 2 * 255 * strength).round().astype(np.uint8))
        mask = mask.resize((2 * r, 2 * r), Image.Resampling.BICUBIC)
        self._image.paste(
            Image.new("RGB", mask.size, colour), (round(x * SCALE) - r, round(y * SCALE) - r), mask
        )

    def soften(self, radius: float) -> None:
        """Blurs all that is drawn so far: what comes after stands in front of it."""
        small = self._image.reduce(SCALE).filter(ImageFilter.GaussianBlur(radius))
        self._image.paste(small.resize(self._image.size, Image.Resampling.BILINEAR))


def dashes(points: Sequence[Point], length: float) -> list[list[Point]]:
    """The dashes of a line: as much gap as dash, round the corners too."""
    pieces: list[list[Point]] = []
    travelled = 0.0
    for (ax, ay), (bx, by) in pairwise(points):
        span = math.hypot(bx - ax, by - ay)
        at = 0.0
        while at < span:
            phase = travelled % (2 * length)
            step = min(span - at, (length if phase < length else 2 * length) - phase + 1e-6)
            if phase < length:
                start, end = at / span, (at + step) / span
                pieces.append(
                    [
                        (ax + (bx - ax) * start, ay + (by - ay) * start),
                        (ax + (bx - ax) * end, ay + (by - ay) * end),
                    ]
                )
            at += step
            travelled += step
    return pieces
