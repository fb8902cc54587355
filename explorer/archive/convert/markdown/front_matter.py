"""The data at the head of a document, in YAML, TOML, JSON or bare lines; and YAML of strangers wherever it stands."""

from __future__ import annotations

import html
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from explorer.archive.convert.figure_html import RenderInline, contains_picture, figure_html
from explorer.archive.links.picture_suffixes import PICTURE_PATH

# Enough for any real front matter; a YAML parser asked for more is being attacked.
MAX_FRONT_MATTER = 64 * 1024
MAX_BRACKETS = 2000  # nested, they cost the YAML parser their square
# The parser of TOML takes the square of a key's depth.
_DEEP_KEY = re.compile(r"^(?:[^=.\n]*\.){100}", re.MULTILINE)
_FRONT_MATTER = re.compile(
    r"\A\s*(?P<fence>---|\+\+\+)[ \t]*\n(?P<body>.*?)\n?^(?:(?P=fence)|\.\.\.)[ \t]*$\n?",
    re.MULTILINE | re.DOTALL,
)
# Pelican and MultiMarkdown: lines of `Key: value` up to the first empty one.
_BARE_LINES = re.compile(
    r"\A(?:title|date|author|authors|slug|category|tags):[^\n]*\n(?:[A-Za-z][\w -]*:[^\n]*\n|[ \t]+\S[^\n]*\n)*\n",
    re.I,
)


def split_front_matter(source: str) -> tuple[dict[str, Any], str]:
    """The data at the head of a document (YAML, TOML, JSON or bare lines), and the rest."""
    source = source.lstrip("\ufeff")
    if source.startswith("{"):
        return _json_head(source)
    bare = _BARE_LINES.match(source)
    if bare:
        return {key.lower(): value for key, value in by_line(bare[0]).items()}, source[bare.end() :]
    found = _FRONT_MATTER.match(source)
    if not found or len(found["body"]) > MAX_FRONT_MATTER:
        return {}, source
    rest = source[found.end() :]
    try:
        parsed = _toml(found["body"]) if found["fence"] == "+++" else parse_yaml(found["body"])
    except ValueError:
        return by_line(found["body"]), rest
    return (parsed, rest) if isinstance(parsed, dict) else ({}, source)


def parse_yaml(text: str) -> Any:  # noqa: ANN401
    """Return what the YAML says, all values as text; ValueError where it is broken or made to cost much."""
    if len(text) > MAX_FRONT_MATTER or text.count("[") + text.count("{") > MAX_BRACKETS:
        raise ValueError("more YAML than anybody writes by hand")
    try:
        return yaml.load(text, _FrontMatter)  # noqa: S506  it makes nothing but strings
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(str(error)) from error


def _toml(text: str) -> dict[str, Any]:
    if text.count("[") + text.count("{") > MAX_BRACKETS or _DEEP_KEY.search(text):
        raise ValueError("more TOML than anybody writes by hand")
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ValueError("TOML that nests without end") from error


def _json_head(source: str) -> tuple[dict[str, Any], str]:
    try:
        parsed, end = json.JSONDecoder().raw_decode(source[:MAX_FRONT_MATTER])
    except (ValueError, RecursionError):
        return {}, source
    return (parsed, source[end:]) if isinstance(parsed, dict) else ({}, source)


