"""The data at the head of a document, in YAML, TOML, JSON or bare lines; and YAML of strangers wherever it stands."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

import yaml

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
