"""What a copy of a site remembers of every address: where its copy lies, and how to ask whether it changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from explorer.system.atomic_write import write_atomically

FILE = ".fetched.jsonl"
"""Hidden, so that it is no document of the archive."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """The last answer of an address. `path` is None where nothing of it is kept; `changed` is what the sitemap said.

    `pictures` are the addresses of its own site that a page shows, `sha256` is that of the bytes that came.
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
    def asking(self) -> dict[str, str]:
        """The headers that ask for it only if it changed (RFC 9110, 13.1)."""
        told = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in told.items() if value}


class SiteIndex:
    """Every address that was asked for, in a file to which a line is added for each: a kill costs the last one."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._known: dict[str, Fetched] = {}
        self._paths: dict[str, str] = {}
        finished = 0
        for line in self._lines():
            if "finished" in line:
                finished = int(line["finished"])
            else:
                self._remember(Fetched(**{**line, "pictures": tuple(line["pictures"])}))
        # A run that was killed goes on: what it has fetched is not asked for again.
        self.run = finished + 1

    def get(self, address: str) -> Fetched | None:
        return self._known.get(address)

    def is_done(self, address: str) -> bool:
        """Whether this run has asked for it."""
        known = self._known.get(address)
        return known is not None and known.run == self.run

    def pages(self) -> list[str]:
        """The addresses of the pages of which there is a copy."""
        return [one.address for one in self._known.values() if one.is_page]

    def owner_of(self, path: str) -> str | None:
        """The address whose copy lies at a path."""
        return self._paths.get(path)

    def keep(self, fetched: Fetched) -> None:
        self._remember(fetched)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(fetched)) + "\n")

    def finish(self) -> None:
        """Ends this run: the next one asks for everything again that may have changed."""
        lines = [*map(asdict, self._known.values()), {"finished": self.run}]
        self._file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(self._file, "".join(json.dumps(line) + "\n" for line in lines))

    def _remember(self, fetched: Fetched) -> None:
        self._known[fetched.address] = fetched
        if fetched.path:
            self._paths[fetched.path] = fetched.address

    def _lines(self) -> Iterator[dict[str, Any]]:
        if not self._file.exists():
            return
        for line in self._file.read_text(encoding="utf-8").split("\n"):
            try:
                told = json.loads(line)
            except ValueError:  # half a line, of a run that was killed
                continue
            if isinstance(told, dict):
                yield told
