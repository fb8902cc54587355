"""The classifier of the kinds of pictures, on the sample archive and on a real one."""

import csv
import hashlib
from pathlib import Path

import numpy as np
import pytest

import images
from embeddings.lite import LiteEncoder
from embeddings.picture_kinds import PICTURE_KINDS, kind_probabilities

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "examples" / "sample-archive"
CLEAR = {
    "2024-01/temperatures.png": "plot",
    "2024-02/learning.png": "plot",
    "2024-02/tree.png": "diagram",
    "2024-05/chat.png": "screenshot",
    "2024-11/style.png": "diagram",
    "images/balloons.webp": "drawing",
    "images/volcano.jpg": "drawing",
}


def probabilities_of(paths):
    return kind_probabilities(
        LiteEncoder().encode_pictures([images.open_picture(path) for path in paths]).visual
    )


def test_clear_pictures_of_the_sample_are_told_apart():
    rows = probabilities_of(SAMPLE / path for path in CLEAR)

    assert rows.shape == (len(CLEAR), len(PICTURE_KINDS))
    assert rows.min() >= 0
    np.testing.assert_allclose(rows.sum(axis=1), 1, atol=1e-5)
    assert dict(zip(CLEAR, (PICTURE_KINDS[row.argmax()] for row in rows), strict=True)) == CLEAR


@pytest.mark.slow
def test_pictures_of_an_archive_that_was_not_fitted_are_mostly_right(real_archives):
    """Without words. With the words, 0.88 of the given kinds are right (benchmarks/picture_kinds.py)."""
    with (ROOT / "benchmarks" / "picture_kinds.csv").open(encoding="utf-8") as file:
        labels = {
            row["sha256"]: row["kind"].split("|")
            for row in csv.DictReader(file)
            if row["source"] == "18f-blog"
        }
    paths = {
        hashlib.sha256(path.read_bytes()).hexdigest(): path
        for path in sorted((real_archives / "18f-blog" / "archive").rglob("*"))
        if path.is_file()
    }
    known = [sha256 for sha256 in labels if sha256 in paths][::3]
    rows = probabilities_of(paths[sha256] for sha256 in known)
    sure = [
        (labels[sha256], PICTURE_KINDS[row.argmax()])
        for sha256, row in zip(known, rows, strict=True)
        if row.max() >= 0.6
    ]

    assert len(sure) >= 0.6 * len(known)
    assert np.mean([kind in right for right, kind in sure]) >= 0.75
