"""What the benchmarks share: fresh processes and their peak memory, medians and their spread, Markdown tables."""

from __future__ import annotations

import inspect
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

MB = 1e6
CALL = """
import importlib, json, sys
folder, module, name, arguments = sys.argv[1:]
sys.path.insert(0, folder)
result = getattr(importlib.import_module(module), name)(*json.loads(arguments))
print(json.dumps(result))
"""


@dataclass(frozen=True, slots=True)
class Fresh:
    """What a function gave in a process of its own; `seconds` counts from the start of Python to its end."""

    result: Any
    seconds: float
    peak_mb: float


def in_fresh_process(function: Callable[..., Any], *arguments: object) -> Fresh:
    """Calls a function of one of these scripts in a new Python, with JSON both ways. Linux and macOS.

    The peak is the system's own count, which on Linux begins with the memory of the caller: keep that small.
    """
    script = Path(inspect.getfile(function)).resolve()
    call = [str(script.parent), script.stem, function.__name__, json.dumps(arguments)]
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen([sys.executable, "-c", CALL, *call], stdout=output)
        used = wait_for(process)
        if process.returncode:
            raise SystemExit(f"{script.name}: {function.__name__} ended with exit code {process.returncode}.")
        output.seek(0)
        lines = output.read().decode().splitlines()
    return Fresh(json.loads(lines[-1]), used.seconds, used.peak_mb)


@dataclass(frozen=True, slots=True)
class Used:
    """What a process used: seconds of the clock and of the processor, and its peak memory."""

    seconds: float
    processor: float
    peak_mb: float


def wait_for(process: subprocess.Popen[bytes]) -> Used:
    """Wait for a process that was just started, and set its exit code."""
    started = time.perf_counter()
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Used(seconds, used.ru_utime + used.ru_stime, peak / MB)


@dataclass(frozen=True, slots=True)
class ScoreDistribution:
    """The median of repeats, and the least and the greatest."""

    median: float
    least: float
    greatest: float

    @classmethod
    def of(cls, values: Iterable[float]) -> ScoreDistribution:
        known = sorted(values)
        return cls(median(known), known[0], known[-1])

    def __str__(self) -> str:
        middle, least, greatest = short(self.median), short(self.least), short(self.greatest)
        return middle if least == greatest else f"{middle} ({least}–{greatest})"


def spreads(runs: Sequence[dict[str, float]]) -> dict[str, ScoreDistribution]:
    """Of several runs that measured the same, the spread of each measure."""
    return {name: ScoreDistribution.of(run[name] for run in runs) for name in runs[0]}


def quotients(
    over: Sequence[dict[str, float]], under: Sequence[dict[str, float]], names: Iterable[str]
) -> dict[str, ScoreDistribution]:
    """How many times as much the first needs as the second, run by run, for each of the named measures."""
    return {
        name: ScoreDistribution.of(a[name] / max(b[name], 1e-9) for a, b in zip(over, under, strict=True))
        for name in names
    }


def short(number: float) -> str:
    """Three digits are all that a benchmark knows."""
    if number >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; every column but the first two is numbers."""
    ruler = ["---" if place < 2 else "---:" for place in range(len(columns))]
    lines = (columns, ruler, *rows)
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def plain(spread: dict[str, ScoreDistribution]) -> dict[str, list[float]]:
    """Spreads as JSON: median, least, greatest."""
    return {
        name: [round(value, 4) for value in (it.median, it.least, it.greatest)] for name, it in spread.items()
    }


def machine(*packages: str) -> str:
    """The machine and the versions that numbers hold for, in one line."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    return f"{cores} cores, {_processor()}, Python {platform.python_version()}, {versions}"


def disk_mb(folder: Path) -> float:
    """What a folder takes on the disk: holes in files, which Qdrant reserves, take nothing."""
    files = (path.lstat() for path in folder.rglob("*") if path.is_file())
    return sum(getattr(file, "st_blocks", file.st_size / 512) * 512 for file in files) / MB


def whole_numbers(text: str) -> list[int]:
    """`200,2000` as an option's value; nothing gives no number."""
    return [int(part) for part in text.split(",") if part.strip()]


def say(line: str) -> None:
    """How far it has come, on stderr: stdout holds the tables alone."""
    print(line, file=sys.stderr, flush=True)


def _processor() -> str:
    try:
        described = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.machine()
    names = [
        line.partition(":")[2].strip() for line in described.splitlines() if line.startswith("model name")
    ]
    return names[0] if names and names[0] != "unknown" else platform.machine()
