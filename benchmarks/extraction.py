"""Measure extraction quality: compare the figures and captions of archives with labelled lists.

    python benchmarks/extraction.py FOLDER

FOLDER contains archives as `NAME/archive/` with labels in `NAME/figures.jsonl`. Each line is a figure with `document`,
`image` (a path in the archive, an address, or null for a caption without a picture) and `caption`. A row with a `role`
other than `figure` is a picture that counts neither as correct nor as false. `full` is the larger picture behind a
thumbnail; both names count.
"""

from __future__ import annotations

import argparse
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.archive.convert.decoding import decode
from explorer.archive.model import Figure, LedgerEntry
from explorer.archive.reader import read_issues
from explorer.archive.storage.unpacked import open_archive

# A caption is right if this share of the longer text is the shorter one. The remainder is a matter of taste.
ENOUGH_OF_A_CAPTION = 0.7

Key = tuple[str, str | None]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Score:
    """The extraction result of one archive."""

    true: int
    found: int
    false: int
    captioned: int
    captions_right: int

    @property
    def precision(self) -> float:
        return self.found / max(1, self.found + self.false)

    @property
    def recall(self) -> float:
        return self.found / max(1, self.true)

    @property
    def captions(self) -> float:
        return self.captions_right / max(1, self.captioned)


def score_archive(folder: Path) -> Score:
    """Read `folder/archive` and compare it with `folder/figures.jsonl`."""
    # Decode like a document: a list that was made from broken text contains the same broken characters.
    lines = decode((folder / "figures.jsonl").read_bytes()).split("\n")
    return compare([json.loads(line) for line in lines if line.strip()], figures_of(folder / "archive"))


def figures_of(archive: Path) -> list[tuple[str, Figure]]:
    """Return the figures of an archive, each with its document."""
    issues = (issue for issue in read_issues(open_archive(archive)) if not isinstance(issue, LedgerEntry))
    return [(issue.document, figure) for issue in issues for figure in issue.figures]


def compare(truth: Iterable[Row], read: Iterable[tuple[str, Figure]]) -> Score:
    """Compare figures by document and picture, and figures without a picture by document and order."""
    wanted: dict[Key, list[Row]] = defaultdict(list)
    labelled: set[Key] = set()
    thumbnail_keys: dict[Key, Key] = {}
    for row in truth:
        key = (row["document"], row["image"])
        labelled.add(key)
        if row.get("full"):
            thumbnail_keys[row["document"], row["full"]] = key
        if row.get("role") in {None, "figure"}:
            wanted[key].append(row)
    extracted: dict[Key, list[Figure]] = defaultdict(list)
    for document, figure in read:
        key = (document, figure.image)
        extracted[key if key in labelled else thumbnail_keys.get(key, key)].append(figure)
    pairs = [
        (row, figure)
        for key, rows in wanted.items()
        for row, figure in _matched(rows, extracted[key], key[1] is None)
    ]
    false = sum(
        max(0, len(figures) - len(wanted.get(key, [])))
        for key, figures in extracted.items()
        if key in wanted or key not in labelled
    )
    captioned = [row for rows in wanted.values() for row in rows if row.get("caption")]
    right = sum(is_caption_right(row["caption"], figure) for row, figure in pairs if row.get("caption"))
    return Score(sum(map(len, wanted.values())), len(pairs), false, len(captioned), right)


def _matched(rows: list[Row], figures: list[Figure], by_caption: bool) -> list[tuple[Row, Figure]]:
    """Pair rows and figures in document order, or by caption, so that a missing caption does not shift the others."""
    if not by_caption:
        return list(zip(rows, figures, strict=False))
    return [
        (row, figure)
        for row in rows
        for figure in [next((other for other in figures if is_caption_right(row["caption"], other)), None)]
        if figure is not None
    ]


def is_caption_right(caption: str, figure: Figure) -> bool:
    """Compare the words only, without markup, quotes, punctuation and white space. The credit is part of a caption."""
    true, read = words_of(caption), words_of(" ".join(filter(None, (figure.caption, figure.credit))))
    shorter, longer = sorted((true, read), key=len)
    is_part = shorter in longer and len(shorter) > ENOUGH_OF_A_CAPTION * len(longer)
    return true == read or (len(true) > 20 and is_part)


def words_of(text: str | None) -> str:
    """Return the words of a text, normalised for the comparison."""
    text = unicodedata.normalize("NFKC", text or "")
    text = re.sub(r"[*_`\\]|<[^>]+>|\[|\]\([^)]*\)", " ", text)
    return re.sub(r"\W+", " ", text).strip().casefold()


def archives_in(folder: Path) -> list[Path]:
    """Return the folders below `folder` that contain an archive with a list of figures."""
    return sorted(path.parent for path in folder.glob("*/figures.jsonl"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    paths = archives_in(folder)
    if not paths:
        parser.error(f"{folder} contains no archive with a figures.jsonl")
    print(f"{'archive':<28}{'figures':>8}{'precision':>11}{'recall':>8}{'captioned':>11}{'right':>8}")
    for path in paths:
        score = score_archive(path)
        print(
            f"{path.name:<28}{score.true:>8}{score.precision:>11.3f}{score.recall:>8.3f}"
            f"{score.captioned:>11}{score.captions:>8.3f}"
        )


if __name__ == "__main__":
    main()
