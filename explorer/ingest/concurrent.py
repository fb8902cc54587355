"""Embedding of pictures and texts while the archive is read: decoding and encoding overlap.

From time to time, a generation of the index is built from what was read so far, so that a long ingest is searchable
after seconds.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from queue import Queue
from threading import Thread

from PIL.Image import Image

from explorer.catalog.store import Catalog
from explorer.ingest.embedding import CachedEmbedder, batched
from explorer.ingest.issue_contents import LONG_CHARS, TEXTS_AT_ONCE, contents_of
from explorer.ingest.picture_embedder import PIXELS_AT_ONCE, OpenedPicture
from explorer.ingest.precision import SAMPLES
from explorer.ingest.report import SilentProgress
from explorer.representation.encoders import QueryEncoders
from explorer.system.memory import return_free_memory

QUEUED = 8
"""Pictures and issues that wait for the encoder; then the reading waits. They take at most 100 MB."""
SAMPLED_ISSUES = 200
"""Issues after which the precision is measured even if fewer than SAMPLES pictures were read."""
FIRST_GENERATION_SECONDS = 6.0
"""Age of an ingest at its first generation. At each later one it is twice as old, so that they take little time."""


@dataclass(frozen=True, slots=True)
class NewPicture:
    """A new picture, as `images.read_picture` returns it."""

    sha256: str
    image: Image


@dataclass(frozen=True, slots=True)
class NewIssue:
    """A new or changed issue, which the catalog has."""

    id: str
    texts: int


NewContent = NewPicture | NewIssue
BuildGeneration = Callable[[Catalog, CachedEmbedder, Collection[str]], None]
"""Builds a generation of the index from the catalog as it is. The vectors of these issues are all in the cache."""


class ConcurrentEmbedder:
    """Embeds what an archive contains in a thread, as it is read.

    It is only a head start: building the index computes what is missing, and reports the errors of the encoders.
    """

    def __init__(
        self,
        open_catalog: Callable[[], AbstractContextManager[Catalog]],
        open_embedder: Callable[[], AbstractContextManager[CachedEmbedder]],
        build_generation: BuildGeneration | None,
        *,
        needs_samples: bool,
    ) -> None:
        """Prepare the thread.

        Args:
            open_catalog: Opens the catalog that the archive is read into, with a connection for the thread.
            open_embedder: Opens the embedder, in the thread.
            build_generation: Builds a generation, in the thread. None builds none.
            needs_samples: Whether the embedder can be opened only after SAMPLES pictures and texts were read, because
                its precision is measured on them.
        """
        self._open_catalog = open_catalog
        self._open_embedder = open_embedder
        self._build_generation = build_generation
        self._needs_samples = needs_samples
        self.encoders: QueryEncoders | None = None
        """The encoders of the thread; None if it did not start to embed."""
        self._queue: Queue[NewContent | None] = Queue(QUEUED)
        self._thread = Thread(target=self._run, name="embedding", daemon=True)

    def __enter__(self) -> ConcurrentEmbedder:
        self._started = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Wait until everything that was read is embedded."""
        self._queue.put(None)
        self._thread.join()

    def add(self, read: NewContent) -> None:
        """Embed a picture or the texts of an issue soon. Waits while too many are waiting."""
        self._queue.put(read)

    def _run(self) -> None:
        reads: Iterator[NewContent] = iter(self._queue.get, None)
        try:
            samples = self._wait_for_samples(reads)
            if samples is not None:
                with self._open_catalog() as catalog, self._open_embedder() as embedder:
                    self.encoders = embedder.encoders
                    worker = _Worker(catalog, embedder, self._build_generation, self._started)
                    worker.embed_samples(samples)
                    worker.embed_all(reads)
                    embedder.release()  # the texts of long issues follow and need only one of their networks
        except Exception as error:  # noqa: BLE001  whatever it is, the reading must not wait for a full queue
            logging.getLogger(__name__).info("Embedding while reading stopped: %r", error)
            for _ in reads:
                pass

    def _wait_for_samples(self, reads: Iterator[NewContent]) -> list[str | NewIssue] | None:
        """Wait until enough samples were read. Return the SHA-256 of pictures, and the issues; None if too few."""
        samples: list[str | NewIssue] = []
        pictures, texts, issues = 0, 0, 0
        while self._needs_samples and (texts < SAMPLES or (pictures < SAMPLES and issues < SAMPLED_ISSUES)):
            read = next(reads, None)
            if read is None:
                return None
            if isinstance(read, NewIssue):
                samples.append(read)
                issues += 1
                texts += read.texts
            else:
                samples.append(read.sha256)
                pictures += 1
        return samples


class _Worker:
    """The work of the thread: embeds, and builds a generation from time to time."""

    def __init__(
        self,
        catalog: Catalog,
        embedder: CachedEmbedder,
        build_generation: BuildGeneration | None,
        started: float,
    ) -> None:
        self._catalog = catalog
        self._embedder = embedder
        self._build_generation = build_generation
        self._started = started
        self._next_generation = started + FIRST_GENERATION_SECONDS
        self._opened: list[OpenedPicture] = []
        self._finished: set[str] = set()

    def embed_samples(self, samples: Sequence[str | NewIssue]) -> None:
        """Embed what was read before the embedder could be opened. Its pictures are opened again."""
        for sample in samples:
            self._build_if_due()
            if isinstance(sample, NewIssue):
                self._embed_texts(sample)
            else:
                self._embedder.embed_pictures([sample], SilentProgress())

    def embed_all(self, reads: Iterator[NewContent]) -> None:
        """Embed everything that is read."""
        for read in reads:
            self._build_if_due()
            if isinstance(read, NewIssue):
                self._embed_texts(read)
                continue
            self._opened.append((read.sha256, read.image))
            if sum(image.width * image.height for _, image in self._opened) >= PIXELS_AT_ONCE:
                self._embed_opened()
        self._embed_opened()

    def _embed_texts(self, issue: NewIssue) -> None:
        contents = contents_of(issue.id, self._catalog)
        if contents.chars > LONG_CHARS:
            return
        for texts in batched(contents.texts(), TEXTS_AT_ONCE):
            self._embedder.embed_texts(texts)
            self._build_if_due()
        self._finished.add(issue.id)

    def _embed_opened(self) -> None:
        self._embedder.embed_opened(self._opened)
        self._opened.clear()
        return_free_memory()

    def _build_if_due(self) -> None:
        if self._build_generation is None or time.monotonic() < self._next_generation:
            return
        self._embed_opened()  # the pictures of issues whose texts are embedded
        self._build_generation(self._catalog, self._embedder, self._finished)
        self._next_generation = 2 * time.monotonic() - self._started
