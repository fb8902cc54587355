"""The table of compared stores. The engine of a store is imported when the store is made, in a process of its own.

To add a store: a module with a function that returns a VectorStore, and a row here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Final, cast

from explorer.index.vector_stores.store import StorePlace, VectorStore

EXPLORER_INDEX: Final = "edge-int8"
SERVER: Final = "server"
LOCAL_MODE: Final = "local"
LOCAL_MODE_MEMORY: Final = "local-memory"

LOCAL_MODE_MAX: Final = 20_000
"""Above this number of points, qdrant-client itself warns against local mode. Loading them takes minutes."""


@dataclass(frozen=True, slots=True)
class StoreSpec:
    """The specification of one store."""

    name: str
    label: str
    module: str
    """The module in this package, and in it the function that makes the store."""
    function: str
    has_filters: bool = True
    """Whether a search can be restricted by fields of the payload; otherwise only by row numbers."""
    package: str | None = None
    """The package of the extra `stores` that it needs."""
    max_vectors: int | None = None
    is_remote: bool = False
    """Whether another machine or program has its memory and its disk."""

    def factory(self) -> Callable[[StorePlace], VectorStore]:
        """Import the engine, and return the function that makes the store."""
        if self.package:
            import_module(self.package)
        module = import_module(f"explorer.index.vector_stores.{self.module}")
        return cast("Callable[[StorePlace], VectorStore]", getattr(module, self.function))

    def obstacle(self, vectors: int) -> str | None:
        """Return why the store cannot be measured with this number of vectors, and the way out; None if it can."""
        if self.package and find_spec(self.package) is None:
            return f"{self.package} is not installed: pip install 'archive-explorer[stores]'"
        if self.max_vectors is not None and vectors > self.max_vectors:
            return f"made for at most {self.max_vectors:,} vectors"
        return None


STORES: Final = (
    StoreSpec("numpy", "NumPy, exact", "numpy_store", "NumpyStore", has_filters=False),
    StoreSpec("edge-plain", "Edge, plain", "edge_settings", "plain"),
    StoreSpec(EXPLORER_INDEX, "Edge, int8 with rescoring", "explorer_index", "index_in_folder"),
    StoreSpec("edge-binary", "Edge, binary with rescoring", "edge_settings", "binary"),
    StoreSpec("edge-hnsw", "Edge, HNSW", "edge_settings", "hnsw"),
    StoreSpec(LOCAL_MODE, "qdrant-client, local mode", "local_mode", "in_folder", max_vectors=LOCAL_MODE_MAX),
    StoreSpec(SERVER, "Qdrant server", "explorer_index", "index_on_server", is_remote=True),
    StoreSpec("faiss-flat", "FAISS, flat", "faiss_store", "flat", has_filters=False, package="faiss"),
    StoreSpec("faiss-hnsw", "FAISS, HNSW", "faiss_store", "hnsw", has_filters=False, package="faiss"),
    StoreSpec("lancedb", "LanceDB", "lancedb_store", "LanceStore", package="lancedb"),
)
"""In the order in which they are listed. `edge-int8` is the explorer's own index, as it is built in a folder."""

IN_MEMORY: Final = StoreSpec(
    LOCAL_MODE_MEMORY, "qdrant-client, local mode in memory", "local_mode", "in_memory"
)
"""Only for benchmarks: it keeps nothing on disk."""


def store_spec(name: str) -> StoreSpec:
    """Return the store of this name."""
    return next(spec for spec in (*STORES, IN_MEMORY) if spec.name == name)
