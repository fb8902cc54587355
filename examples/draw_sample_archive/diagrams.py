"""Boxes and arrows: networks, flow charts, trees, sets, food webs."""

from itertools import pairwise
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
    mix,
    smooth,
)


def box(
    canvas: Canvas, x: float, y: float, w: float, h: float, words: str, colour: str, size: float = 19
) -> None:
    """A rounded box with its words in the middle; (x, y) is its middle too."""
    canvas.rect(x - w / 2, y - h / 2, w, h, mix(colour, WHITE, 0.72), outline=colour, width=2.5, radius=10)
    lines = words.split("\n")
    for row, line in enumerate(lines):
        canvas.text(x, y + (row - (len(lines) - 1) / 2) * size * 1.25, line, size, anchor="mm")


def neural_network() -> Image.Image:
    canvas = Canvas(960, 580, WHITE)
    layers = ((4, 130, TEAL), (6, 360, BLUE), (6, 590, BLUE), (3, 820, ORANGE))
    columns = [
        [(x, 290 + (place - (count - 1) / 2) * 76) for place in range(count)] for count, x, _ in layers
    ]
    dice = Random(1)
    for left, right in pairwise(columns):
        for a in left:
            for b in right:
                weight = dice.uniform(-1, 1)
                canvas.line([a, b], (RED if weight < 0 else SKY) + "aa", 0.6 + 2.6 * abs(weight))
    for nodes, (_, _, colour) in zip(columns, layers, strict=True):
        for x, y in nodes:
            canvas.circle(x, y, 26, mix(colour, WHITE, 0.15), outline=mix(colour, INK, 0.3), width=2.5)
    for x, words in ((130, "input"), (475, "hidden layers"), (820, "output")):
        canvas.text(x, 548, words, 20, anchor="mm", bold=True)
    return canvas.finish()


def transformer() -> Image.Image:
    canvas = Canvas(620, 860)
    canvas.rect(120, 190, 420, 480, "#eef3f6", outline=GRID, width=2, radius=18)
    canvas.text(552, 430, "N x", 26, anchor="lm", bold=True)
    middle = 320
    steps = (
        (770, 60, "embedding + position", PINK),
        (600, 64, "multi-head\nattention", ORANGE),
        (510, 40, "add and norm", YELLOW),
        (370, 64, "feed-forward", SKY),
        (280, 40, "add and norm", YELLOW),
        (130, 48, "linear + softmax", PURPLE),
    )
    for (y, h, _, _), (next_y, next_h, _, _) in pairwise(steps):
        canvas.line([(middle, y - h / 2), (middle, next_y + next_h / 2)], INK, 3, arrow=13)
    for low, high in ((655, 510), (450, 280)):
        canvas.line([(middle, low), (160, low), (160, high), (middle - 128, high)], INK, 3, arrow=13)
    for y, h, words, colour in steps:
        box(canvas, middle, y, 250, h, words, mix(colour, INK, 0.12))
    for shift in (-70, 0, 70):
        canvas.line([(middle, 655), (middle + shift, 655), (middle + shift, 634)], INK, 3, arrow=11)
    canvas.line([(middle, 835), (middle, 802)], INK, 3, arrow=13)
    canvas.line([(middle, 105), (middle, 66)], INK, 3, arrow=13)
    canvas.text(middle, 846, "the words so far", 18, MUTED, anchor="mm")
    canvas.text(middle, 48, "the next word", 18, MUTED, anchor="mm")
    return canvas.finish()


def flow_chart() -> Image.Image:
    canvas = Canvas(760, 820)

    def question(x: float, y: float, words: str) -> None:
        corners = [(x - 150, y), (x, y - 72), (x + 150, y), (x, y + 72)]
        canvas.polygon(corners, mix(YELLOW, WHITE, 0.55), outline=YELLOW, width=3)
        for row, line in enumerate(words.split("\n")):
            canvas.text(x, y - 11 + 23 * row, line, 19, anchor="mm")

    arrows: tuple[tuple[list[Point], str], ...] = (
        ([(260, 94), (260, 148)], ""),
        ([(260, 292), (260, 368)], "yes"),
        ([(410, 220), (600, 220), (600, 282)], "no"),
        ([(260, 512), (260, 588)], "yes"),
        ([(410, 440), (600, 440), (600, 502)], "no"),
        ([(260, 652), (260, 722)], ""),
        ([(710, 314), (735, 314), (735, 60), (356, 60)], ""),
        ([(600, 566), (600, 755), (366, 755)], ""),
    )
    for points, word in arrows:
        canvas.line(points, INK, 3, arrow=14)
        x, y = points[0]
        canvas.text(x + 16, y + 22 if len(points) == 2 else y - 16, word, 18, MUTED, anchor="lm")
    canvas.rect(166, 28, 188, 66, mix(TEAL, WHITE, 0.6), outline=TEAL, width=3, radius=33)
    canvas.text(260, 61, "draw a figure", 20, anchor="mm")
    question(260, 220, "does it say\none thing?")
    question(260, 440, "readable at\narm's length?")
    box(canvas, 600, 314, 216, 64, "throw half of it out", RED)
    box(canvas, 600, 534, 200, 64, "make it larger", ORANGE)
    box(canvas, 260, 620, 220, 64, "write the caption", BLUE)
    canvas.rect(160, 722, 200, 66, mix(TEAL, WHITE, 0.6), outline=TEAL, width=3, radius=33)
    canvas.text(260, 755, "publish", 20, anchor="mm")
    return canvas.finish()


