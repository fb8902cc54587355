"""Captions as labels: which figures of a library its own captions can ask for."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from explorer.archive.html.caption_marks import is_descriptive
from explorer.archive.html.labels import without_label
from explorer.catalog.records import FigureRecord

# Captions asked for at most: more would not narrow the intervals by much, and take minutes.
MOST = 500
# Of the words of the shorter of two texts, the share that the longer one has when both say the same.
SAME_WORDS = 0.8


@dataclass(frozen=True, slots=True)
class Labels:
    """Figures whose caption names them, and how many captions were left out, by reason."""

    figures: tuple[FigureRecord, ...]
    left_out: Mapping[str, int]


def labels_of(figures: Iterable[FigureRecord], most: int = MOST) -> Labels:
    """The captioned figures that can be asked for by their captions, an even sample by id if there are more.

    Left out are captions without a kept picture, those that say nothing (`Figure 3`), and those that different
    pictures share. The same picture with the same caption, in several issues, is one label.
    """
    captioned = sorted((one for one in figures if one.caption), key=lambda one: one.id)
    pictures: dict[str, set[str | None]] = defaultdict(set)
    for one in captioned:
        pictures[folded(one.caption)].add(one.sha256)
    labels: dict[str, FigureRecord] = {}
    left_out: Counter[str] = Counter()
    for one in captioned:
        caption = folded(one.caption)
        if one.sha256 is None:
            left_out["without a picture"] += 1
        elif not is_descriptive(without_label(one.caption or "")):
            left_out["says nothing"] += 1
        elif len(pictures[caption]) > 1:
            left_out["shared by different pictures"] += 1
        elif caption in labels:
            left_out["copy of another"] += 1
        else:
            labels[caption] = one
    sample = even_sample(list(labels.values()), most)
    if len(sample) < len(labels):
        left_out["not in the sample"] = len(labels) - len(sample)
    return Labels(sample, left_out)


def without_caption(figure: FigureRecord) -> FigureRecord:
    """Return the figure as if nobody had written its caption.

    An alt text that says the same is removed as well, and the caption in the text around the figure.
    """
    caption = figure.caption or ""
    return replace(
        figure,
        caption=None,
        alt=None if _say_the_same(figure.alt, caption) else figure.alt,
        before=_cut(figure.before, caption),
        after=_cut(figure.after, caption),
    )


def folded(text: str | None) -> str:
    """The words alone, in lower case: what makes two captions the same."""
    return " ".join(re.findall(r"\w+", (text or "").casefold()))


def even_sample(ordered: Sequence[FigureRecord], most: int) -> tuple[FigureRecord, ...]:
    """At most so many, in equal steps."""
    count = min(most, len(ordered))
    return tuple(ordered[step * len(ordered) // count] for step in range(count))


def _say_the_same(one: str | None, other: str | None) -> bool:
    words, others = set(folded(one).split()), set(folded(other).split())
    return len(words & others) >= SAME_WORDS * min(len(words), len(others))


def _cut(text: str | None, caption: str) -> str | None:
    """The text without the caption, whatever the case; None when nothing is left."""
    pattern = re.escape(caption.rstrip(".")) or r"(?!)"
    return re.sub(pattern, " ", text or "", flags=re.IGNORECASE).strip() or None
