"""Screens of programs that do not exist."""

import math
from random import Random

from PIL import Image

from .canvas import (
    BLUE,
    GREEN,
    GRID,
    INK,
    LEAF,
    MUTED,
    NIGHT,
    ORANGE,
    PURPLE,
    RED,
    SKY,
    TEAL,
    WHITE,
    YELLOW,
    Canvas,
    mix,
    smooth,
)


def window(
    canvas: Canvas, x: float, y: float, w: float, h: float, title: str, bar: str, ground: str, ink: str
) -> None:
    """A window with its three buttons and a title."""
    canvas.card(x, y, w, h, ground, 12)
    canvas.rect(x, y, w, 44, bar, radius=12)
    canvas.rect(x, y + 24, w, 20, bar)
    for place, colour in enumerate((RED, YELLOW, GREEN)):
        canvas.circle(x + 24 + 22 * place, y + 22, 7, colour)
    canvas.text(x + w / 2, y + 22, title, 16, ink, anchor="mm")


def chat() -> Image.Image:
    canvas = Canvas(720, 860, "#dbe7ee")
    window(canvas, 40, 36, 640, 790, "Kitchen table", "#f2f5f7", WHITE, INK)
    talk = (
        (False, 110, ("Has anyone seen my red scarf?",), 330),
        (True, 190, ("On the chair by the window.",), 310),
        (True, 252, ("The cat is asleep on it.",), 268),
        (False, 330, ("Then it is the cat's scarf now.",), 336),
        (False, 400, (), 250),
        (True, 616, ("Soup at seven?",), 182),
        (False, 690, ("Yes! I bring the bread",), 262),
    )
    for mine, y, lines, wide in talk:
        x = 650 - wide if mine else 118
        if not lines:
            canvas.rect(x, y, wide, 190, "#c99b72", radius=20)
            canvas.ellipse(x + 120, y + 126, 92, 46, RED)
            canvas.ellipse(x + 122, y + 100, 70, 42, "#e08d3c")
            canvas.circle(x + 180, y + 96, 29, "#e08d3c")
            for ear in (-1, 1):
                canvas.polygon(
                    [(x + 180 + ear * 27, y + 58), (x + 180 + ear * 6, y + 74), (x + 180 + ear * 26, y + 94)],
                    "#e08d3c",
                )
                canvas.arc(x + 180 + ear * 11, y + 94, 6, 4, 0, 180, INK, 2.5)
            canvas.line(smooth([(x + 60, y + 110), (x + 34, y + 140), (x + 90, y + 152)]), "#b8662a", 14)
        else:
            canvas.rect(x, y, wide, 50, BLUE if mine else "#edf1f4", radius=24)
            canvas.text(x + 22, y + 25, lines[0], 19, WHITE if mine else INK, anchor="lm")
        if not mine:
            canvas.circle(88, y + 26, 20, ORANGE)
            canvas.circle(88, y + 20, 7, WHITE)
            canvas.ellipse(88, y + 38, 12, 8, WHITE)
    canvas.rect(64, 762, 540, 44, "#f2f5f7", radius=22)
    canvas.text(88, 784, "Write something ...", 17, MUTED, anchor="lm")
    canvas.circle(640, 784, 22, BLUE)
    canvas.polygon([(632, 774), (632, 794), (652, 784)], WHITE)
    return canvas.finish()


