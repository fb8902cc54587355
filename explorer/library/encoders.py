"""The encoders of a library: add one, use another, go back, and adapt one to the pictures of the library."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from embeddings.adapter import split_encoder_name
from explorer.errors import LibraryError
from explorer.evaluate.adapting import AdaptReport, learn_adapter
from explorer.ingest.indexing import make_vectors
from explorer.ingest.report import EncodeReport, Progress, SilentProgress
from explorer.library.context import LibraryContext
from explorer.library.index_building import IndexBuilder
from explorer.library.indexes import require_encoder
from explorer.representation.encoders import (
    Notify,
    ignore_message,
    load_encoders,
    load_library_encoders,
    save_adapter,
    with_adapter,
)

if TYPE_CHECKING:
    from explorer.representation.encoders import QueryEncoders


class LibraryEncoders:
    """The encoders of a library, each with an index of its own."""

    def __init__(self, context: LibraryContext, builder: IndexBuilder) -> None:
        self._context = context
        self._builder = builder

    def add(
        self,
        encoder: str,
        *,
        ray: str | None = None,
        progress: Progress | None = None,
        tell: Notify = ignore_message,
    ) -> EncodeReport:
        """Make an index of another encoder beside the one in use, which answers until `use`.

        Vectors are stored as they are made: after a crash, call it again. An ingest may run meanwhile.

        Args:
            encoder: A name that `explorer models` lists, or an open_clip model.
            ray: The address of a Ray cluster that embeds the pictures, or "local".
            progress: Gets the progress of each step.
            tell: Gets lines for people.

        Raises:
            EncoderUnavailableError: If the encoder cannot be loaded.
        """
        started = time.perf_counter()
        progress = progress or SilentProgress()
        require_encoder(self._context.indexes.manifest, self._context.path)
        with self._context.locked("encode.lock", f"An index of {self._context.path} is being made already"):
            encoders = load_encoders(encoder, self._context.path, allow_download=True)
            self._builder.embed_on_ray(ray, encoders, progress)
            with self._context.vectors(encoders) as vectors:
                make_vectors(self._context.catalog, vectors, progress)
            with self._context.writing(waiting=tell):
                generation = self._builder.build(encoders, progress)
        points = self._points_of(encoder)
        return EncodeReport(
            encoders.encoder.name, generation, points, round(time.perf_counter() - started, 3)
        )

    def use(self, encoder: str, *, progress: Progress | None = None) -> str:
        """Answer searches with the index of this encoder from now on. The index is brought up to date first.

        Returns:
            The encoder that answered before; "" if there was none.

        Raises:
            LibraryError: If there is no index of the encoder.
        """
        with self._context.writing():
            manifest = self._context.indexes.manifest
            if encoder not in manifest.known:
                raise LibraryError(
                    f"{self._context.path} has no index of {encoder}, but of: {', '.join(manifest.known) or 'none'}. "
                    f"Make it: explorer encode --encoder {encoder} --library {self._context.path}"
                )
            self._builder.build(load_encoders(encoder, self._context.path), progress or SilentProgress())
            self._context.indexes.use(encoder)
        return manifest.encoder or ""

    def use_previous(self, *, progress: Progress | None = None) -> str:
        """Answer searches with the encoder before the last `use` again, and return its name."""
        previous = self._context.indexes.manifest.previous
        if previous is None:
            raise LibraryError(
                f"{self._context.path} has used no other encoder before. There is no way back."
            )
        self.use(previous, progress=progress)
        return previous

    def drop(self, encoder: str) -> None:
        """Delete the index of an encoder that is not in use. Its vectors stay, so that making it again is quick."""
        with self._context.writing():
            manifest = self._context.indexes.manifest
            if encoder == manifest.encoder or encoder not in manifest.known:
                which = "is in use" if encoder == manifest.encoder else "has no index here"
                raise LibraryError(
                    f"{encoder} {which}. Indexes of {self._context.path}: {', '.join(manifest.known)}"
                )
            self._context.indexes.drop(encoder)

    def adapt(self, *, progress: Progress | None = None) -> AdaptReport:
        """Fit the encoder to the library's own figures, and keep it if held-out captions show that it helps.

        Otherwise nothing changes. It starts from the base encoder each time; no picture is embedded again.
        """
        started = time.perf_counter()
        progress = progress or SilentProgress()
        with self._context.writing():
            encoders = self._base_tools()
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
        """Use the encoder that `adapt` starts from again, and return its name."""
        with self._context.writing():
            encoders = self._base_tools()
            self._builder.build_and_use(encoders, progress or SilentProgress())
        return encoders.encoder.name

    def _base_tools(self) -> QueryEncoders:
        base, _ = split_encoder_name(require_encoder(self._context.indexes.manifest, self._context.path))
        return load_library_encoders(base, self._context.path)

    def _drop_old_adapters(self) -> None:
        manifest = self._context.indexes.manifest
        for encoder in manifest.known:
            if split_encoder_name(encoder)[1] and encoder not in (manifest.encoder, manifest.previous):
                self._context.indexes.drop(encoder)

    def _points_of(self, encoder: str) -> int:
        made = self._context.indexes.store_of(encoder).manifest()
        return made.points if made else 0
