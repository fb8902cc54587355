"""Scenes close by: things on tables and sills, animals, a bicycle, a market."""

import math
from random import Random

from PIL import Image

from .canvas import (
    BLUE,
    GREEN,
    INK,
    LEAF,
    ORANGE,
    RED,
    TEAL,
    WHITE,
    YELLOW,
    Canvas,
    Point,
    around,
    mix,
    smooth,
)
from .landscapes import cloud, fir


def cat() -> Image.Image:
    canvas = Canvas(800, 720, "#d9b99b")
    for x in range(0, 800, 80):
        canvas.rect(x, 0, 40, 720, "#d3b08f")
    canvas.rect(140, 40, 520, 520, "#f7f1e4")
    canvas.rect(164, 64, 472, 472, "#a9d5ea")
    canvas.circle(540, 150, 44, "#fff2bd")
    cloud(canvas, 290, 170, 42, WHITE)
    canvas.polygon(
        [*smooth([(164, 440), (280, 390), (420, 430), (540, 380), (636, 410)]), (636, 536), (164, 536)],
        "#8fbf7f",
    )
    fir(canvas, 590, 470, 120, "#5b9a6b")
    canvas.rect(394, 64, 14, 472, "#f7f1e4")
    canvas.rect(164, 270, 472, 12, "#f7f1e4")
    canvas.rect(90, 552, 620, 44, "#f2e7d2", radius=6)
    canvas.rect(90, 588, 620, 10, "#cdb892", radius=4)
    for left, right, side in ((60, 190, 1), (740, 610, -1)):
        curtain = smooth(
            [(right, 20), (right - side * 16, 240), (left + side * 50, 420), (left + side * 30, 560)]
        )
        canvas.polygon([(left, 20), *curtain, (left, 560)], "#c8576a")
        for fold in (0.3, 0.6):
            canvas.line([(x * fold + left * (1 - fold), y) for x, y in curtain], "#a84357", 3)
    canvas.rect(40, 10, 720, 16, "#8a5a3b", radius=8)
    fur, dark = "#e08d3c", "#b8662a"
    canvas.line(smooth([(440, 540), (530, 556), (560, 610), (530, 660), (556, 690)]), fur, 30)
    for x, y in ((551, 600), (541, 640)):
        canvas.line([(x - 14, y), (x + 14, y + 4)], dark, 8)
    body = smooth([(330, 556), (290, 480), (310, 390), (370, 330), (440, 390), (470, 480), (448, 556)])
    canvas.polygon(body, fur)
    for y in (420, 455, 490):
        canvas.line([(446 + (y - 420) * 0.12, y), (404, y + 8)], dark, 8)
        canvas.line([(312 - (y - 420) * 0.12, y), (352, y + 8)], dark, 8)
    canvas.ellipse(378, 500, 44, 60, "#f8e7cf")
    for x in (348, 408):
        canvas.ellipse(x, 546, 26, 15, "#f8e7cf")
    for side in (-1, 1):
        ear = [(375 + side * 76, 226), (375 + side * 20, 262), (375 + side * 74, 312)]
        canvas.polygon(ear, fur)
        canvas.polygon([(375 + side * 67, 245), (375 + side * 36, 266), (375 + side * 66, 296)], "#f2b5a0")
    canvas.ellipse(375, 320, 84, 70, fur)
    canvas.ellipse(375, 348, 42, 32, "#f8e7cf")
    for x in (-24, 0, 24):
        canvas.line([(375 + x, 258), (375 + x * 0.8, 284)], dark, 7)
    for side in (-1, 1):
        canvas.ellipse(375 + side * 36, 314, 15, 17, "#d8e07a")
        canvas.ellipse(375 + side * 36, 314, 5.5, 15, INK)
        for dy in (-6, 4, 14):
            canvas.line([(375 + side * 30, 350 + dy * 0.4), (375 + side * 104, 342 + dy * 1.6)], "#fdf6ea", 2)
        canvas.arc(375 + side * 11, 352, 11, 10, 10 if side < 0 else 0, 180 if side < 0 else 170, INK, 3)
    canvas.polygon([(365, 334), (385, 334), (375, 346)], "#c8576a")
    canvas.rect(180, 500, 70, 56, "#b8593e", radius=6)
    canvas.rect(172, 492, 86, 16, "#c96b4d", radius=4)
    for angle in (-140, -115, -90, -65, -40):
        x, y = around(215, 492, 78, angle)
        canvas.line(smooth([(215, 492), ((215 + x) / 2, (492 + y) / 2 - 8), (x, y)]), GREEN, 6)
        canvas.circle(x, y, 13, YELLOW if angle % 2 else "#f4f1ea")
        canvas.circle(x, y, 5, ORANGE)
    return canvas.finish()


