"""What is a picture but no figure: badges, icons, avatars, spacers, emoji, equations. Each rule is a row.

Some rules are certain: a declared size of one pixel, the host of a service of badges. Others know only a word of a
name or a class; they hold unless the page captions the picture, or it is larger than such a thing ever is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from explorer.archive.html.drawings import Outline
from explorer.archive.html.picture_styles import Size
from explorer.archive.links.addresses import host_of

# At most this many pixels on its longer side, and a picture is an icon or a spacer.
ICON_SIDE_PX = 32
# Beside words larger ones are pictograms as well; within a sentence, or again and again, still larger ones.
PICTOGRAM_SIDE_PX = 64
ORNAMENT_SIDE_PX = 128
TIMES_OF_AN_ORNAMENT = 5
# A drawing of a page that is lower or narrower is an icon or a line, not a drawing of the author's.
MIN_DRAWING_SIDE_PX = 64


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a rule may look at: the address and the attributes of the picture, and where it stands."""

    address: str
    alt: str | None
    classes: str  # of the picture and of the elements that hold nothing but it, lower case
    width: float | None  # px, as declared
    height: float | None
    in_chrome: bool  # navigation, page header, footer
    background: (
        str  # "" for what is none, else what stands upon it: "words", "empty", or "no" where it is a picture
    )
    in_link_card: bool  # in a card that shows what another page is
    in_figure: bool  # inside a <figure> or its like
    in_data_table: bool  # in the head of a table with more rows than one of captions
    in_sentence: bool  # words of the same paragraph stand before and after it
    has_words_beside: bool  # words of the same paragraph stand before or after it
    times: int  # how often the document shows it
    link: str  # where the link around it leads, and what it says of that
    around: str  # classes and ids of the elements that hold it and little else, lower case
    outline: Outline | None  # of a drawing that stands in the page itself
    is_captioned: Callable[[], bool]  # whether a caption is marked as its own
    actual_size: Callable[[], Size | None]  # of its file in pixels, where that can be opened

    def shown_size(self) -> tuple[float, float] | None:
        """Width and height as declared, else as its file has them; None where neither is known."""
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
    """A reason, and which pictures it holds for.

    With `outgrown` it is a rule by a word: it gives way to a caption and to a size that is too large for it.
    """

    reason: str
    applies: Callable[[Candidate], bool]
    outgrown: Callable[[float, float], bool] | None = None

    def holds(self, candidate: Candidate) -> bool:
        """Whether the picture is no figure by this rule."""
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
_FILM = re.compile(r"\.(?:mp4|m4v|webm|mov|ogv|avi|mp3|m4a|wav|ogg)(?:[?#].{0,8000})?$", re.I)


# Who shares a page, and where: https://github.com/bradvin/social-share-urls lists most of them.
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


# Of Ghost, Notion, Substack, Discourse, WordPress and their kin: https://ogp.me is where their pictures come from.
LINK_CARD = re.compile(
    r"(?:^|[\s_-])(?:bookmark(?:-card)?|link-?(?:card|preview|block)|onebox|embedded-(?:post|publication)(?:-wrap)?|"
    r"digest-post-embed|post-embed|rich-link|url-?card|oembed-card|wp-embed|card-link|embed__(?:content|image)|mixtape(?:embed|image)|blog-?card|"
    r"oglink|external-article-widget)(?:$|[\s_-])"
)


def _at_most(candidate: Candidate, side_px: float) -> bool:
    """Whether a picture is declared to be so small, be it by one side alone."""
    sides = [side for side in (candidate.width, candidate.height) if side is not None]
    if len(sides) == 1 and sides[0]:
        return sides[0] <= side_px and max(candidate.shown_size() or sides) <= side_px
    return (len(sides) == 2 and max(sides) <= side_px) or sides == [0.0]


def _is_pictogram(candidate: Candidate) -> bool:
    """Small among words, or small and shown again and again."""
    is_ornament = candidate.times >= TIMES_OF_AN_ORNAMENT
    if candidate.in_figure or not (candidate.has_words_beside or is_ornament):
        return False
    size = candidate.shown_size()
    largest = ORNAMENT_SIDE_PX if is_ornament or candidate.in_sentence else PICTOGRAM_SIDE_PX
    return size is not None and max(size) <= largest


