"""Syntax that static-site generators add to Markdown: Liquid, shortcodes, directives, wiki links.

Each is replaced by the HTML or Markdown that its site would generate, as far as pictures are concerned. A tag with the
path of a picture among its arguments becomes a figure, whatever its name; other tags are removed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from explorer.archive.convert.markdown import code_cells, directives, mdx
from explorer.archive.convert.markdown.blocks import BLOCK_MARKS, DelimitedBlock
from explorer.archive.convert.markdown.front_matter import gallery_variable
from explorer.archive.html.caption_marks import PANELS, RenderInline, figure_html
from explorer.archive.links.picture_suffixes import ANY_SUFFIX, PICTURE_PATH, WIKI_LINK

# Maximum distance of the end of a tag with a body, and of the end of code and comments.
MAX_BODY_CHARS = 4000
MAX_CODE_CHARS = 9000
MAX_EXPRESSION_CHARS = 1000
_WORDPRESS_CAPTION = DelimitedBlock(
    re.compile(r"\[(?P<name>(?:wp_)?caption)(?P<arguments>\s[^\]]*+)?(?:\]|\Z)"),
    re.compile(r"\[/(?P<name>(?:wp_)?caption)\]"),
    MAX_BODY_CHARS,
)
# The content of such a shortcode: a picture, possibly in a link, then the caption.
_PICTURE_THEN_WORDS = re.compile(
    r"\s*(?P<picture>(?:<a\b.*?</a>|<img\b[^>]*>|!\[(?>.*?\]\().*?\)))(?P<words>.*)", re.DOTALL
)

_FENCE = re.compile(
    r"^ {0,3}+(`{3,}+|~{3,}+)[^\n]*+\n.*?(?:^ {0,3}\1[`~]*+[ \t]*+$|\Z)", re.MULTILINE | re.DOTALL
)
# Tags do not nest: the search for the end of a tag stops where the next one begins, so that one pass finds all.
_TAG = re.compile(
    r"\{%-?(?P<liquid>(?:[^%{]++|%(?!\})|\{(?!%))*+)%\}"
    r"|\{\{[<%](?P<hugo>(?:[^>%{]++|[>%](?!\}\})|\{(?!\{[<%]))*+)[>%]\}\}"
    # Zola's `{{ figure(src="a.png") }}`, except in quotes or brackets, where it is an address.
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
_ARGUMENT_KEY, _BARE_VALUE = r"(?:(?P<key>[\w-]++)\s*+[=:]\s*+)?", r"(?P<bare>[^\s\"'`,]++)"
_QUOTED_VALUES = {
    '"': r'"(?P<double>(?:\\.|[^"\\])*+)"',
    "'": r"'(?P<single>(?:\\.|[^'\\])*+)'",
    "`": r"`(?P<back>[^`]*+)`",
}
# Targets and block breaks of MyST.
_MYST_TARGET_OR_BREAK = re.compile(r"^ {0,3}(?:\([\w:.-]++\)=|\+\+\+(?: \{[^\n]*+)?)[ \t]*+$", re.MULTILINE)
_MYST_ROLE = re.compile(r"(?<![^\s(])\{[a-zA-Z][\w:.+-]*+\}(?=`[^`])")
_WIKI_IMAGE = re.compile(r"!\[\[([^\[\]|\n]+)((?:\|[^\[\]\n]*)?)\]\]")
_EMPHASIS_ATTRIBUTES = re.compile(r"(?<=[*_])\{(?::|\s?[.#][\w-])[^{}\n]*+\}")
_ATTRIBUTE_LINE = re.compile(r"^\{:\s*+(?P<attributes>[^{}]*+)\}\s*+$")

MARKS = re.compile(
    "|".join(
        (
            *map(re.escape, (*BLOCK_MARKS, code_cells.REFERENCE_MARK, code_cells.INLINE_MARK)),
            rf"\{{|\b{mdx.IMPORT_MARK}\b|\)=|\+\+\+|<[A-Z][a-z]|!\[\[|\[(?:wp_)?caption",
            r"\]\([^()<>\n\"'\s]*[^\S\n][^()<>\n\"']*\)",  # a blank in an address
        )
    )
)
"""In a document without any of these, `expand` changes nothing."""

# Shortcodes that only show a picture: mostly of Hugo, its documentation and its themes.
_PICTURE_TAGS = frozenset((
    "imgproc", "figure", "img", "image", "picture", "photo", "pic", "lightbox", "imgr", "resize", "postimage",
))  # fmt: skip
_STEM = re.compile(r"(?:[\w.-]+/)*[\w-]+(?:\.\*)?")
# Sizes, and Hugo's image processing (https://gohugo.io/content-management/image-processing/).
_SETTING = re.compile(r"[\d.]+(?:px|%|em)?|\d*x\d*(?:\s.*)?|fill|fit|resize|crop|q\d+", re.IGNORECASE)
_CAPTION_KEYS = ("caption", "figcaption", "cap", "fig-cap", "fig_caption", "description", "desc", "title")
_CREDIT_KEYS = ("attr", "credit", "credits", "attribution", "photo_credit", "copyright")
_ALT_KEYS = ("alt", "alt_text", "alttext", "image_alt", "fig-alt")


@dataclass(frozen=True)
class Tag:
    """A parsed shortcode or Liquid tag."""

    name: str
    named: Mapping[str, str] = field(default_factory=dict)
    positional: tuple[str, ...] = ()


def expand(
    source: str, variables: Mapping[str, str], render_inline: RenderInline, *, of_cells: bool = False
) -> str:
    """Return the Markdown with directives, tags and wiki pictures outside code replaced by what the site shows.

    Args:
        source: The Markdown.
        variables: The values that templates can insert, by name.
        render_inline: Renders inline Markdown.
        of_cells: Whether a fence `{name}` is a code cell, as in Quarto, and not a directive.
    """
    source = _LIQUID_CODE.replace_in(source, lambda _, code: f"\n```\n{code}\n```\n")
    if any(mark in source for mark in (*BLOCK_MARKS, code_cells.REFERENCE_MARK)):
        source = directives.expand(source, render_inline, of_cells=of_cells)
    if mdx.IMPORT_MARK in source:
        source = mdx.expand_imports(source)
    parts, position = [], 0
    for code in _FENCE.finditer(source):
        parts.append(_expand_prose(source[position : code.start()], variables, render_inline))
        parts.append(code[0])
        position = code.end()
    parts.append(_expand_prose(source[position:], variables, render_inline))
    return "".join(parts)


def expand_wordpress_captions(source: str) -> str:
    """Replace the `[caption ...]<img> Words[/caption]` of WordPress by figures."""

    def captioned_figure(opening: re.Match[str], content: str) -> str:
        match = _PICTURE_THEN_WORDS.fullmatch(content)
        if match is None:
            return content
        tag = parse_tag("caption " + (opening["arguments"] or ""))
        caption = match["words"].strip() or tag.named.get("caption", "")
        return f"<figure>{match['picture']}<figcaption>{caption}</figcaption></figure>"

    return _WORDPRESS_CAPTION.replace_in(source, captioned_figure)


def fill_variables(text: str, variables: Mapping[str, str]) -> str:
    """Replace each `{{ ... }}` whose value is known: string literals, site roots, front matter."""

    def value_of(match: re.Match[str]) -> str:
        output_text = match["expression"].removesuffix("-").strip()
        if len(output_text) > MAX_EXPRESSION_CHARS:
            return match[0]
        expression = output_text.split("|")[0].strip()
        literal = re.fullmatch(r"""["'](.*)["']""", expression, re.DOTALL)
        if literal:
            return literal[1]
        if re.fullmatch(r"(?:site|config)\.[\w.-]+|base_?url|\.Site\.[\w.]+", expression, re.IGNORECASE):
            return ""
        call = _CALL_WITH_PATH.fullmatch(expression)
        if call:
            return call[1]
        name = re.sub(r"^(?:page|\.Params|\$?frontmatter|this)\.", "", expression)
        return variables.get(name, match[0])

    return _OUTPUT.sub(value_of, text)


def parse_tag(text: str) -> Tag:
    """Parse a tag: `figure src="a.png" 'A cat'` becomes Tag("figure", {"src": "a.png"}, ("A cat",))."""
    name, opening, arguments = re.fullmatch(r"([^\s(]*)([\s(]*)(.*)", text.strip(), re.DOTALL).groups()  # type: ignore[union-attr]
    if "(" in opening:
        arguments = arguments.rstrip().removesuffix(")")
    named: dict[str, str] = {}
    positional: list[str] = []
    for match in _arguments(arguments):
        groups = match.groupdict()
        quoted = next(
            (groups[kind] for kind in ("double", "single", "back") if groups.get(kind) is not None), None
        )
        value = re.sub(r"\\([\"'\\])", r"\1", quoted) if quoted is not None else groups["bare"]
        if groups["key"]:
            named[groups["key"].lower()] = value
        else:
            positional.append(value)
    return Tag(name, named, tuple(positional))


def _arguments(text: str) -> Iterator[re.Match[str]]:
    """Yield the arguments of a tag. After a quotation mark without an end, that mark no longer quotes."""
    marks, position = "".join(_QUOTED_VALUES), 0
    while match := _argument_pattern(marks).search(text, position):
        if match["open"]:
            marks = marks.replace(match["open"], "")
        else:
            yield match
            position = match.end()


@cache
def _argument_pattern(marks: str) -> re.Pattern[str]:
    """Return the pattern of an argument, in one of these quotation marks or bare; `open` is a mark without an end."""
    values = "|".join(
        [
            *(_QUOTED_VALUES[mark] for mark in marks),
            _BARE_VALUE,
            f"(?P<open>[{marks}])" if marks else "(?P<open>(?!))",
        ]
    )
    return re.compile(f"{_ARGUMENT_KEY}(?:{values})", re.DOTALL)


def _expand_prose(text: str, variables: Mapping[str, str], render_inline: RenderInline) -> str:
    def expand_tag(match: re.Match[str]) -> str:
        # An address: `({% link a.png %})`
        if match.string[match.start() - 1 : match.start()] in {"(", '"', "'"}:
            return next(filter(PICTURE_PATH.search, _parse_match(match, variables).positional), "")
        return _pictures_html(_parse_match(match, variables), variables, render_inline)

    def expand_component(match: re.Match[str]) -> str:
        return _pictures_html(parse_tag(match["inside"]), variables, render_inline) or match[0]

    for comment in (_LIQUID_COMMENT, _JSX_COMMENT):
        text = comment.replace_in(text, lambda _, __: "")
    text = _MYST_ROLE.sub("", _MYST_TARGET_OR_BREAK.sub("", text))
    if code_cells.INLINE_MARK in text:
        text = code_cells.replace_inline_pictures(text)
    text = _LIQUID_RAW.replace_in(text, lambda _, raw: raw.replace("{", "&#123;"))
    if mdx.EXPRESSION_MARK in text:
        text = mdx.evaluate_constant_attributes(text)
    text = mdx.COMPONENT.sub(expand_component, text)
    text = _expand_tags_with_bodies(expand_wordpress_captions(text), variables, render_inline)
    text = _TAG.sub(expand_tag, text)
    text = fill_variables(text, variables)
    # Unknown variables stay in addresses. Markdown accepts spaces there only in angle brackets.
    text = _BARE_OUTPUT_ADDRESS.sub(r"<\1>", text)
    text = _SPACED_ADDRESS.sub(r"\1<\2>", text)
    text = _WIKI_IMAGE.sub(_wiki_image_markdown, text)
    return _move_attributes_before(text)


def _parse_match(match: re.Match[str], variables: Mapping[str, str]) -> Tag:
    content = next(match[kind] for kind in ("liquid", "hugo", "zola") if match[kind] is not None)
    return parse_tag(
        fill_variables(content.strip().removesuffix("/" if match["hugo"] else "-").strip(), variables)
    )


def _expand_tags_with_bodies(text: str, variables: Mapping[str, str], render_inline: RenderInline) -> str:
    """Expand tags with a body that is the caption of their picture, or the picture of their caption."""
    parts: list[str] = []
    position = 0
    for opening in _TAG.finditer(text):
        if opening.start() < position:
            continue
        tag = _parse_match(opening, variables)
        end = re.compile(
            rf"\{{%-?\s*end_?(?:{re.escape(tag.name)})?\s*-?%\}}|\{{\{{[<%]\s*/\s*{re.escape(tag.name)}\s*[>%]\}}\}}"
        )
        closing = (
            end.search(text, opening.end(), opening.end() + MAX_BODY_CHARS)
            if tag.named or tag.positional
            else None
        )
        if closing is None:
            continue
        figure = _figure_with_body(tag, text[opening.end() : closing.start()], variables, render_inline)
        if figure is not None:
            parts += [text[position : opening.start()], figure]
            position = closing.end()
    return "".join([*parts, text[position:]])


def _figure_with_body(
    tag: Tag, body: str, variables: Mapping[str, str], render_inline: RenderInline
) -> str | None:
    """Return the figure of a tag and its body, or None if they are not a figure."""
    caption = _first_value(tag.named, _CAPTION_KEYS)
    if _TAG.search(body):
        return None
    if _pictures_html(tag, variables, render_inline):
        named = tag.named if caption else {**tag.named, "caption": body}
        return _pictures_html(Tag(tag.name, named, tag.positional), variables, render_inline)
    if caption and ("![" in body or "<img" in body):
        return f"<figure>\n\n{body.strip()}\n\n<figcaption>{render_inline(caption)}</figcaption>\n</figure>\n"
    return None


def _first_value(named: Mapping[str, str], keys: tuple[str, ...]) -> str | None:
    return next((named[key].strip() for key in keys if named.get(key, "").strip()), None)


def _pictures_html(tag: Tag, variables: Mapping[str, str], render_inline: RenderInline) -> str:
    """Return the HTML of the figures of a tag, "" for a tag without pictures."""
    return _gallery_html(tag, variables, render_inline) or _named_pictures_html(tag, variables, render_inline)


def _gallery_html(tag: Tag, variables: Mapping[str, str], render_inline: RenderInline) -> str:
    """Return the gallery in the front matter that a tag includes.

    Example: `{% include gallery id="loaves" caption="Two loaves." %}`.
    """
    if not tag.name.startswith("include") or not tag.positional:
        return ""
    name = tag.named.get("id") or tag.positional[0].rpartition("/")[2].partition(".")[0]
    gallery = variables.get(gallery_variable(name))
    if gallery is None:
        return ""
    caption = render_inline(tag.named.get("caption", ""))
    return (
        f'\n<figure class="{PANELS}">\n{gallery}\n<figcaption>{caption}</figcaption>\n</figure>\n\n'
        if caption
        else gallery
    )


def _named_pictures_html(tag: Tag, variables: Mapping[str, str], render_inline: RenderInline) -> str:
    named = {key: variables.get(value.removeprefix("page."), value) for key, value in tag.named.items()}
    first = next(
        (value for value in tag.positional if PICTURE_PATH.search(value)), None
    )  # an alt may end in .png too
    pictures = [value for value in (*named.values(), first or "") if PICTURE_PATH.search(value)]
    pictures = pictures or _pictures_without_suffix(tag, named)
    if tag.name in {"include", "include_relative", "render"} and not named:
        pictures = []  # an included file, even a picture, is not a figure
    if not pictures or tag.name.startswith("/"):
        return ""
    texts = [value for value in tag.positional if value not in pictures]
    described = {key: value for key, value in named.items() if value not in pictures}
    alt = _first_value(described, _ALT_KEYS) or _positional_alt(tag, texts, bool(named))
    images = list(dict.fromkeys(pictures))
    if "link" in named and len(images) > 1 and named["link"] in images:
        images.remove(named["link"])  # a thumbnail and the picture that it links to are one figure
    caption, credit = _caption_of(tag, described), _first_value(described, _CREDIT_KEYS)
    return "".join(figure_html(image, alt, caption, render_inline, credit=credit) for image in images)


def _pictures_without_suffix(tag: Tag, named: Mapping[str, str]) -> list[str]:
    """Return the stem of the picture that a shortcode for pictures names; Hugo finds the file in the page bundle."""
    if tag.name.lower() not in _PICTURE_TAGS:
        return []
    stem = next((named[key] for key in ("src", "image", "name", "file", "path") if named.get(key)), None)
    stem = stem or next(iter(tag.positional), "")
    return [stem] if _STEM.fullmatch(stem) else []


def _caption_of(tag: Tag, named: Mapping[str, str]) -> str | None:
    caption, title = _first_value(named, _CAPTION_KEYS), named.get("title", "").strip()
    if tag.name != "figure" or not title or caption in {None, title}:
        return caption
    # Hugo's built-in `figure` shows both, the title first.
    return f"{title}{'' if title.endswith(('.', '!', '?', ':')) else '.'} {caption}"


def _positional_alt(tag: Tag, texts: list[str], has_named: bool) -> str | None:
    """Return the alt text of `{% image "a.png" "its alt" %}`: the last text that is not a size; others are classes."""
    words = [text for text in texts if not _SETTING.fullmatch(text)]
    if has_named or tag.name.startswith("include"):
        return None
    return words[-1] if words else None


def _wiki_image_markdown(match: re.Match[str]) -> str:
    path, options = match[1].strip(), match[2]
    if not PICTURE_PATH.search(path):
        return match[0]
    words = [
        part.strip()
        for part in options.split("|")
        if part.strip() and not re.fullmatch(r"\d+(x\d+)?", part.strip())
    ]
    return f"![{' '.join(words)}](<{path}{'' if '://' in path else WIKI_LINK}>)"


def _move_attributes_before(text: str) -> str:
    """Move `{: .caption}` before its paragraph: Kramdown has it after, the Markdown parser requires it before."""
    text = _EMPHASIS_ATTRIBUTES.sub("", text)
    if "{:" not in text:
        return text
    lines: list[str] = []
    paragraph: list[str] = []
    for line in text.split("\n"):
        attributes = _ATTRIBUTE_LINE.match(line)
        if attributes:
            if paragraph and "caption" in attributes["attributes"]:
                lines.append("{.caption}")
            continue
        paragraph.append(line)
        if not line.strip():
            lines += paragraph
            paragraph = []
    return "\n".join([*lines, *paragraph])
