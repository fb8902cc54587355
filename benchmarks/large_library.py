"""A library of many figures for the benchmarks that need one: what they are told of it, and how they tell of it.

The archive is like the growth of benchmarks/ingest.py, but of 200 pictures that are shown again and again, so that the
library is made in minutes; captions and paragraphs are all different.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from ingest import (
    CAPTION_WORDS,
    FIGURES_IN_ISSUE,
    PARAGRAPH_WORDS,
    SMALLEST_SIDE_PX,
    changed,
    sample_pictures,
    words_of,
)
from measuring import say

from explorer.library.library import Library

PICTURES = 200


def options(description: str) -> argparse.ArgumentParser:
    """How many figures, where the library is kept, and whether JSON is wanted."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--figures", type=int, default=10_000)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--json", action="store_true")
    return parser


@contextmanager
def large_library(figures: int, kept: Path | None) -> Iterator[tuple[Path, Path]]:
    """The library and its archive: `kept` there, both made where there is none, or only for as long as they are used."""
    with tempfile.TemporaryDirectory() as scratch:
        home = kept or Path(scratch) / "library"
        archive = home.parent / f"{home.name}-archive"
        if not Library.is_at(home):
            say(f"making a library of {figures:,} figures")
            _make_archive(archive, figures)
            with Library.create(home) as library:
                library.archives.ingest([archive], encoder="lite")
        yield home, archive


def _make_archive(folder: Path, figures: int) -> None:
    """Issues in Markdown beside one folder of pictures."""
    large = [picture for picture in sample_pictures() if min(picture.size) >= SMALLEST_SIDE_PX]
    folder.mkdir(parents=True)
    for number in range(PICTURES):
        changed(large[number % len(large)], number).save(folder / f"{number}.png", compress_level=3)
    for issue, first in enumerate(range(0, figures, FIGURES_IN_ISSUE)):
        random = np.random.default_rng([issue])
        parts = [f"# Issue {issue}"]
        for figure in range(first, min(first + FIGURES_IN_ISSUE, figures)):
            parts += [
                f"## {words_of(random, 4)}",
                words_of(random, PARAGRAPH_WORDS),
                f"![{words_of(random, CAPTION_WORDS)}]({figure % PICTURES}.png)",
            ]
        (folder / f"issue-{issue:05d}.md").write_text("\n\n".join(parts), encoding="utf-8")


def as_json(figures: int, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """What was measured, as one object."""
    return json.dumps({"figures": figures, "rows": [dict(zip(columns, row, strict=True)) for row in rows]})