def decision_tree() -> Image.Image:
    canvas = Canvas(980, 600, WHITE)
    links = (
        ((490, 90), (260, 260)),
        ((490, 90), (720, 260)),
        ((260, 260), (130, 450)),
        ((260, 260), (370, 450)),
    )
    links += (((720, 260), (600, 450)), ((720, 260), (850, 450)))
    for place, ((ax, ay), (bx, by)) in enumerate(links):
        canvas.line([(ax, ay), (bx, by)], MUTED, 3.5)
        word = "no" if place % 2 else "yes"
        canvas.circle((ax + bx) / 2, (ay + by) / 2 + 6, 20, WHITE)
        canvas.text((ax + bx) / 2, (ay + by) / 2 + 6, word, 17, MUTED, anchor="mm")
    for x, y, words in (
        (490, 90, "Does it have feathers?"),
        (260, 260, "Does it swim?"),
        (720, 260, "Has it fur?"),
    ):
        box(canvas, x, y, 250 if y == 90 else 190, 62, words, BLUE, 20)
    leaves = ((130, "duck", YELLOW), (370, "owl", ORANGE), (600, "fox", RED), (850, "frog", GREEN))
    for x, words, colour in leaves:
        canvas.circle(x, 480, 58, mix(colour, WHITE, 0.35), outline=colour, width=3)
        canvas.text(x, 480, words, 24, anchor="mm", bold=True)
    return canvas.finish()


def two_encoders() -> Image.Image:
    canvas = Canvas(1040, 520, "#f4f7fa")
    canvas.card(50, 60, 190, 150)
    canvas.rect(62, 72, 166, 126, SKY, radius=6)
    canvas.circle(190, 100, 15, YELLOW)
    canvas.polygon([(62, 198), (120, 120), (160, 168), (185, 145), (228, 198)], GREEN)
    canvas.card(50, 310, 190, 150)
    for row, words in enumerate(("“hills under", "a yellow sun”")):
        canvas.text(145, 370 + 30 * row, words, 20, anchor="mm")
    for y, words, colour in ((135, "picture\nencoder", ORANGE), (385, "text\nencoder", PURPLE)):
        canvas.polygon(
            [(310, y - 80), (480, y - 44), (480, y + 44), (310, y + 80)],
            mix(colour, WHITE, 0.55),
            outline=colour,
            width=3,
        )
        for row, line in enumerate(words.split("\n")):
            canvas.text(392, y - 13 + 27 * row, line, 21, anchor="mm")
        canvas.line([(252, y), (304, y)], INK, 3, arrow=13)
        canvas.line([(484, y), (600, 260 + (y - 260) * 0.45)], INK, 3, arrow=13)
    canvas.circle(800, 260, 200, WHITE, outline=GRID, width=3)
    canvas.ellipse(800, 260, 200, 60, None, outline=GRID, width=2)
    canvas.ellipse(800, 260, 70, 200, None, outline=GRID, width=2)
    dice = Random(7)
    for _ in range(16):
        x, y = 800 + dice.uniform(-130, 130), 260 + dice.uniform(-130, 130)
        canvas.circle(x, y, 6, dice.choice((ORANGE, PURPLE)) + "66")
    canvas.line([(800, 260), (866, 168)], ORANGE, 4, arrow=16)
    canvas.line([(800, 260), (900, 190)], PURPLE, 4, arrow=16)
    canvas.text(800, 490, "one space for both", 20, MUTED, anchor="mm")
    return canvas.finish()


def convolution() -> Image.Image:
    canvas = Canvas(1080, 440, WHITE)
    face = ("00111100", "01000010", "10100101", "10000001", "10100101", "10011001", "01000010", "00111100")
    for row, line in enumerate(face):
        for column, bit in enumerate(line):
            colour = YELLOW if bit == "1" else "#f6efdc"
            canvas.rect(40 + 30 * column, 100 + 30 * row, 28, 28, colour, radius=3)
    canvas.rect(99, 159, 90, 90, RED + "33", outline=RED, width=4, radius=4)
    stacks = ((400, 120, 4, 200, BLUE), (640, 160, 7, 120, TEAL), (850, 195, 10, 50, PURPLE))
    for x, y, count, side, colour in stacks:
        for place in range(count):
            canvas.rect(
                x + place * 13,
                y + place * 9 - count * 4,
                side,
                side,
                mix(colour, WHITE, 0.55 - place * 0.03),
                outline=WHITE,
                width=2,
                radius=4,
            )
    for (ax, ay), (bx, by) in (
        ((189, 159), (470, 190)),
        ((189, 249), (470, 200)),
        ((560, 250), (690, 222)),
        ((560, 300), (690, 232)),
        ((790, 260), (900, 226)),
        ((790, 290), (900, 234)),
    ):
        canvas.line([(ax, ay), (bx, by)], RED if ax < 200 else MUTED, 2, dash=5)
    for x, words in ((160, "picture"), (515, "edges"), (735, "shapes"), (945, "things")):
        canvas.text(x, 404, words, 20, anchor="mm", bold=True)
    return canvas.finish()


