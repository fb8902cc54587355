"""What stands between an opening and its end, found in one go: a text of openings alone costs no more than another."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DelimitedBlock:
    """An opening, its end, and how many characters may stand between them.

    What the named groups of the end match must be what those of the opening did.
    """

    opening: re.Pattern[str]
    end: re.Pattern[str]
    most: int

    def replaced(self, text: str, replacement: Callable[[re.Match[str], str], str]) -> str:
        """The text with each opening, up to the first end after it, replaced; `replacement` is given what they enclose."""
        ends: defaultdict[tuple[str, ...], list[re.Match[str]]] = defaultdict(list)
        for end in self.end.finditer(text):
            ends[self._names(end)].append(end)
        parts: list[str] = []
        position = 0
        for opening in self.opening.finditer(text) if ends else ():
            own = ends[self._names(opening)]
            place = bisect_left(own, opening.end(), key=_start)
            if opening.start() < position or place == len(own):
                continue
            end = own[place]
            if end.start() - opening.end() <= self.most:
                inside = text[opening.end() : end.start()]
                parts += [text[position : opening.start()], replacement(opening, inside)]
                position = end.end()
        return "".join([*parts, text[position:]])

    def _names(self, found: re.Match[str]) -> tuple[str, ...]:
        return tuple(found[name] for name in self.end.groupindex)


def _start(found: re.Match[str]) -> int:
    return found.start()
