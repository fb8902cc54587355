"""Evaluate variants of the lite encoder: other class texts, weights and cues.

    python benchmarks/lite.py LIBRARY[=QUERIES.jsonl] ... [--json]

Text queries search pictures by the `picture` leg alone. The queries are the captions of a library, or the queries of a
file that have an answer: `odd` queries for choosing a variant, and `even` queries for reporting. Each cell contains
recall@10 with its 95 % interval, and MRR. The first row is the present encoder.

The cues are not trained: a photograph differs from a drawing by its large number of colours.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from measuring import log, table
from numpy.typing import NDArray

import images
from embeddings import class_vectors, efficientnet
from embeddings.lite import TEMPERATURE, preprocess, softmax
from embeddings.minilm import MiniLM
from embeddings.runtimes import F32, open_network
from embeddings.vectors import unit
from explorer.cli.query_files import read_questions
from explorer.evaluate.comparison import questions_of
from explorer.evaluate.metrics import Ranking, Summary, metrics_of, summarize
from explorer.library.library import Library

Rows = NDArray[np.float32]
DEPTH = 100
CLASSES_LIKE_ONE = 10
# Entropy of the colour histogram in bits, with 5 bits per channel: pictures above the threshold are photographs. Of
# the hand-labelled pictures of one archive, 25 of 25 photographs lay above, and 74 of 77 other pictures (screenshots,
# plots and drawings) below.
PHOTOGRAPH_BITS, SLOPE_BITS = 5.4, 0.4
OF_PHOTOGRAPHS = (
    "a photo",
    "a photograph of people",
    "a portrait of a person",
    "a building",
    "people in a room",
)
OF_DRAWINGS = ("a diagram", "a chart", "a screenshot", "an illustration")


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """The pictures of a library by SHA-256, with class scores (n, 1000) and colour entropy in bits (n,)."""

    pictures: tuple[str, ...]
    scores: Rows
    bits: Rows


@dataclass(frozen=True, slots=True, eq=False)
class QuestionSet:
    """Text queries with their relevant pictures and query vectors (n, 384)."""

    name: str
    answers: tuple[frozenset[str], ...]
    vectors: Rows
    gallery: Gallery


Variant = Callable[[Gallery], Rows]
"""A variant of the encoder: returns the vectors of the pictures of a gallery, (n, 384), unit rows."""


def main() -> None:
    """Measure all variants on all sets and print a table."""
    options = _options()
    sentences = MiniLM()
    sets = [questions for argument in options.libraries for questions in sets_of(argument, sentences)]
    rows = []
    for name, variant in variants(sentences):
        log(name)
        rows.append((name, [measure(questions, variant(questions.gallery)) for questions in sets]))
    if options.json:
        results = [
            {
                "recipe": name,
                **{
                    questions.name: metrics.plain()
                    for questions, metrics in zip(sets, summaries, strict=True)
                },
            }
            for name, summaries in rows
        ]
        print(json.dumps(results, indent=2))
    else:
        columns = ["variant", *(f"{questions.name} ({len(questions.answers)})" for questions in sets)]
        print(table(columns, [[name, *map(cell, summaries)] for name, summaries in rows]))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("libraries", nargs="+", metavar="LIBRARY[=QUERIES.jsonl]")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


# --- queries ----------------------------------------------------------------------------------------------------


def sets_of(argument: str, sentences: MiniLM) -> Iterator[QuestionSet]:
    """Yield the set of a library's captions, or the sets of odd and even queries of a file."""
    home, _, file = argument.partition("=")
    with Library.open(home) as library:
        log(f"classifying the pictures of {home}")
        figures = [figure for figure in library.browse.figures() if figure.image and figure.sha256]
        sha256_by_image = {figure.image: figure.sha256 for figure in figures}
        gallery = gallery_of(library, sorted(set(sha256_by_image.values())))
        questions = read_questions(Path(file)) if file else questions_of(library)
    pairs = [
        (
            str(question.words),
            frozenset(sha256_by_image[image] for image in question.relevant if image in sha256_by_image),
        )
        for question in questions
    ]
    pairs = [(words, answers) for words, answers in pairs if answers]
    name = Path(home).name
    subsets = (
        {f"{name} odd": pairs[::2], f"{name} even": pairs[1::2]} if file else {f"{name} captions": pairs}
    )
    for subset_name, subset in subsets.items():
        vectors = sentences.encode_texts([words for words, _ in subset])
        yield QuestionSet(subset_name, tuple(answers for _, answers in subset), vectors, gallery)


def gallery_of(library: Library, pictures: Sequence[str]) -> Gallery:
    """Classify each picture once."""
    classify = open_network(efficientnet.definition(), precision=F32)
    scores, bits = [], []
    for sha256 in pictures:
        picture = images.read_picture(
            library.browse.picture_path(sha256, "original").read_bytes()
        ).image.convert("RGB")
        scores.append(classify(preprocess(picture)[None])[1][0])
        picture.thumbnail((512, 512))
        bits.append(colour_bits(np.asarray(picture)))
    return Gallery(tuple(pictures), np.stack(scores), np.array(bits, np.float32))


