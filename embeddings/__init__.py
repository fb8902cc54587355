"""Encoders of pictures and texts: CLIP through open_clip, a bundled encoder, sentence encoders, a cache of vectors.

    encoder = embeddings.load("lite")
    pictures = encoder.encode_pictures([Image.open("whale.jpg").convert("RGB")]).picture
    similarity = encoder.encode_texts(["a whale under water"]) @ pictures.T

Importing this package only imports NumPy; torch and the libraries of the models are imported by the first encoder
that needs them.
"""

from embeddings.cache import VectorCache, VectorKey
from embeddings.encoder import Encoder, PictureVectors, Releasable, SentenceEncoder, Vectors
from embeddings.errors import (
    CacheDamagedError,
    CacheUnusableError,
    DeviceUnavailableError,
    DownloadError,
    EncoderError,
    EncodingError,
    UnknownModelError,
    WeightsDamagedError,
    WeightsNotFoundError,
)
from embeddings.models import (
    RECOMMENDED,
    ModelCard,
    available_models,
    load,
    load_sentences,
    split_encoder_name,
)
from embeddings.precision import checked_precision, fastest_precision
from embeddings.runtimes import EncoderPrecision, Precision, cpu_runtime

__all__ = [
    "RECOMMENDED",
    "CacheDamagedError",
    "CacheUnusableError",
    "DeviceUnavailableError",
    "DownloadError",
    "Encoder",
    "EncoderError",
    "EncoderPrecision",
    "EncodingError",
    "ModelCard",
    "PictureVectors",
    "Precision",
    "Releasable",
    "SentenceEncoder",
    "UnknownModelError",
    "VectorCache",
    "VectorKey",
    "Vectors",
    "WeightsDamagedError",
    "WeightsNotFoundError",
    "available_models",
    "checked_precision",
    "cpu_runtime",
    "fastest_precision",
    "load",
    "load_sentences",
    "split_encoder_name",
]
