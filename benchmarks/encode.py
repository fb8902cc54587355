"""Measure the speed of the encoders: lite and open_clip's ViT-B-32, compared with a plain open_clip loop.

    python benchmarks/encode.py [FOLDER] [--repeats 3] [--json]

The time includes opening the files safely, preprocessing, and encoding in batches, as in an ingest. FOLDER contains the
pictures. Without it, 64 pictures of 1200 x 800 px are drawn. The CLIP weights are random, because speed does not depend
on them. They are saved to a file and loaded by its path, like those of a user. `plain open_clip` is a loop without this
project: PIL, open_clip's preprocessing, the model. Memory is the peak of the whole process.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from measuring import Spread, in_fresh_process, log, machine, plain, quotients, spreads, table
from PIL import Image, ImageDraw

PICTURES, WIDTH, HEIGHT = 64, 1200, 800
BATCH = 16
TEXTS = 128
SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".gif"}
ARCHITECTURE = "ViT-B-32"
LITE, CLIP, PLAIN = "lite", f"{ARCHITECTURE} (random weights)", f"plain open_clip {ARCHITECTURE}"
WORDS = (
    "a chart of the rainfall in spring and the harvest of the following year drawn by hand after the old "
    "survey with two lighthouses on the coast beside the network that learned to tell leaves from stones"
)


def save_random_weights(path: str) -> None:
    """Save untrained weights of the architecture (runs in its own process)."""
    import open_clip
    import torch

    torch.manual_seed(0)
    torch.save(open_clip.create_model(ARCHITECTURE, pretrained=None).state_dict(), path)


def draw_pictures(folder: str, count: int) -> None:
    """Draw alternating PNG and JPEG files with smooth parts, hard edges and grain (runs in its own process)."""
    for number in range(count):
        picture = _draw_picture(np.random.default_rng(number))
        name = f"{number:03d}.{'jpg' if number % 2 else 'png'}"
        picture.save(Path(folder) / name, quality=88)


def encode_pictures(name: str, files: Sequence[str]) -> dict[str, float]:
    """Encode all files after two for warm-up (runs in its own process)."""
    encode, opening = PICTURE_ENCODERS[name.partition(":")[0]](name)
    encode(files[:2])
    opening.seconds = 0.0
    started = time.perf_counter()
    for batch in _batches(files):
        encode(batch)
    seconds = time.perf_counter() - started
    return {"pictures_per_s": len(files) / seconds, "opening_share": opening.seconds / seconds}


def encode_texts(name: str) -> dict[str, float]:
    """Encode captions of 8 to 24 words in batches (runs in its own process)."""
    import embeddings

    random = np.random.default_rng(0)
    captions = [" ".join(random.choice(WORDS.split(), size=random.integers(8, 25))) for _ in range(TEXTS)]
    encoder = embeddings.load(name)
    encoder.encode_texts(["once to warm up"])
    started = time.perf_counter()
    for batch in _batches(captions):
        encoder.encode_texts(batch)
    return {"texts_per_s": TEXTS / (time.perf_counter() - started)}


def encode_first_text(name: str) -> None:
    """Encode one text, as a first search does (runs in its own process, whose whole life is measured)."""
    import embeddings

    embeddings.load(name).encode_texts(["a whale under water"])


class Stopwatch:
    """The seconds that one part of the work took."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def time(self, work: Callable[[], Any]) -> Any:  # noqa: ANN401
        started = time.perf_counter()
        result = work()
        self.seconds += time.perf_counter() - started
        return result


EncodeFiles = Callable[[Sequence[str]], object]


def with_embeddings(name: str) -> tuple[EncodeFiles, Stopwatch]:
    """Return a function that encodes pictures as the explorer does, and the stopwatch of its file opening."""
    import embeddings
    import images

    encoder, opening = embeddings.load(name), Stopwatch()

    def encode(files: Sequence[str]) -> object:
        pictures = opening.time(lambda: [images.open_picture(Path(file)) for file in files])
        return encoder.encode_pictures(pictures)

    return encode, opening


def with_plain_open_clip(name: str) -> tuple[EncodeFiles, Stopwatch]:
    """Return a function that encodes pictures as in open_clip's own example, in batches, and its stopwatch."""
    import open_clip
    import torch

    weights = name.partition(":")[2]
    model, _, preprocess = open_clip.create_model_and_transforms(ARCHITECTURE, pretrained=weights)
    model.eval()
    opening = Stopwatch()

    def encode(files: Sequence[str]) -> object:
        pictures = opening.time(lambda: [Image.open(file).convert("RGB") for file in files])
        with torch.inference_mode():
            vectors = model.encode_image(torch.stack([preprocess(picture) for picture in pictures]))
            return (vectors / vectors.norm(dim=-1, keepdim=True)).numpy()

    return encode, opening


