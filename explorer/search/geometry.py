"""Verify which look-alikes of a picture show the same picture or contain it: keypoints are compared.

Visual vectors bring the original of a crop among the first hits. Keypoints put it first.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from PIL import Image, ImageOps

import images
from explorer.catalog.picture_store import PictureStore
from explorer.search.hits import Reason
from images import KeypointMatch, Keypoints

VERIFIED = 60
"""Look-alikes whose keypoints are compared."""

# Unrelated pictures have this many keypoints in the same arrangement by chance (mean, deviation): measured over 3,200
# pairs of real figures, of which one in a hundred had 8 or more.
BY_CHANCE, SPREAD = 3.0, 2.0
FEWEST = 8
SURE = 15


def verify_geometry(
    picture: Image.Image, look_alikes: Mapping[str, str], pictures: PictureStore
) -> dict[str, Reason]:
    """Return the figures whose picture shares keypoints with `picture`. `look_alikes` maps figures to SHA-256.

    Figures without shared keypoints have no entry: a photo of a screen may be too blurred to tell. If no figure is sure,
    the mirrored picture is compared as well.
    """
    own = images.detect_keypoints(picture)
    by_sha256 = {sha256: pictures.keypoints(sha256) for sha256 in look_alikes.values()}
    others = {sha256: keypoints for sha256, keypoints in by_sha256.items() if keypoints is not None}
    matches = _matches(own, others)
    if max((match.count for match in matches.values()), default=0) < SURE:
        mirrored = _matches(images.detect_keypoints(ImageOps.mirror(picture)), others)
        matches = {
            sha256: max(matches[sha256], mirrored[sha256], key=lambda match: match.count) for sha256 in others
        }
    return _reasons(
        {id: matches[sha256] for id, sha256 in look_alikes.items() if sha256 in others},
        max(1, len(own.points)),
    )


def _matches(own: Keypoints, others: Mapping[str, Keypoints]) -> dict[str, KeypointMatch]:
    with ThreadPoolExecutor() as pool:
        matches = pool.map(lambda other: images.match_keypoints(own, other), others.values())
        return dict(zip(others, matches, strict=True))


def _reasons(matches: Mapping[str, KeypointMatch], count: int) -> dict[str, Reason]:
    ranked = sorted(
        (id for id, match in matches.items() if match.count >= FEWEST), key=lambda id: -matches[id].count
    )
    return {
        id: Reason(
            rank,
            min(1.0, matches[id].count / count),
            (matches[id].count - BY_CHANCE) / SPREAD,
            matches[id].region,
        )
        for rank, id in enumerate(ranked, 1)
    }
