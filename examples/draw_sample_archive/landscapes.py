"""Scenes out of doors, near and far: lakes, towers, hills, weather."""

import math
from itertools import pairwise
from random import Random

from PIL import Image

from .canvas import (
    BLUE,
    GREEN,
    INK,
    NIGHT,
    ORANGE,
    RED,
    SKY,
    TEAL,
    WHITE,
    YELLOW,
    Canvas,
    Point,
    mix,
    smooth,
)


def ridge(dice: Random, width: int, y: float, height: float, step: float) -> list[Point]:
    """A mountain range from the left edge to the right one, closed along the bottom line y."""
    line: list[Point] = [(-20, y)]
    x, up = -20.0, True
    while x < width + 40:
        line.append((x, y - height * (dice.uniform(0.65, 1.0) if up else dice.uniform(0.15, 0.4))))
        x, up = x + step * dice.uniform(0.6, 1.3), not up
    return [*line, (width + 40, y)]


def fir(canvas: Canvas, x: float, y: float, height: float, colour: str) -> None:
    canvas.rect(x - height * 0.03, y - height * 0.12, height * 0.06, height * 0.12, mix(colour, INK, 0.5))
    for low, wide in ((0.1, 0.26), (0.32, 0.21), (0.54, 0.15)):
        canvas.polygon(
            [
                (x - height * wide, y - height * low),
                (x, y - height * min(1, low + 0.46)),
                (x + height * wide, y - height * low),
            ],
            colour,
        )


def cloud(canvas: Canvas, x: float, y: float, size: float, colour: str) -> None:
    for dx, dy, r in ((-0.9, 0.1, 0.42), (-0.4, -0.18, 0.55), (0.25, -0.28, 0.65), (0.85, 0.05, 0.45)):
        canvas.circle(x + dx * size, y + dy * size, r * size, colour)
    canvas.rect(x - 1.3 * size, y + 0.08 * size, 2.58 * size, 0.43 * size, colour, radius=0.21 * size)


def stars(canvas: Canvas, dice: Random, count: int, height: float) -> None:
    for _ in range(count):
        x, y = dice.uniform(0, canvas.width), dice.uniform(0, height)
        canvas.circle(x, y, dice.choice((0.8, 1, 1.3, 2)), "#ffffff" + dice.choice(("77", "aa", "ee")))


def lake() -> Image.Image:
    dice = Random(8)
    canvas = Canvas(960, 600)
    canvas.gradient(0, 370, ("#3b3f77", "#a4508b", "#f0825a", "#fcd581"))
    canvas.glow(600, 214, 230, "#fff1b8", 0.9)
    canvas.circle(600, 214, 46, "#fff3c4")
    for y, height, step, colour in (
        (372, 210, 120, "#7a4d84"),
        (372, 150, 90, "#563a6b"),
        (372, 80, 70, "#382a52"),
    ):
        canvas.polygon(ridge(dice, 960, y, height, step), colour)
    canvas.gradient(370, 230, ("#f6b36b", "#c4637f", "#5d3f78", "#2b2a55"))
    for y, height, colour in ((370, 120, "#563a6b55"), (370, 60, "#382a5266")):
        canvas.polygon([(x, 2 * y - py) for x, py in ridge(dice, 960, y, height, 90)], colour)
    for row in range(26):
        y = 376 + row * 8.6
        wide = 26 + row * 2.2 + dice.uniform(-12, 12)
        shift = dice.uniform(-9, 9)
        canvas.line([(600 - wide + shift, y), (600 + wide + shift, y)], "#fff0b5" + f"{200 - row * 6:02x}", 3)
    for x, height in ((20, 210), (75, 260), (130, 180), (880, 240), (935, 300), (830, 150)):
        fir(canvas, x, 600, height, "#1d1a38")
    return canvas.finish()


