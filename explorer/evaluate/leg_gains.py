"""The gain of each leg: how much it improves the ranks of figures that are searched for by their captions.

The gain is the mean of what a leg finds alone and what it adds to all others: the first and the last term of its Shapley
value (Shapley, 1953). Half of the searches hide the caption from the index, and half do not: people remember some words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from explorer.catalog.records import FigureRecord
from explorer.evaluate.caption_ablation import CaptionAblation
from explorer.evaluate.labels import even_sample
from explorer.evaluate.questions import picture_of
from explorer.ingest.report import Progress
from explorer.search.fusion import Weights, fuse

MAX_CAPTIONS: Final = 100

Deviations = Sequence[tuple[str, Mapping[str, float]]]
"""The picture of each figure that was found, and its deviations by leg."""


def leg_gains(
    ablation: CaptionAblation, figures: Sequence[FigureRecord], progress: Progress
) -> dict[str, float]:
    """Return the gain of each leg in the mean reciprocal rank. A leg that is harmful has the gain 0."""
    searches = []
    with progress.track(even_sample(figures, MAX_CAPTIONS), "Comparing the legs") as work:
        for figure in work:
            for is_hidden in (True, False):
                hits = ablation.deviations(figure, is_hidden=is_hidden)
                searches.append((picture_of(figure), hits))
    weights = ablation.weights
    legs = {leg for _, hits in searches for _, deviations in hits for leg in deviations}
    fused = _mean_reciprocal_rank(searches, weights, legs)
    gains = {
        leg: (
            _mean_reciprocal_rank(searches, weights, {leg})
            + fused
            - _mean_reciprocal_rank(searches, weights, legs - {leg})
        )
        / 2
        for leg in sorted(legs)
    }
    return {leg: max(0.0, gain) for leg, gain in gains.items()}


def _mean_reciprocal_rank(
    searches: Sequence[tuple[str, Deviations]], weights: Weights, legs: set[str]
) -> float:
    ranks = [_rank(picture, hits, weights, legs) for picture, hits in searches]
    return sum(1 / rank for rank in ranks if rank) / max(1, len(ranks))


def _rank(picture: str, hits: Deviations, weights: Weights, legs: set[str]) -> int | None:
    """Return the rank of a picture by these legs, each picture counted once; None if they do not find it."""
    scores: dict[str, float] = {}
    for other, deviations in hits:
        by_leg = {leg: deviation for leg, deviation in deviations.items() if leg in legs}
        if by_leg:
            score = fuse(by_leg, weights)
            scores[other] = max(score, scores.get(other, score))
    if picture not in scores:
        return None
    return 1 + sum(score > scores[picture] for score in scores.values())
