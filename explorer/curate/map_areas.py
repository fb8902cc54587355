"""The areas of a map, and the words that are characteristic of the figures in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np

from explorer.curate.map_layout import SEED, Positions

MAX_AREAS: Final = 24
FIGURES_PER_AREA: Final = 6.0
"""The number of areas is the square root of the number of figures divided by this."""
WORDS: Final = 3
MIN_FIGURES_WITH_WORD: Final = 2
_WORD_PATTERN: Final = r"(?u)\b[^\W\d_]{3,}\b"


@dataclass(frozen=True, slots=True)
class MapArea:
    """An area of a map: its characteristic words, and its middle."""

    words: tuple[str, ...]
    x: float
    y: float


def find_areas(positions: Positions, texts: Sequence[str]) -> tuple[list[MapArea], list[int]]:
    """Return the areas of a map, and for each position the number of its area. `texts` are those of the figures."""
    from sklearn.cluster import KMeans

    if not len(positions):
        return [], []
    distinct = len(np.unique(positions, axis=0))
    count = min(MAX_AREAS, distinct, max(1, round(sqrt(len(positions) / FIGURES_PER_AREA))))
    found = KMeans(count, n_init=4, random_state=SEED).fit(positions)
    numbers = [int(number) for number in found.labels_]
    members = [np.flatnonzero(found.labels_ == number).tolist() for number in range(count)]
    words = _characteristic_words([[texts[place] for place in places] for places in members])
    areas = [_area(area_words, positions[places]) for area_words, places in zip(words, members, strict=True)]
    return areas, numbers


def nearest_areas(positions: Positions, areas: Sequence[MapArea]) -> list[int]:
    """Return for each position the number of the area whose middle is nearest."""
    middles = np.array([(area.x, area.y) for area in areas], np.float32)
    distances = ((positions[:, None, :] - middles[None]) ** 2).sum(axis=2)
    return [int(number) for number in distances.argmin(axis=1)]


def _area(words: tuple[str, ...], positions: Positions) -> MapArea:
    x, y = np.median(positions, axis=0).tolist()
    return MapArea(words, x, y)


def _characteristic_words(texts_by_area: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Return the words that are frequent in an area and rare in the others, the most characteristic first.

    The weight of a word is its c-TF-IDF (Grootendorst, "BERTopic", 2022), with the number of figures that have the word in
    place of its occurrences, so that one long caption does not name an area.
    """
    from sklearn.feature_extraction.text import CountVectorizer

    texts = [text for texts in texts_by_area for text in texts]
    vectorizer = CountVectorizer(token_pattern=_WORD_PATTERN, stop_words="english", binary=True)
    try:
        counts = vectorizer.fit_transform(texts).tocsr()
    except ValueError:  # no text has a word
        return [() for _ in texts_by_area]
    names = vectorizer.get_feature_names_out()
    ends = np.cumsum([len(texts) for texts in texts_by_area])
    by_area = np.stack(
        [
            np.asarray(counts[end - len(texts) : end].sum(axis=0)).ravel()
            for end, texts in zip(ends, texts_by_area, strict=True)
        ]
    )
    shares = by_area / np.maximum(by_area.sum(axis=1, keepdims=True), 1)
    mean = by_area.sum() / len(by_area)
    weights = shares * np.log1p(mean / by_area.sum(axis=0))
    weights[by_area < MIN_FIGURES_WITH_WORD] = 0
    best = np.argsort(-weights, axis=1, kind="stable")[:, :WORDS]
    return [
        tuple(str(names[word]) for word in row if weights[area, word] > 0) for area, row in enumerate(best)
    ]