def bicycle() -> Image.Image:
    canvas = Canvas(900, 620, "#f3e4c8")
    for row in range(9):
        for column in range(-1, 12):
            x = column * 86 + (43 if row % 2 else 0)
            canvas.rect(
                x, row * 52, 82, 48, mix("#e2b48f", "#d9a27c", (row * 7 + column * 3) % 5 / 5), radius=3
            )
    canvas.rect(0, 468, 900, 152, "#a9a39a")
    canvas.rect(0, 468, 900, 10, "#8d877f")
    for x in range(-40, 900, 150):
        canvas.line([(x, 620), (x + 60, 478)], "#979188", 3)
    back, front, crank = (270, 420), (640, 420), (430, 420)
    canvas.ellipse(455, 546, 330, 16, "#26323f33")
    for x, y in (back, front):
        canvas.circle(x, y, 122, None, outline="#2b333d", width=13)
        canvas.circle(x, y, 109, None, outline="#cfd6da", width=4)
        for spoke in range(16):
            canvas.line([(x, y), around(x, y, 107, spoke * 22.5)], "#e9edef", 1.6)
        canvas.circle(x, y, 12, "#5d6b78")
    seat, head, neck = (365, 230), (560, 220), (580, 270)
    for path in ([back, seat, crank, back], [seat, (572, 246)], [crank, (578, 262)]):
        canvas.line(path, TEAL, 14)
    canvas.line([head, neck, front], TEAL, 12)
    canvas.line([seat, (352, 190)], "#5d6b78", 10)
    canvas.polygon(
        smooth([(296, 184), (330, 172), (410, 182), (386, 194), (330, 198)], closed=True), "#6b4228"
    )
    canvas.line([head, (552, 176)], "#5d6b78", 10)
    canvas.line(smooth([(552, 178), (590, 164), (622, 176), (616, 206)]), "#5d6b78", 9)
    canvas.line([(618, 186), (614, 216)], "#6b4228", 15)
    canvas.line([(270, 412), (430, 398)], "#3a4654", 3)
    canvas.line([(270, 430), (430, 444)], "#3a4654", 3)
    canvas.circle(*crank, 27, None, outline="#3a4654", width=6)
    for angle in (60, 240):
        x, y = around(*crank, 60, angle)
        canvas.line([crank, (x, y)], "#3a4654", 8)
        canvas.rect(x - 22, y - 6, 44, 12, "#3a4654", radius=4)
    canvas.polygon([(590, 236), (706, 236), (692, 316), (604, 316)], "#b98145")
    for y in (254, 274, 294):
        canvas.line([(594, y), (702, y)], "#95622f", 4)
    for x in range(604, 700, 18):
        canvas.line([(x, 238), (x + (648 - x) * 0.12, 314)], "#95622f", 3)
    for x, y, colour in ((612, 216, RED), (642, 202, YELLOW), (672, 212, "#f4f1ea"), (694, 222, "#c86b98")):
        canvas.line([(x, 240), (x, y)], GREEN, 4)
        for petal in range(6):
            canvas.circle(*around(x, y, 11, petal * 60), 8, colour)
        canvas.circle(x, y, 7, ORANGE)
    return canvas.finish()


def heart(x: float, y: float, size: float) -> list[Point]:
    """A heart 32 times `size` wide, its middle at (x, y)."""
    angles = [step / 40 * math.pi for step in range(80)]
    return [
        (
            x + size * 16 * math.sin(a) ** 3,
            y - size * (13 * math.cos(a) - 5 * math.cos(2 * a) - 2 * math.cos(3 * a) - math.cos(4 * a)),
        )
        for a in angles
    ]


