"""Drawings from the natural history cabinet and the workshop."""

import math
from random import Random

from PIL import Image

from .canvas import (
    BLUE,
    GREEN,
    INK,
    LEAF,
    MUTED,
    NIGHT,
    ORANGE,
    PAPER,
    PINK,
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
from .landscapes import cloud, fir, stars
from .svg import document, tag


def water_cycle() -> Image.Image:
    canvas = Canvas(1040, 660)
    canvas.gradient(0, 470, ("#a9d6ec", "#dff0f4"))
    canvas.glow(120, 100, 150, "#fff6cf", 0.95)
    canvas.circle(120, 100, 50, YELLOW)
    mountain = [(470, 660), (560, 430), (690, 290), (790, 180), (870, 270), (1040, 380), (1040, 660)]
    canvas.polygon(mountain, "#8fa38d")
    canvas.polygon([(790, 180), (728, 250), (770, 246), (796, 270), (820, 240), (850, 250)], WHITE)
    canvas.polygon(
        [*smooth([(380, 560), (560, 470), (760, 440), (1040, 480)]), (1040, 660), (300, 660)], LEAF
    )
    canvas.polygon([*smooth([(380, 600), (620, 580), (1040, 590)]), (1040, 660), (380, 660)], "#b08a5e")
    canvas.polygon([(-10, 470), (390, 470), *smooth([(390, 470), (430, 540), (500, 660)]), (-10, 660)], BLUE)
    for row in range(5):
        canvas.line(
            [(x, 490 + 34 * row + 4 * math.sin(x / 20 + row)) for x in range(0, 380, 6)], SKY + "88", 3
        )
    canvas.line(smooth([(800, 320), (740, 380), (700, 440), (560, 480), (400, 500)]), "#4f9fc8", 12)
    for x, y in ((600, 500), (880, 500), (950, 520), (830, 530)):
        fir(canvas, x, y, 70, GREEN)
    cloud(canvas, 380, 130, 56, WHITE)
    cloud(canvas, 830, 100, 66, "#c5d2da")
    for place in range(12):
        x = 760 + 13 * place
        for drop in range(2):
            y = 150 + 46 * drop + 15 * (place % 3)
            canvas.line([(x, y), (x - 8, y + 24)], "#3d86b8", 4)
    for x in (150, 210, 270):
        wave = [(x + 9 * math.sin(y / 16), y) for y in range(440, 250, -4)]
        canvas.line(wave, ORANGE, 5, arrow=18)
    canvas.line(smooth([(480, 100), (600, 66), (720, 84)]), INK, 4, arrow=18)
    canvas.line([(880, 622), (470, 632)], "#4f9fc8", 5, arrow=18)
    for x, y, words in (
        (300, 300, "evaporation"),
        (540, 132, "wind"),
        (930, 200, "rain"),
        (690, 606, "ground water"),
        (140, 580, "sea"),
    ):
        canvas.text(x, y, words, 22, WHITE if words == "sea" else INK, anchor="lm", bold=True)
    return canvas.finish()


def moon_phases() -> str:
    """Eight moons round the Earth, as SVG."""
    cx, cy, ring, r = 420, 330, 230, 44
    dice = Random(18)
    parts = [
        tag(
            "circle",
            cx=dice.uniform(0, 960),
            cy=dice.uniform(0, 660),
            r=dice.choice((1, 1.4, 2)),
            fill="#b9bfd2",
        )
        for _ in range(90)
    ]
    parts.append(tag("path", d="M960 60 A 360 360 0 0 0 960 600 Z", fill=YELLOW))
    for y in (150, 330, 510):
        ray = f"M850 {y} H730 m16 -10 l-18 10 l18 10"
        parts.append(tag("path", d=ray, fill="none", stroke=YELLOW, stroke_width=5))
    orbit = {"stroke": "#53608f", "stroke_width": 3, "stroke_dasharray": "8 8"}
    parts.append(tag("circle", cx=cx, cy=cy, r=ring, fill="none", **orbit))
    parts.append(tag("circle", cx=cx, cy=cy, r=74, fill=BLUE))
    land = f"M{cx - 50} {cy - 34} q30 -24 52 -6 q14 20 -12 32 q-8 26 -24 12 q-26 -14 -16 -38 Z "
    land += f"M{cx + 18} {cy + 10} q28 -14 40 6 q-6 32 -30 30 q-20 -16 -10 -36 Z"
    parts.append(tag("path", d=land, fill=LEAF))
    for place in range(8):
        x, y = around(cx, cy, ring, place * 45)
        lit = (1 - math.cos(math.radians(place * 45))) / 2
        parts.append(tag("circle", cx=x, cy=y, r=r, fill="#39426b"))
        if lit > 0.01:
            # The lit part as seen from Earth: half a disc, and half an ellipse added or taken away.
            side = 1 if place > 3 else 0
            inner = abs(1 - 2 * lit) * r
            sweep = side if lit > 0.5 else 1 - side
            face = f"M{x:.1f} {y - r:.1f} A{r} {r} 0 0 {side} {x:.1f} {y + r:.1f} "
            face += f"A{inner:.1f} {r} 0 0 {sweep} {x:.1f} {y - r:.1f} Z"
            parts.append(tag("path", d=face, fill="#f4ecd0"))
    return document(960, 660, NIGHT, parts)


def cell() -> Image.Image:
    canvas = Canvas(860, 660, WHITE)
    wall = smooth(
        [
            (90, 330),
            (150, 140),
            (360, 70),
            (600, 90),
            (770, 220),
            (780, 420),
            (640, 570),
            (380, 600),
            (170, 520),
        ],
        closed=True,
    )
    canvas.polygon(wall, "#dcefdc", outline=GREEN, width=10)
    canvas.circle(430, 320, 120, "#cdb9e2", outline=PURPLE, width=5)
    canvas.circle(455, 340, 46, PURPLE)
    dice = Random(2)
    for _ in range(24):
        canvas.circle(*around(430, 320, dice.uniform(60, 105), dice.uniform(0, 360)), 4, "#9a7dbf")
    for ring in range(3):
        canvas.arc(430, 320, 145 + 17 * ring, 140 + 17 * ring, 110, 235, ORANGE, 8)
    for x, y, turn in ((640, 200, 30), (650, 450, -20), (240, 470, 15), (270, 170, -40), (480, 520, 5)):
        t = math.radians(turn)

        def turned(a: float, b: float, x: float = x, y: float = y, t: float = t) -> Point:
            return x + a * math.cos(t) - b * math.sin(t), y + a * math.sin(t) + b * math.cos(t)

        hull = [turned(56 * math.cos(a), 27 * math.sin(a)) for a in (s / 20 * math.pi for s in range(40))]
        canvas.polygon(hull, "#f3a683", outline="#c95f3d", width=4)
        canvas.line([turned(-42 + 6 * step, 14 * (-1) ** step) for step in range(15)], "#c95f3d", 3)
    canvas.ellipse(665, 330, 58, 50, "#bfe0ee", outline=BLUE, width=4)
    for _ in range(70):
        x, y = dice.uniform(150, 720), dice.uniform(130, 550)
        if (x - 430) ** 2 + (y - 320) ** 2 > 190**2 and (x - 665) ** 2 + (y - 330) ** 2 > 70**2:
            canvas.circle(x, y, 3.5, TEAL)
    for (ax, ay), (bx, by), words in (
        ((440, 330), (560, 40), "nucleus"),
        ((240, 470), (90, 610), "mitochondrion"),
        ((690, 330), (740, 600), "vacuole"),
    ):
        canvas.line([(ax, ay), (bx, by)], INK, 2)
        canvas.rect(bx - 78, by - 18, 156, 36, WHITE, radius=8, outline=INK, width=1.5)
        canvas.text(bx, by, words, 19, anchor="mm")
    return canvas.finish()


def solar_system() -> Image.Image:
    canvas = Canvas(1200, 460, "#0f1530")
    stars(canvas, Random(77), 170, 460)
    canvas.glow(-60, 230, 330, "#ffcf70", 0.9)
    canvas.circle(-60, 230, 190, "#ffb84d")
    worlds = (
        (190, 9, "#b3a79b"),
        (262, 17, "#e3b878"),
        (345, 19, "#4f94d4"),
        (425, 13, "#d1603d"),
        (590, 74, "#d9a679"),
        (795, 58, "#e8cf98"),
        (970, 36, "#9ad1dc"),
        (1100, 34, "#4866c9"),
    )
    for x, _, _ in worlds:
        canvas.arc(-60, 230, x + 60, (x + 60) * 0.9, -40, 40, "#7d8bbd66", 1.6)
    for x, r, colour in worlds:
        canvas.circle(x, 230, r, colour)
        if r == 74:
            for dy, tall, band in (
                (-40, 12, "#b97f56"),
                (-12, 16, "#c98f66"),
                (22, 13, "#b97f56"),
                (48, 8, "#c98f66"),
            ):
                half = math.sqrt(r * r - dy * dy) - 3
                canvas.rect(x - half, 230 + dy - tall / 2, 2 * half, tall, band, radius=tall / 2)
            canvas.ellipse(x + 24, 254, 17, 10, "#b3533a")
        if r == 58:
            for reach, wide in ((108, 9), (92, 6)):
                canvas.arc(x, 230, reach, reach * 0.27, -18, 198, "#cdb27c", wide)
        if r == 19:
            canvas.polygon([(x - 9, 222), (x + 4, 218), (x + 7, 230), (x - 3, 238)], "#7cc07a")
            canvas.circle(x + 24, 212, 4, "#d8d8d8")
        canvas.slice(x, 230, r, -90, 90, "#0f153055")
    return canvas.finish()


def circuit() -> Image.Image:
    canvas = Canvas(860, 560, "#fbfaf5")
    for x in range(0, 860, 20):
        canvas.line([(x, 0), (x, 560)], "#e8eef0", 1)
    for y in range(0, 560, 20):
        canvas.line([(0, y), (860, y)], "#e8eef0", 1)

    def wire(*points: Point) -> None:
        canvas.line(points, INK, 4)

    wire((140, 250), (140, 100), (250, 100))
    zigzag = [(250 + 15 * step, 100 + (0 if step in (0, 10) else 22 * (-1) ** step)) for step in range(11)]
    canvas.line([(x, y) for x, y in zigzag], INK, 4)
    wire((400, 100), (560, 100))
    wire((560, 100), (620, 66))
    canvas.circle(560, 100, 7, INK)
    canvas.circle(632, 100, 7, INK)
    wire((632, 100), (720, 100), (720, 220))
    canvas.circle(720, 270, 50, "#fff3c4", outline=INK, width=4)
    canvas.line([(685, 235), (755, 305)], INK, 4)
    canvas.line([(685, 305), (755, 235)], INK, 4)
    wire((720, 320), (720, 460), (140, 460), (140, 300))
    for y, half, thick in ((250, 46, 4), (267, 24, 9), (284, 46, 4), (300, 24, 9)):
        canvas.line([(140 - half, y), (140 + half, y)], INK, thick)
    wire((470, 100), (470, 240))
    canvas.line([(425, 240), (515, 240)], INK, 6)
    canvas.line([(425, 266), (515, 266)], INK, 6)
    wire((470, 266), (470, 460))
    for x, y in ((470, 100), (470, 460)):
        canvas.circle(x, y, 8, RED)
    wire((310, 460), (310, 506))
    for row, half in enumerate((34, 22, 10)):
        canvas.line([(310 - half, 506 + 12 * row), (310 + half, 506 + 12 * row)], INK, 4)
    for x, y, words in (
        (325, 52, "R"),
        (550, 252, "C"),
        (596, 46, "S"),
        (808, 270, "lamp"),
        (66, 276, "9 V"),
    ):
        canvas.text(x, y, words, 24, BLUE, anchor="mm", bold=True)
    for x in (200, 510):
        canvas.polygon([(x - 9, 88), (x - 9, 112), (x + 10, 100)], RED)
    return canvas.finish()


def meshed(angle: float, teeth: int, others: int, way: float) -> float:
    """The angle at which the next wheel's gaps meet this one's teeth; way is the direction to its middle."""
    return way + 180 - 180 / others + (way - angle) * teeth / others


def gears(turn: float = 0) -> Image.Image:
    """Three wheels that turn one another; after a turn of 1 everything looks as it did at 0."""
    canvas = Canvas(480, 320, PAPER)

    def wheel(x: float, y: float, teeth: int, colour: str, angle: float) -> None:
        r, step = teeth * 6.4, 360 / teeth
        rim = []
        for tooth in range(teeth):
            middle = angle + tooth * step
            for shift, reach in ((-0.3, -8), (-0.15, 8), (0.15, 8), (0.3, -8)):
                rim.append(around(x, y, r + reach, middle + step * shift))
        canvas.polygon(rim, colour, outline=mix(colour, INK, 0.4), width=2)
        for hole in range(teeth // 3):
            canvas.circle(*around(x, y, r * 0.55, angle + 3 * step * hole), r * 0.2, PAPER)
        canvas.circle(x, y, r * 0.18, mix(colour, INK, 0.4))
        canvas.circle(x, y, r * 0.08, PAPER)

    first, middle = (120.0, 190.0), around(120, 190, 27 * 6.4, -25)
    last = around(*middle, 21 * 6.4, 36)
    one = turn * 3 * 360 / 15
    two = meshed(one, 15, 12, -25)
    wheel(*first, 15, ORANGE, one)
    wheel(*middle, 12, TEAL, two)
    wheel(*last, 9, PURPLE, meshed(two, 12, 9, 36))
    return canvas.finish()


def turning_gears() -> list[Image.Image]:
    return [gears(frame / 18) for frame in range(18)]


def truss() -> str:
    """A bridge of triangles with the forces in its bars, as SVG."""
    low = [(100 + 130 * i, 330) for i in range(7)]
    high = [(165 + 130 * i, 200) for i in range(6)]
    banks = "M0 380 L100 350 L140 500 L0 500 Z M980 380 L880 350 L840 500 L980 500 Z"
    parts = [
        tag("path", d=banks, fill="#b8a58c"),
        tag("path", d="M130 470 Q310 440 490 466 T850 462 V500 H130 Z", fill=SKY),
    ]

    def bar(a: Point, b: Point, colour: str, width: float) -> str:
        ends = {"x1": a[0], "y1": a[1], "x2": b[0], "y2": b[1]}
        return tag("line", **ends, stroke=colour, stroke_width=width, stroke_linecap="round")

    for place in range(5):
        parts.append(bar(high[place], high[place + 1], RED, 9 + 4 * (2 - abs(place - 2))))
    for place in range(6):
        parts.append(bar(low[place], low[place + 1], BLUE, 8 + 3 * (2.5 - abs(place - 2.5))))
        parts.append(bar(low[place], high[place], RED if place < 3 else BLUE, 8))
        parts.append(bar(high[place], low[place + 1], BLUE if place < 3 else RED, 8))
    parts += [tag("circle", cx=x, cy=y, r=11, fill=WHITE, stroke=INK, stroke_width=5) for x, y in low + high]
    for x in (360, 490, 620):
        load = f"M{x} 60 V140 m-14 -20 l14 24 l14 -24"
        parts.append(tag("path", d=load, fill="none", stroke=INK, stroke_width=7))
    for x in (100, 880):
        parts.append(tag("path", d=f"M{x} 344 l-26 40 h52 Z", fill=YELLOW, stroke=INK, stroke_width=4))
    return document(980, 500, "#fbf8f1", parts)


def venn() -> str:
    """Three overlapping circles, as SVG."""
    parts = [
        tag("circle", cx=x, cy=y, r=170, fill=colour, fill_opacity="0.5", stroke=colour, stroke_width=5)
        for x, y, colour in ((320, 250, YELLOW), (500, 250, TEAL), (410, 400, RED))
    ]
    pen = {"fill": "none", "stroke": INK, "stroke_width": 5, "stroke_linecap": "round"}
    parts += [
        tag("path", d="M185 268 q24 -34 45 0 q21 -34 45 0", **pen),
        tag("path", d="M525 260 q40 -34 76 0 q-36 34 -76 0 M601 260 l24 -17 v34 Z", **pen),
        tag("circle", cx=548, cy=255, r=4, fill=INK),
        tag(
            "path",
            d="M388 450 a22 22 0 0 0 44 0 a22 34 0 0 0 -44 0 Z",
            fill="#fdf6ea",
            stroke=INK,
            stroke_width=4,
        ),
    ]
    for x, y, words in (
        (250, 210, "flies"),
        (570, 210, "swims"),
        (410, 500, "lays eggs"),
        (410, 200, "flying fish"),
        (292, 350, "bee"),
        (528, 350, "trout"),
        (410, 304, "duck"),
    ):
        letters = {"text_anchor": "middle", "font_family": "sans-serif", "font_size": 22, "fill": INK}
        parts.append(tag("text", words, x=x, y=y, **letters))
    return document(820, 620, WHITE, parts)


def lens() -> Image.Image:
    canvas = Canvas(1040, 480, WHITE)
    canvas.line([(30, 250), (1010, 250)], MUTED, 2, dash=9)
    glass = [(480 - math.sqrt(640**2 - y * y) + 604, 250 + y) for y in range(-190, 191, 10)]
    other = [(960 - x, y) for x, y in glass]
    canvas.polygon(glass + other[::-1], SKY + "88", outline=BLUE, width=4)
    for x in (280, 680):
        canvas.circle(x, 250, 8, INK)
        canvas.text(x, 276, "F", 22, anchor="mm", bold=True)
    canvas.line([(120, 250), (120, 130)], GREEN, 9, arrow=26)
    canvas.line([(880, 250), (880, 370)], mix(GREEN, WHITE, 0.3), 9, arrow=26)
    tip, image = (120.0, 130.0), (880.0, 370.0)
    for hit, colour in (((480.0, 130.0), RED), ((500.0, 250.0), ORANGE), ((480.0, 352.0), PURPLE)):
        canvas.line([tip, hit, image], colour, 3.5)
        middle = ((hit[0] + tip[0]) / 2, (hit[1] + tip[1]) / 2)
        canvas.line([tip, middle], colour, 3.5, arrow=16)
    canvas.text(120, 440, "thing", 22, MUTED, anchor="mm")
    canvas.text(480, 455, "lens", 22, MUTED, anchor="mm")
    canvas.text(880, 440, "image", 22, MUTED, anchor="mm")
    return canvas.finish()


def helix() -> Image.Image:
    canvas = Canvas(460, 920)
    canvas.gradient(0, 920, ("#20315e", "#2b5d86", "#3b8f9a"))
    dice = Random(13)
    for _ in range(40):
        canvas.circle(dice.uniform(0, 460), dice.uniform(0, 920), dice.uniform(3, 16), "#ffffff12")

    def strand(y: float, shift: float) -> tuple[float, float]:
        angle = y / 62 + shift
        return 230 + 130 * math.cos(angle), math.sin(angle)

    pairs = ((YELLOW, RED), (SKY, LEAF), (RED, YELLOW), (LEAF, SKY))
    pieces: list[tuple[float, str, list[Point], str, float]] = []
    for place, y in enumerate(range(30, 900, 24)):
        (ax, az), (bx, bz) = strand(y, 0), strand(y, math.pi)
        one, other = pairs[(place * 7 + place // 3) % 4]
        middle = ((ax + bx) / 2, float(y))
        pieces.append((az * 0.5, "line", [(ax, y), middle], one, 9))
        pieces.append((bz * 0.5, "line", [middle, (bx, y)], other, 9))
    for shift, colour in ((0.0, "#f4f1ea"), (math.pi, "#f2b27a")):
        for y in range(10, 912, 4):
            x, z = strand(y, shift)
            pieces.append(
                (z, "dot", [(x, y)], mix(mix(colour, "#20315e", 0.45), colour, (z + 1) / 2), 11 + 4 * z)
            )
    for _, kind, points, colour, size in sorted(pieces, key=lambda piece: piece[0]):
        if kind == "line":
            canvas.line(points, colour, size)
        else:
            canvas.circle(*points[0], size, colour)
    return canvas.finish()


def volcano() -> Image.Image:
    canvas = Canvas(1000, 720)
    canvas.gradient(0, 490, ("#4c4a6e", "#b56a6a", "#f3b97c"))
    dice = Random(66)
    for step in range(60):
        rise = step / 60
        x, y = 500 + dice.gauss(0, 24 + 120 * rise) + 90 * rise, 170 - 160 * rise
        canvas.circle(x, y, 24 + 46 * rise, mix("#4a3f49", "#9b8a8c", dice.random()))
    for _ in range(70):
        angle, far = dice.uniform(-150, -30), dice.uniform(30, 190)
        canvas.circle(*around(500, 190, far, angle), dice.uniform(3, 8), dice.choice((ORANGE, YELLOW, RED)))
    for layer in range(7):
        grow = 1 - layer * 0.085
        colour = ("#6b4a3d", "#8a6350")[layer % 2]
        top = 185 + layer * 32
        canvas.polygon(
            [
                (500 - 480 * grow, 480),
                *smooth([(500 - 480 * grow, 480), (500 - 170 * grow, 340 + layer * 16), (500 - 44, top)]),
                *smooth([(500 + 44, top), (500 + 170 * grow, 340 + layer * 16), (500 + 480 * grow, 480)]),
            ],
            colour,
        )
    for place, colour in enumerate(("#a98560", "#8f6e52", "#765a47", "#5f4a3e")):
        y = 480 + place * 60
        canvas.polygon(
            [
                (0, y),
                *[(x, y + 7 * math.sin(x / 70 + place)) for x in range(0, 1001, 20)],
                (1000, 720),
                (0, 720),
            ],
            colour,
        )
    canvas.polygon([(476, 176), (524, 176), (520, 420), (536, 600), (464, 600), (480, 420)], ORANGE)
    canvas.polygon([(488, 180), (512, 180), (508, 430), (514, 600), (486, 600), (492, 430)], YELLOW)
    canvas.line([(490, 420), (360, 360), (318, 318)], ORANGE, 14)
    canvas.glow(500, 640, 260, "#ff8c42", 0.55)
    canvas.ellipse(500, 640, 250, 74, RED)
    canvas.ellipse(500, 644, 205, 54, ORANGE)
    canvas.ellipse(500, 650, 140, 32, YELLOW)
    canvas.polygon(
        smooth(
            [(476, 180), (420, 262), (350, 352), (240, 430), (268, 440), (390, 352), (456, 262), (500, 190)],
            steps=8,
        ),
        ORANGE,
    )
    for x, y, words, ink in (
        (590, 200, "vent", WHITE),
        (760, 640, "magma chamber", WHITE),
        (160, 380, "lava", WHITE),
        (680, 60, "ash cloud", WHITE),
    ):
        canvas.text(x, y, words, 25, ink, anchor="lm", bold=True)
    return canvas.finish()


def butterfly() -> Image.Image:
    canvas = Canvas(760, 600, "#f4efe2")
    canvas.rect(24, 24, 712, 552, None, outline="#b8a58c", width=3)
    for side in (-1, 1):

        def flip(points: list[Point], side: int = side) -> list[Point]:
            return [(380 + side * x, y) for x, y in points]

        upper = flip(
            smooth([(8, 250), (60, 130), (200, 80), (300, 110), (286, 210), (180, 290), (8, 300)], steps=12)
        )
        lower = flip(
            smooth([(8, 290), (160, 296), (240, 350), (220, 450), (150, 490), (70, 430), (8, 330)], steps=12)
        )
        for wing, colour in ((lower, ORANGE), (upper, "#e8742c")):
            canvas.polygon(wing, colour, outline=INK, width=12)
        for end in ((286, 130), (270, 200), (200, 270)):
            canvas.line(flip([(10, 260), end]), INK, 5)
        for end in ((220, 350), (210, 430), (140, 470)):
            canvas.line(flip([(10, 300), end]), INK, 5)
        for x, y, r in (
            (262, 128, 9),
            (240, 112, 7),
            (276, 160, 8),
            (266, 200, 7),
            (210, 456, 7),
            (226, 420, 8),
            (170, 476, 7),
            (228, 384, 7),
        ):
            canvas.circle(380 + side * x, y, r, WHITE)
        canvas.circle(380 + side * 150, 380, 22, YELLOW, outline=INK, width=5)
        canvas.line(flip(smooth([(6, 210), (40, 150), (76, 118)])), INK, 4)
        canvas.circle(380 + side * 77, 117, 7, INK)
    canvas.ellipse(380, 300, 15, 100, INK)
    canvas.circle(380, 208, 16, INK)
    canvas.circle(380, 270, 6, PINK)
    canvas.text(380, 545, "wingspan 9 cm", 20, MUTED, anchor="mm")
    return canvas.finish()
