"""The JSX of MDX pages: pictures that are imported, required or passed to a component."""

from __future__ import annotations

import re

IMPORT_MARK = "import"
_IMPORT = re.compile(
    r"""^import\s+(?P<name>\w+)\s+from\s+["'](?P<path>[^"'\n]{1,2000})["'];?[ \t]*$""", re.MULTILINE
)
# `={"a.png"}`, `={require("./a.png").default}`, `={useBaseUrl("/a.png")}`
EXPRESSION_MARK = "={"
_EXPRESSION = re.compile(
    r"""=\{\s*+(?:[\w.]++\(\s*+)?["'`](?P<value>[^"'`{}\n]++)["'`]\s*+\)?+(?:\.\w++)?+\s*+\}"""
)
_USE = re.compile(r"=\{\s*+(?P<name>\w++)(?:\.\w++)?+\s*+\}")
COMPONENT = re.compile(r"<(?P<inside>[A-Z][a-z]\w*+\s(?:[^<>/]++|/(?!>))*+)/?>")


def expand_imports(source: str) -> str:
    """Replace imported names: `import cat from "./cat.png"` ... `src={cat}` becomes `src="./cat.png"`."""
    paths = {match["name"]: match["path"] for match in _IMPORT.finditer(source)}
    if not paths:
        return source

    def replacement(use: re.Match[str]) -> str:
        return f'="{paths[use["name"]]}"' if use["name"] in paths else use[0]

    return _USE.sub(replacement, _IMPORT.sub("", source))


def evaluate_constant_attributes(text: str) -> str:
    """Replace attributes that are constant expressions by plain ones: `src={"a.png"}` becomes `src="a.png"`."""
    return _EXPRESSION.sub(lambda match: f'="{match["value"]}"', text)
