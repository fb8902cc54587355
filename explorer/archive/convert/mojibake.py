"""The one breakage ftfy cannot undo: UTF-8 read as Greek by a tool that then dropped the unprintable bytes.

Read as ISO 8859-7, the punctuation of UTF-8 (E2 80 xx) becomes a beta and two bytes, of which those in 80-9F
were dropped: quotes, apostrophes and dashes are all a bare `β`. An emoji (F0 9F xx xx) is a `π` and whatever
of it was printable. What a beta stood for is read from its place in the line; an emoji is lost for good.
"""

from __future__ import annotations

import re

_CONTRACTION = re.compile(r"(?<=[A-Za-z])β(?=(?:s|t|m|d|re|ve|ll)\b)")
_GREEK_WORD = re.compile(r"[Α-Ωα-ωά-ώ]{3,}")
_FOREIGN_RUN = re.compile(r"[^\x00-\x7f]+")
_REST_OF_EMOJI = re.compile(r"[^\x00-\x7f]*+(?:\s++(?=[)\]]))?")
_DASH = re.compile(r"(?<=\s)β(?=\s)")


def mend_lossy_greek(text: str) -> str:
    """`text` with such breakage undone; any other text unchanged."""
    if not _is_lossy_greek(text):
        return text
    text = _FOREIGN_RUN.sub(_read_again, text)
    text = text.replace("β¦", "…").replace("β’", "•").replace("Β ", " ")
    return "\n".join(_mend_line(line) for line in text.split("\n"))


def _is_lossy_greek(text: str) -> bool:
    """Two English contractions around a beta and no Greek word: no living text looks like that."""
    return len(_CONTRACTION.findall(text)) >= 2 and not _GREEK_WORD.search(text)


def _read_again(run: re.Match[str]) -> str:
    """A run all of whose bytes survived is simply read in the right encoding."""
    try:
        return run[0].encode("iso-8859-7").decode("utf-8")
    except UnicodeError:
        return run[0]


def _mend_line(line: str) -> str:
    line = _without_emojis(line)
    line = _DASH.sub("–", _CONTRACTION.sub("’", line))
    return _mend_quotes(line)


def _without_emojis(line: str) -> str:
    """A line without each `π`, what was left of its emoji, and the blanks before it."""
    words, *rests = line.split("π")
    kept = [words, *(rest[_end_of_emoji(rest) :] for rest in rests)]
    return "".join([*(part.rstrip() for part in kept[:-1]), kept[-1]])


def _end_of_emoji(rest: str) -> int:
    found = _REST_OF_EMOJI.match(rest)
    return found.end() if found else 0


def _mend_quotes(line: str) -> str:
    is_open = False

    def mend(beta: re.Match[str]) -> str:
        nonlocal is_open
        after_word = line[max(0, beta.start() - 1) : beta.start()].isalnum()
        before_word = line[beta.end() : beta.end() + 1].isalnum()
        if before_word and not after_word:
            is_open = True
            return "“"
        if is_open and not before_word:
            is_open = False
            return "”"
        return "’"

    return re.sub("β", mend, line)
