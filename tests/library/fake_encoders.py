"""Encoders whose vectors can be worked out by hand. They serve plumbing; what is found is tested with `lite`."""

from __future__ import annotations

import re

import numpy as np

import embeddings
from embeddings import PictureVectors

COLOURS = ("red", "green", "blue")
CONCEPTS = (("boat", "ship", "vessel"), ("cat", "kitten"), ("tree", "oak"), ("snow", "frost"))


def _unit(rows) -> np.ndarray:
    array = np.asarray(rows, np.float32).reshape(len(rows), -1)
    return array / np.maximum(np.linalg.norm(array, axis=1, keepdims=True), 1e-12)


class FakeSentences:
    """A text is how often it names each concept, whatever word it uses; a text of none is the last number alone."""

    name = "fake-sentences"
    fingerprint = "fake-sentences-1"
    dim = len(CONCEPTS) + 1

    def __init__(self):
        self.texts: list[str] = []

    def encode_texts(self, texts):
        self.texts += texts
        rows = [
            [sum(map(re.findall(r"\w+", text.lower()).count, words)) for words in CONCEPTS] for text in texts
        ]
        return (
            _unit([[*row, 0 if any(row) else 1] for row in rows])
            if rows
            else np.zeros((0, self.dim), np.float32)
        )

    def windows(self, text):
        return [text]


class FakeEncoder:
    """A picture is its mean colour, a text is the colours it names."""

    dim = len(COLOURS) + 1
    visual_dim = None

    sentences = None

    def __init__(self, name="fake"):
        self.name = name
        self.fingerprint = f"{name}-1"
        self.pictures = 0
        self.texts: list[str] = []

    def encode_pictures(self, pictures):
        self.pictures += len(pictures)
        colours = [np.asarray(picture.resize((1, 1)), np.float32).ravel() / 255 for picture in pictures]
        rows = (
            _unit([[*colour, 0.01] for colour in colours]) if colours else np.zeros((0, self.dim), np.float32)
        )
        return PictureVectors(rows)

    def encode_texts(self, texts):
        self.texts += texts
        return _unit([[*(float(colour in text.lower()) for colour in COLOURS), 0.01] for text in texts])

    def windows(self, text):
        return [text]


def use_fakes(monkeypatch, *encoders: FakeEncoder) -> FakeSentences:
    """Load these encoders by their names, other names as ever; return the sentence encoder of the fakes."""
    named = {encoder.name: encoder for encoder in encoders}
    load = embeddings.load
    sentences = FakeSentences()
    monkeypatch.setattr("embeddings.load", lambda name, **how: named.get(name) or load(name, **how))
    monkeypatch.setattr("embeddings.load_sentences", lambda **_: sentences)
    return sentences
