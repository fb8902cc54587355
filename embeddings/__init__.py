"""Pictures and texts to vectors: CLIP through open_clip, a bundled encoder, sentence encoders, a cache.

    encoder = embeddings.load("lite")
    pictures = encoder.encode_pictures([Image.open("whale.jpg").convert("RGB")]).picture
    similarity = encoder.encode_texts(["a whale under water"]) @ pictures.T

Importing this costs no more than NumPy; torch and the models' libraries load when an encoder needs them.
"""

from embeddings.cache import VectorCache, VectorKey
from embeddings.encoder import Encoder, PictureVectors, SentenceEncoder, Vectors, release
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
from embeddings.loading import load, load_sentences
from embeddings.models import RECOMMENDED, ModelCard, available_models

__all__ = [
    "RECOMMENDED",
    "CacheDamagedError",
    "CacheUnusableError",
    "DeviceUnavailableError",
    "DownloadError",
    "Encoder",
    "EncoderError",
    "EncodingError",
    "ModelCard",
    "PictureVectors",
    "SentenceEncoder",
    "UnknownModelError",
    "VectorCache",
    "VectorKey",
    "Vectors",
    "WeightsDamagedError",
    "WeightsNotFoundError",
    "available_models",
    "load",
    "load_sentences",
    "release",
]
