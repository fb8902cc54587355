"""Measure the time of a search without the encoder, in a library of many figures.

    python benchmarks/search.py [--figures 10000] [--library FOLDER] [--json]

The archive is that of benchmarks/large_library.py. The queries are words of its vocabulary, crops of its pictures, and
both. The time of the encoder for each query is measured in the same process and subtracted. --library keeps the
library, or uses an existing one.
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
class SampleQuery:
    """A query with words, a picture, or both."""

    kind: str
    words: str | None
    picture: Image.Image | None


def make_queries(archive: Path) -> list[SampleQuery]:
    """Return reproducible queries."""
    random = np.random.default_rng(0)
    queries = []
    for number in range(QUERIES):
        with Image.open(archive / f"{number * 3 % PICTURES}.png") as opened:
            width, height = opened.size
            crop = opened.convert("RGB").crop((width // 8, height // 8, width, height))
        words = words_of(random, 6)
        queries += [
            SampleQuery("words", words, None),
            SampleQuery("picture", None, crop),
            SampleQuery("both", words, crop),
        ]
    return queries


def measure_ms(library: Library, queries: Sequence[SampleQuery]) -> dict[str, list[tuple[float, float]]]:
    """Return the times of the search and of the encoder for each kind of query, in ms."""
    encoder = LiteEncoder()
    times: dict[str, list[tuple[float, float]]] = {}
    for query in [*queries[:6], *queries]:  # the first queries are for warm-up
        started = time.perf_counter()
        library.search(query.words, picture=query.picture, limit=LIMIT)
        searched = time.perf_counter()
        if query.words:
            encoder.encode_texts([query.words])
        if query.picture:
            encoder.encode_pictures([query.picture])
        encoded = time.perf_counter()
        times.setdefault(query.kind, []).append(((searched - started) * 1000, (encoded - searched) * 1000))
    return {kind: pairs[2:] for kind, pairs in times.items()}


def main() -> None:
    arguments = options(__doc__).parse_args()
    with (
        large_library(arguments.figures, arguments.library) as (home, archive),
        Library.open(home) as library,
    ):
        times = measure_ms(library, make_queries(archive))
        figures = library.browse.count_figures()
    rows = []
    for kind, pairs in times.items():
        total = [search_ms for search_ms, _ in pairs]
        without_encoder = [search_ms - encoder_ms for search_ms, encoder_ms in pairs]
        percentiles = [
            float(np.percentile(values, percent))
            for values in (total, without_encoder)
            for percent in (50, 95)
        ]
        rows.append([kind, *percentiles])
    columns = ("asked", "p50 ms", "p95 ms", "p50 beyond the encoder", "p95 beyond the encoder")
    if arguments.json:
        print(as_json(figures, columns, rows))
        return
    print(f"{machine('qdrant-edge-py')}; {figures:,} figures, {QUERIES} queries of each kind\n")
    print(table(columns, [[kind, *(f"{value:.1f}" for value in values)] for kind, *values in rows]))


if __name__ == "__main__":
    main()
