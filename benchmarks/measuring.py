"""Helpers of the benchmarks: new processes and their peak memory, medians and spreads, Markdown tables."""

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
class ProcessResult:
    """The result of a function that ran in a new process; `seconds` is the life of the process."""

    result: Any
    seconds: float
    peak_mb: float


def in_fresh_process(function: Callable[..., Any], *arguments: object) -> ProcessResult:
    """Run a function of a benchmark script in a new Python process (Linux and macOS).

    Arguments and result are sent as JSON. The operating system measures the peak memory. On Linux the measurement
    starts with the memory of the calling process, so the caller must be small.
    """
    script = Path(inspect.getfile(function)).resolve()
    program_arguments = [str(script.parent), script.stem, function.__name__, json.dumps(arguments)]
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen([sys.executable, "-c", CALL, *program_arguments], stdout=output)
        usage = wait_for(process)
        if process.returncode:
            raise SystemExit(f"{script.name}: {function.__name__} ended with exit code {process.returncode}.")
        output.seek(0)
        lines = output.read().decode().splitlines()
    return ProcessResult(json.loads(lines[-1]), usage.seconds, usage.peak_mb)


@dataclass(frozen=True, slots=True)
class ResourceUsage:
    """The wall-clock seconds, processor seconds and peak memory of a process."""

    seconds: float
    processor: float
    peak_mb: float


def wait_for(process: subprocess.Popen[bytes]) -> ResourceUsage:
    """Wait for a process that was just started, set its exit code, and return its resource usage."""
    started = time.perf_counter()
    _, status, resources = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    peak = resources.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return ResourceUsage(seconds, resources.ru_utime + resources.ru_stime, peak / MB)


@dataclass(frozen=True, slots=True)
class Spread:
    """The median, minimum and maximum of repeated measurements."""

    median: float
    least: float
    greatest: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        ordered = sorted(values)
        return cls(median(ordered), ordered[0], ordered[-1])

    def __str__(self) -> str:
        middle, least, greatest = (
            format_number(self.median),
            format_number(self.least),
            format_number(self.greatest),
        )
        return middle if least == greatest else f"{middle} ({least}–{greatest})"


def spreads(runs: Sequence[dict[str, float]]) -> dict[str, Spread]:
    """Return the spread of each measure over several runs with the same measures."""
    return {name: Spread.of(run[name] for run in runs) for name in runs[0]}


def quotients(
    numerators: Sequence[dict[str, float]], denominators: Sequence[dict[str, float]], names: Iterable[str]
) -> dict[str, Spread]:
    """Return the ratio of the named measures, run by run."""
    return {
        name: Spread.of(
            numerator[name] / max(denominator[name], 1e-9)
            for numerator, denominator in zip(numerators, denominators, strict=True)
        )
        for name in names
    }


def format_number(number: float) -> str:
    """Format a number with three significant digits."""
    if number >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table. All columns except the first two contain numbers."""
    ruler = ["---" if position < 2 else "---:" for position in range(len(columns))]
    lines = (columns, ruler, *rows)
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def plain(spread_by_name: dict[str, Spread]) -> dict[str, list[float]]:
    """Convert spreads to JSON values: median, minimum, maximum."""
    return {
        name: [round(value, 4) for value in (spread.median, spread.least, spread.greatest)]
        for name, spread in spread_by_name.items()
    }


def machine(*packages: str) -> str:
    """Describe the machine and the package versions of a measurement in one line."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    return f"{cores} cores, {_processor()}, Python {platform.python_version()}, {versions}"


def disk_mb(folder: Path) -> float:
    """Return the disk usage of a folder. Holes in the sparse files of Qdrant do not count."""
    files = (path.lstat() for path in folder.rglob("*") if path.is_file())
    return sum(getattr(file, "st_blocks", file.st_size / 512) * 512 for file in files) / MB


def parse_integers(text: str) -> list[int]:
    """Parse the value of an option such as `200,2000`. An empty value gives an empty list."""
    return [int(part) for part in text.split(",") if part.strip()]


def log(line: str) -> None:
    """Print progress to stderr. stdout contains only the tables."""
    print(line, file=sys.stderr, flush=True)


def _processor() -> str:
    try:
        cpuinfo = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in cpuinfo.splitlines() if line.startswith("model name")]
    return names[0] if names and names[0] != "unknown" else platform.machine()
