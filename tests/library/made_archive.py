"""A small archive drawn by code: three issues in three formats, ten pictures, and one of everything that goes wrong.

Its library is made once for all tests with the real lite encoder; who writes to it takes a copy.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw

from explorer.index.edge.sparse_copy import copy_tree
from explorer.library.library import Library

SIZE = (160, 120)
REMOTE = "https://pictures.example/remote.png"

KITCHEN = """<html><head><title>Issue #1: The kitchen garden</title>
<meta name="date" content="2024-01-15"><meta name="author" content="Ada Gardener"></head><body>
<h1>Issue #1: The kitchen garden</h1>
<h2>Tomatoes</h2>
<p>Seedlings go into the greenhouse in May.</p>
<figure><img src="images/tomatoes.png" alt="red tomatoes">
<figcaption>Ripe tomatoes on the vine in a greenhouse. Source: Ada Gardener</figcaption></figure>
<h2>Weather</h2>
<p>It was a wet year.</p>
<figure><img src="images/rain.png"><figcaption>Rainfall per month in millimetres</figcaption></figure>
<p><img src="images/tick.png" alt="done"> The gauge stands in the open.</p>
<h2>Keeping bees</h2>
<p>The hives stand behind the orchard, and the honey was taken in August.</p>
<p><img src="images/hive.png"></p>
<h2>The allotment</h2>
<p>Every plot has a number.</p>
<figure><a href="images/map-large.png"><img src="images/map-small.png"></a>
<figcaption>Map of the allotment</figcaption></figure>
<figure><img src="images/lost.png"><figcaption>The photograph that got lost</figcaption></figure>
<figure><img src="https://pictures.example/remote.png"><figcaption>A view from far away</figcaption></figure>
</body></html>
"""

BOATS = """---
title: Boats and pumps
number: 2
date: 2024-02-20
author: Ben Sailor
---

# Boats and pumps

## Sailing

The regatta was held in a light wind.

![A sailing boat crossing the harbour](images/boat.png)

## Machines

The pump was measured twice.

![Throughput of the XR-7742 pump](images/pump.png)

![Target practice: 100% of 5_rings](images/rings.png)

## Leftovers

![The tomatoes from January once more](images/tomatoes.png)

![A file that is no picture](images/broken.png)
"""

STARS = """Issue #3: The night sky

1. Watching stars

The winter sky is clear, and Orion is easy to find with a telescope.

Figure 1: Orion above the observatory. Source: Cleo Watcher

2. The moon

