"""The contract of the index: a store keeps generations, an index is one of them, a build makes the next.

    EdgeStore     a folder on this machine (Qdrant Edge)
    ServerStore   a Qdrant server or cluster

Every method raises SearchIndexError or one of its kinds, and nothing else.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from explorer.index.manifest import EmbeddingConfig, Manifest
from explorer.index.points import Point, RawPoint, Scored, Stored, Vector
from explorer.index.query import EVERYTHING, Filter, Leg
from explorer.index.server.address import is_server_address

if TYPE_CHECKING:
    from explorer.index.server.settings import ServerSettings


class Index(Protocol):
    """One generation, open for reading. It answers the same until closed, whatever is built meanwhile."""

    @property
    def manifest(self) -> Manifest:
        """What made it."""

    def search(self, legs: Sequence[Leg]) -> list[list[Scored]]:
        """One list per leg, best first, asked as one batch."""

    def score(self, legs: Sequence[Leg], ids: Collection[str]) -> list[dict[str, float]]:
        """The exact score of each id in each leg, whose limit and filter are not looked at.

        An id is absent where it is unknown, has no such vector, or shares no term with a sparse query.
        """

    def fetch(self, ids: Sequence[str], vectors: Sequence[str] = ()) -> list[Stored]:
        """These points in this order, without the unknown ones, and their dense vectors of these names."""

    def sample(self, name: str, size: int, where: Filter = EVERYTHING) -> list[Vector]:
        """Up to `size` vectors of a dense field: always the same ones, and as good as drawn at random."""

    def count(self, where: Filter = EVERYTHING) -> int:
        """How many points count, exactly."""

    def facet(
        self, field: str, where: Filter = EVERYTHING, limit: int = 100
    ) -> list[tuple[str | int | bool, int]]:
        """The most frequent values of a field and how many points have each, exactly."""

    def digests(self) -> dict[str, str]:
        """The digest of every point, by id."""

    def raw_points(self, ids: Sequence[str]) -> list[RawPoint]:
        """These points whole, in any order and without the unknown ones: what another store needs to keep them."""

    def close(self) -> None:
        """Let go of files and connections; the index cannot be used after it."""


class Build(Protocol):
    """The next generation in the making. Nobody sees it before `commit`."""

    @property
    def digests(self) -> Mapping[str, str]:
        """The digest of every point it holds so far, by id: what it does not need to be given again."""

    def upsert(self, points: Sequence[Point]) -> None:
        """Add points, or replace them whole. One that does not fit the schema stores none of the batch."""

    def carry(self, points: Sequence[RawPoint]) -> None:
        """The same with points of another store, each under the digest that it has there."""

    def delete(self, ids: Collection[str]) -> None:
        """Remove points; unknown ids are no error."""

    @property
    def revision(self) -> str | None:
        """That of the generation it began with; None where it began empty."""

    def commit(self, revision: str | None = None) -> Manifest:
        """Verify every point, make this generation the current one, and forget the oldest."""


class IndexStore(Protocol):
    """Where the generations of one index live."""

    def current_generation(self) -> int | None:
        """The number of the newest finished generation. Cheap: an open reader asks it to notice a new one."""

    def manifest(self) -> Manifest | None:
        """What made the current generation, without opening it."""

    def open(self) -> Index:
        """The current generation; IndexMissingError when there is none."""

    def check(self) -> None:
        """Read the current generation whole; IndexDamagedError where it is not what was written."""

    def leftovers(self) -> list[Path]:
        """Files and folders that builds left behind which were stopped; the next build deletes them."""

    def remove(self) -> None:
        """Delete every generation. Readers that have one open must be gone by then."""

    def build(
        self, config: EmbeddingConfig, *, fresh: bool = False, free_memory: Callable[[], None] | None = None
    ) -> AbstractContextManager[Build]:
        """Begin the next generation; leaving without a commit leaves nothing behind.

        It begins with the current points when the recipe is the same, so that only changes need writing. With
        another recipe, or `fresh` (which never reads the current generation), it begins empty. `make_room` is called
        before work that takes much memory of this process.
        """


def open_store(
    location: Path | str,
    *,
    name: str = "archive",
    settings: "ServerSettings | None" = None,
    may_have_key: bool = False,
) -> IndexStore:
    """Return the store in a folder, or at the address (http, https) of a server, where `name` tells indexes apart.

    The server is given the user's key only where it may have it.
    ServerError for a text that means a server and is no address of one: no folder of that name is made.
    """
    if isinstance(location, str) and is_server_address(location):
        from explorer.index.server.settings import ServerSettings
        from explorer.index.server.store import ServerStore

        return ServerStore.connect(location, name, settings or ServerSettings(), may_have_key=may_have_key)
    from explorer.index.edge.shard import EdgeStore

    return EdgeStore(Path(location))