def food_web() -> Image.Image:
    canvas = Canvas(900, 640, "#eef6f1")
    places = {
        "algae": (180, 540, LEAF),
        "reeds": (470, 560, GREEN),
        "snail": (120, 360, "#a9744a"),
        "tadpole": (340, 390, INK),
        "dragonfly": (600, 400, TEAL),
        "perch": (250, 200, ORANGE),
        "frog": (520, 230, GREEN),
        "heron": (450, 70, BLUE),
        "pike": (160, 70, PURPLE),
        "mouse": (780, 430, MUTED),
        "owl": (740, 170, RED),
    }
    eats = "algae>snail algae>tadpole reeds>mouse reeds>dragonfly snail>perch tadpole>perch tadpole>frog"
    eats += (
        " dragonfly>frog dragonfly>perch perch>pike perch>heron frog>heron mouse>owl frog>owl algae>dragonfly"
    )
    for pair in eats.split():
        a, b = pair.split(">")
        (ax, ay, _), (bx, by, _) = places[a], places[b]
        bend = ((ax + bx) / 2 + (by - ay) * 0.08, (ay + by) / 2 - (bx - ax) * 0.08)
        path = smooth([(ax, ay), bend, (bx, by)])
        short = [p for p in path if (p[0] - bx) ** 2 + (p[1] - by) ** 2 > 53**2]
        canvas.line(short, mix(MUTED, WHITE, 0.2), 3, arrow=14)
    for name, (x, y, colour) in places.items():
        canvas.circle(x, y, 48, mix(colour, WHITE, 0.6), outline=colour, width=3)
        canvas.text(x, y, name, 18 if len(name) < 8 else 16, anchor="mm", bold=True)
    return canvas.finish()


def timeline() -> Image.Image:
    canvas = Canvas(1160, 400, PAPER)
    canvas.text(40, 28, "Two centuries of pictures of numbers", 24, bold=True)
    canvas.line([(50, 220), (1120, 220)], INK, 5, arrow=20)
    dates = (
        ("1786", "first bar\nchart", BLUE),
        ("1801", "first pie", ORANGE),
        ("1854", "map of\na pump", RED),
    )
    dates += (
        ("1869", "march on\na map", PURPLE),
        ("1933", "subway\ndiagram", TEAL),
        ("1977", "box plot", YELLOW),
        ("2001", "sparkline", GREEN),
    )
    for place, (year, words, colour) in enumerate(dates):
        x = 100 + (int(year) - 1786) * 4.45
        up = place % 2 == 0
        end = 150 if up else 290
        canvas.line([(x, 220), (x, end)], colour, 3)
        canvas.circle(x, 220, 12, colour, outline=WHITE, width=3)
        canvas.text(x, end - 54 if up else end + 14, year, 22, colour, anchor="mm", bold=True)
        for row, line in enumerate(words.split("\n")):
            canvas.text(x, (end - 30 if up else end + 38) + 21 * row, line, 17, anchor="mm")
    return canvas.finish()


def traffic_light() -> Image.Image:
    """The states of a traffic light, on a dark ground."""
    canvas = Canvas(760, 560, NIGHT)
    states = (
        ("red", 200, 170, RED),
        ("red and\nyellow", 560, 170, ORANGE),
        ("green", 560, 410, "#54b57a"),
        ("yellow", 200, 410, YELLOW),
    )
    arrows = (
        ([(278, 170), (478, 170)], "40 s"),
        ([(560, 248), (560, 328)], "2 s"),
        ([(482, 410), (282, 410)], "30 s"),
        ([(200, 332), (200, 252)], "3 s"),
    )
    for points, words in arrows:
        canvas.line(points, "#c9d6e8", 4, arrow=18)
        (ax, ay), (bx, by) = points
        across = ay == by
        canvas.text(
            (ax + bx) / 2 + (0 if across else 34),
            (ay + by) / 2 - (22 if across else 0),
            words,
            20,
            "#c9d6e8",
            anchor="mm",
        )
    for words, x, y, colour in states:
        canvas.glow(x, y, 120, colour, 0.5)
        canvas.circle(x, y, 74, "#26305a", outline=colour, width=5)
        for row, line in enumerate(words.split("\n")):
            canvas.text(x, y + (row - words.count("\n") / 2) * 26, line, 22, WHITE, anchor="mm", bold=True)
    return canvas.finish()
