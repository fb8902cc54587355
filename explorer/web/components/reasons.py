"""The confidence of a hit and its reasons, in words."""

from __future__ import annotations

from markupsafe import Markup

from explorer.types import LABELS, Confidence, Hit
from explorer.web.templating import render

CONFIDENCE_WORDS = {
    Confidence.STRONG: "Strong match",
    Confidence.MAYBE: "Possible match",
    Confidence.WEAK: "Weak match",
}
_DOTS = {Confidence.STRONG: "●●●", Confidence.MAYBE: "●●○", Confidence.WEAK: "●○○"}


def confidence(hit: Hit) -> Markup:
    """Return the confidence in words; nothing for a hit of a search by filters alone."""
    if not hit.why:
        return Markup()
    words, dots = CONFIDENCE_WORDS[hit.confidence], _DOTS[hit.confidence]
    return render("confidence.html", level=hit.confidence, words=words, dots=dots)


def explanation(hit: Hit) -> Markup:
    """Return a fold with the reasons why the hit was found."""
    return render("reasons.html", table=table(hit)) if hit.why else Markup()


def table(hit: Hit) -> Markup:
    """Return the legs that found the hit, the most telling first, and the words that matched."""
    if not hit.why:
        return Markup()
    by_deviation = sorted(hit.why.items(), key=lambda pair: -pair[1].deviation)
    legs = [(LABELS.get(leg, leg), reason) for leg, reason in by_deviation]
    matched = sorted({word.casefold() for words in hit.matched.values() for word in words})
    return render("reasons_table.html", legs=legs, matched=matched)
