import numpy as np
import pytest
from library.made_archive import png
from PIL import Image

from explorer.library.library import Library
from explorer.search.confidence import (
    MAYBE_FROM,
    MAYBE_NEAR,
    STRONG_FROM,
    STRONG_NEAR,
    Judgement,
    expected_max_zscore,
    from_similarity,
    from_zscore,
)
from explorer.search.hits import Confidence, Reason


def judged(score=9.0, points=100, *, says_all=False, **cosines):
    """A hit that stands out, with these cosines, each as a pair with its deviation where that matters."""
    pairs = {leg: it if isinstance(it, tuple) else (it, 0.0) for leg, it in cosines.items()}
    why = {leg: Reason(1, cosine, deviation) for leg, (cosine, deviation) in pairs.items()}
    return Judgement(score, points, why, says_all)


@pytest.mark.parametrize("points", [2, 100, 10_000])
def test_standing_out_asks_more_the_larger_the_library(points):
    chance = expected_max_zscore(points)

    assert from_zscore(judged(chance * 0.99, points)) is Confidence.WEAK
    assert from_zscore(judged(chance * 1.01, points)) is Confidence.MAYBE
    assert from_zscore(judged(chance * 1.61, points)) is Confidence.STRONG


def test_an_empty_library_trusts_nothing():
    assert from_zscore(judged(0.5, 0)) is Confidence.WEAK


def test_words_are_judged_by_nearness_in_meaning_however_far_the_hit_stands_out():
    assert from_similarity(judged(20.0, sentence=MAYBE_FROM - 0.01)) is Confidence.WEAK
    assert from_similarity(judged(20.0, sentence=MAYBE_FROM + 0.01)) is Confidence.MAYBE
    assert from_similarity(judged(20.0, sentence=STRONG_FROM + 0.01)) is Confidence.STRONG


def test_what_does_not_stand_out_of_its_library_must_be_nearer():
    below = expected_max_zscore(100) - 0.1

    assert from_similarity(judged(below, sentence=STRONG_FROM + 0.01)) is Confidence.WEAK
    assert from_similarity(judged(below, sentence=MAYBE_NEAR + 0.01)) is Confidence.MAYBE
    assert from_similarity(judged(below, sentence=STRONG_NEAR + 0.01)) is Confidence.STRONG


@pytest.mark.parametrize("points", [1, 2, 40, 10_000])
def test_a_caption_that_says_what_was_asked_is_strong_in_a_library_of_any_size(points):
    assert from_similarity(judged(0.0, points, sentence=0.75)) is Confidence.STRONG


def test_the_text_in_and_around_a_picture_adds_to_what_it_says_itself():
    alone = judged(sentence=0.19)
    together = judged(sentence=0.19, ocr=(0.19, 2.0), context=(0.19, 2.0))

    assert from_similarity(alone) is Confidence.WEAK
    assert from_similarity(together) is Confidence.MAYBE


def test_the_text_around_adds_nothing_where_it_is_like_that_around_all():
    assert from_similarity(judged(sentence=STRONG_FROM - 0.05, context=(0.2, 0.1))) is Confidence.MAYBE
    assert from_similarity(judged(sentence=STRONG_FROM - 0.05, context=(0.2, 1.1))) is Confidence.STRONG


def test_the_text_around_speaks_for_a_figure_that_says_nothing():
    assert from_similarity(judged(context=0.5)) is Confidence.STRONG
    assert from_similarity(judged(context=0.3)) is Confidence.WEAK


def test_a_cosine_below_zero_takes_nothing_away():
    assert from_similarity(judged(sentence=STRONG_FROM + 0.01, context=-0.5)) is Confidence.STRONG


def test_a_hit_that_says_every_word_is_never_weak():
    assert from_similarity(judged(sentence=0.0, says_all=True)) is Confidence.MAYBE


def test_a_figure_without_any_text_is_judged_by_how_its_picture_stands_out():
    assert from_similarity(judged(10.0, picture=(0.2, 10.0))) is Confidence.STRONG
    assert from_similarity(judged(1.0, picture=(0.2, 1.0))) is Confidence.WEAK


def test_a_picture_that_stands_far_out_may_answer_where_the_text_does_not():
    assert from_similarity(judged(sentence=0.1, picture=(0.4, 9.0))) is Confidence.MAYBE


BIRDS = """\
A robin on a snowy fence
A kestrel hovering above a meadow
Two mallards on the village pond
A heron waiting in the reeds
A goldfinch on a thistle
A wren singing in the hedge
A barn owl at dusk
Starlings above the pier
A peregrine falcon on a church tower
A buzzard soaring over the hills
A blackbird with a worm
A kingfisher above the stream
A magpie on the lawn
Swallows gathering on the wire
A woodpecker at the oak
Great tits at the feeder
A jay hiding acorns
House sparrows in the dust
A cormorant drying its wings
Mute swans with cygnets
A lapwing in flight
Curlews on the mudflat
An avocet feeding
A gannet diving
Puffins in front of their burrow
Herring gulls behind a trawler
A dipper on a stone
A cuckoo calling
A grey wagtail by the weir
A chaffinch in blossom
A song thrush and a snail
A skylark above the field
""".splitlines()


@pytest.fixture(scope="module")
def birds(tmp_path_factory):
    """A library of one subject: captioned birds, whose pictures say nothing."""
    folder = tmp_path_factory.mktemp("birds")
    for n in range(len(BIRDS)):
        blocks = np.random.default_rng(n).integers(0, 255, (4, 6, 3), dtype=np.uint8)
        (folder / f"{n}.png").write_bytes(png(Image.fromarray(blocks).resize((120, 80))))
    text = "\n\n".join(f"![{caption}]({n}.png)" for n, caption in enumerate(BIRDS))
    (folder / "walks.md").write_text(f"# Walks\n\n{text}\n")
    with Library.create(tmp_path_factory.mktemp("library") / "birds") as library:
        library.archives.ingest(folder, encoder="lite")
        yield library


@pytest.mark.parametrize(
    ("words", "caption"),
    [("birds of prey", ""), ("sea birds", "gulls"), ("a bird", ""), ("ducks on a pond", "mallards")],
)
def test_a_library_of_one_subject_answers_questions_about_it(birds, words, caption):
    strong = [hit for hit in birds.search(words) if hit.confidence is Confidence.STRONG]
    assert any(caption in hit.record.label for hit in strong)


@pytest.mark.parametrize(
    "words", ["space rocket", "steam engine", "tax form", "a diagram of a neural network"]
)
def test_a_library_of_one_subject_knows_nothing_surely_of_others(birds, words):
    assert all(hit.confidence is not Confidence.STRONG for hit in birds.search(words))


def test_a_library_of_one_figure_answers(tmp_path):
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "owl.png").write_bytes(png(Image.new("RGB", (96, 64), "tan")))
    (tmp_path / "archive" / "walk.md").write_text("# Walk\n\n![A barn owl at dusk](owl.png)\n")
    with Library.create(tmp_path / "library") as library:
        library.archives.ingest(tmp_path / "archive", encoder="lite")
        assert library.search("an owl in the evening").hits[0].confidence is Confidence.STRONG
        assert library.search("space rocket").hits[0].confidence is Confidence.WEAK
