"""Making the next generation of a library's index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.ingest.grouping import group_pictures
from explorer.ingest.indexing import build_index
from explorer.ingest.report import Progress
from explorer.library.context import LibraryContext
from explorer.library.manifest import PICTURES
from explorer.representation.encoders import Notify
from explorer.representation.fields import FIELDS_VERSION

if TYPE_CHECKING:
    from explorer.representation.encoders import QueryEncoders


class IndexBuilder:
    """Makes generations of the indexes of a library. The caller holds the lock for writing, except where said."""

    def __init__(self, context: LibraryContext) -> None:
        self._context = context

    def build(self, encoders: QueryEncoders, progress: Progress, *, rebuild: bool = False) -> int:
        """Make the next generation of the index of an encoder, and return its number."""
        indexes = self._context.indexes
        # Before the index is made: after a crash, the next run goes on in the same place.
        indexes.prepare(encoders.encoder.name)
        store = indexes.store_of(encoders.encoder.name)
        with self._context.vectors(encoders) as vectors:
            return build_index(store, self._context.catalog, vectors, progress, fresh=rebuild)

    def build_and_use(self, encoders: QueryEncoders, progress: Progress, *, rebuild: bool = False) -> int:
        """Make the next generation of the index of an encoder, and answer searches with it from then on."""
        generation = self.build(encoders, progress, rebuild=rebuild)
        self._context.indexes.use(encoders.encoder.name)
        return generation

    def build_when_free(self, progress: Progress, tell: Notify) -> int:
        """Wait for the lock for writing, then make the next generation with the encoder that the library uses by then."""
        with self._context.writing(waiting=tell):
            return self.build_and_use(self._context.indexes.encoders_for_writing(tell), progress)

    def build_if_outdated(self, progress: Progress, tell: Notify) -> int | None:
        """Return the generation that shows the catalog as it is. The encoder is loaded only if one must be made."""
        indexes, catalog = self._context.indexes, self._context.catalog
        made = self._context.index_store.manifest()
        is_outdated = (
            made is None
            or made.revision != catalog.changes.revision()
            or made.config.version != FIELDS_VERSION
        )
        if not is_outdated or not indexes.encoder:
            return made.generation if made else None
        encoders = indexes.encoders_for_writing(tell)
        generation = self.build_and_use(encoders, progress)
        self.group_copies(encoders, progress)
        return generation

    def group_copies(self, encoders: QueryEncoders, progress: Progress) -> None:
        """Find the copies of each picture among the new pictures and the known ones."""
        with self._context.vectors(encoders) as vectors:
            group_pictures(self._context.catalog, vectors, progress)

    def embed_on_ray(self, ray: str | None, encoders: QueryEncoders, progress: Progress) -> None:
        """Embed the pictures on a Ray cluster, if one is named. Pictures that are left are embedded here later."""
        if ray is None:
            return
        from explorer.ingest.on_ray import embed_on_ray  # few have Ray

        context = self._context
        with context.vectors(encoders) as vectors:
            embed_on_ray(vectors, context.catalog.pictures.shown(), context.path / PICTURES, ray, progress)
