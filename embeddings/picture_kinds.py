"""The kind of a picture, from the features of the lite encoder's network: a linear classifier.

The weights are shipped: `benchmarks/picture_kinds.py` fits them, and says on which pictures.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from embeddings.lite import softmax

PICTURE_KINDS: Final = ("photo", "drawing", "plot", "diagram", "table", "screenshot", "map")
RECIPE: Final = "picture kinds 1"
"""The version of the classifier. Change it whenever the same picture would get other probabilities."""
WEIGHTS: Final = Path(__file__).with_name("picture_kinds.npy")
"""(1281, 7): a weight for each feature and kind. The last row is added."""


def kind_probabilities(visual: Vectors) -> NDArray[np.float32]:
    """Return for each picture the probability of each of PICTURE_KINDS: (n, 7).

    Args:
        visual: (n, 1280) `visual` vectors of the lite encoder.
    """
    weights = cast(NDArray[np.float16], np.load(WEIGHTS, allow_pickle=False)).astype(np.float32)
    return softmax(visual @ weights[:-1] + weights[-1])
