"""The choice of the precision of encoders, measured on pictures and texts of the library."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL.Image import Image

import images
from embeddings import EncoderPrecision, Precision, Vectors, fastest_precision
from explorer.catalog.picture_store import PictureStore
from explorer.catalog.store import Catalog
from explorer.representation.encoders import QueryEncoders, load_encoders
from explorer.representation.fields import caption_and_alt, heading_and_text

SAMPLES = 32
"""Pictures and texts of a measurement. With fewer, speed does not matter, and the precision is f32."""
MAX_CHARS = 1000


def measure_precision(
    encoders: QueryEncoders, library: Path, catalog: Catalog, pictures: PictureStore
) -> EncoderPrecision:
    """Return the fastest precision whose vectors are near those of f32, for the encoder and for its sentences."""
    opened, texts = _sample_pictures(catalog, pictures), _sample_texts(catalog)
    if len(texts) < SAMPLES:
        return EncoderPrecision()
    loaded = {"f32": encoders}

    def at(precision: Precision) -> QueryEncoders:
        if precision not in loaded:
            loaded[precision] = load_encoders(
                encoders.encoder.name, library, precision=EncoderPrecision(precision, precision)
            )
        return loaded[precision]

    sentences = fastest_precision(lambda precision: _sentence_vectors(at(precision), texts))
    if len(opened) < SAMPLES:
        return EncoderPrecision(sentences=sentences)
    encoder = fastest_precision(lambda precision: _encoder_vectors(at(precision), opened, texts))
    return EncoderPrecision(encoder, sentences)


def _sentence_vectors(encoders: QueryEncoders, texts: Sequence[str]) -> list[Vectors]:
    vectors = [encoders.sentences.encode_texts(texts)]
    encoders.release()  # one precision at a time is in memory
    return vectors


def _encoder_vectors(
    encoders: QueryEncoders, pictures: Sequence[Image], texts: Sequence[str]
) -> list[Vectors]:
    """Return the vectors of the encoder. Texts that its sentence encoder encodes are not measured again."""
    encoded = encoders.encoder.encode_pictures(pictures)
    vectors = [encoded.picture]
    if encoded.visual is not None:
        vectors.append(encoded.visual)
    if not encoders.share_texts:
        vectors.append(encoders.encoder.encode_texts(texts))
    encoders.release()
    return vectors


def _sample_pictures(catalog: Catalog, pictures: PictureStore) -> list[Image]:
    """Return the first pictures by SHA-256, which is a random sample."""
    opened: list[Image] = []
    for sha256 in catalog.pictures.shown():
        if len(opened) == SAMPLES:
            break
        try:
            opened.append(images.open_picture(pictures.thumbnail(sha256, "small")))
        except images.PictureError:
            continue
    return opened


def _sample_texts(catalog: Catalog) -> list[str]:
    """Return texts of the newest items and figures."""
    texts = [
        *map(heading_and_text, catalog.items.select(limit=SAMPLES)),
        *map(caption_and_alt, catalog.figures.select(limit=SAMPLES)),
    ]
    return [text[:MAX_CHARS] for text in texts if text][:SAMPLES]
