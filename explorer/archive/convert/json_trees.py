"""JSON of strangers: read within bounds, and looked into without trusting that anything is what it should be."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from explorer.archive.convert.decoding import decode
from explorer.errors import ArchiveError

MAX_JSON_BYTES = 64 * 1024 * 1024
# Objects and lists take a hundred times the memory of the two characters that they may be written with.
MAX_NODES = 2_000_000

Node = Mapping[str, Any]


def read_json(stream: BinaryIO) -> Any:  # noqa: ANN401
    """What a file holds; ArchiveError when it is no JSON, or too much."""
    data = stream.read(MAX_JSON_BYTES + 1)
    if len(data) > MAX_JSON_BYTES:
        raise ArchiveError(f"has more than {MAX_JSON_BYTES:,} bytes. Export it in parts.")
    if data.count(b"{") + data.count(b"[") > MAX_NODES:
        raise ArchiveError(f"has more than {MAX_NODES:,} objects and lists. Export it in parts.")
    try:
        return _parsed(data)
    except (ValueError, RecursionError) as error:
        raise ArchiveError("is no JSON that can be read. Export it again.") from error


def _parsed(data: bytes) -> Any:  # noqa: ANN401
    try:
        return json.loads(data)
    except UnicodeDecodeError:  # by the standard it is Unicode
        return json.loads(decode(data, "utf-8"))


def text_at(node: Node, key: str) -> str:
    """The text under a key; empty where there is none."""
    value = node.get(key)
    return value if isinstance(value, str) else ""


def list_at(node: Node, key: str) -> list[Any]:
    """The list under a key; empty where there is none."""
    value = node.get(key)
    return value if isinstance(value, list) else []


def nodes_at(node: Node, key: str) -> Iterator[Node]:
    """The objects in the list under a key."""
    return (one for one in list_at(node, key) if isinstance(one, dict))