def colour_bits(picture: NDArray[np.uint8]) -> float:
    """Return the entropy of the colours of an RGB picture with 32 steps per channel: 0 bits (one colour) to 15 bits."""
    red, green, blue = (picture >> 3).astype(np.int32).transpose(2, 0, 1)
    shares = np.bincount((red << 10 | green << 5 | blue).ravel()) / red.size
    shares = shares[shares > 0]
    return float(-(shares * np.log2(shares)).sum())


# --- variants ---------------------------------------------------------------------------------------------------


def variants(sentences: MiniLM) -> Iterator[tuple[str, Variant]]:
    """Yield each variant with the label of its row. The first is the present encoder."""
    texts = class_vectors.class_texts()
    names = [text.partition(":")[0] for text in texts]
    firsts = [name.partition(",")[0] for name in names]
    own = class_vectors.compute(sentences, texts)
    yield "as it is: names and definition, temperature 2", conse(own)
    yield "names", conse(class_vectors.compute(sentences, names))
    yield "first name", conse(class_vectors.compute(sentences, firsts))
    yield (
        "a photo of a [first name]",
        conse(class_vectors.compute(sentences, [f"a photo of a {name}" for name in firsts])),
    )
    yield "definition", conse(class_vectors.compute(sentences, [text.partition(": ")[2] for text in texts]))
    for share in (0.3, 0.6):
        yield f"with {share} of the ten classes nearest in meaning", conse(own + share * neighbour_means(own))
    for temperature in (1.0, 1.5, 3.0):
        yield f"temperature {temperature:g}", conse(own, temperature)
    for share in (0.3, 0.6, 1.0):
        yield f"less {share:g} of the archive's mean picture", subtract_mean(conse(own), share)
    for power in (0.25, 0.5, 1.0):
        yield (
            f"classes that the archive is full of count less (power {power:g})",
            downweight_frequent(own, power),
        )
    for share in (0.1, 0.2):
        yield (
            f"cue: photographs, {share}",
            add_cue(conse(own), class_vectors.compute(sentences, list(OF_PHOTOGRAPHS)), share),
        )
        drawings = class_vectors.compute(sentences, list(OF_DRAWINGS))
        yield f"cue: drawings, {share}", add_cue(conse(own), drawings, share, of_photographs=False)


def conse(classes: Rows, temperature: float = TEMPERATURE) -> Variant:
    """See embeddings.lite."""
    return lambda gallery: unit(softmax(gallery.scores / np.float32(temperature)) @ classes)


def neighbour_means(classes: Rows) -> Rows:
    """Return the mean of the nearest classes of each class, as a substitute for its hypernym."""
    near = unit(classes) @ unit(classes).T
    np.fill_diagonal(near, -1)
    return unit(classes[np.argsort(-near, axis=1)[:, :CLASSES_LIKE_ONE]].mean(axis=1))


def subtract_mean(variant: Variant, share: float) -> Variant:
    """Subtract a share of the mean picture vector of the archive."""

    def vectors(gallery: Gallery) -> Rows:
        own = variant(gallery)
        return unit(own - np.float32(share) * own.mean(axis=0))

    return vectors


def downweight_frequent(classes: Rows, power: float) -> Variant:
    """Divide the weight of a class by a power of its mean weight in the archive."""

    def vectors(gallery: Gallery) -> Rows:
        weights = softmax(gallery.scores / np.float32(TEMPERATURE))
        return unit((weights / weights.mean(axis=0) ** np.float32(power)) @ classes)

    return vectors


def add_cue(variant: Variant, texts: Rows, share: float, *, of_photographs: bool = True) -> Variant:
    """Add the mean vector of the texts, weighted by the probability that a picture is a photograph (or a drawing)."""
    cue = unit(texts.mean(axis=0, keepdims=True))

    def vectors(gallery: Gallery) -> Rows:
        probability = 1 / (1 + np.exp((PHOTOGRAPH_BITS - gallery.bits) / SLOPE_BITS))
        probability = probability if of_photographs else 1 - probability
        return unit(variant(gallery) + np.float32(share) * probability[:, None].astype(np.float32) * cue)

    return vectors


# --- evaluation -------------------------------------------------------------------------------------------------


def measure(questions: QuestionSet, pictures: Rows) -> Summary:
    """Rank the pictures for each query of a set, and return the metrics."""
    order = np.argsort(-(questions.vectors @ pictures.T), axis=1, kind="stable")[:, :DEPTH]
    rankings = [[questions.gallery.pictures[index] for index in row] for row in order]
    return summarize(metrics_of([Ranking(*pair) for pair in zip(rankings, questions.answers, strict=True)]))


def cell(result: Summary) -> str:
    recall = result.metrics["recall@10"]
    return f"{recall.value:.2f} ({recall.low:.2f}–{recall.high:.2f}), {result.metrics['mrr'].value:.3f}"


if __name__ == "__main__":
    main()