def lighthouse() -> Image.Image:
    canvas = Canvas(720, 900)
    canvas.gradient(0, 640, (NIGHT, "#243a6b", "#3f6290"))
    stars(canvas, Random(4), 140, 520)
    canvas.circle(130, 140, 46, "#f7efc9")
    canvas.circle(150, 128, 42, "#1f2d55")
    canvas.polygon([(400, 270), (-80, 90), (-80, 330)], "#fff3b055")
    canvas.polygon([(400, 270), (-80, 150), (-80, 280)], "#fff3b055")
    canvas.polygon([(400, 270), (800, 190), (800, 350)], "#fff3b044")
    canvas.gradient(640, 260, ("#1f4468", "#12284a"))
    dice = Random(2)
    for row in range(16):
        for _ in range(5):
            x, y = dice.uniform(-20, 700), 652 + row * 15
            canvas.line([(x, y), (x + dice.uniform(20, 70), y)], "#6f9cc055", 2.5)
    rock = [(150, 900), (210, 760), (270, 720), (330, 690), (480, 685), (560, 730), (640, 790), (720, 900)]
    canvas.polygon(smooth(rock), "#15192b")
    canvas.polygon([(345, 700), (365, 330), (435, 330), (455, 700)], "#f7f3ea")
    for band in range(3):
        top, bottom = 370 + band * 125, 432 + band * 125
        inset_top, inset_bottom = 20 * (700 - top) / 370, 20 * (700 - bottom) / 370
        canvas.polygon(
            [
                (345 + inset_top, top),
                (455 - inset_top, top),
                (455 - inset_bottom, bottom),
                (345 + inset_bottom, bottom),
            ],
            RED,
        )
    canvas.polygon([(400, 330), (435, 330), (455, 700), (400, 700)], "#26323f33")
    canvas.rect(348, 318, 104, 14, "#26323f", radius=3)
    canvas.rect(368, 240, 64, 80, "#ffe9a0")
    canvas.glow(400, 275, 170, "#fff6cf", 0.95)
    for x in (368, 389, 411, 429):
        canvas.rect(x, 240, 4, 80, "#26323f")
    canvas.polygon([(356, 242), (400, 196), (444, 242)], RED)
    canvas.line([(400, 198), (400, 172)], "#26323f", 4)
    for y in (470, 590):
        canvas.rect(391, y, 18, 30, "#26323f", radius=9)
    canvas.rect(386, 650, 28, 50, "#26323f", radius=10)
    canvas.polygon([(470, 690), (470, 640), (560, 640), (560, 735)], "#e8e1d2")
    canvas.polygon([(460, 642), (515, 602), (572, 642)], "#8f2f42")
    canvas.rect(500, 660, 26, 26, "#ffd873")
    return canvas.finish()


def sailing_boat() -> Image.Image:
    canvas = Canvas(900, 620)
    canvas.gradient(0, 400, ("#6fb7dd", "#bfe2ef", "#eaf6f4"))
    canvas.glow(760, 100, 150, "#fff6cf", 0.9)
    canvas.circle(760, 100, 40, "#fff2bd")
    cloud(canvas, 190, 130, 56, "#ffffffee")
    cloud(canvas, 590, 190, 38, "#ffffffcc")
    canvas.polygon(smooth([(-20, 402), (90, 360), (210, 384), (300, 402)]), "#8fb7a6")
    canvas.gradient(400, 220, ("#4c9fc0", BLUE, "#1d4e78"))
    canvas.polygon([(440, 90), (440, 430), (250, 430)], "#fdfaf2")
    canvas.polygon([(455, 120), (455, 430), (620, 430)], RED)
    canvas.polygon([(455, 250), (455, 300), (551, 300), (524, 250)], "#fdfaf2")
    for y in (190, 270, 350):
        canvas.line([(440 - (y - 90) * 0.55, y), (440, y)], "#d8d2c2", 2)
    canvas.line([(448, 70), (448, 470)], "#6b4a33", 8)
    canvas.polygon([(448, 70), (500, 84), (448, 98)], ORANGE)
    canvas.polygon(
        smooth([(220, 450), (450, 462), (680, 444)]) + smooth([(620, 520), (440, 534), (280, 518)]), "#8a4b2c"
    )
    canvas.polygon(
        smooth([(220, 450), (450, 462), (680, 444)]) + smooth([(672, 460), (450, 478), (228, 466)]), "#f2e3c6"
    )
    dice = Random(6)
    for row in range(9):
        y = 520 + row * 13
        points = [(x, y + 5 * math.sin(x / 33 + row * 1.3)) for x in range(-20, 930, 8)]
        canvas.line(points, mix("#8cc9de", "#2b6c98", row / 9) if row else "#d8eef2", 3)
    for _ in range(60):
        x, y = dice.uniform(0, 900), dice.uniform(406, 505)
        if not 210 < x < 680:
            canvas.line([(x, y), (x + dice.uniform(12, 46), y)], "#d8eef288", 2)
    for x, y in ((140, 230), (200, 260), (700, 250)):
        canvas.arc(x - 14, y, 14, 9, 200, 350, INK, 3)
        canvas.arc(x + 14, y, 14, 9, 190, 340, INK, 3)
    return canvas.finish()