def coffee() -> Image.Image:
    canvas = Canvas(760, 760, "#8d5f3f")
    dice = Random(3)
    for row in range(8):
        canvas.rect(0, row * 95, 760, 93, mix("#a06f4b", "#8d5f3f", (row * 5 % 7) / 7))
        for _ in range(5):
            x, y = dice.uniform(-50, 700), row * 95 + dice.uniform(14, 84)
            canvas.line(smooth([(x, y), (x + 90, y + dice.uniform(-6, 6)), (x + 220, y)]), "#6f472c55", 2.5)
    canvas.ellipse(404, 424, 286, 282, "#2d1a0e55")
    canvas.circle(380, 400, 282, "#f6f1e7")
    canvas.circle(380, 400, 282, None, outline="#ded5c4", width=6)
    canvas.circle(380, 400, 206, None, outline="#e6decf", width=5)
    canvas.circle(392, 412, 188, "#c9bfad")
    canvas.rect(530, 372, 130, 56, "#fdfaf3", radius=26, outline="#d8cfbe", width=4)
    canvas.rect(570, 388, 70, 24, "#f6f1e7", radius=12, outline="#d8cfbe", width=3)
    canvas.circle(380, 400, 180, "#fdfaf3")
    canvas.circle(380, 400, 154, "#5b3419")
    canvas.circle(380, 400, 150, "#8a5630")
    canvas.circle(380, 400, 132, "#a86d3f")
    for size, colour in (
        (6.6, "#f7e6cb"),
        (5.2, "#a86d3f"),
        (4.1, "#f7e6cb"),
        (2.8, "#a86d3f"),
        (1.8, "#f7e6cb"),
    ):
        canvas.polygon(heart(380, 404 - (6.6 - size) * 4, size), colour)
    canvas.line([(130, 620), (280, 690)], "#b9c1c7", 14)
    canvas.ellipse(118, 612, 38, 24, "#cfd6da")
    canvas.ellipse(112, 608, 24, 14, "#aab4bb")
    for x, y, turn in ((640, 650, 30), (690, 600, 100), (600, 700, 160), (90, 120, 50), (140, 80, 120)):
        t = math.radians(turn)
        bean = [
            (
                x + 26 * math.cos(a) * math.cos(t) - 17 * math.sin(a) * math.sin(t),
                y + 26 * math.cos(a) * math.sin(t) + 17 * math.sin(a) * math.cos(t),
            )
            for a in (step / 12 * math.pi for step in range(24))
        ]
        canvas.polygon(bean, "#3f2312")
        canvas.line(smooth([around(x, y, 22, turn), (x + 3, y + 3), around(x, y, -22, turn)]), "#6b4228", 4)
    return canvas.finish()


def market() -> Image.Image:
    canvas = Canvas(960, 640)
    market_place(canvas)
    awning(canvas)
    counter(canvas)
    return canvas.finish()


def market_place(canvas: Canvas) -> None:
    """The houses at the back, a little out of focus, and the cobbles."""
    canvas.gradient(0, 640, ("#bfe0ee", "#eef3e6", "#f4e6cc"))
    for x, wide, tall, colour in (
        (0, 180, 400, "#d9b18c"),
        (180, 150, 340, "#c98f7a"),
        (330, 190, 420, "#e0c18f"),
        (520, 160, 360, "#b9a4b5"),
        (680, 280, 410, "#d3a684"),
    ):
        canvas.rect(x, 480 - tall, wide, tall + 66, colour)
        canvas.polygon(
            [(x - 8, 480 - tall), (x + wide / 2, 420 - tall), (x + wide + 8, 480 - tall)], "#a5563f"
        )
        for row in range(2):
            for column in range(int(wide / 55)):
                canvas.rect(x + 18 + column * 55, 500 - tall + row * 80, 28, 44, "#f7f1e4", radius=3)
                canvas.rect(x + 21 + column * 55, 503 - tall + row * 80, 22, 38, "#8fb4c6", radius=2)
    canvas.soften(1.6)
    canvas.rect(0, 540, 960, 100, "#b8a58c")
    for row in range(4):
        for column in range(20):
            canvas.ellipse(column * 52 + (26 if row % 2 else 0), 556 + row * 26, 23, 10, "#a89479")


def awning(canvas: Canvas) -> None:
    for x in (120, 826):
        canvas.rect(x, 190, 14, 390, "#8a5a3b")
    for stripe in range(10):
        left = 90 + stripe * 78
        colour = RED if stripe % 2 == 0 else "#fbf5e9"
        canvas.polygon(
            [
                (left + (480 - left) * 0.09, 130),
                (left + 78 + (402 - left) * 0.09, 130),
                (left + 78, 236),
                (left, 236),
            ],
            colour,
        )
        canvas.circle(left + 39, 236, 39, colour)
        canvas.polygon([(left, 196), (left + 78, 196), (left + 78, 236), (left, 236)], colour)


