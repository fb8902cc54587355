"""Charts: numbers drawn as lines, bars, dots, boxes, areas and slices."""

import math
from collections.abc import Sequence
from random import Random

from PIL import Image

from .canvas import (
    BLUE,
    GREEN,
    GRID,
    INK,
    LEAF,
    MUTED,
    ORANGE,
    PAPER,
    PINK,
    PURPLE,
    RED,
    SERIES,
    SKY,
    TEAL,
    WHITE,
    YELLOW,
    Canvas,
    Point,
    around,
    mix,
    smooth,
)

MONTHS = "JFMAMJJASOND"


class Axes:
    """A plot's frame: title, grid and ticks; it turns values into places on the canvas."""

    def __init__(
        self,
        canvas: Canvas,
        x: tuple[float, float],
        y: tuple[float, float],
        *,
        box: tuple[float, float, float, float] | None = None,
    ) -> None:
        self.canvas, self.x, self.y = canvas, x, y
        self.left, self.top, self.right, self.bottom = box or (84, 84, canvas.width - 36, canvas.height - 72)

    def at(self, x: float, y: float) -> Point:
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return (
            self.left + across * (self.right - self.left),
            self.bottom - up * (self.bottom - self.top),
        )

    def title(self, words: str, below: str = "", left: str = "") -> None:
        self.canvas.text(self.left - 50, 26, words, 24, bold=True)
        if below:
            self.canvas.text((self.left + self.right) / 2, self.bottom + 44, below, 16, MUTED, anchor="mm")
        if left:
            self.canvas.upright_text(self.left - 58, (self.top + self.bottom) / 2, left, 16, MUTED)

    def rows(self, values: Sequence[float], unit: str = "") -> None:
        for value in values:
            _, y = self.at(self.x[0], value)
            self.canvas.line([(self.left, y), (self.right, y)], GRID, 1.2)
            self.canvas.text(self.left - 10, y, f"{value:g}{unit}", 15, MUTED, anchor="rm")

    def columns(self, labels: Sequence[tuple[float, str]], *, grid: bool = False) -> None:
        for value, label in labels:
            x, _ = self.at(value, self.y[0])
            if grid:
                self.canvas.line([(x, self.top), (x, self.bottom)], GRID, 1.2)
            self.canvas.text(x, self.bottom + 18, label, 15, MUTED, anchor="mm")

    def base(self) -> None:
        self.canvas.line([(self.left, self.bottom), (self.right, self.bottom)], INK, 1.6)


def temperatures() -> Image.Image:
    canvas = Canvas(900, 540, WHITE)
    axes = Axes(canvas, (0, 11), (-10, 30))
    axes.title("A year in three towns", left="mean temperature, °C")
    axes.rows(range(-10, 31, 10))
    axes.columns([(i, month) for i, month in enumerate(MONTHS)])
    towns = (("Harbour", 12, 5, BLUE), ("Valley", 11, 13, ORANGE), ("Pass", 2, 10, TEAL))
    for name, mean, swing, colour in towns:
        values = [mean - swing * math.cos((month - 0.6) / 12 * 2 * math.pi) for month in range(12)]
        line = [axes.at(month, value) for month, value in enumerate(values)]
        canvas.line(smooth(line), colour, 4)
        for x, y in line:
            canvas.circle(x, y, 5.5, WHITE, outline=colour, width=3)
        x, y = axes.at(6.6, max(values))
        canvas.text(x, y - 20, name, 18, colour, anchor="mm", bold=True)
    return canvas.finish()


def bicycles() -> Image.Image:
    canvas = Canvas(840, 560)
    axes = Axes(canvas, (0, 7), (0, 5000))
    axes.title("Bicycles over the Mill Bridge", below="one week in October", left="riders a day")
    axes.rows(range(0, 5001, 1000))
    counts = (3900, 4350, 4500, 4120, 3680, 1900, 1350)
    for day, (name, count) in enumerate(
        zip(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), counts, strict=True)
    ):
        left, top = axes.at(day + 0.18, count)
        right, bottom = axes.at(day + 0.82, 0)
        colour = TEAL if day < 5 else YELLOW
        canvas.rect(left, top, right - left, bottom - top, colour, radius=4)
        canvas.rect(left, bottom - 6, right - left, 6, colour)
        canvas.text((left + right) / 2, top - 14, str(count), 15, INK, anchor="mm")
        canvas.text((left + right) / 2, bottom + 20, name, 16, MUTED, anchor="mm")
    axes.base()
    return canvas.finish()


