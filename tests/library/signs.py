"""Pictures that say something: big clear words on a plain ground."""

from __future__ import annotations

from library.made_archive import png
from PIL import Image, ImageDraw, ImageFont


def sign(*lines: str, size=(640, 300), letters=56, at=(30, 30)) -> Image.Image:
    """The lines one below the other, `letters` px high."""
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        draw.text((at[0], at[1] + number * letters * 1.5), line, "black", ImageFont.load_default(letters))
    return picture


def write_signs(folder):
    """An archive of three figures: two whose pictures say what no text around them says, one without words."""
    (folder / "images").mkdir(parents=True)
    for name, picture in (
        ("hangar", sign("The zeppelin hangar", "opens in Friedrichshafen", "every Sunday morning")),
        ("budget", sign("Annual budget report", "Salaries and expenses", "Total of all grants")),
        ("plain", Image.new("RGB", (160, 120), "teal")),
    ):
        (folder / "images" / f"{name}.png").write_bytes(png(picture))
    (folder / "issue.md").write_text(
        "# Signs and plates\n\nSeen on a walk.\n\n![First plate](images/hangar.png)\n\n"
        "More of them.\n\n![Second plate](images/budget.png)\n\nThe last.\n\n![Third plate](images/plain.png)\n",
        encoding="utf-8",
    )
    return folder
