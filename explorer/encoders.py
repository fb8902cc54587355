"""Which encoder a library uses: the one that is named, its own, the recommended CLIP model, else lite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import embeddings
from embeddings import Encoder
from explorer.errors import EncoderProblem
from explorer.index import TermVectors
from explorer.search.legs import Tools

RECOMMENDED = embeddings.RECOMMENDED
RECOMMENDED_SIZE = "605 MB"
LITE = "lite"

Tell = Callable[[str], None]


def load_tools(name: str, *, allow_download: bool = False) -> Tools:
    """The encoder `name` with what else turns queries into vectors; EncoderProblem when it cannot be loaded."""
    with encoder_errors():
        return _tools(embeddings.load(name, allow_download=allow_download))


def choose_tools(named: str | None, own: str | None, tell: Tell) -> Tools:
    """The tools for an ingest: `named` by the user, else the library's `own`, else the best that is to be had.

    What is chosen without being named is told in one line. EncoderProblem when a named one cannot be loaded.
    """
    if named or own:
        return load_tools(named or own or LITE, allow_download=named is not None)
    try:
        encoder = embeddings.load(RECOMMENDED)
    except embeddings.EncoderError:
        tell(f"Looking for {RECOMMENDED} ({RECOMMENDED_SIZE}, fetched once) ...")
        try:
            encoder = embeddings.load(RECOMMENDED, allow_download=True)
        except embeddings.EncoderError as error:
            tell(f"Using lite, the bundled encoder, for {RECOMMENDED} is not to be had: {error}")
            return load_tools(LITE)
    tell(f"Using {RECOMMENDED}.")
    with encoder_errors():
        return _tools(encoder)


def _tools(encoder: Encoder) -> Tools:
    sentences = encoder.sentences or embeddings.load_sentences()
    return Tools(encoder, sentences, TermVectors())


@contextmanager
def encoder_errors() -> Iterator[None]:
    """The one border where the errors of `embeddings` become the explorer's."""
    try:
        yield
    except embeddings.EncoderError as error:
        raise EncoderProblem(str(error)) from error