class _FrontMatter(yaml.BaseLoader):
    """Plain strings only: dates stay as written, nothing is constructed, and aliases cannot grow into a bomb."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:  # noqa: ANN401
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("aliases are not read in front matter")
        return super().compose_node(parent, index)


def by_line(block: str) -> dict[str, Any]:
    """What can be saved of front matter with a mistake in it: the simple `key: value` lines."""
    lines = (re.match(r"^([A-Za-z_][\w-]*)\s*[:=]\s*(\S.*)$", line) for line in block.split("\n"))
    return {found[1]: found[2].strip().strip("\"'") for found in lines if found}


MAX_DEPTH = 4
MAX_PICTURES = 500
MAX_VARIABLE_CHARS = 4000
# What an entry calls its picture, the one that is shown first; `url` of a gallery is where its picture is larger.
_ADDRESSES = (
    "image_path", "image", "img", "src", "path", "file", "filename", "overlay_image", "relative_image", "url", "href",
    "large", "full", "thumbnail", "thumb", "teaser",
)  # fmt: skip
_CAPTIONS = ("caption", "figcaption", "legend", "image_caption")
_ALTS = ("alt", "alt_text", "alttext", "image_alt", "imagealt", "image_description")
_CREDITS = ("credit", "attribution", "photographer", "image_credit")
# A cover written as lines beside one another: `image: a.png`, `image_caption: ...`.
_COVERS = re.compile(
    r"(?:(?:cover|hero|header|featured?|lead|main|banner|title|post)[_-]?)?(?:image|img|photo|picture)|cover|hero|banner",
    re.IGNORECASE,
)
# Of other things than the issue: its author, its site, what social networks show of it.
_NOT_OF_THE_ISSUE = re.compile(
    r"(?:^|[_-])(?:authors?|avatars?|logos?|icons?|favicons?|og|opengraph|seo|social|twitter|share|sharing|resources|params|css|js)(?:$|[_-])",
    re.IGNORECASE,
)
_PLACE = "<!--gallery:{}-->"
_PLACES = re.compile(r"<!--gallery:[\w-]+-->")


@dataclass(frozen=True, slots=True)
class Entry:
    """A picture with what front matter says of it."""

    address: str
    larger: str
    alt: str
    caption: str
    credit: str
    title: str

    def html(self, render_inline: RenderInline) -> str:
        """Return the figure, linked to its larger version."""
        shown = figure_html(
            self.address, self.alt, self.caption, render_inline, self.title or None, self.credit or None
        )
        if self.larger in {"", self.address}:
            return shown
        return re.sub(
            r"<img [^>]*>",
            lambda found: f'<a href="{html.escape(self.larger)}">{found[0]}</a>',
            shown,
            count=1,
        )


def galleries_of(front_matter: Mapping[str, Any]) -> dict[str, list[Entry]]:
    """Return the lists of pictures at the top of front matter, by their names."""
    found: dict[str, list[Entry]] = {}
    for name, value in front_matter.items():
        if isinstance(value, list) and re.fullmatch(r"[\w-]+", name):
            entries = [_entry(one) for one in value[:MAX_PICTURES]]
            pictures = [one for one in entries if one is not None]
            if pictures and len(pictures) == len(entries):
                found[name] = pictures
    return found


def variables_of(front_matter: Mapping[str, Any]) -> dict[str, str]:
    """Return what templates may put anywhere, and as often as they like: nothing long. Nested values have dotted names."""
    said = dict(_scalars(front_matter, "", MAX_DEPTH))
    places = {gallery_variable(name): _PLACE.format(name) for name in galleries_of(front_matter)}
    return {**{key: value for key, value in said.items() if len(value) <= MAX_VARIABLE_CHARS}, **places}


def gallery_variable(name: str) -> str:
    """Return under which name a template finds the place of a gallery."""
    return f"gallery {name}"


def with_pictures(body: str, front_matter: Mapping[str, Any], render_inline: RenderInline) -> str:
    """Return the HTML of a document with its galleries where it includes them and its covers at its beginning.

    Each is put in once. What the text shows itself is not shown again.
    """
    for name, entries in galleries_of(front_matter).items():
        shown = "\n".join(entry.html(render_inline) for entry in entries)
        body = body.replace(_PLACE.format(name), shown, 1)
    body = _PLACES.sub("", body)
    covers = (
        entry for entry in dict.fromkeys(_covers(front_matter)) if not contains_picture(body, entry.address)
    )
    return "\n".join([*(entry.html(render_inline) for entry in covers), body])


def _covers(front_matter: Mapping[str, Any]) -> Iterator[Entry]:
    for name, value in front_matter.items():
        if isinstance(value, str) and _COVERS.fullmatch(name) and PICTURE_PATH.search(value):
            beside = {key: front_matter.get(f"{name}{key}") for key in ("_caption", "-caption", "Caption")}
            caption = next((it for it in beside.values() if isinstance(it, str) and it.strip()), "")
            alt = next(
                (it for it in (front_matter.get(f"{name}{key}") for key in ("_alt", "-alt", "Alt")) if it), ""
            )
            if caption:
                yield Entry(value, "", str(alt), caption, "", "")
    yield from _said_to_be_shown(front_matter, MAX_DEPTH)


def _said_to_be_shown(value: Any, depth: int) -> Iterator[Entry]:  # noqa: ANN401
    """The entries below a value that have words of their own."""
    if depth == 0:
        return
    if isinstance(value, list):
        for one in value[:MAX_PICTURES]:
            yield from _said_to_be_shown(one, depth - 1)
    if not isinstance(value, Mapping):
        return
    entry = _entry(value) if depth < MAX_DEPTH else None
    if entry is not None and (entry.caption or entry.alt) and not _is_hidden(value):
        yield entry
        return
    for name, one in value.items():
        if not isinstance(one, str) and not _NOT_OF_THE_ISSUE.search(str(name)):
            yield from _said_to_be_shown(one, depth - 1)


def _is_hidden(entry: Mapping[str, Any]) -> bool:
    return str(entry.get("hidden", "")).lower() == "true"


def _entry(value: Any) -> Entry | None:  # noqa: ANN401
    """The picture that a value names, alone or among what is said of it."""
    if isinstance(value, str):
        return Entry(value.strip(), "", "", "", "", "") if PICTURE_PATH.search(value.strip()) else None
    if not isinstance(value, Mapping):
        return None
    said = {
        str(key).lower().replace("-", "_"): it.strip() for key, it in value.items() if isinstance(it, str)
    }
    addresses = [said[key] for key in _ADDRESSES if PICTURE_PATH.search(said.get(key, ""))]
    if not addresses:
        return None
    caption, alt, credit = (
        next(filter(None, map(said.get, keys)), "") for keys in (_CAPTIONS, _ALTS, _CREDITS)
    )
    larger = next((said[key] for key in ("url", "large", "full", "href") if said.get(key) in addresses), "")
    return Entry(addresses[0], larger, alt, caption, credit, said.get("title", ""))


def _scalars(value: Mapping[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, str]]:
    for key, one in value.items():
        if isinstance(one, str | int | float):
            yield f"{prefix}{key}", str(one)
        elif isinstance(one, Mapping) and depth > 1:
            yield from _scalars(one, f"{prefix}{key}.", depth - 1)
