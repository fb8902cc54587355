"""Measure the early exit of picture queries: its speed, and how often the first hit differs from full verification.

    python benchmarks/early_exit.py LIBRARY [--absent FOLDER ...] [--queries 300] [--json]

The queries are modified pictures of the library, and pictures of the folders, which are not in the library. Each query
is answered with the early exit and with full verification, in turns. The time includes the encoder.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from measuring import machine, table
from PIL import Image

import images
from explorer.evaluate.early_exit import modified_pictures, upper_bound
from explorer.library.library import Library
from explorer.search.engine import SearchEngine
from explorer.search.fusion import weights_for
from explorer.search.geometry import VERIFY_ALL
from explorer.search.query import Query

SUFFIXES = (".png", ".jpg", ".jpeg")


@dataclass(frozen=True, slots=True)
class Answered:
    """The first hits and the times of one query, in ms: with the early exit and with full verification."""

    kind: str
    first: tuple[str | None, str | None]
    took_ms: tuple[float, float]


def sample_queries(library: Library, folders: list[Path], count: int) -> list[tuple[str, Image.Image]]:
    """Return reproducible queries: half of them modified pictures of the library if there are folders, else all."""
    figures = library.browse.figures()
    sha256s = sorted({figure.sha256 for figure in figures if figure.sha256})
    files = {sha256: library.browse.picture_path(sha256, "original") for sha256 in sha256s}
    present = count // 2 if folders else count
    queries = [(modified.kind, modified.picture) for modified in modified_pictures(files, present)]
    random = np.random.default_rng(0)
    absent = [file for folder in folders for file in sorted(folder.rglob("*")) if file.suffix in SUFFIXES]
    random.shuffle(absent)
    for file in absent[: count - len(queries)]:
        try:
            queries.append(("absent", images.open_picture(file)))
        except images.PictureError:
            continue
    return queries


def answer(engines: tuple[SearchEngine, SearchEngine], kind: str, picture: Image.Image) -> Answered:
    first: list[str | None] = []
    took_ms: list[float] = []
    for engine in engines:
        started = time.perf_counter()
        result = engine.search(Query(picture=picture))
        took_ms.append((time.perf_counter() - started) * 1000)
        record = result.hits[0].record if result.hits else None
        first.append(getattr(record, "group", None))
    return Answered(kind, (first[0], first[1]), (took_ms[0], took_ms[1]))


def measure(folder: Path, absent: list[Path], count: int) -> list[Answered]:
    with Library.open(folder) as library:
        context = library._context
        indexes = context.indexes
        encoders = indexes.encoders()
        full = SearchEngine(
            indexes.index(),
            context.catalog,
            context.pictures,
            encoders,
            weights_for(encoders.encoder.name),
            VERIFY_ALL,
        )
        engines = indexes.engine(), full
        queries = sample_queries(library, absent, count)
        for kind, picture in queries[:3]:  # for warm-up
            answer(engines, kind, picture)
        return [answer(engines, kind, picture) for kind, picture in queries]


def summarise(answers: list[Answered]) -> list[object]:
    early = np.array([answered.took_ms[0] for answered in answers])
    full = np.array([answered.took_ms[1] for answered in answers])
    differing = sum(answered.first[0] != answered.first[1] for answered in answers)
    return [
        len(answers),
        *(float(np.percentile(values, percent)) for values in (early, full) for percent in (50, 95)),
        float(full.sum() / early.sum()),
        differing,
        differing / len(answers),
        upper_bound(differing, len(answers)),
    ]


def main() -> None:
    options = _options()
    answers = measure(options.library, options.absent, options.queries)
    kinds = ["all", *sorted({answered.kind for answered in answers})]
    rows = [
        [kind, *summarise([answered for answered in answers if kind in ("all", answered.kind)])]
        for kind in kinds
    ]
    columns = (
        "queries", "asked", "p50 ms", "p95 ms", "full p50 ms", "full p95 ms", "times as fast", "first hit differs",
        "share", "95 % bound",
    )  # fmt: skip
    if options.json:
        print(json.dumps([dict(zip(columns, row, strict=True)) for row in rows]))
        return
    print(f"{machine('opencv-python-headless')}\n")
    cells = [
        [
            kind,
            asked,
            *(f"{value:.1f}" for value in values[:5]),
            values[5],
            *(f"{share:.2%}" for share in values[6:]),
        ]
        for kind, asked, *values in rows
    ]
    print(table(columns, cells))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("library", type=Path, metavar="LIBRARY")
    parser.add_argument("--absent", nargs="*", type=Path, default=[], metavar="FOLDER")
    parser.add_argument("--queries", type=int, default=300)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
