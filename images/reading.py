"""OCR: the lines of text in a picture, with their confidence and their boxes."""

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

from images.errors import ReaderMissingError, translate_decoder_errors

if TYPE_CHECKING:
    from rapidocr.utils.output import RapidOCROutput

Box = tuple[float, float, float, float]

# Longer side of the picture for OCR, px. On three large screenshots of one archive, 960 px lost 7 % of the words that
# were read at 1,280 px. On ten pictures of all sizes, 1,600 px read no more, and detecting lines took 40 % longer.
LONGEST_SIDE: Final = 1280
# With this threshold, the photographs among 98 pictures of one archive gave the text on badges and shirts and one
# misread certificate, but no texture was taken for letters. Lower thresholds were not measured.
MIN_CONFIDENCE: Final = 0.8
# Waiting threads of ONNX Runtime spin: on a busy machine, two used 3.2 s of processor time and one used 1.9 s.
MAX_THREADS: Final = 4
DETECTOR: Final = "PP-OCRv6_det_small.onnx"
RECOGNISER: Final = "PP-OCRv6_rec_small.onnx"
# Raise it when a change reads other lines in the same picture.
READING_VERSION: Final = 1

_engine_lock = Lock()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text in a picture."""

    text: str
    confidence: float
    """0 to 1."""
    box: Box
    """Left, top, right and bottom as fractions of the width and height of the picture."""


def read_text(image: Image.Image) -> tuple[Line, ...]:
    """Read the lines of text in a picture, in reading order. Raises only PictureError.

    RapidOCR with PP-OCRv6 small: differentiable binarisation detects lines, CTC recognises them. Only one call runs at
    a time, because a call uses all threads. Lines that are upside down are not read.
    """
    scaled = _scale_down(image.convert("RGB"))
    with _engine_lock, translate_decoder_errors():
        output = _engine()(_to_bgr(scaled))
    if output.boxes is None or output.txts is None or output.scores is None:
        return ()
    lines = (
        Line(" ".join(text.split()), round(float(score), 3), _box(corners, scaled.size))
        for corners, text, score in zip(output.boxes, output.txts, output.scores, strict=True)
        if score >= MIN_CONFIDENCE
    )
    return tuple(_in_reading_order([line for line in lines if line.text]))


@cache
def ocr_recipe() -> str:
    """Return the version of the OCR engine, its models and its settings: another recipe may read other lines."""
    rapidocr = ".".join(metadata.version("rapidocr").split(".")[:2])
    models = f"{DETECTOR}/{RECOGNISER}".replace(".onnx", "")
    return f"rapidocr-{rapidocr}/{models}/{LONGEST_SIDE}/{MIN_CONFIDENCE}/{READING_VERSION}"


@cache
def _engine() -> Callable[[Any], RapidOCROutput]:
    """Load the engine with the models of its wheel; nothing is downloaded. Raises ReaderMissingError."""
    try:
        from rapidocr import RapidOCR
    except ImportError as error:
        raise ReaderMissingError(f"no OCR engine is installed ({error}); pip install rapidocr") from error
    logging.getLogger("RapidOCR").disabled = True  # after the import, which configures this logger
    threads = min(os.cpu_count() or 1, MAX_THREADS)
    parameters: dict[str, Any] = {
        "Global.log_level": "critical",
        "Global.use_cls": False,
        "Global.max_side_len": LONGEST_SIDE,
        "Global.text_score": 0.0,  # MIN_CONFIDENCE decides instead
        "EngineConfig.onnxruntime.intra_op_num_threads": threads,
        "Det.model_path": str(_model_path(DETECTOR)),
        "Det.limit_type": "max",
        "Det.limit_side_len": LONGEST_SIDE,
        "Rec.model_path": str(_model_path(RECOGNISER)),
    }
    # The type of the result depends on the options; with detection and recognition, it is always this one.
    return cast("Callable[[Any], RapidOCROutput]", RapidOCR(params=parameters))


def _model_path(name: str) -> Path:
    """Return the path of a model in the wheel. RapidOCR may download a model for which no path is given."""
    spec = util.find_spec("rapidocr")
    folders = spec.submodule_search_locations if spec else None
    path = Path(folders[0] if folders else "") / "models" / name
    if not path.is_file():
        raise ReaderMissingError(
            f"the OCR model {path} is missing; install it again: pip install --force-reinstall rapidocr"
        )
    return path


def _scale_down(image: Image.Image) -> Image.Image:
    ratio = LONGEST_SIDE / max(image.size)
    if ratio >= 1:
        return image
    size = max(1, round(image.width * ratio)), max(1, round(image.height * ratio))
    return image.resize(size, Image.Resampling.LANCZOS)


def _to_bgr(image: Image.Image) -> Any:  # noqa: ANN401  NumPy's array types do not state a channel order
    import numpy as np

    return np.ascontiguousarray(np.asarray(image)[:, :, ::-1])


def _box(corners: Sequence[Sequence[float]], size: tuple[int, int]) -> Box:
    """Return the bounding box of four corners in px, as fractions."""
    xs = [min(max(float(x) / size[0], 0.0), 1.0) for x, _ in corners]
    ys = [min(max(float(y) / size[1], 0.0), 1.0) for _, y in corners]
    return round(min(xs), 4), round(min(ys), 4), round(max(xs), 4), round(max(ys), 4)


def _in_reading_order(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield the lines row by row, each row from left to right.

    The lines of a row begin above the vertical middle of its topmost line.
    """
    remaining = sorted(lines, key=lambda line: line.box[1])
    while remaining:
        middle = (remaining[0].box[1] + remaining[0].box[3]) / 2
        row = [line for line in remaining if line.box[1] < middle]
        yield from sorted(row, key=lambda line: line.box[0])
        remaining = remaining[len(row) :]
