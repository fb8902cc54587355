"""Why a file of weights cannot be read, and what to do about it.

Only what is seen to be damaged is called so: a file that this program does not read may be whole.
"""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

from embeddings.errors import EncoderError, WeightsDamagedError, WeightsNotFoundError

FORMATS = ".safetensors, .pt, .pth or .bin"
_GLOBAL = re.compile(r"GLOBAL ([\w.]+)")


def unreadable(file: Path, error: Exception) -> EncoderError:
    """The error to raise for a file whose reading raised `error`."""
    if isinstance(error, MemoryError):
        return WeightsDamagedError(
            f"{file} does not fit into the memory of this machine. Name a smaller model."
        )
    try:
        found = _no_weights(file) or _cut_short(file)
    except OSError as problem:
        return WeightsNotFoundError(
            f"{file} cannot be read: {problem.strerror}. Check the file and its permissions."
        )
    return WeightsDamagedError(f"{file} {found or _refused(error)}")


def _no_weights(file: Path) -> str | None:
    with file.open("rb") as opened:
        start = opened.read(64)
    if not start:
        return "is empty. Fetch it again."
    if start.startswith(b"version https://git-lfs"):
        return "is a pointer of Git LFS and not the weights. Fetch them with `git lfs pull` in its folder."
    if start.lstrip()[:1] in (b"<", b"{"):
        return f"is a page or a description and no file of weights. Name the file itself: {FORMATS}."
    return None


def _cut_short(file: Path) -> str | None:
    size = file.stat().st_size
    with file.open("rb") as opened:
        start = opened.read(8)
        if start.startswith(b"PK\x03\x04"):
            return _zip_damage(file)
        announced = 8 + int.from_bytes(start, "little")
        if file.suffix == ".safetensors" and announced <= 100_000_000:
            if announced <= size:
                announced += _data_bytes(opened.read(announced - 8))
            if announced > size:
                return f"is damaged, cut short: it has {size} of {announced} bytes. Fetch it again."
    return None


def _zip_damage(file: Path) -> str | None:
    try:
        with zipfile.ZipFile(file) as opened:
            bad = opened.testzip()
    except (zipfile.BadZipFile, EOFError):
        return "is damaged, cut short: its table of contents at the end is missing. Fetch it again."
    except NotImplementedError:
        return None
    return f"is damaged: the checksum of {bad} in it is wrong. Fetch it again." if bad else None


def _data_bytes(header: bytes) -> int:
    try:
        described = json.loads(header)
        return max(int(one["data_offsets"][1]) for name, one in described.items() if name != "__metadata__")
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return 0


def _refused(error: Exception) -> str:
    if isinstance(error, EOFError) or "truncated" in str(error):
        return "is damaged, cut short. Fetch it again."
    code = _GLOBAL.search(str(error))
    if code:
        return (
            f"holds more than weights: {code[1]}, which is not loaded, since it could run code. "
            "Ask for the weights as .safetensors, or save the model's state_dict alone."
        )
    reason = str(error).partition("\n")[0][:200].rstrip(". ") or type(error).__name__
    return f"cannot be read as weights ({reason}). Name a file of weights: {FORMATS}."