def counter(canvas: Canvas) -> None:
    """The stall with its five crates, the scales and the man behind it."""
    canvas.rect(100, 400, 760, 34, "#a9744a", radius=4)
    canvas.rect(112, 434, 736, 140, "#8a5a3b")
    for x in range(112, 848, 92):
        canvas.line([(x, 436), (x, 572)], "#6f472c", 3)
    canvas.polygon(smooth([(648, 396), (630, 330), (672, 296), (714, 330), (700, 396)], steps=10), BLUE)
    canvas.circle(672, 276, 27, "#e8b48f")
    canvas.polygon(smooth([(640, 270), (654, 244), (690, 244), (704, 270)], steps=8), "#e9d29b")
    canvas.ellipse(672, 264, 45, 8, "#dcc07f")
    for x in (664, 680):
        canvas.circle(x, 278, 3, INK)
    canvas.arc(672, 282, 10, 9, 20, 160, INK, 2.5)
    dice = Random(5)
    crates = ((120, RED, 15), (266, ORANGE, 17), (412, LEAF, 18), (558, YELLOW, 15), (704, "#7d4a86", 13))
    for left, colour, size in crates:
        for row in range(3):
            for place in range(5 - row):
                x = left + 22 + place * 24 + row * 12
                y = 382 - row * 20
                canvas.circle(x, y, size, mix(colour, INK, 0.18))
                canvas.circle(x - 1.5, y - 2, size - 2, mix(colour, WHITE, dice.uniform(0, 0.15)))
                canvas.circle(x - size * 0.35, y - size * 0.4, size * 0.2, "#ffffffaa")
        canvas.rect(left, 378, 136, 40, "#cfa06a", radius=4)
        canvas.rect(left, 394, 136, 5, "#a9744a")
        canvas.rect(left + 44, 424, 48, 28, "#fbf5e9", radius=3)
        canvas.text(left + 68, 438, f"{dice.randint(1, 4)}.{dice.choice((20, 50, 80))}", 16, anchor="mm")
    canvas.line([(300, 240), (300, 280)], INK, 2)
    canvas.circle(300, 296, 24, "#d7dde0", outline="#7b8794", width=3)
    canvas.line([(300, 296), (310, 284)], RED, 3)


def snowman() -> Image.Image:
    dice = Random(24)
    canvas = Canvas(720, 760)
    canvas.gradient(0, 520, ("#7fa6c9", "#b9d3e4", "#e6eff3"))
    for x, h in ((60, 240), (150, 170), (590, 210), (680, 290)):
        fir(canvas, x, 540, h, "#5f8a86")
        for low in (0.42, 0.64, 0.86):
            canvas.polygon(
                [(x - h * 0.09, 540 - h * low), (x, 540 - h * (low + 0.13)), (x + h * 0.09, 540 - h * low)],
                "#f4f8fa",
            )
    canvas.polygon(
        [*smooth([(-20, 540), (180, 506), (400, 540), (600, 510), (740, 540)]), (740, 760), (-20, 760)],
        "#f2f7fa",
    )
    canvas.polygon(
        [*smooth([(-20, 660), (240, 620), (500, 664), (740, 630)]), (740, 760), (-20, 760)], "#e3edf3"
    )
    canvas.ellipse(380, 690, 190, 24, "#a9c0d255")
    for y, r in ((580, 120), (410, 88), (278, 64)):
        canvas.circle(360, y, r, "#cfdfe9")
        canvas.circle(354, y - 4, r - 7, "#fbfdfe")
    for side in (-1, 1):
        hand = (360 + side * 190, 330)
        canvas.line([(360 + side * 80, 400), hand], "#6b4a33", 8)
        for angle in (-120, -60, -20):
            canvas.line([hand, around(*hand, 30, angle if side > 0 else 180 - angle)], "#6b4a33", 5)
    canvas.rect(290, 214, 140, 14, "#2d3640", radius=6)
    canvas.rect(312, 120, 96, 100, "#2d3640", radius=8)
    canvas.rect(312, 192, 96, 20, RED)
    for x in (336, 382):
        canvas.circle(x, 262, 8, "#20262d")
    canvas.polygon([(356, 276), (356, 294), (440, 296)], ORANGE)
    for x, y in ((324, 302), (338, 314), (356, 319), (374, 316), (390, 306)):
        canvas.circle(x, y, 4.5, "#20262d")
    for y in (386, 422, 540, 580):
        canvas.circle(358, y, 9, "#20262d")
    canvas.line(smooth([(304, 328), (360, 350), (416, 328)]), TEAL, 30)
    canvas.line([(398, 340), (418, 440)], TEAL, 30)
    for y in (372, 398, 424):
        canvas.line([(392 + (y - 372) * 0.2, y), (424 + (y - 372) * 0.2, y - 4)], YELLOW, 6)
    for _ in range(170):
        canvas.circle(dice.uniform(0, 720), dice.uniform(0, 760), dice.uniform(1.5, 5), "#ffffffdd")
    return canvas.finish()


