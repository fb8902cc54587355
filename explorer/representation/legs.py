"""The legs: the ways in which a query is compared with figures and items. One row each.

A leg compares one vector of the query with one vector field of the index. Only `keypoints` has no field: it compares
the pictures themselves (explorer/search/geometry.py). The weights of legs are fitted: explorer/search/weights.json.

To add a leg: a row here, its vector in explorer/ingest/indexing.py, and its weight in weights.json.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

FIGURE: Final = "figure"
ITEM: Final = "item"

PICTURE: Final = "picture"
VISUAL: Final = "visual"
REGIONS: Final = "regions"
KEYPOINTS: Final = "keypoints"
CLIP_TEXT: Final = "clip_text"
SENTENCE: Final = "sentence"
OCR: Final = "ocr"
CONTEXT: Final = "context"
TERMS: Final = "terms"

Space = Literal["clip", "visual", "sentence", "terms"]
"""The space of the vectors of a leg: CLIP (pictures and texts in one space), the encoder's image-only vectors, the
sentence encoder, or BM25."""

QueryVector = Literal["words_as_clip", "words_as_sentence", "terms", "picture", "visual"]
"""The vector of an encoded query that a leg compares."""


@dataclass(frozen=True, slots=True)
class LegSpec:
    """The specification of one leg."""

    name: str
    label: str
    """The name of the leg in the app."""
    space: Space | None
    """None: the leg has no vectors."""
    query: QueryVector | None
    """None: the leg compares only liked and disliked figures and items."""
    kinds: tuple[str, ...] = (FIGURE,)
    """The kinds of points that the leg compares; other points may have the vector too."""
    multi: bool = False
    """Whether a point has several vectors, of which the nearest counts (MaxSim)."""
    compares_liked: bool = False
    """Whether the leg compares liked and disliked figures and items."""
    for_picture_queries: bool = False
    """Whether the leg answers queries by picture; other legs answer words."""
    evidence: float = 0.0
    """The weight of the leg's cosine in the confidence that a hit answers the words of a query: a coefficient of the
    logistic regression in benchmarks/confidence.py, relative to that of `sentence`."""


LEG_SPECS: Final = (
    # The encoder's image vector: words find pictures.
    LegSpec(PICTURE, "What the picture shows", "clip", "words_as_clip"),
    # The image-only vector, if the encoder has one: liked figures find pictures. Without one, `picture` does.
    LegSpec(VISUAL, "Overall look", "visual", None, compares_liked=True),
    # The whole picture, each panel and four tiles; the payload has their boxes.
    LegSpec(REGIONS, "Parts of the picture", "visual", "visual", multi=True, for_picture_queries=True),
    # Keypoints that a picture has in common with the query's picture, among the nearest pictures by `regions`.
    LegSpec(KEYPOINTS, "Same details", None, None, for_picture_queries=True),
    # The encoder's text vectors of caption and alt text, and of an item's windows: pictures find texts.
    LegSpec(
        CLIP_TEXT, "What the text is about", "clip", "picture", (ITEM,), multi=True, for_picture_queries=True
    ),
    # Sentence vectors of caption and alt text, and of an item's windows.
    LegSpec(
        SENTENCE,
        "Meaning of the text",
        "sentence",
        "words_as_sentence",
        (FIGURE, ITEM),
        multi=True,
        compares_liked=True,
        evidence=1.0,
    ),
    # Sentence vectors of the text that OCR read in the picture.
    LegSpec(OCR, "Text in the picture", "sentence", "words_as_sentence", multi=True, evidence=0.4),
    # The weighted sentence vectors of the text around the figure and of the sentences that refer to it.
    LegSpec(CONTEXT, "Text around the picture", "sentence", "words_as_sentence", evidence=0.3),
    LegSpec(TERMS, "Same words", "terms", "terms", (FIGURE, ITEM)),
)
"""In the order in which legs are listed."""

LEGS: Final = tuple(leg.name for leg in LEG_SPECS)
LABELS: Final = {leg.name: leg.label for leg in LEG_SPECS}
EVIDENCE: Final = {leg.name: leg.evidence for leg in LEG_SPECS if leg.evidence}
PICTURE_QUERY_LEGS: Final = tuple(leg.name for leg in LEG_SPECS if leg.for_picture_queries)
