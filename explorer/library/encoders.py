"""The encoders of a library: add, use, go back to, delete and adapt them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from embeddings import split_encoder_name
from explorer.errors import LibraryError
from explorer.evaluate.adapting import AdaptReport, learn_adapter
from explorer.ingest.indexing import make_vectors
from explorer.ingest.report import EncodeReport, Progress, SilentProgress
from explorer.library.context import LibraryContext
from explorer.library.index_building import IndexBuilder
from explorer.library.indexes import require_encoder
from explorer.representation.encoders import (
    Notify,
    encoder_errors,
    ignore_message,
    load_library_encoders,
    requested_precision,
    save_adapter,
    with_adapter,
)
from explorer.search.fusion import weights_for

if TYPE_CHECKING:
    from explorer.representation.encoders import QueryEncoders


class LibraryEncoders:
    """The encoders of a library, each with its own index."""

    def __init__(self, context: LibraryContext, builder: IndexBuilder) -> None:
        self._context = context
        self._builder = builder

    def precisions(self) -> dict[str, str]:
        """Return the precision of each index for people, by encoder."""
        indexes = self._context.indexes
        by_encoder = {encoder: indexes.precision_of(encoder) for encoder in indexes.manifest.index_places}
        return {encoder: str(precision) for encoder, precision in by_encoder.items() if precision}

    def weights(self) -> Mapping[str, float]:
        """Return the default weight of each leg, by name, for the encoder that searches use."""
        with encoder_errors():
            return weights_for(self._context.indexes.encoders().encoder.name)

    def add(
        self,
        encoder: str,
        *,
        ray: str | None = None,
        precision: str | None = None,
        progress: Progress | None = None,
        tell: Notify = ignore_message,
    ) -> EncodeReport:
        """Build an index of another encoder. Searches use the present encoder until `use` is called.

        Vectors are stored as they are computed: after a crash, call it again. An ingest may run at the same time.

        Args:
            encoder: A name that `explorer models` lists, or an open_clip model.
            ray: The address of a Ray cluster that embeds the pictures, or "local".
            precision: "f32" or "bf16"; None measures the fastest one whose vectors are near those of f32.
            progress: Receives the progress of each step.
            tell: Receives messages for the user.

        Raises:
            EncoderUnavailableError: If the encoder cannot be loaded.
        """
        started = time.perf_counter()
        progress = progress or SilentProgress()
        require_encoder(self._context.indexes.manifest, self._context.path)
        requested = requested_precision(precision)
        with self._context.locked("encode.lock", f"An index of {self._context.path} is already being built"):
            encoders = self._context.indexes.load(encoder, allow_download=True)
            encoders = self._builder.at_precision(encoders, requested)
            self._builder.embed_on_ray(ray, encoders, progress)
            with self._context.vectors(encoders) as vectors:
                make_vectors(self._context.catalog, vectors, progress)
            with self._context.writing(waiting=tell):
                generation = self._builder.build(encoders, progress)
                generation = self._builder.build_graphs(encoder, tell) or generation
        points = self._points_of(encoder)
        return EncodeReport(
            encoders.encoder.name, generation, points, round(time.perf_counter() - started, 3)
        )

    def use(self, encoder: str, *, progress: Progress | None = None) -> str:
        """Search with the index of this encoder from now on. The index is updated first.

        Returns:
            The encoder that was in use before; "" if there was none.

        Raises:
            LibraryError: If there is no index of the encoder.
        """
        with self._context.writing():
            manifest = self._context.indexes.manifest
            if encoder not in manifest.index_places:
                raise LibraryError(
                    f"{self._context.path} has no index of {encoder}. It has indexes of: "
                    f"{', '.join(manifest.index_places) or 'none'}. "
                    f"To build one: explorer encode --encoder {encoder} --library {self._context.path}"
                )
            self._builder.build(self._context.indexes.load(encoder), progress or SilentProgress())
            self._context.indexes.use(encoder)
        return manifest.encoder or ""

    def use_previous(self, *, progress: Progress | None = None) -> str:
        """Search with the encoder that was in use before the last `use`, and return its name."""
        previous = self._context.indexes.manifest.previous
        if previous is None:
            raise LibraryError(
                f"{self._context.path} has not used another encoder before. Name the encoder: explorer use NAME"
            )
        self.use(previous, progress=progress)
        return previous

    def drop(self, encoder: str) -> None:
        """Delete the index of an encoder that is not in use. Its cached vectors stay, so that a rebuild is fast."""
        with self._context.writing():
            manifest = self._context.indexes.manifest
            if encoder == manifest.encoder or encoder not in manifest.index_places:
                reason = (
                    "is in use, so its index cannot be deleted"
                    if encoder == manifest.encoder
                    else "has no index"
                )
                raise LibraryError(
                    f"{encoder} {reason}. Indexes of {self._context.path}: {', '.join(manifest.index_places)}"
                )
            self._context.indexes.drop(encoder)

    def adapt(self, *, progress: Progress | None = None) -> AdaptReport:
        """Fit the encoder to the figures of the library, and use it if held-out captions show an improvement.

        Otherwise nothing changes. Each run starts from the base encoder. No picture is embedded again.
        """
        started = time.perf_counter()
        progress = progress or SilentProgress()
        with self._context.writing():
            encoders = self._load_base_encoders()
            with self._context.vectors(encoders) as vectors:
                lesson = learn_adapter(self._context.catalog, vectors, progress)
            if lesson.adapter:
                save_adapter(lesson.adapter, self._context.path)
                self._builder.build_and_use(with_adapter(encoders, lesson.adapter), progress)
                self._drop_old_adapters()
        seconds = round(time.perf_counter() - started, 3)
        return AdaptReport(
            lesson.trial, lesson.adapter is not None, self._context.indexes.encoder or "", seconds
        )

    def undo_adapt(self, *, progress: Progress | None = None) -> str:
        """Use the base encoder of `adapt` again, and return its name."""
        with self._context.writing():
            encoders = self._load_base_encoders()
            self._builder.build_and_use(encoders, progress or SilentProgress())
        return encoders.encoder.name

    def _load_base_encoders(self) -> QueryEncoders:
        base, _ = split_encoder_name(require_encoder(self._context.indexes.manifest, self._context.path))
        in_use = self._context.indexes.precision_of(self._context.indexes.encoder or base)
        return load_library_encoders(base, self._context.path, in_use)

    def _drop_old_adapters(self) -> None:
        manifest = self._context.indexes.manifest
        for encoder in manifest.index_places:
            if split_encoder_name(encoder)[1] and encoder not in (manifest.encoder, manifest.previous):
                self._context.indexes.drop(encoder)

    def _points_of(self, encoder: str) -> int:
        manifest = self._context.indexes.store_of(encoder).manifest()
        return manifest.points if manifest else 0
