"""The marks of figures, captions and credits in HTML; `labels` has the labels with which captions begin.

Converters write figures with these marks, and the extractor recognises them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from functools import cache

from explorer.archive.html.labels import without_label

RenderInline = Callable[[str], str]

PANELS = "figure-of-panels"
"""The HTML class of a figure whose caption describes all the figures inside it."""

MAX_CAPTION_CHARS = 1500
MAX_CREDIT_CHARS = 300
MAX_STYLE_CHARS = 100
# Names of the style for captions in Word, LibreOffice and layout programs, in several languages.
_STYLE_NAMES = (
    "beschriftung|bildunterschrift|bildlegende|bildtext|billedtekst|bijschrift|onderschrift|légende|legende|leyenda|"
    "epígrafe|epigrafe|pie[ _-]?de[ _-]?(?:foto|figura|imagen)|didascalia|legenda|llegenda|kuvateksti|kuvaotsikko|"
    "titulek|popisek|képaláírás|resim ?yazısı|λεζάντα|название ?объекта|题注|題注|图注|圖說|図表番号|"
    "キャプション|캡션|כיתוב|chú thích"
)
_STYLE = re.compile(rf"(?:.*\b)?(?:caption|{_STYLE_NAMES})(?:\W*\d+)?", re.IGNORECASE)
CAPTION_CLASS = re.compile(
    r"(?:^|[\s_-])(?:fig(?:ure)?-?caption|caption(?:-?text)?|img-?cap(?:tion)?|image-?caption|photo-?caption|thumbcaption|"
    r"wp-caption-text|wp-caption-dd|longcaption|legend|figcap|sourcecaption)(?:$|[\s_-])|caption(?:$|\s)"
    rf"|(?:^|[\s_-])(?:{_STYLE_NAMES})(?:$|\s)",
    re.IGNORECASE,
)
FIGURE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:figure|fig|figcenter|figleft|figright|wp-caption|wp-block-image|image-?(?:box|wrapper|block|container)|"
    r"img-?(?:box|wrapper|container)|captioned-image-container|thumbinner|imgcenter|photo|illustration|"
    r"img-?cap|mcncaption\w{0,40}content|tr-caption-container)(?:$|[\s_-])",
    re.IGNORECASE,
)

CREDIT_CLASS = re.compile(
    r"(?:^|[\s_-])(?:(?:media|photo|image|img|picture)?[_-]?credits?|attribution|photographer|copyright)(?:$|[\s_-])",
    re.IGNORECASE,
)

_PICTURE_WORDS = (
    r"(?:image|photo(?:graph)?|foto|picture|figure|illustration|graphic|art(?:work)?|drawing|chart|screenshot|"
    r"video|animation|map|bild)s?"
)
_CREDIT_WORDS = (
    rf"(?:{_PICTURE_WORDS}\s+)?(?:source|credits?|courtesy(?: of)?|attribution|copyright|(?:bild)?quelle|bildnachweis|"
    r"crédits?(?: photo)?|fuente|fonte)"
)
# Begins at the last line break, not at a blank before a bracket: with many blanks, the pattern would try each.
_AFTER_SENTENCE = r"(?:(?<=[.!?)\]”\"’…»—–|-])\s*|\n[^\S\n]*|[(\[])"
_CREDIT = re.compile(
    rf"(?:^|{_AFTER_SENTENCE})(?P<credit>{_CREDIT_WORDS}\s*:\s*.+|{_PICTURE_WORDS}\s+(?:by|from|via|courtesy)\b.+|"
    rf"(?:photo|foto)s?\s*:\s*.+|(?:©|\(c\))\s*.+|courtesy of .+)\s*$"
    # "Map: the harbour" may be a caption; after a caption it names the author.
    rf"|{_AFTER_SENTENCE}(?P<author>{_PICTURE_WORDS}\s*:\s*.+)\s*$",
    re.IGNORECASE | re.DOTALL,
)
# A notice of the whole page, not of one picture.
NOTICE = re.compile(
    r"all rights reserved|alle rechte vorbehalten|tous droits réservés|derechos reservados|tutti i diritti riservati|"
    r"todos os direitos reservados|alle rechten voorbehouden|все права защищены|wszelkie prawa zastrzeżone|"
    r"版权所有|版權所有|保留所有权利|無断転載|"
    r"(?:©|\(c\)|copyright)\s*(?:©|\(c\))?\s*(?:19|20)\d\d\s*(?:[-–—]|to)\s*(?:(?:19|20)\d\d|present|today|heute)",
    re.IGNORECASE,
)
_GENERIC_ALTS = {"png", "jpg", "jpeg", "gif", "svg", "webp", "image", "img", "picture", "photo", "figure", "fig", "alt",
               "alt text", "untitled", "screenshot", "undefined", "null", "none", "image alt text"}  # fmt: skip


def is_caption_style(style: str) -> bool:
    """Return whether the name of a paragraph style is for captions: `caption`, `Image Caption`, `Légende`."""
    return bool(_STYLE.fullmatch(style[:MAX_STYLE_CHARS]))


def tidy(text: str | None) -> str | None:
    r"""Return one line of text, white space folded; None if nothing is left.

    Half a surrogate pair, as front matter may contain ("\ud800"), is replaced: databases and terminals reject it.
    """
    folded = " ".join((text or "").encode(errors="replace").decode().split())
    return folded or None


def join_sentences(first: str, second: str) -> str:
    """Join two captions, with a full stop between them."""
    return f"{first}{'' if first.endswith(('.', '!', '?', ':', ';', '。', '！', '？')) else '.'} {second}"


def split_credit(caption: str | None) -> tuple[str | None, str | None]:
    """Split `"The loop. Source: NASA."` into `("The loop.", "Source: NASA.")`; a caption may be only a credit."""
    if not caption:
        return None, None
    match = _CREDIT.search(caption)
    credit = (match["credit"] or match["author"]).strip() if match else ""
    if not match or len(credit) > MAX_CREDIT_CHARS:
        return tidy(caption), None
    before = caption[: match.start("credit" if match["credit"] else "author")].rstrip()
    if before.endswith(("(", "[")):
        credit = credit.rstrip(")]")
    return tidy(before.rstrip(" \t\n([|—–-")), tidy(credit)


def is_descriptive(alt: str | None) -> bool:
    """Return whether an alt text describes its picture: it is no file name, no type, no label and no number."""
    words = (alt or "").strip().strip(".").lower()
    if not words or words in _GENERIC_ALTS or re.fullmatch(r"[\W\d_]+", words):
        return False
    if not without_label(words):
        return False
    return not _file_name_pattern().fullmatch(words)


@cache
def _file_name_pattern() -> re.Pattern[str]:
    """Return the pattern of file names of pictures, which useless alt texts repeat."""
    from images import PICTURE_SUFFIXES  # imports Pillow, which `explorer --help` does not need

    return re.compile(rf"\S+\.(?:{'|'.join(PICTURE_SUFFIXES)})|(?:img|dsc|image|screen|fig)[\W_]*+\d[\w-]*")


def figure_html(
    image: str,
    alt: str | None,
    caption: str | None,
    render_inline: RenderInline,
    title: str | None = None,
    credit: str | None = None,
) -> str:
    """Return one line of HTML: a `<figure>` if there is a caption or credit, else an `<img>`.

    An `<img>` can be placed in a `<figure>` of the author.
    """
    attributes = {"src": image, "alt": alt, "title": title}
    attribute_text = " ".join(f'{name}="{html.escape(value)}"' for name, value in attributes.items() if value)
    picture = f"<img {attribute_text}>"
    words = render_inline(" ".join((caption or "").split()))
    if credit:
        words += f' <span class="credit">{render_inline(credit)}</span>'
    return f"<figure>{picture}<figcaption>{words}</figcaption></figure>" if words else picture


def contains_picture(body: str, address: str) -> bool:
    """Return whether the HTML contains the file name of the picture, and so shows it in some size."""
    return (address.partition("?")[0].rpartition("/")[2] or address) in body
