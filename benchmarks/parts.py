"""What it gains, and costs, that a picture is found by its parts.

    python benchmarks/parts.py ARCHIVE [ARCHIVE ...] [--library FOLDER] [--sample 220] [--json]

The archives are read into one library with the lite encoder, which --library keeps, or takes where one is. Asked are
crops of N pictures, evenly taken, that keep 50, 25 and 10 % of the area, and one panel of every picture that has
some, cut a little wrong, made smaller, as JPEG. Ranked are pictures: by cosine with the whole alone, with the nearest
of whole and panels, and with the nearest of whole, panels and tiles; then as the explorer ranks them, details included.
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
from measuring import say, table
from PIL import Image

import images
from embeddings import VectorCache, Vectors
from embeddings.adapter import visual_vectors
from explorer.catalog.picture_store import PictureStore
from explorer.ingest.embedding import CachedEmbedder, PictureRegions
from explorer.library.library import Library
from explorer.representation.encoders import load_encoders
from images.parts import TILES

AREAS = (0.5, 0.25, 0.1)
OFF = 0.04  # of a panel's sides: nobody cuts along the gutter
SMALLER = 0.7
LISTS = ("whole", "whole and panels", "whole, panels and tiles", "explorer")


@dataclass(frozen=True, slots=True)
class Asked:
    """A picture to search with, and the picture of the library that it is a part of."""

    kind: str
    sha256: str
    picture: Image.Image


def questions(library: Library, sha256s: Sequence[str], sample: int) -> Iterator[Asked]:
    """Always the same ones."""
    cropped = set(sha256s[:: max(1, len(sha256s) // sample)])
    for sha256 in sha256s:
        picture = images.open_picture(library.browse.picture_path(sha256, "large"))
        chance = random.Random(sha256)
        for area in AREAS if sha256 in cropped else ():
            side = area**0.5
            left, top = chance.random() * (1 - side), chance.random() * (1 - side)
            part = images.part(picture, (left, top, left + side, top + side))
            yield Asked(f"crop to {area:.0%}", sha256, as_jpeg(part, 80))
        if panels := images.panels(picture):
            part = images.part(picture, cut_wrong(chance.choice(panels), chance))
            size = (max(8, round(side * SMALLER)) for side in part.size)
            yield Asked("panel", sha256, as_jpeg(part.resize(tuple(size), Image.Resampling.LANCZOS), 70))


def cut_wrong(box: tuple[float, ...], chance: random.Random) -> tuple[float, float, float, float]:
    across, down = (box[2] - box[0]) * OFF, (box[3] - box[1]) * OFF
    off = (across, down, across, down)
    left, top, right, bottom = (
        min(1.0, max(0.0, side + chance.uniform(-by, by))) for side, by in zip(box, off, strict=True)
    )
    return left, top, right, bottom


def as_jpeg(picture: Image.Image, quality: int) -> Image.Image:
    file = BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def nearest(visual: Vectors, parts: Mapping[str, PictureRegions], which: str) -> list[str]:
    """Pictures by the nearest of their rows, as far as these count."""

    def best(one: PictureRegions) -> float:
        tiles = sum(any(np.allclose(box, tile, atol=1e-3) for tile in TILES) for box in one.boxes)
        rows = {"whole": 1, "whole and panels": len(one.boxes) - tiles}.get(which, len(one.boxes))
        return float((one.visual[:rows] @ visual).max())

    return sorted(parts, key=lambda sha256: -best(parts[sha256]))


def place(ranking: Sequence[str], sha256: str) -> float:
    return ranking.index(sha256) + 1 if sha256 in ranking else np.inf


def found(library: Library, picture: Image.Image) -> list[str]:
    """As the explorer ranks them: each picture at its first place."""
    hits = library.search(picture=picture, limit=20).hits
    return list(dict.fromkeys(str(getattr(hit.record, "sha256", "")) for hit in hits))


def cost(library: Library, embedder: CachedEmbedder, sha256s: Sequence[str]) -> dict[str, float]:
    """Per picture, what its parts take beside what it takes as a whole; ms of one core, and numbers kept."""
    encoder = embedder.encoders.encoder
    took = {"open and encode the whole": 0.0, "find the parts": 0.0, "encode the parts": 0.0}
    for sha256 in sha256s:
        marks = [time.process_time()]
        encoder.encode_pictures([images.open_picture(library.browse.picture_path(sha256, "original"))])
        marks.append(time.process_time())
        picture = images.open_picture(library.browse.picture_path(sha256, "large"))
        boxes = images.parts(picture)
        marks.append(time.process_time())
        encoder.encode_pictures([images.part(picture, box) for box in boxes])
        marks.append(time.process_time())
        for name, ms in zip(took, np.diff(marks) * 1000, strict=True):
            took[name] += ms / len(sha256s)
    return took


def measure(library: Library, embedder: CachedEmbedder, sample: int) -> dict[str, object]:
    sha256s = sorted({figure.sha256 for figure in library.browse.figures() if figure.sha256})
    parts = {
        sha256: one
        for sha256 in sha256s
        if (one := embedder.picture_and_region_vectors(sha256)[1]) is not None
    }
    places: dict[str, dict[str, list[float]]] = {}
    for asked in questions(library, list(parts), sample):
        [visual] = visual_vectors(embedder.encoders.encoder.encode_pictures([asked.picture]))
        rankings = {which: nearest(visual, parts, which) for which in LISTS[:-1]}
        rankings["explorer"] = found(library, asked.picture)
        for which, ranking in rankings.items():
            at = places.setdefault(asked.kind, {}).setdefault(which, [])
            at.append(place(ranking, asked.sha256))
    return {
        "pictures": len(parts),
        "vectors per picture": float(np.mean([len(one.boxes) for one in parts.values()])),
        "pictures with panels": float(np.mean([not is_one(library, sha256) for sha256 in parts])),
        "ms": cost(library, embedder, list(parts)[:: max(1, len(parts) // 60)]),
        "recall": {
            kind: {
                which: {f"recall@{k}": float(np.mean(np.array(at) <= k)) for k in (1, 10)}
                for which, at in by.items()
            }
            for kind, by in places.items()
        },
    }


def is_one(library: Library, sha256: str) -> bool:
    return not images.panels(images.open_picture(library.browse.picture_path(sha256, "large")))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("archives", nargs="+", type=Path)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--sample", type=int, default=220)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = given.library or Path(scratch) / "library"
        if not Library.is_at(home):
            say("reading the archives")
            with Library.create(home) as library:
                library.archives.ingest(given.archives, encoder="lite")
        cache = VectorCache(home / "vectors.sqlite")
        with Library.open(home) as library, closing(cache):
            vectors = CachedEmbedder(load_encoders("lite", home), cache, PictureStore(home / "pictures"))
            told = measure(library, vectors, given.sample)
    if given.json:
        print(json.dumps(told))
        return
    print(
        f"{told['pictures']} pictures, {told['pictures with panels']:.0%} with panels, "
        f"{told['vectors per picture']:.1f} vectors each; ms of one core a picture: "
        + ", ".join(f"{name} {ms:.0f}" for name, ms in told["ms"].items())
        + "\n\nrecall@1 / recall@10\n"
    )
    rows = [
        [kind, *(f"{by[which]['recall@1']:.3f} / {by[which]['recall@10']:.3f}" for which in LISTS)]
        for kind, by in sorted(told["recall"].items())
    ]
    print(table(("asked", *LISTS), rows))


if __name__ == "__main__":
    main()
