"""An ingest takes at most 600 MB of memory, whatever the archive contains. More inputs: benchmarks/large_inputs.py.

The 600 MB are 490 MB and the code of the libraries. The system decides how much of that code counts: 110 MB, and 75 MB
more if the libraries were installed a moment ago, because all their pages are in its cache then.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from library.made_archive import drawn, png

ROOT = Path(__file__).resolve().parents[2]
MOST_MB = 490
# What the system counts for a child begins with the memory of its parent: the process itself tells its own, in KiB.
INGEST = r"""
import re
from explorer.cli import main
try:
    main()
finally:
    peak = re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1]
    code = re.findall(r"\.so[.\d]*\n(?:.*\n){2,4}?Rss:\s+(\d+)", open("/proc/self/smaps").read())
    print(int(peak) - sum(map(int, code)))
"""
DRAWINGS = ("tomatoes", "rain", "hive", "map", "boat")
WORDS = ["harbour", "orchard", "quarry", "glacier", "viaduct", "windmill", "lagoon", "foundry"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the C library's heap is bounded on Linux only"),
]


def peak_mb_of_ingest(archive, library):
    """Memory that `explorer ingest` had at most, in a process of its own, without the code of libraries."""
    arguments = ["ingest", archive, "--library", library, "--encoder", "lite"]
    told = subprocess.run(
        [sys.executable, "-c", INGEST, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
    return int(told.split()[-1]) / 1024


def section(number, length):
    """A heading, two paragraphs of so many words and a figure; no other section has these words."""
    words = " ".join(f"{WORDS[(number + place) % len(WORDS)]}{number}" for place in range(length))
    caption = f"<figcaption>Figure {number}. The {words[:80]}</figcaption>"
    figure = f'<figure><img src="{number % 5}.png">{caption}</figure>'
    return f"<h2>Part {number}</h2><p>{words}</p>{figure}<p>As Figure {number} shows, {words}</p>"


@pytest.fixture
def archive(tmp_path):
    folder = tmp_path / "archive"
    folder.mkdir()
    for number, kind in enumerate(DRAWINGS):
        (folder / f"{number}.png").write_bytes(png(drawn(kind, (800, 600))))
    return folder


def test_a_page_of_several_megabytes(archive, tmp_path):
    (archive / "page.html").write_text("".join(section(number, 60) for number in range(4000)))
    assert peak_mb_of_ingest(archive, tmp_path / "library") < MOST_MB


def test_many_documents(archive, tmp_path):
    for number in range(1200):
        (archive / f"{number}.html").write_text(f"<h1>Issue {number}</h1>{section(number, 10)}")
    assert peak_mb_of_ingest(archive, tmp_path / "library") < MOST_MB
