"""The connection to a Qdrant server: requests are retried a few times, and failures become one error."""

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

KEY_VARIABLE = "QDRANT_API_KEY"
OVER_HTTP_VARIABLE = "QDRANT_API_KEY_OVER_HTTP"
KEYRING_SERVICE = "archive-explorer"  # in a keyring
ATTEMPTS = 4
FORBIDDEN = (401, 403)
GONE = 404
FULL = 507
BUSY = (408, 425, 429, 500, 502, 503, 504)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Connection:
    """A client, and the address that messages show (never with a password or key)."""

    client: QdrantClient
    shown_address: str
    timeout: int
    key_withheld: str | None = None
    """Why the user's key is not sent to the server, and what to do. None if the key is sent, or if there is none."""

    @classmethod
    def to(cls, url: str, timeout: int, *, may_have_key: bool = False) -> "Connection":
        """Return a connection to a server, with the user's key if `may_have_key`. Sends nothing yet."""
        url = server_address(url, drop_user=True)  # libraries of older versions may have one
        key = _read_key()
        key_withheld = _reason_to_withhold(url, may_have_key=may_have_key) if key else None
        try:
            with warnings.catch_warnings():
                # About a key over http: the user allowed it, or it stays on this machine.
                warnings.simplefilter("ignore", UserWarning)
                client = QdrantClient(
                    url=url, api_key=None if key_withheld else key, timeout=timeout, check_compatibility=False
                )
            return cls(client, _without_credentials(url), timeout, key_withheld)
        except ValueError as error:
            raise ServerError(f"This is not the address of a Qdrant server: {error}") from error

    @property
    def in_process(self) -> bool:
        """Whether the client is its own server: it compares every vector, and warns about search parameters."""
        options = self.client.init_options
        return options.get("location") == ":memory:" or options.get("path") is not None

    def ask(self, request: Callable[[QdrantClient], T]) -> T:
        """Send a request that is safe to repeat, and return the response. Raises ServerError if all attempts fail."""
        attempts = Retrying(
            retry=retry_if_exception(_is_transient),
            stop=stop_after_attempt(ATTEMPTS) | stop_after_delay(self.timeout),
            wait=wait_random_exponential(multiplier=0.2, max=2),
            reraise=True,
        )
        try:
            return attempts(request, self.client)
        except UnexpectedResponse as error:
            raise self._response_error(error) from error
        except json.JSONDecodeError as error:
            raise self._not_qdrant_error() from error
        except (ApiException, QdrantException) as error:
            if _is_not_qdrant(error):
                raise self._not_qdrant_error() from error
            raise ServerError(
                f"The Qdrant server at {self.shown_address} does not answer ({error}). "
                "Check its address, and that it is running."
            ) from error
        except (ValueError, RuntimeError, KeyError) as error:
            raise SearchIndexError(f"The index at {self.shown_address} failed: {error}") from error

    def _response_error(self, error: UnexpectedResponse) -> ServerError:
        if error.status_code in FORBIDDEN and self.key_withheld:
            return ServerError(
                f"The Qdrant server at {self.shown_address} requires an API key. {self.key_withheld}"
            )
        if error.status_code in FORBIDDEN:
            return ServerError(
                f"The Qdrant server at {self.shown_address} requires an API key. Set the variable {KEY_VARIABLE}."
            )
        if _is_full(error):
            return ServerError(
                f"The Qdrant server at {self.shown_address} has no disk space left. "
                "Free some space on its disk, then run the command again."
            )
        if error.status_code == GONE and not _is_qdrant_response(error):
            return self._not_qdrant_error()
        if error.status_code == GONE:
            return ServerError(
                f"The Qdrant server at {self.shown_address} no longer has this generation. Open the index again."
            )
        detail = error.content.decode(errors="replace")[:300]
        return ServerError(
            f"The Qdrant server at {self.shown_address} refused ({error.status_code}): {detail}"
        )

    def _not_qdrant_error(self) -> ServerError:
        return ServerError(
            f"The server at {self.shown_address} is not a supported Qdrant server (1.16 or newer). "
            "Check the address and the version of the server."
        )


def _reason_to_withhold(url: str, *, may_have_key: bool) -> str | None:
    """Return why the key is not sent to this address, or None if it is sent."""
    if not may_have_key:
        return (
            f"{KEY_VARIABLE} is not sent to a server that only the library names. "
            f"If that server is yours: explorer push {_without_credentials(url)}"
        )
    parts = urlsplit(url)
    if (
        parts.scheme == "http"
        and not is_loopback(parts.hostname or "")
        and not os.environ.get(OVER_HTTP_VARIABLE)
    ):
        return (
            f"{KEY_VARIABLE} is not sent over http, where others can read it. "
            f"Use https, or allow it: {OVER_HTTP_VARIABLE}=1"
        )
    return None


def _is_transient(error: BaseException) -> bool:
    if isinstance(error, UnexpectedResponse):
        return error.status_code in BUSY and not _is_full(error)
    return isinstance(error, ResponseHandlingException | QdrantException) and not _is_not_qdrant(error)


def _is_full(error: UnexpectedResponse) -> bool:
    return error.status_code == FULL or b"No space left" in error.content


def _is_not_qdrant(error: ApiException | QdrantException) -> bool:
    """Whether there was a response that does not come from Qdrant."""
    return isinstance(error, ResponseHandlingException) and isinstance(error.source, ValueError)


def _is_qdrant_response(error: UnexpectedResponse) -> bool:
    try:
        return "status" in json.loads(error.content)
    except ValueError:
        return False


def _read_key() -> str | None:
    """Return the key from the environment, or else from the system's keyring, if the package `keyring` is installed."""
    key = os.environ.get(KEY_VARIABLE)
    if key or find_spec("keyring") is None:
        return key
    import keyring
    from keyring.errors import KeyringError

    try:
        return cast("str | None", keyring.get_password(KEYRING_SERVICE, KEY_VARIABLE))
    except KeyringError:  # a machine without a keyring
        return None


def _without_credentials(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()
