"""Hostile input by the thousand: `python -m tests.fuzz --seconds 60`, for all readers together.

A fault ends with the input in a file and the line that reads it again; the program then ends with 1. The same sources
meet the same inputs in the same order, in as many of them as there is time for; changed ones meet others.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from fuzz.mutations import made  # noqa: E402
from fuzz.subjects import Subject, subjects  # noqa: E402

# A reader that hangs where no signal reaches it, in the C of another house.
HANGS_AFTER_SECONDS = 120.0
# What is fuzzed, and with what.
SOURCES = ("explorer/archive/**/*.py", "images/**/*.py", "tests/fuzz/*.py", "tests/*/*_builders.py")
MAX_FAULTS = 5  # of one reader


def main() -> int:
    """Fuzzes, or reads one input again; the exit status."""
    options = _options()
    chosen = [it for it in subjects() if options.reader in {None, it.name}]
    if options.replay:
        for subject in chosen:
            subject.read(options.replay.read_bytes())
        return 0
    kept = Path(tempfile.mkdtemp(prefix="fuzz-"))
    faults = 0
    for subject in chosen:
        found = _fuzz(subject, options.seed, options.seconds / len(chosen), kept)
        faults += found
    return 1 if faults else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="for all readers together")
    parser.add_argument(
        "--seed", type=int, default=fingerprint(), help="else one for each state of the sources"
    )
    parser.add_argument("--reader", help="only this one")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="read this input again; with --reader")
    return parser.parse_args()


def fingerprint() -> int:
    """A number that stays the same until a reader, the opener of pictures or the harness changes."""
    files = sorted({file for pattern in SOURCES for file in TESTS.parent.glob(pattern)})
    digest = sha256(b"".join(sha256(file.read_bytes()).digest() for file in files))
    return int.from_bytes(digest.digest()[:4])


def _fuzz(subject: Subject, seed: int, seconds: float, kept: Path) -> int:
    """Tries inputs for a while; how many of them were faults."""
    end = time.monotonic() + seconds
    number = faults = 0
    while (left := end - time.monotonic()) > 0 and faults < MAX_FAULTS:
        now = kept / "now"
        now.write_text(str(number), encoding="ascii")
        told = _child(subject.name, seed, number, left, now)
        number = int(now.read_text(encoding="ascii"))
        if told is not None:
            faults += 1
            file = kept / f"{subject.name.replace(' ', '-')}-{seed}-{number}"
            file.write_bytes(made(subject.samples, seed, number))
            print(told)
            print(f"FAULT of {subject.name}: {file}")
            print(f"  again: python -m tests.fuzz --reader '{subject.name}' --replay {file}", flush=True)
            number += 1
    print(f"{subject.name:18} {number:7,} inputs, {faults} faults (seed {seed})", flush=True)
    return faults


def _child(name: str, seed: int, first: int, seconds: float, now: Path) -> str | None:
    """What a child that read inputs for so long told of its end; None when all went well."""
    command = [sys.executable, "-m", "fuzz.child", name, str(seed), str(first), str(seconds), str(now)]
    environment = {
        **os.environ,
        "PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}",
        "OPENBLAS_NUM_THREADS": "1",
    }
    try:
        ended = subprocess.run(
            command,
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds + HANGS_AFTER_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "hangs"
    return None if ended.returncode == 0 else f"{ended.stderr[-3000:]}\nended with {ended.returncode}"


if __name__ == "__main__":
    sys.exit(main())
