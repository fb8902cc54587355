"""How surely copies of one picture are told from different pictures.

    python benchmarks/alike.py FOLDER [--sample N] [--sheet FILE.png]

FOLDER holds archives, each as `NAME/archive/`. They are read into a temporary library with
the lite encoder. Recall: N pictures (default 100), evenly taken, are each changed in every way below; found is what
is a candidate (fingerprint or vector near enough) and is taken for a copy. Precision: the same changed pictures against the other
pictures of the sample, and every pair of pictures that the library has grouped, which are to be looked at: --sheet.
"""

from __future__ import annotations

import argparse
import io
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

import embeddings
import images
from explorer.catalog.store import Catalog
from explorer.ingest.grouping import NEAR_BITS, NEAR_COSINE
from explorer.library.library import Library

Change = Callable[[Image.Image], Image.Image]


def scaled(picture: Image.Image, across: float, down: float) -> Image.Image:
    size = max(1, round(picture.width * across)), max(1, round(picture.height * down))
    return picture.resize(size, Image.Resampling.LANCZOS)


def recompressed(picture: Image.Image, quality: int) -> Image.Image:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def cropped(picture: Image.Image, share: float) -> Image.Image:
    beside = (1 - share) / 2
    width, height = picture.size
    left, top = round(width * beside), round(height * beside)
    return picture.crop((left, top, width - left, height - top))


COPIES: Mapping[str, Change] = {
    "half the size": lambda it: scaled(it, 0.5, 0.5),
    "a third, JPEG 40": lambda it: recompressed(scaled(it, 1 / 3, 1 / 3), 40),
    "JPEG 30": lambda it: recompressed(it, 30),
    "grey": lambda it: it.convert("L").convert("RGB"),
    "bordered": lambda it: ImageOps.expand(it, max(4, round(min(it.size) * 0.08)), (230, 230, 230)),
    "cropped to 90 %": lambda it: cropped(it, 0.9),
    "cropped to 80 %": lambda it: cropped(it, 0.8),
    "turned by 3 degrees": lambda it: it.rotate(3, Image.Resampling.BICUBIC, fillcolor="white"),
    "mirrored": ImageOps.mirror,
    "turned by 90": lambda it: it.rotate(90, expand=True),
    "turned by 180": lambda it: it.rotate(180),
    "turned by 270": lambda it: it.rotate(270, expand=True),
    "a tenth narrower": lambda it: scaled(it, 0.9, 1),
}
PARTS: Mapping[str, Change] = {
    "left half": lambda it: it.crop((0, 0, it.width // 2, it.height)),
    "cropped to 60 %": lambda it: cropped(it, 0.6),
}


class Seen:
    """A picture with everything by which it is compared."""

    def __init__(self, picture: Image.Image, encoder: embeddings.Encoder) -> None:
        self.picture = picture
        self.details = images.detect_keypoints(picture)
        self.fingerprint = images.fingerprint(picture)
        vectors = encoder.encode_pictures([picture])
        self.visual = (vectors.picture if vectors.visual is None else vectors.visual)[0]

    def is_near_whole(self, other: Seen) -> bool:
        ways = images.turned_fingerprints(self.fingerprint)
        return (
            min((images.fingerprint_distance(way, other.fingerprint) for way in ways), default=256)
            <= NEAR_BITS
        )

    def is_near(self, other: Seen) -> bool:
        return self.is_near_whole(other) or float(self.visual @ other.visual) >= NEAR_COSINE

    def is_copy(self, other: Seen) -> bool:
        match = images.match_keypoints(self.details, other.details)
        worth_it = match.count >= images.ENOUGH_KEYPOINTS or self.is_near_whole(other)
        return worth_it and images.are_copies(self.picture, other.picture, match)


def measure(pictures: Sequence[Image.Image]) -> None:
    """Prints recall for each change, and how many pictures were taken for copies of another."""
    encoder = embeddings.load("lite")
    originals = [Seen(picture, encoder) for picture in pictures]
    right = wrong = compared = 0
    print(f"{'change':22} near  copy  both  wrongly so")
    for name, change in {**COPIES, **PARTS}.items():
        near = copy = both = falsely = 0
        for one in originals:
            changed = Seen(change(one.picture), encoder)
            is_near, is_copy = changed.is_near(one), changed.is_copy(one)
            near, copy, both = near + is_near, copy + is_copy, both + (is_near and is_copy)
            others = [other for other in originals if other is not one and changed.is_near(other)]
            compared += len(others)
            falsely += sum(changed.is_copy(other) for other in others)
        right += both if name in COPIES else 0
        wrong += falsely if name in COPIES else falsely + both
        print(f"{name:22} {near:4}  {copy:4}  {both:4}  {falsely:4}", flush=True)
    print(f"recall {right / len(COPIES) / len(originals):.3f}, precision {right / max(1, right + wrong):.4f}")
    print(f"({len(originals)} pictures; {compared} pairs of different ones were near and compared)")


def sheet(library: Library, file: Path | None) -> int:
    """Draws every pair that the library has grouped; how many there are."""
    with closing(Catalog(library.path / "catalog.sqlite")) as catalog:
        pairs = catalog.duplicates.pairs()
    if file and pairs:
        drawn = Image.new("RGB", (660, 230 * len(pairs)), "white")
        for row, pair in enumerate(pairs):
            ImageDraw.Draw(drawn).text((4, 230 * row), "  ".join(sha256[:10] for sha256 in pair), "red")
            for column, sha256 in enumerate(pair):
                picture = images.open_picture(library.browse.picture_path(sha256))
                picture.thumbnail((320, 210))
                drawn.paste(picture, (column * 330, 230 * row + 16))
        drawn.save(file)
    return len(pairs)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--sheet", type=Path)
    asked = parser.parse_args()
    archives = sorted(asked.folder.glob("*/archive"))
    with tempfile.TemporaryDirectory() as folder, Library.create(folder) as library:
        started = time.perf_counter()
        report = library.archives.ingest(archives, encoder="lite")
        print(f"{report.pictures} pictures read in {time.perf_counter() - started:.0f} s")
        print(f"{sheet(library, asked.sheet)} pairs grouped in the archives as they are")
        kept = sorted({one.sha256 for one in library.browse.figures() if one.sha256})
        sample = kept[:: max(1, len(kept) // asked.sample)][: asked.sample]
        measure([images.open_picture(library.browse.picture_path(one, "large")) for one in sample])


if __name__ == "__main__":
    main()
