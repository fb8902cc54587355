"""Pictures are looked at on a Ray cluster: the work that grows past one machine first.

This process asks the cache what is missing. Ray Data deals it out to actors, each of which opens pictures and encodes
them; what comes back is put into the same cache under the same keys, a few batches at a time: to go on after a crash
is to do it again, with Ray or without. Every node needs the explorer in the same version, the encoder's weights, and
the library's folder at the same path.
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
from embeddings import VectorKey, Vectors
from explorer.catalog.picture_store import PictureStore
from explorer.errors import EncoderUnavailableError
from explorer.ingest.embedding import VectorSource, batched
from explorer.ingest.picture_embedder import PICTURE_BATCH, STEPS, PictureEmbedder
from explorer.ingest.report import Progress
from explorer.ingest.vector_tables import table_of, vectors_of

if TYPE_CHECKING:
    import pyarrow as pa

LOCAL = "local"
"""The address that stands for a cluster of this machine alone, which ends with the work."""

AT_ONCE = 100_000
"""Pictures of one round: what this process and Ray know of at once. An actor loads its encoder once a round."""

BATCHES_OF_A_TASK = 4
"""What a crash loses of each actor's work."""

ACTORS_PER_GPU = 4
"""While one opens its pictures, another's are on the GPU."""

ANSWER_SECONDS = 10

BATCH = "sha256s"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an actor is told: which encoder (and that it must be the very same), where the pictures are, what to see."""

    encoder: str
    fingerprint: str
    pictures: Path
    kind: str


def embed_on_ray(
    vectors: VectorSource, sha256s: Sequence[str], pictures: Path, address: str, progress: Progress
) -> None:
    """Makes sure that the vectors of these pictures and of their parts are in the cache, as `embed_pictures` does.

    `pictures` is the folder of the store, `address` "host:6379" of a cluster or LOCAL.
    EncoderUnavailableError when Ray is not installed, does not answer, or fails.
    """
    pictures = pictures.absolute()
    unseen = {kind: vectors.unseen(kind, sha256s) for kind, _ in STEPS}
    if not any(unseen.values()):
        return
    with _cluster(address):
        for kind, what in STEPS:
            asked = Asked(vectors.base.name, vectors.base.fingerprint, pictures, kind)
            with progress.track(unseen[kind], what) as work:
                for some in batched(unseen[kind], AT_ONCE):
                    for seen in _seen(asked, some):
                        vectors.keep(seen)
                        done = sum(key.kind == kind for key in seen)
                        list(islice(work, done))


class Looker:
    """An actor: one encoder, loaded once, that looks at batch after batch."""

    def __init__(self, asked: Asked) -> None:
        encoder = embeddings.load(asked.encoder)
        if encoder.fingerprint != asked.fingerprint:
            raise RuntimeError(f"{asked.encoder} has other weights here: {encoder.fingerprint}")
        self._kind = asked.kind
        self._seeing = PictureEmbedder(encoder, PictureStore(asked.pictures))

    def __call__(self, batch: pa.Table) -> pa.Table:
        """A row for each vector of the pictures named in the batch."""
        [sha256s] = batch[BATCH].to_pylist()
        return table_of(self._seeing.see(self._kind, sha256s))


def _seen(asked: Asked, sha256s: Sequence[str]) -> Iterator[dict[VectorKey, Vectors]]:
    import ray

    here = ray.cluster_resources()
    on_gpus = int(here.get("GPU", 0))
    actors = on_gpus * ACTORS_PER_GPU or int(here.get("CPU", 1))
    # A row is a batch as it would be here: in other company a vector may differ in its last bits.
    rows = [{BATCH: batch} for batch in batched(sha256s, PICTURE_BATCH)]
    tasks = -(-len(rows) // BATCHES_OF_A_TASK)
    looked = ray.data.from_items(rows, override_num_blocks=tasks).map_batches(
        Looker,
        fn_constructor_args=(asked,),
        batch_size=1,
        batch_format="pyarrow",
        compute=ray.data.ActorPoolStrategy(size=min(actors, tasks)),
        num_cpus=1,
        num_gpus=1 / ACTORS_PER_GPU if on_gpus else 0,
    )
    for table in looked.iter_batches(batch_size=None, batch_format="pyarrow"):
        yield vectors_of(table)


@contextmanager
def _cluster(address: str) -> Iterator[None]:
    """The one border of Ray, whose errors are of many kinds and all mean that vectors are missing."""
    # Nothing is told to anybody, and only what failed to the user.
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
            f"Encoding on Ray at {address} failed: {_last_line(error)} What was done is kept. "
            "Do it again, or without --ray."
        ) from error
    finally:
        ray.shutdown()


def _check_answers(address: str) -> None:
    """EncoderUnavailableError where nobody listens: Ray itself goes on asking for many minutes."""
    place = urlsplit(f"//{address}")
    try:
        if place.hostname and place.port:
            socket.create_connection((place.hostname, place.port), timeout=ANSWER_SECONDS).close()
    except (OSError, ValueError) as error:
        raise EncoderUnavailableError(
            f"No Ray cluster answers at {address}: {error}. Start one there (ray start --head), or use --ray {LOCAL}."
        ) from error


def _last_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[-1].rstrip(".") + "."
