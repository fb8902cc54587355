"""Measure how reliably the explorer distinguishes copies of a picture from different pictures.

    python benchmarks/alike.py FOLDER [--sample N] [--sheet FILE.png]

FOLDER contains archives, each as `NAME/archive/`. They are read into a temporary library with the lite encoder.

- Recall: an evenly spaced sample of N pictures (default 100) is changed in every way of COPIES and PARTS. A changed
  picture is found if it is a candidate (perceptual hash or vector close enough) and is recognised as a copy.
- Precision: the same changed pictures are compared with the other pictures of the sample. In addition, `--sheet` draws
  all pairs that the library grouped, for a check by eye.
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


def scaled(picture: Image.Image, horizontal: float, vertical: float) -> Image.Image:
    size = max(1, round(picture.width * horizontal)), max(1, round(picture.height * vertical))
    return picture.resize(size, Image.Resampling.LANCZOS)


def recompressed(picture: Image.Image, quality: int) -> Image.Image:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def cropped(picture: Image.Image, share: float) -> Image.Image:
    margin = (1 - share) / 2
    width, height = picture.size
    left, top = round(width * margin), round(height * margin)
    return picture.crop((left, top, width - left, height - top))


COPIES: Mapping[str, Change] = {
    "half the size": lambda picture: scaled(picture, 0.5, 0.5),
    "a third, JPEG 40": lambda picture: recompressed(scaled(picture, 1 / 3, 1 / 3), 40),
    "JPEG 30": lambda picture: recompressed(picture, 30),
    "grey": lambda picture: picture.convert("L").convert("RGB"),
    "bordered": lambda picture: ImageOps.expand(
        picture, max(4, round(min(picture.size) * 0.08)), (230, 230, 230)
    ),
    "cropped to 90 %": lambda picture: cropped(picture, 0.9),
    "cropped to 80 %": lambda picture: cropped(picture, 0.8),
    "turned by 3 degrees": lambda picture: picture.rotate(3, Image.Resampling.BICUBIC, fillcolor="white"),
    "mirrored": ImageOps.mirror,
    "turned by 90": lambda picture: picture.rotate(90, expand=True),
    "turned by 180": lambda picture: picture.rotate(180),
    "turned by 270": lambda picture: picture.rotate(270, expand=True),
    "a tenth narrower": lambda picture: scaled(picture, 0.9, 1),
}
PARTS: Mapping[str, Change] = {
    "left half": lambda picture: picture.crop((0, 0, picture.width // 2, picture.height)),
    "cropped to 60 %": lambda picture: cropped(picture, 0.6),
}


class ComparedPicture:
    """A picture with the features that the comparison needs."""

    def __init__(self, picture: Image.Image, encoder: embeddings.Encoder) -> None:
        self.picture = picture
        self.details = images.detect_keypoints(picture)
        self.fingerprint = images.fingerprint(picture)
        vectors = encoder.encode_pictures([picture])
        self.visual = (vectors.picture if vectors.visual is None else vectors.visual)[0]

    def is_near_whole(self, other: ComparedPicture) -> bool:
        orientations = images.turned_fingerprints(self.fingerprint)
        distances = (images.fingerprint_distance(turned, other.fingerprint) for turned in orientations)
        return min(distances, default=256) <= NEAR_BITS

    def is_near(self, other: ComparedPicture) -> bool:
        return self.is_near_whole(other) or float(self.visual @ other.visual) >= NEAR_COSINE

    def is_copy(self, other: ComparedPicture) -> bool:
        match = images.match_keypoints(self.details, other.details)
        is_candidate = match.count >= images.ENOUGH_KEYPOINTS or self.is_near_whole(other)
        return is_candidate and images.are_copies(self.picture, other.picture, match)


def measure(pictures: Sequence[Image.Image]) -> None:
    """Print the recall of each change, and the number of pictures that were mistaken for copies."""
    encoder = embeddings.load("lite")
    originals = [ComparedPicture(picture, encoder) for picture in pictures]
    right = wrong = compared = 0
    print(f"{'change':22} near  copy  both  wrongly so")
    for name, change in {**COPIES, **PARTS}.items():
        near = copy = both = falsely = 0
        for original in originals:
            changed = ComparedPicture(change(original.picture), encoder)
            is_near, is_copy = changed.is_near(original), changed.is_copy(original)
            near, copy, both = near + is_near, copy + is_copy, both + (is_near and is_copy)
            others = [other for other in originals if other is not original and changed.is_near(other)]
            compared += len(others)
            falsely += sum(changed.is_copy(other) for other in others)
        right += both if name in COPIES else 0
        wrong += falsely if name in COPIES else falsely + both
        print(f"{name:22} {near:4}  {copy:4}  {both:4}  {falsely:4}", flush=True)
    print(f"recall {right / len(COPIES) / len(originals):.3f}, precision {right / max(1, right + wrong):.4f}")
    print(f"({len(originals)} pictures; {compared} pairs of different pictures were candidates)")


def sheet(library: Library, file: Path | None) -> int:
    """Draw all pairs that the library grouped, and return their number."""
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
    options = parser.parse_args()
    archives = sorted(options.folder.glob("*/archive"))
    with tempfile.TemporaryDirectory() as folder, Library.create(folder) as library:
        started = time.perf_counter()
        report = library.archives.ingest(archives, encoder="lite")
        print(f"{report.pictures} pictures read in {time.perf_counter() - started:.0f} s")
        print(f"{sheet(library, options.sheet)} pairs grouped in the unchanged archives")
        sha256s = sorted({figure.sha256 for figure in library.browse.figures() if figure.sha256})
        sample = sha256s[:: max(1, len(sha256s) // options.sample)][: options.sample]
        measure([images.open_picture(library.browse.picture_path(sha256, "large")) for sha256 in sample])


if __name__ == "__main__":
    main()
