"""How long a search takes beyond the encoder's own time, in a library of many figures.

    python benchmarks/search.py [--figures 10000] [--library FOLDER] [--json]

The archive is like the growth of benchmarks/ingest.py, but of 200 pictures that are shown again and again, so that the
library is made in minutes; captions and paragraphs are all different. Asked are words of its vocabulary, its pictures
cropped, and both. What the encoder takes for a query is timed in the same process and taken off, query by query.
--library keeps the library there, or takes the one that is there.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ingest import (
    CAPTION_WORDS,
    FIGURES_IN_ISSUE,
    PARAGRAPH_WORDS,
    SMALLEST_SIDE_PX,
    changed,
    sample_pictures,
    words_of,
)
from measuring import machine, say, table
from PIL import Image

from embeddings.lite import LiteEncoder
from explorer.library import Library

PICTURES = 200
QUERIES = 60
LIMIT = 20


@dataclass(frozen=True, slots=True)
class Question:
    """Words, a picture, or both."""

    kind: str
    words: str | None
    picture: Image.Image | None


def make_archive(folder: Path, figures: int) -> None:
    """Issues in Markdown beside one folder of pictures."""
    large = [picture for picture in sample_pictures() if min(picture.size) >= SMALLEST_SIDE_PX]
    folder.mkdir(parents=True)
    for number in range(PICTURES):
        changed(large[number % len(large)], number).save(folder / f"{number}.png", compress_level=3)
    for issue, first in enumerate(range(0, figures, FIGURES_IN_ISSUE)):
        random = np.random.default_rng([issue])
        parts = [f"# Issue {issue}"]
        for figure in range(first, min(first + FIGURES_IN_ISSUE, figures)):
            parts += [
                f"## {words_of(random, 4)}",
                words_of(random, PARAGRAPH_WORDS),
                f"![{words_of(random, CAPTION_WORDS)}]({figure % PICTURES}.png)",
            ]
        (folder / f"issue-{issue:05d}.md").write_text("\n\n".join(parts), encoding="utf-8")


def make_library(home: Path, figures: int) -> Path:
    """The archive of the library at `home`, both made where there is none."""
    archive = home.parent / f"{home.name}-archive"
    if not Library.is_at(home):
        say(f"making a library of {figures:,} figures")
        make_archive(archive, figures)
        with Library.create(home) as library:
            library.ingest([archive], encoder="lite")
    return archive


def questions(archive: Path) -> list[Question]:
    """Always the same ones."""
    random = np.random.default_rng(0)
    asked = []
    for number in range(QUERIES):
        with Image.open(archive / f"{number * 3 % PICTURES}.png") as opened:
            width, height = opened.size
            crop = opened.convert("RGB").crop((width // 8, height // 8, width, height))
        words = words_of(random, 6)
        asked += [
            Question("words", words, None),
            Question("picture", None, crop),
            Question("both", words, crop),
        ]
    return asked


def milliseconds(library: Library, asked: Sequence[Question]) -> dict[str, list[tuple[float, float]]]:
    """For each kind of question, what a search took and what the encoder took of it."""
    encoder = LiteEncoder()
    took: dict[str, list[tuple[float, float]]] = {}
    for question in [*asked[:6], *asked]:  # the first ones warm up
        started = time.perf_counter()
        library.search(question.words, picture=question.picture, limit=LIMIT)
        searched = time.perf_counter()
        if question.words:
            encoder.encode_texts([question.words])
        if question.picture:
            encoder.encode_pictures([question.picture])
        encoded = time.perf_counter()
        took.setdefault(question.kind, []).append(((searched - started) * 1000, (encoded - searched) * 1000))
    return {kind: pairs[2:] for kind, pairs in took.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--figures", type=int, default=10_000)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = given.library or Path(scratch) / "library"
        archive = make_library(home, given.figures)
        with Library.open(home) as library:
            took = milliseconds(library, questions(archive))
            figures = library.count_figures()
    rows = []
    for kind, pairs in took.items():
        whole, beyond = [pair[0] for pair in pairs], [pair[0] - pair[1] for pair in pairs]
        rows.append([kind, *(float(np.percentile(of, at)) for of in (whole, beyond) for at in (50, 95))])
    columns = ("asked", "p50 ms", "p95 ms", "p50 beyond the encoder", "p95 beyond the encoder")
    if given.json:
        print(
            json.dumps({"figures": figures, "rows": [dict(zip(columns, row, strict=True)) for row in rows]})
        )
        return
    print(f"{machine('qdrant-edge-py')}; {figures:,} figures, {QUERIES} queries of each kind\n")
    print(table(columns, [[row[0], *(f"{one:.1f}" for one in row[1:])] for row in rows]))


if __name__ == "__main__":
    main()
