"""Captions as labels: the figures of a library that have captions specific enough to search for them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from explorer.archive.html.caption_marks import is_descriptive
from explorer.archive.html.labels import without_label
from explorer.catalog.records import FigureRecord

# Maximum number of captions: more would hardly narrow the intervals, and take minutes.
MAX_LABELS = 500
# Two texts are equivalent if the longer one contains at least this share of the words of the shorter one.
SAME_WORDS = 0.8


@dataclass(frozen=True, slots=True)
class Labels:
    """Figures with specific captions, and the numbers of captions that were left out, by reason."""

    figures: tuple[FigureRecord, ...]
    left_out: Mapping[str, int]


def labels_of(figures: Iterable[FigureRecord], most: int = MAX_LABELS) -> Labels:
    """Return the figures with specific captions, or an even sample of `most` of them by id.

    Captions without a stored picture are left out, and those without content (`Figure 3`), and those of several
    different pictures. The same picture with the same caption in several issues is one label.
    """
    captioned = sorted((figure for figure in figures if figure.caption), key=lambda figure: figure.id)
    pictures: dict[str, set[str | None]] = defaultdict(set)
    for figure in captioned:
        pictures[normalize(figure.caption)].add(figure.sha256)
    labels: dict[str, FigureRecord] = {}
    left_out: Counter[str] = Counter()
    for figure in captioned:
        caption = normalize(figure.caption)
        if figure.sha256 is None:
            left_out["without a picture"] += 1
        elif not is_descriptive(without_label(figure.caption or "")):
            left_out["says nothing"] += 1
        elif len(pictures[caption]) > 1:
            left_out["shared by different pictures"] += 1
        elif caption in labels:
            left_out["copy of another"] += 1
        else:
            labels[caption] = figure
    sample = even_sample(list(labels.values()), most)
    if len(sample) < len(labels):
        left_out["not in the sample"] = len(labels) - len(sample)
    return Labels(sample, left_out)


def without_caption(figure: FigureRecord) -> FigureRecord:
    """Return the figure without its caption.

    An equivalent alt text is removed too, and the caption within the text around the figure.
    """
    caption = figure.caption or ""
    return replace(
        figure,
        caption=None,
        alt=None if _have_same_words(figure.alt, caption) else figure.alt,
        before=_without(figure.before, caption),
        after=_without(figure.after, caption),
    )


def normalize(text: str | None) -> str:
    """Return the words in lower case: captions with the same words are equal."""
    return " ".join(re.findall(r"\w+", (text or "").casefold()))


def even_sample(ordered: Sequence[FigureRecord], most: int) -> tuple[FigureRecord, ...]:
    """Return at most `most` figures, at equal distances."""
    count = min(most, len(ordered))
    return tuple(ordered[step * len(ordered) // count] for step in range(count))


def _have_same_words(first: str | None, second: str | None) -> bool:
    first_words, second_words = set(normalize(first).split()), set(normalize(second).split())
    return len(first_words & second_words) >= SAME_WORDS * min(len(first_words), len(second_words))


def _without(text: str | None, caption: str) -> str | None:
    """Return the text without the caption, ignoring case, or None if nothing is left."""
    pattern = re.escape(caption.rstrip(".")) or r"(?!)"
    return re.sub(pattern, " ", text or "", flags=re.IGNORECASE).strip() or None
