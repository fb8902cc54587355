"""Front matter in YAML, TOML, JSON or bare lines, and a safe parser for other untrusted YAML."""

from __future__ import annotations

import html
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from explorer.archive.html.caption_marks import RenderInline, contains_picture, figure_html
from explorer.archive.links.picture_suffixes import PICTURE_PATH

# Enough for any real front matter. More is an attack on the YAML parser.
MAX_FRONT_MATTER = 64 * 1024
MAX_BRACKETS = 2000  # nested brackets take the YAML parser quadratic time
# The TOML parser takes time quadratic in the depth of a key.
_DEEP_KEY = re.compile(r"^(?:[^=.\n]*\.){100}", re.MULTILINE)
_FRONT_MATTER = re.compile(
    r"\A\s*(?P<fence>---|\+\+\+)[ \t]*\n(?P<body>.*?)\n?^(?:(?P=fence)|\.\.\.)[ \t]*$\n?",
    re.MULTILINE | re.DOTALL,
)
# Pelican and MultiMarkdown: lines of `Key: value` up to the first empty line.
_BARE_LINES = re.compile(
    r"\A(?:title|date|author|authors|slug|category|tags):[^\n]*\n(?:[A-Za-z][\w -]*:[^\n]*\n|[ \t]+\S[^\n]*\n)*\n",
    re.I,
)


def split_front_matter(source: str) -> tuple[dict[str, Any], str]:
    """Return the front matter of a document (YAML, TOML, JSON or bare lines), {} if there is none, and the body."""
    source = source.lstrip("\ufeff")
    if source.startswith("{"):
        return _split_json(source)
    bare = _BARE_LINES.match(source)
    if bare:
        return {key.lower(): value for key, value in parse_lines(bare[0]).items()}, source[bare.end() :]
    match = _FRONT_MATTER.match(source)
    if not match or len(match["body"]) > MAX_FRONT_MATTER:
        return {}, source
    body = source[match.end() :]
    try:
        parsed = _parse_toml(match["body"]) if match["fence"] == "+++" else parse_yaml(match["body"])
    except ValueError:
        return parse_lines(match["body"]), body
    return (parsed, body) if isinstance(parsed, dict) else ({}, source)


def parse_yaml(text: str) -> Any:  # noqa: ANN401
    """Return the parsed YAML, with all scalars as text.

    Raises:
        ValueError: The YAML is invalid, or too large or too deep for real data.
    """
    if len(text) > MAX_FRONT_MATTER or text.count("[") + text.count("{") > MAX_BRACKETS:
        raise ValueError("more YAML than a document has")
    try:
        return yaml.load(text, _StringLoader)  # noqa: S506  it constructs only strings
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(str(error)) from error


def _parse_toml(text: str) -> dict[str, Any]:
    if text.count("[") + text.count("{") > MAX_BRACKETS or _DEEP_KEY.search(text):
        raise ValueError("more TOML than a document has")
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ValueError("too deeply nested TOML") from error


def _split_json(source: str) -> tuple[dict[str, Any], str]:
    try:
        parsed, end = json.JSONDecoder().raw_decode(source[:MAX_FRONT_MATTER])
    except (ValueError, RecursionError):
        return {}, source
    return (parsed, source[end:]) if isinstance(parsed, dict) else ({}, source)


