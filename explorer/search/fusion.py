"""From what each leg says of a point to one score: Stouffer's weighted sum of deviations.

Stouffer et al. (1949): independent standard scores combine as sum(w z) / sqrt(sum w^2). Only the legs that a point
has enter, so a figure without a caption is judged by what it has, neither raised nor lowered by what it lacks.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt

from embeddings.adapter import parts_of
from explorer.search.fields import CONTEXT, DETAILS, LOOKS, MEANING, PICTURE, TERMS, TEXT, WORDS

Weights = Mapping[str, float]

# How much each leg counts. `lite` knows pictures less well than texts; a trained CLIP is trusted with both.
# Those of lite were chosen on the odd-numbered queries of one archive; docs/decisions.md.
LITE_WEIGHTS: Weights = {
    PICTURE: 0.5,
    LOOKS: 1.5,
    DETAILS: 3.0,
    WORDS: 1.0,
    MEANING: 1.0,
    TEXT: 0.2,
    CONTEXT: 0.3,
    TERMS: 0.5,
}
CLIP_WEIGHTS: Weights = {
    PICTURE: 1.0,
    LOOKS: 1.5,
    DETAILS: 3.0,
    WORDS: 1.0,
    MEANING: 0.8,
    TEXT: 0.2,
    CONTEXT: 0.3,
    TERMS: 0.5,
}


def weights_for(encoder: str) -> Weights:
    """The weights that suit an encoder, by its name; an adapted one's are those of its base."""
    base, _ = parts_of(encoder)
    return LITE_WEIGHTS if base == "lite" else CLIP_WEIGHTS


def fuse(deviations: Mapping[str, float], weights: Weights) -> float:
    """One score from the deviations of the legs that a point has, in standard deviations."""
    total = sum(weights[leg] * deviation for leg, deviation in deviations.items())
    norm = sqrt(sum(weights[leg] ** 2 for leg in deviations))
    return total / norm if norm else 0.0