PICTURE_ENCODERS: dict[str, Callable[[str], tuple[EncodeFiles, Stopwatch]]] = {
    LITE: with_embeddings,
    ARCHITECTURE: with_embeddings,
    "plain": with_plain_open_clip,
}


def measure(encoder: str, files: Sequence[str]) -> dict[str, float]:
    """Measure one encoder. The plain loop encodes pictures only."""
    pictures = in_fresh_process(encode_pictures, encoder, files)
    measures = {**pictures.result, "peak_mb": pictures.peak_mb}
    if not encoder.startswith("plain"):
        texts = in_fresh_process(encode_texts, encoder)
        first_text = in_fresh_process(encode_first_text, encoder)
        measures |= {**texts.result, "texts_peak_mb": texts.peak_mb, "first_text_s": first_text.seconds}
    return measures


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory() as scratch:
        files = _files(options.folder or _draw(Path(scratch)))
        if not files:
            raise SystemExit(f"There is no picture in {options.folder}.")
        weights = Path(scratch) / "weights.pt"
        in_fresh_process(save_random_weights, str(weights))
        names = {LITE: LITE, CLIP: f"{ARCHITECTURE}:{weights}", PLAIN: f"plain:{weights}"}
        runs: dict[str, list[dict[str, float]]] = {name: [] for name in names}
        for repeat in range(options.repeats):
            for label, name in names.items():
                log(f"{repeat + 1} of {options.repeats}: {label}")
                runs[label].append(measure(name, files))
    ratios = {
        name: quotients(runs[name], runs[PLAIN], ("pictures_per_s", "peak_mb")) for name in (LITE, CLIP)
    }
    environment = machine("torch", "open_clip_torch", "timm", "pillow")
    if options.json:
        report = {
            "machine": environment,
            "repeats": options.repeats,
            "pictures": len(files),
            "runs": [{"encoder": name, **plain(spreads(results))} for name, results in runs.items()],
            "ratios": [{"encoder": name, **plain(ratio)} for name, ratio in ratios.items()],
        }
        print(json.dumps(report))
        return
    repeated = f"median of {options.repeats} (least–greatest)"
    print(f"{environment}; {len(files)} pictures, {TEXTS} texts; {repeated}\n")
    print(_results(runs, ratios))


def _results(runs: dict[str, list[dict[str, float]]], ratios: dict[str, dict[str, Spread]]) -> str:
    columns = {
        "pictures/s": "pictures_per_s",
        "share of opening": "opening_share",
        "MB": "peak_mb",
        "texts/s": "texts_per_s",
        "MB (texts)": "texts_peak_mb",
        "first text s": "first_text_s",
    }
    rows = []
    for name, results in runs.items():
        spread = spreads(results)
        relative_speed = ratios.get(name, {}).get("pictures_per_s", "1")
        rows.append((name, relative_speed, *(spread.get(key, "") for key in columns.values())))
    return table(("encoder", "relative speed", *columns), rows)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", nargs="?", type=Path, help="pictures to encode (default: drawn pictures)")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    return parser.parse_args()


def _files(folder: Path) -> list[str]:
    return [str(path) for path in sorted(folder.rglob("*")) if path.suffix.lower() in SUFFIXES]


def _draw(scratch: Path) -> Path:
    folder = scratch / "pictures"
    folder.mkdir()
    in_fresh_process(draw_pictures, str(folder), PICTURES)
    return folder


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    remaining = iter(texts)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def _draw_picture(random: np.random.Generator) -> Image.Image:
    x, y = np.linspace(0, 1, WIDTH)[None, :, None], np.linspace(0, 1, HEIGHT)[:, None, None]
    corners = random.uniform(40, 215, (3, 3))
    background = corners[0] * x + corners[1] * y + corners[2] * (1 - x) * (1 - y)
    grain = random.normal(0, 4, (HEIGHT, WIDTH, 1))
    picture = Image.fromarray(np.clip(background + grain, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(picture)
    for _ in range(30):
        left, top, width, height = (int(random.integers(limit)) for limit in (WIDTH, HEIGHT, 400, 300))
        box = (left, top, left + width, top + height)
        colour = tuple(int(value) for value in random.integers(0, 256, 3))
        (draw.ellipse if random.random() < 0.5 else draw.rectangle)(box, fill=colour)
    return picture


if __name__ == "__main__":
    main()
