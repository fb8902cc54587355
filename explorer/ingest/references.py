"""The sentences of an issue that refer to a figure: by its number ("Figure 3 shows ..."), or by where it stands.

Authors say there what is to be seen. A number is that of the figure's own caption; a direction counts in the
paragraph that it leads out of: "the plot below" before the figure, "as seen above" after it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from explorer.archive.html import labels
from explorer.archive.html.labels import Kind, fold, is_cjk, names_pattern
from explorer.catalog.records import FigureRecord, ItemRecord
from explorer.search.sentences import sentences_of

MOST = 6  # sentences of one figure; those that come first introduce it
MOST_IN_RANGE = 20
MAX_DIGITS = 9  # of the ends of a range
MAX_OWN_CHARS = 200

# Names as captions have them, and as running text inflects them; those of several announce a range. A name of
# Chinese characters may stand in the midst of others.
_SEVERAL = names_pattern(labels.plural_names())
_INFLECTED = rf"{names_pattern(labels.inflected_stems())}[^\W\d_]*+|{names_pattern(labels.inflected_names())}"
_NAME = names_pattern(labels.caption_names())
_IDEOGRAPHIC = names_pattern(name for name in labels.caption_names() if is_cjk(name[0]))
_AFTER = names_pattern(labels.names_after_numbers())
_AFTER_STEM = names_pattern(labels.stems_after_numbers())
_NUMBER = r"(?:[a-z]\.?)?\d+(?:\.\d+)*(?:[a-z]\b)?"
_ROMAN = r"[ivxlc]+\b"
_THROUGH = r"\s*(?:[-–~～至]|から|\b(?:to|through|bis|tot|до|по|έως)\b)\s*"
_AND = "and|und|et|y|e|i|en|och|og|ja|es|a|и|та|і|και|و|ve|ir|un|si|eta|dan|va"
_FURTHER = rf"\s*+(?:(?:[,;&、和与與及と및]|(?<=\s)(?:{_AND})(?=\s))\s*+)++"
_NAMED = re.compile(
    rf"(?:(?<![^\W\d_])(?:(?P<several>{_SEVERAL})|(?P<name>{_NAME})|{_INFLECTED})(?![^\W\d_])\.?|(?P<cjk>{_IDEOGRAPHIC}))"
    rf"\s*(?:(?:no|nr|n)\.?\s*|رقم\s*|so\s+)?[(\[]?\s*"
    rf"(?P<numbers>{_NUMBER}(?:(?:{_THROUGH}|{_FURTHER}){_NUMBER})*|{_ROMAN})"
)
_NAMED_AFTER = re.compile(
    rf"(?:第\s*(?P<placed>\d+)\s*(?P<cjk>{_IDEOGRAPHIC})"
    rf"|(?<![\w.])(?P<numbers>\d{{1,4}}(?:\.\d{{1,4}}){{0,3}}(?:{_THROUGH}\d{{1,4}})?)(?:\.\s*|\s*-\s*|\s+)"
    rf"(?:(?P<name>{_AFTER})|{_AFTER_STEM}[^\W\d_]*+)(?!\w))"
)
_MAY_NAME = re.compile(r"\d|\b[IVXLC]+\b")

_NOUN = (
    r"(?:figures?|images?|pictures?|photos?|photographs?|plots?|charts?|graphs?|graphics?|diagrams?|maps?|drawings?|"
    r"screenshots?|illustrations?|engravings?|cuts?|examples?|tables?)"
)
_POINTED = r"(?:see|seen|shown|shows?|depicted|illustrated|presented|pictured|given|found|as|one|is|are)"
_BILD = r"(?:abbildung|bild|grafik|diagramm|karte|foto|zeichnung)"
_IMAGE = r"(?:figura?e?|imagen?|gr[aá]fic[oa]|graphique|photo|carte|diagram+[ae]?|schéma|mapa)"
_BELOW = re.compile(
    rf"\b(?:{_NOUN}|{_POINTED})\W+below\b|\bbelow\W+{_NOUN}\b|\(below\)|\bbelow\s*[.:]"
    rf"|\b(?:following|next|accompanying|annexed)\W+(?:\w+\W+)?{_NOUN}\b"
    rf"|\bunten\b|\b(?:folgende|nächste|nebenstehende)[nrs]?\W+{_BILD}"
    rf"|\bci-dessous\b|\b{_IMAGE}\W+(?:suivante?|siguiente)|\b(?:suivante?|siguiente)\W+{_IMAGE}"
    r"|\ba continuación\b|\babajo\b",
    re.IGNORECASE,
)
_ABOVE = re.compile(
    rf"\b(?:{_NOUN}|{_POINTED})\W+above\b|\babove\W+{_NOUN}\b|\(above\)|\babove\s*[.:]"
    rf"|\b(?:preceding|previous|last)\W+(?:\w+\W+)?{_NOUN}\b"
    rf"|\boben\b|\b(?:obige|vorige|letzte)[nrs]?\W+{_BILD}"
    rf"|\bci-dessus\b|\b{_IMAGE}\W+(?:précédente?|anterior)|\banterior\W+{_IMAGE}|\barriba\b",
    re.IGNORECASE,
)


def references(figures: Iterable[FigureRecord], items: Iterable[ItemRecord]) -> dict[str, str]:
    """By the id of each figure that is referred to, the sentences that do so, in their order.

    `figures` are all of their issues, and `items` too. Where several figures of an issue have one number, as in a
    magazine whose articles count their own, a sentence means the one of its item.
    """
    shown, written = defaultdict(list), defaultdict(list)
    for figure in figures:
        shown[figure.issue_id].append(figure)
    for item in items:
        written[item.issue_id].append(item)
    found = chain.from_iterable(_of_issue(ones, written[issue]) for issue, ones in shown.items())
    return {id: " ".join(sentences) for id, sentences in found}


def numbers_named(text: str) -> set[str]:
    """The numbers of the figures that a text names: `Figs. 3-5 and 7a` are 3, 4, 5 and 7a, `Plate 2` is plate 2."""
    if not _MAY_NAME.search(text):
        return set()
    folded = fold(text)
    found = chain(_NAMED.finditer(folded), _NAMED_AFTER.finditer(folded))
    return set(chain.from_iterable(map(_numbers, found)))


def own_numbers(caption: str | None) -> set[str]:
    """The numbers with which a caption begins, if it begins so."""
    folded = fold((caption or "")[:MAX_OWN_CHARS]).lstrip(" ([<*_【［〈《「")
    found = _NAMED.match(folded) or _NAMED_AFTER.match(folded)
    return _numbers(found) if found else set()


def _of_issue(
    figures: Sequence[FigureRecord], items: Sequence[ItemRecord]
) -> Iterator[tuple[str, list[str]]]:
    own = {figure.id: own_numbers(figure.caption) for figure in figures}
    counted = Counter(chain.from_iterable(own.values()))
    naming = _Naming(items) if counted else _Naming(())
    for figure in figures:
        named = (
            naming.sentences_of(number, None if counted[number] == 1 else figure.item_id)
            for number in own[figure.id]
        )
        by_number = [
            sentence for _, sentence in sorted(chain.from_iterable(named)) if sentence != figure.caption
        ]
        sentences = [*_pointing(_BELOW, figure.before), *by_number, *_pointing(_ABOVE, figure.after)]
        if sentences:
            yield figure.id, list(dict.fromkeys(sentences))[:MOST]


class _Naming:
    """The sentences that name figures, by the numbers that they name: the first of each, as many as count."""

    def __init__(self, items: Iterable[ItemRecord]) -> None:
        self._found: dict[tuple[str, str | None], dict[str, int]] = defaultdict(dict)
        for place, (item_id, sentence, numbers) in enumerate(_naming(items)):
            for number in numbers:
                for within in (item_id, None):
                    found = self._found[number, within]
                    if len(found) <= MOST:  # one of them may be the caption itself
                        found.setdefault(sentence, place)

    def sentences_of(self, number: str, item_id: str | None) -> Iterator[tuple[int, str]]:
        """The sentences of an item, or of all (None), that name a figure of this number; with their places."""
        for sentence, place in self._found.get((number, item_id), {}).items():
            yield place, sentence


def _naming(items: Iterable[ItemRecord]) -> Iterator[tuple[str, str, set[str]]]:
    """The sentences that name figures, each with its item and the numbers; `7a` is a part of 7."""
    for item in items:
        for sentence in sentences_of(item.text):
            if numbers := numbers_named(sentence):
                yield (
                    item.id,
                    sentence,
                    numbers | {number.rstrip("abcdefghijklmnopqrstuvwxyz") for number in numbers},
                )


def _pointing(direction: re.Pattern[str], paragraph: str | None) -> list[str]:
    return [sentence for sentence in sentences_of(paragraph or "") if direction.search(sentence)]


def _numbers(named: re.Match[str]) -> set[str]:
    groups = named.groupdict()
    name = groups["name"] or groups["cjk"]
    kind = labels.kinds()[" ".join(name.split())] if name else Kind.FIGURE
    numbers = groups.get("placed") or groups["numbers"]
    found: set[str] = set()
    for one in re.split(_FURTHER, numbers):
        ends = re.split(_THROUGH, one)
        is_range = groups.get("several") or "several" not in groups
        if len(ends) == 2 and is_range and all(end.isdigit() and len(end) <= MAX_DIGITS for end in ends):
            first, last = map(int, ends)
            found |= {str(number) for number in range(first, min(last, first + MOST_IN_RANGE) + 1)}
        elif one:
            found.add("-".join(ends))  # `Figure 2-4` is the fourth of a second chapter
    return found if kind is Kind.FIGURE else {f"{kind} {number}" for number in found}