def _is_glyph(candidate: Candidate) -> bool:
    """A drawing in the page that is small, or of so few shapes that a page shows it in any size."""
    outline = candidate.outline
    if outline is None:
        return False
    declared = [side for side in (candidate.width, candidate.height) if side is not None]
    sides = declared or outline.box
    if sides and min(sides) < MIN_DRAWING_SIDE_PX:
        return True
    few = 12 if candidate.link else 3
    return not declared and not candidate.in_figure and outline.only_shapes and outline.shapes <= few


def _is_share_button(candidate: Candidate) -> bool:
    if candidate.in_figure:
        return False
    is_linked = bool(_SHARE.search(candidate.link) or _PROFILE.search(candidate.link))
    return is_linked or bool(candidate.link and _SHARE_CLASS.search(candidate.around))


def _is_badge(candidate: Candidate) -> bool:
    return bool(_BADGE_HOSTS.search(host_of(candidate.address)) or _BADGE_FILES.search(candidate.address))


def _is_drop_cap(candidate: Candidate) -> bool:
    return not candidate.in_figure and bool(re.fullmatch(r"[A-Z]", candidate.alt or ""))


def _is_formula(candidate: Candidate) -> bool:
    alt = candidate.alt or ""
    return not candidate.in_figure and bool(_LATEX.search(alt)) and len(_PROSE.findall(alt)) < 4


def _is_equation(candidate: Candidate) -> bool:
    marked = _EQUATION.search(candidate.classes) or _EQUATION.search(candidate.address)
    is_written = bool(_LATEX.search(candidate.alt or ""))
    return not candidate.in_figure and (is_written or (bool(marked) and candidate.in_sentence))


def _is_of_a_figure(width: float, height: float) -> bool:
    """Whether pictures of authors have that size: icons and portraits are square and smaller."""
    short, long = sorted((width, height))
    return short >= 100 and (long >= 600 or (long >= 200 and long >= 1.2 * short))


def _never(width: float, height: float) -> bool:  # noqa: ARG001
    """For what is small already: only a caption makes it a figure."""
    return False


RULES = (
    Rule("tracking pixel or spacer", lambda it: _at_most(it, 3) or bool(_TRACKER.search(it.address))),
    Rule(
        "tracking pixel or spacer",
        lambda it: bool(_SPACER.search(it.address)),
        outgrown=lambda width, height: min(width, height) >= 64,
    ),
    Rule("site chrome", lambda it: it.in_chrome),
    Rule("card of another page", lambda it: it.in_link_card),
    Rule(
        "background",
        lambda it: it.background in {"words", "empty"} and not it.in_figure,
        outgrown=lambda width, height: min(width, height) >= 100 and max(width, height) >= 200,
    ),
    Rule("film or sound", lambda it: bool(_FILM.search(it.address))),
    Rule("badge", _is_badge),
    Rule(
        "badge",
        lambda it: bool(_BADGE_FOLDER.search(it.address)),
        outgrown=lambda width, height: min(width, height) >= 120,
    ),
    Rule(
        "emoji",
        lambda it: bool(_EMOJI.search(it.address) or _EMOJI.search(it.classes)),
        outgrown=lambda width, height: min(width, height) >= 200,
    ),
    Rule(
        "avatar",
        lambda it: not it.in_figure and bool(_AVATAR.search(it.address) or _AVATAR.search(it.classes)),
        outgrown=_is_of_a_figure,
    ),
    Rule("icon", lambda it: _at_most(it, ICON_SIDE_PX)),
    Rule(
        "icon",
        lambda it: not it.in_figure and bool(_ICON_CLASS.search(it.classes)),
        outgrown=_is_of_a_figure,
    ),
    Rule("share button", _is_share_button, outgrown=_is_of_a_figure),
    Rule("icon", _is_glyph, outgrown=_never),
    Rule("equation", _is_formula),
    Rule("equation", _is_equation, outgrown=lambda _, height: height >= 150),
    Rule("initial letter", _is_drop_cap, outgrown=_is_of_a_figure),
    Rule("drawing inside a table head", lambda it: it.in_data_table and not it.alt),
    Rule("pictogram", _is_pictogram, outgrown=_never),
)


def reason_to_leave_out(candidate: Candidate) -> str | None:
    """Why the picture is no figure; None when it is one."""
    return next((rule.reason for rule in RULES if rule.holds(candidate)), None)
