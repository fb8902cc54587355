"""Measure the runtimes and precisions of networks, as ratios to torch in f32 on the same pictures and texts.

    python benchmarks/runtimes.py LIBRARY [--repeats 5] [--json]

The networks: EfficientNet-Lite0 and MiniLM of `lite`, and ViT-B/32 with random weights, whose reference is a plain
open_clip loop in batches of 16. Preprocessing and tokenizing are part of the time. Runtimes run in turns; the table has
medians, and the lowest cosine of a vector to that of torch.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
from measuring import machine, table
from PIL.Image import Image

import images
from embeddings import Vectors
from embeddings.adapter import visual_vectors
from embeddings.lite import LiteEncoder
from embeddings.minilm import MiniLM
from embeddings.openclip import OpenClipEncoder
from embeddings.runtimes import EncoderPrecision, Precision, supported_precisions
from explorer.library.library import Library

PICTURES, TEXTS, BATCH = 48, 128, 16
Encode = Callable[[], Vectors]


def sample(library: Library) -> tuple[list[Image], list[str]]:
    figures = library.browse.figures()
    sha256s = sorted({figure.sha256 for figure in figures if figure.sha256})[:PICTURES]
    pictures = [images.open_picture(library.browse.picture_path(sha256, "large")) for sha256 in sha256s]
    return pictures, [item.text[:1000] for item in library.browse.items(limit=TEXTS)]


def on_torch(make: Callable[[], Encode]) -> Encode:
    """Make an encoder on torch."""
    os.environ["EXPLORER_RUNTIME"] = "torch"
    try:
        return make()
    finally:
        del os.environ["EXPLORER_RUNTIME"]


def lite_pictures(pictures: list[Image], precision: Precision) -> Encode:
    encoder = LiteEncoder(EncoderPrecision(precision))
    encoder.encode_pictures(pictures[:1])  # opens the network
    return lambda: visual_vectors(encoder.encode_pictures(pictures))


def minilm_texts(texts: list[str], precision: Precision) -> Encode:
    encoder = MiniLM(precision=precision)
    encoder.encode_texts(texts[:1])
    return lambda: encoder.encode_texts(texts)


def vit_loop(weights: Path, pictures: list[Image]) -> Encode:
    """Return the loop that the documentation of open_clip shows."""
    import open_clip
    import torch

    model, _, preprocess = open_clip.create_model_and_transforms("ViT-B-32", pretrained=str(weights))
    model.eval()

    def encode() -> Vectors:
        batches = [pictures[start : start + BATCH] for start in range(0, len(pictures), BATCH)]
        with torch.inference_mode():
            vectors = [
                model.encode_image(torch.stack([preprocess(picture) for picture in batch]), normalize=True)
                for batch in batches
            ]
        return torch.cat(vectors).numpy()

    return encode


def vit_pictures(weights: Path, pictures: list[Image], precision: Precision) -> Encode:
    encoder = OpenClipEncoder(f"ViT-B-32:{weights}", device="cpu", precision=precision)
    return lambda: encoder.encode_pictures(pictures).picture


def random_weights(folder: Path) -> Path:
    import open_clip
    import torch

    torch.manual_seed(0)
    file = folder / "vit-b-32.pt"
    torch.save(open_clip.create_model("ViT-B-32", load_weights=False).state_dict(), file)
    return file


def compare(name: str, reference: Encode, others: dict[str, Encode], count: int, repeats: int) -> list[dict]:
    """Run the reference and the others in turns, and return a row for each."""
    encoders = {"torch f32": reference, **others}
    expected = reference()
    seconds: dict[str, list[float]] = {label: [] for label in encoders}
    for _ in range(repeats):
        for label, encode in encoders.items():
            started = time.perf_counter()
            encode()
            seconds[label].append(time.perf_counter() - started)
    base = median(seconds["torch f32"])
    return [
        {
            "network": name,
            "runtime": label,
            "ms": round(median(times) / count * 1000, 2),
            "spread_ms": [round(min(times) / count * 1000, 2), round(max(times) / count * 1000, 2)],
            "times_as_fast": round(base / median(times), 2),
            "min_cosine": round(float(np.sum(encoders[label]() * expected, axis=1).min()), 5),
        }
        for label, times in seconds.items()
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with Library.open(options.library) as library, tempfile.TemporaryDirectory() as folder:
        pictures, texts = sample(library)
        precisions = supported_precisions()
        weights = random_weights(Path(folder))
        rows = [
            *compare(
                "EfficientNet-Lite0",
                on_torch(lambda: lite_pictures(pictures, "f32")),
                {f"OpenVINO {precision}": lite_pictures(pictures, precision) for precision in precisions},
                len(pictures),
                options.repeats,
            ),
            *compare(
                "MiniLM",
                on_torch(lambda: minilm_texts(texts, "f32")),
                {f"OpenVINO {precision}": minilm_texts(texts, precision) for precision in precisions},
                len(texts),
                options.repeats,
            ),
            *compare(
                "ViT-B/32",
                vit_loop(weights, pictures),
                {
                    f"OpenVINO {precision}": vit_pictures(weights, pictures, precision)
                    for precision in precisions
                },
                len(pictures),
                options.repeats,
            ),
        ]
    if options.json:
        print(*map(json.dumps, rows), sep="\n")
        return
    print(machine("openvino", "torch", "open_clip_torch"))
    columns = ("network", "runtime", "ms", "spread ms", "times as fast", "lowest cosine")
    print(table(columns, [tuple(row.values()) for row in rows]))


if __name__ == "__main__":
    main()
