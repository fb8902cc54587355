"""The encoder of a library: the one that the user names, or its present one, or the recommended CLIP model, or lite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import embeddings
from embeddings import Encoder, EncoderPrecision, Precision, Releasable, SentenceEncoder, split_encoder_name
from embeddings.adapter import AdaptedEncoder, Adapter
from explorer.errors import EncoderUnavailableError
from explorer.index import EmbeddingConfig, TermVectors
from explorer.representation.fields import FIELDS_VERSION, index_schema
from explorer.representation.legs import PICTURE, VISUAL
from explorer.system.memory import return_free_memory

RECOMMENDED = embeddings.RECOMMENDED
RECOMMENDED_SIZE = "605 MB"
LITE = "lite"
ADAPTERS = "adapters"
"""The folder of a library that contains its adapters, each named by its fingerprint."""

Notify = Callable[[str], None]
"""A callback that gets lines for the user."""


def ignore_message(line: str) -> None:
    """Ignore a line for the user."""


@dataclass(frozen=True, slots=True)
class QueryEncoders:
    """The encoders that turn queries into vectors."""

    encoder: Encoder
    sentences: SentenceEncoder
    terms: TermVectors
    precision: EncoderPrecision = field(default_factory=EncoderPrecision)

    @property
    def visual_field(self) -> str:
        """The vector field that compares whole pictures of the library."""
        return VISUAL if self.encoder.visual_dim else PICTURE

    def release(self) -> None:
        """Free the memory of encoders that load quickly."""
        for encoder in (self.encoder, self.sentences):
            if isinstance(encoder, Releasable):
                encoder.release()
        return_free_memory()

    @property
    def share_texts(self) -> bool:
        """Whether the text vectors of the encoder and of the sentence encoder are the same."""
        text_encoder = self.encoder.sentences
        return text_encoder is not None and text_encoder.fingerprint == self.sentences.fingerprint


def embedding_config_of(encoders: QueryEncoders) -> EmbeddingConfig:
    """Return the configuration of indexes that these encoders make."""
    encoder = encoders.encoder
    return EmbeddingConfig(
        encoder=encoder.name,
        fingerprint=encoder.fingerprint,
        sentences=encoders.sentences.fingerprint,
        schema=index_schema(encoder.dim, encoder.visual_dim, encoders.sentences.dim),
        version=FIELDS_VERSION,
        precision=encoders.precision.encoder,
        sentences_precision=encoders.precision.sentences,
    )


def precision_of(config: EmbeddingConfig) -> EncoderPrecision:
    """Return the precision of the encoders that made an index."""
    return EncoderPrecision(config.precision, config.sentences_precision)


def runtime_name() -> str:
    """Return the runtime of encoders on the CPU of this machine."""
    with encoder_errors():
        return embeddings.cpu_runtime()


def requested_precision(name: str | None) -> Precision | None:
    """Return the precision that a user requests. Raises EncoderUnavailableError if this machine does not have it."""
    if name is None:
        return None
    with encoder_errors():
        return embeddings.checked_precision(name)


def load_encoders(
    name: str, library: Path, *, allow_download: bool = False, precision: EncoderPrecision | None = None
) -> QueryEncoders:
    """Load the encoder `name` and the other encoders of queries. Raises EncoderUnavailableError if one cannot be loaded.

    The adapter of an adapted encoder is in the folder of its library. A `precision` of None is f32.
    """
    base, adapter_fingerprint = split_encoder_name(name)
    precision = precision or EncoderPrecision()
    with encoder_errors():
        encoder = embeddings.load(base, allow_download=allow_download, precision=precision)
        encoders = _query_encoders(encoder, precision)
    return _with_stored_adapter(encoders, adapter_fingerprint, library) if adapter_fingerprint else encoders


def load_library_encoders(
    name: str, library: Path, precision: EncoderPrecision | None = None
) -> QueryEncoders:
    """Load the encoders that a library is searched with.

    Raises EncoderUnavailableError, which says what to do, if the encoder cannot be loaded any more.
    """
    try:
        return load_encoders(name, library, precision=precision)
    except EncoderUnavailableError as error:
        alternative = RECOMMENDED if split_encoder_name(name)[0] == LITE else LITE
        raise EncoderUnavailableError(
            f"{error} Or search with another encoder: explorer encode --encoder {alternative} --library {library}, "
            f"then explorer use {alternative} --library {library}"
        ) from error


def with_adapter(encoders: QueryEncoders, adapter: Adapter) -> QueryEncoders:
    """Return the encoders with an adapter. Raises EncoderError if it was learned for another encoder."""
    return replace(encoders, encoder=AdaptedEncoder(encoders.encoder, adapter))


def save_adapter(adapter: Adapter, library: Path) -> None:
    """Store an adapter for `load_encoders`. Raises EncoderUnavailableError if the folder cannot be written."""
    file = _adapter_file(adapter.fingerprint, library)
    try:
        adapter.save(file)
    except OSError as error:
        raise EncoderUnavailableError(
            f"{file} cannot be written: {error.strerror}. Check the permissions of the folder."
        ) from error


def _with_stored_adapter(encoders: QueryEncoders, fingerprint: str, library: Path) -> QueryEncoders:
    file = _adapter_file(fingerprint, library)
    try:
        adapter = Adapter.load(file)
        if adapter.fingerprint != fingerprint:
            raise embeddings.WeightsDamagedError(f"{file} is not the adapter of that fingerprint.")
        return with_adapter(encoders, adapter)
    except embeddings.EncoderError as error:
        raise EncoderUnavailableError(
            f"{error} Train it again: explorer adapt --library {library}, "
            f"or search without it: explorer adapt --back --library {library}"
        ) from error


def _adapter_file(fingerprint: str, library: Path) -> Path:
    return library / ADAPTERS / f"{fingerprint}.safetensors"


def choose_encoders(
    requested: str | None,
    present: str | None,
    library: Path,
    notify: Notify,
    precision: EncoderPrecision | None,
) -> QueryEncoders:
    """Load the encoders for an ingest: the `requested`, or the library's `present`, or the best available ones.

    `notify` gets one line about an encoder that the user did not request. `precision` is that of the present index of
    the encoder, or None. Raises EncoderUnavailableError if the requested or present encoder cannot be loaded.
    """
    if requested:
        return load_encoders(requested, library, allow_download=True, precision=precision)
    if present:
        return load_library_encoders(present, library, precision)
    try:
        encoder = embeddings.load(RECOMMENDED)
    except embeddings.EncoderError:
        notify(f"Looking for {RECOMMENDED} ({RECOMMENDED_SIZE}, fetched once) ...")
        try:
            encoder = embeddings.load(RECOMMENDED, allow_download=True)
        except embeddings.EncoderError as error:
            notify(f"Using lite, the bundled encoder, because {RECOMMENDED} is not available: {error}")
            return load_encoders(LITE, library)
    notify(f"Using {RECOMMENDED}.")
    with encoder_errors():
        return _query_encoders(encoder, EncoderPrecision())


def _query_encoders(encoder: Encoder, precision: EncoderPrecision) -> QueryEncoders:
    sentences = encoder.sentences or embeddings.load_sentences(precision=precision.sentences)
    return QueryEncoders(encoder, sentences, TermVectors(), precision)


@contextmanager
def encoder_errors() -> Iterator[None]:
    """Convert errors of `embeddings`, and missing packages, to EncoderUnavailableError."""
    try:
        yield
    except ImportError as error:
        raise EncoderUnavailableError(
            f"The encoder needs the package {error.name}, which cannot be imported ({error}). Install it again: "
            "pip install --force-reinstall archive-explorer"
        ) from error
    except embeddings.EncoderError as error:
        raise EncoderUnavailableError(str(error)) from error