def leaves() -> Image.Image:
    dice = Random(3)
    canvas = Canvas(760, 620, WHITE)
    axes = Axes(canvas, (0, 14), (0, 10))
    axes.title("Two hundred leaves", below="length, cm", left="width, cm")
    axes.rows(range(0, 11, 2))
    axes.columns([(x, str(x)) for x in range(0, 15, 2)], grid=True)
    kinds = (("willow", 9.5, 1.7, 1.5, 0.35, TEAL), ("beech", 6.2, 4.2, 1.1, 0.7, ORANGE))
    kinds += (("lime", 8.2, 7.4, 1.0, 0.75, PURPLE),)
    for _, long, wide, dx, dy, colour in kinds:
        for _ in range(66):
            drift = dice.gauss(0, 1)
            x, y = axes.at(long + dx * drift, wide + dy * (0.7 * drift + 0.7 * dice.gauss(0, 1)))
            canvas.circle(x, y, 6.5, colour + "aa", outline=WHITE, width=1)
    for row, (name, *_, colour) in enumerate(kinds):
        canvas.circle(112, 112 + 28 * row, 7, colour)
        canvas.text(128, 112 + 28 * row, name, 18, anchor="lm")
    axes.base()
    return canvas.finish()


def commutes() -> Image.Image:
    canvas = Canvas(820, 560)
    axes = Axes(canvas, (0, 5), (0, 80))
    axes.title("How long is the way to work?", left="minutes, door to door")
    axes.rows(range(0, 81, 20))
    boxes = (("on foot", 6, 12, 18, 24, 38, BLUE), ("bicycle", 8, 15, 21, 28, 44, TEAL))
    boxes += (("tram", 14, 24, 31, 38, 55, YELLOW), ("car", 10, 22, 34, 49, 74, RED))
    boxes += (("train", 25, 38, 46, 55, 68, PURPLE),)
    for place, (name, low, first, middle, third, high, colour) in enumerate(boxes):
        x = place + 0.5
        canvas.line([axes.at(x, low), axes.at(x, high)], INK, 2)
        for end in (low, high):
            canvas.line([axes.at(x - 0.14, end), axes.at(x + 0.14, end)], INK, 2)
        (left, top), (right, bottom) = axes.at(x - 0.28, third), axes.at(x + 0.28, first)
        canvas.rect(
            left, top, right - left, bottom - top, mix(colour, WHITE, 0.35), outline=INK, width=2, radius=3
        )
        canvas.line([axes.at(x - 0.28, middle), axes.at(x + 0.28, middle)], INK, 4)
        canvas.text((left + right) / 2, axes.bottom + 22, name, 17, anchor="mm")
    for x, y in ((0.5, 52), (1.5, 58), (2.5, 67), (2.5, 4)):
        canvas.circle(*axes.at(x, y), 5, None, outline=INK, width=2)
    axes.base()
    return canvas.finish()