def forest() -> Image.Image:
    dice = Random(12)
    canvas = Canvas(720, 880)
    canvas.gradient(0, 880, ("#8fa6a5", "#a9bcb6", "#7f9a8c", "#40564b"))
    for depth in range(5):
        colour = mix("#8ea69b", "#1d3a2e", depth / 4)
        y = 460 + depth * 95
        canvas.rect(0, y - 10, 720, 500, mix(colour, "#a9bcb6", 0.15))
        for place in range(12 - depth):
            x = (place + dice.uniform(0.1, 0.9)) * 720 / (12 - depth)
            if depth and abs(x - 360) < 30 + 55 * (depth - 1):
                continue
            fir(canvas, x, y + dice.uniform(0, 30), 190 + depth * 90 + dice.uniform(-30, 60), colour)
    canvas.polygon(
        [
            *smooth([(350, 560), (330, 660), (380, 760), (280, 890)]),
            *smooth([(560, 890), (470, 760), (390, 660), (372, 560)]),
        ],
        "#a08c70",
    )
    canvas.soften(0.8)
    for x, y, wide in ((400, 800, 60), (420, 850, 90), (375, 700, 26)):
        canvas.ellipse(x, y, wide, wide * 0.2, "#c9d6d5")
        canvas.ellipse(x, y, wide * 0.5, wide * 0.09, None, outline="#8aa0a0", width=2)
    for _ in range(420):
        x, y, length = dice.uniform(-40, 740), dice.uniform(-40, 880), dice.uniform(18, 46)
        canvas.line(
            [(x, y), (x - length * 0.22, y + length)], "#eaf3f4" + dice.choice(("55", "77", "99")), 1.7
        )
    return canvas.finish()


def skyline() -> Image.Image:
    dice = Random(17)
    canvas = Canvas(1120, 480)
    canvas.gradient(0, 400, ("#1d2350", "#4a3c7a", "#b0587c", "#f3a26d"))
    stars(canvas, dice, 70, 160)
    canvas.circle(900, 110, 40, "#fdeec6")
    for shade, low, high, step in (
        ("#5a4a80", 130, 220, 56),
        ("#2c2c57", 110, 300, 74),
        ("#171a38", 60, 210, 88),
    ):
        x = -20.0
        while x < 1120:
            wide, tall = step * dice.uniform(0.7, 1.1), dice.uniform(low, high)
            top = 400 - tall
            canvas.rect(x, top, wide, tall, shade)
            if dice.random() < 0.25:
                canvas.polygon([(x, top), (x + wide / 2, top - 40), (x + wide, top)], shade)
                canvas.line([(x + wide / 2, top - 40), (x + wide / 2, top - 76)], shade, 3)
            elif dice.random() < 0.3:
                canvas.rect(x + wide * 0.25, top - 18, wide * 0.5, 20, shade)
            if shade != "#5a4a80":
                for row in range(int(tall / 18) - 1):
                    for column in range(int(wide / 15) - 1):
                        if dice.random() < 0.5:
                            canvas.rect(
                                x + 9 + column * 15,
                                top + 12 + row * 18,
                                7,
                                10,
                                dice.choice(("#ffd97a", "#ffe9b0", "#f7b267")),
                            )
            x += wide + dice.uniform(0, 8)
    canvas.gradient(400, 80, ("#3a3566", "#191c3e"))
    for _ in range(120):
        x, y = dice.uniform(0, 1120), dice.uniform(404, 476)
        canvas.line(
            [(x, y), (x + dice.uniform(8, 30), y)], dice.choice(("#ffd97a77", "#f3a26d66", "#ffe9b055")), 2
        )
    return canvas.finish()


