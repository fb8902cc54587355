"""Filters for pictures that are no figures: badges, icons, avatars, spacers, emoji, equations. Each rule is a row.

Some rules are certain: a declared size of one pixel, the host of a badge service. Others match only a word in a name or
class. They do not apply if the page has a caption for the picture, or if it is larger than such pictures are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from explorer.archive.html.drawings import Outline
from explorer.archive.links.addresses import Size, host_of

# Maximum longer side of an icon or spacer.
ICON_SIDE_PX = 32
# Beside text larger pictures are pictograms too; within a sentence or if repeated, still larger ones.
PICTOGRAM_SIDE_PX = 64
ORNAMENT_SIDE_PX = 128
MIN_ORNAMENT_OCCURRENCES = 5
# An inline drawing that is lower or narrower is an icon or a line.
MIN_DRAWING_SIDE_PX = 64


@dataclass(frozen=True, slots=True)
class Candidate:
    """The input of the rules: address and attributes of a picture, and its context."""

    address: str
    alt: str | None
    classes: str  # of the picture and of the elements that contain only it, lower case
    width: float | None  # px, as declared
    height: float | None
    in_chrome: bool  # navigation, page header, footer
    # "words" or "empty", the content upon a background; "no" for a background that is a picture; "" for no background.
    background: str
    in_link_card: bool  # in a card that presents another page
    in_figure: bool  # inside a <figure> or similar element
    in_data_table: bool  # in the head of a table with more than two rows
    in_sentence: bool  # text of the same paragraph is before and after it
    has_words_beside: bool  # text of the same paragraph is before or after it
    occurrences: int  # in the document
    link: str  # address and texts of the link around it
    outer_classes: str  # classes and ids of the elements around it, lower case
    outline: Outline | None  # of an inline drawing
    is_captioned: Callable[[], bool]  # whether the page marks a caption for it
    actual_size: Callable[[], Size | None]  # of its file in pixels, if it can be opened

    def shown_size(self) -> tuple[float, float] | None:
        """Return the declared width and height, else those of its file; None if neither is known."""
        width, height = self.width, self.height
        if width and height:
            return width, height
        actual = self.actual_size()
        if actual is None or not (width or height):
            return actual or ((width or height or 0.0,) * 2 if width or height else None)
        scale = width / actual[0] if width else (height or 0.0) / actual[1]
        return actual[0] * scale, actual[1] * scale


@dataclass(frozen=True, slots=True)
class Rule:
    """A reason, and the pictures to which it applies.

    A rule with `outgrown` is uncertain: it does not apply to pictures with a caption, nor to sizes for which
    `outgrown` is true.
    """

    reason: str
    applies: Callable[[Candidate], bool]
    outgrown: Callable[[float, float], bool] | None = None

    def excludes(self, candidate: Candidate) -> bool:
        """Return whether the picture is no figure by this rule."""
        if not self.applies(candidate):
            return False
        if self.outgrown is None:
            return True
        size = candidate.shown_size()
        return not ((size is not None and self.outgrown(*size)) or candidate.is_captioned())


_BADGE_HOSTS = re.compile(
    r"(?:^|\.)(?:shields\.io|badge\.fury\.io|badgen\.net|travis-ci\.(?:org|com)|codecov\.io|coveralls\.io|"
    r"circleci\.com|appveyor\.com|mybinder\.org|zenodo\.org|readthedocs\.org|app\.netlify\.com|deepsource\.io)$"
)
_BADGE_FILES = re.compile(r"/badge\.svg|colab-badge|/workflows?/[^/]+/badge", re.I)
_BADGE_FOLDER = re.compile(r"/badges?/", re.I)
_AVATAR = re.compile(
    r"gravatar\.com/|(?:^|[\s_/-])(?:avatars?|userpic|profile-pic(?:ture)?)(?:$|[\s_./-])", re.I
)
_EMOJI = re.compile(r"twemoji|/emoji/|wp-smiley|joypixels|(?:^|\s)emoji(?:$|\s)|/smilies/", re.I)
_TRACKER = re.compile(
    r"feedburner|google-analytics|doubleclick|[/_]pixel\?|list-manage\.com/track|/open\.aspx|stats\.wordpress\.com",
    re.I,
)
_SPACER = re.compile(
    r"/pixel\.(?:gif|png)|(?:^|[/_-])(?:spacer|blank|clear|transparent|1x1|dot)\.(?:gif|png)|/tracking/", re.I
)
_ICON_CLASS = re.compile(r"(?:^|[\s_-])(?:icons?|fa|social|share|anchor|permalink)(?:$|[\s_-])")
_EQUATION = re.compile(
    r"(?:^|[\s_/-])(?:latex|mathjax|mwe-math|equation|math|tex\d*)(?:$|[\s_./-])|codecogs\.com|/mathmpl/|chart\.apis\.google",
    re.I,
)
_LATEX = re.compile(
    r"\\(?:frac|sum|int|sqrt|alpha|beta|Delta|pi|log|mathbf|left|begin|cdot|times)\b|\^\{|_\{"
)
_PROSE = re.compile(r"(?<![\\\w])[^\W\d_]{3,}")
_FILM_OR_SOUND = re.compile(r"\.(?:mp4|m4v|webm|mov|ogv|avi|mp3|m4a|wav|ogg)(?:[?#].{0,8000})?$", re.I)


# Addresses for sharing a page; https://github.com/bradvin/social-share-urls lists most of them.
_SHARE = re.compile(
    r"(?:twitter|x)\.com/(?:intent|share|home\?status)|facebook\.com/(?:sharer?|dialog)|linkedin\.com/(?:sharearticle|sharing|cws)|"
    r"wa\.me/\?|whatsapp:|api\.whatsapp\.com|(?:^|/)(?:t|telegram)\.me/share|reddit\.com/(?:r/\w{1,50}/)?submit|"
    r"pinterest\.\w+/pin/create|news\.ycombinator\.com/submit|tumblr\.com/(?:share|widgets/share)|vk\.com/share|"
    r"getpocket\.com/|bsky\.app/intent|line\.me/|service\.weibo\.com/share|b\.hatena\.ne\.jp/|xing\.com/(?:spi|social)|"
    r"addtoany\.com|addthis\.com|sharethis\.com|flipboard\.com/|mastodon\S{0,40}/share|threads\.net/intent|"
    r"^(?:mailto|sms|viber|fb-messenger):|^javascript:.{0,80}(?:print|share)|"
    r"^(?:share|tweet|pin it|print|teilen|drucken|partager|imprimer|compartir|condividi|delen|udostępnij|поделиться|分享|シェア)"
    r"(?:\s(?:this|it|on|via|by|to|with|auf|per|bei|sur|par|en|su|op|w|в)\b.{0,40})?$",
    re.IGNORECASE | re.MULTILINE,
)
_PROFILE = re.compile(
    r"^(?:https?:)?//(?:www\.|\w\w\.)?(?:facebook|twitter|x|instagram|linkedin|youtube|pinterest|tiktok|threads|github|flickr|"
    r"tumblr|vk|xing|bsky|t|mastodon)\.(?:com|net|app|me|social)/(?:company/|in/|user/|channel/|c/|pages/|profile/|@)?"
    r"(?!watch|playlist|embed|hashtag)(?:profile\.php\?[^\s]{0,100}|[^/?#\s]{0,100}/?)(?:\?(?:utm|ref|lang|hl|igsh)\S{0,200})?$",
    re.IGNORECASE | re.MULTILINE,
)
_SHARE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:share|sharing|shares|social|socials|follow|followus|addtoany|sharedaddy|addthis|sharethis|a2a)(?:$|[\s_-])"
)


# Link cards of Ghost, Notion, Substack, Discourse, WordPress and others; their pictures come from https://ogp.me.
LINK_CARD = re.compile(
    r"(?:^|[\s_-])(?:bookmark(?:-card)?|link-?(?:card|preview|block)|onebox|embedded-(?:post|publication)(?:-wrap)?|"
    r"digest-post-embed|post-embed|rich-link|url-?card|oembed-card|wp-embed|card-link|embed__(?:content|image)|mixtape(?:embed|image)|blog-?card|"
    r"oglink|external-article-widget)(?:$|[\s_-])"
)


def _at_most(candidate: Candidate, side_px: float) -> bool:
    """Return whether a picture is declared to be at most this large, perhaps by one side only."""
    sides = [side for side in (candidate.width, candidate.height) if side is not None]
    if len(sides) == 1 and sides[0]:
        return sides[0] <= side_px and max(candidate.shown_size() or sides) <= side_px
    return (len(sides) == 2 and max(sides) <= side_px) or sides == [0.0]


def _is_pictogram(candidate: Candidate) -> bool:
    """Return whether a picture is small and beside text, or small and repeated."""
    is_ornament = candidate.occurrences >= MIN_ORNAMENT_OCCURRENCES
    if candidate.in_figure or not (candidate.has_words_beside or is_ornament):
        return False
    size = candidate.shown_size()
    largest = ORNAMENT_SIDE_PX if is_ornament or candidate.in_sentence else PICTOGRAM_SIDE_PX
    return size is not None and max(size) <= largest


def _is_glyph(candidate: Candidate) -> bool:
    """Return whether an inline drawing is small, or has too few shapes for a figure."""
    outline = candidate.outline
    if outline is None:
        return False
    declared = [side for side in (candidate.width, candidate.height) if side is not None]
    sides = declared or outline.box
    if sides and min(sides) < MIN_DRAWING_SIDE_PX:
        return True
    max_shapes = 12 if candidate.link else 3
    return not declared and not candidate.in_figure and outline.only_shapes and outline.shapes <= max_shapes


def _is_share_button(candidate: Candidate) -> bool:
    if candidate.in_figure:
        return False
    is_linked = bool(_SHARE.search(candidate.link) or _PROFILE.search(candidate.link))
    return is_linked or bool(candidate.link and _SHARE_CLASS.search(candidate.outer_classes))


def _is_badge(candidate: Candidate) -> bool:
    return bool(_BADGE_HOSTS.search(host_of(candidate.address)) or _BADGE_FILES.search(candidate.address))


def _is_drop_cap(candidate: Candidate) -> bool:
    return not candidate.in_figure and bool(re.fullmatch(r"[A-Z]", candidate.alt or ""))


def _is_formula(candidate: Candidate) -> bool:
    alt = candidate.alt or ""
    return not candidate.in_figure and bool(_LATEX.search(alt)) and len(_PROSE.findall(alt)) < 4


def _is_equation(candidate: Candidate) -> bool:
    has_mark = _EQUATION.search(candidate.classes) or _EQUATION.search(candidate.address)
    has_latex = bool(_LATEX.search(candidate.alt or ""))
    return not candidate.in_figure and (has_latex or (bool(has_mark) and candidate.in_sentence))


def _has_figure_size(width: float, height: float) -> bool:
    """Return whether figures have such a size: icons and portraits are square and smaller."""
    short, long = sorted((width, height))
    return short >= 100 and (long >= 600 or (long >= 200 and long >= 1.2 * short))


def _never(width: float, height: float) -> bool:  # noqa: ARG001
    """Return False: for pictures that are small anyway, only a caption makes a figure."""
    return False


RULES = (
    Rule(
        "tracking pixel or spacer",
        lambda candidate: _at_most(candidate, 3) or bool(_TRACKER.search(candidate.address)),
    ),
    Rule(
        "tracking pixel or spacer",
        lambda candidate: bool(_SPACER.search(candidate.address)),
        outgrown=lambda width, height: min(width, height) >= 64,
    ),
    Rule("site chrome", lambda candidate: candidate.in_chrome),
    Rule("card of another page", lambda candidate: candidate.in_link_card),
    Rule(
        "background",
        lambda candidate: candidate.background in {"words", "empty"} and not candidate.in_figure,
        outgrown=lambda width, height: min(width, height) >= 100 and max(width, height) >= 200,
    ),
    Rule("film or sound", lambda candidate: bool(_FILM_OR_SOUND.search(candidate.address))),
    Rule("badge", _is_badge),
    Rule(
        "badge",
        lambda candidate: bool(_BADGE_FOLDER.search(candidate.address)),
        outgrown=lambda width, height: min(width, height) >= 120,
    ),
    Rule(
        "emoji",
        lambda candidate: bool(_EMOJI.search(candidate.address) or _EMOJI.search(candidate.classes)),
        outgrown=lambda width, height: min(width, height) >= 200,
    ),
    Rule(
        "avatar",
        lambda candidate: (
            not candidate.in_figure
            and bool(_AVATAR.search(candidate.address) or _AVATAR.search(candidate.classes))
        ),
        outgrown=_has_figure_size,
    ),
    Rule("icon", lambda candidate: _at_most(candidate, ICON_SIDE_PX)),
    Rule(
        "icon",
        lambda candidate: not candidate.in_figure and bool(_ICON_CLASS.search(candidate.classes)),
        outgrown=_has_figure_size,
    ),
    Rule("share button", _is_share_button, outgrown=_has_figure_size),
    Rule("icon", _is_glyph, outgrown=_never),
    Rule("equation", _is_formula),
    Rule("equation", _is_equation, outgrown=lambda _, height: height >= 150),
    Rule("initial letter", _is_drop_cap, outgrown=_has_figure_size),
    Rule("drawing inside a table head", lambda candidate: candidate.in_data_table and not candidate.alt),
    Rule("pictogram", _is_pictogram, outgrown=_never),
)


def exclusion_reason(candidate: Candidate) -> str | None:
    """Return why a picture is no figure; None if it is one."""
    return next((rule.reason for rule in RULES if rule.excludes(candidate)), None)
