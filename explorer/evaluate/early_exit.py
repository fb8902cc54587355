"""Fit the early exit of picture queries to a library: how close a look-alike must be for its keypoints to be compared.

Queries are modified pictures of the library, with and without their original in it. The fit is fixed-sequence testing
(Angelopoulos et al., 2021, "Learn then Test"), as in CALM: closeness is raised step by step as long as the first hit
differs from that of full verification in at most 2 % of the queries, with 95 % confidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image, ImageOps

import images
from explorer.catalog.picture_store import PictureStore
from explorer.catalog.store import Catalog
from explorer.errors import QueryError
from explorer.evaluate.augmentations import Augmentation, Parameters, augment
from explorer.ingest.report import Progress
from explorer.representation.legs import KEYPOINTS, REGIONS
from explorer.search.engine import SearchEngine
from explorer.search.geometry import VERIFY_ALL, ExitRule
from explorer.search.query import Query

MOST_RISK: Final = 0.02
CONFIDENCE: Final = 0.95
# Two differing first hits among 320 are 0.6 %, and at most 2 % with 95 % confidence.
QUERIES: Final = 320
KINDS: Final = ("crop", "resize", "rotate", "border", "mirror")
FEWEST_PICTURES: Final = 100
"""With fewer pictures, the queries would be too similar to one another."""
ABSENT_EVERY: Final = 4
"""Every fourth query is asked without its original."""
CLOSENESS: Final = (0.0, 0.1, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6)


@dataclass(frozen=True, slots=True, eq=False)
class ModifiedPicture:
    """A picture of a library, as somebody else may have saved it."""

    sha256: str
    kind: str
    picture: Image.Image


@dataclass(frozen=True, slots=True)
class EarlyExit:
    """The fitted closeness, and how many first hits differed from full verification. `bound` is the 95 % bound.

    Without a closeness, none passed: all look-alikes must be compared.
    """

    closeness: float | None
    queries: int
    differing: int
    bound: float


@dataclass(frozen=True, slots=True)
class PictureTest:
    """The early exit that was fitted, and the gain of each leg in the MRR of modified pictures."""

    early_exit: EarlyExit
    gains: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """The first hits of one query, by rule, and the rank of its picture without keypoints and with all of them."""

    first: Sequence[str | None]
    reciprocal_ranks: tuple[float, float] | None
    """None: the query was asked without its original."""


def measure_pictures(
    catalog: Catalog, pictures: PictureStore, engine: SearchEngine, progress: Progress
) -> PictureTest | None:
    """Fit the early exit of the searches of `engine`; None for a library with fewer than FEWEST_PICTURES pictures."""
    figures = [figure for figure in catalog.figures.select() if figure.sha256]
    groups = {figure.sha256 or "": figure.group or "" for figure in figures}
    if len(set(groups.values())) < FEWEST_PICTURES:
        return None
    files = {sha256: pictures.original(sha256) for sha256 in sorted(groups)}
    outcomes = []
    with progress.track(list(modified_pictures(files, QUERIES)), "Asking by modified pictures") as work:
        for number, modified in enumerate(work):
            group = groups[modified.sha256]
            is_absent = number % ABSENT_EVERY == 0
            hidden = catalog.duplicates.figures_of({group}) if is_absent else set()
            query = Query(picture=modified.picture, exclude_ids=frozenset(hidden))
            outcomes.append(_ask(engine, catalog, query, None if is_absent else group))
    return PictureTest(fitted_exit([outcome.first for outcome in outcomes]), _gains(outcomes))


def fitted_exit(first_hits: Sequence[Sequence[str | None]]) -> EarlyExit:
    """Return the highest closeness that passes, as do all lower ones.

    Each query has its first hit of full verification and then that of each CLOSENESS.
    """
    count = len(first_hits)
    fitted = EarlyExit(None, count, 0, upper_bound(0, count))
    for number, closeness in enumerate(CLOSENESS, 1):
        differing = sum(first[number] != first[0] for first in first_hits)
        bound = upper_bound(differing, count)
        if bound > MOST_RISK:
            break
        fitted = EarlyExit(closeness, count, differing, bound)
    return fitted


def upper_bound(events: int, trials: int) -> float:
    """Return the upper bound of a probability with CONFIDENCE: Clopper and Pearson (1934)."""
    from scipy.stats import binomtest  # takes half a second, and only evaluations need it

    interval = binomtest(events, trials, alternative="less").proportion_ci(CONFIDENCE, method="exact")
    return float(interval.high)


def modified_pictures(files: Mapping[str, Path], count: int) -> Iterator[ModifiedPicture]:
    """Yield `count` modifications of pictures, by SHA-256, or fewer if files are not readable. They are deterministic."""
    random = np.random.default_rng(0)
    sample = sorted(files, key=lambda sha256: sha256[::-1])[:count]
    for number in range(count if sample else 0):
        sha256 = sample[number % len(sample)]
        # In the second round, a picture is modified in another way.
        kind = KINDS[(number + number // len(sample)) % len(KINDS)]
        try:
            picture = _modified(files[sha256], kind, random)
        except (QueryError, images.PictureError):
            continue
        yield ModifiedPicture(sha256, kind, picture)


def _modified(file: Path, kind: str, random: np.random.Generator) -> Image.Image:
    original = images.open_picture(file)
    width, height = original.size
    if kind == "mirror":
        return ImageOps.mirror(original)
    parameters: dict[str, Parameters] = {
        "crop": {"box": _part(width, height, random)},
        "resize": {"scale": random.uniform(0.25, 0.6), "save": "JPEG", "quality": 60},
        "rotate": {"degrees": int(random.choice((-5, -3, 3, 5))), "save": "JPEG"},
        "border": {
            "border_px": random.integers(5, max(6, width // 5), 4).tolist(),
            "titlebar_px": int(random.choice((0, 40))),
            "titlebar_fill": "#3c4043",
        },
    }
    return images.open_picture(augment(file, Augmentation(kind, parameters[kind], original.size)))


def _part(width: int, height: int, random: np.random.Generator) -> tuple[int, int, int, int]:
    """Return a box with between a sixth and a half of the area."""
    across, down = random.uniform(0.4, 0.75, 2)
    left, top = random.uniform(0, 1 - across) * width, random.uniform(0, 1 - down) * height
    return int(left), int(top), int(left + across * width) + 1, int(top + down * height) + 1


def _ask(engine: SearchEngine, catalog: Catalog, query: Query, group: str | None) -> _Outcome:
    rules = (VERIFY_ALL, *(ExitRule(closeness) for closeness in CLOSENESS))
    without_keypoints, *rankings = engine.rank_by_rules(query, (None, *rules))
    ids = {id for ranking in (without_keypoints, *rankings) for id in ranking}
    groups = catalog.duplicates.groups_of(sorted(ids))
    first = [groups.get(ranking[0]) if ranking else None for ranking in rankings]
    if group is None:
        return _Outcome(first, None)
    alone, fused = (
        next((1 / rank for rank, id in enumerate(ranking, 1) if groups.get(id) == group), 0.0)
        for ranking in (without_keypoints, rankings[0])
    )
    return _Outcome(first, (alone, fused))


def _gains(outcomes: Sequence[_Outcome]) -> dict[str, float]:
    """Return the gain of each leg. Keypoints are compared among the nearest pictures by regions: regions come first."""
    ranks = [outcome.reciprocal_ranks for outcome in outcomes if outcome.reciprocal_ranks]
    alone, fused = np.mean(ranks, axis=0).tolist()
    return {REGIONS: (alone + fused) / 2, KEYPOINTS: max(0.0, fused - alone)}