Its craters were drawn by hand before there was photography.
"""


def png(picture: Image.Image) -> bytes:
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def plain(colour: str, size=SIZE) -> bytes:
    """A picture of one colour."""
    return png(Image.new("RGB", size, colour))


def drawn(kind: str, size=SIZE) -> Image.Image:
    """One of ten drawings that look nothing like each other."""
    picture = Image.new("RGB", (160, 120), "white")
    _PAINTERS[kind](ImageDraw.Draw(picture))
    return picture if size == picture.size else picture.resize(size)


def _tomatoes(draw):
    draw.rectangle((0, 0, 160, 120), "darkgreen")
    for x, y in ((40, 40), (90, 35), (120, 80), (60, 85)):
        draw.ellipse((x - 20, y - 20, x + 20, y + 20), "red")


def _rain(draw):
    draw.line((15, 5, 15, 110, 155, 110), "black", 2)
    for n, height in enumerate((30, 60, 85, 50, 95, 40, 20)):
        draw.rectangle((25 + n * 18, 110 - height, 37 + n * 18, 110), "steelblue")


def _hive(draw):
    draw.rectangle((0, 0, 160, 120), "gold")
    for x in range(0, 170, 24):
        for y in range(0, 130, 24):
            draw.regular_polygon((x + (y // 24 % 2) * 12, y, 12), 6, outline="saddlebrown")


def _map(draw):
    draw.rectangle((0, 0, 160, 120), "palegreen")
    draw.polygon(((0, 90), (70, 60), (160, 80), (160, 120), (0, 120)), "skyblue")
    for x in range(10, 160, 30):
        draw.line((x, 0, 160 - x, 120), "grey", 3)


def _boat(draw):
    draw.rectangle((0, 0, 160, 80), "lightblue")
    draw.rectangle((0, 80, 160, 120), "navy")
    draw.polygon(((50, 80), (110, 80), (100, 95), (60, 95)), "sienna")
    draw.polygon(((78, 15), (78, 75), (115, 75)), "white", "black")


def _pump(draw):
    draw.line((15, 5, 15, 110, 155, 110), "black", 2)
    draw.line([(15 + n * 14, 105 - (n * n)) for n in range(10)], "crimson", 4)
    for y in range(20, 110, 20):
        draw.line((15, y, 155, y), "lightgrey", 1)


def _rings(draw):
    for n in range(6):
        draw.ellipse((20 + n * 10, n * 10, 140 - n * 10, 120 - n * 10), ("black", "orange")[n % 2])


def _checks(draw):
    for x in range(8):
        for y in range(6):
            draw.rectangle((x * 20, y * 20, x * 20 + 19, y * 20 + 19), ("black", "white")[(x + y) % 2])


def _night(draw):
    draw.rectangle((0, 0, 160, 120), "midnightblue")
    for n in range(60):
        x, y = n * 37 % 160, n * 53 % 120
        draw.ellipse((x, y, x + 2, y + 2), "white")


def _sunset(draw):
    for y in range(120):
        draw.line((0, y, 160, y), (255, 200 - y, y))
    draw.ellipse((55, 40, 105, 90), "yellow")


_PAINTERS = {
    "tomatoes": _tomatoes, "rain": _rain, "hive": _hive, "map": _map, "boat": _boat, "pump": _pump,
    "rings": _rings, "checks": _checks, "night": _night, "sunset": _sunset,
}  # fmt: skip


def write_archive(folder: Path) -> Path:
    """The archive as it is first read."""
    images = folder / "images"
    images.mkdir(parents=True)
    for kind in ("tomatoes", "rain", "hive", "boat", "pump", "rings"):
        (images / f"{kind}.png").write_bytes(png(drawn(kind)))
    (images / "map-small.png").write_bytes(png(drawn("map", (80, 60))))
    (images / "map-large.png").write_bytes(png(drawn("map", (320, 240))))
    (images / "tick.png").write_bytes(plain("black", (16, 16)))
    (images / "broken.png").write_bytes(b"this is no picture")
    (folder / "2024-01-kitchen.html").write_text(KITCHEN, encoding="utf-8")
    (folder / "2024-02-boats.md").write_text(BOATS, encoding="utf-8")
    (folder / "2023-11-stars.txt").write_text(STARS, encoding="utf-8")
    return folder


def write_second_version(folder: Path) -> Path:
    """The same archive a while later: an issue changed, one new, one gone."""
    write_archive(folder)
    boats = folder / "2024-02-boats.md"
    boats.write_text(
        BOATS.replace("## Machines", "![A chess board on deck](images/checks.png)\n\n## Machines"),
        encoding="utf-8",
    )
    (folder / "images" / "checks.png").write_bytes(png(drawn("checks")))
    (folder / "2023-11-stars.txt").unlink()
    for kind, caption in (("night", "The Milky Way in winter"), ("sunset", "Sunset over the bay")):
        (folder / "images" / f"{kind}.png").write_bytes(png(drawn(kind)))
        (folder / f"2024-03-{kind}.md").write_text(
            f"---\ndate: 2024-03-09\n---\n\n# {caption}\n\n![{caption}](images/{kind}.png)\n\nSeen by many.\n",
            encoding="utf-8",
        )
    return folder


@cache
def _made(root: Path) -> tuple[Path, Path]:
    archive = write_archive(root / "archive")
    with Library.create(root / "library") as library:
        library.archives.ingest([archive], encoder="lite")
    return archive, root / "library"


def made_once(tmp_path_factory) -> tuple[Path, Path]:
    """The archive and its library, made by the first test that asks, whichever folder that stands in."""
    return _made(tmp_path_factory.getbasetemp() / "made")


def copied(source: Path, target: Path) -> Path:
    """A library or an archive that a test may change; holes stay holes, or each copy would take 300 MB."""
    copy_tree(source, target)
    return target


def figures_by_image(library: Library) -> dict:
    return {figure.image: figure for figure in library.browse.figures()}
