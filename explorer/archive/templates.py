"""What static-site generators put between the Markdown: Liquid, shortcodes, directives, wiki links.

Each is turned into the HTML or Markdown its site would have made of it, as far as pictures go. A tag with a
picture's path among its arguments is a figure, whatever the site calls it; other tags vanish.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

PICTURE_SUFFIXES = ("png", "jpg", "jpeg", "gif", "svg", "svgz", "webp", "avif", "bmp", "tif", "tiff", "jfif")
PICTURE_PATH = re.compile(rf"\.(?:{'|'.join(PICTURE_SUFFIXES)})(?:[?#].*)?$", re.IGNORECASE)

RenderInline = Callable[[str], str]

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_DIRECTIVE = re.compile(
    r"^(?P<indent> {0,3})(?P<fence>`{3,}|:{3,}|~{3,})[ \t]*\{(?P<kind>figure|image|figure-md)\}[ \t]*(?P<path>[^\n]*)\n"
    r"(?P<body>.*?)^(?P=indent)(?P=fence)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_TAG = re.compile(r"\{%-?\s*(?P<liquid>.*?)\s*-?%\}|\{\{[<%]\s*(?P<hugo>.*?)\s*[>%]\}\}", re.DOTALL)
_OUTPUT = re.compile(r"\{\{-?\s*(?P<expression>[^{}]*?)\s*-?\}\}")
_BARE_OUTPUT_ADDRESS = re.compile(r"(?<=\]\()\s*(\{\{[^{}]*\}\})\s*(?=\))")
_ARGUMENT = re.compile(
    r"""(?:(?P<key>[\w-]+)\s*[=:]\s*)?(?:"(?P<double>(?:\\.|[^"\\])*)"|'(?P<single>(?:\\.|[^'\\])*)'|(?P<bare>[^\s"',]+))""",
    re.DOTALL,
)
_WIKI_IMAGE = re.compile(r"!\[\[([^\[\]|\n]+)((?:\|[^\[\]\n]*)?)\]\]")
_OPTION_LINE = re.compile(r"^:([\w-]+):[ \t]*(.*)$")
_ATTRIBUTE_LINE = re.compile(r"^\{:\s*(?P<attributes>[^{}]*)\}\s*$")

_CAPTION_KEYS = ("caption", "figcaption", "cap", "fig-cap", "fig_caption", "description", "desc", "title")
_ALT_KEYS = ("alt", "alt_text", "alttext", "image_alt", "fig-alt")


@dataclass(frozen=True)
class Tag:
    """A shortcode or Liquid tag, taken apart."""

    name: str
    named: Mapping[str, str] = field(default_factory=dict)
    positional: tuple[str, ...] = ()


def expand(source: str, variables: Mapping[str, str], render_inline: RenderInline) -> str:
    """Markdown with every directive, tag and wiki picture outside code replaced by what its site shows."""
    source = _DIRECTIVE.sub(lambda found: _directive(found, render_inline), source)
    parts, position = [], 0
    for code in _FENCE.finditer(source):
        parts.append(_expand_prose(source[position : code.start()], variables, render_inline))
        parts.append(code[0])
        position = code.end()
    parts.append(_expand_prose(source[position:], variables, render_inline))
    return "".join(parts)


def fill_in(text: str, variables: Mapping[str, str]) -> str:
    """Text with the `{{ ... }}` replaced that can be known: string literals, site roots, front matter."""

    def value(output: re.Match[str]) -> str:
        expression = output["expression"].split("|")[0].strip()
        literal = re.fullmatch(r"""["'](.*)["']""", expression, re.DOTALL)
        if literal:
            return literal[1]
        if re.fullmatch(r"(?:site|config)\.[\w.-]+|base_?url|\.Site\.[\w.]+", expression, re.IGNORECASE):
            return ""
        name = re.sub(r"^(?:page|\.Params|\$?frontmatter|this)\.", "", expression)
        return variables.get(name, output[0])

    return _OUTPUT.sub(value, text)


def parse_tag(text: str) -> Tag:
    """`figure src="a.png" 'A cat'` -> Tag("figure", {"src": "a.png"}, ("A cat",))."""
    name, _, rest = text.strip().partition(" ") if " " in text.strip() else (text.strip(), "", "")
    named: dict[str, str] = {}
    positional: list[str] = []
    for found in _ARGUMENT.finditer(rest or ""):
        quoted = found["double"] if found["double"] is not None else found["single"]
        value = re.sub(r"\\([\"'\\])", r"\1", quoted) if quoted is not None else found["bare"]
        if found["key"]:
            named[found["key"].lower()] = value
        else:
            positional.append(value)
    return Tag(name, named, tuple(positional))