def terminal() -> Image.Image:
    canvas = Canvas(960, 600, "#c8d3da")
    window(canvas, 40, 36, 880, 524, "terminal", "#39424e", "#1c222b", "#c9d1d9")
    green, grey, white = "#7bd88f", "#8b98a5", "#e6edf3"
    lines = (
        (("$ ", green), ("make lighthouse", white)),
        (("   cutting stones ............. done", grey),),
        (("   laying the spiral stair .... done", grey),),
        (("   polishing the lens ......... done", grey),),
        (("warning: ", YELLOW), ("seagull on the railing", white)),
        (("error: ", "#ff7b8a"), ("no lamp oil, try again at dusk", white)),
        (("$ ", green), ("fetch oil --barrels 2", white)),
    )
    for row, parts in enumerate(lines):
        x = 72.0
        for words, colour in parts:
            canvas.text(x, 110 + 46 * row, words, 23, colour)
            x += canvas.text_width(words, 23) + 4
    canvas.rect(72, 442, 640, 22, "#39424e", radius=11)
    canvas.rect(72, 442, 410, 22, green, radius=11)
    canvas.text(730, 453, "64%", 21, white, anchor="lm")
    canvas.text(72, 496, "$", 23, green)
    canvas.rect(98, 496, 13, 26, white)
    return canvas.finish()


def dashboard() -> Image.Image:
    canvas = Canvas(1200, 760, "#eef1f5")
    canvas.rect(0, 0, 86, 760, NIGHT)
    canvas.circle(43, 50, 20, YELLOW)
    for row in range(6):
        canvas.rect(28, 120 + 70 * row, 30, 30, TEAL if row == 0 else "#4a5580", radius=8)
    canvas.text(120, 34, "Greenhouse", 32, bold=True)
    canvas.rect(940, 30, 220, 42, WHITE, radius=21)
    canvas.text(966, 51, "last 30 days", 17, MUTED, anchor="lm")
    cards = (
        ("tomatoes", "1,284", "+12%", RED),
        ("water, litres", "8,310", "-4%", BLUE),
        ("degrees", "23.6", "+1.2", ORANGE),
        ("bees", "417", "+38%", YELLOW),
    )
    for place, (name, value, change, colour) in enumerate(cards):
        x = 120 + 265 * place
        canvas.card(x, 100, 245, 140)
        canvas.text(x + 22, 118, name, 17, MUTED)
        canvas.text(x + 22, 148, value, 38, bold=True)
        canvas.text(x + 22, 206, change, 17, GREEN if change[0] == "+" else RED)
        dice = Random(place)
        spark = [(x + 130 + 12 * step, 215 - 4 * step - dice.uniform(0, 22)) for step in range(9)]
        canvas.line(spark, colour, 3)
    canvas.card(120, 270, 650, 450)
    canvas.text(146, 290, "Harvest", 22, bold=True)
    dice = Random(9)
    top = [
        (
            150 + 590 * step / 29,
            590 - 150 * math.sin(step / 11) - 60 * math.sin(step / 2.9) * 0.5 - dice.uniform(0, 40),
        )
        for step in range(30)
    ]
    for row in range(5):
        canvas.line([(150, 360 + 80 * row), (740, 360 + 80 * row)], GRID, 1.2)
    canvas.polygon([*top, (740, 690), (150, 690)], TEAL + "44")
    canvas.line(top, TEAL, 4)
    canvas.card(795, 270, 365, 220)
    canvas.text(820, 290, "Beds", 22, bold=True)
    start = -90.0
    for share, colour in ((0.42, RED), (0.27, GREEN), (0.19, PURPLE), (0.12, YELLOW)):
        canvas.slice(975, 392, 80, start, start + 360 * share, colour)
        start += 360 * share
    canvas.circle(975, 392, 48, WHITE)
    canvas.text(975, 392, "42%", 24, anchor="mm", bold=True)
    canvas.card(795, 515, 365, 205)
    for row, (name, share, colour) in enumerate(
        (("basil", 0.9, GREEN), ("peppers", 0.7, ORANGE), ("beans", 0.52, LEAF), ("figs", 0.3, PURPLE))
    ):
        canvas.text(820, 552 + 42 * row, name, 17, anchor="lm")
        canvas.rect(910, 544 + 42 * row, 220, 16, "#edf0f3", radius=8)
        canvas.rect(910, 544 + 42 * row, 220 * share, 16, colour, radius=8)
    return canvas.finish()


