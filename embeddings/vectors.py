"""From inputs of any size to rows of vectors: texts in windows that fit the model, batches, and unit vectors."""

import os
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice, pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors

T = TypeVar("T")

# One thread per core, each of which computes alone. The matrices of small models are small, and waiting threads of BLAS
# and OpenMP waste more time than they save, above all on a busy machine: a text of ten words takes 18 ms instead of 830
# if six programs share two cores.
# If several processes run on one machine, OMP_NUM_THREADS is the number of cores of each: Ray sets it for its actors.
CORES = int(os.environ.get("OMP_NUM_THREADS", "").partition(",")[0] or os.cpu_count() or 1)

WORD = re.compile(r"\S+")
SENTENCE_END = re.compile(r"""[.!?…。！？]["'»”’)\]]*$""")

LONGEST_TOKEN = 32
"""Characters; tokens of vocabularies of words are not longer than a few dozen."""

TOKENS_OF_A_LETTER = 8
"""Maximum: a letter has up to four bytes, and byte-level vocabularies encode unknown letters as several tokens."""

Span = tuple[int, int]
Fits = Callable[[str], bool]


def unit(vectors: NDArray[np.floating]) -> Vectors:
    """Scale a vector, or each row of several, to length 1, float32; a vector of zeros stays zero."""
    vectors = np.asarray(vectors, dtype=np.float32)
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = vectors / np.maximum(length, np.finfo(np.float32).tiny)
    return scaled


def encode_in_batches(
    items: Sequence[T], encode: Callable[[Sequence[T]], Vectors], *, size: int, dim: int, threads: int = 1
) -> Vectors:
    """Encode items in batches of at most `size`, in `threads` threads. No items give shape (0, dim)."""
    batch_size = max(1, min(size, -(-len(items) // threads)))
    batches = [items[start : start + batch_size] for start in range(0, len(items), batch_size)]
    if not batches:
        return np.zeros((0, dim), dtype=np.float32)
    if threads == 1 or len(batches) == 1:
        return np.concatenate([encode(batch) for batch in batches])
    with ThreadPoolExecutor(threads) as pool:
        return np.concatenate(list(pool.map(encode, batches)))


def encode_by_window(
    texts: Sequence[str], windows: Callable[[str], list[str]], encode: Callable[[Sequence[str]], Vectors]
) -> Vectors:
    """Return a unit vector for each text: the normalised mean of its windows, which have equal weights."""
    pieces = [windows(text) for text in texts]
    encoded = encode([piece for windows_of_text in pieces for piece in windows_of_text])
    offsets = np.cumsum([0, *map(len, pieces)])
    means = [encoded[start:end].mean(axis=0) for start, end in pairwise(offsets)]
    return unit(np.stack(means)) if means else encoded


def split_into_windows(text: str, fits: Fits, *, max_words: int) -> list[str]:
    """Split a text into pieces that fit, after sentences if possible, otherwise between words.

    `fits` must be true for every prefix of a piece that fits. `max_words` is the maximum number of words that can fit.
    Only a single word that is too long for a piece is cut inside: an address, or a language without spaces.
    """
    # A text with more words does not fit. Tokenizing a whole book to check it would take a gigabyte.
    if next(islice(WORD.finditer(text), max_words, None), None) is None and fits(text):
        return [text]
    longest_word, always_fitting = max_words * LONGEST_TOKEN, max(1, max_words // TOKENS_OF_A_LETTER)
    word_spans = _words(text, fits, longest_word=longest_word, always_fitting=always_fitting)
    pieces: list[str] = []
    words: list[Span] = []
    while words := [*words, *islice(word_spans, max_words + 1 - len(words))]:
        start = words[0][0]
        ends = [end for _, end in words[:max_words]]
        ends = ends[: max(1, _count_fitting(text, start, ends, fits))]
        if len(ends) < len(words):
            ends = _back_to_sentence(text, start, ends)
        pieces.append(text[start : ends[-1]])
        words = words[len(ends) :]
    return pieces


def _words(text: str, fits: Fits, *, longest_word: int, always_fitting: int) -> Iterator[Span]:
    """Yield the spans of words; a word that does not fit is cut. A word of `always_fitting` letters always fits."""
    for match in WORD.finditer(text):
        start, end = match.span()
        while end - start > longest_word or (end - start > always_fitting and not fits(text[start:end])):
            ends = range(start + 1, min(end, start + longest_word + 1))
            cut = start + max(1, _count_fitting(text, start, ends, fits))
            yield start, cut
            start = cut
        yield start, end


def _count_fitting(text: str, start: int, ends: Sequence[int], fits: Fits) -> int:
    return bisect_right(ends, False, key=lambda end: not fits(text[start:end]))


def _back_to_sentence(text: str, start: int, ends: list[int]) -> list[int]:
    """Drop words after the last end of a sentence, unless that would waste more than half of the window."""
    for count in range(len(ends), len(ends) // 2, -1):
        before = ends[count - 2] if count > 1 else start
        if SENTENCE_END.search(text, before, ends[count - 1]):
            return ends[:count]
    return ends
