"""The kind of the picture of a figure: what its pixels look like, and what its caption and alt text call it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import exp, log
from typing import Final

from explorer.catalog.filters import PICTURE_KINDS, UNSURE

_WORDS: Final = {
    "photo": r"photo(?:s|graph\w*)?|snapshot|selfie|headshot|foto\w*",
    "drawing": r"drawings?|illustrations?|sketch(?:es)?|cartoons?|paintings?|engravings?|woodcuts?|icons?|logos?|comics?"
    r"|clip ?art|posters?|zeichnung\w*|dessins?|dibujos?|ilustraci[oó]n\w*",
    "plot": r"plots?|charts?|graphs?|histograms?|curves?|heat ?maps?|scatter ?plots?|box ?plots?|diagramm\w*|gr[aá]fic[oa]s?"
    r"|graphiques?",
    "diagram": r"diagrams?|flow ?charts?|schematics?|schema|architecture|workflow|venn|(?:mind|site|journey) ?maps?"
    r"|organi[sz]ation charts?|diagramas?|sch[eé]mas?|esquemas?",
    "table": r"tables?|spreadsheets?|matrix|tabellen?|tableaux?|tablas?",
    "screenshot": r"screen ?shots?|screen ?captures?|screen ?grabs?|screens?|home ?pages?|web ?pages?|web ?sites?|interface"
    r"|dialogs?|mock-?ups?|captures? d['’][eé]cran|pantallazos?|bildschirmfotos?",
    "map": r"maps?|floor ?plans?|atlas|landkarten?|stadtpl[aä]n\w*|cartes?|mapas?",
}
# A name of two words is found before its second word: a heat map is no map, and a flow chart no chart.
_NAMED: Final = re.compile(
    rf"\b(?:{'|'.join(f'(?P<{kind}>{words})' for kind, words in _WORDS.items())})\b", re.IGNORECASE
)
FIRST_NAMED: Final = 2.0
"""Logarithm of the odds that a text adds to the first kind that it names; later ones get the half."""
MIN_PROBABILITY: Final = 0.6
"""A less probable kind is UNSURE. Both constants were chosen on the archives of docs/measured.md."""


def kind_of(probabilities: Sequence[float], texts: Iterable[str | None]) -> str:
    """Return the kind of a picture, or UNSURE.

    Args:
        probabilities: The probability of each of PICTURE_KINDS by its pixels.
        texts: What is written about the picture.
    """
    scores = dict(zip(PICTURE_KINDS, (log(max(share, 1e-4)) for share in probabilities), strict=True))
    for place, kind in enumerate(_named_kinds(texts)):
        scores[kind] += FIRST_NAMED if place == 0 else FIRST_NAMED / 2
    best = max(scores, key=scores.__getitem__)
    share = 1 / sum(exp(score - scores[best]) for score in scores.values())
    return best if share >= MIN_PROBABILITY else UNSURE


def _named_kinds(texts: Iterable[str | None]) -> Iterable[str]:
    """Return the kinds that texts name, each once, in their order."""
    matches = (match for text in texts if text for match in _NAMED.finditer(text))
    return dict.fromkeys(str(match.lastgroup) for match in matches)
