"""How sure the explorer is of a hit, and why, in words."""

from __future__ import annotations

from html import escape

from explorer.types import LABELS, Confidence, Hit

CONFIDENCE_WORDS = {
    Confidence.STRONG: "Strong match",
    Confidence.MAYBE: "Possible match",
    Confidence.WEAK: "Weak match",
}
_DOTS = {Confidence.STRONG: "●●●", Confidence.MAYBE: "●●○", Confidence.WEAK: "●○○"}


def confidence(hit: Hit) -> str:
    """HTML of the confidence; the dots only repeat what the words say."""
    if not hit.why:  # it passes the filters, and that is all that was asked
        return ""
    words, dots = CONFIDENCE_WORDS[hit.confidence], _DOTS[hit.confidence]
    return f'<span class="ax-confidence ax-{hit.confidence}"><span aria-hidden="true">{dots}</span> {words}</span>'


def why(hit: Hit) -> str:
    """HTML of a fold with every leg that found the hit, the most telling first, and the words that matched."""
    if not hit.why:
        return ""
    legs = sorted(hit.why.items(), key=lambda pair: -pair[1].deviation)
    rows = "".join(
        f"<tr><th scope='row'>{escape(LABELS.get(leg, leg))}</th><td>{reason.rank}</td>"
        f"<td>{reason.similarity:.2f}</td><td>{reason.deviation:+.1f}</td></tr>"
        for leg, reason in legs
    )
    matched = sorted({word.casefold() for words in hit.matched.values() for word in words})
    says = (
        f"<p>It says: {', '.join(f'<mark>{escape(word)}</mark>' for word in matched)}</p>" if matched else ""
    )
    return (
        f'<details class="ax-why"><summary>Why</summary>{says}<table><thead><tr><th scope="col">Compared by</th>'
        '<th scope="col"><abbr title="Its place among all that were compared so">Place</abbr></th>'
        '<th scope="col"><abbr title="How near it is to what was asked">Near</abbr></th>'
        '<th scope="col"><abbr title="How far it stands out, in standard deviations">Out</abbr></th>'
        f"</tr></thead><tbody>{rows}</tbody></table></details>"
    )
