"""The benchmarks can be run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
SHARED = {"large_library.py", "measuring.py"}

pytestmark = pytest.mark.slow


def run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(BENCHMARKS / name), *arguments],
        cwd=BENCHMARKS.parent,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize("name", sorted({path.name for path in BENCHMARKS.glob("*.py")} - SHARED))
def test_every_benchmark_tells_its_options(name: str) -> None:
    finished = run(name, "--help")
    assert finished.returncode == 0, finished.stderr
    assert "--help" in finished.stdout


def test_the_gpu_benchmark_runs_without_a_gpu_on_request() -> None:
    options = ("--models", "ViT-S-32", "--pictures", "24", "--batch", "8", "--workers", "1", "--no-compile")
    finished = run("gpu.py", "--device", "cpu", *options, "--json")
    assert finished.returncode == 0, finished.stderr
    (measured,) = json.loads(finished.stdout)["runs"]
    assert measured["pictures_per_s"] > 0
    assert measured["min_cosine"] > 0.9999
    assert measured["busy"] is None


def test_without_a_gpu_the_gpu_benchmark_measures_nothing() -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    finished = run("gpu.py")
    assert finished.returncode == 1
    assert "no CUDA device" in finished.stderr
