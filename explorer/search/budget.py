"""Choose the legs of a search that must not take longer than a budget: in order of gain per millisecond."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from explorer.representation.legs import FIGURE, ITEM, KEYPOINTS, LEG_SPECS, REGIONS, TERMS, VISUAL
from explorer.search.fusion import Weights
from explorer.search.query import Query
from explorer.search.timings import ENCODING, OTHER

# A leg that was never timed is cheap enough to be tried.
_CHEAPEST_MS = 0.01


def legs_of(query: Query, weights: Weights, visual_field: str) -> dict[str, list[str]]:
    """Return the legs that answer a query, by kind of points."""
    kinds = (FIGURE, ITEM) if query.kind == "any" else (query.kind,)
    if query.items:
        kinds = (*dict.fromkeys((*kinds, ITEM)),)
    has_words, has_pictures = bool(query.words or query.phrases), bool(query.example_images)
    by_kind = {}
    for kind in kinds:
        legs = [
            visual_field if leg.name == VISUAL else leg.name
            for leg in LEG_SPECS
            if kind in leg.kinds
            and (
                (has_pictures if leg.for_picture_queries else has_words and leg.query is not None)
                or (leg.compares_liked and bool(query.like))
            )
        ]
        by_kind[kind] = [leg for leg in dict.fromkeys(legs) if weights.get(leg)]
    return by_kind


def omitted_legs(
    by_kind: Mapping[str, Sequence[str]],
    budget_ms: float,
    gains: Mapping[str, float],
    costs: Mapping[str, float],
) -> tuple[str, ...]:
    """Return the legs that do not fit into the budget.

    What every search does besides its legs comes first. Then come the legs, the one with the highest gain per
    millisecond first. For each kind of points, the first leg that always finds something is never omitted.
    """
    legs = list(dict.fromkeys(leg for legs in by_kind.values() for leg in legs))
    sure_to_find = [[leg for leg in of_kind if leg != TERMS] or of_kind for of_kind in by_kind.values()]
    remaining = budget_ms - costs.get(ENCODING, 0.0) - costs.get(OTHER, 0.0)
    chosen: set[str] = set()
    for leg in _in_order(legs, gains, costs):
        is_needed = any(leg in of_kind and not chosen & {*of_kind} for of_kind in sure_to_find)
        if is_needed or costs.get(leg, 0.0) <= remaining:
            chosen.add(leg)
            remaining -= costs.get(leg, 0.0)
    if REGIONS in legs and REGIONS not in chosen:
        chosen.discard(KEYPOINTS)
    return tuple(leg for leg in legs if leg not in chosen)


def _in_order(legs: Iterable[str], gains: Mapping[str, float], costs: Mapping[str, float]) -> list[str]:
    """Return the legs by gain per millisecond. Keypoints are compared among the nearest pictures by regions."""

    def rate(leg: str) -> float:
        return gains.get(leg, 0.0) / max(costs.get(leg, 0.0), _CHEAPEST_MS)

    return sorted(
        legs, key=lambda leg: min(rate(leg), rate(REGIONS)) if leg == KEYPOINTS else rate(leg), reverse=True
    )
