"""Fetches addresses outside the archive on request: with pauses, within limits, and never from a private network."""

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
"""Of a whole request, including the connection and all redirects."""
MAX_REDIRECTS = 5
PAUSE_SECONDS = 1.0  # between two requests to one host
USER_AGENT = "archive-explorer"
PICTURES = ("image/", "application/octet-stream", "binary/")
"""Prefixes of the media types of pictures."""

# With other encodings, few bytes may expand beyond the memory before they can be counted.
_ENCODINGS = {"identity", "gzip", "deflate"}

UNICAST = ipaddress.ip_network("2000::/3")
NAT64 = ipaddress.ip_network("64:ff9b::/96")  # IPv4 addresses in IPv6: RFC 6052
IPV4_COMPATIBLE = ipaddress.ip_network(
    "::/96"
)  # IPv4-compatible IPv6 addresses, deprecated: RFC 4291, 2.5.5.1
RESERVED = (
    ipaddress.ip_network("3fff::/20"),
    ipaddress.ip_network("2001:db8::/32"),
)  # for documentation: RFC 9637
# Metadata services of clouds, which contain secrets, at addresses that are or look public: Azure, Oracle, Alibaba.
METADATA = {
    ipaddress.ip_address(address)
    for address in ("168.63.129.16", "192.0.0.192", "100.100.100.200", "169.254.169.254")
}

ResolveHost = Callable[[str, int], list[str]]


@dataclass(frozen=True, slots=True)
class Response:
    """The response of a server. `type` is the media type in lower case, `moved_to` the target of a redirect."""

    address: str
    status: int
    type: str
    charset: str | None
    data: bytes
    etag: str | None
    modified: str | None
    moved_to: str | None


class WebClient:
    """An HTTP client with limits of size and time, pauses between requests, and access to public addresses only."""

    def __init__(
        self,
        *,
        resolve: ResolveHost | None = None,
        transport: httpx.BaseTransport | None = None,
        pause: float | None = None,
    ) -> None:
        self.pause = PAUSE_SECONDS if pause is None else pause
        self._last_request: dict[str, float] = defaultdict(float)
        self._budget = Budget()
        self._client = httpx.Client(
            transport=PublicOnlyTransport(
                resolve or resolve_host, transport or BoundedTransport(self._budget)
            ),
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
    ) -> Response:
        """Request an address; the response has any status.

        Args:
            address: the address.
            kinds: prefixes of the media types whose body is read. Empty: all types.
            headers: additional headers.
            follow: whether to follow redirects.

        Raises:
            ArchiveError: if the address cannot or must not be fetched.
        """
        try:
            self._wait_for(httpx.URL(address).host)
            self._budget.begin(MAX_SECONDS, MAX_BYTES + MAX_HEAD_BYTES)
            with self._client.stream("GET", address, headers=headers, follow_redirects=follow) as response:
                return self._read_response(address, response, kinds)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, ValueError) as error:
            raise ArchiveError(f"{address} cannot be fetched: {error or type(error).__name__}.") from error

    def close(self) -> None:
        self._client.close()

    def _read_response(self, address: str, response: httpx.Response, kinds: tuple[str, ...]) -> Response:
        content_type = response.headers.get("content-type", "application/octet-stream")
        kind = content_type.partition(";")[0].strip().lower()
        is_wanted = response.status_code == httpx.codes.OK and kind.startswith(kinds or "")
        return Response(
            address=str(response.url),
            status=response.status_code,
            type=kind,
            charset=response.charset_encoding,
            data=_read_body(address, response) if is_wanted else b"",
            etag=response.headers.get("etag"),
            modified=response.headers.get("last-modified"),
            moved_to=response.headers.get("location") if response.is_redirect else None,
        )

    def _wait_for(self, host: str) -> None:
        pause = self._last_request[host] + self.pause - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        self._last_request[host] = time.monotonic()


