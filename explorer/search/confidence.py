"""The confidence of a hit: whether it answers the query at all.

A nonsense query has nearest neighbours too, and the best of them is above the background in any library. A query by
words is therefore also judged by the sentence similarity of the hit's words, of the text in its picture and of the text
around it: cosines of one sentence model mean the same in every library, so a fixed bound works. A query by picture is
judged by its z-score alone: without a matching picture no figure reaches the bound, least of all by keypoints.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log, sqrt
from typing import Final

from explorer.representation.legs import EVIDENCE, PICTURE, SENTENCE
from explorer.search.hits import Confidence, Reason

# A hit is strong or maybe from this many times the z-score that the best of n random points reaches: sqrt(2 ln n). The
# bounds grow with the library.
STRONG_BEYOND_CHANCE = 1.6
MAYBE_BEYOND_CHANCE = 1.0

# The sentence encoder whose cosines were measured. Those of another model have other scales.
CALIBRATED: Final = "all-MiniLM-L6-v2"
# Coefficients of a logistic regression of "this hit answers" on the cosines, relative to the first, and the bounds. At
# least 95 % of the questions with an answer must keep it; at most 10 % of those without one may get a strong hit. Fitted
# on the odd-numbered of 88 + 60 questions to one archive. benchmarks/confidence.py fits and evaluates on the even ones.
FOR_ANOTHER = 0.8
MAYBE_FROM = 0.27
STRONG_FROM = 0.38
# From these similarities on a hit answers whatever its z-score: in a library of one subject, or of few figures, the
# answer is not above the background. Chosen on 15 questions to captions of 40 birds, and 75 questions without an answer
# (docs/decisions.md).
MAYBE_NEAR = 0.44
STRONG_NEAR = 0.52
# The text in and around a picture counts from this z-score on: in a small library the text around all figures is similar
# and does not distinguish them.
ADDS_FROM = 1.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """The evidence for the confidence of a hit."""

    score: float
    """The z-score, in standard deviations above the query's background."""
    points: int
    """The number of figures or items in the library, of the kind of the hit."""
    why: Mapping[str, Reason]
    has_all_words: bool
    """Whether every word of the query occurs in the hit."""


def from_zscore(judged: Judgement) -> Confidence:
    """Return the confidence for queries with pictures or liked figures, and for other sentence encoders than CALIBRATED."""
    chance = expected_max_zscore(judged.points)
    if judged.score >= STRONG_BEYOND_CHANCE * chance:
        return Confidence.STRONG
    return Confidence.MAYBE if judged.score >= MAYBE_BEYOND_CHANCE * chance else Confidence.WEAK


def from_similarity(judged: Judgement) -> Confidence:
    """Return the confidence for queries by words alone. A figure without any text is judged by its z-score."""
    if not judged.has_all_words and not judged.why.keys() & EVIDENCE.keys():
        return from_zscore(judged)
    is_above_chance = judged.score >= expected_max_zscore(judged.points)
    evidence = _evidence({leg: reason for leg, reason in judged.why.items() if leg in EVIDENCE})
    if evidence >= (STRONG_FROM if is_above_chance else STRONG_NEAR):
        return Confidence.STRONG
    picture = judged.why.get(PICTURE)
    is_shown = picture is not None and picture.deviation >= STRONG_BEYOND_CHANCE * expected_max_zscore(
        judged.points
    )
    is_near = evidence >= (MAYBE_FROM if is_above_chance else MAYBE_NEAR)
    return Confidence.MAYBE if is_near or is_shown or judged.has_all_words else Confidence.WEAK


def expected_max_zscore(points: int) -> float:
    """Return the expected z-score of the best of n random points: sqrt(2 ln n)."""
    return sqrt(2 * log(max(points, 2)))


def _evidence(why: Mapping[str, Reason]) -> float:
    cosines = {leg: max(0.0, reason.similarity) for leg, reason in why.items()}
    if SENTENCE not in cosines:
        # A figure without words of its own: the text in or around it counts, with less weight.
        return FOR_ANOTHER * max(cosines.values(), default=0.0)
    counted = [leg for leg in cosines if leg == SENTENCE or why[leg].deviation >= ADDS_FROM]
    return sum(EVIDENCE[leg] * cosines[leg] for leg in counted)
