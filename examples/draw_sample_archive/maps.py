"""Maps of places that are not there."""

import math
from random import Random

from PIL import Image

from .canvas import (
    BLUE,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PURPLE,
    RED,
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
from .svg import document, tag


def island() -> Image.Image:
    canvas = Canvas(960, 720, "#bfdfe8")
    for reach, colour in ((1.16, "#cde8ed"), (1.08, "#dceff0")):
        canvas.polygon(coast(470, 370, 300 * reach), colour)
    tints = ("#f3e6bd", "#d9dfa3", "#b7cf8d", "#93b97a", "#b9a878", "#c9b28d", "#efe9df")
    for level, tint in enumerate(tints):
        shift = level * 9
        ring = coast(470 + shift, 370 - shift * 0.8, 300 - 42 * level)
        canvas.polygon(ring, tint)
        canvas.line([*ring, ring[0]], mix(tint, "#6b5a34", 0.45), 3 if level in (0, 4) else 1.6)
    canvas.line(smooth([(560, 290), (610, 390), (590, 470), (650, 540), (690, 560)]), "#5ba3c6", 5)
    canvas.line(
        smooth([(250, 420), (330, 470), (440, 520), (560, 540), (640, 480), (700, 400), (690, 300)]),
        "#b0563c",
        4,
        dash=12,
    )
    canvas.polygon([(526, 312), (540, 286), (554, 312)], INK)
    canvas.text(562, 300, "612", 18, anchor="lm", bold=True)
    for x, y, name in ((252, 420, "Harbour"), (690, 300, "Gull Rock"), (440, 520, "Old Mill")):
        canvas.circle(x, y, 8, RED, outline=WHITE, width=2.5)
        canvas.text(x + 14, y - 16, name, 18, anchor="lm", bold=True)
    x, y = 850, 130
    canvas.circle(x, y, 56, "#ffffff88", outline=INK, width=2)
    for angle, long, colour in ((-90, 50, RED), (90, 50, INK), (0, 32, INK), (180, 32, INK)):
        canvas.polygon(
            [around(x, y, long, angle), around(x, y, 10, angle + 90), around(x, y, 10, angle - 90)], colour
        )
    canvas.text(x, y - 72, "N", 22, anchor="mm", bold=True)
    for part in range(4):
        canvas.rect(60 + 50 * part, 660, 50, 10, INK if part % 2 == 0 else WHITE, outline=INK, width=1.5)
    canvas.text(60, 642, "0", 16, anchor="mm")
    canvas.text(260, 642, "4 km", 16, anchor="mm")
    return canvas.finish()


def coast(x: float, y: float, radius: float) -> list[Point]:
    """The outline of the island, or of a height on it."""
    ring = []
    for step in range(180):
        a = step / 90 * math.pi
        bulge = (
            1
            + 0.16 * math.sin(2 * a + 0.5)
            + 0.1 * math.sin(3 * a + 2)
            + 0.05 * math.sin(7 * a)
            + 0.03 * math.sin(11 * a)
        )
        ring.append((x + 1.15 * radius * bulge * math.cos(a), y + 0.86 * radius * bulge * math.sin(a)))
    return ring


def city() -> Image.Image:
    dice = Random(33)
    canvas = Canvas(900, 680, "#fbf8f1")
    blocks = ("#e9e2d3", "#efe8da", "#e3dccb")
    for column in range(11):
        for row in range(9):
            x, y = 8 + column * 84, 8 + row * 78
            canvas.rect(x, y, 72, 66, dice.choice(blocks), radius=4)
            for _ in range(4):
                w, h = dice.uniform(14, 28), dice.uniform(12, 26)
                canvas.rect(
                    x + dice.uniform(2, 70 - w), y + dice.uniform(2, 64 - h), w, h, "#d5cbb6", radius=2
                )
    canvas.rect(344, 164, 240, 222, "#b9d8a0", radius=10)
    for _ in range(38):
        canvas.circle(
            dice.uniform(358, 570),
            dice.uniform(178, 372),
            dice.uniform(7, 12),
            dice.choice(("#8fbd78", "#7cae69")),
        )
    canvas.ellipse(470, 290, 60, 36, "#8cc3dd")
    canvas.line(
        smooth([(-30, 560), (150, 520), (300, 560), (480, 500), (640, 540), (930, 440)]), "#8cc3dd", 54
    )
    for x, y in ((170, 524), (590, 528)):
        canvas.rect(x - 10, y - 42, 14, 84, "#fbf8f1", outline="#c9bda4", width=2)
    canvas.line([(0, 78), (900, 680)], "#f5cf70", 14)
    canvas.line([(0, 398), (900, 398)], "#f5cf70", 12)
    canvas.line([(758, 0), (758, 680)], "#f5cf70", 12)
    route = [
        (120, 318),
        (254, 318),
        (254, 240),
        (338, 240),
        (338, 398),
        (590, 398),
        (590, 476),
        (590, 590),
        (674, 590),
    ]
    canvas.line(route, BLUE, 7)
    x, y = route[0]
    canvas.circle(x, y, 13, WHITE, outline=BLUE, width=6)
    x, y = route[-1]
    canvas.polygon([(x - 21, y - 38), (x + 21, y - 38), (x, y)], RED)
    canvas.circle(x, y - 44, 23, RED)
    canvas.circle(x, y - 44, 9, WHITE)
    canvas.text(464, 206, "Park", 20, "#3f6b3c", anchor="mm", bold=True)
    canvas.text(818, 470, "River", 20, "#2f6f9f", anchor="mm", bold=True)
    return canvas.finish()


def weather() -> Image.Image:
    canvas = Canvas(900, 640, "#cfe3ec")
    land = smooth(
        [
            (-30, 200),
            (140, 120),
            (330, 150),
            (420, 70),
            (640, 110),
            (760, 220),
            (700, 350),
            (820, 460),
            (700, 560),
            (480, 520),
            (380, 600),
            (160, 560),
            (60, 620),
            (-30, 600),
        ]
    )
    canvas.polygon([*land, (-30, 200)], "#e4e6c3", outline="#b3b98d", width=3)
    for place in range(5):
        r = 60 + 44 * place
        ring = [
            (250 + 1.25 * r * math.cos(a), 300 + r * (0.85 + 0.1 * math.sin(2 * a)) * math.sin(a))
            for a in (s / 40 * math.pi for s in range(81))
        ]
        canvas.line(ring, "#5d6b78", 2)
        x, y = ring[20]
        canvas.rect(x - 20, y - 9, 40, 18, "#e4e6c3")
        canvas.text(x, y, str(996 + 4 * place), 15, "#5d6b78", anchor="mm")
    for place in range(4):
        r = 50 + 40 * place
        ring = [
            (700 + r * math.cos(a), 190 + 0.8 * r * math.sin(a))
            for a in (s / 40 * math.pi for s in range(81))
        ]
        canvas.line(ring, "#5d6b78", 2)
    canvas.text(250, 300, "L", 64, RED, anchor="mm", bold=True)
    canvas.text(700, 190, "H", 64, BLUE, anchor="mm", bold=True)
    cold = smooth([(270, 340), (380, 420), (450, 520), (470, 640)])
    warm = smooth([(290, 310), (430, 330), (560, 390), (680, 480)])
    for front, colour, rounded in ((cold, BLUE, False), (warm, RED, True)):
        canvas.line(front, colour, 6)
        for place in range(6, len(front) - 4, 7):
            (ax, ay), (bx, by) = front[place - 3], front[place + 3]
            way = math.degrees(math.atan2(by - ay, bx - ax))
            x, y = front[place]
            if rounded:
                tooth = [around(x, y, 16, way - turn) for turn in range(0, 181, 15)]
            else:
                tooth = [around(x, y, 15, way), around(x, y, 26, way - 90), around(x, y, 15, way + 180)]
            canvas.polygon(tooth, colour)
    for x, y, words in (
        (110, 220, "9°"),
        (560, 480, "17°"),
        (640, 330, "21°"),
        (150, 480, "7°"),
        (480, 170, "15°"),
    ):
        canvas.circle(x, y, 27, WHITE, outline=ORANGE, width=3)
        canvas.text(x, y, words, 20, anchor="mm", bold=True)
    return canvas.finish()


def hexagons() -> Image.Image:
    canvas = Canvas(760, 760, "#f7f4ee")
    canvas.text(36, 28, "Where people walk to school", 24, bold=True)
    rows = {0: (3, 7), 1: (2, 8), 2: (2, 9), 3: (1, 9), 4: (1, 8), 5: (2, 8), 6: (2, 7), 7: (3, 6), 8: (4, 6)}
    r = 42
    for row, (first, last) in rows.items():
        for column in range(first, last):
            x = 70 + (column + 0.5 * (row % 2)) * r * 1.74
            y = 150 + row * r * 1.5
            near = math.exp(-(((x - 420) / 190) ** 2 + ((y - 360) / 160) ** 2))
            share = min(1.0, max(0.0, near + 0.22 * math.sin(column * 2.7 + row * 1.9)))
            colour = (
                mix("#e3efe6", TEAL, share / 0.6) if share < 0.6 else mix(TEAL, "#123f4a", share / 0.4 - 1.5)
            )
            canvas.polygon([around(x, y, r - 2, 30 + 60 * side) for side in range(6)], colour)
            canvas.text(x, y, f"{round(share * 90)}", 16, WHITE if share > 0.35 else MUTED, anchor="mm")
    for step in range(80):
        share = step / 79
        colour = mix("#e3efe6", TEAL, share / 0.6) if share < 0.6 else mix(TEAL, "#123f4a", share / 0.4 - 1.5)
        canvas.rect(480 + step * 3, 690, 3.4, 20, colour)
    canvas.text(480, 726, "0%", 15, MUTED, anchor="lm")
    canvas.text(720, 726, "90%", 15, MUTED, anchor="rm")
    return canvas.finish()


def subway() -> str:
    """A subway map, as SVG."""
    lines = (
        ("M60 160 H300 L420 280 H700 L800 380 V560", RED),
        ("M60 480 H240 L440 280 V120 L520 60 H840", BLUE),
        ("M180 60 V420 L280 520 H640 L760 400 H860", GREEN),
        ("M100 320 H420 L620 520 V600", ORANGE),
        ("M320 60 V240 L560 480 H860", PURPLE),
    )
    stops = (
        (60, 160),
        (120, 160),
        (240, 160),
        (500, 280),
        (580, 280),
        (660, 280),
        (800, 560),
        (800, 460),
        (60, 480),
        (160, 480),
        (300, 420),
        (440, 200),
        (600, 60),
        (700, 60),
        (840, 60),
        (180, 60),
        (180, 240),
        (380, 520),
        (480, 520),
        (860, 400),
        (100, 320),
        (260, 320),
        (620, 600),
        (320, 100),
        (700, 480),
        (860, 480),
    )
    changes = (
        (180, 160),
        (180, 320),
        (320, 180),
        (440, 280),
        (400, 320),
        (240, 480),
        (620, 520),
        (560, 480),
        (800, 400),
    )
    shore = "M-20 600 C200 540 260 640 420 590 S700 610 960 520 V680 H-20 Z"
    parts = [tag("path", d=shore, fill=mix(SKY, WHITE, 0.45))]
    for way, colour in lines:
        parts.append(
            tag(
                "path",
                d=way,
                fill="none",
                stroke=colour,
                stroke_width=13,
                stroke_linejoin="round",
                stroke_linecap="round",
            )
        )
    parts += [tag("circle", cx=x, cy=y, r=6.5, fill=WHITE, stroke=INK, stroke_width=2.5) for x, y in stops]
    parts += [tag("circle", cx=x, cy=y, r=13, fill=WHITE, stroke=INK, stroke_width=5) for x, y in changes]
    for x, y, name in (
        (200, 142, "Castle"),
        (462, 268, "Centre"),
        (640, 556, "Harbour"),
        (820, 388, "Airport"),
        (196, 348, "Museum"),
        (606, 44, "Zoo"),
    ):
        parts.append(
            tag("text", name, x=x, y=y, font_family="sans-serif", font_size=20, font_weight="bold", fill=INK)
        )
    parts.append(tag("rect", x=832, y=572, width=56, height=56, rx=12, fill=YELLOW))
    parts.append(
        tag("path", d="M846 616 V586 L860 604 L874 586 V616", fill="none", stroke=INK, stroke_width=7)
    )
    return document(920, 660, "#fbf8f1", parts)