def rocket() -> Image.Image:
    dice = Random(31)
    canvas = Canvas(640, 900)
    canvas.gradient(0, 900, ("#132043", "#2c5289", "#86b7d9", "#f4d9b0"))
    stars(canvas, dice, 60, 260)
    canvas.glow(320, 620, 330, "#ffdf9e", 0.95)
    for _ in range(90):
        spread = dice.uniform(0, 1)
        x, y = 320 + dice.gauss(0, 60 + 150 * spread), 700 + 190 * spread
        canvas.circle(x, y, dice.uniform(26, 70), mix("#f6e7d3", "#b9b4b8", dice.random()))
    for wide, length, colour in ((46, 330, "#f28c38"), (32, 260, "#fbc64f"), (17, 180, "#fff6d5")):
        canvas.polygon(
            smooth(
                [
                    (320 - wide, 520),
                    (320 - wide * 0.8, 520 + length * 0.5),
                    (320, 520 + length),
                    (320 + wide * 0.8, 520 + length * 0.5),
                    (320 + wide, 520),
                ],
                steps=8,
            ),
            colour,
        )
    canvas.polygon([(268, 430), (205, 540), (205, 580), (275, 530)], RED)
    canvas.polygon([(372, 430), (435, 540), (435, 580), (365, 530)], RED)
    canvas.polygon([(292, 520), (348, 520), (362, 552), (278, 552)], "#3a4654")
    body = smooth([(320, 110), (362, 190), (380, 300), (380, 420), (362, 530)])
    canvas.polygon(body + [(640 - x, y) for x, y in body[::-1]], "#f4f1ea")
    canvas.polygon([*body, (335, 530), (345, 300), (320, 110)], "#26323f22")
    nose = [p for p in body if p[1] < 205]
    canvas.polygon(nose + [(640 - x, y) for x, y in nose[::-1]], RED)
    canvas.circle(320, 270, 34, "#3a4654")
    canvas.circle(320, 270, 25, SKY)
    canvas.arc(320, 270, 18, 18, 190, 270, WHITE, 4)
    canvas.circle(320, 360, 19, "#3a4654")
    canvas.circle(320, 360, 13, SKY)
    canvas.rect(261, 440, 118, 12, BLUE)
    canvas.polygon([(309, 440), (331, 440), (331, 570), (320, 585), (309, 570)], "#b73a4d")
    return canvas.finish()


def balloon(canvas: Canvas, x: float, y: float, r: float, one: str, other: str) -> None:
    """A hot-air balloon of two colours; (x, y) is the middle of its envelope."""

    def edge(share: float) -> list[Point]:
        return smooth(
            [
                (x, y - r),
                (x + share * r * 0.75, y - r * 0.68),
                (x + share * r, y),
                (x + share * r * 0.7, y + r * 0.68),
                (x + share * r * 0.24, y + r * 1.18),
            ]
        )

    shares = (-1, -0.72, -0.28, 0.28, 0.72, 1)
    for place, (left, right) in enumerate(pairwise(shares)):
        canvas.polygon(edge(left) + edge(right)[::-1], one if place % 2 == 0 else other)
    canvas.polygon(edge(0.5) + edge(1)[::-1], "#26323f22")
    for side in (-1, 1):
        canvas.line(
            [(x + side * r * 0.2, y + r * 1.18), (x + side * r * 0.13, y + r * 1.5)],
            "#5c4632",
            max(1, r / 50),
        )
    canvas.rect(x - r * 0.17, y + r * 1.5, r * 0.34, r * 0.26, "#8a5a3b", radius=r * 0.04)
    canvas.rect(x - r * 0.19, y + r * 1.48, r * 0.38, r * 0.07, "#5c4632", radius=r * 0.03)


