"""Measure the gain and the cost of searching pictures by their parts.

    python benchmarks/parts.py ARCHIVE [ARCHIVE ...] [--library FOLDER] [--sample 220] [--json]

The archives are read into one library with the lite encoder. --library keeps the library, or uses an existing one. The
queries are crops of an evenly spaced sample of N pictures (50, 25 and 10 % of the area), and one panel of every picture
with panels, cut imprecisely, scaled down, as JPEG. Pictures are ranked by the cosine with the whole picture, with the
nearest of whole and panels, with the nearest of whole, panels and tiles, and by the explorer's search with keypoints.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from measuring import log, table
from PIL import Image

import images
from embeddings import VectorCache, Vectors
from embeddings.adapter import visual_vectors
from explorer import is_library
from explorer.catalog.picture_store import PictureStore
from explorer.ingest.embedding import CachedEmbedder, PictureRegions
from explorer.library.library import Library
from explorer.representation.encoders import load_encoders
from images.parts import TILES

AREAS = (0.5, 0.25, 0.1)
CUT_ERROR = 0.04  # of a panel's sides: a person does not cut exactly along the gutter
SCALE = 0.7
METHODS = ("whole", "whole and panels", "whole, panels and tiles", "explorer")


@dataclass(frozen=True, slots=True)
class PartQuery:
    """A query picture, and the picture of the library that contains it."""

    kind: str
    sha256: str
    picture: Image.Image


def make_queries(library: Library, sha256s: Sequence[str], sample: int) -> Iterator[PartQuery]:
    """Yield reproducible queries."""
    cropped = set(sha256s[:: max(1, len(sha256s) // sample)])
    for sha256 in sha256s:
        picture = images.open_picture(library.browse.picture_path(sha256, "large"))
        generator = random.Random(sha256)
        for area in AREAS if sha256 in cropped else ():
            side = area**0.5
            left, top = generator.random() * (1 - side), generator.random() * (1 - side)
            part = images.crop_region(picture, (left, top, left + side, top + side))
            yield PartQuery(f"crop to {area:.0%}", sha256, as_jpeg(part, 80))
        if panels := images.find_panels(picture):
            part = images.crop_region(picture, cut_imprecisely(generator.choice(panels), generator))
            size = (max(8, round(side * SCALE)) for side in part.size)
            yield PartQuery("panel", sha256, as_jpeg(part.resize(tuple(size), Image.Resampling.LANCZOS), 70))


def cut_imprecisely(box: tuple[float, ...], generator: random.Random) -> tuple[float, float, float, float]:
    horizontal, vertical = (box[2] - box[0]) * CUT_ERROR, (box[3] - box[1]) * CUT_ERROR
    max_errors = (horizontal, vertical, horizontal, vertical)
    left, top, right, bottom = (
        min(1.0, max(0.0, side + generator.uniform(-max_error, max_error)))
        for side, max_error in zip(box, max_errors, strict=True)
    )
    return left, top, right, bottom


def as_jpeg(picture: Image.Image, quality: int) -> Image.Image:
    file = BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def rank_by_cosine(visual: Vectors, parts: Mapping[str, PictureRegions], method: str) -> list[str]:
    """Rank the pictures by the nearest of those vectors that the method uses."""

    def best(regions: PictureRegions) -> float:
        tiles = sum(any(np.allclose(box, tile, atol=1e-3) for tile in TILES) for box in regions.boxes)
        rows = {"whole": 1, "whole and panels": len(regions.boxes) - tiles}.get(method, len(regions.boxes))
        return float((regions.visual[:rows] @ visual).max())

    return sorted(parts, key=lambda sha256: -best(parts[sha256]))


def rank_of(sha256: str, ranking: Sequence[str]) -> float:
    return ranking.index(sha256) + 1 if sha256 in ranking else np.inf


def rank_by_search(library: Library, picture: Image.Image) -> list[str]:
    """Rank the pictures by the explorer's search, each at its first rank."""
    hits = library.search(picture=picture, limit=20).hits
    return list(dict.fromkeys(str(getattr(hit.record, "sha256", "")) for hit in hits))