def phone() -> Image.Image:
    canvas = Canvas(560, 960, "#f6d9b8")
    canvas.glow(280, 480, 480, "#fff3dd", 0.9)
    canvas.rect(98, 52, 380, 860, "#26323f33", radius=58)
    canvas.rect(90, 40, 380, 870, "#20262d", radius=58)
    canvas.rect(106, 56, 348, 838, "#3c79b4", radius=44)
    canvas.rect(106, 420, 348, 474, "#f5f7f9", radius=44)
    canvas.rect(106, 420, 348, 60, "#f5f7f9")
    canvas.rect(220, 70, 120, 26, "#20262d", radius=13)
    canvas.text(280, 140, "Old Mill", 26, WHITE, anchor="mm")
    canvas.circle(300, 236, 52, YELLOW)
    for dx, dy, r in ((-66, 14, 28), (-30, -6, 38), (14, 6, 34), (44, 20, 24)):
        canvas.circle(256 + dx, 276 + dy, r, WHITE)
    canvas.rect(166, 276, 158, 44, WHITE, radius=22)
    canvas.text(280, 372, "21°", 66, WHITE, anchor="mm", bold=True)
    for row, (day, low, high, colour) in enumerate(
        (
            ("Mon", 14, 23, YELLOW),
            ("Tue", 13, 20, SKY),
            ("Wed", 11, 17, BLUE),
            ("Thu", 12, 21, YELLOW),
            ("Fri", 15, 25, ORANGE),
        )
    ):
        y = 470 + 66 * row
        canvas.text(136, y, day, 22, anchor="lm")
        canvas.circle(218, y, 15, colour)
        canvas.rect(256, y - 6, 160, 12, "#e3e8ec", radius=6)
        canvas.rect(256 + (low - 10) * 10, y - 6, (high - low) * 10, 12, ORANGE, radius=6)
    for place in range(4):
        canvas.circle(160 + 80 * place, 832, 20, BLUE if place == 0 else "#d5dce2")
    canvas.rect(220, 874, 120, 7, "#20262d", radius=3.5)
    return canvas.finish()


def code_editor() -> Image.Image:
    canvas = Canvas(1000, 640, "#20242e")
    canvas.rect(0, 0, 210, 640, "#191c24")
    canvas.rect(0, 0, 1000, 44, "#14171e")
    canvas.rect(210, 0, 170, 44, "#20242e")
    canvas.text(295, 22, "garden.py", 17, "#e6edf3", anchor="mm")
    for row, (name, depth) in enumerate(
        (("project", 0), ("garden.py", 1), ("seeds.py", 1), ("rain.py", 1), ("tests", 0), ("test_rain.py", 1))
    ):
        if row == 1:
            canvas.rect(0, 62 + 34 * row, 210, 32, "#2b3140")
        canvas.text(26 + 20 * depth, 78 + 34 * row, name, 17, "#9aa5b5", anchor="lm")
    violet, green, yellow, blue, white = "#c792ea", "#a5d6a7", "#ffd580", "#82aaff", "#d6deeb"
    code = (
        (0, (("from", violet), ("seeds", white), ("import", violet), ("Seed, Soil", white))),
        (0, ()),
        (0, (("class", violet), ("Garden:", yellow))),
        (1, (("def", violet), ("plant", blue), ("(self, seed: Seed):", white))),
        (2, (("if", violet), ("self.soil.is_dry():", white))),
        (3, (("self.water(litres=", white), ("3", "#f78c6c"), (")", white))),
        (2, (("self.beds.append(seed)", white),)),
        (2, (("return", violet), ("“see you in spring”", green))),
        (0, ()),
        (1, (("def", violet), ("harvest", blue), ("(self, month):", white))),
        (2, (("for", violet), ("bed", white), ("in", violet), ("self.beds:", white))),
        (3, (("yield", violet), ("bed.pick(month)", white))),
    )
    canvas.rect(210, 56 + 40 * 5, 790, 38, "#2b3140")
    for row, (depth, parts) in enumerate(code):
        y = 75 + 40 * row
        canvas.text(246, y, str(row + 1), 17, "#566074", anchor="rm")
        x = 272.0 + 38 * depth
        for words, colour in parts:
            canvas.text(x, y, words, 21, colour, anchor="lm")
            x += canvas.text_width(words, 21) + (
                1 if words.endswith("=") or words in ("3", "plant", "harvest") else 8
            )
    canvas.rect(930, 60, 54, 400, "#191c24")
    dice = Random(4)
    for row in range(40):
        canvas.rect(
            936, 68 + row * 9, dice.uniform(8, 40), 3.5, dice.choice((violet, white, green, blue)) + "88"
        )
    canvas.rect(0, 610, 1000, 30, TEAL)
    canvas.text(20, 625, "main    0 problems", 16, WHITE, anchor="lm")
    return canvas.finish()