def balloons() -> Image.Image:
    dice = Random(9)
    canvas = Canvas(900, 640)
    canvas.gradient(0, 640, ("#79b8e0", "#bfe0ee", "#fdeed6"))
    cloud(canvas, 130, 330, 46, "#ffffffcc")
    cloud(canvas, 770, 250, 54, "#ffffffdd")
    for y, height, step, colour in (
        (640, 170, 160, "#b9c9a4"),
        (640, 110, 120, "#93b087"),
        (640, 60, 90, "#6c9467"),
    ):
        canvas.polygon(smooth(ridge(dice, 900, y, height, step), steps=8), colour)
    balloon(canvas, 330, 210, 140, RED, "#fbe3b4")
    balloon(canvas, 660, 170, 84, BLUE, YELLOW)
    balloon(canvas, 550, 400, 60, ORANGE, "#f7f3ea")
    balloon(canvas, 110, 150, 46, TEAL, "#f7f3ea")
    balloon(canvas, 800, 430, 40, "#7d5ba6", "#f5cf70")
    return canvas.finish()


def desert() -> Image.Image:
    canvas = Canvas(1000, 560)
    canvas.gradient(0, 400, ("#f6a95b", "#fbd08b", "#fdecc7"))
    canvas.glow(250, 190, 190, "#fffbe2", 0.9)
    canvas.circle(250, 190, 58, "#fff7d6")
    canvas.polygon([(560, 380), (590, 250), (760, 250), (800, 380)], "#c9745a")
    canvas.polygon([(800, 390), (830, 300), (930, 300), (960, 390)], "#d68a68")
    for base, colour in ((360, "#e9b872"), (410, "#dfa35c"), (470, "#cf8b4a")):
        hills = smooth(
            [
                (-20, base + 20),
                (160, base - 22),
                (360, base + 34),
                (600, base - 8),
                (820, base + 30),
                (1020, base - 16),
            ]
        )
        canvas.polygon([*hills, (1020, 560), (-20, 560)], colour)
        canvas.line(hills, mix(colour, WHITE, 0.3), 2)

    def cactus(x: float, y: float, h: float) -> None:
        w = h * 0.15
        green, dark = "#4c8a57", "#376b45"
        canvas.ellipse(x + w, y + 3, h * 0.36, h * 0.04, "#6b432155")
        for side, low, high in ((-1, 0.38, 0.72), (1, 0.5, 0.85)):
            reach = x + side * w * 2.1
            canvas.line([(x, y - h * low), (reach, y - h * low)], green, w * 0.8)
            canvas.line([(reach, y - h * low), (reach, y - h * high)], green, w * 0.8)
        canvas.rect(x - w / 2, y - h, w, h, green, radius=w / 2)
        for shift in (-0.22, 0, 0.22):
            canvas.line([(x + shift * w, y - h * 0.96), (x + shift * w, y - 4)], dark, max(1.2, w * 0.06))
        canvas.circle(x, y - h, w * 0.26, "#e8627c")

    cactus(690, 500, 270)
    cactus(420, 440, 130)
    cactus(900, 452, 100)
    cactus(130, 500, 90)
    for x, y in ((300, 520), (330, 512), (560, 530)):
        canvas.ellipse(x, y, 22, 10, "#a8683c")
    return canvas.finish()


def bridge() -> Image.Image:
    canvas = Canvas(1120, 520)
    canvas.gradient(0, 360, ("#a9cfe3", "#dcebe9", "#fae9d2"))
    dice = Random(14)
    canvas.polygon(ridge(dice, 1120, 362, 120, 130), "#a8bfc4")
    canvas.polygon(smooth(ridge(dice, 1120, 362, 60, 110), steps=6), "#86a69c")
    canvas.gradient(360, 160, ("#7fb3c6", "#3c7d9b", "#285d7c"))
    red = "#c2452d"
    deck = 340
    for x in (310, 810):
        canvas.rect(x - 30, 420, 60, 60, "#6c7478", radius=4)
        for side in (-15, 15):
            canvas.rect(x + side - 7, 80, 14, 345, red)
        for y in (90, 160, 240, 310):
            canvas.rect(x - 20, y, 40, 10, red)
    for ends in (((-20, 330), (310, 84), 0.35), ((310, 84), (810, 84), 1.0), ((810, 84), (1140, 330), 0.35)):
        (ax, ay), (bx, by), sag = ends
        cable = []
        for step in range(41):
            t = step / 40
            y = ay + (by - ay) * t + sag * 4 * t * (1 - t) * 225
            cable.append((ax + (bx - ax) * t, min(y, deck - 6)))
        canvas.line(cable, red, 6)
        for x, y in cable[1:-1]:
            canvas.line([(x, y), (x, deck)], red + "bb", 1.6)
    canvas.rect(-10, deck - 6, 1140, 18, red)
    canvas.rect(-10, deck + 12, 1140, 6, "#8f3322")
    for x, colour in ((120, WHITE), (420, BLUE), (560, YELLOW), (700, WHITE), (980, TEAL)):
        canvas.rect(x, deck - 18, 32, 12, colour, radius=4)
        canvas.rect(x + 6, deck - 25, 18, 9, colour, radius=4)
    for _ in range(80):
        x, y = dice.uniform(0, 1120), dice.uniform(372, 512)
        canvas.line([(x, y), (x + dice.uniform(16, 60), y)], "#d8ecef66", 2)
    canvas.polygon([(540, 440), (660, 440), (640, 466), (558, 466)], "#fdfaf2")
    canvas.polygon([(598, 372), (598, 434), (640, 434)], "#fdfaf2")
    return canvas.finish()


