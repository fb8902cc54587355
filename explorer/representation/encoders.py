"""Which encoder a library uses: the one that is named, its own, the recommended CLIP model, else lite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import embeddings
from embeddings import Encoder, SentenceEncoder, release
from embeddings.adapter import AdaptedEncoder, Adapter, split_encoder_name
from explorer.errors import EncoderUnavailableError
from explorer.index import EmbeddingConfig, TermVectors
from explorer.representation.fields import FIELDS_VERSION, index_schema
from explorer.representation.legs import PICTURE, VISUAL
from explorer.system.memory import give_back

RECOMMENDED = embeddings.RECOMMENDED
RECOMMENDED_SIZE = "605 MB"
LITE = "lite"
ADAPTERS = "adapters"
"""The folder of a library in which its adapters lie, each named by its fingerprint."""

Tell = Callable[[str], None]


def quiet(line: str) -> None:
    """Tells nobody."""


@dataclass(frozen=True, slots=True)
class QueryEncoders:
    """What turns queries into vectors."""

    encoder: Encoder
    sentences: SentenceEncoder
    terms: TermVectors

    @property
    def visual_field(self) -> str:
        """The vector that compares pictures of the library as wholes."""
        return VISUAL if self.encoder.visual_dim else PICTURE

    def release(self) -> None:
        """Free the memory of the encoders that load quickly."""
        release(self.encoder)
        release(self.sentences)
        give_back()

    @property
    def share_texts(self) -> bool:
        """Whether the encoder's text vectors are those of the sentence encoder, so that one serves both."""
        own = self.encoder.sentences
        return own is not None and own.fingerprint == self.sentences.fingerprint


def embedding_config_of(encoders: QueryEncoders) -> EmbeddingConfig:
    """Return the configuration of indexes that these encoders make."""
    encoder = encoders.encoder
    return EmbeddingConfig(
        encoder=encoder.name,
        fingerprint=encoder.fingerprint,
        sentences=encoders.sentences.fingerprint,
        schema=index_schema(encoder.dim, encoder.visual_dim, encoders.sentences.dim),
        version=FIELDS_VERSION,
    )


def load_encoders(name: str, library: Path, *, allow_download: bool = False) -> QueryEncoders:
    """The encoder `name` with what else turns queries into vectors; EncoderUnavailableError when it cannot be loaded.

    An adapted encoder's adapter lies in the folder of its library.
    """
    base, adapter = split_encoder_name(name)
    with encoder_errors():
        encoders = _encoders(embeddings.load(base, allow_download=allow_download))
    return _as_kept(encoders, adapter, library) if adapter else encoders


def load_library_encoders(name: str, library: Path) -> QueryEncoders:
    """Return the encoders that a library is searched with.

    Raises EncoderUnavailableError, which names the ways out, where the encoder cannot be loaded any more.
    """
    try:
        return load_encoders(name, library)
    except EncoderUnavailableError as problem:
        other = RECOMMENDED if split_encoder_name(name)[0] == LITE else LITE
        raise EncoderUnavailableError(
            f"{problem} Or search with another encoder: explorer encode --encoder {other} --library {library}, "
            f"then explorer use {other} --library {library}"
        ) from problem


def adapted(encoders: QueryEncoders, adapter: Adapter) -> QueryEncoders:
    """Return the encoders with an adapter. Raises EncoderError if it was learned for another encoder."""
    return replace(encoders, encoder=AdaptedEncoder(encoders.encoder, adapter))


def keep_adapter(adapter: Adapter, library: Path) -> None:
    """Writes it where `load_tools` looks for it; EncoderUnavailableError where the folder cannot be written."""
    file = _adapter_file(adapter.fingerprint, library)
    try:
        adapter.save(file)
    except OSError as error:
        raise EncoderUnavailableError(
            f"{file} cannot be written: {error.strerror}. Check the permissions of the folder."
        ) from error


def _as_kept(encoders: QueryEncoders, fingerprint: str, library: Path) -> QueryEncoders:
    file = _adapter_file(fingerprint, library)
    try:
        adapter = Adapter.load(file)
        if adapter.fingerprint != fingerprint:
            raise embeddings.WeightsDamagedError(f"{file} is not the adapter that it is named for.")
        return adapted(encoders, adapter)
    except embeddings.EncoderError as error:
        raise EncoderUnavailableError(
            f"{error} Learn it again: explorer adapt --library {library}, "
            f"or do without: explorer adapt --back --library {library}"
        ) from error


def _adapter_file(fingerprint: str, library: Path) -> Path:
    return library / ADAPTERS / f"{fingerprint}.safetensors"


def choose_encoders(named: str | None, own: str | None, library: Path, tell: Tell) -> QueryEncoders:
    """Return the encoders for an ingest: `named` by the user, else the library's `own`, else the best available.

    `tell` gets one line about an encoder that nobody named. Raises EncoderUnavailableError if a named one cannot be loaded.
    """
    if named:
        return load_encoders(named, library, allow_download=True)
    if own:
        return load_library_encoders(own, library)
    try:
        encoder = embeddings.load(RECOMMENDED)
    except embeddings.EncoderError:
        tell(f"Looking for {RECOMMENDED} ({RECOMMENDED_SIZE}, fetched once) ...")
        try:
            encoder = embeddings.load(RECOMMENDED, allow_download=True)
        except embeddings.EncoderError as error:
            tell(f"Using lite, the bundled encoder, for {RECOMMENDED} is not to be had: {error}")
            return load_encoders(LITE, library)
    tell(f"Using {RECOMMENDED}.")
    with encoder_errors():
        return _encoders(encoder)


def _encoders(encoder: Encoder) -> QueryEncoders:
    sentences = encoder.sentences or embeddings.load_sentences()
    return QueryEncoders(encoder, sentences, TermVectors())


@contextmanager
def encoder_errors() -> Iterator[None]:
    """The one border where the errors of `embeddings` become the explorer's, and packages that it lacks as well."""
    try:
        yield
    except ImportError as error:
        raise EncoderUnavailableError(
            f"The encoder needs the package {error.name}, which cannot be imported ({error}). Install it again: "
            "pip install --force-reinstall archive-explorer"
        ) from error
    except embeddings.EncoderError as error:
        raise EncoderUnavailableError(str(error)) from error