def fish(canvas: Canvas, x: float, y: float, size: float, colour: str, stripe: str, way: int) -> None:
    body = smooth(
        [
            (x - way * size, y),
            (x - way * size * 0.2, y - size * 0.52),
            (x + way * size * 0.7, y - size * 0.2),
            (x + way * size, y),
            (x + way * size * 0.7, y + size * 0.2),
            (x - way * size * 0.2, y + size * 0.52),
        ],
        closed=True,
    )
    canvas.polygon(
        [
            (x - way * size * 0.75, y),
            (x - way * size * 1.5, y - size * 0.5),
            (x - way * size * 1.3, y),
            (x - way * size * 1.5, y + size * 0.5),
        ],
        mix(colour, INK, 0.12),
    )
    canvas.polygon(
        [
            (x - way * size * 0.4, y - size * 0.4),
            (x - way * size * 0.1, y - size * 0.85),
            (x + way * size * 0.3, y - size * 0.35),
        ],
        mix(colour, INK, 0.12),
    )
    canvas.polygon(body, colour)
    for shift, half in ((-0.35, 0.44), (0.1, 0.42)):
        canvas.line(
            [(x + way * size * shift, y - size * half), (x + way * size * (shift - 0.06), y + size * half)],
            stripe,
            size * 0.15,
        )
    canvas.circle(x + way * size * 0.62, y - size * 0.06, size * 0.12, WHITE)
    canvas.circle(x + way * size * 0.65, y - size * 0.06, size * 0.06, INK)


def fish_tank() -> Image.Image:
    dice = Random(19)
    canvas = Canvas(920, 640, "#efe2cc")
    canvas.rect(0, 560, 920, 80, "#8a5a3b")
    canvas.rect(0, 560, 920, 10, "#a9744a")
    canvas.rect(70, 60, 780, 510, "#4d5a66", radius=14)
    canvas.rect(84, 84, 752, 472, "#d9eef4", radius=6)
    for row in range(90):
        canvas.rect(84, 120 + row * 4.85, 752, 5.2, mix("#7cc6da", "#1f6a93", row / 90))
    canvas.rect(84, 116, 752, 6, "#f0fafc")
    for x in (190, 360, 610):
        canvas.polygon([(x, 122), (x + 60, 122), (x - 20, 540), (x - 130, 540)], "#ffffff18")
    for x, h, colour in (
        (130, 270, LEAF),
        (160, 190, GREEN),
        (740, 300, GREEN),
        (790, 230, LEAF),
        (700, 160, "#a1c96f"),
        (470, 110, GREEN),
    ):
        stem = [(x + 14 * math.sin(step / 2.2 + x), 530 - h * step / 12) for step in range(13)]
        canvas.line(smooth(stem), mix(colour, INK, 0.2), 5)
        for place, (px, py) in enumerate(stem[1:]):
            side = 1 if place % 2 else -1
            canvas.polygon(
                smooth(
                    [
                        (px, py),
                        (px + side * 14, py - 18),
                        (px + side * 32, py - 22),
                        (px + side * 18, py - 4),
                    ],
                    closed=True,
                    steps=6,
                ),
                colour,
            )
    canvas.polygon(
        [*smooth([(84, 520), (260, 500), (480, 526), (660, 502), (836, 520)]), (836, 556), (84, 556)],
        "#e5c88f",
    )
    for _ in range(90):
        canvas.ellipse(
            dice.uniform(92, 828),
            dice.uniform(526, 552),
            dice.uniform(5, 12),
            dice.uniform(4, 7),
            dice.choice(("#cfae74", "#b8986a", "#e9d8b4", "#a5a39b")),
        )
    castle = "#b7a7b8"
    canvas.rect(520, 420, 120, 100, castle)
    for x in (506, 624):
        canvas.rect(x, 380, 34, 140, mix(castle, INK, 0.1))
        canvas.polygon([(x - 6, 380), (x + 17, 340), (x + 40, 380)], "#c8576a")
    canvas.rect(560, 460, 40, 62, "#3c5568", radius=18)
    fish(canvas, 330, 250, 74, ORANGE, WHITE, 1)
    fish(canvas, 600, 210, 52, YELLOW, BLUE, -1)
    fish(canvas, 250, 410, 44, RED, "#fbe3b4", 1)
    fish(canvas, 440, 350, 36, "#b58bd0", WHITE, -1)
    fish(canvas, 720, 330, 30, ORANGE, WHITE, -1)
    for _ in range(26):
        x, y, r = 420 + dice.gauss(0, 14), dice.uniform(130, 480), dice.uniform(3, 9)
        canvas.circle(x, y, r, "#ffffff33", outline="#ffffffbb", width=1.5)
    canvas.polygon([(100, 96), (180, 96), (120, 540), (100, 540)], "#ffffff22")
    return canvas.finish()
