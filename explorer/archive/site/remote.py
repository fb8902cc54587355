"""Fetches what lies outside the archive, when asked: politely, bounded, and never from a private network."""

from __future__ import annotations

import ipaddress
import socket
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx

from explorer.archive.convert.web_archive.content_encodings import decode_content_encoding
from explorer.archive.site.bounded_network import BoundedTransport, Budget
from explorer.errors import ArchiveError

MAX_BYTES = 32 * 1024 * 1024
MAX_HEAD_BYTES = 1024 * 1024
MAX_SECONDS = 30.0
"""Of a whole request, from the connection on, its redirects included."""
MAX_REDIRECTS = 5
PAUSE_SECONDS = 1.0  # between two requests to one host
USER_AGENT = "archive-explorer"
PICTURES = ("image/", "application/octet-stream", "binary/")
"""How the types of pictures begin."""

# Others unpack to more than the memory holds, out of a few bytes, before they can be counted.
_ENCODINGS = {"identity", "gzip", "deflate"}

UNICAST = ipaddress.ip_network("2000::/3")
NAT64 = ipaddress.ip_network("64:ff9b::/96")  # the old internet inside the new: RFC 6052
COMPATIBLE = ipaddress.ip_network("::/96")  # the same, once: RFC 4291, 2.5.5.1
RESERVED = (
    ipaddress.ip_network("3fff::/20"),
    ipaddress.ip_network("2001:db8::/32"),
)  # for documentation: RFC 9637
# Where clouds tell a machine its secrets, among addresses that are public or look so: Azure, Oracle, Alibaba.
METADATA = {
    ipaddress.ip_address(it) for it in ("168.63.129.16", "192.0.0.192", "100.100.100.200", "169.254.169.254")
}

