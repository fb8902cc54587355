"""What is a picture but no figure: badges, icons, avatars, spacers, emoji, equations. Each rule is a row."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from explorer.archive.addresses import host_of

# At most this many pixels on its longer side, and a picture is an icon or a spacer.
ICON_SIDE_PX = 32


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a rule may look at: the address and the attributes of the picture, and where it stands."""

    address: str
    alt: str | None
    classes: str  # of the picture and of the elements that hold nothing but it, lower case
    width: float | None  # px, as declared
    height: float | None
    in_chrome: bool  # navigation, page header, footer
    in_figure: bool  # inside a <figure> or its like
    in_data_table: bool  # in the head of a table with more rows than one of captions
    in_sentence: bool  # words of the same paragraph stand before and after it


@dataclass(frozen=True, slots=True)
class Rule:
    """A reason, and which pictures it holds for."""

    reason: str
    applies: Callable[[Candidate], bool]


_BADGE_HOSTS = re.compile(
    r"(?:^|\.)(?:shields\.io|badge\.fury\.io|badgen\.net|travis-ci\.(?:org|com)|codecov\.io|coveralls\.io|"
    r"circleci\.com|appveyor\.com|mybinder\.org|zenodo\.org|readthedocs\.org|app\.netlify\.com|deepsource\.io)$"
)
_BADGE_PATHS = re.compile(r"/badges?/|/badge\.svg|colab-badge|/workflows?/[^/]+/badge", re.I)
_AVATAR = re.compile(
    r"gravatar\.com/|(?:^|[\s_/-])(?:avatars?|userpic|profile-pic(?:ture)?)(?:$|[\s_./-])", re.I
)
_EMOJI = re.compile(r"twemoji|/emoji/|wp-smiley|joypixels|(?:^|\s)emoji(?:$|\s)|/smilies/", re.I)
_TRACKER = re.compile(
    r"feedburner|google-analytics|doubleclick|/pixel\.(?:gif|png)|[/_]pixel\?|list-manage\.com/track|/open\.aspx|"
    r"(?:^|[/_-])(?:spacer|blank|clear|transparent|1x1|dot)\.(?:gif|png)|stats\.wordpress\.com|/tracking/",
    re.I,
)
_ICON_CLASS = re.compile(r"(?:^|[\s_-])(?:icons?|fa|social|share|anchor|permalink)(?:$|[\s_-])")
_EQUATION = re.compile(
    r"(?:^|[\s_/-])(?:latex|mathjax|mwe-math|equation|math|tex\d*)(?:$|[\s_./-])|codecogs\.com|/mathmpl/|chart\.apis\.google",
    re.I,
)
_LATEX = re.compile(
    r"\\(?:frac|sum|int|sqrt|alpha|beta|Delta|pi|log|mathbf|left|begin|cdot|times)\b|\^\{|_\{"
)


_FILM = re.compile(r"\.(?:mp4|m4v|webm|mov|ogv|avi|mp3|m4a|wav|ogg)(?:[?#].{0,8000})?$", re.I)


def _at_most(candidate: Candidate, side_px: float) -> bool:
    sides = [side for side in (candidate.width, candidate.height) if side is not None]
    return (len(sides) == 2 and max(sides) <= side_px) or sides == [0.0]


def _is_badge(candidate: Candidate) -> bool:
    return bool(_BADGE_HOSTS.search(host_of(candidate.address)) or _BADGE_PATHS.search(candidate.address))


def _is_drop_cap(candidate: Candidate) -> bool:
    return not candidate.in_figure and bool(re.fullmatch(r"[A-Z]", candidate.alt or ""))


def _is_equation(candidate: Candidate) -> bool:
    marked = _EQUATION.search(candidate.classes) or _EQUATION.search(candidate.address)
    return not candidate.in_figure and bool(
        _LATEX.search(candidate.alt or "") or (marked and candidate.in_sentence)
    )


RULES = (
    Rule("tracking pixel or spacer", lambda it: _at_most(it, 3) or bool(_TRACKER.search(it.address))),
    Rule("site chrome", lambda it: it.in_chrome),
    Rule("film or sound", lambda it: bool(_FILM.search(it.address))),
    Rule("badge", _is_badge),
    Rule("emoji", lambda it: bool(_EMOJI.search(it.address) or _EMOJI.search(it.classes))),
    Rule(
        "avatar",
        lambda it: not it.in_figure and bool(_AVATAR.search(it.address) or _AVATAR.search(it.classes)),
    ),
    Rule(
        "icon",
        lambda it: _at_most(it, ICON_SIDE_PX) or (not it.in_figure and bool(_ICON_CLASS.search(it.classes))),
    ),
    Rule("equation", _is_equation),
    Rule("initial letter", _is_drop_cap),
    Rule("drawing inside a table head", lambda it: it.in_data_table and not it.alt),
)


def reason_to_leave_out(candidate: Candidate) -> str | None:
    """Why the picture is no figure; None when it is one."""
    return next((rule.reason for rule in RULES if rule.applies(candidate)), None)