def _read_body(address: str, response: httpx.Response) -> bytes:
    """Return the decompressed body; both its compressed and its decompressed size are at most MAX_BYTES."""
    deadline = time.monotonic() + MAX_SECONDS
    encoding = response.headers.get("content-encoding", "identity").lower()
    if encoding not in _ENCODINGS:
        raise ArchiveError(f"{address} has an unsupported content encoding and is not kept.")
    received = bytearray()
    for chunk in response.iter_raw():
        received += chunk
        if len(received) > MAX_BYTES:
            raise ArchiveError(f"{address} has more than {MAX_BYTES:,} bytes and is not kept.")
        if time.monotonic() > deadline:
            raise ArchiveError(f"{address} took longer than {MAX_SECONDS:.0f} seconds.")
    try:
        data = decode_content_encoding(bytes(received), encoding, MAX_BYTES + 1)
    except ArchiveError as error:
        raise ArchiveError(f"{address} {error}") from error
    if len(data) > MAX_BYTES:
        raise ArchiveError(f"{address} has more than {MAX_BYTES:,} bytes and is not kept.")
    return data


class RemotePictures:
    """A downloader of remote pictures."""

    def __init__(
        self, *, resolve: ResolveHost | None = None, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._web = WebClient(resolve=resolve, transport=transport)

    def fetch(self, address: str) -> bytes:
        """Return the bytes at an address; raise ArchiveError if they cannot or must not be fetched."""
        response = self._web.get(address, kinds=PICTURES, headers={"Accept": "image/*"})
        if response.status != httpx.codes.OK:
            raise ArchiveError(f"{address} cannot be fetched: the server answers {response.status}.")
        if not response.type.startswith(PICTURES):
            raise ArchiveError(f"{address} is not a picture: the server sends {response.type}.")
        return response.data

    def close(self) -> None:
        self._web.close()


class PublicOnlyTransport(httpx.BaseTransport):
    """A transport that connects to the IP address that it has checked, so that a second DNS lookup cannot change it.

    Every redirect is checked as well. The certificate is verified for the host name (`sni_hostname`).
    """

    def __init__(self, resolve: ResolveHost, transport: httpx.BaseTransport) -> None:
        self._resolve = resolve
        self._transport = transport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the response; raise ArchiveError if the host name resolves to an address that is not public."""
        host = request.url.host
        if request.url.scheme not in {"http", "https"}:
            raise ArchiveError(f"{request.url} is not fetched. Only http and https addresses are fetched.")
        try:
            ip_addresses = self._resolve(host, request.url.port or 443)
        except OSError as error:
            raise ArchiveError(
                f"{host} cannot be found on this network ({error.strerror or error})."
            ) from error
        if not ip_addresses or not all(is_public(address) for address in ip_addresses):
            raise ArchiveError(f"{request.url} is not fetched: {host} is on a private network.")
        # A new request: httpx resolves a relative redirect against the host name of the original one.
        pinned = httpx.Request(
            request.method,
            request.url.copy_with(host=ip_addresses[0]),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        )
        return self._transport.handle_request(pinned)

    def close(self) -> None:
        self._transport.close()


def is_public(address: str) -> bool:
    """Return whether an IP address is public: not private, loopback, link-local, reserved or a metadata service.

    Of IPv6 only global unicast, 2000::/3, is public (RFC 4291). An IPv4 address inside an IPv6 address must be public.
    """
    parsed = ipaddress.ip_address(address.split("%")[0])
    if isinstance(parsed, ipaddress.IPv4Address):
        return parsed.is_global and not parsed.is_multicast and parsed not in METADATA
    if parsed.ipv4_mapped or parsed in NAT64 or parsed in IPV4_COMPATIBLE:
        return is_public(str(ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)))
    embedded_addresses = [parsed.sixtofour, *(parsed.teredo or ())]
    is_unicast = parsed in UNICAST and parsed.is_global and not any(parsed in network for network in RESERVED)
    return is_unicast and all(
        is_public(str(embedded)) for embedded in embedded_addresses if embedded is not None
    )


def resolve_host(host: str, port: int) -> list[str]:
    """Return the IP addresses of a host name."""
    return list(
        dict.fromkeys(str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    )
