"""Untrusted JSON: read within limits, accessed without assumptions about types."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from explorer.archive.convert.decoding import decode
from explorer.errors import ArchiveError

MAX_JSON_BYTES = 64 * 1024 * 1024
# Objects and lists take a hundred times the memory of the two characters `{}` or `[]`.
MAX_NODES = 2_000_000

Node = Mapping[str, Any]


def read_json(stream: BinaryIO) -> Any:  # noqa: ANN401
    """Return the content of a JSON file.

    Raises:
        ArchiveError: It is not JSON, or too large.
    """
    data = stream.read(MAX_JSON_BYTES + 1)
    if len(data) > MAX_JSON_BYTES:
        raise ArchiveError(f"has more than {MAX_JSON_BYTES:,} bytes. Export it in parts.")
    if data.count(b"{") + data.count(b"[") > MAX_NODES:
        raise ArchiveError(f"has more than {MAX_NODES:,} objects and lists. Export it in parts.")
    try:
        return _parse(data)
    except (ValueError, RecursionError) as error:
        raise ArchiveError("is not readable JSON. Export it again.") from error


def _parse(data: bytes) -> Any:  # noqa: ANN401
    try:
        return json.loads(data)
    except UnicodeDecodeError:  # the standard requires Unicode
        return json.loads(decode(data, "utf-8"))


def text_at(node: Node, key: str) -> str:
    """Return the text at a key, "" if there is none."""
    value = node.get(key)
    return value if isinstance(value, str) else ""


def list_at(node: Node, key: str) -> list[Any]:
    """Return the list at a key, empty if there is none."""
    value = node.get(key)
    return value if isinstance(value, list) else []


def nodes_at(node: Node, key: str) -> Iterator[Node]:
    """Yield the objects in the list at a key."""
    return (value for value in list_at(node, key) if isinstance(value, dict))