def visits() -> Image.Image:
    dice = Random(11)
    canvas = Canvas(1000, 430, WHITE)
    canvas.text(34, 26, "When the library is full", 24, bold=True)
    for row, day in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")):
        canvas.text(84, 98 + 40 * row, day, 16, MUTED, anchor="rm")
        for hour in range(14):
            busy = math.exp(-(((hour - 8.5) / 3.2) ** 2)) if row < 5 else math.exp(-(((hour - 4) / 2.2) ** 2))
            busy = min(1, max(0, busy * (1 - 0.28 * (row == 4) - 0.5 * (row == 6)) + dice.uniform(-0.1, 0.1)))
            warm = (
                mix("#fdf3dc", ORANGE, busy / 0.6) if busy < 0.6 else mix(ORANGE, "#8f1d3f", busy / 0.4 - 1.5)
            )
            canvas.rect(96 + 54 * hour, 80 + 40 * row, 51, 37, warm, radius=3)
    for hour in range(0, 14, 2):
        canvas.text(122 + 54 * hour, 380, f"{hour + 8}:00", 15, MUTED, anchor="mm")
    for step in range(60):
        share = step / 59
        warm = (
            mix("#fdf3dc", ORANGE, share / 0.6) if share < 0.6 else mix(ORANGE, "#8f1d3f", share / 0.4 - 1.5)
        )
        canvas.rect(890, 355 - 4.6 * step, 26, 5, warm)
    canvas.text(924, 86, "full", 15, MUTED, anchor="lm")
    canvas.text(924, 356, "empty", 15, MUTED, anchor="lm")
    return canvas.finish()


def pastries() -> Image.Image:
    canvas = Canvas(700, 560)
    canvas.text(34, 26, "What the bakery sold in a morning", 24, bold=True)
    shares = (("croissants", 38, ORANGE), ("buns", 24, YELLOW), ("rye bread", 17, BLUE))
    shares += (("tarts", 13, RED), ("the rest", 8, TEAL))
    start = -90.0
    for name, share, colour in shares:
        end = start + share * 3.6
        x, y = around(290, 315, 10 if name == "tarts" else 0, (start + end) / 2)
        canvas.slice(x, y, 195, start, end, colour)
        for edge in (start, end):
            canvas.line([(x, y), around(x, y, 196, edge)], PAPER, 3)
        canvas.text(*around(x, y, 128, (start + end) / 2), f"{share}%", 21, WHITE, anchor="mm", bold=True)
        start = end
    for row, (name, _, colour) in enumerate(shares):
        canvas.rect(530, 218 + 40 * row, 22, 22, colour, radius=5)
        canvas.text(562, 229 + 40 * row, name, 18, anchor="lm")
    return canvas.finish()


def learning_curves() -> Image.Image:
    dice = Random(5)
    canvas = Canvas(860, 520, WHITE)
    axes = Axes(canvas, (0, 60), (0, 2.4))
    axes.title("Too long at school", below="epoch", left="loss")
    axes.rows((0, 0.5, 1, 1.5, 2))
    axes.columns([(x, str(x)) for x in range(0, 61, 10)])
    train, test = [], []
    for epoch in range(61):
        train.append(axes.at(epoch, 0.12 + 2.0 * math.exp(-epoch / 11) + dice.gauss(0, 0.012)))
        late = max(0, epoch - 24)
        test.append(
            axes.at(epoch, 0.46 + 1.75 * math.exp(-epoch / 9) + 0.00042 * late**2 + dice.gauss(0, 0.028))
        )
    best, _ = axes.at(26, 0)
    canvas.rect(best, axes.top, axes.right - best, axes.bottom - axes.top, RED + "14")
    canvas.line([(best, axes.top), (best, axes.bottom)], MUTED, 2, dash=7)
    canvas.text(best + 12, axes.top + 14, "stop here", 17, MUTED)
    canvas.line(train, BLUE, 3.5)
    canvas.line(test, RED, 3.5)
    canvas.text(train[-1][0] - 6, train[-1][1] - 20, "training", 18, BLUE, anchor="rm", bold=True)
    canvas.text(test[-1][0] - 6, test[-1][1] - 24, "validation", 18, RED, anchor="rm", bold=True)
    axes.base()
    return canvas.finish()


