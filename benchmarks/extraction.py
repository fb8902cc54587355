"""How well archives are read: figures and captions found, against a list of what is truly there.

    python benchmarks/extraction.py FOLDER

FOLDER holds archives, each as `NAME/archive/` beside `NAME/figures.jsonl`: one line
per figure with its `document`, `image` (a path in the archive, an address, or null where only a caption stands)
and `caption`. A row whose `role` is not `figure` is a picture that may be read or not; `full` is the larger picture
behind a thumbnail, and either name counts.
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

# A caption of which so much is right, and nothing else is in it, was found; the rest is a matter of taste.
ENOUGH_OF_A_CAPTION = 0.7

Key = tuple[str, str | None]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Score:
    """What was found of one archive."""

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
    """Reads `folder/archive` and compares it with `folder/figures.jsonl`."""
    # Decoded as a document is: a list made from broken text has the same broken characters in it.
    lines = decode((folder / "figures.jsonl").read_bytes()).split("\n")
    return compare([json.loads(line) for line in lines if line.strip()], figures_of(folder / "archive"))


def figures_of(archive: Path) -> list[tuple[str, Figure]]:
    """Every figure of an archive with the document it stands in."""
    issues = (issue for issue in read_issues(open_archive(archive)) if not isinstance(issue, LedgerEntry))
    return [(issue.document, figure) for issue in issues for figure in issue.figures]


def compare(truth: Iterable[Row], read: Iterable[tuple[str, Figure]]) -> Score:
    """Figures are told apart by document and picture; those without a picture by document and place."""
    wanted: dict[Key, list[Row]] = defaultdict(list)
    known: set[Key] = set()
    small_of: dict[Key, Key] = {}
    for row in truth:
        key = (row["document"], row["image"])
        known.add(key)
        if row.get("full"):
            small_of[row["document"], row["full"]] = key
        if row.get("role") in {None, "figure"}:
            wanted[key].append(row)
    have: dict[Key, list[Figure]] = defaultdict(list)
    for document, figure in read:
        key = (document, figure.image)
        have[key if key in known else small_of.get(key, key)].append(figure)
    pairs = [
        (row, figure)
        for key, rows in wanted.items()
        for row, figure in _matched(rows, have[key], key[1] is None)
    ]
    false = sum(
        max(0, len(figures) - len(wanted.get(key, [])))
        for key, figures in have.items()
        if key in wanted or key not in known
    )
    captioned = [row for rows in wanted.values() for row in rows if row.get("caption")]
    right = sum(is_caption_right(row["caption"], figure) for row, figure in pairs if row.get("caption"))
    return Score(sum(map(len, wanted.values())), len(pairs), false, len(captioned), right)


def _matched(rows: list[Row], figures: list[Figure], by_caption: bool) -> list[tuple[Row, Figure]]:
    """Pairs in document order; where only captions stand, one more or less must not shift all that follow."""
    if not by_caption:
        return list(zip(rows, figures, strict=False))
    return [
        (row, figure)
        for row in rows
        for figure in [next((one for one in figures if is_caption_right(row["caption"], one)), None)]
        if figure is not None
    ]


def is_caption_right(caption: str, figure: Figure) -> bool:
    """Compared are words, not markup, quotes, punctuation or white space; the credit belongs to a caption."""
    true, read = words_of(caption), words_of(" ".join(filter(None, (figure.caption, figure.credit))))
    short, long = sorted((true, read), key=len)
    return true == read or (len(true) > 20 and short in long and len(short) > ENOUGH_OF_A_CAPTION * len(long))


def words_of(text: str | None) -> str:
    """The bare words of a text, as they are compared."""
    text = unicodedata.normalize("NFKC", text or "")
    text = re.sub(r"[*_`\\]|<[^>]+>|\[|\]\([^)]*\)", " ", text)
    return re.sub(r"\W+", " ", text).strip().casefold()


def archives_in(folder: Path) -> list[Path]:
    """The archives below `folder` that have a list of figures beside them."""
    return sorted(path.parent for path in folder.glob("*/figures.jsonl"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    found = archives_in(folder)
    if not found:
        parser.error(f"no archive with a figures.jsonl beside it in {folder}")
    print(f"{'archive':<28}{'figures':>8}{'precision':>11}{'recall':>8}{'captioned':>11}{'right':>8}")
    for path in found:
        score = score_archive(path)
        print(
            f"{path.name:<28}{score.true:>8}{score.precision:>11.3f}{score.recall:>8.3f}"
            f"{score.captioned:>11}{score.captions:>8.3f}"
        )


if __name__ == "__main__":
    main()
