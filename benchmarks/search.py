"""How long a search takes beyond the encoder's own time, in a library of many figures.

    python benchmarks/search.py [--figures 10000] [--library FOLDER] [--json]

The archive is that of benchmarks/large_library.py. Asked are words of its vocabulary, its pictures cropped, and both.
What the encoder takes for a query is timed in the same process and taken off, query by query. --library keeps the
library there, or takes the one that is there.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ingest import words_of
from large_library import PICTURES, as_json, large_library, options
from measuring import machine, table
from PIL import Image

from embeddings.lite import LiteEncoder
from explorer.library.library import Library

QUERIES = 60
LIMIT = 20


@dataclass(frozen=True, slots=True)
class Question:
    """Words, a picture, or both."""

    kind: str
    words: str | None
    picture: Image.Image | None


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
    given = options(__doc__).parse_args()
    with large_library(given.figures, given.library) as (home, archive), Library.open(home) as library:
        took = milliseconds(library, questions(archive))
        figures = library.browse.count_figures()
    rows = []
    for kind, pairs in took.items():
        whole, beyond = [pair[0] for pair in pairs], [pair[0] - pair[1] for pair in pairs]
        rows.append([kind, *(float(np.percentile(of, at)) for of in (whole, beyond) for at in (50, 95))])
    columns = ("asked", "p50 ms", "p95 ms", "p50 beyond the encoder", "p95 beyond the encoder")
    if given.json:
        print(as_json(figures, columns, rows))
        return
    print(f"{machine('qdrant-edge-py')}; {figures:,} figures, {QUERIES} queries of each kind\n")
    print(table(columns, [[row[0], *(f"{one:.1f}" for one in row[1:])] for row in rows]))


if __name__ == "__main__":
    main()