class _StringLoader(yaml.BaseLoader):
    """A YAML loader of strings: dates stay as written, no objects are constructed, aliases (YAML bombs) are refused."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:  # noqa: ANN401
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("aliases are not read in front matter")
        return super().compose_node(parent, index)


def parse_lines(block: str) -> dict[str, Any]:
    """Return the values of the simple `key: value` lines, for front matter with a syntax error."""
    matches = (re.match(r"^([A-Za-z_][\w-]*)\s*[:=]\s*(\S.*)$", line) for line in block.split("\n"))
    return {match[1]: match[2].strip().strip("\"'") for match in matches if match}


MAX_DEPTH = 4
MAX_PICTURES = 500
MAX_VARIABLE_CHARS = 4000
# Keys for the picture of an entry, the displayed one first. In galleries, `url` is the larger version.
_ADDRESS_KEYS = (
    "image_path", "image", "img", "src", "path", "file", "filename", "overlay_image", "relative_image", "url", "href",
    "large", "full", "thumbnail", "thumb", "teaser",
)  # fmt: skip
_CAPTION_KEYS = ("caption", "figcaption", "legend", "image_caption")
_ALT_KEYS = ("alt", "alt_text", "alttext", "image_alt", "imagealt", "image_description")
_CREDIT_KEYS = ("credit", "attribution", "photographer", "image_credit")
# A cover in adjacent keys: `image: a.png`, `image_caption: ...`.
_COVER_KEY = re.compile(
    r"(?:(?:cover|hero|header|featured?|lead|main|banner|title|post)[_-]?)?(?:image|img|photo|picture)|cover|hero|banner",
    re.IGNORECASE,
)
# Keys of pictures that do not belong to the issue: of its author, its site, or for social networks.
_UNRELATED_KEY = re.compile(
    r"(?:^|[_-])(?:authors?|avatars?|logos?|icons?|favicons?|og|opengraph|seo|social|twitter|share|sharing|resources|params|css|js)(?:$|[_-])",
    re.IGNORECASE,
)
_GALLERY_PLACEHOLDER = "<!--gallery:{}-->"
_GALLERY_PLACEHOLDERS = re.compile(r"<!--gallery:[\w-]+-->")


@dataclass(frozen=True, slots=True)
class Entry:
    """A picture in front matter with its texts; "" if unknown."""

    address: str
    larger: str
    alt: str
    caption: str
    credit: str
    title: str

    def html(self, render_inline: RenderInline) -> str:
        """Return the HTML of the figure, linked to its larger version."""
        figure = figure_html(
            self.address, self.alt, self.caption, render_inline, self.title or None, self.credit or None
        )
        if self.larger in {"", self.address}:
            return figure
        return re.sub(
            r"<img [^>]*>",
            lambda image: f'<a href="{html.escape(self.larger)}">{image[0]}</a>',
            figure,
            count=1,
        )


def galleries_of(front_matter: Mapping[str, Any]) -> dict[str, list[Entry]]:
    """Return the lists of pictures at the top level of front matter, by their keys."""
    galleries: dict[str, list[Entry]] = {}
    for name, value in front_matter.items():
        if isinstance(value, list) and re.fullmatch(r"[\w-]+", name):
            entries = [_parse_entry(item) for item in value[:MAX_PICTURES]]
            pictures = [item for item in entries if item is not None]
            if pictures and len(pictures) == len(entries):
                galleries[name] = pictures
    return galleries


def template_variables(front_matter: Mapping[str, Any]) -> dict[str, str]:
    """Return the values that templates can insert, by name. Nested values have dotted names.

    Long values are left out, since a template may repeat them.
    """
    scalars = dict(_scalars(front_matter, "", MAX_DEPTH))
    placeholders = {
        gallery_variable(name): _GALLERY_PLACEHOLDER.format(name) for name in galleries_of(front_matter)
    }
    return {
        **{key: value for key, value in scalars.items() if len(value) <= MAX_VARIABLE_CHARS},
        **placeholders,
    }


def gallery_variable(name: str) -> str:
    """Return the name of the template variable for a gallery."""
    return f"gallery {name}"


def insert_pictures(body: str, front_matter: Mapping[str, Any], render_inline: RenderInline) -> str:
    """Return the HTML of a document with its galleries at their placeholders and its covers at the beginning.

    Each is inserted once. Covers that the text already shows are not inserted.
    """
    for name, entries in galleries_of(front_matter).items():
        gallery = "\n".join(entry.html(render_inline) for entry in entries)
        body = body.replace(_GALLERY_PLACEHOLDER.format(name), gallery, 1)
    body = _GALLERY_PLACEHOLDERS.sub("", body)
    covers = (
        entry for entry in dict.fromkeys(_covers(front_matter)) if not contains_picture(body, entry.address)
    )
    return "\n".join([*(entry.html(render_inline) for entry in covers), body])


def _covers(front_matter: Mapping[str, Any]) -> Iterator[Entry]:
    for name, value in front_matter.items():
        if isinstance(value, str) and _COVER_KEY.fullmatch(name) and PICTURE_PATH.search(value):
            captions = {key: front_matter.get(f"{name}{key}") for key in ("_caption", "-caption", "Caption")}
            caption = next((text for text in captions.values() if isinstance(text, str) and text.strip()), "")
            alt = next(
                (
                    text
                    for text in (front_matter.get(f"{name}{key}") for key in ("_alt", "-alt", "Alt"))
                    if text
                ),
                "",
            )
            if caption:
                yield Entry(value, "", str(alt), caption, "", "")
    yield from _described_entries(front_matter, MAX_DEPTH)


def _described_entries(value: Any, depth: int) -> Iterator[Entry]:  # noqa: ANN401
    """Yield the entries below a value that have a caption or an alt text and are not hidden."""
    if depth == 0:
        return
    if isinstance(value, list):
        for child in value[:MAX_PICTURES]:
            yield from _described_entries(child, depth - 1)
    if not isinstance(value, Mapping):
        return
    entry = _parse_entry(value) if depth < MAX_DEPTH else None
    if entry is not None and (entry.caption or entry.alt) and not _is_hidden(value):
        yield entry
        return
    for name, child in value.items():
        if not isinstance(child, str) and not _UNRELATED_KEY.search(str(name)):
            yield from _described_entries(child, depth - 1)


def _is_hidden(entry: Mapping[str, Any]) -> bool:
    return str(entry.get("hidden", "")).lower() == "true"


def _parse_entry(value: Any) -> Entry | None:  # noqa: ANN401
    """Return the picture of a value: an address, or a mapping with an address and texts. None if it has no picture."""
    if isinstance(value, str):
        return Entry(value.strip(), "", "", "", "", "") if PICTURE_PATH.search(value.strip()) else None
    if not isinstance(value, Mapping):
        return None
    texts = {
        str(key).lower().replace("-", "_"): text.strip()
        for key, text in value.items()
        if isinstance(text, str)
    }
    addresses = [texts[key] for key in _ADDRESS_KEYS if PICTURE_PATH.search(texts.get(key, ""))]
    if not addresses:
        return None
    caption, alt, credit = (
        next(filter(None, map(texts.get, keys)), "") for keys in (_CAPTION_KEYS, _ALT_KEYS, _CREDIT_KEYS)
    )
    larger = next((texts[key] for key in ("url", "large", "full", "href") if texts.get(key) in addresses), "")
    return Entry(addresses[0], larger, alt, caption, credit, texts.get("title", ""))


def _scalars(value: Mapping[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, str]]:
    for key, item in value.items():
        if isinstance(item, str | int | float):
            yield f"{prefix}{key}", str(item)
        elif isinstance(item, Mapping) and depth > 1:
            yield from _scalars(item, f"{prefix}{key}.", depth - 1)
