"""How sure a hit makes us: whether anything here answers the query at all.

Nearest neighbours exist for nonsense too, and the best of them stand out of any library. A query by words is
therefore also judged by how near in meaning the hit's own words, the text in its picture and the text around it are:
cosines of one sentence model mean the same in every library, which makes a bound possible. A query by picture is judged
by standing out alone: where none is meant none does, least of all by details.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log, sqrt
from typing import Final

from explorer.representation.legs import EVIDENCE, PICTURE, SENTENCE
from explorer.search.hits import Confidence, Reason

# A hit is strong or maybe when it stands so many deviations above the query's background. In a normal background of
# n points the best of chance reaches sqrt(2 ln n): the bounds grow with the library.
STRONG_BEYOND_CHANCE = 1.6
MAYBE_BEYOND_CHANCE = 1.0

# The sentence encoder whose cosines were looked at; those of another model mean something else.
CALIBRATED: Final = "all-MiniLM-L6-v2"
# A logistic regression of "this hit answers" on the cosines, per unit of the first, and the bounds: of the questions
# with an answer at least 95 % are to be kept, of those without one 10 % may seem strong. Chosen on the odd-numbered of
# 88 + 60 questions to one archive; benchmarks/confidence.py fits them and tells what they are worth on the even ones.
FOR_ANOTHER = 0.8
MAYBE_FROM = 0.27
STRONG_FROM = 0.38
# From these on a hit answers however little it stands out: in a library of one subject, or of a few figures, what answers
# a question does not. Chosen on 15 questions to captions of 40 birds and 75 without an answer there (docs/decisions.md).
MAYBE_NEAR = 0.44
STRONG_NEAR = 0.52
# The text in and around a picture counts from so many deviations on: the text around all figures of a small library is
# much alike, and says nothing of one of them.
ADDS_FROM = 1.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a hit is judged by."""

    score: float
    """In standard deviations above the query's background."""
    points: int
    """Figures or items in the library, of the hit's kind."""
    why: Mapping[str, Reason]
    says_all: bool
    """Whether every word of the query stands in the hit."""


def from_zscore(judged: Judgement) -> Confidence:
    """For queries with a picture or with liked hits, and where nothing is known of the sentence encoder."""
    chance = expected_max_zscore(judged.points)
    if judged.score >= STRONG_BEYOND_CHANCE * chance:
        return Confidence.STRONG
    return Confidence.MAYBE if judged.score >= MAYBE_BEYOND_CHANCE * chance else Confidence.WEAK


def from_similarity(judged: Judgement) -> Confidence:
    """For queries by words alone. A figure without any text is judged by how its picture stands out."""
    if not judged.says_all and not judged.why.keys() & EVIDENCE.keys():
        return from_zscore(judged)
    stands_out = judged.score >= expected_max_zscore(judged.points)
    evidence = _evidence({leg: it for leg, it in judged.why.items() if leg in EVIDENCE})
    if evidence >= (STRONG_FROM if stands_out else STRONG_NEAR):
        return Confidence.STRONG
    seen = judged.why.get(PICTURE)
    shown = seen is not None and seen.deviation >= STRONG_BEYOND_CHANCE * expected_max_zscore(judged.points)
    near = evidence >= (MAYBE_FROM if stands_out else MAYBE_NEAR)
    return Confidence.MAYBE if near or shown or judged.says_all else Confidence.WEAK


def expected_max_zscore(points: int) -> float:
    """How many deviations above the background the best of so many points stands without any reason."""
    return sqrt(2 * log(max(points, 2)))


def _evidence(why: Mapping[str, Reason]) -> float:
    cosines = {leg: max(0.0, reason.similarity) for leg, reason in why.items()}
    if SENTENCE not in cosines:
        # It says nothing itself: what is in it or around it speaks for it, less surely.
        return FOR_ANOTHER * max(cosines.values(), default=0.0)
    counted = [leg for leg in cosines if leg == SENTENCE or why[leg].deviation >= ADDS_FROM]
    return sum(EVIDENCE[leg] * cosines[leg] for leg in counted)
