"""The sentence vectors of ImageNet's 1,000 classes, which connect pictures and words in the lite encoder.

They are shipped, because computing them takes 15 seconds: `python -m embeddings.class_vectors` writes the file again.
A test compares the file with new vectors.
"""

from typing import cast

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import SentenceEncoder
from embeddings.lite import CLASS_VECTORS
from embeddings.vectors import unit

NEUTRAL_CAPTIONS = (
    "a photo",
    "a picture",
    "an image",
    "a screenshot of a web page",
    "a chart",
    "a diagram",
    "a drawing",
    "a map",
    "a table of numbers",
    "a person",
    "people in a room",
    "a building",
    "a page of text",
    "a logo",
)
"""Captions without content: the mean of their vectors is the direction that all captions share."""


def class_texts() -> list[str]:
    """Return the WordNet names and definition of each class: `goldfish, Carassius auratus: small golden ...`.

    With definitions, the lite encoder finds a little more than with names alone: they explain what a `tench` is.
    """
    from timm.data.imagenet_info import ImageNetInfo

    return cast(list[str], ImageNetInfo("imagenet-1k").label_descriptions(detailed=True))


def compute(sentences: SentenceEncoder, texts: list[str]) -> NDArray[np.float32]:
    """Return the vectors of the texts, (n, dim), without the direction that all captions share.

    A picture vector is a weighted sum of these rows, so the direction is missing in every picture vector as well. This
    centres one side of each cosine, which is enough: text vectors remain plain sentence vectors, so that the same
    vector of a text serves all legs.
    """
    vectors = sentences.encode_texts(texts)
    shared = unit(sentences.encode_texts(NEUTRAL_CAPTIONS).mean(axis=0, keepdims=True))[0]
    return vectors - np.outer(vectors @ shared, shared)


if __name__ == "__main__":
    from embeddings.minilm import MiniLM

    # Half precision keeps 3 digits, which moves a picture vector by less than 0.0002.
    np.save(CLASS_VECTORS, compute(MiniLM(), class_texts()).astype(np.float16))
