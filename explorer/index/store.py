"""The protocols of the index: a store keeps generations, an index is one generation, a build makes the next one.

    EdgeStore     a folder on this machine (Qdrant Edge)
    ServerStore   a Qdrant server or cluster

Every method raises SearchIndexError or a subclass of it, and nothing else.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from explorer.index.manifest import EmbeddingConfig, Manifest
from explorer.index.points import Point, RawPoint, ScoredPoint, StoredPoint, Vector
from explorer.index.query import EVERYTHING, Filter, Leg
from explorer.index.server.address import is_server_address

if TYPE_CHECKING:
    from explorer.index.server.settings import ServerSettings


class Index(Protocol):
    """One generation, open for reading. Its answers do not change until it is closed, whatever is built meanwhile."""

    @property
    def manifest(self) -> Manifest:
        """The manifest of the generation."""

    def search(self, legs: Sequence[Leg]) -> list[list[ScoredPoint]]:
        """Search all legs in one batch, and return a list for each leg, best first."""

    def score(self, legs: Sequence[Leg], ids: Collection[str]) -> list[dict[str, float]]:
        """Return the exact score of each id in each leg; the limits and filters of the legs are ignored.

        An id is absent if it is unknown, lacks the vector, or shares no term with a sparse query.
        """

    def fetch(self, ids: Sequence[str], vectors: Sequence[str] = ()) -> list[StoredPoint]:
        """Return points with the named dense vectors, in the order of `ids`. Unknown ids are left out."""

    def sample(self, name: str, size: int, where: Filter = EVERYTHING) -> list[Vector]:
        """Return up to `size` vectors of a dense field: always the same ones, and as good as random."""

    def count(self, where: Filter = EVERYTHING) -> int:
        """Return the exact number of points that pass the filter."""

    def facet(
        self, field: str, where: Filter = EVERYTHING, limit: int = 100
    ) -> list[tuple[str | int | bool, int]]:
        """Return the most frequent values of a field, each with its exact number of points."""

    def digests(self) -> dict[str, str]:
        """Return the digest of every point by id."""

    def raw_points(self, ids: Sequence[str]) -> list[RawPoint]:
        """Return complete points for another store, in any order. Unknown ids are left out."""

    def close(self) -> None:
        """Release files and connections; the index cannot be used afterwards."""


class Build(Protocol):
    """The next generation, while it is built. Readers do not see it before `commit`."""

    @property
    def digests(self) -> Mapping[str, str]:
        """The digest of every point so far by id: these need not be written again."""

    def upsert(self, points: Sequence[Point]) -> None:
        """Add or replace points. If one of them does not fit the schema, none is stored."""

    def upsert_raw(self, points: Sequence[RawPoint]) -> None:
        """Add or replace points of another store; each keeps its digest."""

    def delete(self, ids: Collection[str]) -> None:
        """Delete points; unknown ids are no error."""

    @property
    def revision(self) -> str | None:
        """The revision of the generation that the build started from, or None if it started empty."""

    def commit(self, revision: str | None = None) -> Manifest:
        """Verify every point, make this generation the current one, and delete the oldest one."""


class IndexStore(Protocol):
    """The place in which the generations of one index are stored."""

    def current_generation(self) -> int | None:
        """Return the number of the newest finished generation. Cheap: readers call it to notice new generations."""

    def manifest(self) -> Manifest | None:
        """Return the manifest of the current generation without opening it, or None if there is no generation."""

    def open(self) -> Index:
        """Open the current generation. Raises IndexMissingError if there is none."""

    def check(self) -> None:
        """Read all of the current generation. Raises IndexDamagedError if it differs from what was written."""

    def leftovers(self) -> list[Path]:
        """Return the files and folders of builds that were stopped; the next build deletes them."""

    def remove(self) -> None:
        """Delete every generation. No reader may have one open."""

    def build(
        self, config: EmbeddingConfig, *, fresh: bool = False, free_memory: Callable[[], None] | None = None
    ) -> AbstractContextManager[Build]:
        """Start the next generation. Without a commit, nothing of it remains.

        With the configuration of the current generation, the build starts with its points, so that only changes are
        written. With another configuration, or `fresh` (which never reads the current generation), it starts empty.
        `free_memory` is called before work that takes much memory of this process.
        """


def open_store(
    location: Path | str,
    *,
    name: str = "archive",
    settings: "ServerSettings | None" = None,
    may_have_key: bool = False,
) -> IndexStore:
    """Return the store in a folder, or the store `name` at the address (http, https) of a server.

    The server gets the user's key only if `may_have_key`. Raises ServerError for a text that looks like a server
    address and is not a valid one: no folder with that name is created.
    """
    if isinstance(location, str) and is_server_address(location):
        from explorer.index.server.settings import ServerSettings
        from explorer.index.server.store import ServerStore

        return ServerStore.connect(location, name, settings or ServerSettings(), may_have_key=may_have_key)
    from explorer.index.edge.shard import EdgeStore

    return EdgeStore(Path(location))
