"""From what each leg says of a point to one score: Stouffer's weighted sum of deviations.

Stouffer et al. (1949): independent standard scores combine as sum(w z) / sqrt(sum w^2). Only the legs that a point
has enter, so a figure without a caption is judged by what it has, neither raised nor lowered by what it lacks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from math import sqrt
from pathlib import Path
from types import MappingProxyType
from typing import Final

from embeddings.adapter import split_encoder_name

Weights = Mapping[str, float]

FILE: Final = Path(__file__).with_name("weights.json")
"""How much each leg counts, per family of encoders, and how that was found: benchmarks/fusion.py writes it."""


def weights_for(encoder: str) -> Weights:
    """The weights that suit an encoder, by its name; an adapted one's are those of its base.

    `lite` knows pictures less well than texts; a trained CLIP is trusted with both.
    """
    base, _ = split_encoder_name(encoder)
    return _families()["lite" if base == "lite" else "clip"]


@cache
def _families() -> Mapping[str, Weights]:
    written = json.loads(FILE.read_text(encoding="utf-8"))
    return {family: MappingProxyType(told["weights"]) for family, told in written.items()}


def fuse(deviations: Mapping[str, float], weights: Weights) -> float:
    """One score from the deviations of the legs that a point has, in standard deviations."""
    total = sum(weights[leg] * deviation for leg, deviation in deviations.items())
    norm = sqrt(sum(weights[leg] ** 2 for leg in deviations))
    return total / norm if norm else 0.0
