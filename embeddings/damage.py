"""Diagnosis of unreadable files of weights.

A message calls a file damaged only if the damage is certain: an unknown format may be intact.
"""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

from embeddings.errors import EncoderError, WeightsDamagedError, WeightsNotFoundError

FORMATS = ".safetensors, .pt, .pth or .bin"
_GLOBAL = re.compile(r"GLOBAL ([\w.]+)")


def unreadable_error(file: Path, error: Exception) -> EncoderError:
    """Return the error to raise for a file whose reading raised `error`."""
    if isinstance(error, MemoryError):
        return WeightsDamagedError(
            f"{file} does not fit into the memory of this machine. Name a smaller model."
        )
    try:
        reason = _wrong_kind(file) or _truncation(file)
    except OSError as os_error:
        return WeightsNotFoundError(
            f"{file} cannot be read: {os_error.strerror}. Check the file and its permissions."
        )
    return WeightsDamagedError(f"{file} {reason or _load_failure(error)}")


def _wrong_kind(file: Path) -> str | None:
    with file.open("rb") as opened:
        start = opened.read(64)
    if not start:
        return "is empty. Fetch it again."
    if start.startswith(b"version https://git-lfs"):
        return "is a Git LFS pointer, not the weights. Fetch them with `git lfs pull` in its folder."
    if start.lstrip()[:1] in (b"<", b"{"):
        return f"is a web page or a JSON file, not a file of weights. Name the file itself: {FORMATS}."
    return None


def _truncation(file: Path) -> str | None:
    size = file.stat().st_size
    with file.open("rb") as opened:
        start = opened.read(8)
        if start.startswith(b"PK\x03\x04"):
            return _zip_damage(file)
        expected = 8 + int.from_bytes(start, "little")
        if file.suffix == ".safetensors" and expected <= 100_000_000:
            if expected <= size:
                expected += _data_bytes(opened.read(expected - 8))
            if expected > size:
                return f"is cut short: it has {size} of {expected} bytes. Fetch it again."
    return None


def _zip_damage(file: Path) -> str | None:
    try:
        with zipfile.ZipFile(file) as opened:
            damaged_member = opened.testzip()
    except (zipfile.BadZipFile, EOFError):
        return "is cut short: its table of contents at the end is missing. Fetch it again."
    except NotImplementedError:
        return None
    return (
        f"is damaged: the checksum of {damaged_member} in it is wrong. Fetch it again."
        if damaged_member
        else None
    )


def _data_bytes(header: bytes) -> int:
    try:
        tensors = json.loads(header)
        return max(
            int(tensor["data_offsets"][1]) for name, tensor in tensors.items() if name != "__metadata__"
        )
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return 0


def _load_failure(error: Exception) -> str:
    if isinstance(error, EOFError) or "truncated" in str(error):
        return "is cut short. Fetch it again."
    refused_global = _GLOBAL.search(str(error))
    if refused_global:
        return (
            f"contains more than weights: {refused_global[1]}, which is not loaded because it could run code. "
            "Ask for the weights as .safetensors, or save only the state_dict of the model."
        )
    reason = str(error).partition("\n")[0][:200].rstrip(". ") or type(error).__name__
    return f"cannot be read as weights ({reason}). Name a file of weights: {FORMATS}."
