"""Measure how often the kinds of pictures are right, or fit the classifier of embeddings/picture_kinds.py anew.

    python benchmarks/picture_kinds.py LIBRARY...
    python benchmarks/picture_kinds.py --fit FOLDER

picture_kinds.csv has the kind of 2,484 pictures by their SHA-256. Each was judged once, by its look; for the three archives
and the sample, the file names were known as well. `plot|photo` means that both are right. Its sources are packages of
Debian 12 (documentation, wallpapers, clip art), three archives and the sample archive.

--fit takes the pictures below FOLDER that are among these packages, and every second picture of `sciam-supplement`,
because no package has engravings. Pictures of tables are rare: 110 are drawn with Chromium. The other archives are not used
for the fit. INVERSE_PENALTY and the constants of explorer/catalog/picture_kinds.py were chosen on them, however.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from random import Random

import numpy as np
from measuring import table
from numpy.typing import NDArray
from PIL import Image
from sklearn.linear_model import LogisticRegression

import images
from embeddings.lite import LiteEncoder
from embeddings.picture_kinds import PICTURE_KINDS, WEIGHTS
from explorer.library.library import Library

LABELS = Path(__file__).with_suffix(".csv")
ENGRAVINGS = "sciam-supplement"
NOT_FITTED = ("18f-blog", "scientific-python-blog", "sample-archive")
DRAWN_TABLES = 110
DRAWN_WEIGHT = 0.6
INVERSE_PENALTY = 10.0
"""`C` of the logistic regression. Within the pictures of the fit, 3 is a little better (0.74 right instead of 0.72); with 10,
more pictures of the archives get a kind (0.78 instead of 0.70), and as many of these are right."""
WORDS = (
    "alpha", "total", "share", "region", "model", "budget", "price", "score", "name", "year",
    "output", "growth", "loss", "rate", "speed", "team", "status", "owner", "date", "city", "depth",
    "width", "period", "class", "units", "error", "sample", "result", "method", "accuracy",
    "runtime", "memory", "variant", "revenue", "cost", "notes",
)  # fmt: skip


def labels() -> dict[str, tuple[list[str], str]]:
    """Return the right kinds and the source of each picture, by SHA-256."""
    with LABELS.open(encoding="utf-8") as file:
        return {row["sha256"]: (row["kind"].split("|"), row["source"]) for row in csv.DictReader(file)}


def fitted_pictures() -> dict[str, list[str]]:
    """Return the right kinds of the pictures of the fit, by SHA-256."""
    known = labels()
    engravings = [sha256 for sha256, (_, source) in known.items() if source == ENGRAVINGS][::2]
    return {
        sha256: kinds
        for sha256, (kinds, source) in known.items()
        if source not in (*NOT_FITTED, ENGRAVINGS) or sha256 in engravings
    }


def labelled_pictures(folder: Path) -> Iterator[tuple[Image.Image, list[str], float]]:
    """Yield the pictures of the fit in a folder, with their right kinds and the weight of each."""
    wanted = fitted_pictures()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()):
        data = path.read_bytes()
        kinds = wanted.pop(hashlib.sha256(data).hexdigest(), None)
        if kinds:
            yield images.open_picture(data), kinds, 1 / len(kinds)
    print(f"{len(wanted):,} pictures of the list are not below {folder}.")


def drawn_tables() -> Iterator[tuple[Image.Image, list[str], float]]:
    """Yield pictures of tables in many styles."""
    from playwright.sync_api import sync_playwright

    random = Random(3)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 900, "height": 700})
        for _ in range(DRAWN_TABLES):
            page.set_content(table_page(random))
            drawn = page.locator("body").screenshot()
            yield Image.open(BytesIO(drawn)).convert("RGB"), ["table"], DRAWN_WEIGHT


def table_page(random: Random) -> str:
    """Return a page with a table of random size, style and content."""
    contents = [
        lambda: f"{random.random() * random.choice([1, 10, 100]):.2f}",
        lambda: f"{random.randint(0, 99999):,}",
        lambda: f"{random.randint(0, 100)} %",
        lambda: " ".join(random.choices(WORDS, k=random.randint(1, 3))),
        lambda: " ".join(random.choices(WORDS, k=random.randint(4, 11))),
    ]
    columns = [contents[3], *random.choices(contents, k=random.randint(1, 8))]
    ink = random.choice(["#223344", "#00aa66", "#4472c4", "#cc3333", "#888888"])
    styles = [
        f"td,th {{border: 1px solid {ink}}}",
        "tr {border-bottom: 1px solid #ccc}",
        "tr:nth-child(even) {background: #eef2f6}",
        "table {border-top: 2px solid; border-bottom: 2px solid} thead {border-bottom: 1px solid}",
        "body {background: #1e1e24; color: #eee} td,th {border-bottom: 1px solid #444}",
        f"th {{background: {ink}; color: white}} td {{border: 1px solid #ddd}}",
        "",
    ]
    font = random.choice(["Arial", "Georgia", "Courier New", "DejaVu Sans", "DejaVu Serif"])
    head = "".join(f"<th>{random.choice(WORDS).title()}</th>" for _ in columns)
    rows = ("".join(f"<td>{content()}</td>" for content in columns) for _ in range(random.randint(3, 18)))
    return (
        f"<style>table {{border-collapse: collapse; font: {random.randint(10, 20)}px '{font}'}} "
        f"td,th {{padding: {random.randint(2, 14)}px; text-align: {random.choice(['left', 'right', 'center'])}}} "
        f"{random.choice(styles)}</style><body style='display: inline-block; margin: {random.randint(0, 20)}px'>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(f'<tr>{row}</tr>' for row in rows)}</tbody></table>"
    )


def fit(folder: Path) -> NDArray[np.float16]:
    """Return the weights for WEIGHTS."""
    encoder = LiteEncoder()
    vectors, kinds, weights = [], [], []
    for picture, right, weight in [*labelled_pictures(folder), *drawn_tables()]:
        (vector,) = encoder.encode_pictures([picture]).visual
        for kind in set(right) & set(PICTURE_KINDS):
            vectors.append(vector)
            kinds.append(PICTURE_KINDS.index(kind))
            weights.append(weight)
    # Rare kinds count more, but not as much as the frequent ones.
    sums = np.bincount(kinds, weights, len(PICTURE_KINDS))
    balanced = np.array(weights) * np.sqrt(sums.mean() / sums[kinds])
    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=4000).fit(np.array(vectors), kinds, balanced)
    print(f"{len(set(map(bytes, vectors))):,} pictures")
    return np.vstack([model.coef_.T, model.intercept_]).astype(np.float16)


def measure(folder: Path) -> list[tuple[str, int, int, int]]:
    """Return for each kind, and for all: how often it was given, how often it is right, and how often it should be."""
    known, fitted = labels(), fitted_pictures()
    given: dict[str, list[bool]] = {kind: [] for kind in PICTURE_KINDS}
    expected = dict.fromkeys(PICTURE_KINDS, 0)
    with Library.open(folder) as library:
        seen = set()
        for figure in library.browse.figures():
            sha256 = figure.sha256
            if sha256 in seen or sha256 in fitted or sha256 not in known:
                continue
            seen.add(sha256)
            right = known[sha256][0]
            if right == ["other"]:
                continue
            expected[right[0]] += 1
            if figure.picture_kind in given:
                given[figure.picture_kind].append(figure.picture_kind in right)
    rows = [(kind, len(given[kind]), sum(given[kind]), expected[kind]) for kind in PICTURE_KINDS]
    return [*rows, ("all", *(sum(row[column] for row in rows) for column in (1, 2, 3)))]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("libraries", nargs="*", type=Path, metavar="LIBRARY")
    parser.add_argument(
        "--fit", type=Path, metavar="FOLDER", help="Write the weights from the pictures below FOLDER."
    )
    parser.add_argument("--json", action="store_true", help="Print JSON.")
    options = parser.parse_args()
    if options.fit:
        np.save(WEIGHTS, fit(options.fit))
    measured = {str(folder): measure(folder) for folder in options.libraries}
    if options.json:
        print(json.dumps(measured))
        return
    for folder, rows in measured.items():
        print(f"\n{folder}\n")
        shown = [
            (kind, number, f"{right / number:.2f}" if number else "-", total)
            for kind, number, right, total in rows
        ]
        print(table(("kind", "given", "of these right", "pictures of this kind"), shown))


if __name__ == "__main__":
    main()
