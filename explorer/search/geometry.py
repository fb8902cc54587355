"""Verify which look-alikes of a picture show the same picture or contain it: keypoints are compared.

Visual vectors bring the original of a crop among the first hits. Keypoints put it first. Comparing keypoints is the
slowest step of a picture query. It stops when the answer is certain: confident early exit (CALM, Schuster et al.,
2022). `explorer selftest` fits the threshold to the library (explorer/evaluate/early_exit.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from math import inf
from typing import Final

from PIL import Image, ImageOps

import images
from explorer.catalog.picture_store import PictureStore
from explorer.search.hits import Reason
from images import KeypointMatch, Keypoints
from images.details import NO_MATCH

VERIFIED = 60
"""Look-alikes whose keypoints are compared at most."""

# Unrelated pictures have this many keypoints in the same arrangement by chance (mean, deviation): measured over 3,200
# pairs of real figures, of which one in a hundred had 8 or more.
BY_CHANCE, SPREAD = 3.0, 2.0
FEWEST = 8
SURE = 15
# A match is clear if its picture has this many times as many keypoints as the next picture: charts of one series share
# their frame and legend.
CLEAR = 1.5


@dataclass(frozen=True, slots=True)
class ExitRule:
    """When to stop comparing look-alikes, which come in batches, the most similar first.

    Nothing more is compared once a match is clear, and no picture below `closeness` after the first batch.
    """

    closeness: float
    """From 0, the typical similarity of the query to the library, to 1, the same vector."""
    batch: int = 4


VERIFY_ALL: Final = ExitRule(-inf, VERIFIED)
# Measured on three archives (docs/measured.md). Other encoders have other scales: they compare all look-alikes until a
# match is clear, and `explorer selftest` fits their closeness.
_DEFAULT_CLOSENESS: Final = {"lite": 0.3}


def default_exit_rule(encoder: str) -> ExitRule:
    """Return the rule for a library without a fitted one."""
    return ExitRule(_DEFAULT_CLOSENESS.get(encoder, -inf))


@dataclass(frozen=True, slots=True)
class LookAlike:
    """A figure whose picture looks like the query's picture."""

    id: str
    sha256: str
    group: str
    """The group of copies of its picture."""
    closeness: float


@dataclass(eq=False)
class KeypointVerifier:
    """Compares the keypoints of one picture with those of look-alikes, each picture once."""

    picture: Image.Image
    pictures: PictureStore
    _own: dict[str, KeypointMatch] = field(default_factory=dict)
    _mirrored: dict[str, KeypointMatch] = field(default_factory=dict)

    def verify(self, look_alikes: Sequence[LookAlike], rule: ExitRule) -> dict[str, Reason]:
        """Return the look-alikes whose picture shares keypoints with the picture, by id of the figure.

        Figures without shared keypoints have no entry: a photo of a screen may be too blurred to tell. If no picture
        of a batch is sure, its close ones are compared with the mirrored picture as well.
        """
        distinct = list({each.sha256: each for each in reversed(look_alikes)}.values())[::-1]
        best: dict[str, KeypointMatch] = {}
        for start in range(0, len(distinct), rule.batch):
            batch = distinct[start : start + rule.batch]
            close = [each for each in batch if each.closeness >= rule.closeness]
            compared = close if start else batch
            if not compared:
                break
            _keep_better(best, self._matches(self._keypoints, compared, self._own))
            if close and not any(match.count >= SURE for match in best.values()):
                _keep_better(best, self._matches(self._mirrored_keypoints, close, self._mirrored))
            if _is_clear(best, distinct):
                break
        return _reasons(look_alikes, best, max(1, len(self._keypoints.points)))

    @cached_property
    def _keypoints(self) -> Keypoints:
        return images.detect_keypoints(self.picture)

    @cached_property
    def _mirrored_keypoints(self) -> Keypoints:
        return images.detect_keypoints(ImageOps.mirror(self.picture))

    def _matches(
        self, keypoints: Keypoints, look_alikes: Sequence[LookAlike], known: dict[str, KeypointMatch]
    ) -> dict[str, KeypointMatch]:
        """Return the matches by SHA-256; a picture that is not readable any more has none. `known` keeps them."""

        def match(look_alike: LookAlike) -> KeypointMatch:
            other = self.pictures.keypoints(look_alike.sha256)
            return NO_MATCH if other is None else images.match_keypoints(keypoints, other)

        unknown = [each for each in look_alikes if each.sha256 not in known]
        with ThreadPoolExecutor() as pool:
            known.update(zip((each.sha256 for each in unknown), pool.map(match, unknown), strict=True))
        return {each.sha256: known[each.sha256] for each in look_alikes}


def _keep_better(best: dict[str, KeypointMatch], matches: Mapping[str, KeypointMatch]) -> None:
    for sha256, match in matches.items():
        if sha256 not in best or match.count > best[sha256].count:
            best[sha256] = match


def _is_clear(matches: Mapping[str, KeypointMatch], look_alikes: Sequence[LookAlike]) -> bool:
    """Return whether a picture is sure, and has clearly more keypoints in common than all that are not its copies."""
    counts: dict[str, int] = {}
    for each in look_alikes:
        if each.sha256 in matches:
            counts[each.group] = max(counts.get(each.group, 0), matches[each.sha256].count)
    first, second = [*sorted(counts.values(), reverse=True), 0, 0][:2]
    return first >= SURE and first >= CLEAR * second


def _reasons(
    look_alikes: Sequence[LookAlike], matches: Mapping[str, KeypointMatch], count: int
) -> dict[str, Reason]:
    by_id = {each.id: matches[each.sha256] for each in look_alikes if each.sha256 in matches}
    shared = [id for id, match in by_id.items() if match.count >= FEWEST]
    return {
        id: Reason(
            rank,
            min(1.0, by_id[id].count / count),
            (by_id[id].count - BY_CHANCE) / SPREAD,
            by_id[id].region,
        )
        for rank, id in enumerate(sorted(shared, key=lambda id: -by_id[id].count), 1)
    }