def sentences() -> Image.Image:
    canvas = Canvas(800, 500)
    axes = Axes(canvas, (0, 24), (0, 60))
    axes.title("How long are our sentences?", below="words in a sentence", left="sentences")
    axes.rows(range(0, 61, 20))
    bars = [round(56 * math.exp(-((math.log((i + 0.8) / 8.2)) ** 2) / 0.42)) for i in range(24)]
    for place, count in enumerate(bars):
        left, top = axes.at(place, count)
        right, bottom = axes.at(place + 1, 0)
        canvas.rect(
            left, top, right - left, bottom - top, mix(PURPLE, PINK, place / 24), outline=PAPER, width=1
        )
    canvas.line(smooth([axes.at(i + 0.5, count + 1.5) for i, count in enumerate(bars)]), INK, 2.5)
    axes.columns([(x, str(2 * x)) for x in range(0, 25, 4)])
    axes.base()
    return canvas.finish()


def power() -> Image.Image:
    canvas = Canvas(960, 480, WHITE)
    axes = Axes(canvas, (0, 24), (0, 100))
    axes.title("One day of electricity on the island", below="hour of the day", left="megawatts")
    hours = [h / 2 for h in range(49)]
    wind = [22 + 7 * math.sin(h / 3.4 + 1) for h in hours]
    sun = [max(0.0, 34 * math.sin((h - 6) / 12.5 * math.pi)) if 6 < h < 18.5 else 0.0 for h in hours]
    water = [16 + 2 * math.sin(h / 5) for h in hours]
    gas = [8 + 15 * math.exp(-(((h - 20) / 2.6) ** 2)) + 9 * math.exp(-(((h - 7) / 1.9) ** 2)) for h in hours]
    floor = [0.0] * len(hours)
    for name, values, colour, label_at in (
        ("water", water, BLUE, 8),
        ("wind", wind, TEAL, 8),
        ("sun", sun, YELLOW, 24),
        ("gas", gas, RED, 40),
    ):
        roof = [low + value for low, value in zip(floor, values, strict=True)]
        area = [axes.at(h, v) for h, v in zip(hours, roof, strict=True)]
        under = [axes.at(h, v) for h, v in zip(hours, floor, strict=True)]
        canvas.polygon(area + under[::-1], mix(colour, WHITE, 0.15))
        canvas.line(area, WHITE, 2)
        x, y = axes.at(hours[label_at], (floor[label_at] + roof[label_at]) / 2)
        canvas.text(x, y, name, 18, WHITE if name != "sun" else INK, anchor="mm", bold=True)
        floor = roof
    for value in (0, 25, 50, 75, 100):
        _, y = axes.at(0, value)
        canvas.text(axes.left - 10, y, str(value), 15, MUTED, anchor="rm")
    axes.columns([(x, f"{x}:00") for x in range(0, 25, 4)])
    axes.base()
    return canvas.finish()


def wind_rose() -> Image.Image:
    canvas = Canvas(640, 640)
    canvas.text(34, 26, "Where the wind comes from", 24, bold=True)
    x, y = 320, 350
    for ring in (60, 120, 180, 240):
        canvas.circle(x, y, ring, None, outline=GRID, width=1.5)
    reach = (0.42, 0.25, 0.2, 0.16, 0.18, 0.22, 0.3, 0.46, 0.62, 0.85, 1.0, 0.93, 0.7, 0.55, 0.4, 0.38)
    for place, part in enumerate(reach):
        middle = place * 22.5 - 90
        for share, colour in ((1.0, BLUE), (0.66, TEAL), (0.33, LEAF)):
            canvas.slice(x, y, 235 * part * share, middle - 9, middle + 9, colour)
    canvas.circle(x, y, 12, PAPER)
    for name, angle in (("N", -90), ("E", 0), ("S", 90), ("W", 180)):
        canvas.text(*around(x, y, 262, angle), name, 22, anchor="mm", bold=True)
    for row, (name, colour) in enumerate((("breeze", LEAF), ("wind", TEAL), ("gale", BLUE))):
        canvas.rect(500, 70 + 28 * row, 18, 18, colour, radius=4)
        canvas.text(526, 79 + 28 * row, name, 16, anchor="lm")
    return canvas.finish()