Resolve = Callable[[str, int], list[str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered. `type` is the media type, lower case; `moved_to` where a redirect leads."""

    address: str
    status: int
    type: str
    charset: str | None
    data: bytes
    etag: str | None
    modified: str | None
    moved_to: str | None


class Web:
    """The way to the network: bounded in size and time, politely slow, and only to public addresses."""

    def __init__(
        self,
        *,
        resolve: Resolve | None = None,
        transport: httpx.BaseTransport | None = None,
        pause: float | None = None,
    ) -> None:
        self.pause = PAUSE_SECONDS if pause is None else pause
        self._last: dict[str, float] = defaultdict(float)
        self._budget = Budget()
        self._client = httpx.Client(
            transport=PublicOnly(resolve or resolved, transport or BoundedTransport(self._budget)),
            max_redirects=MAX_REDIRECTS,
            timeout=httpx.Timeout(10.0),
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip, deflate"},
            trust_env=False,
        )

    def get(
        self,
        address: str,
        *,
        kinds: tuple[str, ...] = (),
        headers: Mapping[str, str] | None = None,
        follow: bool = True,
    ) -> Answer:
        """What `address` answers, whatever its status; the body only of a type that begins as one of `kinds`.

        ArchiveError when it cannot or must not be had.
        """
        try:
            self._wait_for(httpx.URL(address).host)
            self._budget.begin(MAX_SECONDS, MAX_BYTES + MAX_HEAD_BYTES)
            with self._client.stream("GET", address, headers=headers, follow_redirects=follow) as response:
                return self._read(address, response, kinds)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, ValueError) as error:
            raise ArchiveError(f"{address} cannot be fetched: {error or type(error).__name__}.") from error

    def close(self) -> None:
        self._client.close()

    def _read(self, address: str, response: httpx.Response, kinds: tuple[str, ...]) -> Answer:
        told = response.headers.get("content-type", "application/octet-stream")
        kind = told.partition(";")[0].strip().lower()
        is_wanted = response.status_code == httpx.codes.OK and kind.startswith(kinds or "")
        return Answer(
            address=str(response.url),
            status=response.status_code,
            type=kind,
            charset=response.charset_encoding,
            data=_bounded(address, response) if is_wanted else b"",
            etag=response.headers.get("etag"),
            modified=response.headers.get("last-modified"),
            moved_to=response.headers.get("location") if response.is_redirect else None,
        )

    def _wait_for(self, host: str) -> None:
        pause = self._last[host] + self.pause - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        self._last[host] = time.monotonic()


def _bounded(address: str, response: httpx.Response) -> bytes:
    """The body, unpacked; neither what arrives nor what it unpacks to is more than MAX_BYTES."""
    deadline = time.monotonic() + MAX_SECONDS
    packing = response.headers.get("content-encoding", "identity").lower()
    if packing not in _ENCODINGS:
        raise ArchiveError(f"{address} is packed in a way that nobody asked for, and is not kept.")
    packed = bytearray()
    for chunk in response.iter_raw():
        packed += chunk
        if len(packed) > MAX_BYTES:
            raise ArchiveError(f"{address} has more than {MAX_BYTES:,} bytes and is not kept.")
        if time.monotonic() > deadline:
            raise ArchiveError(f"{address} took longer than {MAX_SECONDS:.0f} seconds.")
    try:
        data = decode_content_encoding(bytes(packed), packing, MAX_BYTES + 1)
    except ArchiveError as problem:
        raise ArchiveError(f"{address} {problem}") from problem
    if len(data) > MAX_BYTES:
        raise ArchiveError(f"{address} has more than {MAX_BYTES:,} bytes and is not kept.")
    return data


class RemotePictures:
    """Gets pictures from wherever they lie."""

    def __init__(
        self, *, resolve: Resolve | None = None, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._web = Web(resolve=resolve, transport=transport)

    def fetch(self, address: str) -> bytes:
        """The bytes behind `address`; ArchiveError when they cannot or must not be had."""
        answer = self._web.get(address, kinds=PICTURES, headers={"Accept": "image/*"})
        if answer.status != httpx.codes.OK:
            raise ArchiveError(f"{address} cannot be fetched: the server answers {answer.status}.")
        if not answer.type.startswith(PICTURES):
            raise ArchiveError(f"{address} is no picture but {answer.type}.")
        return answer.data

    def close(self) -> None:
        self._web.close()


class PublicOnly(httpx.BaseTransport):
    """Connects to the address it has checked, so that a name cannot lead elsewhere the second time it is asked.

    Every redirect passes here as well. The certificate is still verified for the name (`sni_hostname`).
    """

    def __init__(self, resolve: Resolve, transport: httpx.BaseTransport) -> None:
        self._resolve = resolve
        self._transport = transport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer; ArchiveError when the name leads to anything but the public network."""
        host = request.url.host
        if request.url.scheme not in {"http", "https"}:
            raise ArchiveError(f"{request.url} is not fetched: only http and https are.")
        try:
            found = self._resolve(host, request.url.port or 443)
        except OSError as error:
            raise ArchiveError(f"{host} is not known on this network ({error.strerror or error}).") from error
        if not found or not all(is_public(address) for address in found):
            raise ArchiveError(f"{request.url} is not fetched: {host} is on a private network.")
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
    """Whether an IP address is on the open internet: not private, loopback, link-local, metadata or reserved.

    Of IPv6 that is global unicast, 2000::/3 (RFC 4291); an IPv4 address inside an IPv6 one must be public itself.
    """
    parsed = ipaddress.ip_address(address.split("%")[0])
    if isinstance(parsed, ipaddress.IPv4Address):
        return parsed.is_global and not parsed.is_multicast and parsed not in METADATA
    if parsed.ipv4_mapped or parsed in NAT64 or parsed in COMPATIBLE:
        return is_public(str(ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)))
    inner = [parsed.sixtofour, *(parsed.teredo or ())]
    is_unicast = parsed in UNICAST and parsed.is_global and not any(parsed in network for network in RESERVED)
    return is_unicast and all(is_public(str(one)) for one in inner if one is not None)


def resolved(host: str, port: int) -> list[str]:
    """Every address a name stands for."""
    return list(
        dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    )