def cost(library: Library, vectors: CachedEmbedder, sha256s: Sequence[str]) -> dict[str, float]:
    """Measure the processor time per picture for the whole and for its parts, in ms of one core."""
    encoder = vectors.encoders.encoder
    times = {"open and encode the whole": 0.0, "find the parts": 0.0, "encode the parts": 0.0}
    for sha256 in sha256s:
        clock = [time.process_time()]
        encoder.encode_pictures([images.open_picture(library.browse.picture_path(sha256, "original"))])
        clock.append(time.process_time())
        picture = images.open_picture(library.browse.picture_path(sha256, "large"))
        boxes = images.find_regions(picture)
        clock.append(time.process_time())
        encoder.encode_pictures([images.crop_region(picture, box) for box in boxes])
        clock.append(time.process_time())
        for name, ms in zip(times, np.diff(clock) * 1000, strict=True):
            times[name] += ms / len(sha256s)
    return times


def measure(library: Library, vectors: CachedEmbedder, sample: int) -> dict[str, object]:
    sha256s = sorted({figure.sha256 for figure in library.browse.figures() if figure.sha256})
    parts = {
        sha256: regions
        for sha256 in sha256s
        if (regions := vectors.picture_and_region_vectors(sha256)[1]) is not None
    }
    ranks: dict[str, dict[str, list[float]]] = {}
    for query in make_queries(library, list(parts), sample):
        [visual] = visual_vectors(vectors.encoders.encoder.encode_pictures([query.picture]))
        rankings = {method: rank_by_cosine(visual, parts, method) for method in METHODS[:-1]}
        rankings["explorer"] = rank_by_search(library, query.picture)
        for method, ranking in rankings.items():
            ranks.setdefault(query.kind, {}).setdefault(method, []).append(rank_of(query.sha256, ranking))
    return {
        "pictures": len(parts),
        "vectors per picture": float(np.mean([len(regions.boxes) for regions in parts.values()])),
        "pictures with panels": float(np.mean([has_panels(library, sha256) for sha256 in parts])),
        "ms": cost(library, vectors, list(parts)[:: max(1, len(parts) // 60)]),
        "recall": {
            kind: {
                method: {f"recall@{k}": float(np.mean(np.array(values) <= k)) for k in (1, 10)}
                for method, values in by_method.items()
            }
            for kind, by_method in ranks.items()
        },
    }


def has_panels(library: Library, sha256: str) -> bool:
    return bool(images.find_panels(images.open_picture(library.browse.picture_path(sha256, "large"))))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("archives", nargs="+", type=Path)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--sample", type=int, default=220)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = options.library or Path(scratch) / "library"
        if not is_library(home):
            log("reading the archives")
            with Library.create(home) as library:
                library.archives.ingest(options.archives, encoder="lite")
        cache = VectorCache(home / "vectors.sqlite")
        with Library.open(home) as library, closing(cache):
            vectors = CachedEmbedder(load_encoders("lite", home), cache, PictureStore(home / "pictures"))
            report = measure(library, vectors, options.sample)
    if options.json:
        print(json.dumps(report))
        return
    print(
        f"{report['pictures']} pictures, {report['pictures with panels']:.0%} with panels, "
        f"{report['vectors per picture']:.1f} vectors each; ms of one core per picture: "
        + ", ".join(f"{name} {ms:.0f}" for name, ms in report["ms"].items())
        + "\n\nrecall@1 / recall@10\n"
    )
    rows = [
        [
            kind,
            *(
                f"{by_method[method]['recall@1']:.3f} / {by_method[method]['recall@10']:.3f}"
                for method in METHODS
            ),
        ]
        for kind, by_method in sorted(report["recall"].items())
    ]
    print(table(("query", *METHODS), rows))


if __name__ == "__main__":
    main()
