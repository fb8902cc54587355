"""Embedding of pictures and texts while the archive is read: decoding and encoding overlap."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from queue import Queue
from threading import Thread

from PIL.Image import Image

from explorer.catalog.store import Catalog
from explorer.ingest.embedding import CachedEmbedder
from explorer.ingest.issue_contents import LONG_CHARS, contents_of
from explorer.ingest.picture_embedder import PIXELS_AT_ONCE, OpenedPicture
from explorer.ingest.precision import SAMPLES
from explorer.representation.encoders import QueryEncoders
from explorer.system.memory import return_free_memory

QUEUED = 8
"""Pictures and issues that wait for the encoder; then the reading waits. They take at most 100 MB."""


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


class ConcurrentEmbedder:
    """Embeds what an archive contains in a thread, as it is read.

    It is only a head start: building the index computes what is missing, and reports the errors of the encoders.
    """

    def __init__(
        self,
        open_catalog: Callable[[], AbstractContextManager[Catalog]],
        open_embedder: Callable[[], AbstractContextManager[CachedEmbedder]],
        *,
        needs_samples: bool,
    ) -> None:
        """Prepare the thread.

        Args:
            open_catalog: Opens the catalog that the archive is read into, with a connection for the thread.
            open_embedder: Opens the embedder, in the thread.
            needs_samples: Whether the embedder can be opened only after SAMPLES pictures and texts were read, because
                its precision is measured on them.
        """
        self._open_catalog = open_catalog
        self._open_embedder = open_embedder
        self._needs_samples = needs_samples
        self.encoders: QueryEncoders | None = None
        """The encoders of the thread; None if it did not start to embed."""
        self._queue: Queue[NewContent | None] = Queue(QUEUED)
        self._thread = Thread(target=self._run, name="embedding", daemon=True)

    def __enter__(self) -> ConcurrentEmbedder:
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
            if self._wait_for_samples(reads):
                with self._open_catalog() as catalog, self._open_embedder() as embedder:
                    self.encoders = embedder.encoders
                    self._embed_all(reads, catalog, embedder)
        except Exception as error:  # noqa: BLE001  whatever it is, the reading must not wait for a full queue
            logging.getLogger(__name__).info("Embedding while reading stopped: %r", error)
            for _ in reads:
                pass

    def _wait_for_samples(self, reads: Iterator[NewContent]) -> bool:
        """Pass over what is read until there are enough samples. Return whether there are."""
        pictures, texts = 0, 0
        while self._needs_samples and (pictures < SAMPLES or texts < SAMPLES):
            read = next(reads, None)
            if read is None:
                return False
            pictures += isinstance(read, NewPicture)
            texts += read.texts if isinstance(read, NewIssue) else 0
        return True

    def _embed_all(self, reads: Iterator[NewContent], catalog: Catalog, embedder: CachedEmbedder) -> None:
        opened: list[OpenedPicture] = []
        for read in reads:
            if isinstance(read, NewIssue):
                contents = contents_of(read.id, catalog)
                if contents.chars <= LONG_CHARS:
                    embedder.embed_texts(list(contents.texts()))
                continue
            opened.append((read.sha256, read.image))
            if sum(image.width * image.height for _, image in opened) >= PIXELS_AT_ONCE:
                embedder.embed_opened(opened)
                opened = []
                return_free_memory()
        embedder.embed_opened(opened)
