"""Fetches pictures that lie outside the archive, when asked: politely, bounded, and never from a private network."""

from __future__ import annotations

import ipaddress
import socket
import time
from collections import defaultdict
from collections.abc import Callable

import httpx

from explorer.errors import ArchiveProblem

MAX_BYTES = 32 * 1024 * 1024
MAX_SECONDS = 30.0
MAX_REDIRECTS = 5
PAUSE_SECONDS = 1.0  # between two requests to one host
USER_AGENT = "archive-explorer"

NAT64 = ipaddress.ip_network("64:ff9b::/96")  # the old internet inside the new: RFC 6052

Resolve = Callable[[str, int], list[str]]


class RemotePictures:
    """Gets pictures by http(s). One request a second per host; every connection goes to a public address."""

    def __init__(
        self, *, resolve: Resolve | None = None, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._last: dict[str, float] = defaultdict(float)
        self._client = httpx.Client(
            transport=PublicOnly(resolve or resolved, transport or httpx.HTTPTransport(retries=1)),
            follow_redirects=True,
            max_redirects=MAX_REDIRECTS,
            timeout=httpx.Timeout(10.0),
            headers={"User-Agent": USER_AGENT, "Accept": "image/*"},
            trust_env=False,
        )

    def fetch(self, address: str) -> bytes:
        """The bytes behind `address`; ArchiveProblem when they cannot or must not be had."""
        try:
            self._wait_for(httpx.URL(address).host)
            return self._read(address)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise ArchiveProblem(f"{address} cannot be fetched: {error or type(error).__name__}.") from error

    def close(self) -> None:
        self._client.close()

    def _read(self, address: str) -> bytes:
        deadline = time.monotonic() + MAX_SECONDS
        data = bytearray()
        with self._client.stream("GET", address) as response:
            response.raise_for_status()
            kind = response.headers.get("content-type", "image/").split(";")[0].strip().lower()
            if not kind.startswith(("image/", "application/octet-stream", "binary/")):
                raise ArchiveProblem(f"{address} is no picture but {kind}.")
            for chunk in response.iter_bytes():
                data += chunk
                if len(data) > MAX_BYTES:
                    raise ArchiveProblem(f"{address} has more than {MAX_BYTES:,} bytes and is not kept.")
                if time.monotonic() > deadline:
                    raise ArchiveProblem(f"{address} took longer than {MAX_SECONDS:.0f} seconds.")
        return bytes(data)

    def _wait_for(self, host: str) -> None:
        pause = self._last[host] + PAUSE_SECONDS - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        self._last[host] = time.monotonic()


class PublicOnly(httpx.BaseTransport):
    """Connects to the address it has checked, so that a name cannot lead elsewhere the second time it is asked.

    Every redirect passes here as well. The certificate is still verified for the name (`sni_hostname`).
    """

    def __init__(self, resolve: Resolve, transport: httpx.BaseTransport) -> None:
        self._resolve = resolve
        self._transport = transport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer; ArchiveProblem when the name leads to anything but the public network."""
        host = request.url.host
        if request.url.scheme not in {"http", "https"}:
            raise ArchiveProblem(f"{request.url} is not fetched: only http and https are.")
        try:
            found = self._resolve(host, request.url.port or 443)
        except OSError as error:
            raise ArchiveProblem(
                f"{host} is not known on this network ({error.strerror or error})."
            ) from error
        if not found or not all(is_public(address) for address in found):
            raise ArchiveProblem(f"{request.url} is not fetched: {host} is on a private network.")
        # A request of its own: a relative redirect is resolved against the name that was asked, not the number.
        pinned = httpx.Request(
            request.method,
            request.url.copy_with(host=found[0]),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        )
        return self._transport.handle_request(pinned)

    def close(self) -> None:
        self._transport.close()


def is_public(address: str) -> bool:
    """Whether an IP address is on the open internet: not private, loopback, link-local, metadata or reserved."""
    parsed = ipaddress.ip_address(address.split("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None) or getattr(parsed, "sixtofour", None)
    if parsed in NAT64:
        mapped = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
    return parsed.is_global and not parsed.is_multicast and (mapped is None or is_public(str(mapped)))


def resolved(host: str, port: int) -> list[str]:
    """Every address a name stands for."""
    return list(
        dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    )