def train() -> Image.Image:
    canvas = Canvas(1120, 500)
    canvas.gradient(0, 340, ("#8ec7e4", "#d7ecef", "#fbf1dd"))
    dice = Random(40)
    canvas.polygon(ridge(dice, 1120, 342, 190, 170), "#9fb4c4")
    canvas.polygon(smooth(ridge(dice, 1120, 342, 90, 120), steps=8), "#8db583")
    canvas.rect(0, 330, 1120, 170, "#7aa866")
    for x in range(30, 1120, 95):
        fir(canvas, x + dice.uniform(-20, 20), 352, dice.uniform(60, 100), "#4f8a57")
    canvas.rect(0, 432, 1120, 14, "#8b7d6b")
    for x in range(-10, 1120, 34):
        canvas.rect(x, 430, 20, 22, "#5e4a39", radius=2)
    canvas.rect(0, 424, 1120, 6, "#4a4f57")
    for place, (left, colour) in enumerate(((60, "#f2e3c6"), (310, "#f2e3c6"), (560, "#f2e3c6"))):
        canvas.rect(left, 296, 236, 108, GREEN if place != 1 else "#3f7d80", radius=10)
        canvas.rect(left, 290, 236, 14, "#3a4654", radius=6)
        canvas.rect(left, 366, 236, 8, YELLOW)
        for window in range(4):
            canvas.rect(left + 16 + 54 * window, 316, 42, 36, "#d9eef4", radius=5, outline=colour, width=3)
        canvas.rect(left + 232, 384, 24, 8, "#3a4654")
        for wheel in (44, 84, 152, 192):
            canvas.circle(left + wheel, 408, 17, "#2b333d")
            canvas.circle(left + wheel, 408, 7, "#9aa5ae")
    canvas.rect(816, 300, 210, 100, "#2d3640", radius=16)
    canvas.rect(812, 246, 92, 154, RED, radius=6)
    canvas.rect(802, 236, 112, 16, "#2d3640", radius=6)
    canvas.rect(830, 266, 54, 48, "#d9eef4", radius=5)
    canvas.rect(904, 312, 124, 62, "#3a4654", radius=28)
    canvas.rect(966, 250, 30, 60, "#2d3640")
    canvas.rect(958, 240, 46, 16, "#2d3640", radius=4)
    canvas.circle(930, 304, 17, YELLOW)
    canvas.circle(1032, 336, 14, "#fff1b8", outline="#2d3640", width=4)
    canvas.polygon([(1010, 384), (1072, 424), (1000, 424)], RED)
    for x, r in ((848, 32), (918, 32), (982, 22)):
        canvas.circle(x, 424 - r, r, "#20262d")
        canvas.circle(x, 424 - r, r - 7, RED)
        canvas.circle(x, 424 - r, 6, "#20262d")
    canvas.line([(848, 398), (918, 398), (984, 400)], "#c9d1d6", 6)
    for place, (x, y) in enumerate(((976, 214), (940, 176), (886, 142), (816, 116), (730, 98), (640, 88))):
        cloud(canvas, x, y, 20 + place * 7, "#ffffff" + f"{225 - place * 24:02x}")
    return canvas.finish()
