"""What static-site generators put between the Markdown: Liquid, shortcodes, directives, wiki links.

Each is turned into the HTML or Markdown its site would have made of it, as far as pictures go. A tag with a
picture's path among its arguments is a figure, whatever the site calls it; other tags vanish.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from explorer.archive.convert.figure_html import PANELS, RenderInline, figure_html
from explorer.archive.convert.markdown import code_cells, directives, mdx
from explorer.archive.convert.markdown.blocks import DelimitedBlock
from explorer.archive.convert.markdown.front_matter import gallery_variable
from explorer.archive.links.picture_suffixes import ANY_SUFFIX, PICTURE_PATH, WIKI_LINK

# How far the end of a tag with a body is looked for, and that of code and comments.
MAX_BODY_CHARS = 4000
MAX_CODE_CHARS = 9000
MAX_EXPRESSION_CHARS = 1000
_WORDPRESS_CAPTION = DelimitedBlock(
    re.compile(r"\[(?P<name>(?:wp_)?caption)(?P<arguments>\s[^\]]*+)?(?:\]|\Z)"),
    re.compile(r"\[/(?P<name>(?:wp_)?caption)\]"),
    MAX_BODY_CHARS,
)
# The picture of such a shortcode, with the link around it; the rest of it is the caption.
_PICTURE_THEN_WORDS = re.compile(
    r"\s*(?P<picture>(?:<a\b.*?</a>|<img\b[^>]*>|!\[(?>.*?\]\().*?\)))(?P<words>.*)", re.DOTALL
)

_FENCE = re.compile(
    r"^ {0,3}+(`{3,}+|~{3,}+)[^\n]*+\n.*?(?:^ {0,3}\1[`~]*+[ \t]*+$|\Z)", re.MULTILINE | re.DOTALL
)
# No tag holds another: looking for the end of one stops where the next begins, and all are found in one go.
_TAG = re.compile(
    r"\{%-?(?P<liquid>(?:[^%{]++|%(?!\})|\{(?!%))*+)%\}"
    r"|\{\{[<%](?P<hugo>(?:[^>%{]++|[>%](?!\}\})|\{(?!\{[<%]))*+)[>%]\}\}"
    # Zola's `{{ figure(src="a.png") }}`; as an address it would stand in quotes or brackets.
    r"""|(?<![("'=<])\{\{-?\s*(?P<zola>\w+\s*\([^{}]{0,4000}\))\s*-?\}\}""",
    re.DOTALL,
)
_LIQUID_COMMENT = DelimitedBlock(
    re.compile(r"\{%-?\s*comment\s*-?%\}"), re.compile(r"\{%-?\s*endcomment\s*-?%\}"), MAX_CODE_CHARS
)
_JSX_COMMENT = DelimitedBlock(re.compile(r"\{/\*"), re.compile(r"\*/\}"), MAX_BODY_CHARS)
_LIQUID_CODE = DelimitedBlock(
    re.compile(r"\{%-?\s*highlight\b[^%]*%\}"), re.compile(r"\{%-?\s*endhighlight\s*-?%\}"), MAX_CODE_CHARS
)
_LIQUID_RAW = DelimitedBlock(
    re.compile(r"\{%-?\s*raw\s*-?%\}"), re.compile(r"\{%-?\s*endraw\s*-?%\}"), MAX_CODE_CHARS
)
_CALL_WITH_PATH = re.compile(rf"""\w+\(.*?["']([^"']+\.(?:{ANY_SUFFIX}))["'].*\)""", re.IGNORECASE)
_SPACED_ADDRESS = re.compile(
    r"(!\[[^\[\]\n]*+\]\()((?=[^()<>\n\"'\s]*+\s)"
    rf"(?:[^()<>\n\"'.]++|\.(?!(?:{ANY_SUFFIX})\)))*+\.[a-z]++)(?=\))",
    re.IGNORECASE,
)
_OUTPUT = re.compile(r"\{\{-?+(?P<expression>[^{}]*+)\}\}")
_BARE_OUTPUT_ADDRESS = re.compile(r"(?<=\]\()\s*(\{\{[^{}]*\}\})\s*(?=\))")
_KEY, _BARE = r"(?:(?P<key>[\w-]++)\s*+[=:]\s*+)?", r"(?P<bare>[^\s\"'`,]++)"
_QUOTED = {
    '"': r'"(?P<double>(?:\\.|[^"\\])*+)"',
    "'": r"'(?P<single>(?:\\.|[^'\\])*+)'",
    "`": r"`(?P<back>[^`]*+)`",
}
# The targets and the block breaks of MyST.
_MYST_MARK = re.compile(r"^ {0,3}(?:\([\w:.-]++\)=|\+\+\+(?: \{[^\n]*+)?)[ \t]*+$", re.MULTILINE)
_MYST_ROLE = re.compile(r"(?<![^\s(])\{[a-zA-Z][\w:.+-]*+\}(?=`[^`])")
_WIKI_IMAGE = re.compile(r"!\[\[([^\[\]|\n]+)((?:\|[^\[\]\n]*)?)\]\]")
_EMPHASIS_ATTRIBUTES = re.compile(r"(?<=[*_])\{(?::|\s?[.#][\w-])[^{}\n]*+\}")
_ATTRIBUTE_LINE = re.compile(r"^\{:\s*+(?P<attributes>[^{}]*+)\}\s*+$")

# Shortcodes that show a picture and nothing else, of which Hugo's own, its documentation's and its themes' are the most.
_PICTURE_TAGS = frozenset(
    (
        "imgproc",
        "figure",
        "img",
        "image",
        "picture",
        "photo",
        "pic",
        "lightbox",
        "imgr",
        "resize",
        "postimage",
    )
)
_STEM = re.compile(r"(?:[\w.-]+/)*[\w-]+(?:\.\*)?")
# Sizes, and what Hugo does to pictures (https://gohugo.io/content-management/image-processing/).
_SETTING = re.compile(r"[\d.]+(?:px|%|em)?|\d*x\d*(?:\s.*)?|fill|fit|resize|crop|q\d+", re.IGNORECASE)
_CAPTION_KEYS = ("caption", "figcaption", "cap", "fig-cap", "fig_caption", "description", "desc", "title")
_CREDIT_KEYS = ("attr", "credit", "credits", "attribution", "photo_credit", "copyright")
_ALT_KEYS = ("alt", "alt_text", "alttext", "image_alt", "fig-alt")


@dataclass(frozen=True)
class Tag:
    """A shortcode or Liquid tag, taken apart."""

    name: str
    named: Mapping[str, str] = field(default_factory=dict)
    positional: tuple[str, ...] = ()


def expand(
    source: str, variables: Mapping[str, str], render_inline: RenderInline, *, of_cells: bool = False
) -> str:
    """Markdown with every directive, tag and wiki picture outside code replaced by what its site shows.

    `of_cells`: a fence `{name}` is a cell of code, as in Quarto, and no directive.
    """
    source = _LIQUID_CODE.replaced(source, lambda _, code: f"\n```\n{code}\n```\n")
    source = mdx.expand_imports(directives.expand(source, render_inline, of_cells=of_cells))
    parts, position = [], 0
    for code in _FENCE.finditer(source):
        parts.append(_expand_prose(source[position : code.start()], variables, render_inline))
        parts.append(code[0])
        position = code.end()
    parts.append(_expand_prose(source[position:], variables, render_inline))
    return "".join(parts)


def wordpress_captions(source: str) -> str:
    """`[caption ...]<img> Words[/caption]`, as WordPress keeps and exports it, as the figure that it shows."""

    def figure(opening: re.Match[str], inside: str) -> str:
        shown = _PICTURE_THEN_WORDS.fullmatch(inside)
        if shown is None:
            return inside
        words = shown["words"].strip() or parse_tag("caption " + (opening["arguments"] or "")).named.get(
            "caption", ""
        )
        return f"<figure>{shown['picture']}<figcaption>{words}</figcaption></figure>"

    return _WORDPRESS_CAPTION.replaced(source, figure)


def fill_in(text: str, variables: Mapping[str, str]) -> str:
    """Text with the `{{ ... }}` replaced that can be known: string literals, site roots, front matter."""

    def value(output: re.Match[str]) -> str:
        whole = output["expression"].removesuffix("-").strip()
        if len(whole) > MAX_EXPRESSION_CHARS:
            return output[0]
        expression = whole.split("|")[0].strip()
        literal = re.fullmatch(r"""["'](.*)["']""", expression, re.DOTALL)
        if literal:
            return literal[1]
        if re.fullmatch(r"(?:site|config)\.[\w.-]+|base_?url|\.Site\.[\w.]+", expression, re.IGNORECASE):
            return ""
        call = _CALL_WITH_PATH.fullmatch(expression)
        if call:
            return call[1]
        name = re.sub(r"^(?:page|\.Params|\$?frontmatter|this)\.", "", expression)
        return variables.get(name, output[0])

    return _OUTPUT.sub(value, text)


def parse_tag(text: str) -> Tag:
    """`figure src="a.png" 'A cat'` -> Tag("figure", {"src": "a.png"}, ("A cat",))."""
    name, opening, rest = re.fullmatch(r"([^\s(]*)([\s(]*)(.*)", text.strip(), re.DOTALL).groups()  # type: ignore[union-attr]
    if "(" in opening:
        rest = rest.rstrip().removesuffix(")")
    named: dict[str, str] = {}
    positional: list[str] = []
    for found in _arguments(rest):
        said = found.groupdict()
        quoted = next(
            (said[kind] for kind in ("double", "single", "back") if said.get(kind) is not None), None
        )
        value = re.sub(r"\\([\"'\\])", r"\1", quoted) if quoted is not None else said["bare"]
        if said["key"]:
            named[said["key"].lower()] = value
        else:
            positional.append(value)
    return Tag(name, named, tuple(positional))


def _arguments(text: str) -> Iterator[re.Match[str]]:
    """The arguments of a tag. Where a quotation mark has no end, those like it after it have none either."""
    marks, position = "".join(_QUOTED), 0
    while found := _argument(marks).search(text, position):
        if found["open"]:
            marks = marks.replace(found["open"], "")
        else:
            yield found
            position = found.end()


@cache
def _argument(marks: str) -> re.Pattern[str]:
    """An argument, in one of these quotation marks or bare; `open` is a mark that has no end."""
    values = "|".join(
        [*(_QUOTED[mark] for mark in marks), _BARE, f"(?P<open>[{marks}])" if marks else "(?P<open>(?!))"]
    )
    return re.compile(f"{_KEY}(?:{values})", re.DOTALL)


def _expand_prose(text: str, variables: Mapping[str, str], render_inline: RenderInline) -> str:
    def tag(found: re.Match[str]) -> str:
        if found.string[found.start() - 1 : found.start()] in {
            "(",
            '"',
            "'",
        }:  # an address: `({% link a.png %})`
            return next(filter(PICTURE_PATH.search, _tag_of(found, variables).positional), "")
        return _pictures_of(_tag_of(found, variables), variables, render_inline)

    def component(found: re.Match[str]) -> str:
        return _pictures_of(parse_tag(found["inside"]), variables, render_inline) or found[0]

    for comment in (_LIQUID_COMMENT, _JSX_COMMENT):
        text = comment.replaced(text, lambda _, __: "")
    text = code_cells.inline_pictures(_MYST_ROLE.sub("", _MYST_MARK.sub("", text)))
    text = _LIQUID_RAW.replaced(text, lambda _, raw: raw.replace("{", "&#123;"))
    text = mdx.COMPONENT.sub(component, mdx.plain_attributes(text))
    text = _with_bodies(wordpress_captions(text), variables, render_inline)
    text = _TAG.sub(tag, text)
    text = fill_in(text, variables)
    # What nobody can fill in stays an address: Markdown takes one with spaces only in angle brackets.
    text = _BARE_OUTPUT_ADDRESS.sub(r"<\1>", text)
    text = _SPACED_ADDRESS.sub(r"\1<\2>", text)
    text = _WIKI_IMAGE.sub(_wiki_image, text)
    return _attributes_first(text)


def _tag_of(found: re.Match[str], variables: Mapping[str, str]) -> Tag:
    inside = next(found[kind] for kind in ("liquid", "hugo", "zola") if found[kind] is not None)
    return parse_tag(fill_in(inside.strip().removesuffix("/" if found["hugo"] else "-").strip(), variables))


def _with_bodies(text: str, variables: Mapping[str, str], render_inline: RenderInline) -> str:
    """Tags that enclose something: a caption below the picture they name, or a picture above their caption."""
    parts: list[str] = []
    position = 0
    for found in _TAG.finditer(text):
        if found.start() < position:
            continue
        tag = _tag_of(found, variables)
        end = re.compile(
            rf"\{{%-?\s*end_?(?:{re.escape(tag.name)})?\s*-?%\}}|\{{\{{[<%]\s*/\s*{re.escape(tag.name)}\s*[>%]\}}\}}"
        )
        closing = (
            end.search(text, found.end(), found.end() + MAX_BODY_CHARS)
            if tag.named or tag.positional
            else None
        )
        if closing is None:
            continue
        figure = _figure_with_body(tag, text[found.end() : closing.start()], variables, render_inline)
        if figure is not None:
            parts += [text[position : found.start()], figure]
            position = closing.end()
    return "".join([*parts, text[position:]])


def _figure_with_body(
    tag: Tag, body: str, variables: Mapping[str, str], render_inline: RenderInline
) -> str | None:
    """The figure that a tag and what it encloses are; None when they are none."""
    caption = _first(tag.named, _CAPTION_KEYS)
    if _TAG.search(body):
        return None
    if _pictures_of(tag, variables, render_inline):
        named = tag.named if caption else {**tag.named, "caption": body}
        return _pictures_of(Tag(tag.name, named, tag.positional), variables, render_inline)
    if caption and ("![" in body or "<img" in body):
        return f"<figure>\n\n{body.strip()}\n\n<figcaption>{render_inline(caption)}</figcaption>\n</figure>\n"
    return None


def _first(named: Mapping[str, str], keys: tuple[str, ...]) -> str | None:
    return next((named[key].strip() for key in keys if named.get(key, "").strip()), None)


def _pictures_of(tag: Tag, variables: Mapping[str, str], render_inline: RenderInline) -> str:
    """The figures a tag shows; nothing for a tag that names no picture."""
    return _included_gallery(tag, variables, render_inline) or _named_pictures(tag, variables, render_inline)


def _included_gallery(tag: Tag, variables: Mapping[str, str], render_inline: RenderInline) -> str:
    """`{% include gallery id="loaves" caption="Two loaves." %}`: the list of that name in the front matter."""
    if not tag.name.startswith("include") or not tag.positional:
        return ""
    name = tag.named.get("id") or tag.positional[0].rpartition("/")[2].partition(".")[0]
    place = variables.get(gallery_variable(name))
    if place is None:
        return ""
    caption = render_inline(tag.named.get("caption", ""))
    return (
        f'\n<figure class="{PANELS}">\n{place}\n<figcaption>{caption}</figcaption>\n</figure>\n\n'
        if caption
        else place
    )


def _named_pictures(tag: Tag, variables: Mapping[str, str], render_inline: RenderInline) -> str:
    named = {key: variables.get(value.removeprefix("page."), value) for key, value in tag.named.items()}
    first = next(
        (value for value in tag.positional if PICTURE_PATH.search(value)), None
    )  # an alt may end in .png too
    pictures = [value for value in (*named.values(), first or "") if PICTURE_PATH.search(value)]
    pictures = pictures or _without_suffix(tag, named)
    if tag.name in {"include", "include_relative", "render"} and not named:
        pictures = []  # an included file, even a picture, brings no figure of its own
    if not pictures or tag.name.startswith("/"):
        return ""
    texts = [value for value in tag.positional if value not in pictures]
    worded = {key: value for key, value in named.items() if value not in pictures}
    alt = _first(worded, _ALT_KEYS) or _positional_alt(tag, texts, bool(named))
    shown = list(dict.fromkeys(pictures))
    if "link" in named and len(shown) > 1 and named["link"] in shown:
        shown.remove(named["link"])  # a thumbnail and what it leads to are one figure
    caption, credit = _caption_of(tag, worded), _first(worded, _CREDIT_KEYS)
    return "".join(figure_html(image, alt, caption, render_inline, credit=credit) for image in shown)


def _without_suffix(tag: Tag, named: Mapping[str, str]) -> list[str]:
    """The picture that a shortcode for pictures names by its stem, as Hugo finds it in the bundle of the page."""
    if tag.name.lower() not in _PICTURE_TAGS:
        return []
    said = next((named[key] for key in ("src", "image", "name", "file", "path") if named.get(key)), None)
    said = said or next(iter(tag.positional), "")
    return [said] if _STEM.fullmatch(said) else []


def _caption_of(tag: Tag, named: Mapping[str, str]) -> str | None:
    caption, title = _first(named, _CAPTION_KEYS), named.get("title", "").strip()
    if tag.name != "figure" or not title or caption in {None, title}:
        return caption
    # Hugo's own figure shows both, the title first.
    return f"{title}{'' if title.endswith(('.', '!', '?', ':')) else '.'} {caption}"


def _positional_alt(tag: Tag, texts: list[str], has_named: bool) -> str | None:
    """`{% image "a.png" "its alt" %}`; words before the last are classes, numbers are sizes."""
    worded = [text for text in texts if not _SETTING.fullmatch(text)]
    if has_named or tag.name.startswith("include"):
        return None
    return worded[-1] if worded else None


def _wiki_image(found: re.Match[str]) -> str:
    path, rest = found[1].strip(), found[2]
    if not PICTURE_PATH.search(path):
        return found[0]
    words = [
        part.strip()
        for part in rest.split("|")
        if part.strip() and not re.fullmatch(r"\d+(x\d+)?", part.strip())
    ]
    return f"![{' '.join(words)}](<{path}{'' if '://' in path else WIKI_LINK}>)"


def _attributes_first(text: str) -> str:
    """Kramdown writes `{: .caption}` after a paragraph; the Markdown parser used here wants it before."""
    text = _EMPHASIS_ATTRIBUTES.sub("", text)
    if "{:" not in text:
        return text
    before: list[str] = []
    paragraph: list[str] = []
    for line in text.split("\n"):
        attributes = _ATTRIBUTE_LINE.match(line)
        if attributes:
            if paragraph and "caption" in attributes["attributes"]:
                before.append("{.caption}")
            continue
        paragraph.append(line)
        if not line.strip():
            before += paragraph
            paragraph = []
    return "\n".join([*before, *paragraph])
