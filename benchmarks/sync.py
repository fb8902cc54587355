"""Measure the time of a sync after a change of one issue, in a library of many figures.

    python benchmarks/sync.py [--figures 10000] [--library FOLDER] [--repeats 5] [--json]

The archive is that of benchmarks/large_library.py. An issue with one new picture is added, changed and deleted. After
each step the library is synchronised by a process whose encoder is loaded, as in `explorer sync --watch`. "nothing" is
a sync without changes. "vectors made" is the number of new vectors. --library keeps the library, or uses an existing
one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
from ingest import words_of
from large_library import as_json, large_library, options
from measuring import machine, table
from PIL import Image

from explorer.library.library import Library

REPEATS = 5


def add_issue(archive: Path, number: int) -> None:
    random = (
        np.random.default_rng()
    )  # another picture and other words each time, so that they must be encoded
    noise = random.integers(0, 255, (9, 12, 3), dtype=np.uint8)
    Image.fromarray(noise).resize((480, 360), Image.Resampling.BICUBIC).save(archive / f"new-{number}.png")
    (archive / f"new-{number}.md").write_text(
        f"# New {number}\n\n{words_of(random, 60)}\n\n![{words_of(random, 12)}](new-{number}.png)\n",
        encoding="utf-8",
    )


def change_issue(archive: Path, number: int) -> None:
    file = archive / f"new-{number}.md"
    file.write_text(file.read_text(encoding="utf-8") + f"\nAnd later {number} more.\n", encoding="utf-8")


def delete_issue(archive: Path, number: int) -> None:
    (archive / f"new-{number}.md").unlink()
    (archive / f"new-{number}.png").unlink()


def change_nothing(archive: Path, number: int) -> None:
    """Leave the archive unchanged."""


STEPS: dict[str, Callable[[Path, int], None]] = {
    "added": add_issue,
    "changed": change_issue,
    "nothing": change_nothing,
    "deleted": delete_issue,
}


def count_vectors(library: Path) -> int:
    with closing(sqlite3.connect(library / "vectors.sqlite")) as database:
        return int(database.execute("SELECT count(*) FROM vectors").fetchone()[0])


def measure(archive: Path, folder: Path, repeats: int) -> list[list[object]]:
    seconds: dict[str, list[float]] = {name: [] for name in STEPS}
    new: dict[str, int] = dict.fromkeys(STEPS, 0)
    with Library.open(folder) as library:
        library.search("a warm encoder", picture=Image.new("RGB", (64, 48), "teal"))
        for number in range(repeats):
            for name, change in STEPS.items():
                change(archive, number)
                before = count_vectors(folder)
                seconds[name].append(library.archives.sync().seconds)
                new[name] = count_vectors(folder) - before
    return [
        [name, f"{repeats} times", round(float(np.median(values)), 3), round(max(values), 3), new[name]]
        for name, values in seconds.items()
    ]


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--repeats", type=int, default=REPEATS)
    arguments = parser.parse_args()
    with large_library(arguments.figures, arguments.library) as (home, archive):
        with Library.open(home) as library:
            figures = library.browse.count_figures()
        rows = measure(archive, home, arguments.repeats)
    columns = ("an issue is", "tried", "median s", "slowest s", "vectors made")
    if arguments.json:
        print(as_json(figures, columns, rows))
        return
    print(f"{machine('qdrant-edge-py')}; {figures:,} figures\n")
    print(table(columns, rows))


if __name__ == "__main__":
    main()
