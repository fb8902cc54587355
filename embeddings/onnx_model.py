"""A writer of ONNX files, with the few fields that a chain of layers needs.

The `onnx` package could write such files, but takes 40 MB. An ONNX file is a message of Protocol Buffers
(https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, from which the field numbers are taken). Each field is a key,
which contains its number and its wire type, and a value.
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
"""Wire types of Protocol Buffers."""
INT, STRING, INTS = 2, 3, 7
"""ONNX's numbers for types of attributes."""

Attribute = int | str | Sequence[int]


@dataclass
class Graph:
    """Layers in the order of execution, and their weights."""

    name: str
    _nodes: list[bytes] = field(default_factory=list)
    _weights: list[bytes] = field(default_factory=list)
    _count: int = 0

    def weight(self, values: NDArray[np.float32]) -> str:
        """Add a constant and return its name, for the inputs of layers."""
        name = self._new_name("weight")
        dims = b"".join(_int(1, size) for size in values.shape)
        raw = np.ascontiguousarray(values, "<f4").tobytes()
        self._weights.append(dims + _int(2, FLOAT) + _text(8, name) + _bytes(9, raw))
        return name

    def layer(self, operator: str, *inputs: str, **attributes: Attribute) -> str:
        """Add a layer and return the name of its output."""
        output = self._new_name("layer")
        fields = b"".join(_text(1, source) for source in inputs) + _text(2, output) + _text(4, operator)
        self._nodes.append(
            fields + b"".join(_bytes(5, _attribute(*attribute)) for attribute in attributes.items())
        )
        return output

    def model(self, inputs: dict[str, Sequence[int | str]], outputs: dict[str, Sequence[int | str]]) -> bytes:
        """Return the ONNX file. `inputs` and `outputs` are shapes by name; a variable size is given as a word."""
        graph = b"".join(
            (
                *(_bytes(1, node) for node in self._nodes),
                _text(2, self.name),
                *(_bytes(5, weight) for weight in self._weights),
                *(_bytes(11, _value(*shape)) for shape in inputs.items()),
                *(_bytes(12, _value(*shape)) for shape in outputs.items()),
            )
        )
        return _int(1, IR_VERSION) + _bytes(7, graph) + _bytes(8, _int(2, OPSET))

    def _new_name(self, kind: str) -> str:
        self._count += 1
        return f"{kind} {self._count}"


def _attribute(name: str, value: Attribute) -> bytes:
    if isinstance(value, int):
        return _text(1, name) + _int(3, value) + _int(20, INT)
    if isinstance(value, str):
        return _text(1, name) + _text(4, value) + _int(20, STRING)
    return _text(1, name) + b"".join(_int(8, number) for number in value) + _int(20, INTS)


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
    """Yield seven bits at a time, the lowest first; the eighth bit marks that more follow."""
    while value > 0x7F:
        yield value & 0x7F | 0x80
        value >>= 7
    yield value
