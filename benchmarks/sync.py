"""How long it takes to take one new issue into a library of many figures.

    python benchmarks/sync.py [--figures 10000] [--library FOLDER] [--repeats 5] [--json]

The archive is that of benchmarks/large_library.py. An issue with one new picture is added, changed and deleted, and the
library synced after each, by a process whose encoder is loaded, as `explorer sync --watch` is; "nothing" is a sync where
nothing changed. `vectors` are those that were made for it. --library keeps the library there, or takes the one that is
there.
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


def added(archive: Path, number: int) -> None:
    random = np.random.default_rng()  # another picture and other words each time: they are to be encoded
    noise = random.integers(0, 255, (9, 12, 3), dtype=np.uint8)
    Image.fromarray(noise).resize((480, 360), Image.Resampling.BICUBIC).save(archive / f"new-{number}.png")
    (archive / f"new-{number}.md").write_text(
        f"# New {number}\n\n{words_of(random, 60)}\n\n![{words_of(random, 12)}](new-{number}.png)\n",
        encoding="utf-8",
    )


def changed(archive: Path, number: int) -> None:
    file = archive / f"new-{number}.md"
    file.write_text(file.read_text(encoding="utf-8") + f"\nAnd later {number} more.\n", encoding="utf-8")


def deleted(archive: Path, number: int) -> None:
    (archive / f"new-{number}.md").unlink()
    (archive / f"new-{number}.png").unlink()


def nothing(archive: Path, number: int) -> None:
    """Nothing."""


STEPS: dict[str, Callable[[Path, int], None]] = {
    "added": added,
    "changed": changed,
    "nothing": nothing,
    "deleted": deleted,
}


def vectors_in(library: Path) -> int:
    with closing(sqlite3.connect(library / "vectors.sqlite")) as database:
        return int(database.execute("SELECT count(*) FROM vectors").fetchone()[0])


def measured(archive: Path, folder: Path, repeats: int) -> list[list[object]]:
    seconds: dict[str, list[float]] = {name: [] for name in STEPS}
    new: dict[str, int] = dict.fromkeys(STEPS, 0)
    with Library.open(folder) as library:
        library.search("a warm encoder", picture=Image.new("RGB", (64, 48), "teal"))
        for number in range(repeats):
            for name, change in STEPS.items():
                change(archive, number)
                before = vectors_in(folder)
                seconds[name].append(library.archives.sync().seconds)
                new[name] = vectors_in(folder) - before
    return [
        [name, f"{repeats} times", round(float(np.median(took)), 3), round(max(took), 3), new[name]]
        for name, took in seconds.items()
    ]


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--repeats", type=int, default=REPEATS)
    given = parser.parse_args()
    with large_library(given.figures, given.library) as (home, archive):
        with Library.open(home) as library:
            figures = library.browse.count_figures()
        rows = measured(archive, home, given.repeats)
    columns = ("an issue is", "tried", "median s", "slowest s", "vectors made")
    if given.json:
        print(as_json(figures, columns, rows))
        return
    print(f"{machine('qdrant-edge-py')}; {figures:,} figures\n")
    print(table(columns, rows))


if __name__ == "__main__":
    main()
