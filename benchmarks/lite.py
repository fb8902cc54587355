"""What else the lite encoder could say of a picture, and what it is worth: other class texts, weights and cues.

    python benchmarks/lite.py LIBRARY[=QUERIES.jsonl] ... [--json]

Words alone find pictures by their `picture` vectors, no other leg. A library alone asks its own captions; with a file
it asks the queries of that file that have an answer: `odd`, on which one may choose, and `even`, on which one reports.
Each cell is recall@10, with the interval of 95 %, and MRR. The first row is the encoder as it is.

None of the cues was trained: a photograph is told from a drawing by its colours, which are many.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from measuring import say, table
from numpy.typing import NDArray

import images
from embeddings import class_vectors
from embeddings.efficientnet import Classifier
from embeddings.lite import TEMPERATURE, pixels, softmax
from embeddings.minilm import MiniLM
from embeddings.vectors import unit
from explorer.cli.query_files import read_questions
from explorer.evaluate.comparison import questions_of
from explorer.evaluate.metrics import Ranking, Summary, metrics_of, summarize
from explorer.library.library import Library

Rows = NDArray[np.float32]
DEPTH = 100
CLASSES_LIKE_ONE = 10
# Bits of the histogram of colours, 5 bits a channel: above it a picture is a photograph. Of the pictures of one archive
# that somebody had looked at, 25 of 25 photographs lay above, 74 of 77 screenshots, plots and drawings below.
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
    """The pictures of a library: by SHA-256, with class scores (n, 1000) and bits of colour (n,)."""

    pictures: tuple[str, ...]
    scores: Rows
    bits: Rows


@dataclass(frozen=True, slots=True, eq=False)
class Set:
    """Questions by words, with the pictures that answer each and the words' vectors (n, 384)."""

    name: str
    answers: tuple[frozenset[str], ...]
    vectors: Rows
    gallery: Gallery


EmbeddingConfig = Callable[[Gallery], Rows]
"""The vectors of the pictures of a gallery: (n, 384), unit rows."""


def main() -> None:
    """Measures every recipe on every set and prints a table."""
    options = _options()
    sentences = MiniLM()
    sets = [one for argument in options.libraries for one in sets_of(argument, sentences)]
    rows = []
    for name, recipe in recipes(sentences):
        say(name)
        rows.append((name, [measured(one, recipe(one.gallery)) for one in sets]))
    if options.json:
        plain = [
            {"recipe": name, **{s.name: m.plain() for s, m in zip(sets, marks, strict=True)}}
            for name, marks in rows
        ]
        print(json.dumps(plain, indent=2))
    else:
        columns = ["recipe", *(f"{one.name} ({len(one.answers)})" for one in sets)]
        print(table(columns, [[name, *map(cell, marks)] for name, marks in rows]))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("libraries", nargs="+", metavar="LIBRARY[=QUERIES.jsonl]")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


# --- what is asked ----------------------------------------------------------------------------------------------


def sets_of(argument: str, sentences: MiniLM) -> Iterator[Set]:
    """The set of a library's captions, or the odd and the even questions of a file."""
    home, _, file = argument.partition("=")
    with Library.open(home) as library:
        say(f"looking at the pictures of {home}")
        shown = {one.image: one.sha256 for one in library.browse.figures() if one.image and one.sha256}
        gallery = gallery_of(library, sorted(set(shown.values())))
        questions = read_questions(Path(file)) if file else questions_of(library)
    asked = [
        (str(one.words), frozenset(shown[it] for it in one.relevant if it in shown)) for one in questions
    ]
    asked = [(words, answers) for words, answers in asked if answers]
    name = Path(home).name
    halves = {f"{name} odd": asked[::2], f"{name} even": asked[1::2]} if file else {f"{name} captions": asked}
    for half, of_half in halves.items():
        vectors = sentences.encode_texts([words for words, _ in of_half])
        yield Set(half, tuple(answers for _, answers in of_half), vectors, gallery)


def gallery_of(library: Library, pictures: Sequence[str]) -> Gallery:
    """Looks at each picture once."""
    classifier = Classifier()
    scores, bits = [], []
    for sha256 in pictures:
        picture = images.read_picture(
            library.browse.picture_path(sha256, "original").read_bytes()
        ).image.convert("RGB")
        scores.append(classifier(pixels(picture)[None])[1][0])
        picture.thumbnail((512, 512))
        bits.append(colour_bits(np.asarray(picture)))
    return Gallery(tuple(pictures), np.stack(scores), np.array(bits, np.float32))


