"""The sentences of an issue that refer to a figure: by its number ("Figure 3 shows ..."), or by its position.

Such sentences often describe the picture. A number is that of the figure's own caption. A direction counts in the
paragraph beside the figure: "the plot below" in the one before it, "as seen above" in the one after it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from explorer.archive.html import labels
from explorer.archive.html.labels import Kind, fold, is_cjk, names_pattern
from explorer.catalog.records import FigureRecord, ItemRecord
from explorer.representation.fields import sentences_of

MAX_SENTENCES = 6  # of one figure; the first ones introduce it
MAX_RANGE = 20
MAX_DIGITS = 9  # of the ends of a range
MAX_OWN_CHARS = 200

# Names of figures as in captions, and inflected as in running text; plural names announce a range. A name of Chinese
# characters may have other characters directly before and after it.
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


def find_references(figures: Iterable[FigureRecord], items: Iterable[ItemRecord]) -> dict[str, str]:
    """Return the sentences that refer to each figure, in order, by the id of the figure.

    `figures` and `items` must be all those of their issues. If several figures of an issue have the same number, as in
    a magazine whose articles number their own figures, a sentence refers to the figure of its item.
    """
    figures_of_issue, items_of_issue = defaultdict(list), defaultdict(list)
    for figure in figures:
        figures_of_issue[figure.issue_id].append(figure)
    for item in items:
        items_of_issue[item.issue_id].append(item)
    references = chain.from_iterable(
        _references_in_issue(issue_figures, items_of_issue[issue])
        for issue, issue_figures in figures_of_issue.items()
    )
    return {figure_id: " ".join(sentences) for figure_id, sentences in references}


def referenced_numbers(text: str) -> set[str]:
    """Return the numbers of figures in a text: `Figs. 3-5 and 7a` are 3, 4, 5 and 7a, `Plate 2` is plate 2."""
    if not _MAY_NAME.search(text):
        return set()
    folded = fold(text)
    matches = chain(_NAMED.finditer(folded), _NAMED_AFTER.finditer(folded))
    return set(chain.from_iterable(map(_numbers_of_match, matches)))


def caption_numbers(caption: str | None) -> set[str]:
    """Return the figure numbers at the beginning of a caption."""
    folded = fold((caption or "")[:MAX_OWN_CHARS]).lstrip(" ([<*_【［〈《「")
    match = _NAMED.match(folded) or _NAMED_AFTER.match(folded)
    return _numbers_of_match(match) if match else set()


def _references_in_issue(
    figures: Sequence[FigureRecord], items: Sequence[ItemRecord]
) -> Iterator[tuple[str, list[str]]]:
    numbers_of_figure = {figure.id: caption_numbers(figure.caption) for figure in figures}
    counts = Counter(chain.from_iterable(numbers_of_figure.values()))
    index = _SentenceIndex(items) if counts else _SentenceIndex(())
    for figure in figures:
        sentences_by_number = (
            index.sentences_of(number, None if counts[number] == 1 else figure.item_id)
            for number in numbers_of_figure[figure.id]
        )
        by_number = [
            sentence
            for _, sentence in sorted(chain.from_iterable(sentences_by_number))
            if sentence != figure.caption
        ]
        sentences = [
            *_pointing_sentences(_BELOW, figure.before),
            *by_number,
            *_pointing_sentences(_ABOVE, figure.after),
        ]
        if sentences:
            yield figure.id, list(dict.fromkeys(sentences))[:MAX_SENTENCES]


class _SentenceIndex:
    """The first sentences with each figure number, within each item and within the issue."""

    def __init__(self, items: Iterable[ItemRecord]) -> None:
        self._positions: dict[tuple[str, str | None], dict[str, int]] = defaultdict(dict)
        for position, (item_id, sentence, numbers) in enumerate(_sentences_with_numbers(items)):
            for number in numbers:
                for scope in (item_id, None):
                    positions = self._positions[number, scope]
                    if len(positions) <= MAX_SENTENCES:  # one of them may be the caption itself
                        positions.setdefault(sentence, position)

    def sentences_of(self, number: str, item_id: str | None) -> Iterator[tuple[int, str]]:
        """Yield the sentences with a figure number, with their positions, of an item or of all items (None)."""
        for sentence, position in self._positions.get((number, item_id), {}).items():
            yield position, sentence


def _sentences_with_numbers(items: Iterable[ItemRecord]) -> Iterator[tuple[str, str, set[str]]]:
    """Yield the sentences with figure numbers, each with the id of its item and the numbers; `7a` is a part of 7."""
    for item in items:
        for sentence in sentences_of(item.text):
            if numbers := referenced_numbers(sentence):
                yield (
                    item.id,
                    sentence,
                    numbers | {number.rstrip("abcdefghijklmnopqrstuvwxyz") for number in numbers},
                )


def _pointing_sentences(direction: re.Pattern[str], paragraph: str | None) -> list[str]:
    return [sentence for sentence in sentences_of(paragraph or "") if direction.search(sentence)]


def _numbers_of_match(match: re.Match[str]) -> set[str]:
    groups = match.groupdict()
    name = groups["name"] or groups["cjk"]
    kind = labels.kinds()[" ".join(name.split())] if name else Kind.FIGURE
    numbers = groups.get("placed") or groups["numbers"]
    result: set[str] = set()
    for part in re.split(_FURTHER, numbers):
        ends = re.split(_THROUGH, part)
        is_range = groups.get("several") or "several" not in groups
        if len(ends) == 2 and is_range and all(end.isdigit() and len(end) <= MAX_DIGITS for end in ends):
            first, last = map(int, ends)
            result |= {str(number) for number in range(first, min(last, first + MAX_RANGE) + 1)}
        elif part:
            result.add("-".join(ends))  # `Figure 2-4` is the fourth of a second chapter
    return result if kind is Kind.FIGURE else {f"{kind} {number}" for number in result}
