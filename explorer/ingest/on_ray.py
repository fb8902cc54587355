"""Embedding of pictures on a Ray cluster: the work that is the first to exceed one machine.

This process finds the missing vectors in the cache. Ray Data distributes the pictures to actors, which open and
encode them. The vectors are stored in the same cache under the same keys, a few batches at a time: after a crash,
run it again, with Ray or without. Every node needs the same version of the explorer, the encoder's weights, and the
library's folder at the same path.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from logging import ERROR, getLogger
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import embeddings
from embeddings import EncoderPrecision, VectorKey, Vectors
from explorer.catalog.picture_store import PictureStore
from explorer.errors import EncoderUnavailableError
from explorer.ingest.embedding import PICTURES_LABEL, CachedEmbedder, batched
from explorer.ingest.picture_embedder import PICTURE_BATCH, PICTURE_KIND, PictureEmbedder
from explorer.ingest.report import Progress
from explorer.ingest.vector_tables import table_of, vectors_of

if TYPE_CHECKING:
    import pyarrow as pa

LOCAL_CLUSTER = "local"
"""The address for a temporary cluster on this machine alone."""

PICTURES_PER_ROUND = 100_000
"""Pictures that this process and Ray handle at once. An actor loads its encoder once per round."""

BATCHES_PER_TASK = 4
"""The work of each actor that a crash loses."""

ACTORS_PER_GPU = 4
"""While one actor opens pictures, another one uses the GPU."""

CONNECT_TIMEOUT_SECONDS = 10

BATCH = "sha256s"


@dataclass(frozen=True, slots=True)
class ActorConfig:
    """The task of an actor: the encoder its precision and fingerprint, and the folder of pictures."""

    encoder: str
    precision: EncoderPrecision
    fingerprint: str
    pictures: Path


def embed_on_ray(
    embedder: CachedEmbedder, sha256s: Sequence[str], pictures: Path, address: str, progress: Progress
) -> None:
    """Make sure that the vectors of these pictures and of their regions are in the cache, as `embed_pictures` does.

    `pictures` is the folder of the picture store, `address` the "host:6379" of a cluster or LOCAL_CLUSTER.
    Raises EncoderUnavailableError if Ray is not installed, does not answer, or fails.
    """
    pictures = pictures.absolute()
    missing = embedder.missing_pictures(sha256s)
    if not missing:
        return
    with _ray_cluster(address):
        config = ActorConfig(
            embedder.base.name, embedder.encoders.precision, embedder.base.fingerprint, pictures
        )
        with progress.track(missing, PICTURES_LABEL) as work:
            for batch in batched(missing, PICTURES_PER_ROUND):
                for vectors in _embed_batches(config, batch):
                    embedder.store(vectors)
                    done = sum(key.kind == PICTURE_KIND for key in vectors)
                    list(islice(work, done))


class EmbeddingActor:
    """An actor that loads one encoder and embeds batch after batch."""

    def __init__(self, config: ActorConfig) -> None:
        encoder = embeddings.load(config.encoder, precision=config.precision)
        if encoder.fingerprint != config.fingerprint:
            raise RuntimeError(f"{config.encoder} has other weights here: {encoder.fingerprint}")
        self._embedder = PictureEmbedder(encoder, PictureStore(config.pictures))

    def __call__(self, batch: pa.Table) -> pa.Table:
        """Return a table with a row for each vector of the pictures in the batch."""
        [sha256s] = batch[BATCH].to_pylist()
        return table_of(self._embedder.embed(sha256s))


def _embed_batches(config: ActorConfig, sha256s: Sequence[str]) -> Iterator[dict[VectorKey, Vectors]]:
    import ray

    resources = ray.cluster_resources()
    gpus = int(resources.get("GPU", 0))
    actors = gpus * ACTORS_PER_GPU or int(resources.get("CPU", 1))
    # A row is the same batch as without Ray: in another batch a vector may differ in its last bits.
    rows = [{BATCH: batch} for batch in batched(sha256s, PICTURE_BATCH)]
    tasks = -(-len(rows) // BATCHES_PER_TASK)
    results = ray.data.from_items(rows, override_num_blocks=tasks).map_batches(
        EmbeddingActor,
        fn_constructor_args=(config,),
        batch_size=1,
        batch_format="pyarrow",
        compute=ray.data.ActorPoolStrategy(size=min(actors, tasks)),
        num_cpus=1,
        num_gpus=1 / ACTORS_PER_GPU if gpus else 0,
    )
    for table in results.iter_batches(batch_size=None, batch_format="pyarrow"):
        yield vectors_of(table)


@contextmanager
def _ray_cluster(address: str) -> Iterator[None]:
    """Connect to a cluster, and convert all errors of Ray to EncoderUnavailableError."""
    # No usage statistics, and only fatal errors in the log.
    os.environ.update({"RAY_USAGE_STATS_ENABLED": "0", "RAY_BACKEND_LOG_LEVEL": "fatal"})
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise EncoderUnavailableError(
            "Ray is not installed. Install it: pip install 'archive-explorer[ray]'"
        ) from error
    _check_answers(address)
    try:
        ray.init(address=address, log_to_driver=False, logging_level=ERROR)
        ray.data.DataContext.get_current().enable_progress_bars = False
        getLogger("ray.data").setLevel(ERROR)
        yield
    except (ray.exceptions.RayError, ConnectionError, ValueError, RuntimeError) as error:
        raise EncoderUnavailableError(
            f"Encoding on Ray at {address} failed: {_last_line(error)} Finished work is kept. "
            "Run the command again, with or without --ray."
        ) from error
    finally:
        ray.shutdown()


def _check_answers(address: str) -> None:
    """Raise EncoderUnavailableError if nothing listens at the address: Ray itself keeps trying for many minutes."""
    parts = urlsplit(f"//{address}")
    try:
        if parts.hostname and parts.port:
            socket.create_connection((parts.hostname, parts.port), timeout=CONNECT_TIMEOUT_SECONDS).close()
    except (OSError, ValueError) as error:
        raise EncoderUnavailableError(
            f"There is no Ray cluster at {address}: {error}. "
            f"Start one there (ray start --head), or use --ray {LOCAL_CLUSTER}."
        ) from error


def _last_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[-1].rstrip(".") + "."
