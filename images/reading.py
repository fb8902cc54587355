"""The text that stands in a picture: line by line, with how sure the reader is and where each line stands."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata, util
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, cast

from PIL import Image

from images.errors import ReaderMissingError, only_picture_errors

if TYPE_CHECKING:
    from rapidocr.utils.output import RapidOCROutput

Box = tuple[float, float, float, float]

# A picture's longer side, px, while it is read. On three large screenshots of one archive 960 px lost 7 % of the
# words that 1,280 px read; on ten pictures of every size 1,600 px read no more, and finding lines took 40 % longer.
LONGEST_SIDE: Final = 1280
# With it the photographs among 98 pictures of one archive gave what stands on badges and shirts, and one misread
# certificate, but no texture taken for letters. Lower bounds were not measured.
MIN_CONFIDENCE: Final = 0.8
# Its threads spin while they wait: on a busy machine two used 3.2 s of processor time where one used 1.9 s.
MAX_THREADS: Final = 4
DETECTOR: Final = "PP-OCRv6_det_small.onnx"
RECOGNISER: Final = "PP-OCRv6_rec_small.onnx"
# Raised when a change here reads other lines from the same picture.
READING_VERSION: Final = 1

_one_at_a_time = Lock()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text: how sure the reader is (0..1), and where it stands.

    `box` is left, top, right and bottom as fractions of the picture's width and height.
    """

    text: str
    confidence: float
    box: Box


def read_text(image: Image.Image) -> tuple[Line, ...]:
    """The lines in reading order; () where there are none. Raises a PictureError, and nothing else.

    RapidOCR (PP-OCRv6 small: differentiable binarisation finds lines, CTC reads them) in one call at a time, for
    one call uses all the threads there are. Lines turned upside down are not read.
    """
    shown = _fitted(image.convert("RGB"))
    with _one_at_a_time, only_picture_errors():
        found = _reader()(_as_bgr(shown))
    if found.boxes is None or found.txts is None or found.scores is None:
        return ()
    lines = (
        Line(" ".join(text.split()), round(float(score), 3), _box(corners, shown.size))
        for corners, text, score in zip(found.boxes, found.txts, found.scores, strict=True)
        if score >= MIN_CONFIDENCE
    )
    return tuple(_in_reading_order([line for line in lines if line.text]))


@cache
def reading_recipe() -> str:
    """What lines are read with: another one may read other lines."""
    rapidocr = ".".join(metadata.version("rapidocr").split(".")[:2])
    models = f"{DETECTOR}/{RECOGNISER}".replace(".onnx", "")
    return f"rapidocr-{rapidocr}/{models}/{LONGEST_SIDE}/{MIN_CONFIDENCE}/{READING_VERSION}"


@cache
def _reader() -> Callable[[Any], RapidOCROutput]:
    """The engine with the models of its wheel; ReaderMissingError when they are not there: nothing is ever fetched."""
    try:
        from rapidocr import RapidOCR
    except ImportError as error:
        raise ReaderMissingError(f"no reader of text is installed ({error}); pip install rapidocr") from error
    logging.getLogger("RapidOCR").disabled = True  # it sets up its own when it is imported
    threads = min(os.cpu_count() or 1, MAX_THREADS)
    parameters: dict[str, Any] = {
        "Global.log_level": "critical",
        "Global.use_cls": False,
        "Global.max_side_len": LONGEST_SIDE,
        "Global.text_score": 0.0,  # what is dropped is decided here
        "EngineConfig.onnxruntime.intra_op_num_threads": threads,
        "Det.model_path": str(_model(DETECTOR)),
        "Det.limit_type": "max",
        "Det.limit_side_len": LONGEST_SIDE,
        "Rec.model_path": str(_model(RECOGNISER)),
    }
    # What it returns depends on what it is told to do; told to find and to read, it is always this.
    return cast("Callable[[Any], RapidOCROutput]", RapidOCR(params=parameters))


def _model(name: str) -> Path:
    """A model of the wheel. A path that is named is taken as it is; one that is not may be downloaded."""
    spec = util.find_spec("rapidocr")
    folders = spec.submodule_search_locations if spec else None
    path = Path(folders[0] if folders else "") / "models" / name
    if not path.is_file():
        raise ReaderMissingError(
            f"the reader's model {path} is missing; install it again: pip install --force-reinstall rapidocr"
        )
    return path


def _fitted(image: Image.Image) -> Image.Image:
    ratio = LONGEST_SIDE / max(image.size)
    if ratio >= 1:
        return image
    size = max(1, round(image.width * ratio)), max(1, round(image.height * ratio))
    return image.resize(size, Image.Resampling.LANCZOS)


def _as_bgr(image: Image.Image) -> Any:  # noqa: ANN401  NumPy's array types have no place for a channel order
    import numpy as np

    return np.ascontiguousarray(np.asarray(image)[:, :, ::-1])


def _box(corners: Sequence[Sequence[float]], size: tuple[int, int]) -> Box:
    """The upright box around four corners, px, as fractions."""
    across = [min(max(float(x) / size[0], 0.0), 1.0) for x, _ in corners]
    down = [min(max(float(y) / size[1], 0.0), 1.0) for _, y in corners]
    return round(min(across), 4), round(min(down), 4), round(max(across), 4), round(max(down), 4)


def _in_reading_order(lines: Sequence[Line]) -> Iterator[Line]:
    """Row by row, each from left to right. A row is what begins above the middle of its topmost line's height."""
    rest = sorted(lines, key=lambda line: line.box[1])
    while rest:
        middle = (rest[0].box[1] + rest[0].box[3]) / 2
        row = [line for line in rest if line.box[1] < middle]
        yield from sorted(row, key=lambda line: line.box[0])
        rest = rest[len(row) :]
