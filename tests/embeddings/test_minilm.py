from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from numpy.testing import assert_allclose

import embeddings
from embeddings.minilm import MiniLM
from embeddings.packaged import MINILM
from embeddings.sentences import SentenceTransformerEncoder

TEXTS = ["a cat", "The harbour of Valparaíso, seen from the hill; " * 9, "", "Fig. 3", "漢字 and 😀"]


@pytest.fixture(scope="session")
def library() -> SentenceTransformerEncoder:
    """The same weights through the library that published them."""
    return SentenceTransformerEncoder(str(MINILM.path.parent), device="cpu")


def test_it_gives_the_vectors_of_sentence_transformers(
    minilm: MiniLM, library: SentenceTransformerEncoder
) -> None:
    assert_allclose(minilm.encode_texts(TEXTS), library.encode_texts(TEXTS), atol=1e-5)


def test_it_and_the_library_cut_windows_alike(minilm: MiniLM, library: SentenceTransformerEncoder) -> None:
    text = "A long walk through the archive. " * 120
    assert minilm.windows(text) == library.windows(text)
    assert len(minilm.windows(text)) > 3


def test_near_in_meaning_is_near(minilm: MiniLM) -> None:
    whale, ocean, tax = minilm.encode_texts(["a whale", "a large animal of the sea", "income tax forms"])
    assert whale @ ocean > 0.4 > 0.2 > whale @ tax


def test_threads_get_the_vectors_one_thread_gets(minilm: MiniLM, library: SentenceTransformerEncoder) -> None:
    texts = [f"figure {number} " * (number + 1) for number in range(8)]
    for encoder in (minilm, library):
        alone = encoder.encode_texts(texts)
        with ThreadPoolExecutor(4) as threads:
            together = list(threads.map(lambda text: encoder.encode_texts([text])[0], texts))  # noqa: B023
        assert_allclose(together, alone, atol=1e-5)


def test_the_bundled_model_loads_by_its_names() -> None:
    for name in (None, "all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2"):
        assert isinstance(embeddings.load_sentences(name), MiniLM)


def test_a_sentence_model_that_is_not_here_says_how_to_get_it(hub_cache: Path) -> None:
    with pytest.raises(
        embeddings.WeightsNotFoundError, match="hf download sentence-transformers/all-mpnet-base-v2"
    ):
        embeddings.load_sentences("all-mpnet-base-v2")


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(embeddings.WeightsDamagedError, match=str(tmp_path)):
        embeddings.load_sentences(str(tmp_path))
