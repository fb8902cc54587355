"""The sentence vectors of ImageNet's 1,000 classes, by which the lite encoder joins pictures to words.

They are shipped, as making them takes a quarter of a minute: `python -m embeddings.class_vectors` writes the
file anew. A test compares it with fresh vectors.
"""

from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import SentenceEncoder, Vectors
from embeddings.vectors import unit

FILE = Path(__file__).with_name("class_vectors.npy")

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
"""What a caption says when it says little: their mean is the direction that all captions share."""


def load() -> Vectors:
    """(1000, 384): the shipped vectors, in the order of ImageNet's classes."""
    return cast(Vectors, np.load(FILE, allow_pickle=False).astype(np.float32))


def class_texts() -> list[str]:
    """For each class its WordNet names and definition: `goldfish, Carassius auratus: small golden ...`.

    With the definition the lite encoder finds a little more than with the names alone: it says in plain words
    what a `tench` is.
    """
    from timm.data.imagenet_info import ImageNetInfo

    return cast(list[str], ImageNetInfo("imagenet-1k").label_descriptions(detailed=True))


def make(sentences: SentenceEncoder, texts: list[str]) -> NDArray[np.float32]:
    """(n, dim): the texts' vectors without the direction that all captions share.

    A picture's vector is a weighted sum of these rows, so what is taken out here is out of every picture.
    That centres one side of each cosine, which is enough: the text side stays the stock sentence vector, and
    one vector of a text serves every leg.
    """
    vectors = sentences.encode_texts(texts)
    shared = unit(sentences.encode_texts(NEUTRAL_CAPTIONS).mean(axis=0, keepdims=True))[0]
    return vectors - np.outer(vectors @ shared, shared)


if __name__ == "__main__":
    from embeddings.minilm import MiniLM

    # Half precision: the rows are then right to 3 digits, which moves a picture's vector by less than 0.0002.
    np.save(FILE, make(MiniLM(), class_texts()).astype(np.float16))
