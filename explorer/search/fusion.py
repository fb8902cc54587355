"""Fuse the deviations of a point in all legs into one score: Stouffer's weighted sum.

Stouffer et al. (1949): independent standard scores combine as sum(w z) / sqrt(sum w^2). Only the legs that a point
has are used: a missing caption neither raises nor lowers the score of a figure.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from math import sqrt
from pathlib import Path
from types import MappingProxyType
from typing import Final

from embeddings import split_encoder_name

Weights = Mapping[str, float]

FILE: Final = Path(__file__).with_name("weights.json")
"""The weights of the legs by family of encoders, and how they were fitted. benchmarks/fusion.py writes the file."""


def weights_for(encoder: str) -> Weights:
    """Return the weights for an encoder, by its name. An adapted encoder has those of its base.

    `lite` represents pictures less well than texts. A trained CLIP gets weight for both.
    """
    base, _ = split_encoder_name(encoder)
    return _families()["lite" if base == "lite" else "clip"]


@cache
def _families() -> Mapping[str, Weights]:
    written = json.loads(FILE.read_text(encoding="utf-8"))
    return {family: MappingProxyType(entry["weights"]) for family, entry in written.items()}


def fuse(deviations: Mapping[str, float], weights: Weights) -> float:
    """Return one score, in standard deviations, from the deviations of the legs that a point has."""
    total = squares = 0.0
    for (
        leg,
        deviation,
    ) in deviations.items():  # once for each candidate: a loop takes half the time of two sums
        weight = weights[leg]
        total += weight * deviation
        squares += weight * weight
    return total / sqrt(squares) if squares else 0.0
