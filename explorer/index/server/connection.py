"""The one line to a Qdrant server: a request is tried a few times, and fails in one sentence."""

import json
import os
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TypeVar, cast
from urllib.parse import urlsplit

from qdrant_client import QdrantClient
from qdrant_client.common.client_exceptions import QdrantException
from qdrant_client.http.exceptions import ApiException, ResponseHandlingException, UnexpectedResponse
from tenacity import (
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    stop_after_delay,
    wait_random_exponential,
)

from explorer.errors import SearchIndexError, ServerError
from explorer.index.server.address import server_address
from explorer.system.loopback import is_loopback

KEY = "QDRANT_API_KEY"
OVER_HTTP = "QDRANT_API_KEY_OVER_HTTP"
SERVICE = "archive-explorer"  # in a keyring
ATTEMPTS = 4
FORBIDDEN = (401, 403)
GONE = 404
FULL = 507
BUSY = (408, 425, 429, 500, 502, 503, 504)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Connection:
    """A client, and the address to name when it fails (never with its password or key)."""

    client: QdrantClient
    place: str
    timeout: int
    withheld: str | None = None
    """Why the user's key is not sent there, and what to do; None where it is sent or there is none."""

    @classmethod
    def to(cls, url: str, timeout: int, *, may_have_key: bool = False) -> "Connection":
        """A connection to the server at this address, with the user's key where it may have it. Asks nothing yet."""
        url = server_address(url, drop_user=True)  # libraries of older versions may hold one
        key = _key()
        withheld = _why_withheld(url, may_have_key=may_have_key) if key else None
        try:
            with warnings.catch_warnings():  # of a key over http: it was asked for, or stays on this machine
                warnings.simplefilter("ignore", UserWarning)
                client = QdrantClient(
                    url=url, api_key=None if withheld else key, timeout=timeout, check_compatibility=False
                )
            return cls(client, _place(url), timeout, withheld)
        except ValueError as error:
            raise ServerError(f"This is no address of a Qdrant server: {error}") from error

    @property
    def in_process(self) -> bool:
        """Whether the client is its own server. That one compares every vector, and warns when told how."""
        options = self.client.init_options
        return options.get("location") == ":memory:" or options.get("path") is not None

    def ask(self, request: Callable[[QdrantClient], T]) -> T:
        """The answer to a request that may safely be repeated; ServerError when there is none."""
        attempts = Retrying(
            retry=retry_if_exception(_may_pass),
            stop=stop_after_attempt(ATTEMPTS) | stop_after_delay(self.timeout),
            wait=wait_random_exponential(multiplier=0.2, max=2),
            reraise=True,
        )
        try:
            return attempts(request, self.client)
        except UnexpectedResponse as error:
            raise self._refused(error) from error
        except json.JSONDecodeError as error:
            raise self._foreign() from error
        except (ApiException, QdrantException) as error:
            if _is_foreign(error):
                raise self._foreign() from error
            raise ServerError(
                f"The Qdrant server at {self.place} does not answer ({error}). Is it running there?"
            ) from error
        except (ValueError, RuntimeError, KeyError) as error:
            raise SearchIndexError(f"The index at {self.place} failed: {error}") from error

    def _refused(self, error: UnexpectedResponse) -> ServerError:
        if error.status_code in FORBIDDEN and self.withheld:
            return ServerError(f"The Qdrant server at {self.place} wants a key. {self.withheld}")
        if error.status_code in FORBIDDEN:
            return ServerError(f"The Qdrant server at {self.place} wants a key. Set the variable {KEY}.")
        if _is_full(error):
            return ServerError(
                f"The Qdrant server at {self.place} has no room left. Free some on its disk, then do the same again."
            )
        if error.status_code == GONE and not _told_by_qdrant(error):
            return self._foreign()
        if error.status_code == GONE:
            return ServerError(
                f"The Qdrant server at {self.place} no longer has this generation. Open the index again."
            )
        detail = error.content.decode(errors="replace")[:300]
        return ServerError(f"The Qdrant server at {self.place} refused ({error.status_code}): {detail}")

    def _foreign(self) -> ServerError:
        return ServerError(
            f"What answers at {self.place} is no Qdrant server that this explorer knows (1.16 or newer). "
            "Check the address and its version."
        )


def _why_withheld(url: str, *, may_have_key: bool) -> str | None:
    """Why the key is not sent to this address; None where it is."""
    if not may_have_key:
        return f"{KEY} is not sent to a server that only the library names. If that server is yours: explorer push {_place(url)}"
    parts = urlsplit(url)
    if parts.scheme == "http" and not is_loopback(parts.hostname or "") and not os.environ.get(OVER_HTTP):
        return f"{KEY} is not sent over http, where others can read it. Use https, or allow it: {OVER_HTTP}=1"
    return None


def _may_pass(error: BaseException) -> bool:
    if isinstance(error, UnexpectedResponse):
        return error.status_code in BUSY and not _is_full(error)
    return isinstance(error, ResponseHandlingException | QdrantException) and not _is_foreign(error)


def _is_full(error: UnexpectedResponse) -> bool:
    return error.status_code == FULL or b"No space left" in error.content


def _is_foreign(error: ApiException | QdrantException) -> bool:
    """Whether there was an answer, but none that Qdrant gives."""
    return isinstance(error, ResponseHandlingException) and isinstance(error.source, ValueError)


def _told_by_qdrant(error: UnexpectedResponse) -> bool:
    try:
        return "status" in json.loads(error.content)
    except ValueError:
        return False


def _key() -> str | None:
    """The key of the environment, else of the system's keyring, where the package `keyring` is installed."""
    key = os.environ.get(KEY)
    if key or find_spec("keyring") is None:
        return key
    import keyring
    from keyring.errors import KeyringError

    try:
        return cast("str | None", keyring.get_password(SERVICE, KEY))
    except KeyringError:  # a machine without one
        return None


def _place(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()