def colour_bits(picture: NDArray[np.uint8]) -> float:
    """The entropy of the colours of an RGB picture, 32 steps a channel: 0 bits for one colour, 15 at most."""
    red, green, blue = (picture >> 3).astype(np.int32).transpose(2, 0, 1)
    shares = np.bincount((red << 10 | green << 5 | blue).ravel()) / red.size
    shares = shares[shares > 0]
    return float(-(shares * np.log2(shares)).sum())


# --- what is tried ----------------------------------------------------------------------------------------------


def recipes(sentences: MiniLM) -> Iterator[tuple[str, EmbeddingConfig]]:
    """Every recipe with what its row says; the first is the encoder's own."""
    texts = class_vectors.class_texts()
    names = [text.partition(":")[0] for text in texts]
    firsts = [name.partition(",")[0] for name in names]
    own = class_vectors.make(sentences, texts)
    yield "as it is: names and definition, temperature 2", conse(own)
    yield "names", conse(class_vectors.make(sentences, names))
    yield "first name", conse(class_vectors.make(sentences, firsts))
    yield (
        "a photo of a [first name]",
        conse(class_vectors.make(sentences, [f"a photo of a {it}" for it in firsts])),
    )
    yield "definition", conse(class_vectors.make(sentences, [text.partition(": ")[2] for text in texts]))
    for share in (0.3, 0.6):
        yield f"with {share} of the ten classes nearest in meaning", conse(own + share * kin(own))
    for temperature in (1.0, 1.5, 3.0):
        yield f"temperature {temperature:g}", conse(own, temperature)
    for share in (0.3, 0.6, 1.0):
        yield f"less {share:g} of the archive's mean picture", less_the_mean(conse(own), share)
    for power in (0.25, 0.5, 1.0):
        yield f"classes that the archive is full of count less (power {power:g})", rarer(own, power)
    for share in (0.1, 0.2):
        yield (
            f"cue: photographs, {share}",
            cued(conse(own), class_vectors.make(sentences, list(OF_PHOTOGRAPHS)), share),
        )
        drawn = class_vectors.make(sentences, list(OF_DRAWINGS))
        yield f"cue: drawings, {share}", cued(conse(own), drawn, share, of_photographs=False)


def conse(classes: Rows, temperature: float = TEMPERATURE) -> EmbeddingConfig:
    """See embeddings.lite."""
    return lambda gallery: unit(softmax(gallery.scores / np.float32(temperature)) @ classes)


def kin(classes: Rows) -> Rows:
    """For each class the mean of those nearest to it, which stands for what they all are."""
    near = unit(classes) @ unit(classes).T
    np.fill_diagonal(near, -1)
    return unit(classes[np.argsort(-near, axis=1)[:, :CLASSES_LIKE_ONE]].mean(axis=1))


def less_the_mean(recipe: EmbeddingConfig, share: float) -> EmbeddingConfig:
    """What all pictures of the archive have in common counts less."""

    def vectors(gallery: Gallery) -> Rows:
        own = recipe(gallery)
        return unit(own - np.float32(share) * own.mean(axis=0))

    return vectors


def rarer(classes: Rows, power: float) -> EmbeddingConfig:
    """Class weights over a power of the class's mean weight in the archive."""

    def vectors(gallery: Gallery) -> Rows:
        weights = softmax(gallery.scores / np.float32(TEMPERATURE))
        return unit((weights / weights.mean(axis=0) ** np.float32(power)) @ classes)

    return vectors


def cued(
    recipe: EmbeddingConfig, texts: Rows, share: float, *, of_photographs: bool = True
) -> EmbeddingConfig:
    """What the words for such pictures say is added, as surely as the picture is one."""
    said = unit(texts.mean(axis=0, keepdims=True))

    def vectors(gallery: Gallery) -> Rows:
        sure = 1 / (1 + np.exp((PHOTOGRAPH_BITS - gallery.bits) / SLOPE_BITS))
        sure = sure if of_photographs else 1 - sure
        return unit(recipe(gallery) + np.float32(share) * sure[:, None].astype(np.float32) * said)

    return vectors


# --- what it is worth -------------------------------------------------------------------------------------------


def measured(one: Set, pictures: Rows) -> Summary:
    """Ranks the pictures for each question of a set."""
    order = np.argsort(-(one.vectors @ pictures.T), axis=1, kind="stable")[:, :DEPTH]
    found = [[one.gallery.pictures[place] for place in row] for row in order]
    return summarize(metrics_of([Ranking(*pair) for pair in zip(found, one.answers, strict=True)]))


def cell(marks: Summary) -> str:
    recall = marks.metrics["recall@10"]
    return f"{recall.value:.2f} ({recall.low:.2f}–{recall.high:.2f}), {marks.metrics['mrr'].value:.3f}"


if __name__ == "__main__":
    main()
