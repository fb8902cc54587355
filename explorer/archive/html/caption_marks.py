"""What is marked as a caption, and how its credit is split off; `labels` knows how captions begin."""

from __future__ import annotations

import re
from functools import cache

from explorer.archive.html.labels import without_label

MAX_CAPTION_CHARS = 1500
MAX_CREDIT_CHARS = 300
MAX_STYLE_CHARS = 100
# What the style for captions is called in Word, LibreOffice and page makers of other languages.
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

_KINDS = (
    r"(?:image|photo(?:graph)?|foto|picture|figure|illustration|graphic|art(?:work)?|drawing|chart|screenshot|"
    r"video|animation|map|bild)s?"
)
_CREDIT_WORDS = (
    rf"(?:{_KINDS}\s+)?(?:source|credits?|courtesy(?: of)?|attribution|copyright|(?:bild)?quelle|bildnachweis|"
    r"crédits?(?: photo)?|fuente|fonte)"
)
# What begins at the last line break, and not at a blank before a bracket: of many blanks each would be tried.
_AFTER_SENTENCE = r"(?:(?<=[.!?)\]”\"’…»—–|-])\s*|\n[^\S\n]*|[(\[])"
_CREDIT = re.compile(
    rf"(?:^|{_AFTER_SENTENCE})(?P<credit>{_CREDIT_WORDS}\s*:\s*.+|{_KINDS}\s+(?:by|from|via|courtesy)\b.+|"
    rf"(?:photo|foto)s?\s*:\s*.+|(?:©|\(c\))\s*.+|courtesy of .+)\s*$"
    # "Map: the harbour" may be a caption; after one it says who drew it.
    rf"|{_AFTER_SENTENCE}(?P<made>{_KINDS}\s*:\s*.+)\s*$",
    re.IGNORECASE | re.DOTALL,
)
# What a page says of itself as a whole, and not of one picture.
NOTICE = re.compile(
    r"all rights reserved|alle rechte vorbehalten|tous droits réservés|derechos reservados|tutti i diritti riservati|"
    r"todos os direitos reservados|alle rechten voorbehouden|все права защищены|wszelkie prawa zastrzeżone|"
    r"版权所有|版權所有|保留所有权利|無断転載|"
    r"(?:©|\(c\)|copyright)\s*(?:©|\(c\))?\s*(?:19|20)\d\d\s*(?:[-–—]|to)\s*(?:(?:19|20)\d\d|present|today|heute)",
    re.IGNORECASE,
)
_TYPE_WORDS = {"png", "jpg", "jpeg", "gif", "svg", "webp", "image", "img", "picture", "photo", "figure", "fig", "alt",
               "alt text", "untitled", "screenshot", "undefined", "null", "none", "image alt text"}  # fmt: skip


def names_captions(style: str) -> bool:
    """Whether a style of paragraphs is for captions, by its name: `caption`, `Image Caption`, `Légende`."""
    return bool(_STYLE.fullmatch(style[:MAX_STYLE_CHARS]))


def tidy(text: str | None) -> str | None:
    r"""Return one line of text, white space folded; None if nothing is left.

    Front matter can spell half a surrogate pair ("\ud800"), which no database and no terminal takes.
    """
    folded = " ".join((text or "").encode(errors="replace").decode().split())
    return folded or None


def as_sentences(first: str, second: str) -> str:
    """Return two captions as one, with a stop between them."""
    return f"{first}{'' if first.endswith(('.', '!', '?', ':', ';', '。', '！', '？')) else '.'} {second}"


def split_credit(caption: str | None) -> tuple[str | None, str | None]:
    """`"The loop. Source: NASA."` -> `("The loop.", "Source: NASA.")`; a caption may be only a credit."""
    if not caption:
        return None, None
    found = _CREDIT.search(caption)
    credit = (found["credit"] or found["made"]).strip() if found else ""
    if not found or len(credit) > MAX_CREDIT_CHARS:
        return tidy(caption), None
    before = caption[: found.start("credit" if found["credit"] else "made")].rstrip()
    if before.endswith(("(", "[")):
        credit = credit.rstrip(")]")
    return tidy(before.rstrip(" \t\n([|—–-")), tidy(credit)


def says_something(alt: str | None) -> bool:
    """Whether an alt text tells what is seen: not a file name, not `image`, not a type, a label or a number."""
    words = (alt or "").strip().strip(".").lower()
    if not words or words in _TYPE_WORDS or re.fullmatch(r"[\W\d_]+", words):
        return False
    if not without_label(words):
        return False
    return not _file_name().fullmatch(words)


@cache
def _file_name() -> re.Pattern[str]:
    """What a picture's file is called, as an alt text that says nothing repeats it."""
    from images import PICTURE_SUFFIXES  # brings Pillow, for which `explorer --help` does not wait

    return re.compile(rf"\S+\.(?:{'|'.join(PICTURE_SUFFIXES)})|(?:img|dsc|image|screen|fig)[\W_]*+\d[\w-]*")
