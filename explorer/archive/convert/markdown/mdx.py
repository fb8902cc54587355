"""The JSX of MDX pages: pictures that are imported, required or handed to a component."""

from __future__ import annotations

import re

_IMPORT = re.compile(
    r"""^import\s+(?P<name>\w+)\s+from\s+["'](?P<path>[^"'\n]{1,2000})["'];?[ \t]*$""", re.MULTILINE
)
# `={"a.png"}`, `={require("./a.png").default}`, `={useBaseUrl("/a.png")}`
_EXPRESSION = re.compile(
    r"""=\{\s*+(?:[\w.]++\(\s*+)?["'`](?P<value>[^"'`{}\n]++)["'`]\s*+\)?+(?:\.\w++)?+\s*+\}"""
)
_USE = re.compile(r"=\{\s*+(?P<name>\w++)(?:\.\w++)?+\s*+\}")
COMPONENT = re.compile(r"<(?P<inside>[A-Z][a-z]\w*+\s(?:[^<>/]++|/(?!>))*+)/?>")


def expand_imports(source: str) -> str:
    """`import cat from "./cat.png"` ... `src={cat}` -> `src="./cat.png"`."""
    imported = {found["name"]: found["path"] for found in _IMPORT.finditer(source)}
    if not imported:
        return source

    def path(use: re.Match[str]) -> str:
        return f'="{imported[use["name"]]}"' if use["name"] in imported else use[0]

    return _USE.sub(path, _IMPORT.sub("", source))


def plain_attributes(text: str) -> str:
    """Attributes that are constant expressions as plain ones."""
    return _EXPRESSION.sub(lambda found: f'="{found["value"]}"', text)
