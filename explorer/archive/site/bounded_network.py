"""Connections with one budget of seconds and bytes for a whole request, so that every request ends.

The timeout of an HTTP client starts again with every read. A server that sends a byte of its headers every few seconds,
or one `103 Early Hints` after the other, could keep a client for ever.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from ssl import SSLContext
from typing import Any

import httpcore
import httpx


@dataclass(slots=True)
class Budget:
    """The budget of a request: its deadline, and the compressed bytes that it may still receive."""

    deadline: float = inf
    bytes: float = inf

    def begin(self, seconds: float, bytes: int) -> None:
        """Start a request that may last `seconds` and receive `bytes`."""
        self.deadline, self.bytes = time.monotonic() + seconds, bytes

    def seconds(self, timeout: float | None) -> float:
        """Return the seconds that the next step may take; raise httpcore.ReadTimeout if none are left."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("it took too long")
        return min(left, inf if timeout is None else timeout)

    def take(self, count: int) -> None:
        """Count received bytes; raise httpcore.ReadError if they exceed the budget."""
        self.bytes -= count
        if self.bytes < 0:
            raise httpcore.ReadError("it sends more bytes than are allowed")


class BoundedTransport(httpx.HTTPTransport):
    """The HTTP transport of httpx within a budget."""

    def __init__(self, budget: Budget) -> None:
        super().__init__()
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            retries=1,
            network_backend=_BoundedBackend(budget),
        )


class _BoundedBackend(httpcore.NetworkBackend):
    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        seconds = self._budget.seconds(timeout)
        stream = self._inner.connect_tcp(host, port, seconds, local_address, socket_options)
        return _BoundedStream(stream, self._budget)

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(min(seconds, self._budget.seconds(seconds)))


class _BoundedStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(max_bytes, self._budget.seconds(timeout))
        self._budget.take(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._budget.seconds(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._budget.seconds(timeout))
        return _BoundedStream(secured, self._budget)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  as httpcore declares it
        return self._stream.get_extra_info(info)
