"""Figures that are tables."""

from PIL import Image

from .canvas import BLUE, GRID, INK, MUTED, ORANGE, PAPER, RED, SKY, TEAL, WHITE, YELLOW, Canvas, mix


def confusion_matrix() -> Image.Image:
    canvas = Canvas(680, 640, WHITE)
    names = ("cat", "dog", "fox", "owl")
    counts = ((88, 7, 5, 0), (11, 79, 9, 1), (8, 14, 76, 2), (1, 0, 2, 97))
    for row, line in enumerate(counts):
        for column, count in enumerate(line):
            colour = mix("#eef4f8", BLUE, (count / 100) ** 0.7)
            canvas.rect(150 + 118 * column, 60 + 118 * row, 114, 114, colour, radius=4)
            ink = WHITE if count > 40 else INK
            canvas.text(
                207 + 118 * column, 117 + 118 * row, str(count), 28, ink, anchor="mm", bold=count > 40
            )
        canvas.text(138, 117 + 118 * row, names[row], 20, anchor="rm")
        canvas.text(207 + 118 * row, 552, names[row], 20, anchor="mm")
    canvas.text(384, 600, "what the model said", 18, MUTED, anchor="mm")
    canvas.upright_text(44, 296, "what it was", 18, MUTED)
    return canvas.finish()


def planets() -> Image.Image:
    canvas = Canvas(900, 560)
    rows = (("Mercury", "4,879", "88", "0", "#a9a39a"), ("Venus", "12,104", "225", "0", "#e5c07b"))
    rows += (("Earth", "12,756", "365", "1", BLUE), ("Mars", "6,792", "687", "2", RED))
    rows += (("Jupiter", "142,984", "4,331", "95", ORANGE), ("Saturn", "120,536", "10,747", "146", YELLOW))
    rows += (("Uranus", "51,118", "30,589", "28", SKY), ("Neptune", "49,528", "59,800", "16", "#3f5fa8"))
    edges = (400, 610, 800)
    canvas.card(30, 28, 840, 504)
    canvas.rect(30, 28, 840, 56, INK, radius=10)
    canvas.rect(30, 64, 840, 20, INK)
    canvas.text(110, 56, "planet", 19, WHITE, anchor="lm", bold=True)
    for x, head in zip(edges, ("diameter, km", "year, days", "moons"), strict=True):
        canvas.text(x, 56, head, 19, WHITE, anchor="rm", bold=True)
    for place, (name, *values, colour) in enumerate(rows):
        y = 112 + 54 * place
        if place % 2:
            canvas.rect(30, y - 27, 840, 54, "#f2eee4")
        canvas.circle(72, y, 16, colour)
        if name == "Saturn":
            canvas.ellipse(72, y, 26, 7, None, outline="#b8863b", width=3)
        canvas.text(110, y, name, 20, anchor="lm")
        for x, value in zip(edges, values, strict=True):
            canvas.text(x, y, value, 20, anchor="rm")
    return canvas.finish()


def timetable() -> Image.Image:
    canvas = Canvas(780, 640, "#f2f5f2")
    canvas.rect(0, 0, 780, 90, TEAL)
    canvas.text(36, 45, "Ferry", 34, WHITE, anchor="lm", bold=True)
    canvas.text(744, 45, "summer timetable", 20, WHITE, anchor="rm")
    stops = ("Harbour", "Gull Rock", "Lighthouse", "West Sands", "Old Mill")
    first = (430, 447, 462, 488, 505)
    for row, stop in enumerate(stops):
        y = 150 + 92 * row
        if row < len(stops) - 1:
            canvas.line([(58, y), (58, y + 92)], TEAL, 6)
        canvas.circle(58, y, 13, WHITE, outline=TEAL, width=5)
        canvas.text(88, y, stop, 22, anchor="lm", bold=True)
        for column in range(5):
            minutes = first[row] + 115 * column
            wide = mix(TEAL, WHITE, 0.8) if column % 2 == 0 else WHITE
            canvas.rect(278 + 98 * column, y - 32, 90, 64, wide, radius=8)
            canvas.text(323 + 98 * column, y, f"{minutes // 60}:{minutes % 60:02d}", 21, anchor="mm")
    canvas.text(36, 606, "no boats in a storm", 17, MUTED, anchor="lm")
    return canvas.finish()


def month_sheet() -> Image.Image:
    canvas = Canvas(760, 620, WHITE)
    canvas.rect(0, 0, 760, 96, RED)
    canvas.text(380, 50, "August", 40, WHITE, anchor="mm", bold=True)
    for x in (120, 640):
        canvas.circle(x, 24, 10, WHITE)
    for place, name in enumerate(("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")):
        canvas.text(86 + 98 * place, 128, name, 19, RED if place > 4 else MUTED, anchor="mm", bold=True)
    marks = {3: SKY, 10: YELLOW, 11: YELLOW, 12: YELLOW, 19: TEAL, 27: ORANGE}
    for day in range(1, 32):
        column, row = (day + 2) % 7, (day + 2) // 7
        x, y = 40 + 98 * column, 152 + 88 * row
        canvas.rect(x, y, 92, 82, mix(marks[day], WHITE, 0.45) if day in marks else PAPER, radius=8)
        canvas.text(x + 12, y + 10, str(day), 20, RED if column > 4 else INK)
    canvas.circle(576, 205, 30, None, outline=RED, width=4)
    canvas.line([(20, 606), (740, 606)], GRID, 2)
    return canvas.finish()
