"""The index of a copy of a site: for each address the path of its copy, and the validators to ask for changes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from explorer.system.files import write_atomically

INDEX_FILE = ".fetched.jsonl"
"""Hidden, so that it is no document of the archive."""


@dataclass(frozen=True, slots=True)
class FetchRecord:
    """The last response of an address.

    `path` is None if there is no copy, `changed` is the time of change in the sitemap, `sha256` is the hash of the
    received bytes. `pictures` are the addresses of pictures on the same site that a page shows.
    """

    address: str
    run: int
    path: str | None = None
    etag: str | None = None
    modified: str | None = None
    changed: str | None = None
    sha256: str | None = None
    is_page: bool = False
    pictures: tuple[str, ...] = ()

    @property
    def conditional_headers(self) -> dict[str, str]:
        """Return the headers of a request that is answered only if the content changed (RFC 9110, 13.1)."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in headers.items() if value}


class SiteIndex:
    """The requested addresses, in a file with a line for each: a killed process loses at most the last line."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / INDEX_FILE
        self._fetched: dict[str, FetchRecord] = {}
        self._address_of_path: dict[str, str] = {}
        finished = 0
        for line in self._read_lines():
            if "finished" in line:
                finished = int(line["finished"])
            else:
                self._add(FetchRecord(**{**line, "pictures": tuple(line["pictures"])}))
        # A killed run is continued: what it fetched is not requested again.
        self.run = finished + 1

    def get(self, address: str) -> FetchRecord | None:
        return self._fetched.get(address)

    def is_done(self, address: str) -> bool:
        """Return whether this run has requested the address."""
        fetched = self._fetched.get(address)
        return fetched is not None and fetched.run == self.run

    def pages(self) -> list[str]:
        """Return the addresses of the copied pages."""
        return [fetched.address for fetched in self._fetched.values() if fetched.is_page]

    def owner_of(self, path: str) -> str | None:
        """Return the address whose copy lies at a path; None for an unused path."""
        return self._address_of_path.get(path)

    def record(self, fetched: FetchRecord) -> None:
        self._add(fetched)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(fetched)) + "\n")

    def finish(self) -> None:
        """End this run: the next one requests every address again that may have changed."""
        lines = [*map(asdict, self._fetched.values()), {"finished": self.run}]
        self._file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(self._file, "".join(json.dumps(line) + "\n" for line in lines))

    def _add(self, fetched: FetchRecord) -> None:
        self._fetched[fetched.address] = fetched
        if fetched.path:
            self._address_of_path[fetched.path] = fetched.address

    def _read_lines(self) -> Iterator[dict[str, Any]]:
        if not self._file.exists():
            return
        for line in self._file.read_text(encoding="utf-8").split("\n"):
            try:
                parsed = json.loads(line)
            except ValueError:  # half a line, left by a killed run
                continue
            if isinstance(parsed, dict):
                yield parsed
