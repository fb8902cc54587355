"""The protocols of the index: a store keeps generations, an index is one generation, a build makes the next one.

    EdgeStore     a folder on this machine (Qdrant Edge)
    ServerStore   a Qdrant server or cluster

Every method raises SearchIndexError or a subclass of it, and nothing else. The manifest of a generation states how its
vectors were made; queries whose vectors were made differently are refused.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from embeddings.runtimes import F32, PRECISIONS, Precision
from explorer.errors import WrongEncoderError
from explorer.index.points import Point, RawPoint, Schema, ScoredPoint, StoredPoint, Vector, VectorField
from explorer.index.query import EVERYTHING, Filter, Leg
from explorer.index.server.address import is_server_address

if TYPE_CHECKING:
    from explorer.index.server.settings import ServerSettings


INGEST_COMMAND = "explorer ingest"
REBUILD_COMMAND = "explorer ingest --rebuild"
"""The commands that repair an index, for the messages of this package."""


@dataclass(frozen=True, slots=True)
class EmbeddingConfig:
    """How vectors are made. A query can only search an index of the same configuration."""

    encoder: str
    fingerprint: str
    sentences: str
    schema: Schema
    version: int = 1
    """`sentences` is the fingerprint of the sentence encoder, `version` the version of the fields."""
    precision: Precision = F32
    sentences_precision: Precision = F32
    """The precision of the encoder and of the sentence encoder."""


@dataclass(frozen=True, slots=True)
class Graph:
    """The HNSW graph of a vector field: a search compares the candidates that the graph gives, not all vectors.

    `points` were in the index when the graph was built. If vectors of at most `compared_kb` pass the filter of a search,
    all are compared. Other searches follow `ef` candidates, and find the share `recall` of the 20 best of an exact search,
    as measured when the graph was built.
    """

    points: int
    compared_kb: int
    ef: int
    recall: float


@dataclass(frozen=True, slots=True)
class Manifest:
    """A finished generation: its configuration, number, time of creation (ISO 8601, UTC) and number of points.

    `revision` identifies the state of the source that the generation shows; its builder chooses it. `graphs` has the
    vector fields that have a graph.
    """

    config: EmbeddingConfig
    generation: int
    created: str
    points: int
    revision: str | None = None
    graphs: Mapping[str, Graph] = field(default_factory=dict)

    def check(self, query_config: EmbeddingConfig) -> None:
        """Raise WrongEncoderError if queries of another configuration cannot search this index."""
        reason = _difference(self.config, query_config)
        if reason:
            raise WrongEncoderError(
                f"{reason} Search with the encoder of the index, or rebuild the index: {REBUILD_COMMAND}"
            )

    def to_json(self) -> str:
        """Return the manifest as text for `from_json`."""
        plain = asdict(self)
        plain["recipe"] = plain.pop("config")  # the name in the first version
        plain["recipe"]["schema"]["fields"] = dict(self.config.schema.fields)
        return json.dumps(plain, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "Manifest":
        """Parse the text of `to_json`. Raises ValueError for any other text."""
        try:
            return _manifest(json.loads(text))
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a manifest: {error!r}") from error


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

    def build_graphs(self, tell: Callable[[str], None]) -> Manifest | None:
        """Make a generation of the same points in which large vector fields have a graph. None if no field needs one.

        Takes minutes for 100,000 points, which `tell` says first. Meanwhile searches use the present generation.
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


def _manifest(plain: dict[str, Any]) -> Manifest:
    config = plain["recipe"]
    schema = config["schema"]
    return Manifest(
        EmbeddingConfig(
            config["encoder"],
            config["fingerprint"],
            config["sentences"],
            Schema(
                tuple(VectorField(**vectors) for vectors in schema["vectors"]),
                tuple(schema["sparse"]),
                dict(schema["fields"]),
            ),
            config["version"],
            _precision(config.get("precision", F32)),
            _precision(config.get("sentences_precision", F32)),
        ),
        plain["generation"],
        plain["created"],
        plain["points"],
        plain.get("revision"),
        {name: Graph(**graph) for name, graph in plain.get("graphs", {}).items()},
    )


def _precision(name: str) -> Precision:
    for precision in PRECISIONS:
        if name == precision:
            return precision
    raise ValueError(f"not a precision: {ascii(name)[:80]}")


def _difference(index_config: EmbeddingConfig, query_config: EmbeddingConfig) -> str:
    if index_config.encoder != query_config.encoder:
        return f"This index was made with {index_config.encoder}, and the query with {query_config.encoder}."
    if index_config.fingerprint != query_config.fingerprint:
        return (
            f"The weights or the preprocessing of {index_config.encoder} changed since this index was made."
        )
    if index_config.sentences != query_config.sentences:
        return "This index was made with another sentence encoder."
    if (index_config.version, _vectors(index_config)) != (query_config.version, _vectors(query_config)):
        return "This index was made by another version of Archive Explorer and has other fields."
    return ""


def _vectors(config: EmbeddingConfig) -> tuple[object, ...]:
    """Return the vector fields of an index. Other fields matter only to a filter that needs them."""
    return config.schema.vectors, config.schema.sparse
