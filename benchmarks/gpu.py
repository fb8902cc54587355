"""Measure how fast a GPU embeds pictures: from JPEG files to vectors.

    python benchmarks/gpu.py [--models ViT-B-32,ViT-L-14] [--pictures 4096] [--batch 256] [--workers 8] [--json]

Worker processes decode and preprocess the pictures into pinned memory. The GPU encodes them in bf16 with channels last,
with and without torch.compile. Weights are random: they do not change the speed. The table has pictures per second
after a warm-up, the share of that time in which the GPU computes, and the lowest cosine of a vector to that of the CPU
in f32, which must be at least 0.999. Without a CUDA device the command ends with code 1; `--device cpu` shows that the
code runs, without a share.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import open_clip
import torch
from measuring import log, machine, table
from PIL import Image
from torch.utils.data import DataLoader, Dataset

MIN_COSINE = 0.999
COMPARED = 64
"""Pictures whose vectors are compared with those of the CPU."""
WARM_UP_BATCHES = 3
WIDTH, HEIGHT = 1200, 800

Preprocess = Callable[[Image.Image], torch.Tensor]


@dataclass(frozen=True, slots=True)
class Run:
    """The result for one model. `busy` is the share of the time in which the GPU computes; None on the CPU."""

    model: str
    compiled: bool
    pictures_per_s: float
    busy: float | None
    min_cosine: float

    @property
    def is_near(self) -> bool:
        """Whether every vector is near that of the CPU in f32."""
        return self.min_cosine >= MIN_COSINE


class JpegPictures(Dataset[torch.Tensor]):
    """JPEG files in memory, decoded and preprocessed by the worker that takes them. A few files are used repeatedly."""

    FILES = 32

    def __init__(self, count: int, preprocess: Preprocess) -> None:
        self._count = count
        self._preprocess = preprocess
        self._files = [_jpeg(number) for number in range(min(count, self.FILES))]

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: int) -> torch.Tensor:
        with Image.open(io.BytesIO(self._files[number % len(self._files)])) as picture:
            return self._preprocess(picture.convert("RGB"))


def _jpeg(number: int) -> bytes:
    """Return a picture with smooth shapes and noise, which compresses like a photo."""
    random = np.random.default_rng(number)
    coarse = Image.fromarray(random.integers(0, 255, (12, 18, 3), dtype=np.uint8))
    smooth = np.asarray(coarse.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC), dtype=np.float32)
    noisy = np.clip(smooth + random.normal(0, 6, smooth.shape), 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(noisy).save(file, "JPEG", quality=88)
    return file.getvalue()


def measure(model_name: str, options: argparse.Namespace) -> Iterator[Run]:
    """Yield the runs of a model, without and with torch.compile."""
    torch.manual_seed(0)
    model, _, preprocess = open_clip.create_model_and_transforms(model_name, pretrained=None)
    model.eval()
    pictures = JpegPictures(options.pictures, preprocess)
    expected = _encode_first(model, pictures)
    model = model.to(options.device, memory_format=torch.channels_last)
    for compiled in (False, True) if options.compile else (False,):
        log(f"{model_name}, {'compiled' if compiled else 'eager'}")
        encode = torch.compile(model.encode_image) if compiled else model.encode_image
        encoder = Encoder(encode, options.device)
        rate, busy = _throughput(encoder, pictures, options)
        vectors = np.concatenate([encoder(batch).float().cpu().numpy() for batch in _first_batches(pictures)])
        cosines = (vectors * expected).sum(axis=1) / np.linalg.norm(
            vectors, axis=1
        )  # bf16 rounds lengths too
        yield Run(model_name, compiled, rate, busy, float(cosines.min()))


class Encoder:
    """Encodes batches on a device in bf16, and adds up the time in which a GPU computes."""

    def __init__(self, encode: Callable[..., torch.Tensor], device: str) -> None:
        self._encode = encode
        self._device = device
        self._events: list[tuple[torch.cuda.Event, torch.cuda.Event]] = []

    def __call__(self, batch: torch.Tensor) -> torch.Tensor:
        """Return unit vectors of preprocessed pictures: (n, dim)."""
        batch = batch.to(self._device, non_blocking=True).to(memory_format=torch.channels_last)
        autocast = torch.autocast("cuda", torch.bfloat16) if self._device == "cuda" else nullcontext()
        with torch.inference_mode(), autocast, self._timed():
            return self._encode(batch, normalize=True)

    def busy_seconds(self) -> float:
        """Return the time in which the GPU computed since the last call."""
        torch.cuda.synchronize()
        seconds = sum(start.elapsed_time(end) for start, end in self._events) / 1000
        self._events.clear()
        return seconds

    def _timed(self) -> Any:  # noqa: ANN401
        if self._device != "cuda":
            return nullcontext()
        return _CudaTimer(self._events)


class _CudaTimer:
    """Records the beginning and the end of a batch on the GPU, without waiting for it."""

    def __init__(self, events: list[tuple[torch.cuda.Event, torch.cuda.Event]]) -> None:
        self._events = events
        self._start = torch.cuda.Event(enable_timing=True)
        self._end = torch.cuda.Event(enable_timing=True)

    def __enter__(self) -> None:
        self._start.record()

    def __exit__(self, *_: object) -> None:
        self._end.record()
        self._events.append((self._start, self._end))


def _throughput(
    encoder: Encoder, pictures: JpegPictures, options: argparse.Namespace
) -> tuple[float, float | None]:
    """Return pictures per second after the warm-up, and the share of the time in which the GPU computes."""
    is_cuda = options.device == "cuda"
    loader = DataLoader(
        pictures, options.batch, num_workers=options.workers, pin_memory=is_cuda, drop_last=True,
        prefetch_factor=4 if options.workers else None,
    )  # fmt: skip
    started, count = 0.0, 0
    for number, batch in enumerate(loader):
        if number == min(WARM_UP_BATCHES, len(loader) - 1):
            if is_cuda:
                encoder.busy_seconds()  # forgets the warm-up
            started = time.perf_counter()
        encoder(batch)
        count += len(batch) if started else 0
    busy = encoder.busy_seconds() if is_cuda else None
    seconds = time.perf_counter() - started
    return count / seconds, busy / seconds if busy is not None else None


def _encode_first(model: Any, pictures: JpegPictures) -> np.ndarray:  # noqa: ANN401
    """Return the vectors of the first pictures in f32 on the CPU."""
    with torch.inference_mode():
        return np.concatenate(
            [model.encode_image(batch, normalize=True).numpy() for batch in _first_batches(pictures)]
        )


def _first_batches(pictures: JpegPictures) -> Iterator[torch.Tensor]:
    count = min(COMPARED, len(pictures))
    for start in range(0, count, 16):
        yield torch.stack([pictures[number] for number in range(start, min(start + 16, count))])


def _report(runs: Sequence[Run], environment: str, *, as_json: bool) -> str:
    if as_json:
        return json.dumps({"machine": environment, "runs": [asdict(run) for run in runs]})
    rows = [
        (
            run.model,
            "yes" if run.compiled else "no",
            f"{run.pictures_per_s:,.0f}",
            "" if run.busy is None else f"{run.busy:.0%}",
            f"{run.min_cosine:.5f}",
        )
        for run in runs
    ]
    columns = ("model", "compiled", "pictures per s", "GPU busy", "lowest cosine to CPU f32")
    return f"{environment}\n\n{table(columns, rows)}"


def main() -> int:
    """Measure all models. Return 1 without a CUDA device, or if a vector differs too much from that of the CPU."""
    options = _options()
    if options.device == "cuda" and not torch.cuda.is_available():
        print("There is no CUDA device: nothing was measured. See --device cpu.", file=sys.stderr)
        return 1
    runs = [run for name in options.models.split(",") for run in measure(name, options)]
    card = torch.cuda.get_device_name() if options.device == "cuda" else "no GPU"
    environment = f"{card}; {machine('torch', 'open_clip_torch')}; batch {options.batch}"
    print(_report(runs, environment, as_json=options.json))
    return int(not all(run.is_near for run in runs))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--models", default="ViT-B-32,ViT-L-14", help="names of open_clip, with commas")
    parser.add_argument("--pictures", type=int, default=4096)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--workers", type=int, default=8, help="processes that decode pictures")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--no-compile", dest="compile", action="store_false", help="skip torch.compile")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