def figure_html(
    image: str, alt: str | None, caption: str | None, render_inline: RenderInline, title: str | None = None
) -> str:
    """One line of HTML; a `<figure>` only where there is a caption, so that it nests into an author's own."""
    attributes = {"src": image, "alt": alt, "title": title}
    written = " ".join(f'{name}="{html.escape(value)}"' for name, value in attributes.items() if value)
    picture = f"<img {written}>"
    if not caption:
        return picture
    return f"<figure>{picture}<figcaption>{render_inline(' '.join(caption.split()))}</figcaption></figure>"


def _expand_prose(text: str, variables: Mapping[str, str], render_inline: RenderInline) -> str:
    def tag(found: re.Match[str]) -> str:
        inside = fill_in(found["liquid"] if found["liquid"] is not None else found["hugo"], variables)
        return _pictures_of(parse_tag(inside), variables, render_inline)

    text = _TAG.sub(tag, text)
    text = fill_in(text, variables)
    # What nobody can fill in stays an address: Markdown takes one with spaces only in angle brackets.
    text = _BARE_OUTPUT_ADDRESS.sub(r"<\1>", text)
    text = _WIKI_IMAGE.sub(_wiki_image, text)
    return _attributes_first(text)


def _pictures_of(tag: Tag, variables: Mapping[str, str], render_inline: RenderInline) -> str:
    """The figures a tag shows; nothing for a tag that names no picture."""
    named = {key: variables.get(value.removeprefix("page."), value) for key, value in tag.named.items()}
    first = next(
        (value for value in tag.positional if PICTURE_PATH.search(value)), None
    )  # an alt may end in .png too
    pictures = [value for value in (*named.values(), first or "") if PICTURE_PATH.search(value)]
    if tag.name in {"include", "include_relative", "render"} and not named:
        pictures = []  # an included file, even a picture, brings no figure of its own
    if not pictures or tag.name.startswith("/"):
        return ""
    texts = [value for value in tag.positional if value not in pictures]
    alt = next((named[key] for key in _ALT_KEYS if named.get(key)), None) or _positional_alt(
        tag, texts, bool(named)
    )
    caption = next((named[key] for key in _CAPTION_KEYS if named.get(key)), None)
    shown = list(dict.fromkeys(pictures))
    if "link" in named and len(shown) > 1 and named["link"] in shown:
        shown.remove(named["link"])  # a thumbnail and what it leads to are one figure
    return "".join(figure_html(image, alt, caption, render_inline) for image in shown)


def _positional_alt(tag: Tag, texts: list[str], has_named: bool) -> str | None:
    """`{% image "a.png" "its alt" %}`; words before the last are classes, numbers are sizes."""
    worded = [text for text in texts if not re.fullmatch(r"[\d.]+(?:px|%|em)?", text)]
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
    return f"![{' '.join(words)}](<{path}>)"


def _directive(found: re.Match[str], render_inline: RenderInline) -> str:
    """MyST's figure and image: options first (`:alt: ...` or a YAML block), then the caption, then a legend."""
    options: dict[str, str] = {}
    lines = found["body"].split("\n")
    while lines and (
        not lines[0].strip() or lines[0].strip() == "---" or _directive_option(lines[0], options)
    ):
        if not lines.pop(0).strip() and options:
            break
    path, body = found["path"].strip(), "\n".join(lines).strip()
    if found["kind"] == "figure-md":
        return f"<figure>\n\n{_last_paragraph_as_caption(body)}\n\n</figure>\n"
    caption = body.split("\n\n")[0] if found["kind"] == "figure" else None
    return figure_html(path, options.get("alt"), caption, render_inline) + "\n"


def _directive_option(line: str, options: dict[str, str]) -> bool:
    option = _OPTION_LINE.match(line.strip()) or re.match(
        r"^(name|alt|width|height|align|class|scale|target|figclass): (.*)", line
    )
    if option:
        options[option[1]] = option[2].strip().strip("\"'")
    return option is not None


def _last_paragraph_as_caption(body: str) -> str:
    first, _, caption = body.rpartition("\n\n")
    return f"{first}\n\n<figcaption>\n\n{caption}\n\n</figcaption>" if first else body


def _attributes_first(text: str) -> str:
    """Kramdown writes `{: .caption}` after a paragraph; the Markdown parser used here wants it before."""
    if "{:" not in text:
        return text
    out: list[str] = []
    for line in text.split("\n"):
        attributes = _ATTRIBUTE_LINE.match(line)
        if not attributes:
            out.append(re.sub(r"(?<=\))\{:\s*", "{", line))
            continue
        start = max((index + 1 for index, written in enumerate(out) if not written.strip()), default=0)
        if start < len(out) and "caption" in attributes["attributes"]:
            out.insert(start, "{.caption}")
    return "\n".join(out)