def spreadsheet() -> Image.Image:
    canvas = Canvas(1000, 560, WHITE)
    canvas.rect(0, 0, 1000, 54, GREEN)
    canvas.text(24, 27, "Honey 2024", 22, WHITE, anchor="lm", bold=True)
    canvas.rect(0, 54, 1000, 42, "#f3f5f4")
    canvas.text(24, 75, "fx    = SUM(B2:B7)", 18, MUTED, anchor="lm")
    canvas.rect(0, 96, 1000, 34, "#e8ecea")
    canvas.rect(0, 96, 54, 464, "#e8ecea")
    edges = [54, 214, 344, 474, 604, 734, 864, 1000]
    for left, right, name in zip(edges, edges[1:], "ABCDEFG", strict=False):
        canvas.text((left + right) / 2, 113, name, 17, MUTED, anchor="mm")
        canvas.line([(left, 96), (left, 560)], "#d3d9d6", 1.2)
    rows = [
        ("hive", "spring", "summer", "autumn", "sum", "change"),
        ("Meadow", 12, 31, 9, 52, "+8%"),
        ("Orchard", 18, 27, 6, 51, "+2%"),
        ("Roof", 7, 22, 11, 40, "-5%"),
    ]
    rows += [
        ("Lime row", 9, 38, 5, 52, "+19%"),
        ("School", 4, 15, 7, 26, "+1%"),
        ("Chapel", 11, 19, 8, 38, "-3%"),
        ("all", 61, 152, 46, 259, "+5%"),
    ]
    for row in range(11):
        y = 130 + 39 * row
        canvas.line([(0, y), (1000, y)], "#d3d9d6", 1.2)
        canvas.text(27, y + 20, str(row + 1), 16, MUTED, anchor="mm")
        if row < len(rows):
            for column, value in enumerate(rows[row]):
                if isinstance(value, int) and 0 < row < 7 and column < 4:
                    canvas.rect(
                        edges[column] + 1,
                        y + 1,
                        edges[column + 1] - edges[column] - 2,
                        37,
                        mix(WHITE, YELLOW, value / 40),
                    )
                ink = (RED if str(value).startswith("-") else GREEN) if column == 5 and row else INK
                if column:
                    canvas.text(
                        edges[column + 1] - 14, y + 20, str(value), 18, ink, anchor="rm", bold=row in (0, 7)
                    )
                else:
                    canvas.text(edges[0] + 12, y + 20, str(value), 18, ink, anchor="lm", bold=row in (0, 7))
    canvas.rect(edges[1], 130 + 39 * 7, 130, 39, None, outline=GREEN, width=3)
    canvas.rect(edges[2] - 5, 130 + 39 * 8 - 5, 9, 9, GREEN)
    return canvas.finish()


def small_dashboard() -> Image.Image:
    return dashboard().resize((240, 152), Image.Resampling.LANCZOS)