def clusters() -> Image.Image:
    dice = Random(21)
    canvas = Canvas(720, 600, "#f4f7fa")
    canvas.text(34, 26, "Three heaps, found without being told", 24, bold=True)
    heaps = ((210, 220, 62, 44, BLUE, 20), (510, 250, 50, 66, ORANGE, -15), (320, 460, 84, 38, TEAL, 5))
    for cx, cy, rx, ry, colour, turn in heaps:
        for reach, alpha in ((2.5, "22"), (1.6, "33")):
            ring = []
            for step in range(72):
                a = step / 36 * math.pi
                px, py = rx * reach * math.cos(a), ry * reach * math.sin(a)
                t = math.radians(turn)
                ring.append(
                    (cx + px * math.cos(t) - py * math.sin(t), cy + px * math.sin(t) + py * math.cos(t))
                )
            canvas.polygon(ring, colour + alpha)
        for _ in range(70):
            t = math.radians(turn)
            px, py = dice.gauss(0, rx), dice.gauss(0, ry)
            canvas.circle(
                cx + px * math.cos(t) - py * math.sin(t),
                cy + px * math.sin(t) + py * math.cos(t),
                5,
                colour,
                outline=WHITE,
                width=1,
            )
        canvas.line([(cx - 12, cy - 12), (cx + 12, cy + 12)], INK, 5)
        canvas.line([(cx - 12, cy + 12), (cx + 12, cy - 12)], INK, 5)
    return canvas.finish()


def mountains() -> Image.Image:
    canvas = Canvas(1040, 460, "#eef4f7")
    canvas.text(34, 26, "Five summits side by side", 24, bold=True)
    peaks = (
        ("Old Tooth", 2140),
        ("Grey Widow", 3310),
        ("Saint Bruno", 2790),
        ("The Anvil", 3925),
        ("Lark", 1650),
    )
    for place, (name, height) in enumerate(peaks):
        x, top = 130 + 195 * place, 400 - height / 13
        colour = (SERIES[place % 6], BLUE, TEAL, PURPLE, GREEN)[place % 5]
        canvas.polygon([(x - 120, 400), (x, top), (x + 120, 400)], mix(colour, WHITE, 0.15))
        canvas.polygon([(x, top), (x + 120, 400), (x + 20, 400)], mix(colour, INK, 0.25))
        cap = (400 - top) * 0.22
        slope = 120 / (400 - top)
        canvas.polygon(
            [
                (x, top),
                (x + cap * slope, top + cap),
                (x + 8, top + cap * 0.75),
                (x - 4, top + cap * 1.15),
                (x - cap * slope, top + cap),
            ],
            WHITE,
        )
        canvas.text(x, top - 18, f"{height} m", 17, anchor="mm", bold=True)
        canvas.text(x, 424, name, 16, MUTED, anchor="mm")
    canvas.line([(20, 400), (1020, 400)], INK, 2)
    return canvas.finish()


def rainfall() -> Image.Image:
    canvas = Canvas(820, 520, WHITE)
    axes = Axes(canvas, (0, 12), (0, 160), box=(84, 84, 750, 448))
    axes.title("Rain and warmth at the weather station", left="rain, mm")
    axes.rows(range(0, 161, 40))
    rain = (118, 92, 84, 61, 52, 44, 38, 49, 72, 110, 142, 131)
    for month, depth in enumerate(rain):
        left, top = axes.at(month + 0.16, depth)
        right, bottom = axes.at(month + 0.84, 0)
        canvas.rect(left, top, right - left, bottom - top, mix(SKY, BLUE, depth / 150))
        canvas.text((left + right) / 2, bottom + 18, MONTHS[month], 15, MUTED, anchor="mm")
    warm = (3, 4, 7, 10, 14, 18, 20, 20, 16, 11, 7, 4)
    line = [axes.at(month + 0.5, 20 + 6 * degrees) for month, degrees in enumerate(warm)]
    canvas.line(smooth(line), RED, 4)
    for x, y in line:
        canvas.circle(x, y, 5, RED, outline=WHITE, width=1.5)
    for degrees in (0, 10, 20):
        _, y = axes.at(0, 20 + 6 * degrees)
        canvas.text(axes.right + 10, y, f"{degrees}°", 15, RED, anchor="lm")
    axes.base()
    return canvas.finish()
