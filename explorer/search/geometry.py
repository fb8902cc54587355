"""Which of a picture's look-alikes is really that picture, or shows it as a part: their details are compared.

What pictures look like as a whole brings the original of a crop among the first; only details put it first.
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
"""Look-alikes whose details are compared."""

# Between pictures that have nothing in common, chance puts this many details in one arrangement, give or take;
# measured over 3,200 pairs of real figures, of which one in a hundred had 8 or more.
BY_CHANCE, SPREAD = 3.0, 2.0
FEWEST = 8
SURE = 15


def verify_geometry(
    picture: Image.Image, look_alikes: Mapping[str, str], pictures: PictureStore
) -> dict[str, Reason]:
    """Figures whose picture shares details with `picture`; `look_alikes` gives their pictures' SHA-256.

    One that shares none is not there: a photo of a screen may be too blurred to say. Where no figure is sure, the
    mirrored picture is tried.
    """
    shown = images.detect_keypoints(picture)
    read = {sha256: pictures.details(sha256) for sha256 in look_alikes.values()}
    kept = {sha256: details for sha256, details in read.items() if details is not None}
    matches = _matches(shown, kept)
    if max((match.count for match in matches.values()), default=0) < SURE:
        turned = _matches(images.detect_keypoints(ImageOps.mirror(picture)), kept)
        matches = {
            sha256: max(matches[sha256], turned[sha256], key=lambda match: match.count) for sha256 in kept
        }
    return _reasons(
        {id: matches[sha256] for id, sha256 in look_alikes.items() if sha256 in kept},
        max(1, len(shown.points)),
    )


def _matches(shown: Keypoints, kept: Mapping[str, Keypoints]) -> dict[str, KeypointMatch]:
    with ThreadPoolExecutor() as pool:
        found = pool.map(lambda other: images.match_keypoints(shown, other), kept.values())
        return dict(zip(kept, found, strict=True))


def _reasons(matches: Mapping[str, KeypointMatch], details: int) -> dict[str, Reason]:
    found = sorted(
        (id for id, match in matches.items() if match.count >= FEWEST), key=lambda id: -matches[id].count
    )
    return {
        id: Reason(
            rank,
            min(1.0, matches[id].count / details),
            (matches[id].count - BY_CHANCE) / SPREAD,
            matches[id].region,
        )
        for rank, id in enumerate(found, 1)
    }
