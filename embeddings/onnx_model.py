"""A network as ONNX Runtime takes it: the few fields of an ONNX file that a chain of layers needs, written out.

The `onnx` package writes such files too, and brings 40 MB for it. An ONNX file is one message of Protocol Buffers
(https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, whose numbers of fields stand here); each field is a key,
which is its number and its kind, and a value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

IR_VERSION = 8
OPSET = 13
FLOAT = 1
"""ONNX's number for float32."""
VARINT, BYTES = 0, 2
INT, STRING, INTS = 2, 3, 7
"""The kinds of an attribute."""

Attribute = int | str | Sequence[int]


@dataclass
class Graph:
    """Layers in the order in which they run, and their weights."""

    name: str
    _nodes: list[bytes] = field(default_factory=list)
    _weights: list[bytes] = field(default_factory=list)
    _count: int = 0

    def weight(self, values: NDArray[np.float32]) -> str:
        """Adds a constant; the name under which layers take it."""
        name = self._named("weight")
        dims = b"".join(_int(1, size) for size in values.shape)
        raw = np.ascontiguousarray(values, "<f4").tobytes()
        self._weights.append(dims + _int(2, FLOAT) + _text(8, name) + _bytes(9, raw))
        return name

    def layer(self, operator: str, *inputs: str, **attributes: Attribute) -> str:
        """Adds a layer; the name of what it gives."""
        output = self._named("layer")
        named = b"".join(_text(1, one) for one in inputs) + _text(2, output) + _text(4, operator)
        self._nodes.append(named + b"".join(_bytes(5, _attribute(*one)) for one in attributes.items()))
        return output

    def model(self, inputs: dict[str, Sequence[int | str]], outputs: dict[str, Sequence[int | str]]) -> bytes:
        """The file: shapes by name, a word where a size is not known before."""
        graph = b"".join(
            (
                *(_bytes(1, node) for node in self._nodes),
                _text(2, self.name),
                *(_bytes(5, weight) for weight in self._weights),
                *(_bytes(11, _value(*one)) for one in inputs.items()),
                *(_bytes(12, _value(*one)) for one in outputs.items()),
            )
        )
        return _int(1, IR_VERSION) + _bytes(7, graph) + _bytes(8, _int(2, OPSET))

    def _named(self, kind: str) -> str:
        self._count += 1
        return f"{kind} {self._count}"


def _attribute(name: str, value: Attribute) -> bytes:
    if isinstance(value, int):
        return _text(1, name) + _int(3, value) + _int(20, INT)
    if isinstance(value, str):
        return _text(1, name) + _text(4, value) + _int(20, STRING)
    return _text(1, name) + b"".join(_int(8, one) for one in value) + _int(20, INTS)


def _value(name: str, shape: Sequence[int | str]) -> bytes:
    sizes = (_int(1, size) if isinstance(size, int) else _text(2, size) for size in shape)
    tensor = _int(1, FLOAT) + _bytes(2, b"".join(_bytes(1, size) for size in sizes))
    return _text(1, name) + _bytes(2, _bytes(1, tensor))


def _int(number: int, value: int) -> bytes:
    return bytes((*_varint(number << 3 | VARINT), *_varint(value)))


def _text(number: int, value: str) -> bytes:
    return _bytes(number, value.encode())


def _bytes(number: int, value: bytes) -> bytes:
    return bytes((*_varint(number << 3 | BYTES), *_varint(len(value)))) + value


def _varint(value: int) -> Iterator[int]:
    """Seven bits at a time, the lowest first; the eighth says that there are more."""
    while value > 0x7F:
        yield value & 0x7F | 0x80
        value >>= 7
    yield value
