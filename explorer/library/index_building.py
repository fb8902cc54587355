"""Building generations of the indexes of a library."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractContextManager, closing
from functools import partial
from typing import TYPE_CHECKING

from embeddings import EncoderPrecision, Precision
from explorer.catalog.store import Catalog
from explorer.ingest.concurrent import ConcurrentEmbedder
from explorer.ingest.grouping import group_pictures
from explorer.ingest.indexing import build_index
from explorer.ingest.precision import SAMPLES, measure_precision
from explorer.ingest.report import Progress, SilentProgress
from explorer.library.context import LibraryContext
from explorer.library.manifest import CATALOG_FILE, PICTURES
from explorer.representation.encoders import Notify, embedding_config_of, encoder_errors
from explorer.representation.fields import FIELDS_VERSION

if TYPE_CHECKING:
    from explorer.ingest.embedding import CachedEmbedder
    from explorer.representation.encoders import QueryEncoders


class IndexBuilder:
    """Builds generations of the indexes of a library.

    The caller must hold the lock for writing, except for `build_when_free` and `embed_on_ray`.
    """

    def __init__(self, context: LibraryContext) -> None:
        self._context = context
        self._searchable_issues = 0
        """The issues that can be searched before the end of an ingest, as last told."""

    def build(self, encoders: QueryEncoders, progress: Progress, *, rebuild: bool = False) -> int:
        """Build the next generation of the index of an encoder, and return its number."""
        indexes = self._context.indexes
        # Before the index is built: after a crash, the next run continues in the same place.
        indexes.prepare(encoders.encoder.name)
        store = indexes.store_of(encoders.encoder.name)
        with self._context.vectors(encoders) as vectors:
            return build_index(store, self._context.catalog, vectors, progress, fresh=rebuild)

    def build_and_use(self, encoders: QueryEncoders, progress: Progress, *, rebuild: bool = False) -> int:
        """Build the next generation of the index of an encoder, and search with it from then on."""
        generation = self.build(encoders, progress, rebuild=rebuild)
        self._context.indexes.use(encoders.encoder.name)
        return generation

    def build_graphs(self, encoder: str, tell: Notify) -> int | None:
        """Build the next generation of the index of an encoder with graphs for its large fields.

        Return its number; None if no field needs a graph. The present generation answers meanwhile.
        """
        manifest = self._context.indexes.store_of(encoder).build_graphs(tell)
        return manifest.generation if manifest else None

    def build_when_free(self, progress: Progress, tell: Notify) -> int:
        """Wait for the lock for writing, then build the next generation with the encoder that is in use by then."""
        with self._context.writing(waiting=tell):
            return self.build_and_use(self._context.indexes.encoders_for_writing(tell), progress)

    def build_if_outdated(self, progress: Progress, tell: Notify) -> int | None:
        """Return the generation that matches the catalog, and build it if necessary. Then find the copies of pictures.

        The encoder is loaded only for a new generation, or if a killed program left incomplete groups of copies.
        """
        indexes, catalog = self._context.indexes, self._context.catalog
        manifest = self._context.index_store.manifest()
        is_outdated = (
            manifest is None
            or manifest.revision != catalog.changes.revision()
            or manifest.config.version != FIELDS_VERSION
        )
        if not indexes.encoder or not (is_outdated or not catalog.duplicates.is_complete()):
            return manifest.generation if manifest else None
        encoders = indexes.encoders_for_writing(tell)
        generation = self.build_and_use(encoders, progress)
        self.group_copies(encoders, progress)
        return generation

    def at_precision(self, encoders: QueryEncoders, requested: Precision | None) -> QueryEncoders:
        """Return the encoders at the requested precision, else at that of their index.

        For a new index the precision is measured on pictures and texts of the library.
        """
        indexes = self._context.indexes
        if requested is not None:
            return indexes.at_precision(encoders, EncoderPrecision(requested, requested))
        if indexes.precision_of(encoders.encoder.name) is not None:
            return encoders
        counts = self._context.catalog.ledger.counts()
        if counts.items + counts.figures < SAMPLES:
            return indexes.at_precision(encoders, EncoderPrecision())
        with encoder_errors():
            precision = measure_precision(
                encoders, self._context.path, self._context.catalog, self._context.pictures
            )
        return indexes.at_precision(encoders, precision)

    def embedding_while_reading(
        self, encoders: QueryEncoders, requested: Precision | None, tell: Notify, *, rebuild: bool
    ) -> ConcurrentEmbedder:
        """Return an embedder for the pictures and texts of an archive that is being read.

        It also builds generations of the issues that were read so far, unless the index is to be rebuilt.
        """
        context = self._context
        name = encoders.encoder.name
        self._searchable_issues = 0

        def open_embedder() -> AbstractContextManager[CachedEmbedder]:
            return context.vectors(self.at_precision(encoders, requested))

        return ConcurrentEmbedder(
            lambda: closing(Catalog(context.path / CATALOG_FILE)),
            open_embedder,
            None if rebuild else partial(self._build_early, tell=tell),
            needs_samples=requested is None and context.indexes.precision_of(name) is None,
        )

    def _build_early(
        self, catalog: Catalog, embedder: CachedEmbedder, finished: Collection[str], *, tell: Notify
    ) -> None:
        """Build a generation of the issues that were read so far, and search with it.

        An index that searches use with other encoders, or with another configuration, stays until all issues are read:
        it has more issues.
        """
        indexes, encoder = self._context.indexes, embedder.encoders.encoder.name
        store = indexes.store_of(encoder)
        current = store.manifest()
        if indexes.encoder not in (None, encoder):
            return
        if current is not None and current.config != embedding_config_of(embedder.encoders):
            return
        issues = catalog.ledger.counts().issues  # before the build: the reading goes on meanwhile
        if not issues:
            return
        indexes.prepare(encoder)
        build_index(store, catalog, embedder, SilentProgress(), finished=finished)
        if issues != self._searchable_issues:
            tell(f"{issues:,} issue{'' if issues == 1 else 's'} can be searched already. The others follow.")
            self._searchable_issues = issues

    def group_copies(self, encoders: QueryEncoders, progress: Progress) -> None:
        """Find the copies of each picture, among new and old pictures."""
        if not self._context.catalog.pictures.shown():
            return
        with self._context.vectors(encoders) as vectors:
            group_pictures(self._context.catalog, vectors, progress)

    def embed_on_ray(self, ray: str | None, encoders: QueryEncoders, progress: Progress) -> None:
        """Embed the pictures on the Ray cluster at the address `ray`. With None, they are embedded here later."""
        if ray is None:
            return
        from explorer.ingest.on_ray import embed_on_ray  # Ray is an optional dependency

        context = self._context
        with context.vectors(encoders) as vectors:
            embed_on_ray(vectors, context.catalog.pictures.shown(), context.path / PICTURES, ray, progress)
