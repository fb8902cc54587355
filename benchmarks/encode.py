"""How fast pictures and texts become vectors: lite, and open_clip's ViT-B-32, beside a plain open_clip loop.

    python benchmarks/encode.py [FOLDER] [--repeats 3] [--json]

From files: opened safely, preprocessed, encoded in batches as an ingest does. FOLDER holds the pictures; without
it 64 of 1200 x 800 px are drawn. The CLIP weights are random, saved to a file and loaded by its path as a user's
are: speed does not ask what they know. `plain open_clip` is what one would write without this project: PIL,
open_clip's preprocessing, the model. Memory is that of the whole process.
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
from measuring import ScoreDistribution, in_fresh_process, machine, plain, quotients, say, spreads, table
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
    """In a process of its own: the weights of the architecture as nobody trained them."""
    import open_clip
    import torch

    torch.manual_seed(0)
    torch.save(open_clip.create_model(ARCHITECTURE, pretrained=None).state_dict(), path)


def draw_pictures(folder: str, count: int) -> None:
    """In a process of its own: PNG and JPEG by turns, with smooth parts, hard edges and grain."""
    for number in range(count):
        drawn = _drawn(np.random.default_rng(number))
        name = f"{number:03d}.{'jpg' if number % 2 else 'png'}"
        drawn.save(Path(folder) / name, quality=88)


def pictures(name: str, files: Sequence[str]) -> dict[str, float]:
    """In a process of its own: every file to a vector, after two to warm up."""
    see, opened = SEEING[name.partition(":")[0]](name)
    see(files[:2])
    opened.seconds = 0.0
    started = time.perf_counter()
    for batch in _batches(files):
        see(batch)
    seconds = time.perf_counter() - started
    return {"pictures_per_s": len(files) / seconds, "opening_share": opened.seconds / seconds}


def texts(name: str) -> dict[str, float]:
    """In a process of its own: captions of 8 to 24 words to vectors, in batches."""
    import embeddings

    random = np.random.default_rng(0)
    captions = [" ".join(random.choice(WORDS.split(), size=random.integers(8, 25))) for _ in range(TEXTS)]
    encoder = embeddings.load(name)
    encoder.encode_texts(["once to warm up"])
    started = time.perf_counter()
    for batch in _batches(captions):
        encoder.encode_texts(batch)
    return {"texts_per_s": TEXTS / (time.perf_counter() - started)}


def first_text(name: str) -> None:
    """In a process of its own, whose whole life is measured: what a first search waits for."""
    import embeddings

    embeddings.load(name).encode_texts(["a whale under water"])


class Stopwatch:
    """Seconds spent in one part of the work."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def time(self, work: Callable[[], Any]) -> Any:  # noqa: ANN401
        started = time.perf_counter()
        done = work()
        self.seconds += time.perf_counter() - started
        return done


See = Callable[[Sequence[str]], object]


def with_embeddings(name: str) -> tuple[See, Stopwatch]:
    """As the explorer sees pictures."""
    import embeddings
    import images

    encoder, opening = embeddings.load(name), Stopwatch()

    def see(files: Sequence[str]) -> object:
        opened = opening.time(lambda: [images.open_picture(Path(file)) for file in files])
        return encoder.encode_pictures(opened)

    return see, opening


def with_plain_open_clip(name: str) -> tuple[See, Stopwatch]:
    """As open_clip's own example sees pictures, in batches."""
    import open_clip
    import torch

    weights = name.partition(":")[2]
    model, _, preprocess = open_clip.create_model_and_transforms(ARCHITECTURE, pretrained=weights)
    model.eval()
    opening = Stopwatch()

    def see(files: Sequence[str]) -> object:
        opened = opening.time(lambda: [Image.open(file).convert("RGB") for file in files])
        with torch.inference_mode():
            vectors = model.encode_image(torch.stack([preprocess(picture) for picture in opened]))
            return (vectors / vectors.norm(dim=-1, keepdim=True)).numpy()

    return see, opening


SEEING: dict[str, Callable[[str], tuple[See, Stopwatch]]] = {
    LITE: with_embeddings,
    ARCHITECTURE: with_embeddings,
    "plain": with_plain_open_clip,
}


def measure(encoder: str, files: Sequence[str]) -> dict[str, float]:
    """Everything that is known about one encoder; of the plain loop, the pictures only."""
    seen = in_fresh_process(pictures, encoder, files)
    measured = {**seen.result, "peak_mb": seen.peak_mb}
    if not encoder.startswith("plain"):
        read = in_fresh_process(texts, encoder)
        first = in_fresh_process(first_text, encoder)
        measured |= {**read.result, "texts_peak_mb": read.peak_mb, "first_text_s": first.seconds}
    return measured


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
            for shown, name in names.items():
                say(f"{repeat + 1} of {options.repeats}: {shown}")
                runs[shown].append(measure(name, files))
    ratios = {
        name: quotients(runs[name], runs[PLAIN], ("pictures_per_s", "peak_mb")) for name in (LITE, CLIP)
    }
    here = machine("torch", "open_clip_torch", "timm", "pillow")
    if options.json:
        measured = [{"encoder": name, **plain(spreads(its))} for name, its in runs.items()]
        compared = [{"encoder": name, **plain(its)} for name, its in ratios.items()]
        told = {"machine": here, "repeats": options.repeats, "pictures": len(files)}
        print(json.dumps({**told, "runs": measured, "ratios": compared}))
        return
    repeated = f"median of {options.repeats} (least–greatest)"
    print(f"{here}; {len(files)} pictures, {TEXTS} texts; {repeated}\n")
    print(_results(runs, ratios))


def _results(runs: dict[str, list[dict[str, float]]], ratios: dict[str, dict[str, ScoreDistribution]]) -> str:
    shown = {
        "pictures/s": "pictures_per_s",
        "of that opening": "opening_share",
        "MB": "peak_mb",
        "texts/s": "texts_per_s",
        "MB (texts)": "texts_peak_mb",
        "first text s": "first_text_s",
    }
    rows = []
    for name, its in runs.items():
        spread = spreads(its)
        against = ratios.get(name, {}).get("pictures_per_s", "1")
        rows.append((name, against, *(spread.get(key, "") for key in shown.values())))
    return table(("encoder", "speed against plain", *shown), rows)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", nargs="?", type=Path, help="pictures to encode; drawn when not given")
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


def _batches(work: Sequence[str]) -> Iterator[list[str]]:
    rest = iter(work)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _drawn(random: np.random.Generator) -> Image.Image:
    across, down = np.linspace(0, 1, WIDTH)[None, :, None], np.linspace(0, 1, HEIGHT)[:, None, None]
    corners = random.uniform(40, 215, (3, 3))
    ground = corners[0] * across + corners[1] * down + corners[2] * (1 - across) * (1 - down)
    grain = random.normal(0, 4, (HEIGHT, WIDTH, 1))
    picture = Image.fromarray(np.clip(ground + grain, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(picture)
    for _ in range(30):
        left, top, width, height = (int(random.integers(most)) for most in (WIDTH, HEIGHT, 400, 300))
        box = (left, top, left + width, top + height)
        colour = tuple(int(value) for value in random.integers(0, 256, 3))
        (draw.ellipse if random.random() < 0.5 else draw.rectangle)(box, fill=colour)
    return picture


if __name__ == "__main__":
    main()
